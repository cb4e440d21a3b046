"""The marketing matrix: which cells there are, which are stale, and who becomes due by a new text."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.texts import blocks, matrix
from gtm_assets.texts.matrix import (
    MatrixResult,
    MatrixWriter,
    UnknownCellError,
    bring_cells_up_to_date,
    cell_key,
    choose_cells,
    load_cells,
    stale_cells,
)
from gtm_assets_tests.fake_fields import FIELDS, sample_fields
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import (
    campaign_row,
    fresh_store,
    person_row,
    persona_row,
    profile_row,
    put,
    rows_of,
    vertical_row,
)
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.errors import TransientError
from resources.store import schema

REFERENCES = [asdict(reference) for reference in CELL_INPUTS.references]
BAD = {**asdict(CELL_TEXT), "subject": "Betreff mit Platzhalter {{name}}"}
KEYS = ["einkauf|logistik", "einkauf|maschinenbau", "leitung|logistik", "leitung|maschinenbau"]


class Desk:
    """A writer of cells and its model."""

    def __init__(self, store: Any, *, approve: bool = False) -> None:
        self.store = store
        self.reply: Any = asdict(CELL_TEXT)
        self.model = FakeModel(lambda inputs: self.reply(inputs) if callable(self.reply) else self.reply)
        gemini: Any = self.model
        self.writer = MatrixWriter(store, gemini, FIELDS, "run", approve)

    def write(self, keys: Any = None, **changed: Any) -> MatrixResult:
        writer = replace(self.writer, **changed)
        return bring_cells_up_to_date(writer, choose_cells(writer, keys))

    def stale(self) -> list[str]:
        return stale_cells(self.store, FIELDS, self.model.model)

    def asked(self) -> list[str]:
        return sorted(inputs["id"] for inputs in self.model.asked)


@pytest.fixture
def desk(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        for key in ("maschinenbau", "logistik"):
            put(store, schema.verticals, vertical_row(key, refs=REFERENCES, products={"Operativ": CELL_INPUTS.product}))
        put(
            store,
            schema.personas,
            *(
                persona_row(key, pains=list(CELL_INPUTS.persona_pains), name="Produktionsleitung")
                for key in ("leitung", "einkauf")
            ),
        )
        yield Desk(store)


def _due(desk) -> set[int]:
    return {row["contact_id"] for row in rows_of(desk.store, schema.sync_state) if row["due_at"]}


def test_there_is_one_cell_for_each_active_persona_and_vertical(desk) -> None:
    assert desk.stale() == KEYS
    put(desk.store, schema.verticals, vertical_row("hotel", active=False))
    assert desk.stale() == KEYS
    assert cell_key("leitung", "maschinenbau") == "leitung|maschinenbau"


def test_all_stale_cells_are_written_and_then_none_is_stale_and_nothing_is_asked(desk) -> None:
    assert desk.write().outcomes == dict.fromkeys(KEYS, "generated")
    assert desk.stale() == []
    assert desk.write().outcomes == dict.fromkeys(KEYS, "unchanged")
    assert desk.asked() == KEYS


def test_only_cells_with_a_changed_input_are_written_again(desk) -> None:
    desk.write()
    row = next(row for row in rows_of(desk.store, schema.verticals) if row["key"] == "logistik")
    put(desk.store, schema.verticals, {**row, "pains": ["Anderes"]})
    assert desk.stale() == ["einkauf|logistik", "leitung|logistik"]


@pytest.mark.parametrize(
    "changed",
    [{"crm_item_id": 99}, {"seen_at": None}, {"notion_url": "https://anders.example"}],
    ids=["item", "seen", "url"],
)
def test_what_is_no_input_makes_nothing_stale(desk, changed) -> None:
    desk.write()
    row = next(row for row in rows_of(desk.store, schema.verticals) if row["key"] == "logistik")
    put(desk.store, schema.verticals, {**row, **{name: value or row[name] for name, value in changed.items()}})
    assert desk.stale() == []


def test_another_model_or_field_length_makes_every_cell_stale(desk) -> None:
    desk.write()
    assert stale_cells(desk.store, FIELDS, "another-model") == KEYS
    assert stale_cells(desk.store, sample_fields(intro={"text_length": 150}), desk.model.model) == KEYS


def test_a_rejected_text_is_kept_marked_and_not_asked_for_again_by_itself(desk) -> None:
    desk.reply = BAD
    result = desk.write(["leitung|maschinenbau"])
    assert result.outcomes == {"leitung|maschinenbau": "rejected"}
    assert result.findings["leitung|maschinenbau"]
    assert desk.model.calls == 2
    assert desk.model.asked[1]["findings"]
    with desk.store.read() as connection:
        cell = load_cells(connection, FIELDS, desk.model.model)["leitung|maschinenbau"]
    assert cell.block is not None
    assert (cell.block.passed, cell.block.content["subject"], cell.is_stale) == (False, BAD["subject"], False)
    desk.write(["leitung|maschinenbau"])
    assert desk.model.calls == 2


def test_force_writes_again_although_nothing_changed(desk) -> None:
    desk.write(["leitung|maschinenbau"])
    assert desk.write(["leitung|maschinenbau"], force=True).outcomes == {"leitung|maschinenbau": "generated"}
    assert [row["version"] for row in rows_of(desk.store, schema.text_blocks)] == [1, 2]


def test_a_cell_that_can_not_be_written_fails_by_itself_and_stays_stale(desk) -> None:
    desk.reply = lambda inputs: (
        TransientError("Gemini", "503") if inputs["id"] == "einkauf|logistik" else asdict(CELL_TEXT)
    )
    result = desk.write()
    assert [key for key, outcome in result.outcomes.items() if outcome == "failed"] == ["einkauf|logistik"]
    assert "503" in result.errors["einkauf|logistik"]
    assert desk.stale() == ["einkauf|logistik"]


def test_an_error_nobody_expected_fails_its_own_cell_only(desk) -> None:
    desk.reply = lambda inputs: RuntimeError("fell over") if inputs["id"] == "einkauf|logistik" else asdict(CELL_TEXT)
    assert list(desk.write().errors) == ["einkauf|logistik"]
    assert desk.stale() == ["einkauf|logistik"]


def test_a_key_that_is_no_cell_is_refused_before_anything_is_asked(desk) -> None:
    with pytest.raises(UnknownCellError, match="No such cell: leitung"):
        desk.write(["leitung|gibt-es-nicht"])
    assert desk.model.calls == 0


def test_every_cell_is_reported_once_as_it_ends(desk) -> None:
    seen: list[tuple[str, str]] = []
    desk.write(KEYS[:1])
    bring_cells_up_to_date(
        desk.writer, choose_cells(desk.writer), lambda cell, outcome, made: seen.append((cell.key, outcome))
    )
    assert sorted(seen) == [(KEYS[0], "unchanged"), *((key, "generated") for key in KEYS[1:])]


def test_a_reference_of_another_vertical_is_not_allowed_in_a_proof(desk) -> None:
    foreign = [{"company": "Fremdbeispiel Logistik", "achievement": "alles besser", "source": "Musterdaten"}]
    put(desk.store, schema.verticals, vertical_row("logistik", refs=foreign))
    desk.reply = {
        **asdict(CELL_TEXT),
        "social_proof": "Unternehmen wie Musterlager und Fremdbeispiel Logistik nutzen unsere Transportroboter im Alltag.",
    }
    assert desk.write(["leitung|maschinenbau"]).outcomes == {"leitung|maschinenbau": "rejected"}


# --- campaigns --------------------------------------------------------------------------------------------------------

CAMPAIGN_KEYS = [f"{key}|messe-2026" for key in KEYS]


def test_a_campaign_has_a_cell_for_each_standard_one_and_none_comes_by_itself(desk) -> None:
    put(desk.store, schema.campaigns, campaign_row("messe-2026"), campaign_row("alt", active=False))
    with desk.store.read() as connection:
        cells = load_cells(connection, FIELDS, desk.model.model)
    assert sorted(cells) == sorted([*KEYS, *CAMPAIGN_KEYS])
    assert {cells[key].campaign_key for key in CAMPAIGN_KEYS} == {"messe-2026"}
    assert {cells[key].inputs.campaign_name for key in KEYS} == {""}
    assert desk.stale() == KEYS
    assert set(desk.write().outcomes) == set(KEYS)


def test_campaign_cells_that_were_asked_for_are_kept_up_to_date_from_then_on(desk) -> None:
    put(desk.store, schema.campaigns, campaign_row("messe-2026"))
    desk.write()
    assert desk.write(CAMPAIGN_KEYS[:1]).outcomes == {CAMPAIGN_KEYS[0]: "generated"}
    assert desk.model.asked[-1]["campaign"] == {"name": "Messe 2026", "brief": "Einladung an unseren Messestand."}
    assert desk.stale() == []
    put(desk.store, schema.campaigns, campaign_row("messe-2026", brief="Anderer Anlass."))
    assert desk.stale() == CAMPAIGN_KEYS[:1], "the standard texts have no brief"
    put(desk.store, schema.campaigns, campaign_row("messe-2026", active=False))
    assert desk.stale() == []


# --- who wakes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def carriers(desk):
    """Accounts 1 and 2 in maschinenbau with persons of either persona, 3 in logistik."""
    put(desk.store, schema.profiles, profile_row(1), profile_row(2), profile_row(3, "logistik"))
    put(
        desk.store,
        schema.persons,
        person_row(5, 1, persona_key="leitung"),
        person_row(6, 2, persona_key="einkauf"),
        person_row(7, 3, persona_key="leitung"),
    )
    return desk


def test_a_new_text_makes_exactly_its_carriers_due(carriers) -> None:
    assert carriers.write(["leitung|maschinenbau"]).accounts_due == 1
    assert _due(carriers) == {1}


def test_the_policy_auto_approves_what_waited_and_wakes_its_carriers(carriers) -> None:
    carriers.write(["leitung|maschinenbau"])
    with carriers.store.write() as connection:
        connection.execute(schema.sync_state.delete())
    carriers.write([], approve=True)
    assert _due(carriers) == {1}
    with carriers.store.read() as connection:
        (block,) = blocks.current_blocks(connection, "cell").values()
    assert block.verdict == "approved"


def test_waking_counts_accounts_and_not_persons(carriers) -> None:
    put(carriers.store, schema.persons, person_row(8, 1, persona_key="leitung"))
    with carriers.store.write() as connection:
        assert matrix.wake_carriers(connection, ["leitung|maschinenbau", "einkauf|maschinenbau"]) == 2


def test_a_campaign_text_wakes_only_the_people_of_that_campaign(carriers) -> None:
    put(carriers.store, schema.campaigns, campaign_row("messe-2026"))
    put(carriers.store, schema.persons, person_row(5, 1, persona_key="leitung", campaign="messe 2026"))
    put(carriers.store, schema.persons, person_row(8, 2, persona_key="leitung", campaign="Messe 2027"))
    assert carriers.write(["leitung|maschinenbau|messe-2026"]).accounts_due == 1
    assert _due(carriers) == {1}


def test_waking_asks_once_however_many_texts_there_are(carriers) -> None:
    put(carriers.store, schema.persons, person_row(9, 3, persona_key="leitung", campaign="Messe 2026"))
    asked: list[str] = []
    keys = [*KEYS, "leitung|logistik|messe-2026", *(f"p{n}|v{n}" for n in range(500))]
    with carriers.store.write() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        assert matrix.wake_carriers(connection, keys) == 3
    assert sum("FROM persons" in statement for statement in asked) == 1
