"""A preview in words, as a page and as JSON: complete in both languages, escaped, self-contained, and nobody else's to read."""

from __future__ import annotations

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from gtm_assets.commands.console import keep_file
from gtm_assets.commands.preview_json import as_values
from gtm_assets.commands.preview_page import page
from gtm_assets.commands.preview_words import in_words
from gtm_assets.language import say
from gtm_assets.settings import Language
from gtm_assets.writeback.preview import AdviceName, PartName, PartState, Sending
from gtm_assets_tests.stores import account_row, fresh_store, put
from gtm_assets_tests.writeback.previewing import CELL, LINKED, block, carry, company, part, preview, someone
from resources.store import schema

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        company(opened)
        yield opened


class _Outline(HTMLParser):
    """Tags and addresses of a page, and whether it is balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "onload"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _page(store, language: Language = "de") -> str:
    found = preview(store, LINKED)
    return page(found, in_words(found, language), language)


@pytest.mark.parametrize("language", get_args(Language))
def test_everything_a_preview_can_say_has_words(language) -> None:
    for kind, values in (("part", PartName), ("state", PartState), ("advice", AdviceName)):
        for value in get_args(values):
            assert say(language, f"preview.{kind}.{value}")
    for value in get_args(Sending):
        assert say(language, f"preview.sending.{value}", reason="x")


def test_the_page_is_one_balanced_document_that_loads_nothing(store) -> None:
    block(store)
    block(store, "1")
    html = _page(store)
    outline = _Outline(html)
    assert outline.open == []
    assert outline.addresses == []
    assert "script" not in outline.tags
    assert not re.search(r"@import|url\(", html)
    assert "default-src 'none'" in html
    assert "prefers-color-scheme: dark" in html
    assert '<html lang="de">' in html
    for text in (
        "Sehr geehrte Frau Muster,",
        "Betreff",
        "bei Ihnen zählt jeder Weg.",
        "Prüferin",
        "Wir fertigen Drehteile.",
    ):
        assert text in html


def test_what_somebody_typed_into_the_crm_is_never_part_of_the_page(store) -> None:
    put(store, schema.accounts, account_row(1, name=f"Muster {EVIL}"))
    carry(store, block(store), dict(CELL))
    someone(store, firstname=EVIL, campaign=EVIL, mrmrs="", fields={**CELL, "intro": EVIL})
    html = _page(store)
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert "script" not in _Outline(html).tags


def test_who_must_not_be_addressed_has_no_e_mail_on_the_page(store) -> None:
    carry(store, block(store), dict(CELL), no_mailing=True)
    html = _page(store)
    assert "KEINE E-MAIL: im CRM mit „Kein Mailing“ gekennzeichnet" in html
    assert "Mit freundlichen Grüßen" not in html
    assert "Brücke" in html


def test_a_kept_file_is_its_owners_alone_and_replaces_an_earlier_one(tmp_path) -> None:
    folder = tmp_path / "previews"
    path = folder / "person-5.html"
    keep_file(path, b"one")
    keep_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.name for each in folder.iterdir()] == ["person-5.html"]


def test_reasons_and_what_to_do_are_said_in_the_readers_language(store) -> None:
    block(store, verdict=None)
    german = in_words(preview(store), "de")
    subject = german.parts[0]
    assert (subject.label, subject.state_label) == ("Betreff", "fehlt")
    assert subject.lines[0] == "wartet auf Freigabe"
    assert (subject.todo[0].text, subject.todo[0].command) == (
        "Bitte lesen Sie den Text und geben Sie ihn frei:",
        "gtm review approve leitung/maschinenbau",
    )
    assert german.incomplete.startswith("Unvollständig, es fehlt: Betreff")
    assert in_words(preview(store), "en").parts[0].lines[0] == "waiting for review"


def test_what_three_parts_have_in_common_is_said_once(store) -> None:
    block(store, verdict=None)
    words = {each.name: each for each in in_words(preview(store), "en").parts}
    assert words["intro"].lines == ("for the same reason as: Subject",)
    assert words["intro"].todo == ()
    assert words["intro"].would_be == "Brücke"
    block(store)
    words = {each.name: each for each in in_words(preview(store), "en").parts}
    assert any("Prüferin" in line for line in words["subject"].lines)
    assert words["intro"].lines == ("cell leitung|maschinenbau, version 2",)


def test_the_json_has_a_shape_that_scripts_can_rely_on(store) -> None:
    block(store)
    values = json.loads(json.dumps(as_values(preview(store, LINKED)), ensure_ascii=False))
    assert set(values) == {
        *("person_id", "source", "read_at", "person", "blocked", "email", "missing", "sending"),
        *("persona", "vertical", "campaign", "parts", "unread"),
    }
    assert values["blocked"] is None
    assert values["email"]["subject"] == "Betreff"
    assert values["missing"] == ["opener"]
    assert [each["name"] for each in values["parts"]] == [
        *("subject", "salutation", "opener", "intro", "social_proof", "unsubscribe"),
    ]
    first = values["parts"][0]
    assert set(first) == {"name", "value", "state", "reason", "would_be", "origin", "advice"}
    assert (first["origin"]["key"], first["origin"]["reviewer"]) == ("leitung|maschinenbau", "Prüferin")
    assert values["parts"][2]["advice"] == [{"name": "write", "command": "gtm once"}]


def test_the_json_of_somebody_who_must_not_be_addressed_has_no_e_mail(store) -> None:
    carry(store, block(store), dict(CELL), retired=True)
    found = preview(store)
    values = as_values(found)
    assert (values["blocked"], values["email"]) == ("has left the company", None)
    assert part(found, "intro").value == "Brücke"
