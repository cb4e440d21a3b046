"""How the sandbox's Notion looks: HTML of pages and databases, from the workspace's values. Pure.

What belongs elsewhere: requests and what a form does (``screen``).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from urllib.parse import quote

from sandbox.notion.blocks import Block
from sandbox.notion.members import name_of
from sandbox.notion.screen_style import STYLE
from sandbox.notion.workspace import CellValue, Column, Database, Page, shown_time

EDITABLE = ("title", "rich_text")
#: Written by the engine for itself; in Notion people leave them alone as well.
_OF_THE_ENGINE = ("Content Hash", "Findings")
_LIST_TAGS = {"bulleted_list_item": "ul", "numbered_list_item": "ol"}
_TAGS = {"heading_1": "h2", "heading_2": "h3", "heading_3": "h4", "quote": "blockquote", "callout": "aside"}
_ROWS_SHOWN = 1000


def index(databases: Iterable[Database]) -> str:
    """All databases."""
    items = "".join(
        f'<li><a href="database/{_hex(found.id)}">{escape(found.title)}</a> <small>{len(_rows(found))} Seiten</small>'
        for found in databases
    )
    return _document("Datenbanken", f"<ul>{items}</ul>")


def missing(message: str) -> str:
    """A page that says what is not possible."""
    return _document("Nicht möglich", f"<p>{escape(message)}")


def database(found: Database, status: str | None) -> str:
    """A database's rows, those of one status if asked for."""
    column = next((one for one in found.columns if one.type == "status"), None)
    rows = _rows(found)
    chosen = [page for page in rows if column is None or status is None or page.values.get(column.id) == status]
    columns = [one for one in found.columns if one.type in ("status", "select") or one.id == found.key_column]
    head = "".join(f"<th>{escape(one.name)}" for one in columns)
    lines = "".join(_line(found, page, columns) for page in chosen[:_ROWS_SHOWN])
    table = f"<div class=wide><table class=rows><tr><th>Seite{head}<th>Zuletzt bearbeitet{lines}</table></div>"
    cut = f"<p>Die ersten {_ROWS_SHOWN} von {len(chosen)}." if len(chosen) > _ROWS_SHOWN else ""
    body = _filters(column, rows, status) + (table if chosen else "<p>Keine Seiten.") + cut
    return _document(found.title, body, crumbs='<a href="../">Datenbanken</a>')


def page(found: Database, shown: Page, *, was_saved: bool = False) -> str:
    """One page: what it says, and a form for what people may change."""
    title = next((str(shown.values.get(one.id) or "") for one in found.columns if one.type == "title"), "")
    notice = "<p class=saved>Gespeichert.</p>" if was_saved else ""
    edited = f"Zuletzt bearbeitet {_time(shown)} von {escape(name_of(shown.last_edited_by))}"
    text = _body(shown.body)
    content = f"<section class=body>{text}</section>" if text else ""
    properties = f"{_facts(found, shown)}{_form(found, shown)}"
    inside = f"{notice}<p><small>{edited}</small><div class=columns><section>{properties}</section>{content}</div>"
    crumbs = f'<a href="./">Datenbanken</a> / <a href="database/{_hex(found.id)}">{escape(found.title)}</a>'
    return _document(title or "Ohne Titel", inside, crumbs=crumbs)


def _rows(found: Database) -> list[Page]:
    return [page for page in found.pages if not page.in_trash]


def _line(found: Database, page: Page, columns: list[Column]) -> str:
    title = next((str(page.values.get(one.id) or "") for one in found.columns if one.type == "title"), "")
    cells = "".join(f"<td>{_cell(one, page.values.get(one.id))}" for one in columns)
    link = f'<a href="../{_hex(page.id)}">{escape(title or "Ohne Titel")}</a>'
    return f"<tr><td>{link}{cells}<td>{_time(page)}<br><small>{escape(name_of(page.last_edited_by))}</small>"


def _filters(column: Column | None, rows: list[Page], status: str | None) -> str:
    """Links that show the rows of one status, with how many there are."""
    if column is None:
        return ""
    counts = {option: sum(page.values.get(column.id) == option for page in rows) for option in column.options}
    links = [_filter_link("Alle", "?", len(rows), is_on=status is None)]
    links += [
        _filter_link(option, f"?status={quote(option, safe='')}", count, is_on=status == option)
        for option, count in counts.items()
    ]
    return f"<nav>{' '.join(links)}</nav>"


def _filter_link(name: str, target: str, count: int, *, is_on: bool) -> str:
    return f'<a href="{target}"{" class=on" if is_on else ""}>{escape(name)} <small>{count}</small></a>'


def _facts(found: Database, shown: Page) -> str:
    """Properties that the form doesn't change, those that are empty left out."""
    rows = [
        f"<tr><th>{escape(one.name)}<td>{_cell(one, shown.values.get(one.id))}"
        for one in found.columns
        if not _is_editable(found, one) and shown.values.get(one.id) not in (None, "", [])
    ]
    return f"<table class=facts>{''.join(rows)}</table>" if rows else ""


def _is_editable(found: Database, column: Column) -> bool:
    return column.type in EDITABLE and column.id != found.key_column and column.name not in _OF_THE_ENGINE


def _form(found: Database, shown: Page) -> str:
    """Texts that hold something (and the comment) at once, empty ones folded away; a button for each status."""
    if shown.in_trash:
        restore = "<button name=action value=restore>Wiederherstellen</button>"
        return f"<form method=post><p>Diese Seite liegt im Papierkorb. {restore}</form>"
    editable = [one for one in found.columns if _is_editable(found, one)]
    filled = [one for one in editable if shown.values.get(one.id) or one.name == "Comment"]
    empty = [one for one in editable if one not in filled]
    areas = "".join(_area(one, shown) for one in filled)
    folded = "".join(_area(one, shown) for one in empty)
    more = f"<details><summary>Leere Felder</summary>{folded}</details>" if folded else ""
    buttons = "".join(_status_buttons(one, shown) for one in found.columns if one.type == "status")
    save = "<button name=action value=save>Nur speichern</button>"
    trash = "<button name=action value=trash class=quiet>In den Papierkorb</button>"
    return f"<form method=post>{areas}{more}<div class=buttons>{buttons}{save}{trash}</div></form>"


def _area(column: Column, shown: Page) -> str:
    text = str(shown.values.get(column.id) or "")
    rows = 1 if column.type == "title" else max(2, min(12, text.count("\n") + len(text) // 60 + 1))
    # HTML drops a line break right after the opening tag: one more keeps a text's own.
    area = f'<textarea name="new.{column.id}" rows={rows} lang=de>\n{escape(text)}</textarea>'
    units = f"<small>{len(text)} Zeichen</small>" if text else ""
    return (
        f"<label><span>{escape(column.name)} {units}</span>{area}</label>"
        f'<input type=hidden name="old.{column.id}" value="{escape(text)}">'
    )


def _status_buttons(column: Column, shown: Page) -> str:
    current = shown.values.get(column.id)
    return "".join(
        f'<button name="set.{column.id}" value="{escape(option)}" class="{_tone(option)}{" on" * (option == current)}"'
        f' title="{escape(column.name)}: {escape(option)}">{escape(option)}</button>'
        for option in column.options
    )


def _tone(option: str) -> str:
    return {"approved": "yes", "Active": "yes", "rejected": "no"}.get(option, "open")


def _cell(column: Column, value: CellValue) -> str:
    if column.type in ("status", "select") and value:
        return f'<span class="tag {_tone(str(value))}">{escape(str(value))}</span>'
    if column.type == "checkbox":
        return "ja" if value else "nein"
    if isinstance(value, list):
        return " ".join(f'<span class="tag open">{escape(item)}</span>' for item in value)
    return _text("" if value is None else str(value))


def _body(blocks: list[Block]) -> str:
    """Blocks in their order; neighbouring items make one list."""
    parts = []
    for tag, group in groupby(blocks, key=lambda block: _LIST_TAGS.get(block.type, "")):
        if tag:
            parts.append(f"<{tag}>{''.join(f'<li>{_text(block.text)}' for block in group)}</{tag}>")
        else:
            parts.extend(_block(block) for block in group)
    return "".join(parts)


def _block(block: Block) -> str:
    if block.type == "divider":
        return "<hr>"
    if block.type == "table":
        return _table(block)
    tag = _TAGS.get(block.type, "p")
    return f"<{tag}>{_text(block.text)}</{tag}>"


def _table(block: Block) -> str:
    """Head and rows; bold pieces are those that differ."""
    lines = []
    for index, row in enumerate(block.rows):
        tag = "td" if index else "th"
        cells = ("".join(f"<b>{_text(text)}</b>" if bold else _text(text) for text, bold in cell) for cell in row)
        lines.append("<tr>" + "".join(f"<{tag}>{cell}" for cell in cells))
    return f"<div class=wide><table class=rows>{''.join(lines)}</table></div>"


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _time(page: Page) -> str:
    return shown_time(page.last_edited).strftime("%d.%m.%Y %H:%M UTC")


def _hex(identifier: str) -> str:
    return identifier.replace("-", "")


def _document(title: str, body: str, crumbs: str = "") -> str:
    return (
        f"<!doctype html><html lang=de><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<p class=mark>Nachbildung von Notion in der Sandbox, Musterdaten</p>"
        f"<p class=crumbs>{crumbs}</p><h1>{escape(title)}</h1>{body}"
    )
