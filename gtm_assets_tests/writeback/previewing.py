"""One company and one person with texts in every state, and their preview: for the tests of previews. All of it sample data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.models import Finding
from gtm_assets.writeback.preview import Part, Preview, preview_person
from gtm_assets.writeback.preview_facts import load_facts
from gtm_assets.writeback.preview_record import Record, find_person
from gtm_assets.writeback.targets import TargetPolicy
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import (
    account_row,
    person_row,
    persona_row,
    profile_row,
    put,
    vertical_row,
    website_row,
    written_row,
)
from resources.store import schema
from resources.store.store import Store, utc_now

MODEL = "test-model"
POLICY = TargetPolicy(FIELDS, MODEL, None, None, date(2026, 3, 2))
LINKED = TargetPolicy(FIELDS, MODEL, "https://muster.example/u", "k" * 32, date(2026, 3, 2))
CELL = {"subject": "Betreff", "intro": "Brücke", "social_proof": "Beleg"}
OPENER = {"opener": "Bei Ihnen zählt jeder Weg.", "opener_secondary": "Noch ein Satz."}
KEY = "leitung|maschinenbau"
PERSON = 5


def company(store: Store, **person: Any) -> None:
    """A company with a profile and a website, and one person with a persona; no texts yet."""
    put(store, schema.verticals, vertical_row("maschinenbau", name="Maschinenbau"), vertical_row("logistik"))
    put(
        store,
        schema.personas,
        persona_row("leitung", ("Produktionsleiter",), name="Leitung"),
        persona_row("einkauf", ("Einkaufsleiter",)),
    )
    put(store, schema.campaigns, campaign_row("messe-2026", "Messe 2026"))
    put(store, schema.accounts, account_row(1, name="Muster GmbH"))
    put(store, schema.profiles, profile_row(1, evidence=["Wir fertigen Drehteile."]))
    put(store, schema.websites, website_row(1))
    someone(store, **person)


def someone(store: Store, **changed: Any) -> None:
    """The person's row as the CRM shows it."""
    values = {
        "firstname": "Erika",
        "lastname": "Muster",
        "mrmrs": "Frau",
        "title": "Produktionsleiterin",
        "persona_key": "leitung",
        "persona_reason": "listed among the persona's job titles",
        **changed,
    }
    put(store, schema.persons, person_row(PERSON, 1, **values))


def campaign_row(key: str, tag: str, **changed: Any) -> dict[str, Any]:
    """A row of ``campaigns``."""
    now = utc_now()
    common = {"notion_page_id": f"page-{key}", "row_hash": "h", "changed_at": now, "seen_at": now}
    return {"key": key, "name": tag, "tag": tag, "brief": "Anlass", "active": True, **common, **changed}


def block(
    store: Store,
    key: str = KEY,
    verdict: blocks.Verdict | None = "approved",
    *,
    content: dict[str, str] | None = None,
    stale: bool = False,
    findings: Sequence[Finding] = (),
    comment: str = "",
) -> int:
    """A text of today's inputs (or of yesterday's) with a verdict; a key without a vertical is a company's openers."""
    with store.write() as connection:
        kind: Any = "cell" if "|" in key else "opener"
        if kind == "cell":
            digest = matrix.load_cells(connection, FIELDS, MODEL)[key].inputs_hash
        else:
            inputs = openers.load_inputs(connection, [int(key)], FIELDS)[int(key)]
            digest = openers.inputs_hash(inputs, MODEL)  # type: ignore[arg-type]
        block_id = blocks.insert_version(
            connection,
            kind=kind,
            key=key,
            inputs_hash="yesterday" if stale else digest,
            inputs={},
            content=content or (CELL if kind == "cell" else OPENER),
            findings=findings,
            prompt_version=f"{kind}-1",
            model=MODEL,
            run_id="run",
            approve=False,
        )
        if verdict:
            (found,) = blocks.blocks_by_id(connection, [block_id]).values()
            blocks.record_verdict(connection, block_id, found.content_hash, verdict, "Prüferin", comment)
    return block_id


def carry(store: Store, block_id: int | None, values: dict[str, str], **person: Any) -> None:
    """The person's record carries our values."""
    someone(store, fields=values, **person)
    put(
        store,
        schema.written_values,
        *(written_row("Person", PERSON, n, v, block_id=block_id) for n, v in values.items()),
    )


def preview(
    store: Store, policy: TargetPolicy = POLICY, *, may_write: bool = False, record: Record | None = None
) -> Preview:
    """What the person would get."""
    row = find_person(store, PERSON)
    assert row is not None
    return preview_person(load_facts(store, policy, row, record or Record(unread="not asked"), may_write=may_write))


def part(found: Preview, name: str) -> Part:
    """One of its parts."""
    return next(each for each in found.parts if each.name == name)
