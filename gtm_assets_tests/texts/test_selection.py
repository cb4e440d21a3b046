"""Which cells people mean, and what they are told where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets.texts.selection import SelectionError, asked_cells, asked_partitions, named_vertical
from gtm_assets_tests.stores import campaign_row, fresh_store, persona_row, put, vertical_row
from resources.store import schema
from resources.store.store import Store


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, vertical_row("bau"), vertical_row("logistik"), vertical_row("hotel", active=False))
        put(store, schema.personas, persona_row("leitung"), persona_row("einkauf"), persona_row("it", active=False))
        put(store, schema.campaigns, campaign_row("messe-2026"), campaign_row("alt", active=False))
        yield store


def test_a_campaign_means_all_its_active_verticals_and_personas(store: Store) -> None:
    assert asked_cells(store, (), "Messe 2026", "") == [
        f"{persona}|{vertical}|messe-2026" for vertical in ("bau", "logistik") for persona in ("einkauf", "leitung")
    ]


def test_a_vertical_means_all_its_campaigns_and_the_standard_texts(store: Store) -> None:
    assert asked_cells(store, (), "", "Bau") == [
        "einkauf|bau", "leitung|bau", "einkauf|bau|messe-2026", "leitung|bau|messe-2026",
    ]  # fmt: skip


def test_standard_means_the_marketing_matrix(store: Store) -> None:
    assert asked_cells(store, (), "standard", "bau") == ["einkauf|bau", "leitung|bau"]


def test_keys_are_taken_as_they_are_but_not_together_with_a_choice(store: Store) -> None:
    assert asked_cells(store, ["einkauf|bau"], "", "") == ["einkauf|bau"]
    with pytest.raises(SelectionError, match="not both"):
        asked_cells(store, ["einkauf|bau"], "messe-2026", "")


@pytest.mark.parametrize(
    ("campaign", "vertical", "message"),
    [
        ("Messe 2027", "", "There is no campaign 'Messe 2027'. Active campaigns: messe-2026."),
        ("🌷", "", "There is no campaign '🌷'"),
        ("alt", "", "The campaign 'alt' is not active in Notion. Active campaigns: messe-2026."),
        ("", "bergbau", "There is no vertical 'bergbau'. Active verticals: bau, logistik."),
        ("", "hotel", "The vertical 'hotel' is not active in Notion."),
        ("", "🌷", "There is no vertical '🌷'"),
    ],
)
def test_what_does_not_exist_or_is_retired_is_told_from_each_other(
    store: Store, campaign: str, vertical: str, message: str
) -> None:
    with pytest.raises(SelectionError) as refused:
        asked_cells(store, (), campaign, vertical)
    assert message in str(refused.value)


@pytest.mark.parametrize(("table", "lacks"), [("personas", "persona"), ("verticals", "vertical")])
def test_a_choice_over_nothing_says_what_is_lacking(store: Store, table: str, lacks: str) -> None:
    row = {"personas": persona_row, "verticals": vertical_row}[table]
    keys = {"personas": ("leitung", "einkauf"), "verticals": ("bau", "logistik")}[table]
    put(store, schema.metadata.tables[table], *(row(key, active=False) for key in keys))
    with pytest.raises(SelectionError, match=f"no {lacks} is active in Notion"):
        asked_cells(store, (), "messe-2026", "")


def test_partitions_of_both_matrices_are_turned_into_cells(store: Store) -> None:
    assert asked_partitions(store, "marketing_matrix", ["einkauf|bau"]).cells == ["einkauf|bau"]
    asked = asked_partitions(store, "campaign_matrix", ["messe-2026|bau", "messe-2026|logistik"])
    assert asked.cells == asked_cells(store, (), "messe-2026", "")
    assert asked.retired == {}


def test_partitions_of_retired_rows_are_named_with_the_reason_and_the_others_go_on(store: Store) -> None:
    asked = asked_partitions(store, "campaign_matrix", ["messe-2026|hotel", "alt|bau", "messe-2026|bau"])
    assert len(asked.cells) == 2
    assert asked.retired == {
        "messe-2026|hotel": "the vertical 'hotel' is not active in Notion any more",
        "alt|bau": "the campaign 'alt' is not active in Notion any more",
    }
    standard = asked_partitions(store, "marketing_matrix", ["it|bau"])
    assert standard.retired == {"it|bau": "the persona 'it' is not active in Notion any more"}


def test_partitions_without_any_active_persona_are_named_too(store: Store) -> None:
    put(store, schema.personas, persona_row("leitung", active=False), persona_row("einkauf", active=False))
    asked = asked_partitions(store, "campaign_matrix", ["messe-2026|bau"])
    assert (asked.cells, asked.retired) == ([], {"messe-2026|bau": "no persona is active in Notion"})


def test_a_partition_that_notion_never_showed_is_refused(store: Store) -> None:
    with pytest.raises(SelectionError, match="Notion never showed one"):
        asked_partitions(store, "campaign_matrix", ["messe-2027|bau"])


def test_a_vertical_of_nothing_but_spaces_is_none_and_never_the_standard_campaign(store: Store) -> None:
    with store.read() as connection, pytest.raises(SelectionError, match="There is no vertical ' '"):
        named_vertical(connection, " ")
