"""A matrix of four cells in a store of its own, and the sandbox's Notion to review it in. All of it sample data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.settings import Settings, parse_settings
from gtm_assets.texts import blocks
from gtm_assets.texts.matrix import load_cells
from gtm_assets.texts.review_pages import pull
from gtm_assets.texts.review_pages.desk import Desk, ReviewResult
from gtm_assets.texts.review_pages.sync import open_desk, sync_reviews, work_waiting
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import (
    account_row,
    fresh_store,
    person_row,
    persona_row,
    profile_row,
    put,
    vertical_row,
)
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.notion.client import NotionClient
from resources.store import schema
from resources.store.store import Store, rows_by
from sandbox.notion.app import SANDBOX_TOKEN
from sandbox.notion.workspace import Workspace
from sandbox.server import SandboxServer

MODEL = "test-model"
CONTENT = asdict(CELL_TEXT)
REFERENCES = [asdict(reference) for reference in CELL_INPUTS.references]
BROKEN = {**CONTENT, "subject": "Betreff mit Platzhalter {{name}}"}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(companies=0) as running:
        yield running


@dataclass
class Office:
    """The engine's side (store, desk) and the people's (Notion)."""

    store: Store
    notion: NotionClient
    workspace: Workspace
    settings: Settings
    server: SandboxServer
    most_pages: int = 5_000

    def write(self, key: str = "leitung|bau", content: dict[str, Any] | None = None) -> int:
        """A new version of a cell, made of today's rows; its findings are those of the rules."""
        with self.store.write() as connection:
            cell = load_cells(connection, FIELDS, MODEL)[key]
            from gtm_assets.texts.models import CellText
            from gtm_assets.texts.rules import check_cell

            text = CellText(**(content or CONTENT))
            return blocks.insert_version(
                connection,
                kind="cell",
                key=key,
                inputs_hash=cell.inputs_hash,
                inputs=asdict(cell.inputs),
                content=asdict(text),
                findings=check_cell(text, cell.inputs),
                prompt_version="cell-1",
                model=MODEL,
                run_id="run",
                approve=False,
                sources=cell.sources,
            )

    def desk(self) -> Desk:
        desk = open_desk(self.store, self.notion, self.settings, FIELDS, "run")
        return replace(desk, most_pages=self.most_pages)

    def sync(self) -> ReviewResult:
        return sync_reviews(self.desk())

    def waiting(self) -> str:
        return work_waiting(self.desk())

    def pages(self) -> list[dict[str, Any]]:
        return self.workspace.rows("reviews")

    def person(self, key: str = "leitung|bau", **values: str) -> None:
        """What a person does in Notion: cells of the page by column, with underscores for blanks."""
        for column, value in values.items():
            self.workspace.edit("reviews", key, column.replace("_", " "), value)

    def block(self, key: str = "leitung|bau") -> blocks.Block:
        with self.store.read() as connection:
            return blocks.current_blocks(connection, "cell", [key])[key]

    def due(self) -> bool:
        with self.store.read() as connection:
            state = rows_by(connection, schema.sync_state.c.contact_id, [1]).get(1)
        return bool(state and state["due_at"])

    def rested(self) -> None:
        """Pages that Notion refused may be tried again."""
        with self.store.write() as connection:
            for row in connection.execute(schema.review_pages.select()).mappings().all():
                written = {name: value for name, value in row["written"].items() if name != "retry_at"}
                table = schema.review_pages
                connection.execute(table.update().where(table.c.id == row["id"]).values(written=written))

    def rest(self) -> None:
        with self.store.write() as connection:
            connection.execute(schema.sync_state.update().values(due_at=None))


@pytest.fixture
def office(server: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    workspace = server.world.notion
    workspace.databases["reviews"].pages.clear()
    client = NotionClient(token=SANDBOX_TOKEN, base_url=f"{server.base_url}/notion", sleep=lambda _: None)
    settings = parse_settings(
        {
            "NOTION_REVIEWS_DATABASE_ID": workspace.reviews_id,
            "GEMINI_MODEL": MODEL,
            "GTM_REVIEW_POLICY": "cell=manual,opener=auto",
            "GTM_STATE_DIR": str(tmp_path),
        }
    )
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, *(vertical_row(key, refs=REFERENCES) for key in ("bau", "handel")))
        put(store, schema.personas, persona_row("leitung"), persona_row("einkauf"))
        put(store, schema.accounts, account_row(1))
        put(store, schema.profiles, profile_row(1, "bau"))
        put(store, schema.persons, person_row(5, 1, persona_key="leitung"))
        yield Office(store, client, workspace, settings, server)
    client.close()
    server.world.gate.clear_faults()


@pytest.fixture
def no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit counts as finished as soon as it was read twice."""
    from datetime import timedelta

    monkeypatch.setattr("gtm_assets.texts.review_pages.reading.QUIET", timedelta(0))


__all__ = ["BROKEN", "CONTENT", "Office", "pull"]
