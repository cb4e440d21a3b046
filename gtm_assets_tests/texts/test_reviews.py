"""Which texts wait for a verdict, by campaign and vertical, and keys as people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.commands.completion import complete_waiting
from gtm_assets.texts import blocks
from gtm_assets.texts.models import Finding
from gtm_assets.texts.reviews import Where, waiting
from gtm_assets.texts.selection import SelectionError
from gtm_assets_tests.stores import account_row, fresh_store, persona_row, profile_row, put, vertical_row, website_row
from gtm_assets_tests.writeback.previewing import CELL, block, campaign_row
from resources.store import schema

CELLS = ("leitung|bau", "leitung|handel", "leitung|bau|messe", "leitung|handel|messe")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)
    with fresh_store(tmp_path) as opened:
        put(opened, schema.personas, persona_row("leitung"))
        put(opened, schema.verticals, vertical_row("bau"), vertical_row("handel"))
        put(opened, schema.campaigns, campaign_row("messe", "Messe"))
        for contact_id, vertical in ((1, "bau"), (2, "handel")):
            put(opened, schema.accounts, account_row(contact_id))
            put(opened, schema.profiles, profile_row(contact_id, vertical))
            put(opened, schema.websites, website_row(contact_id))
            block(opened, str(contact_id), None)
        for key in CELLS:
            block(opened, key, None)
        yield opened


def _keys(store, kind="cell", **where: str) -> list[str]:
    return [each.key for each in waiting(store, kind, Where(**where))]


def _review(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["review", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_campaign_and_a_vertical_narrow_what_waits(store) -> None:
    assert _keys(store) == sorted(CELLS)
    assert _keys(store, campaign="Messe") == ["leitung|bau|messe", "leitung|handel|messe"]
    assert _keys(store, campaign="standard") == ["leitung|bau", "leitung|handel"]
    assert _keys(store, vertical="bau") == ["leitung|bau", "leitung|bau|messe"]
    assert _keys(store, campaign="messe", vertical="handel") == ["leitung|handel|messe"]


def test_openers_are_narrowed_by_their_companys_vertical_and_have_no_campaign(store) -> None:
    assert _keys(store, "opener") == ["1", "2"]
    assert _keys(store, "opener", vertical="handel") == ["2"]
    with pytest.raises(SelectionError, match="to a company, not to a campaign"):
        _keys(store, "opener", campaign="messe")


def test_what_does_not_exist_is_refused_with_what_there_is(store) -> None:
    with pytest.raises(SelectionError, match=r"no campaign 'Gala'. Active campaigns: messe"):
        _keys(store, campaign="Gala")
    with pytest.raises(SelectionError, match=r"no vertical 'bergbau'. Active verticals: bau, handel"):
        _keys(store, vertical="bergbau")


def test_what_has_a_verdict_or_breaks_a_rule_does_not_wait(store) -> None:
    block(store, "leitung|bau", "approved")
    assert "leitung|bau" not in _keys(store)


def test_a_whole_campaign_is_approved_at_once(store) -> None:
    assert "2 approved" in _review("approve", "--campaign", "Messe")
    assert _keys(store) == ["leitung|bau", "leitung|handel"]
    assert "Nothing of Messe waits" in _review("approve", "--campaign", "Messe")


def test_keys_are_shown_so_that_a_shell_leaves_them_alone_and_taken_both_ways(store) -> None:
    shown = _review("list", "--campaign", "standard")
    assert "leitung/bau" in shown
    assert "leitung|bau" not in shown
    assert "2 approved" in _review("approve", "leitung/bau", "leitung|handel", "leitung/bau")
    assert "1 rejected" in _review("reject", "leitung/bau")


def test_the_terminal_speaks_german_where_it_is_asked_to(store, monkeypatch) -> None:
    assert "4 Texte warten auf Freigabe" in _review("list", "--lang", "de")
    assert "1 Text freigegeben" in _review("approve", "leitung/bau", "--lang", "de")
    from gtm_assets.settings import load_settings

    monkeypatch.setenv("GTM_LANGUAGE", "de")
    load_settings.cache_clear()
    assert "3 Texte warten auf Freigabe" in _review("list")
    assert "wait" in _review("list", "--lang", "en")


def test_scripts_get_keys_and_texts_as_json(store) -> None:
    shown = json.loads(_review("list", "--json", "--vertical", "bau"))
    assert shown["waiting"] == 2
    assert shown["texts"][0] == {"kind": "cell", "key": "leitung|bau", "version": 1, "content": CELL, "findings": []}
    block(store, "leitung|bau", "approved")
    block(store, "leitung|bau|messe", "approved")
    assert json.loads(_review("list", "--json", "--vertical", "bau")) == {"waiting": 0, "texts": []}


def test_naming_texts_in_two_ways_is_refused(store) -> None:
    from gtm_assets.settings import ConfigurationError

    for arguments in (["approve"], ["approve", "leitung/bau", "--all"], ["approve", "--all", "--campaign", "Messe"]):
        with pytest.raises(ConfigurationError, match="one of the three"):
            _review(*arguments)
    assert len(_keys(store)) == 4


@pytest.mark.parametrize("kind", ["cell", "opener"])
def test_the_shell_completes_the_keys_that_wait_and_no_others(store, kind) -> None:
    block(store, "leitung|bau", "approved")
    block(store, "leitung|bau", None)
    block(store, "leitung|handel", "rejected")
    block(store, "leitung|bau|messe", None, findings=[Finding("subject", "length", "too long")])
    block(store, "1", "approved")
    with store.write() as connection:
        found = blocks.current_blocks(connection, "cell")["leitung|handel|messe"]
        blocks.record_verdict(connection, found.id, "of another text", "approved", "somebody")
    context = typer.Context(typer.main.get_command(app), ignore_unknown_options=True)
    context.params["kind"] = kind
    offered = [key.replace("/", "|") for key, _ in complete_waiting(context, "")]
    assert offered == _keys(store, kind)
    assert offered == {"cell": ["leitung|bau", "leitung|handel|messe"], "opener": ["2"]}[kind]
    with store.read() as connection:
        assert list(blocks.waiting_blocks(connection, kind)) == offered
