"""The probe's pure parts: how a tenant's way to compare times is found out, and which guard level follows from which proofs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.doctor.probe.answers import Proofs, guard_of
from gtm_assets.doctor.probe.hands import same
from gtm_assets.doctor.probe.reading import TimeFilter, how_times_compare, tells_times
from resources.errors import PermanentError

MOMENTS = (
    st.integers(1_577_836_800, 1_893_456_000)
    .map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
    .filter(tells_times)
)
ZONES = st.integers(-24, 28).map(lambda half_hours: half_hours * timedelta(minutes=30))


def _literal(text: str) -> datetime:
    return datetime.fromisoformat(text.strip("'")).replace(tzinfo=UTC)


@given(updated=MOMENTS, zone=ZONES, inclusive=st.booleans())
def test_a_tenant_that_compares_times_is_understood_whatever_its_zone(updated, zone, inclusive) -> None:
    asked = 0

    def hits(text: str) -> bool:
        nonlocal asked
        asked += 1
        meant = _literal(text) - zone
        return updated >= meant if inclusive else updated > meant

    assert how_times_compare(hits, updated) == TimeFilter("time", zone, inclusive)
    assert asked < 12


@given(updated=MOMENTS, zone=ZONES, inclusive=st.booleans())
def test_a_tenant_that_compares_days_only_is_never_taken_for_one_that_compares_times(updated, zone, inclusive) -> None:
    def hits(text: str) -> bool:
        meant = (_literal(text) - zone).date()
        return updated.date() >= meant if inclusive else updated.date() > meant

    assert how_times_compare(hits, updated).compares == "day"


def test_a_refusal_is_one_and_any_other_error_is_raised() -> None:
    def refuses(text: str) -> bool:
        raise PermanentError("SuperOffice", "no", "", 400)

    def breaks(text: str) -> bool:
        raise PermanentError("SuperOffice", "rights", "", 403)

    assert how_times_compare(refuses, datetime(2026, 1, 1, tzinfo=UTC)).compares == "refused"
    with pytest.raises(PermanentError, match="rights"):
        how_times_compare(breaks, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("proofs", "level"),
    [
        (Proofs(), "C"),
        (Proofs(test_refuses=True), "C"),
        (Proofs(test_refuses=True, test_passes=True), "A"),
        (Proofs(test_refuses=True, test_passes=True, company_tests=True), "A"),
        (Proofs(test_refuses=True, test_passes=True, company_tests=False), "C"),
        (Proofs(test_refuses=True, test_passes=True, company_tests=False, since_notices=True, since_passes=True), "B"),
        (Proofs(test_refuses=True, test_passes=False, since_notices=True, since_passes=True), "B"),
        (Proofs(test_refuses=False, since_notices=True, since_passes=True), "B"),
        (Proofs(test_refuses=False, since_notices=True, since_passes=False), "C"),
        (Proofs(test_refuses=False, since_notices=False, since_passes=True), "C"),
        (Proofs(test_refuses=False, since_notices=True), "C"),
    ],
)
def test_a_level_needs_all_its_proofs(proofs: Proofs, level: str) -> None:
    assert guard_of(proofs)[0] == level


def test_the_ways_to_say_nothing_are_one() -> None:
    assert same("[I:0]", "")
    assert same("[D:01/01/0001 00:00:00.0000000]", "False")
    assert not same("Segeln", "")
    assert not same("[I:3]", "[I:4]")
