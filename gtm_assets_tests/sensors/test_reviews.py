"""The sensor of reviews: why it wakes the job, why it does not, and that it writes nothing."""

from __future__ import annotations

import time
from typing import Any

import dagster as dg
import pytest

from gtm_assets.review_job import REVIEW_JOB
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import put, rows_of
from gtm_assets_tests.texts.review_pages.conftest import Office, office, server
from resources.store import schema
from resources.store.store import set_cursor, utc_now
from sensors.reviews import text_verdicts

__all__ = ["office", "server"]


def _tick(
    office: Office, instance: dg.DagsterInstance, cursor: str | None = None, settings: Any = None
) -> dg.SensorResult:
    resources = {"store": office.store, "settings": settings or office.settings, "notion": office.notion}
    context = dg.build_sensor_context(instance=instance, resources=resources, cursor=cursor)
    found: Any = text_verdicts.evaluate_tick(context)
    return found


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def with_fields(office: Office) -> Office:
    now = utc_now()
    fields = [{name: getattr(field, name) for name in field.__dataclass_fields__} for field in FIELDS.values()]
    put(office.store, schema.crm_fields, *({**field, "read_at": now} for field in fields))
    return office


def _because(answer: Any) -> str:
    (request,) = answer.run_requests
    assert request.run_key is None
    because: str = request.tags["gtm/because"]
    return because


def test_a_text_without_a_page_and_a_verdict_wake_it(with_fields: Office, instance) -> None:
    office = with_fields
    office.write()
    before = rows_of(office.store, schema.review_pages)
    assert _because(_tick(office, instance)) == "1 texts have no page"
    assert rows_of(office.store, schema.review_pages) == before, "a sensor writes nothing"
    office.sync()
    assert "No page says anything new" in str(_tick(office, instance).skip_message)
    office.person(Status="approved")
    assert _because(_tick(office, instance)) == "1 review pages say something new"


def test_deleted_pages_are_looked_for_every_few_minutes(with_fields: Office, instance) -> None:
    office = with_fields
    office.write()
    office.sync()
    office.workspace.remove("reviews", "leitung|bau")
    assert _tick(office, instance, cursor=str(time.time())).run_requests == []
    answer = _tick(office, instance, cursor=str(time.time() - 1000))
    assert _because(answer) == "1 review pages say something new"
    assert float(str(answer.cursor)) > time.time() - 60


def test_without_a_database_or_a_kind_that_people_judge_it_says_so(with_fields: Office, instance) -> None:
    office = with_fields
    nobody = office.settings.model_copy(update={"gtm_review_policy": {"cell": "auto", "opener": "auto"}})
    none = office.settings.model_copy(update={"notion_reviews_database_id": None})
    for settings in (nobody, none):
        assert "no pages in Notion" in str(_tick(office, instance, settings=settings).skip_message)
    assert office.notion.calls == 0


def test_while_a_run_is_in_flight_or_was_stopped_none_is_asked_for(with_fields: Office, instance) -> None:
    office = with_fields
    office.write()
    with office.store.write() as connection:
        value = {"at": utc_now().isoformat(), "why": "Notion was down.", "transient": True}
        set_cursor(connection, f"stopped:{REVIEW_JOB}", value)
    assert "Notion was down." in str(_tick(office, instance).skip_message)

    @dg.job(name=REVIEW_JOB)
    def nothing() -> None:
        """No op."""

    run_id = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED).run_id
    assert _tick(office, instance).skip_message == f"Run {run_id} is in flight."


def test_before_the_fields_were_read_it_waits(office: Office, instance) -> None:
    assert "fields were not read yet" in str(_tick(office, instance).skip_message)


def test_a_notion_that_does_not_answer_is_asked_again(with_fields: Office, instance) -> None:
    office = with_fields
    office.server.world.gate.add_fault(system="notion", method="GET", path_regex="databases", status=503, times=20)
    assert "Asked again at the next tick" in str(_tick(office, instance).skip_message)


def test_a_database_that_cannot_hold_reviews_is_named(with_fields: Office, instance) -> None:
    office = with_fields
    office.workspace.rename_column("reviews", "Findings", "Befunde")
    try:
        assert "Findings" in str(_tick(office, instance).skip_message)
    finally:
        office.workspace.rename_column("reviews", "Befunde", "Findings")
