"""Asset checks of the rules: each passes and fails, counts by rule, and is logged where its numbers moved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from gtm_assets.definitions import build_defs
from gtm_assets.settings import parse_settings
from gtm_assets.texts import blocks, rules
from gtm_assets.texts.check_assets import load_standing, log_if_changed, metadata
from gtm_assets.texts.checks import CHECKS, FAMILIES, family_of
from gtm_assets.texts.models import Finding
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import (
    account_row,
    campaign_row,
    fresh_store,
    persona_row,
    profile_row,
    put,
    vertical_row,
    website_row,
)
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.store import schema
from resources.store.store import Store

MODEL = "test-model"
GOOD = asdict(CELL_TEXT)
REFERENCES = [asdict(reference) for reference in CELL_INPUTS.references]
#: For each check of a matrix a text that only it finds fault with.
BAD = {
    "length": {"subject": "Taktzeiten trotz Fachkräftemangel in jeder einzelnen Schicht zuverlässig stabil halten"},
    "form": {"subject": "Taktzeiten bei [FIRMA] stabil halten"},
    "language": {"subject": "Keep your production running with fewer people"},
    "claims": {"subject": "Taktzeiten garantiert stabil halten"},
    "numbers": {"subject": "Taktzeiten um 77 % stabiler halten"},
    "names": {
        "social_proof": "Die Siemens AG und die Musterlager AG halten Fachkräfte mit unseren Robotern an der Maschine."
    },
    "tone": {"subject": "Hier ist der gewünschte Betreff zu Taktzeiten"},
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gtm_assets.texts.check_assets.stored_fields", lambda _: FIELDS)
    with fresh_store(tmp_path) as opened:
        put(opened, schema.verticals, vertical_row("bau", refs=REFERENCES))
        put(opened, schema.personas, persona_row("leitung"), persona_row("einkauf"))
        put(opened, schema.campaigns, campaign_row("messe-2026"))
        yield opened


@pytest.fixture
def settings(tmp_path: Path):
    return parse_settings({"GEMINI_MODEL": MODEL, "GTM_STATE_DIR": str(tmp_path)})


def _block(
    store: Store, key: str, content: dict[str, Any], findings: tuple[Finding, ...] = (), kind: Any = "cell"
) -> None:
    with store.write() as connection:
        blocks.insert_version(
            connection,
            kind=kind,
            key=key,
            inputs_hash="h",
            inputs={"company_name": f"Firma {key}", "city": ""},
            content=content,
            findings=findings,
            prompt_version="p",
            model=MODEL,
            run_id="r",
            approve=False,
        )


def test_every_rule_belongs_to_exactly_one_check() -> None:
    named = [rule for _, found in FAMILIES.values() for rule in found]
    assert len(named) == len(set(named))
    source = Path(rules.__file__).read_text(encoding="utf-8")
    for rule in rules._ABOUT_OURSELVES:
        assert family_of(rule) in FAMILIES, rule
        assert any(rule in found for _, found in FAMILIES.values()), rule
    assert "finding(" in source


@pytest.mark.parametrize("check", CHECKS["marketing_matrix"])
def test_a_check_of_the_matrix_passes_and_fails(store: Store, settings, check: str) -> None:
    _block(store, "leitung|bau", GOOD)
    assert all(each.passed for each in load_standing(store, settings).values())
    # It passed the rules of its day and is in use: today's find fault with it.
    _block(store, "leitung|bau", {**GOOD, **BAD[check]})
    standing = load_standing(store, settings)
    assert not standing["marketing_matrix", check].passed
    others = {name for (asset, name), each in standing.items() if asset == "marketing_matrix" and not each.passed}
    assert others == {check}


def test_a_text_that_is_kept_as_rejected_is_counted_and_does_no_harm(store: Store, settings) -> None:
    _block(store, "leitung|bau", {**GOOD, **BAD["claims"]}, (Finding("subject", "claim", "…"),))
    standing = load_standing(store, settings)["marketing_matrix", "claims"]
    assert standing.passed
    shown = metadata(standing)
    assert (shown["texts"], shown["texts_with_findings"], shown["of_them_in_use"]) == (1, 1, 0)
    assert shown["rule_claim"] == 1


def test_a_campaigns_texts_are_counted_with_the_campaign(store: Store, settings) -> None:
    _block(store, "leitung|bau|messe-2026", {**GOOD, **BAD["claims"]})
    standing = load_standing(store, settings)
    assert standing["campaign_matrix", "claims"].texts == 1
    assert standing["marketing_matrix", "claims"].checked == 0


@pytest.mark.parametrize("check", [name for name in CHECKS["company_openers"] if name != "distinct"])
def test_a_check_of_openers_counts_what_was_found_when_they_were_written(store: Store, settings, check: str) -> None:
    rule = min(FAMILIES[check][1])
    _block(store, "1", {"opener": "Ein Satz.", "opener_secondary": None}, (Finding("opener", rule, "…"),), "opener")
    standing = load_standing(store, settings)["company_openers", check]
    assert (standing.checked, standing.texts, standing.by_rule()) == (1, 1, {rule: 1})


def test_two_companies_with_nearly_the_same_sentence_fail_the_check(store: Store, settings) -> None:
    sentence = "Der reibungslose Betrieb weitläufiger Fertigungshallen trägt die Qualität, auf die Ihre Kunden jeden Tag zählen."
    other = "In der Pflege von Patienten zeigt sich täglich, wie viel Ruhe kurze Wege auf den Stationen schenken."
    for key, text in (("1", sentence), ("2", other)):
        put(store, schema.accounts, account_row(int(key)))
        put(store, schema.profiles, profile_row(int(key), "bau"))
        put(store, schema.websites, website_row(int(key)))
        _block(store, key, {"opener": text, "opener_secondary": None}, kind="opener")
    assert load_standing(store, settings)["company_openers", "distinct"].passed
    put(store, schema.accounts, account_row(3))
    _block(store, "3", {"opener": sentence, "opener_secondary": None}, kind="opener")
    found = load_standing(store, settings)["company_openers", "distinct"]
    assert not found.passed
    assert found.by_rule() == {"near_duplicate": 1}


def test_checks_are_logged_once_and_again_where_their_numbers_moved(store: Store, settings) -> None:
    events: list[dg.AssetCheckEvaluation] = []
    _block(store, "leitung|bau", GOOD)
    assert log_if_changed(store, settings, "cell", events.append) == 7
    assert log_if_changed(store, settings, "cell", events.append) == 0
    _block(store, "leitung|bau", {**GOOD, **BAD["claims"]})
    assert log_if_changed(store, settings, "cell", events.append) == 1
    assert (events[-1].check_name, events[-1].passed) == ("claims", False)


def test_a_check_whose_last_text_ended_does_not_stay_red(store: Store, settings) -> None:
    events: list[dg.AssetCheckEvaluation] = []
    assert log_if_changed(store, settings, "cell", events.append) == 0, "nothing to say where there never was a text"
    _block(store, "leitung|bau", {**GOOD, **BAD["claims"]})
    log_if_changed(store, settings, "cell", events.append)
    with store.write() as connection:
        connection.execute(sa.update(schema.verticals).values(active=False))
    events.clear()
    assert log_if_changed(store, settings, "cell", events.append) == 7
    assert {(event.passed, event.metadata["texts"].value) for event in events} == {(True, 0)}
    assert log_if_changed(store, settings, "cell", events.append) == 0


def test_dagster_knows_every_check_and_the_asset_it_belongs_to() -> None:
    checks = build_defs().resolve_asset_graph().asset_check_keys
    assert {(key.asset_key.to_user_string(), key.name) for key in checks} == {
        (asset, name) for asset, names in CHECKS.items() for name in names
    }
