"""An account's own page: what its events tell, that no person's name is among them, and who gets which event."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from gtm_assets.batch.models import STAGES, AccountOutcome
from gtm_assets.batch.times import Times
from gtm_assets.monitoring.story import TOLD, account_events

ALL = frozenset(STAGES)
PERSONS = [
    {
        "person_id": 7,
        "persona_key": "produktion",
        "persona_reason": "head of production, the function of this persona alone",
        "text_level": "standard",
        "text_reason": "standard text instead of 'Messe 2026': waiting for review",
    },
    {"person_id": 8, "persona_key": None, "persona_reason": "no word", "text_level": None, "text_reason": ""},
]


def _outcome(**changed: Any) -> AccountOutcome:
    values: dict[str, Any] = {
        "contact_id": 3,
        "name": "Muster GmbH",
        "trigger": "person 7: title",
        "times": Times(1.0, 2.0, 4.0, 7.0),
        "stages": {
            "accounts": {"because": "person 7: title"},
            "persons": {"persons": 2, "personas_known": 1},
            "person_writeback": {"confirmed": 1, "planned": 0, "conflicts": 0, "failed": 0},
        },
        "fields_changed": ["vertical", "person 7: subject"],
        "persons": PERSONS,
        **changed,
    }
    return AccountOutcome(**values)


def _events(outcome: AccountOutcome, *, asked: bool = False) -> list[Any]:
    return list(account_events(outcome, ALL, asked=asked, address="https://crm.example/Cust1", run_id="run-1"))


def _told(events: list[Any]) -> list[tuple[str, str]]:
    return [(type(event).__name__.removeprefix("Asset"), event.asset_key.to_user_string()) for event in events]


def _text(event: Any) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in event.metadata.items()}


def test_what_changed_is_told_stage_by_stage_with_times_and_links() -> None:
    events = _events(_outcome())
    assert _told(events) == [("Materialization", name) for name in ("accounts", "persons", "person_writeback")]
    first = _text(events[0])
    assert first["because"] == "person 7: title"
    assert (first["waited_seconds"], first["enriching_seconds"], first["syncing_seconds"]) == (1.0, 2.0, 4.0)
    assert first["total_seconds"] == 7.0
    assert first["in_crm"] == "https://crm.example/Cust1/default.aspx?contact_id=3"
    assert events[0].metadata["board"] == dg.MetadataValue.asset(dg.AssetKey("sync_board"))
    assert events[0].metadata["run"] == dg.MetadataValue.dagster_run("run-1")
    assert all(event.partition == "3" for event in events)


def test_who_gets_which_persona_and_level_of_text_and_why() -> None:
    _, persons, written = (_text(event) for event in _events(_outcome()))
    assert "| 7 | produktion | head of production, the function of this persona alone |" in persons["who"]
    assert "| 8 | unknown | no word |" in persons["who"]
    assert "| 7 | standard | standard text instead of 'Messe 2026': waiting for review |" in written["who"]
    assert "| 8 | not planned yet |" in written["who"]
    assert written["fields_changed"] == "person 7: subject"


def test_a_company_with_a_thousand_people_keeps_its_events_small() -> None:
    crowd = [{**PERSONS[0], "person_id": number} for number in range(1000)]
    who = _text(_events(_outcome(persons=crowd))[1])["who"]
    assert "and 950 more" in who
    assert len(who) < 6000


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("phase", ["failed", "skipped", "conflict"])
def test_who_did_not_end_well_is_found_on_the_account_s_page(phase: Any, asked: bool) -> None:
    outcome = _outcome(phase=phase, kind="rights", reason="not allowed", attempts=2)
    events = _events(outcome, asked=asked)
    (observation,) = [event for event in events if isinstance(event, dg.AssetObservation)]
    assert observation is events[-1]
    assert observation.partition == "3"
    told = _text(observation)
    assert (told["phase"], told["kind"], told["reason"], told["attempts"]) == (phase, "rights", "not allowed", 2)
    assert "gtm retry 3" in told["what_to_do"]


def test_a_backfill_counts_a_failed_account_as_failed_and_every_other_as_done() -> None:
    assert _told(_events(_outcome(phase="failed", kind="defect"), asked=True)) == [("Observation", "accounts")]
    well = _told(_events(_outcome(stages={}, phase="skipped", kind="suppressed"), asked=True))
    assert [name for kind, name in well if kind == "Materialization"] == list(STAGES)


def test_the_same_failure_again_is_told_once_unless_somebody_asked() -> None:
    again = {
        "phase": "failed",
        "kind": "not reachable",
        "reason": "503",
        "before": ("not reachable", "503"),
        "stages": {},
    }
    assert _events(_outcome(**again)) == []
    assert _told(_events(_outcome(**again), asked=True)) == [("Observation", "accounts")]
    assert _told(_events(_outcome(**{**again, "reason": "502"}))) == [("Observation", "accounts")]


def test_who_ended_well_gets_no_observation() -> None:
    assert {"completed", "planned", "waiting for review"}.isdisjoint(TOLD)
    assert all(kind == "Materialization" for kind, _ in _told(_events(_outcome(), asked=True)))
