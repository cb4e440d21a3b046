"""Notion's tables into the store: what is new, changed, retired, and which accounts wake because of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.knowledge.sync import (
    EmptyTableError,
    SyncResult,
    load_campaigns,
    load_personas,
    load_verticals,
    refusals,
    sync_table,
)
from gtm_assets_tests.knowledge.test_rows import table
from gtm_assets_tests.stores import fresh_store, passing_store, profile_row, put, rows_of
from resources.store import schema


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def sync(store, *rows: dict[str, Any], database: Any = "verticals") -> SyncResult:
    return sync_table(store, database, table(database, *rows), {})


def _what(result: SyncResult) -> list[tuple[str, str]]:
    return [(change.key, change.what) for change in result.changes]


def _active(store) -> set[str]:
    with store.read() as connection:
        return set(load_verticals(connection))


def _due(store) -> dict[int, str]:
    return {row["contact_id"]: row["trigger"] for row in rows_of(store, schema.sync_state) if row["due_at"]}


def test_a_row_is_new_once_and_an_unchanged_one_is_no_change(store) -> None:
    assert _what(sync(store, {})) == [("maschinenbau", "new")]
    again = sync(store, {})
    assert (again.changes, again.active) == ((), 1)


def test_what_changed_is_named(store) -> None:
    sync(store, {})
    (change,) = sync(store, {"Pains": "Anderes", "Definition": "Neu"}).changes
    assert (change.what, set(change.fields)) == ("changed", {"pains", "definition"})
    with store.read() as connection:
        assert load_verticals(connection)["maschinenbau"].pains == ("Anderes",)


def test_what_is_read_back_is_what_was_read(store) -> None:
    sync(store, {})
    sync(store, {}, database="personas")
    sync(store, {}, database="campaigns")
    with store.read() as connection:
        assert load_personas(connection)["produktionsleitung"].job_titles == ("Produktionsleiter", "Head of Production")
        assert load_campaigns(connection)["messe-2026"].tag == "Messe 2026"
        assert load_verticals(connection)["maschinenbau"].references[0].achievement == "Suchzeiten gesenkt"


def test_a_draft_that_was_never_active_is_not_kept(store) -> None:
    assert sync(store, {"Status": "Draft"}).changes == ()
    assert rows_of(store, schema.verticals) == []


def test_a_row_set_to_draft_is_deactivated_with_its_last_good_values_and_comes_back(store) -> None:
    sync(store, {})
    assert _what(sync(store, {"Status": "Draft", "Pains": "halb fertig"})) == [("maschinenbau", "deactivated")]
    assert rows_of(store, schema.verticals)[0]["pains"] == ["Fachkräftemangel", "Suchzeiten"]
    assert sync(store, {"Status": "Draft", "Pains": "fertig"}).changes == ()
    (change,) = sync(store, {"Pains": "fertig"}).changes
    assert (change.what, change.fields) == ("reactivated", ("pains",))
    assert _active(store) == {"maschinenbau"}


def test_a_row_that_disappears_is_deactivated_and_not_deleted(store) -> None:
    sync(store, {}, {"Key": "logistik"})
    assert _what(sync(store, {})) == [("logistik", "deactivated")]
    assert _active(store) == {"maschinenbau"}
    assert len(rows_of(store, schema.verticals)) == 2
    assert sync(store, {}).changes == ()


def test_a_row_that_is_refused_keeps_its_last_good_version(store) -> None:
    sync(store, {})
    result = sync(store, {"Pains": ""})
    assert result.changes == ()
    assert [refusal.reason for refusal in result.refused] == ["Pains is empty"]
    assert _active(store) == {"maschinenbau"}


def test_a_refusal_says_what_stands_meanwhile_and_is_news_once(store) -> None:
    sync(store, {})
    first = sync(store, {"Pains": ""}, {"Key": "neu", "Name": "Neu", "Gains": ""})
    assert [(refusal.name, refusal.meanwhile) for refusal in first.refused] == [
        ("Maschinenbau", "its last good version stays in use"),
        ("Neu", "it does not take part"),
    ]
    again = sync(store, {"Pains": ""}, {"Key": "neu", "Name": "Neu", "Gains": ""})
    assert (first.is_news, again.is_news) == (True, False)
    with store.read() as connection:
        assert refusals(connection) == list(again.refused)
    assert sync(store, {}).is_news, "that it is corrected is news, too"
    with store.read() as connection:
        assert refusals(connection) == []


def test_a_row_that_takes_part_loses_its_key_to_no_other(store) -> None:
    sync(store, {"Key": "logistik", "page": "other"}, {"page": "holder"})
    result = sync(store, {"Key": "Maschinenbau", "page": "other"}, {"page": "holder"})
    assert [(refusal.page_id, refusal.kept) for refusal in result.refused] == [("other", True)]
    assert (result.changes, _active(store)) == ((), {"maschinenbau", "logistik"})


def test_a_row_that_is_incomplete_and_a_draft_is_retired(store) -> None:
    sync(store, {})
    assert _what(sync(store, {"Pains": "", "Status": "Draft"})) == [("maschinenbau", "deactivated")]


def test_another_key_is_another_row(store) -> None:
    sync(store, {})
    assert sorted(_what(sync(store, {"Key": "anlagenbau"}))) == [("anlagenbau", "new"), ("maschinenbau", "deactivated")]


def test_an_answer_without_rows_changes_nothing_and_says_so(store) -> None:
    assert sync(store).changes == ()
    sync(store, {})
    with pytest.raises(EmptyTableError, match="Nothing was changed"):
        sync(store)
    assert _active(store) == {"maschinenbau"}


def test_an_option_that_was_renamed_takes_back_no_text(store) -> None:
    keys = ("a", "b", "c", "d")
    sync(store, *({"Key": key, "page": key} for key in keys))
    with pytest.raises(EmptyTableError, match="still has its options"):
        sync(store, *({"Key": key, "page": key, "Status": "Live"} for key in keys))
    assert _active(store) == set(keys)
    sync(store, {"Key": "a", "page": "a"}, *({"Key": key, "page": key, "Status": "Draft"} for key in keys[1:]))
    assert _active(store) == {"a"}


def test_a_missing_column_changes_nothing(store) -> None:
    sync(store, {})
    with pytest.raises(MissingColumnError):
        sync_table(store, "verticals", table("verticals", {"Key": "logistik"}, columns=("Name", "Key")), {})
    assert _active(store) == {"maschinenbau"}


def test_a_draft_copy_does_not_retire_the_vertical(store) -> None:
    sync(store, {"page": "original"})
    sync(store, {"page": "copy", "Status": "Draft"}, {"page": "original"})
    assert _active(store) == {"maschinenbau"}


# --- who wakes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(store):
    """Two verticals; one account in each, and one without."""
    sync(store, {}, {"Key": "logistik", "Name": "Logistik"})
    put(store, schema.profiles, profile_row(1, "maschinenbau"), profile_row(2, "logistik"), profile_row(3, None))
    return store


def test_a_changed_vertical_wakes_its_own_accounts_and_says_why(known) -> None:
    result = sync(known, {"Pains": "Anderes"}, {"Key": "logistik", "Name": "Logistik"})
    assert result.accounts_due == 1
    assert _due(known) == {1: "vertical maschinenbau changed"}
    assert rows_of(known, schema.sync_state)[0]["priority"] == 1


@pytest.mark.parametrize("changed", [{"Name": "Anlagenbau"}, {"Definition": "Neu"}])
def test_another_name_or_definition_wakes_those_without_a_vertical_too(known, changed) -> None:
    sync(known, changed, {"Key": "logistik", "Name": "Logistik"})
    assert set(_due(known)) == {1, 3}


def test_a_new_vertical_wakes_only_those_without_one(known) -> None:
    sync(known, {}, {"Key": "logistik", "Name": "Logistik"}, {"Key": "hotel", "Name": "Hotel"})
    assert set(_due(known)) == {3}


def test_a_retired_vertical_wakes_its_accounts(known) -> None:
    sync(known, {})
    assert _due(known) == {2: "vertical logistik deactivated"}


def test_personas_and_campaigns_wake_no_account_by_themselves(known) -> None:
    sync(known, {}, database="personas")
    sync(known, {"Pains": "Anderes"}, database="personas")
    assert _due(known) == {}


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "Key": st.sampled_from(["a", "b", "c"]),
            "Status": st.sampled_from(["Active", "Draft"]),
            "Pains": st.sampled_from(["eins", "zwei", ""]),
        }
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row["Key"],
)


@settings(max_examples=40)
@given(st.lists(_ROWS, min_size=1, max_size=4))
def test_after_any_history_the_active_rows_are_those_notion_shows_or_last_showed_whole(history) -> None:
    expected: dict[str, str] = {}
    with passing_store() as store:
        for rows in history:
            pages = [{**row, "page": row["Key"]} for row in rows]
            result = sync(store, *pages)
            shown = {row["Key"]: row for row in rows}
            broken = {key for key, row in shown.items() if row["Status"] == "Active" and not row["Pains"]}
            expected = {
                **{key: pains for key, pains in expected.items() if key in broken},
                **{key: row["Pains"] for key, row in shown.items() if row["Status"] == "Active" and row["Pains"]},
            }
            with store.read() as connection:
                assert {key: row.pains[0] for key, row in load_verticals(connection).items()} == expected
            assert result.active == len(expected)
            assert sync(store, *pages).changes == ()
