"""The schedule under a real daemon: a row changed in Notion reaches the people in the CRM without another command."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.harness import environment, gtm, wait_for
from gtm_assets_tests.processes.platform import Running
from resources.store import schema
from resources.store.store import Store

pytestmark = pytest.mark.slow

PAINS = "Stillstand durch fehlende Handschuhe an der Linie\nUnklare Übergaben zwischen den Schichten"


def test_a_pain_changed_in_notion_is_read_by_the_schedule_and_brings_new_texts(tmp_path: Path) -> None:
    home = tmp_path / "a machine"
    with platform.loaded(home, 1, GTM_NOTION_CRON="* * * * *") as up, platform.engine_store(home) as store:
        before, vertical = up.person(1)["Intro Text"], _vertical(store)
        edited = gtm(["sandbox", "edit", "vertical", vertical, "--pains", PAINS], env=environment(home), directory=home)
        assert edited.process.returncode == 0, edited.output + edited.errors

        wait_for("new texts in the CRM", lambda: up.person(1)["Intro Text"] != before, seconds=300, every=0.5)

        with store.read() as connection:
            pains = connection.execute(sa.select(schema.verticals.c.pains).where(schema.verticals.c.key == vertical))
            assert pains.scalar_one() == PAINS.splitlines()
            table = schema.text_blocks
            second = connection.execute(
                sa.select(table.c.key).where(table.c.kind == "cell", table.c.version == 2)
            ).scalars()
            assert {key.split("|")[1] for key in second} == {vertical}
        assert _scheduled(up) >= 1


def _vertical(store: Store) -> str:
    with store.read() as connection:
        query = sa.select(schema.profiles.c.vertical_key).where(schema.profiles.c.contact_id == 1)
        return connection.execute(query).scalar() or ""


def _scheduled(up: Running) -> int:
    """How many runs the schedule started."""
    tags = up.ask("{ runsOrError { ... on Runs { results { tags { key value } } } } }")
    runs = tags["runsOrError"]["results"]
    return sum({"key": "dagster/schedule_name", "value": "notion_sync"} in run["tags"] for run in runs)
