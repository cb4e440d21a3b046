"""What a batch of 500 records costs in calls: one PATCH each, and how many readings.

Counted is every call to the CRM's API from the run's first to its last that is not a PATCH: lists and layout, polls, the reading of the
accounts, whatever is read before a PATCH, the reading back, and the look at our own writes when they come back as changes. Not counted are
signing in and the tenant's state, which are cached over runs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets_tests.path.harness import FEW_VERTICALS
from gtm_assets_tests.properties.right import assert_it_rests
from gtm_assets_tests.properties.town import Town
from resources.store import schema
from sandbox.data.samples import sample_companies
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of

PERSONS_EACH = 83
#: PATCH requests a changed record, and other calls a changed record at each level.
PATCHES = 1.02
READS = {"A": 0.05, "B": 1.05, "C": 1.05}


class Crowd(Town):
    """Every sample company of two industries that has an ordinary website, with so many persons that one batch changes 500 records."""

    def settle(self) -> None:
        view = view_of(self.world, "de")
        titles = ("Geschäftsführer", "Leiter Einkauf", "Werkleiter")
        for sample in sample_companies():
            if sample.vertical_key not in FEW_VERTICALS or sample.site_kind != "ordinary":
                continue
            fields = {"name": sample.name, "url": self.engine.site(sample.slug), "SuperOffice:12": "K-1"}
            company = people.create(view, "Contact", fields)
            for number in range(PERSONS_EACH):
                fields = {"Lastname": f"Muster{number}", "Title": titles[number % 3], "company": str(company.id)}
                people.create(view, "Person", fields)
        self.plan_everything()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    before = dict(os.environ)
    built = Crowd(tmp_path_factory.mktemp("crowd"))
    os.environ.clear()
    os.environ.update(before)
    yield built
    built.close()


@pytest.mark.parametrize(
    "guarding",
    [Guarding("A", frozenset(TESTABLE)), Guarding("B", frozenset({"address"})), Guarding("C")],
    ids=lambda guarding: guarding.level,
)
def test_a_batch_of_500_records_stays_within_its_budget(crowd: Crowd, guarding: Guarding) -> None:
    crowd.anew("planned", guarding)
    for entity in ("Contact", "Person"):
        ledger.set_verified(crowd.store, entity)
    plans = crowd.rows(schema.plans, schema.plans.c.status == "planned")
    changed = {(row["entity"], row["entity_id"]) for row in plans}
    assert len(changed) >= 500

    done = crowd.work()

    assert done.error is None
    assert len(done.phases) <= 100, "one batch"
    kinds = Counter(call.rpartition("/")[0] or call for call in done.calls)
    patches = sum(count for kind, count in kinds.items() if kind.startswith("PATCH "))
    reads = len(done.calls) - patches
    assert {row["status"] for row in crowd.rows(schema.ledger)} == {"confirmed"}
    assert patches <= PATCHES * len(changed), kinds
    assert reads <= READS[guarding.level] * len(changed), kinds
    crowd.clock.tick(60)
    assert_it_rests(crowd)
