"""The stand-in of Notion, asked by the real notion-client over a socket."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from notion_client import APIResponseError, Client
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.notion import app as notion
from sandbox.notion.workspace import Workspace


class _World(SimpleNamespace):
    notion: Workspace
    persisted: int

    def persist_notion(self) -> None:
        self.persisted += 1


@pytest.fixture
def world() -> _World:
    return _World(notion=Workspace.sample(), persisted=0)


@pytest.fixture
def base_url(world: _World) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Mount("/notion", notion.notion_app(world))])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/notion"
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(base_url: str) -> Iterator[Any]:
    with Client(auth=notion.SANDBOX_TOKEN, base_url=base_url) as client:
        yield client


def _source(client: Any, database_id: str) -> str:
    return str(client.databases.retrieve(database_id)["data_sources"][0]["id"])


def _text(value: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"content": value}}]


def test_the_databases_have_the_columns_that_the_issue_names(world: _World, client: Any) -> None:
    expected = {
        world.notion.verticals_id: "Name, Key, Definition, Pains, Gains, Products, Ops Focus, References, Status",
        world.notion.personas_id: "Name, Key, Pains, Gains, Job Titles, Status",
        world.notion.campaigns_id: "Name, Tag, Brief, Active",
        world.notion.reviews_id: "Name, Status, Kind, Key, Vertical, Persona, Campaign, Subject, Intro, Social Proof, "
        "Opener, Opener Secondary, Content Hash, Findings, Comment",
    }
    for database_id, columns in expected.items():
        schema = client.data_sources.retrieve(_source(client, database_id))["properties"]
        assert list(schema) == columns.split(", ")
    assert schema["Status"]["type"] == "status"


def test_paging_gives_every_row_once(world: _World, client: Any) -> None:
    source = _source(client, world.notion.personas_id)
    seen, cursor = [], None
    while True:
        page = client.data_sources.query(source, page_size=4, **({"start_cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in page["results"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len(seen) == len(set(seen)) == 6
    assert page["request_status"] == {"type": "complete"}


def test_a_query_past_the_limit_says_that_it_is_incomplete(
    world: _World, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notion, "QUERY_RESULT_LIMIT", 4)
    page = client.data_sources.query(_source(client, world.notion.personas_id))
    assert len(page["results"]) == 4
    assert page["has_more"] is False
    assert page["request_status"]["type"] == "incomplete"


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        ({"property": "Key", "rich_text": {"equals": "einkauf"}}, {"einkauf"}),
        (
            {"property": "Name", "title": {"contains": "leiter"}},
            {"produktion", "logistik", "infrastruktur", "finanzen", "einkauf"},
        ),
        ({"property": "Job Titles", "multi_select": {"contains": "CFO"}}, {"finanzen"}),
        ({"property": "Status", "status": {"does_not_equal": "Active"}}, set()),
        (
            {
                "or": [
                    {"property": "Key", "rich_text": {"starts_with": "log"}},
                    {
                        "and": [
                            {"property": "Key", "rich_text": {"is_not_empty": True}},
                            {"property": "Job Titles", "multi_select": {"contains": "COO"}},
                        ]
                    },
                ]
            },
            {"logistik", "produktion"},
        ),
    ],
)
def test_filters_find_what_they_describe(world: _World, client: Any, condition: Any, keys: set[str]) -> None:
    rows = client.data_sources.query(_source(client, world.notion.personas_id), filter=condition)["results"]
    assert {row["properties"]["Key"]["rich_text"][0]["plain_text"] for row in rows} == keys


def test_edited_times_are_rounded_down_to_the_minute_in_pages_and_filters(world: _World, client: Any) -> None:
    moment = datetime(2026, 11, 22, 10, 9, 44, tzinfo=UTC)
    world.notion._clock = lambda: moment
    world.notion.edit("personas", "einkauf", "Pains", "lange Lieferzeiten")
    source = _source(client, world.notion.personas_id)

    def found(operator: str, time_text: str) -> list[Any]:
        condition = {"timestamp": "last_edited_time", "last_edited_time": {operator: time_text}}
        return list(client.data_sources.query(source, filter=condition)["results"])

    assert [row["last_edited_time"] for row in found("equals", "2026-11-22T10:09:00Z")] == ["2026-11-22T10:09:00.000Z"]
    assert not any(
        row["last_edited_time"] == "2026-11-22T10:09:00.000Z" for row in found("on_or_after", "2026-11-22T10:09:30Z")
    )


def test_a_review_can_be_created_and_a_human_can_approve_it(world: _World, client: Any) -> None:
    source = _source(client, world.notion.reviews_id)
    page = client.pages.create(
        parent={"type": "data_source_id", "data_source_id": source},
        properties={
            "Name": {"title": _text("Produktion × Maschinenbau")},
            "Key": {"rich_text": _text("produktion|maschinenbau")},
            "Status": {"status": {"name": "pending"}},
            "Vertical": {"select": {"name": "Maschinenbau"}},
        },
    )
    assert page["properties"]["Vertical"]["select"]["name"] == "Maschinenbau"
    world.notion.edit("reviews", "produktion|maschinenbau", "Status", "approved")
    assert client.pages.retrieve(page["id"])["properties"]["Status"]["status"]["name"] == "approved"
    updated = client.pages.update(page["id"], properties={"Comment": {"rich_text": _text("gut so")}})
    assert updated["properties"]["Comment"]["rich_text"][0]["plain_text"] == "gut so"
    assert world.persisted == 2


@pytest.mark.parametrize(
    "properties",
    [
        {"Nope": {"rich_text": _text("x")}},
        {"Status": {"select": {"name": "pending"}}},
        {"Status": {"status": {"name": "neu erfunden"}}},
        {"Comment": {"rich_text": _text("x" * 2001)}},
        {"Kind": {"select": {"name": "a,b"}}},
    ],
)
def test_what_notion_would_refuse_is_refused(world: _World, client: Any, properties: Any) -> None:
    source = _source(client, world.notion.reviews_id)
    with pytest.raises(APIResponseError) as caught:
        client.pages.create(parent={"type": "data_source_id", "data_source_id": source}, properties=properties)
    assert caught.value.status == 400
    assert caught.value.code == "validation_error"
    assert world.notion.rows("reviews") == []


def test_a_removed_row_is_in_the_trash_and_in_no_query(world: _World, client: Any) -> None:
    source = _source(client, world.notion.verticals_id)
    before = {row["id"] for row in client.data_sources.query(source)["results"]}
    world.notion.remove("verticals", "freizeit")
    (gone,) = before - {row["id"] for row in client.data_sources.query(source)["results"]}
    assert client.pages.retrieve(gone)["in_trash"] is True
    with pytest.raises(APIResponseError):
        client.pages.update(gone, properties={"Key": {"rich_text": _text("x")}})


def test_wrong_token_wrong_id_and_wrong_version_get_notions_own_errors(base_url: str, world: _World) -> None:
    with Client(auth="falsch", base_url=base_url) as stranger, pytest.raises(APIResponseError) as caught:
        stranger.users.me()
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")
    with Client(auth=notion.SANDBOX_TOKEN, base_url=base_url) as client, pytest.raises(APIResponseError) as caught:
        client.data_sources.query(world.notion.verticals_id)  # a database id is no data source id
    assert (caught.value.status, caught.value.code) == (404, "object_not_found")
    assert "shared with" in str(caught.value)
    headers = {"Authorization": f"Bearer {notion.SANDBOX_TOKEN}"}
    assert httpx.get(f"{base_url}/v1/users/me", headers=headers).json()["code"] == "missing_version"
    old = httpx.get(f"{base_url}/v1/users/me", headers=headers | {"Notion-Version": "2022-06-28"})
    assert old.status_code == 400


def test_a_renamed_column_keeps_its_values(world: _World, client: Any) -> None:
    world.notion.rename_column("personas", "Pains", "Schmerzpunkte")
    row = client.data_sources.query(_source(client, world.notion.personas_id))["results"][0]
    assert "Pains" not in row["properties"]
    assert row["properties"]["Schmerzpunkte"]["rich_text"]
    with pytest.raises(ValueError, match="Schmerzpunkte"):
        world.notion.rename_column("personas", "Gains", "Schmerzpunkte")


def test_a_column_can_become_another_type_and_back(world: _World) -> None:
    before = [row["Job Titles"] for row in world.notion.rows("personas")]
    world.notion.change_type("personas", "Job Titles", "rich_text")
    assert "CEO" in str(world.notion.rows("personas")[0]["Job Titles"]).splitlines()
    world.notion.change_type("personas", "Job Titles", "multi_select")
    assert [row["Job Titles"] for row in world.notion.rows("personas")] == before


def test_an_edit_of_something_that_does_not_exist_names_it() -> None:
    workspace = Workspace.sample()
    for arguments, named in (
        (("nichts", "einkauf", "Pains"), "nichts"),
        (("personas", "niemand", "Pains"), "niemand"),
        (("personas", "einkauf", "Nirgends"), "Nirgends"),
    ):
        with pytest.raises(KeyError, match=named):
            workspace.edit(*arguments, "x")


@given(value=st.text(max_size=50), active=st.booleans(), titles=st.lists(st.text(min_size=1, max_size=9), max_size=4))
def test_a_workspace_survives_being_stored(value: str, active: bool, titles: list[str]) -> None:
    workspace = Workspace.sample()
    workspace.edit("verticals", "maschinenbau", "Pains", value)
    workspace.edit("personas", "einkauf", "Job Titles", titles)
    workspace.edit("campaigns", "Messe 2026", "Active", active)
    stored = json.loads(json.dumps(workspace.to_json()))
    assert Workspace.from_json(stored).to_json() == workspace.to_json()
