"""Coverage over the whole path: the numbers after reviews and campaigns are what the CRM shows, and each change is logged once."""

from __future__ import annotations

import io
import json
from contextlib import closing
from typing import Any

import dagster as dg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from gtm_assets import clients
from gtm_assets.cli import app
from gtm_assets.commands.coverage import _grids
from gtm_assets.monitoring import coverage_counts
from gtm_assets.monitoring.coverage import Coverage, measure
from gtm_assets.texts.reviews import decide
from gtm_assets_tests.monitoring.coverage_samples import sample_outline
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine

TAG = "Messe 2026"
CELL, CAMPAIGN_CELL = "geschaeftsfuehrung|maschinenbau", "geschaeftsfuehrung|maschinenbau|messe-2026"
MANUAL = "cell=manual,opener=auto"
PERSONAS = 6


def _coverage(engine: Engine) -> Coverage:
    with closing(clients.open_analytics(engine.settings)) as analytics:
        return coverage_counts.load(engine.store, analytics, engine.settings.gemini_model)


def _behind(engine: Engine, key: str) -> tuple[str, int, int, int]:
    (cell,) = (cell for cell in _coverage(engine).cells if cell.key == key)
    return cell.state, cell.own, cell.falling_back, cell.without_text


def _reviewed(engine: Engine, verdict: Any, *keys: str) -> None:
    decide(engine.store, "cell", keys, verdict, reviewer="Maxi Muster")


@pytest.fixture
def manual(start_engine: StartEngine) -> Engine:
    """One company with its three persons (1 leads it and is in the campaign, 2 is not, 3 has no persona); nothing is reviewed yet."""
    engine = start_engine(companies=1, fast=True, verticals=("maschinenbau",), GTM_REVIEW_POLICY=MANUAL)
    engine.edit_field("Person", 1, "MA_Campaign", TAG)
    engine.edit_field("Person", 2, "MA_Campaign", "")
    result = engine.fast_pass()
    assert result.error is None
    return engine


def test_a_campaign_s_people_are_followed_from_nothing_to_their_own_text(manual: Engine) -> None:
    assert _behind(manual, CELL) == ("waiting", 0, 0, 0)
    assert _behind(manual, CAMPAIGN_CELL) == ("missing", 0, 0, 1)
    _reviewed(manual, "approved", CELL)
    # Persons 1 and 2 have a cell, and their account has to be worked on for it.
    assert _coverage(manual).due == 2
    manual.fast_pass()
    assert _behind(manual, CAMPAIGN_CELL) == ("missing", 0, 1, 0)
    manual.write_campaign(TAG)
    assert _behind(manual, CAMPAIGN_CELL) == ("waiting", 0, 1, 0)
    _reviewed(manual, "approved", CAMPAIGN_CELL)
    manual.fast_pass()
    assert _behind(manual, CAMPAIGN_CELL) == ("approved", 1, 0, 0)
    _reviewed(manual, "rejected", CAMPAIGN_CELL)
    manual.fast_pass()
    assert _behind(manual, CAMPAIGN_CELL) == ("rejected", 0, 1, 0)
    assert manual.texts(1)["subject"]


def test_who_keeps_an_earlier_text_of_a_cell_that_lapsed_is_still_covered(manual: Engine) -> None:
    _reviewed(manual, "approved", CELL)
    manual.write_campaign(TAG)
    _reviewed(manual, "approved", CAMPAIGN_CELL)
    manual.fast_pass()
    before = manual.texts(1)
    manual.edit_notion("campaigns", TAG, "Brief", "Wir zeigen etwas ganz anderes.")
    manual.read_notion()
    assert _behind(manual, CAMPAIGN_CELL) == ("lapsed", 1, 0, 0)
    manual.fast_pass()
    assert _behind(manual, CAMPAIGN_CELL) == ("waiting", 1, 0, 0)
    assert manual.texts(1) == before


def test_a_campaign_that_ends_takes_its_cells_along_and_its_people_are_named(manual: Engine) -> None:
    _reviewed(manual, "approved", CELL)
    manual.fast_pass()
    manual.edit_notion("campaigns", TAG, "Active", value=False)
    manual.fast_pass()
    coverage = _coverage(manual)
    assert "messe-2026" not in coverage.campaigns
    assert coverage.unknown_campaigns == {TAG: 1}
    assert _behind(manual, CELL) == ("approved", 1, 0, 0)


def test_everybody_of_the_crm_is_somewhere(manual: Engine) -> None:
    manual.edit("Person", 2, Retired="yes")
    manual.edit("Person", 3, Title="Prokurist für Sonstiges")
    manual.fast_pass()
    coverage = _coverage(manual)
    assert (coverage.persons, coverage.apart["retired"], coverage.no_cell["persona_unknown"]) == (3, 1, 1)


def test_a_vertical_that_is_retired_leaves_no_cell_and_its_people_are_counted(manual: Engine) -> None:
    manual.edit_notion("verticals", "maschinenbau", "Status", "Draft")
    manual.read_notion()
    coverage = _coverage(manual)
    assert (coverage.cells, coverage.persons) == ((), 3)
    assert coverage.no_cell["not_active"] + coverage.no_cell["persona_unknown"] == 3


# --- the event log ----------------------------------------------------------------------------------------------------


def _events(engine: Engine) -> list[dict[str, Any]]:
    """Metadata of what was logged for the asset, the oldest first."""
    with dg.DagsterInstance.get() as instance:
        found = instance.fetch_materializations(dg.AssetKey("coverage"), limit=100).records
    logged = [record.asset_materialization for record in reversed(found)]
    return [{name: value.value for name, value in event.metadata.items()} for event in logged if event]


@pytest.mark.slow
def test_each_change_is_logged_once_and_a_pass_without_one_logs_nothing(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=("maschinenbau",), GTM_REVIEW_POLICY=MANUAL)
    engine.edit_field("Person", 1, "MA_Campaign", TAG)
    engine.edit_field("Person", 2, "MA_Campaign", "")
    assert not engine.pass_once().errors
    first = _events(engine)
    # Notion was read, texts were written, accounts were worked on.
    assert [event["texts_missing"] for event in first] == [PERSONAS * 3, PERSONAS * 2, PERSONAS * 2]
    assert [event["persons"] for event in first] == [0, 0, 3]
    assert first[-1]["texts_waiting"] == PERSONAS
    assert "data:image/webp;base64," in first[-1]["coverage"]
    engine.pass_once()
    assert _events(engine) == first

    _reviewed(engine, "approved", CELL)
    engine.pass_once()
    after_review = _events(engine)[len(first) :]
    assert after_review[-1]["texts_approved"] == 1
    assert after_review[-1]["persons_falling_back"] == 1
    assert after_review[-1]["percent_covered_messe-2026"] == 100.0
    engine.pass_once()
    assert len(_events(engine)) == len(first) + len(after_review)


# --- the command ------------------------------------------------------------------------------------------------------


def _gtm(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["coverage", *arguments], env={"COLUMNS": "200"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_the_command_prints_a_grid_for_each_campaign_and_what_to_do(manual: Engine) -> None:
    _reviewed(manual, "approved", CELL)
    manual.fast_pass()
    code, printed = _gtm()
    assert code == 0
    assert "1 of 3 persons have an approved text (33.3 %)" in printed
    assert "– 1 ↩1" in printed
    assert f'{TAG}: gtm backfill campaign "{TAG}" writes the {PERSONAS} that are missing' in printed
    assert f"{PERSONAS - 1} texts wait for review: gtm review list" in printed
    code, german = _gtm("--lang", "de")
    assert "1 von 3 Personen haben einen freigegebenen Text (33,3 %)" in german


@pytest.mark.parametrize("width", [50, 79, 80, 81, 100, 118, 120, 122, 200])
def test_no_name_is_broken_however_wide_the_terminal_is(width) -> None:
    names = ["Einkaufsleiter", "Finanzleiter", "Geschäftsführer", "Leiter Infrastruktur", "Produktionsleiter"]
    outline = sample_outline(
        personas=dict(zip("abcde", names, strict=True)), verticals={"v": "Lebensmittelindustrie"}, state="waiting"
    )
    console = Console(width=width, file=io.StringIO(), record=True)
    for block in _grids(measure(outline, []), "standard", "en", width):
        console.print(block)
    printed = console.export_text()
    assert max(len(line.rstrip()) for line in printed.splitlines()) <= width
    for word in (*" ".join(names).split(), "Lebensmittelindustrie"):
        assert word in printed


def test_the_command_as_json_says_the_same_and_nothing_else(manual: Engine) -> None:
    code, printed = _gtm("--json")
    assert code == 0
    assert json.loads(printed) == json.loads(json.dumps(_coverage(manual).as_json()))
    code, printed = _gtm("--json", "--campaign", TAG, "--vertical", "maschinenbau")
    cells = json.loads(printed)["cells"]
    assert len(cells) == PERSONAS
    assert {cell["campaign_key"] for cell in cells} == {"messe-2026"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--campaign", "Messe 1999"), "There is no campaign 'Messe 1999'. Active campaigns: "),
        (("--vertical", "bergbau"), "There is no vertical 'bergbau'. Active verticals: maschinenbau."),
        (("--vertical", "healthcare"), "There is no vertical 'healthcare'"),
    ],
)
def test_a_campaign_or_vertical_that_does_not_exist_is_answered_with_those_that_do(
    manual: Engine, arguments, words
) -> None:
    done = CliRunner().invoke(app, ["coverage", *arguments])
    assert done.exit_code != 0
    assert words in str(done.exception)


def test_the_picture_is_kept_where_only_its_owner_may_look(manual: Engine, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)))
    code, printed = _gtm("--open")
    path = manual.settings.gtm_state_dir / "coverage.png"
    assert code == 0
    assert f"The file: {path}" in printed
    assert opened == [path.as_uri()]
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_mode & 0o077 == 0
    assert manual.settings.gtm_state_dir.stat().st_mode & 0o077 == 0


def test_before_anything_was_read_the_command_says_what_to_do(start_engine: StartEngine) -> None:
    start_engine(companies=1)
    code, printed = _gtm()
    assert code == 0
    assert "Notion was never read. gtm up reads it by itself, gtm once reads it now." in printed
