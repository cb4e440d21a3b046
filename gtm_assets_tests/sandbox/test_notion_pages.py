"""The stand-in's strictness about bodies, users and limits, and what its file keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from notion_client import APIResponseError, Client

from sandbox.notion.app import SANDBOX_TOKEN
from sandbox.notion.blocks import blocks_from_json
from sandbox.notion.members import BOT, MARKETER
from sandbox.notion.workspace import Workspace
from sandbox.server import SandboxServer


@pytest.fixture
def client(running_sandbox: SandboxServer) -> Iterator[Any]:
    with Client(auth=SANDBOX_TOKEN, base_url=f"{running_sandbox.base_url}/notion", retry=False) as client:
        yield client
    running_sandbox.world.gate.clear_faults()


@pytest.fixture
def source(running_sandbox: SandboxServer) -> str:
    return running_sandbox.world.notion.databases["reviews"].data_source_id


def _text(*pieces: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"content": piece}} for piece in pieces]


def _block(kind: str, *pieces: str) -> dict[str, Any]:
    return {"object": "block", "type": kind, kind: {"rich_text": _text(*pieces)}}


def _create(client: Any, source: str, **more: Any) -> Any:
    return client.pages.create(parent={"type": "data_source_id", "data_source_id": source}, **more)


def test_the_body_of_a_new_page_is_given_back_page_by_page(client: Any, source: str) -> None:
    kinds = ["heading_2", "paragraph", "bulleted_list_item", "quote"]
    children = [_block(kind, f"Ein {kind}", " in zwei Teilen") for kind in kinds]
    made = _create(client, source, properties={"Key": {"rich_text": _text("a")}}, children=children)
    first = client.blocks.children.list(made["id"], page_size=3)
    assert (len(first["results"]), first["has_more"]) == (3, True)
    second = client.blocks.children.list(made["id"], start_cursor=first["next_cursor"])
    blocks = first["results"] + second["results"]
    assert [block["type"] for block in blocks] == kinds
    assert blocks[0]["heading_2"]["rich_text"][0]["plain_text"] == "Ein heading_2 in zwei Teilen"
    assert (second["has_more"], second["next_cursor"]) == (False, None)
    assert blocks[0]["parent"] == {"type": "page_id", "page_id": made["id"]}


@pytest.mark.parametrize(
    ("children", "message"),
    [
        ([_block("paragraph", "x")] * 101, "body.children.length should be ≤ `100`, instead was `101`"),
        ([_block("paragraph", "x" * 2001)], r"body.children\[0\].paragraph.rich_text\[0\].text.content.length"),
        ([_block("paragraph", "🎯" * 1001)], "instead was `2002`"),
        ([_block("paragraph", *["x"] * 101)], r"rich_text.length should be ≤ `100`"),
        ([{"object": "block", "type": "image", "image": {}}], "type should be one of"),
        ([{"object": "block", "type": "paragraph"}], "paragraph should be defined"),
        ([{"object": "block", "type": "paragraph", "paragraph": {}}], "rich_text should be defined"),
        ([_block("paragraph", "x") | {"archived": False}], r"children\[0\].archived should be not present"),
        ("x", "should be an array"),
    ],
)
def test_a_body_that_notion_would_refuse_is_refused_and_makes_no_page(
    running_sandbox: SandboxServer, client: Any, source: str, children: Any, message: str
) -> None:
    before = len(running_sandbox.world.notion.pages("reviews"))
    with pytest.raises(APIResponseError, match=message) as caught:
        _create(client, source, properties={}, children=children)
    assert (caught.value.status, caught.value.code) == (400, "validation_error")
    assert len(running_sandbox.world.notion.pages("reviews")) == before


@pytest.mark.parametrize(
    "properties",
    [
        {"Comment": {"rich_text": _text(*["x"] * 101)}},
        {"Comment": {"rich_text": _text("🎯" * 1001)}},
        {"Status": {"status": {"name": "neu erfunden"}}},
    ],
)
def test_a_change_that_notion_would_refuse_changes_nothing(
    running_sandbox: SandboxServer, client: Any, source: str, properties: Any
) -> None:
    made = _create(client, source, properties={"Key": {"rich_text": _text("a")}})
    with pytest.raises(APIResponseError) as caught:
        client.pages.update(made["id"], properties=properties)
    assert caught.value.status == 400
    assert client.pages.retrieve(made["id"])["properties"] == made["properties"]


def test_pages_name_users_by_id_only_and_users_can_be_asked_for(
    running_sandbox: SandboxServer, client: Any, source: str
) -> None:
    made = _create(client, source, properties={"Key": {"rich_text": _text("wer")}})
    assert made["created_by"] == made["last_edited_by"] == {"object": "user", "id": BOT.id}
    assert client.users.me()["id"] == BOT.id
    running_sandbox.world.notion.edit("reviews", "wer", "Comment", "gut")
    edited = client.pages.retrieve(made["id"])
    assert edited["created_by"]["id"] == BOT.id
    assert edited["last_edited_by"] == {"object": "user", "id": MARKETER.id}
    person = client.users.retrieve(MARKETER.id)
    assert (person["type"], person["name"]) == ("person", "Marlene Muster (Musterdaten)")
    assert client.users.retrieve(BOT.id)["type"] == "bot"
    for nobody in ("00000000-0000-0000-0000-000000000000", "niemand"):
        with pytest.raises(APIResponseError) as caught:
            client.users.retrieve(nobody)
        assert caught.value.status == 404


def test_a_page_goes_to_the_trash_and_back(client: Any, source: str) -> None:
    made = _create(client, source, properties={})
    assert client.pages.update(made["id"], in_trash=True)["archived"] is True
    with pytest.raises(APIResponseError, match="archived"):
        client.pages.update(made["id"], in_trash=True)
    assert client.pages.update(made["id"], in_trash=False)["in_trash"] is False
    with pytest.raises(APIResponseError, match="boolean"):
        client.pages.update(made["id"], in_trash="ja")


def test_the_newest_version_of_the_api_knows_archived_no_more(running_sandbox: SandboxServer, source: str) -> None:
    url = f"{running_sandbox.base_url}/notion"
    with Client(auth=SANDBOX_TOKEN, base_url=url, notion_version="2026-03-11") as newest:
        made = _create(newest, source, properties={})
        assert "archived" not in made
        with pytest.raises(APIResponseError, match="archived should be not present"):
            newest.pages.update(made["id"], archived=True)
        assert newest.pages.update(made["id"], in_trash=True)["in_trash"] is True


@pytest.mark.parametrize(
    ("status", "code"), [(409, "conflict_error"), (429, "rate_limited"), (503, "service_unavailable")]
)
def test_an_arranged_failure_carries_notions_own_code(
    running_sandbox: SandboxServer, client: Any, source: str, status: int, code: str
) -> None:
    made = _create(client, source, properties={})
    running_sandbox.world.gate.add_fault(system="notion", method="PATCH", path_regex=made["id"], status=status)
    with pytest.raises(APIResponseError) as caught:
        client.pages.update(made["id"], properties={})
    assert (caught.value.status, caught.value.code) == (status, code)


def test_bodies_and_users_survive_being_stored() -> None:
    workspace = Workspace.sample()
    page = workspace.add("reviews", {"Key": "a"}, blocks_from_json([_block("quote", "Alt")]), BOT)
    workspace.edit("reviews", "a", "Comment", "gut")
    again = Workspace.from_json(json.loads(json.dumps(workspace.to_json())))
    found = again.find_page(page.id)
    assert found is not None
    assert found[1] == page
    assert (found[1].created_by, found[1].last_edited_by) == (BOT.id, MARKETER.id)


def test_a_file_of_a_version_that_knew_neither_is_read() -> None:
    stored = Workspace.sample().to_json()
    for database in stored.values():
        for page in database["pages"]:
            for name in ("created_by", "last_edited_by", "body"):
                del page[name]
    page = Workspace.from_json(stored).pages("verticals")[0]
    assert (page.last_edited_by, page.body) == (MARKETER.id, [])


def test_of_several_rows_with_a_key_a_person_edits_the_newest() -> None:
    workspace = Workspace.sample()
    for name in ("alt", "neu"):
        workspace.add("reviews", {"Name": name, "Key": "a", "Status": "pending"})
    workspace.edit_cells("reviews", "a", {"Status": "approved", "Comment": "gut"})
    rows = {row["Name"]: (row["Status"], row["Comment"]) for row in workspace.rows("reviews")}
    assert rows == {"alt": ("pending", None), "neu": ("approved", "gut")}


def test_an_edit_with_one_wrong_column_changes_none() -> None:
    workspace = Workspace.sample()
    workspace.add("reviews", {"Key": "a", "Status": "pending"})
    with pytest.raises(KeyError, match="Nirgends"):
        workspace.edit_cells("reviews", "a", {"Status": "approved", "Nirgends": "x"})
    assert workspace.rows("reviews")[0]["Status"] == "pending"
