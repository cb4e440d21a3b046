"""A company that goes to the recycle bin just before our request, in a tenant whose API still answers for it: nothing is written to it."""

from __future__ import annotations

import pytest

from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from gtm_assets_tests.path.conftest import StartEngine
from resources.store import schema
from sandbox.faults.kinds import SoftDelete


@pytest.mark.parametrize("guarding", [Guarding("A", frozenset(TESTABLE)), Guarding("B"), Guarding("C")], ids=str)
def test_a_company_in_the_recycle_bin_is_not_written_although_the_api_still_takes_it(
    start_engine: StartEngine, guarding: Guarding
) -> None:
    engine = start_engine(companies=1, fast=True, switches={"deleted_records": "readable"})
    with engine.store.write() as connection:
        keep_guarding(connection, guarding, {})
    # At A a test fails at the save; at B and C the reading before it shows the mark.
    when = "before-patch" if guarding.level == "A" else "after-read"
    engine.world.faults.start(SoftDelete(company=1, when=when))
    engine.fast_pass()
    company = engine.rows(schema.ledger, schema.ledger.c.entity == "Contact")
    assert {row["status"] for row in company} <= {"dropped", "conflict"}
    assert engine.profile(1)["opener"] == ""
