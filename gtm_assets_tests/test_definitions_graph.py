"""The asset graph as people see it: rooms, kinds, owners, schemas, and lineage that reads as the architecture does."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import typer
import yaml

from gtm_assets import descriptions, reporting
from gtm_assets.cli import app
from gtm_assets.definitions import build_defs
from gtm_assets.settings import PROJECT_ROOT

ASSETS = {
    "start_here": ("0_start_here", set()),
    "verticals": ("1_knowledge", set()),
    "personas": ("1_knowledge", set()),
    "campaigns": ("1_knowledge", set()),
    "accounts": ("2_crm", set()),
    "persons": ("2_crm", {"accounts", "personas"}),
    "company_profile": ("3_research", {"accounts", "verticals"}),
    "marketing_matrix": ("4_texts", {"verticals", "personas"}),
    "campaign_matrix": ("4_texts", {"verticals", "personas", "campaigns"}),
    "company_openers": ("4_texts", {"company_profile", "verticals"}),
    "text_reviews": ("4_texts", {"marketing_matrix", "campaign_matrix", "company_openers"}),
    "contact_writeback": ("5_writeback", {"company_profile", "company_openers"}),
    "person_writeback": (
        "5_writeback",
        {"persons", "company_profile", "marketing_matrix", "campaign_matrix", "campaigns"},
    ),
    "sync_board": ("6_monitoring", {"contact_writeback", "person_writeback"}),
    "sync_performance": ("6_monitoring", {"contact_writeback", "person_writeback"}),
    "coverage": ("6_monitoring", {"marketing_matrix", "campaign_matrix", "persons"}),
    "text_costs": (
        "6_monitoring",
        {"marketing_matrix", "campaign_matrix", "company_profile", "company_openers"},
    ),
}
#: Rooms from left to right; a room takes from rooms to its left (and its own) only.
ROOMS = ("knowledge", "crm", "research", "texts", "writeback", "monitoring")


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


@pytest.fixture(scope="module")
def specs(defs) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_the_assets_are_those_of_the_architecture(specs) -> None:
    assert set(specs) == set(ASSETS)


@pytest.mark.parametrize("name", ASSETS)
def test_an_asset_says_where_it_belongs_who_owns_it_and_what_it_is(specs, name) -> None:
    spec = specs[name]
    assert spec.group_name == ASSETS[name][0]
    assert spec.kinds == reporting.KINDS[name]
    assert spec.kinds
    assert list(spec.owners) == list(reporting.OWNERS)
    assert spec.description
    assert spec.description.endswith(".")
    if name == "start_here":
        # It holds nothing; it is a page to begin with.
        return
    columns: Any = spec.metadata["dagster/column_schema"]
    table = getattr(columns, "schema", columns)
    assert table.columns
    assert all(column.type and column.description for column in table.columns), "every column is explained"


@pytest.mark.parametrize("name", ASSETS)
def test_lineage_reads_as_the_architecture_does(specs, name) -> None:
    assert {dep.asset_key.to_user_string() for dep in specs[name].deps} == ASSETS[name][1]


def test_every_asset_says_what_it_is_where_it_comes_from_when_it_moves_and_what_to_click() -> None:
    assert set(descriptions.ASSETS) == set(ASSETS)
    for name in set(ASSETS) - {"start_here"}:
        text = descriptions.ASSETS[name]
        first = text.partition("\n\n")[0]
        assert first.endswith("."), f"{name}: lists show the first paragraph alone"
        assert len(first) <= 120, f"{name}: lists show one line"
        for question in ("Where it comes from", "When it moves", "What to click"):
            assert f"**{question}:** " in text, f"{name} does not say: {question}"


def test_descriptions_link_to_pages_and_name_commands_that_exist(specs) -> None:
    pages = {f"/assets/{name}" for name in specs} | {"/asset-groups", "/runs", "/automation"}
    command = typer.main.get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    known = set(command.commands)
    for name, text in descriptions.ASSETS.items():
        links = re.findall(r"\]\(([^)]*)\)", text)
        assert {link.partition("?")[0] for link in links} <= pages, name
        assert set(re.findall(r"`gtm ([a-z-]+)", text)) <= known, name
    assert "/assets/coverage" in descriptions.START_HERE


@pytest.mark.parametrize("job", ["texts_up_to_date", "account_changes"])
def test_what_a_job_s_description_says_to_write_into_the_launchpad_is_right(defs, job) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", descriptions.JOBS[job], re.DOTALL)
    assert dg.validate_run_config(defs.resolve_job_def(job), yaml.safe_load(example))


def test_the_first_page_leads_everybody_somewhere() -> None:
    for reader in ("Marketing lead", "RevOps engineer", "CRM owner"):
        for heading in (f"- **{reader}:** ", f"**{reader}**\n\n- "):
            _, found, part = descriptions.START_HERE.partition(heading)
            assert found, heading
            assert "](/assets/" in part.partition("\n- ")[0].partition("\n\n**")[0], reader


def test_data_goes_one_way_through_the_rooms() -> None:
    for name, (room, parents) in ASSETS.items():
        for parent in parents:
            if (name, parent) != ("persons", "personas"):
                # The figure before a group's name is its room's place from the left.
                assert ASSETS[parent][0] <= room, f"{parent} -> {name}"


def test_accounts_are_partitioned_by_account_and_cells_by_persona_and_vertical(specs) -> None:
    account = {"accounts", "persons", "company_profile", "company_openers", "contact_writeback", "person_writeback"}
    assert {name for name in specs if getattr(specs[name].partitions_def, "name", "") == "account"} == account
    cells: Any = specs["marketing_matrix"].partitions_def
    assert {dimension.name: dimension.partitions_def.name for dimension in cells.partitions_defs} == {
        "persona": "persona",
        "vertical": "vertical",
    }
    assert specs["sync_board"].partitions_def is None


def test_jobs_sensors_and_the_schedule_are_there_and_running(defs) -> None:
    repository = defs.get_repository_def()
    assert {"sync_notion", "texts_up_to_date", "account_changes"} <= set(repository.job_names)
    sensors = {sensor.name: sensor.default_status for sensor in repository.sensor_defs}
    assert sensors == dict.fromkeys(
        ("superoffice_changes", "stale_texts", "text_verdicts"), dg.DefaultSensorStatus.RUNNING
    )
    schedules = {schedule.name: schedule.default_status for schedule in repository.schedule_defs}
    assert schedules == {"notion_sync": dg.DefaultScheduleStatus.RUNNING}
    for job in ("sync_notion", "texts_up_to_date", "account_changes"):
        assert repository.get_job(job).description == descriptions.JOBS[job]
    for automation in (*repository.sensor_defs, *repository.schedule_defs):
        assert automation.description == descriptions.SENSORS[automation.name]


def test_the_definitions_hold_together(defs) -> None:
    dg.Definitions.validate_loadable(defs)
    repository = defs.get_repository_def()
    made = {key.to_user_string() for key in repository.asset_graph.materializable_asset_keys}
    assert made == set(ASSETS) - {"start_here"}
    assert all(job.graph.nodes for job in repository.get_all_jobs()), "a job without an asset would do nothing"


_LOAD = """
import sys
from gtm_assets.definitions import defs
defs().get_repository_def() if callable(defs) else defs
heavy = {"google.genai", "notion_client", "trafilatura", "duckdb", "pandas", "matplotlib", "PIL"}
print(*sorted(heavy & set(sys.modules)))
import socket
"""


def test_definitions_load_in_a_fresh_interpreter_without_environment_network_or_sdks(tmp_path) -> None:
    guard = (
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('the network was asked for')\n"
        "socket.socket.connect = refuse\nsocket.getaddrinfo = refuse\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", guard + _LOAD],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", "an SDK was imported that nobody used yet"


def _importers(folder: str, package: str) -> set[str]:
    """Files of a folder that import a package."""
    found = set()
    for path in (PROJECT_ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.partition(".")[0] == package for name in names):
                found.add(str(path.relative_to(PROJECT_ROOT)))
    return found


def test_resources_and_sandbox_know_nothing_of_the_product() -> None:
    assert _importers("resources", "gtm_assets") == set()
    assert _importers("sandbox", "gtm_assets") | _importers("sandbox", "resources") == set()


def test_no_room_knows_the_sandbox() -> None:
    assert {str(Path(path).parent) for path in _importers("gtm_assets", "sandbox")} <= {
        "gtm_assets",
        "gtm_assets/commands",
    }
    assert "gtm_assets/definitions.py" not in _importers("gtm_assets", "sandbox")
    assert _importers("resources", "sandbox") | _importers("sensors", "sandbox") == set()


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "monitoring"])
def test_a_room_imports_from_no_room_to_its_right(room) -> None:
    right = ROOMS[ROOMS.index(room) + 1 :]
    for path in (PROJECT_ROOT / "gtm_assets" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gtm_assets."):
                assert (node.module or "").split(".")[1] not in right, f"{path.name} imports {node.module}"


def test_a_backfill_leaves_a_slot_for_every_job_that_starts_by_itself(defs) -> None:
    runs = yaml.safe_load((PROJECT_ROOT / "dagster.yaml").read_text(encoding="utf-8"))["concurrency"]["runs"]
    (of_backfills,) = [each["limit"] for each in runs["tag_concurrency_limits"] if each["key"] == "dagster/backfill"]
    by_themselves = {name for sensor in defs.sensors for name in [target.job_name for target in sensor.targets]}
    by_themselves |= {schedule.job_name for schedule in defs.schedules}
    assert runs["max_concurrent_runs"] >= of_backfills + len(by_themselves)
