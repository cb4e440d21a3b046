"""Company profiles: a human wins, unchanged inputs cost nothing, a failed visit forgets nothing, and one bad company stops nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.research import websites
from gtm_assets.research.profiles import ProfileOutcome, Researcher, bring_profiles_up_to_date
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.fake_model import FakeModel, FakeWebsites
from gtm_assets_tests.stores import account_row, fresh_store, put, rows_of, vertical_row, website_row, written_row
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import utc_now

PAGE = "Wir fertigen Drehteile in Serie. Unsere Maschinen laufen Tag und Nacht."
SAYS = {
    "vertical_key": "maschinenbau",
    "evidence": ["fertigen Drehteile in Serie"],
    "ops_focus": "Infrastruktur",
    "summary": "Dreht Teile in Serie.",
}


class Desk:
    """A researcher with a website and a model, and the store they fill."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.websites = FakeWebsites(**{"https://muster1.example": PAGE, "https://muster2.example": PAGE})
        self.reply: Any = SAYS
        self.model = FakeModel(lambda inputs: self.reply(inputs) if callable(self.reply) else self.reply)
        website: Any = self.websites
        gemini: Any = self.model
        self.researcher = Researcher(store, website, gemini, FIELDS["vertical"], 199, "run")

    def profile(self, *ids: int, force: bool = False, **changed: Any) -> dict[int, ProfileOutcome]:
        return bring_profiles_up_to_date(replace(self.researcher, force=force, **changed), ids or [1])

    def row(self, contact_id: int = 1) -> dict[str, Any]:
        return next(row for row in rows_of(self.store, schema.profiles) if row["contact_id"] == contact_id)

    def days_pass(self, days: float) -> None:
        rows = rows_of(self.store, schema.websites)
        put(
            self.store,
            schema.websites,
            *({**row, "fetched_at": row["fetched_at"] - timedelta(days=days)} for row in rows),
        )


@pytest.fixture
def desk(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, vertical_row("maschinenbau"), vertical_row("logistik"))
        put(store, schema.accounts, account_row(1), account_row(2))
        yield Desk(store)


def _set_in_crm(desk: Desk, value: str) -> None:
    put(desk.store, schema.accounts, account_row(1, fields={"vertical": value}))


def test_a_profile_says_what_website_and_imprint_say(desk) -> None:
    desk.websites.imprints["https://muster1.example"] = "Muster GmbH, Musterweg 1, 12345 Musterstadt"
    (outcome,) = desk.profile().values()
    assert (outcome.changed, outcome.vertical_key, outcome.error) == (True, "maschinenbau", None)
    row = desk.row()
    assert (row["vertical_source"], row["ops_focus"], row["summary"]) == (
        "model",
        "Infrastruktur",
        "Dreht Teile in Serie.",
    )
    assert row["evidence"] == ["fertigen Drehteile in Serie"]
    assert (row["city"], row["vat_number"]) == ("Musterstadt", None)


def test_unchanged_inputs_cost_no_visit_no_call_and_are_no_change(desk) -> None:
    desk.profile()
    (outcome,) = desk.profile().values()
    assert not outcome.changed
    assert (desk.model.calls, len(desk.websites.visited)) == (1, 1)


def test_after_a_month_the_website_is_visited_again_and_the_model_asked_only_if_it_says_something_else(desk) -> None:
    desk.profile()
    desk.days_pass(31)
    desk.profile()
    assert (desk.model.calls, len(desk.websites.visited)) == (1, 2)
    desk.days_pass(31)
    desk.websites.pages["https://muster1.example"] = f"{PAGE} Neu: Drehteile aus Titan."
    desk.profile()
    assert desk.model.calls == 2


def test_force_visits_and_asks_although_nothing_changed(desk) -> None:
    desk.profile()
    desk.profile(force=True)
    assert (desk.model.calls, len(desk.websites.visited)) == (2, 2)


def test_another_address_is_another_website(desk) -> None:
    desk.profile()
    put(desk.store, schema.accounts, account_row(1, url="https://muster2.example"))
    desk.profile()
    assert desk.websites.visited == ["https://muster1.example", "https://muster2.example"]


def test_a_summary_that_may_not_be_used_leaves_the_earlier_one_and_is_asked_for_again(desk) -> None:
    desk.profile()
    good, calls = desk.row()["summary"], desk.model.calls
    assert good
    said, desk.reply = desk.reply, {**SAYS, "summary": "They turn precision parts for the industry."}
    bad = desk.profile(force=True)[1]
    desk.reply = said
    assert bad.note == "the new summary is left out: it does not read as German"
    assert (bad.vertical_key, desk.row()["summary"]) == ("maschinenbau", good)
    assert desk.model.calls == calls + 2, "asked once more"
    assert desk.profile()[1].note == ""
    assert desk.model.calls == calls + 3, "and again when the account is next worked on"
    desk.profile()
    assert desk.model.calls == calls + 3


# --- whose vertical ---------------------------------------------------------------------------------------------------


def test_a_vertical_that_a_human_set_wins_and_the_websites_is_kept_beside_it(desk) -> None:
    _set_in_crm(desk, "[I:2]")
    assert desk.profile()[1].vertical_key == "logistik"
    row = desk.row()
    assert (row["vertical_source"], row["vertical_key"], row["model_vertical_key"]) == (
        "human",
        "logistik",
        "maschinenbau",
    )


def test_a_human_who_changes_the_vertical_costs_no_call(desk) -> None:
    desk.profile()
    _set_in_crm(desk, "[I:2]")
    assert desk.profile()[1].changed
    assert desk.row()["vertical_key"] == "logistik"
    assert desk.model.calls == 1


def test_a_human_who_clears_the_field_gives_the_choice_back(desk) -> None:
    _set_in_crm(desk, "[I:2]")
    desk.profile()
    _set_in_crm(desk, "")
    desk.profile()
    assert (desk.row()["vertical_source"], desk.row()["vertical_key"]) == ("model", "maschinenbau")


def test_a_human_who_clears_what_nobody_could_place_leaves_no_reason_behind(desk) -> None:
    desk.reply = {**SAYS, "vertical_key": "unknown", "evidence": []}
    _set_in_crm(desk, "[I:77]")
    desk.profile()
    assert "[I:77]" in desk.row()["vertical_reason"]
    _set_in_crm(desk, "")
    (outcome,) = desk.profile().values()
    assert (desk.row()["vertical_source"], outcome.vertical_key) == ("unknown", None)
    assert "[I:77]" not in desk.row()["vertical_reason"]
    assert desk.row()["vertical_reason"]


def test_our_own_value_in_the_crm_is_not_a_humans(desk) -> None:
    desk.profile()
    _set_in_crm(desk, "[I:1]")
    put(desk.store, schema.written_values, written_row("Contact", 1, "vertical", "[I:1]"))
    assert not desk.profile()[1].changed
    assert desk.row()["vertical_source"] == "model"


def test_a_humans_value_nobody_can_place_is_unknown_and_stays_a_humans(desk) -> None:
    _set_in_crm(desk, "Landwirtschaft")
    outcome = desk.profile()[1]
    assert outcome.vertical_key is None
    assert "'Landwirtschaft', which is no vertical of Notion" in outcome.reason
    assert desk.row()["vertical_source"] == "human"


def test_a_humans_vertical_that_is_not_active_is_unknown(desk) -> None:
    put(desk.store, schema.verticals, vertical_row("logistik", active=False))
    _set_in_crm(desk, "[I:2]")
    assert desk.profile()[1].vertical_key is None
    assert "not active" in desk.row()["vertical_reason"]


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_a_new_vertical_asks_again_for_those_without_one_and_for_nobody_else(desk) -> None:
    desk.reply = lambda inputs: SAYS if inputs["id"] == "1" else {**SAYS, "vertical_key": "unknown", "evidence": []}
    desk.profile(1, 2)
    put(desk.store, schema.verticals, vertical_row("hotel"))
    desk.profile(1, 2)
    assert [inputs["id"] for inputs in desk.model.asked[2:]] == ["2"]


def test_when_its_vertical_is_retired_a_company_is_asked_about_again(desk) -> None:
    desk.profile()
    put(desk.store, schema.verticals, vertical_row("maschinenbau", active=False))
    desk.reply = {**SAYS, "vertical_key": "unknown", "evidence": []}
    assert desk.profile()[1].vertical_key is None
    assert [each["key"] for each in desk.model.asked[-1]["verticals"]] == ["logistik"]


def test_only_active_verticals_are_offered(desk) -> None:
    put(desk.store, schema.verticals, vertical_row("alt", active=False))
    desk.profile()
    assert {each["key"] for each in desk.model.asked[0]["verticals"]} == {"maschinenbau", "logistik"}


def test_an_invented_quote_is_not_believed(desk) -> None:
    desk.reply = {**SAYS, "evidence": ["steht nirgends auf der Seite"]}
    outcome = desk.profile()[1]
    assert outcome.vertical_key is None
    assert "does not stand in the website's text" in outcome.reason
    assert desk.row()["summary"] == "Dreht Teile in Serie."


# --- what fails -------------------------------------------------------------------------------------------------------


def test_what_a_website_said_is_kept_when_a_later_visit_fails(desk) -> None:
    desk.profile()
    before = desk.row()
    desk.days_pass(31)
    desk.websites.pages.clear()
    outcome = desk.profile()[1]
    assert (outcome.changed, outcome.error, outcome.vertical_key) == (False, None, "maschinenbau")
    assert desk.row() == before
    assert desk.model.calls == 1
    (site,) = rows_of(desk.store, schema.websites)
    assert (site["outcome"], site["text"]) == ("unreachable", PAGE)


def test_a_website_that_is_down_is_tried_again_after_hours_and_costs_no_call(desk) -> None:
    desk.websites.pages.clear()
    outcome = desk.profile()[1]
    assert outcome.retry_at is not None
    assert outcome.retry_at > utc_now()
    assert (outcome.vertical_key, outcome.website) == (None, "the website does not answer")
    assert desk.model.calls == 0
    desk.profile()
    assert len(desk.websites.visited) == 1
    desk.days_pass(0.5)
    desk.websites.pages["https://muster1.example"] = PAGE
    assert desk.profile()[1].vertical_key == "maschinenbau"


def test_a_company_without_a_website_is_known_as_such_and_not_tried_again(desk) -> None:
    put(desk.store, schema.accounts, account_row(1, url=""))
    outcome = desk.profile()[1]
    assert (outcome.retry_at, outcome.website) == (None, "the company has no website")


def test_a_model_that_can_not_be_asked_changes_nothing_and_stops_nobody(desk) -> None:
    desk.profile(1)
    desk.websites.pages["https://muster1.example"] = f"{PAGE} Neu."
    desk.days_pass(31)
    down = TransientError("Gemini", "503", status=503)
    desk.reply = lambda inputs: down if inputs["id"] == "1" else SAYS
    outcomes = desk.profile(1, 2)
    assert outcomes[1].error is down
    assert outcomes[2].vertical_key == "maschinenbau"
    assert desk.row(1)["vertical_key"] == "maschinenbau"
    assert any("503" in row["problem"] for row in rows_of(desk.store, schema.model_calls))


@pytest.mark.parametrize("problem", ["truncated", "blocked", "empty"])
def test_a_reply_nobody_can_read_leaves_the_profile_as_it_was(desk, problem) -> None:
    desk.profile()
    before = desk.row()
    desk.reply = problem
    (outcome,) = desk.profile(force=True).values()
    assert isinstance(outcome.error, TransientError)
    assert desk.row() == before


def test_a_reply_for_another_company_is_asked_for_once_more(desk) -> None:
    replies = iter([{**SAYS, "id": "2"}, SAYS])
    desk.reply = lambda _: next(replies)
    assert desk.profile()[1].vertical_key == "maschinenbau"
    assert [row["attempt"] for row in rows_of(desk.store, schema.model_calls)] == [1, 2]


def test_an_error_nobody_expected_is_its_own_accounts(desk) -> None:
    put(desk.store, schema.websites, website_row(2, text=PAGE))
    desk.websites.error = RuntimeError("the parser fell over")
    outcomes = desk.profile(1, 2)
    assert isinstance(outcomes[1].error, RuntimeError)
    assert outcomes[2].vertical_key == "maschinenbau"


def test_every_call_is_a_row_with_tokens_and_kind(desk) -> None:
    desk.profile()
    (row,) = rows_of(desk.store, schema.model_calls)
    assert (row["kind"], row["key"], row["prompt_tokens"], row["output_tokens"], row["problem"]) == (
        "profile",
        "1",
        100,
        10,
        "",
    )


def test_when_a_website_counts_as_stale() -> None:
    now = utc_now()
    fresh = website_row(1, fetched_at=now)
    assert websites.is_stale(None, "x", now)
    assert not websites.is_stale(fresh, fresh["url"], now)
    assert websites.is_stale(fresh, "https://anders.example", now)
    assert websites.is_stale(fresh, fresh["url"], now + timedelta(days=31))
    down = {**fresh, "outcome": "unreachable"}
    assert not websites.is_stale(down, fresh["url"], now + timedelta(hours=5))
    assert websites.is_stale(down, fresh["url"], now + timedelta(hours=7))
