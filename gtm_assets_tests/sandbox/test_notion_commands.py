"""``gtm sandbox`` for whoever reviews texts in Notion without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.notion.members import BOT, MARKETER
from sandbox.notion.workspace import CellValue
from sandbox.server import SandboxServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("sandbox"), companies=0) as running:
        yield running


@pytest.fixture(autouse=True)
def reviews(server: SandboxServer) -> Iterator[None]:
    for key in ("einkauf|hotellerie", "logistik|hotellerie"):
        values = {"Name": key, "Key": key, "Status": "pending", "Subject": "Weniger [Wege]"}
        server.world.notion.add("reviews", values, by=BOT)
    yield
    server.world.notion.databases["reviews"].pages.clear()


def run(server: SandboxServer, *arguments: str) -> Result:
    assert isinstance(server.directory, Path)
    return CliRunner().invoke(app, ["--directory", str(server.directory), *arguments])


def rows(server: SandboxServer) -> dict[CellValue, dict[str, CellValue]]:
    return {row["Key"]: row for row in server.world.notion.rows("reviews")}


def test_reviews_are_listed_with_key_status_text_and_address(server: SandboxServer) -> None:
    result = run(server, "show", "reviews")
    assert result.exit_code == 0
    for word in ("einkauf|hotellerie", "pending", "Weniger [Wege]", "gtm-Sandbox"):
        assert word in result.output
    assert f"{server.base_url}/notion/database/{server.world.notion.reviews_id.replace('-', '')}" in result.output


def test_reviews_of_one_status_are_listed_as_json_with_ids_and_addresses(server: SandboxServer) -> None:
    server.world.notion.edit("reviews", "einkauf|hotellerie", "Status", "approved")
    (row,) = json.loads(run(server, "show", "reviews", "--status", "approved", "--json").output)
    assert row["values"]["Key"] == "einkauf|hotellerie"
    assert row["last_edited_by"] == MARKETER.name
    assert row["url"] == f"{server.base_url}/notion/{row['page_id'].replace('-', '')}"
    assert "No review is rejected" in run(server, "show", "reviews", "--status", "rejected").output


def test_a_review_is_decided_and_reworded_in_one_edit(server: SandboxServer) -> None:
    options = ["--status", "approved", "--subject", "Neu", "--intro", "I", "--social-proof", "S", "--comment", "gut"]
    result = run(server, "edit", "review", "einkauf|hotellerie", *options)
    assert result.exit_code == 0, result.output
    edited = rows(server)["einkauf|hotellerie"]
    columns = ("Status", "Subject", "Intro", "Social Proof", "Comment")
    assert [edited[name] for name in columns] == ["approved", "Neu", "I", "S", "gut"]
    assert rows(server)["logistik|hotellerie"]["Status"] == "pending"
    assert server.world.notion.pages("reviews")[0].last_edited_by == MARKETER.id


def test_all_pending_reviews_are_decided_at_once_and_no_other(server: SandboxServer) -> None:
    server.world.notion.edit("reviews", "einkauf|hotellerie", "Status", "rejected")
    result = run(server, "edit", "review", "--all", "--status", "approved")
    assert "1 pending reviews" in result.output
    assert {key: row["Status"] for key, row in rows(server).items()} == {
        "einkauf|hotellerie": "rejected",
        "logistik|hotellerie": "approved",
    }


def test_a_removed_review_lies_in_the_trash(server: SandboxServer) -> None:
    assert run(server, "remove", "review", "einkauf|hotellerie").exit_code == 0
    assert list(rows(server)) == ["logistik|hotellerie"]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["edit", "review", "einkauf|hotellerie"], "Nothing to change"),
        (["edit", "review", "--status", "approved"], "or --all"),
        (["edit", "review", "einkauf|hotellerie", "--all", "--status", "approved"], "or --all"),
        (["edit", "review", "einkauf|hotellerie", "--status", "aproved"], "pending, approved, rejected"),
        (["edit", "review", "--all", "--status", "aproved"], "pending, approved, rejected"),
        (["edit", "review", "niemand", "--status", "approved"], "niemand"),
        (["edit", "review", "einkauf|hotellerie", "--field", "Nirgends=x"], "Nirgends"),
        (["remove", "review", "niemand"], "niemand"),
    ],
)
def test_a_slip_is_answered_with_what_would_be_right_and_changes_nothing(
    server: SandboxServer, arguments: list[str], advice: str
) -> None:
    before = rows(server)
    result = run(server, *arguments)
    assert result.exit_code == 1
    assert advice in result.output
    assert rows(server) == before


def test_a_page_that_somebody_is_editing_is_arranged_with_a_fault(server: SandboxServer) -> None:
    page = server.world.notion.pages("reviews")[0].id
    options = ["--system", "notion", "--method", "PATCH", "--path", page, "--status", "409", "--times", "9"]
    assert run(server, "fault", *options).exit_code == 0
    assert [(fault.status, fault.times) for fault in server.world.gate.faults()] == [(409, 9)]
    run(server, "fault", "--clear")
    assert server.world.gate.faults() == []
