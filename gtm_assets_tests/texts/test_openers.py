"""Company openers: what they are written from, which product comes first, and what makes them stale."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.texts import blocks, openers
from gtm_assets.texts.models import OpenerInputs
from gtm_assets.texts.openers import OpenerOutcome, OpenerWriter, bring_openers_up_to_date, load_inputs
from gtm_assets_tests.fake_fields import FIELDS, sample_fields
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import account_row, fresh_store, profile_row, put, rows_of, vertical_row, website_row
from gtm_assets_tests.texts.samples import OPENER_TEXT
from resources.errors import TransientError
from resources.store import schema

NAME = "Muster CNC GmbH & Co. KG"


class Desk:
    """A writer of openers and its model."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.reply: Any = asdict(OPENER_TEXT)
        self.model = FakeModel(lambda inputs: self.reply(inputs) if callable(self.reply) else self.reply)
        gemini: Any = self.model
        self.writer = OpenerWriter(store, gemini, FIELDS, "run", approve=True)

    def write(self, *ids: int, **changed: Any) -> dict[int, OpenerOutcome]:
        return bring_openers_up_to_date(replace(self.writer, **changed), ids or [1])

    def inputs(self, fields: Any = FIELDS) -> OpenerInputs | str:
        with self.store.read() as connection:
            return load_inputs(connection, [1], fields)[1]

    def block(self, key: str = "1") -> blocks.Block:
        with self.store.read() as connection:
            return blocks.current_blocks(connection, "opener")[key]


@pytest.fixture
def desk(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, vertical_row("maschinenbau"))
        # Branches of one company: they may carry the same sentence.
        here = "https://muster.example"
        put(store, schema.accounts, account_row(1, name=NAME, url=here), account_row(2, name=NAME, url=here))
        put(store, schema.profiles, profile_row(1), profile_row(2))
        put(store, schema.websites, website_row(1), website_row(2))
        yield Desk(store)


def _good(inputs: Any) -> OpenerInputs:
    assert isinstance(inputs, OpenerInputs)
    return inputs


@pytest.mark.parametrize(
    ("focus", "first", "second"),
    [
        ("Operativ", "Transportroboter", "Reinigungsroboter"),
        ("Infrastruktur", "Reinigungsroboter", "Transportroboter"),
        (None, "Transportroboter", "Reinigungsroboter"),
    ],
)
def test_the_companys_own_focus_decides_which_product_comes_first(desk, focus, first, second) -> None:
    put(desk.store, schema.profiles, profile_row(1, ops_focus=focus))
    inputs = _good(desk.inputs())
    assert inputs.primary.product == first
    assert inputs.secondary is not None
    assert inputs.secondary.product == second


def test_without_a_second_product_there_is_one_opener_and_a_focus_without_product_is_not_followed(desk) -> None:
    put(desk.store, schema.verticals, vertical_row("maschinenbau", products={"Operativ": "Transportroboter"}))
    put(desk.store, schema.profiles, profile_row(1, ops_focus="Infrastruktur"))
    inputs = _good(desk.inputs())
    assert (inputs.primary.focus, inputs.primary.product, inputs.secondary) == ("Operativ", "Transportroboter", None)
    desk.write()
    assert desk.block().content == {"opener": OPENER_TEXT.opener, "opener_secondary": None}


@pytest.mark.parametrize(
    ("table", "row", "why"),
    [
        (schema.profiles, profile_row(1, None), "the vertical is unknown"),
        (schema.websites, website_row(1, text="", reason="the website does not answer"), "the website does not answer"),
        (schema.websites, website_row(1, text="", reason=""), "there is no website text to write from"),
        (schema.verticals, vertical_row("maschinenbau", active=False), "the vertical is unknown"),
    ],
    ids=["no vertical", "down", "no text", "inactive"],
)
def test_without_what_an_opener_needs_there_is_none_and_the_reason_is_told(desk, table, row, why) -> None:
    put(desk.store, table, row)
    assert desk.write()[1] == OpenerOutcome("none", why)
    assert desk.model.calls == 0


def test_the_city_is_the_imprints_or_else_the_crms(desk) -> None:
    assert _good(desk.inputs()).city == "Musterstadt"
    put(desk.store, schema.profiles, profile_row(1, city=None))
    put(desk.store, schema.accounts, account_row(1, street_city="Straßdorf"))
    assert _good(desk.inputs()).city == "Straßdorf"


def test_the_shorter_of_the_two_fields_bounds_both(desk) -> None:
    assert _good(desk.inputs(sample_fields(opener_secondary={"text_length": 150}))).opener_limit.max_characters == 150


def test_unchanged_inputs_cost_no_call(desk) -> None:
    assert desk.write()[1].what == "generated"
    assert desk.write()[1].what == "unchanged"
    assert desk.model.calls == 1


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (schema.accounts, account_row(1, name="Muster CNC GmbH")),
        (schema.profiles, profile_row(1, summary="Fräst Präzisionsteile.")),
        (schema.profiles, profile_row(1, ops_focus="Infrastruktur")),
        (schema.websites, website_row(1, text="Wir fertigen Drehteile in Serie, seit heute andere.")),
        (schema.verticals, vertical_row("maschinenbau", pains=["Anderes"])),
    ],
    ids=["name", "summary", "focus", "website", "vertical"],
)
def test_a_changed_input_writes_a_new_version(desk, table, row) -> None:
    desk.write()
    put(desk.store, table, row)
    desk.write()
    assert desk.block().version == 2


def test_another_title_of_a_person_or_phase_is_no_input(desk) -> None:
    desk.write()
    put(desk.store, schema.accounts, account_row(1, name=NAME, org_nr="DE1", stop=True))
    assert desk.write()[1].what == "unchanged"


def test_force_writes_again(desk) -> None:
    desk.write()
    assert desk.write(force=True)[1].what == "generated"


def test_a_text_that_breaks_the_rules_twice_is_kept_marked_and_not_asked_for_again(desk) -> None:
    desk.reply = {"opener": "Hallo 123!", "opener_secondary": "Auch 456.", "evidence": []}
    outcome = desk.write()[1]
    assert outcome.what == "rejected"
    assert outcome.reason
    assert (desk.block().passed, desk.block().verdict, desk.model.calls) == (False, None, 2)
    assert desk.write()[1].what == "unchanged"
    assert desk.model.calls == 2


def test_by_policy_a_good_text_is_approved_and_by_hand_it_waits(desk) -> None:
    desk.write(1)
    desk.write(2, approve=False)
    assert (desk.block("1").verdict, desk.block("2").verdict) == ("approved", None)
    desk.write(1)
    assert desk.block("2").verdict == "approved", "what waited is approved as soon as the policy says so"
    assert {row["contact_id"] for row in rows_of(desk.store, schema.sync_state)} == {2}


@pytest.mark.parametrize("error", [TransientError("Gemini", "503"), RuntimeError("fell over")])
def test_one_company_that_fails_stops_nobody(desk, error) -> None:
    desk.reply = lambda inputs: error if inputs["id"] == "1" else asdict(OPENER_TEXT)
    outcomes = desk.write(1, 2)
    assert (outcomes[1].what, outcomes[1].error, outcomes[2].what) == ("failed", error, "generated")
    assert "1" not in {row["key"] for row in rows_of(desk.store, schema.text_blocks)}


def test_the_websites_text_is_not_stored_a_second_time(desk) -> None:
    desk.write()
    (row,) = rows_of(desk.store, schema.text_blocks)
    assert set(row["inputs"]["website_text"]) == {"sha256", "characters"}


def test_equal_inputs_have_equal_hashes_and_the_model_is_one(desk) -> None:
    inputs = _good(desk.inputs())
    assert openers.inputs_hash(inputs, "a") == openers.inputs_hash(replace(inputs), "a")
    assert openers.inputs_hash(inputs, "a") != openers.inputs_hash(inputs, "b")


def test_an_account_the_store_does_not_know_is_passed_over(desk) -> None:
    assert desk.write(404) == {}


def test_the_evidence_is_stored_with_the_block_and_what_is_told_has_claims_without_quotes(desk) -> None:
    outcome = desk.write()[1]
    assert [dict(each) for each in desk.block().evidence] == [asdict(each) for each in OPENER_TEXT.evidence]
    assert outcome.claims == tuple(each.claim for each in OPENER_TEXT.evidence)
    assert not any(each.span in str(outcome) for each in OPENER_TEXT.evidence)


def test_a_quote_that_is_on_no_page_is_asked_for_again_and_then_kept_as_rejected(desk) -> None:
    bad = [{**each, "span": "Man sagt es uns jedenfalls nach."} for each in asdict(OPENER_TEXT)["evidence"]]
    desk.reply = lambda inputs: asdict(OPENER_TEXT) | ({} if "findings" in inputs else {"evidence": bad})
    assert desk.write(1)[1].what == "generated"
    assert desk.model.asked[1]["previous"]["evidence"] == bad, "the model sees what it claimed"
    desk.reply = asdict(OPENER_TEXT) | {"evidence": bad}
    outcome = desk.write(2)[2]
    assert outcome.what == "rejected"
    assert "Man sagt" not in outcome.reason, "reasons reach the event log; quotes stay in the store"
    assert not desk.block("2").passed


def _apart(desk: Desk) -> None:
    """The second company is another one with a name and a website of its own."""
    put(desk.store, schema.accounts, account_row(2, name="Beispiel Drehtechnik AG", url="https://beispiel.example"))
    first, second = OPENER_TEXT.opener, OPENER_TEXT.opener.replace("Muster CNC", "Beispiel Drehtechnik")
    desk.reply = lambda inputs: {**asdict(OPENER_TEXT), "opener": first if inputs["id"] == "1" else second}


def test_the_sentence_of_another_company_is_refused_in_the_same_batch_and_in_the_next(desk) -> None:
    _apart(desk)
    together = desk.write(1, 2)
    assert sorted(outcome.what for outcome in together.values()) == ["generated", "rejected"]
    assert desk.model.calls == 3, "the one who came second is asked once more"
    (winner,) = (contact_id for contact_id, outcome in together.items() if outcome.what == "generated")
    (loser,) = {1, 2} - {winner}
    assert f"Firma {winner}" in together[loser].reason
    assert desk.write(loser, force=True)[loser].what == "rejected"
    assert desk.write(winner, force=True)[winner].what == "generated", "its own older sentence is no other company's"


def test_a_rejected_text_stands_in_nobodys_way(desk) -> None:
    _apart(desk)
    good = desk.reply
    desk.reply = lambda inputs: {**good(inputs), "evidence": []} if inputs["id"] == "1" else good(inputs)
    assert (desk.write(1)[1].what, desk.write(2)[2].what) == ("rejected", "generated")


def test_without_anything_to_write_the_openers_of_others_are_not_read(desk) -> None:
    desk.write()
    statements: list[str] = []
    sa.event.listen(desk.store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert desk.write()[1].what == "unchanged"
    assert not any("opener_secondary" in statement or "json_extract" in statement.lower() for statement in statements)
