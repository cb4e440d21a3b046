"""Clients as the definitions open them: what they share with other processes."""

from __future__ import annotations

from pathlib import Path

from gtm_assets import clients
from gtm_assets.settings import parse_settings
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.store import schema
from sandbox.server import SandboxServer


def test_clients_of_notion_that_share_a_store_share_one_rate(tmp_path: Path) -> None:
    with SandboxServer(companies=0) as server, fresh_store(tmp_path) as store:
        settings = parse_settings(server.environment())
        moments = []
        for _ in range(2):
            notion = clients.open_notion(settings, store)
            assert notion.trash_page("00000000-0000-0000-0000-000000000000") is False
            notion.close()
            moments += [row["next_free"] for row in rows_of(store, schema.rate_tokens) if row["bucket"] == "notion"]
    assert len(moments) == 2
    assert moments[1] - moments[0] >= 0.999 / clients.NOTION_CALLS_PER_SECOND


def test_a_client_of_notion_works_without_a_store() -> None:
    with SandboxServer(companies=0) as server:
        notion = clients.open_notion(parse_settings(server.environment()))
        assert notion.source(server.world.notion.reviews_id).title == "Reviews"
        notion.close()
