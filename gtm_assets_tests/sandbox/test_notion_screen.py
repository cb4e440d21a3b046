"""What people see and do in the sandbox's Notion: pages, lists, and the form that decides on a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import httpx
import pytest

from sandbox.notion.blocks import Block
from sandbox.notion.members import BOT, MARKETER
from sandbox.notion.workspace import Page
from sandbox.server import SandboxServer

TEXTS = {"Subject": "Weniger Wege", "Intro": "\nErste Zeile\nzweite <Zeile> & mehr", "Social Proof": "Hotel Muster"}
BODY = [
    Block("1", "heading_2", "Bisher freigegeben"),
    Block("2", "quote", "Alter <Text>\nmit Umbruch"),
    Block("3", "bulleted_list_item", "eins"),
    Block("4", "bulleted_list_item", "zwei"),
    Block("5", "divider", ""),
    Block("6", "paragraph", "Absatz"),
]


@dataclass
class Browser:
    """A person's browser: opens pages and presses buttons of their form."""

    server: SandboxServer
    http: httpx.Client

    def open(self, path: str) -> httpx.Response:
        return self.http.get(f"{self.server.base_url}/notion/{path}")

    def form(self, page: Page) -> dict[str, str]:
        """The fields as a browser sends them back unchanged: line breaks are CR LF."""
        html = self.open(page.id).text
        areas = re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
        hidden = re.findall(r'<input type=hidden name="([^"]+)" value="(.*?)">', html, re.DOTALL)
        return {name: unescape(text).replace("\n", "\r\n") for name, text in [*areas, *hidden]}

    def press(self, page: Page, button: tuple[str, str], **texts: str) -> httpx.Response:
        """Change texts by column name, then press a button: its field and value."""
        ids = {column.name: column.id for column in self.server.world.notion.databases["reviews"].columns}
        field, value = button
        sent = self.form(page) | {f"new.{ids[name.replace('_', ' ')]}": text for name, text in texts.items()}
        sent[f"set.{ids['Status']}" if field == "status" else field] = value
        return self.http.post(f"{self.server.base_url}/notion/{page.id.replace('-', '')}", data=sent)


@pytest.fixture
def browser(running_sandbox: SandboxServer) -> Iterator[Browser]:
    with httpx.Client(timeout=30) as http:
        yield Browser(running_sandbox, http)


@pytest.fixture
def review(running_sandbox: SandboxServer) -> Iterator[Page]:
    workspace = running_sandbox.world.notion
    values = {"Name": "Einkauf × <Hotellerie>", "Key": "einkauf|hotellerie", "Status": "pending", "Kind": "cell"}
    page = workspace.add("reviews", {**values, **TEXTS, "Content Hash": "abc", "Findings": "keine"}, BODY, BOT)
    yield page
    workspace.databases["reviews"].pages.remove(page)


def _value(browser: Browser, page: Page, name: str) -> object:
    column = browser.server.world.notion.databases["reviews"].column(name)
    assert column is not None
    return page.values.get(column.id)


def test_a_page_shows_what_it_is_its_texts_and_its_body(browser: Browser, review: Page) -> None:
    answer = browser.open(review.id.replace("-", ""))
    assert answer.status_code == 200
    assert "Nachbildung von Notion in der Sandbox, Musterdaten" in answer.text
    assert "<h1>Einkauf × &lt;Hotellerie&gt;</h1>" in answer.text
    assert "<h3>Bisher freigegeben</h3><blockquote>Alter &lt;Text&gt;<br>mit Umbruch</blockquote>" in answer.text
    assert "<ul><li>eins<li>zwei</ul><hr><p>Absatz</p>" in answer.text
    assert "<th>Content Hash<td>abc" in answer.text
    assert "gtm-Sandbox" in answer.text
    for option in ("pending", "approved", "rejected"):
        assert f'value="{option}"' in answer.text


def test_what_the_engine_needs_unchanged_is_no_field_of_the_form(browser: Browser, review: Page) -> None:
    database = browser.server.world.notion.databases["reviews"]
    fields = {name.removeprefix("new.") for name in browser.form(review) if name.startswith("new.")}
    names = {column.name for column in database.columns if column.id in fields}
    assert names == {"Name", "Subject", "Intro", "Social Proof", "Comment", "Opener", "Opener Secondary"}


def test_a_status_is_set_by_its_button_as_a_person(browser: Browser, review: Page) -> None:
    answer = browser.press(review, ("status", "approved"))
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"/notion/{review.id.replace('-', '')}?gespeichert=1")
    assert "Gespeichert" in browser.http.get(answer.headers["location"]).text
    assert _value(browser, review, "Status") == "approved"
    assert review.last_edited_by == MARKETER.id
    assert {name: _value(browser, review, name) for name in TEXTS} == TEXTS


def test_texts_and_a_comment_are_saved_with_the_verdict_in_one_edit(browser: Browser, review: Page) -> None:
    browser.press(review, ("status", "rejected"), Intro="Neu\r\nin zwei Zeilen", Comment="zu lang")
    assert _value(browser, review, "Intro") == "Neu\nin zwei Zeilen"
    assert (_value(browser, review, "Status"), _value(browser, review, "Comment")) == ("rejected", "zu lang")
    assert _value(browser, review, "Subject") == TEXTS["Subject"]


def test_saving_without_a_change_edits_nothing(browser: Browser, review: Page) -> None:
    before = review.last_edited
    answer = browser.press(review, ("action", "save"))
    assert answer.headers["location"].endswith(review.id.replace("-", ""))
    assert (review.last_edited, review.last_edited_by) == (before, BOT.id)
    browser.press(review, ("status", "pending"))
    assert review.last_edited_by == BOT.id


def test_what_the_engine_wrote_while_the_page_was_open_stays(browser: Browser, review: Page) -> None:
    sent = browser.form(review)
    workspace = browser.server.world.notion
    workspace.set_values(workspace.databases["reviews"], review, {"Subject": "Neu vom Programm"}, BOT)
    comment = workspace.databases["reviews"].column("Comment")
    assert comment is not None
    browser.http.post(f"{browser.server.base_url}/notion/{review.id}", data=sent | {f"new.{comment.id}": "gut"})
    assert (_value(browser, review, "Subject"), _value(browser, review, "Comment")) == ("Neu vom Programm", "gut")


def test_a_status_that_is_not_there_is_refused(browser: Browser, review: Page) -> None:
    answer = browser.press(review, ("status", "neu erfunden"))
    assert answer.status_code == 400
    assert "neu erfunden" in answer.text
    assert _value(browser, review, "Status") == "pending"


def test_a_page_in_the_trash_can_only_be_restored(browser: Browser, review: Page) -> None:
    browser.press(review, ("action", "trash"))
    assert review.in_trash
    assert "Papierkorb" in browser.open(review.id).text
    assert browser.http.post(f"{browser.server.base_url}/notion/{review.id}", data={}).status_code == 400
    browser.http.post(f"{browser.server.base_url}/notion/{review.id}", data={"action": "restore"})
    assert not review.in_trash


def test_a_database_lists_its_pages_and_those_of_one_status(browser: Browser, review: Page) -> None:
    workspace = browser.server.world.notion
    other = workspace.add("reviews", {"Name": "Andere Seite", "Key": "b", "Status": "approved"})
    path = f"database/{workspace.reviews_id.replace('-', '')}"
    whole = browser.open(path).text
    link = f'<a href="../{review.id.replace("-", "")}">Einkauf × &lt;Hotellerie&gt;</a>'
    assert link in whole
    assert "Andere Seite" in whole
    assert '<a href="?status=pending">pending <small>1</small></a>' in whole
    pending = browser.open(f"{path}?status=pending").text
    assert link in pending
    assert "Andere Seite" not in pending
    assert "Keine Seiten" in browser.open(f"{path}?status=rejected").text
    workspace.databases["reviews"].pages.remove(other)


def test_all_databases_are_a_click_away(browser: Browser) -> None:
    listed = browser.open("").text
    workspace = browser.server.world.notion
    for database in workspace.databases.values():
        assert f'href="database/{database.id.replace("-", "")}">{database.title}</a>' in listed
        assert browser.open(f"database/{database.id}").status_code == 200


def test_a_row_of_marketing_is_edited_the_same_way(browser: Browser) -> None:
    workspace = browser.server.world.notion
    page = workspace.pages("personas")[0]
    pains = workspace.databases["personas"].column("Pains")
    assert pains is not None
    sent = browser.form(page) | {f"new.{pains.id}": "Neuer Schmerz"}
    browser.http.post(f"{browser.server.base_url}/notion/{page.id}", data=sent)
    assert page.values[pains.id] == "Neuer Schmerz"


@pytest.mark.parametrize("path", ["niemand", "database/niemand", "0" * 32])
def test_what_is_not_there_is_said(browser: Browser, path: str) -> None:
    answer = browser.open(path)
    assert answer.status_code == 404
    assert "gibt es hier nicht" in answer.text


def test_the_api_beside_the_screens_still_answers_unknown_paths_as_notion_does(browser: Browser) -> None:
    answer = browser.http.get(
        f"{browser.server.base_url}/notion/v1/nothing",
        headers={"Authorization": "Bearer ntn_sandbox", "Notion-Version": "2025-09-03"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request_url")
