"""How long a text may be follows from the tenant's field."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.texts.limits import TextField, field_finding, limit_for
from gtm_assets.texts.models import Limit

FIELDS: tuple[TextField, ...] = ("subject", "intro", "social_proof", "opener", "opener_secondary", "summary")


def test_an_opener_in_a_long_text_field_has_15_to_24_words() -> None:
    assert limit_for("opener", 199) == Limit(199, min_words=15, max_words=24)


def test_an_opener_has_the_20_to_35_words_of_the_style_where_the_field_is_long_enough() -> None:
    assert limit_for("opener_secondary", 400) == Limit(400, min_words=20, max_words=35)


def test_a_subject_is_as_long_as_mail_programs_show_or_shorter_where_the_field_is() -> None:
    assert limit_for("subject", 199).max_characters == 60
    assert limit_for("subject", 39).max_characters == 39


def test_a_field_without_a_length_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="intro has text length 0"):
        limit_for("intro", 0)


def test_a_short_text_field_is_a_finding_for_an_opener_and_none_for_a_subject() -> None:
    finding = field_finding("opener", 39)
    assert finding is not None
    assert finding.rule == "field_too_short"
    assert "39" in finding.message
    assert field_finding("subject", 39) is None
    assert field_finding("opener", 199) is None


@settings(deadline=None)
@given(field=st.sampled_from(FIELDS), length=st.integers(1, 5000))
def test_a_limit_never_exceeds_the_field_and_always_leaves_a_choice_of_words(field: TextField, length: int) -> None:
    limit = limit_for(field, length)
    assert 0 < limit.max_characters <= length
    assert limit.min_words >= 0
    assert not limit.max_words or limit.min_words < limit.max_words
