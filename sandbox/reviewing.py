"""``gtm sandbox show reviews``, ``edit review`` and ``remove review``: act as the person who reviews texts in Notion.

What belongs elsewhere: what these do there (``control_notion``, over HTTP), the screens (``sandbox.notion.screen``), the engine's
own ``gtm review``.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sandbox.asking import fail, get, pairs, post, print_rich

_PENDING = "pending"
_TEXTS = ("Subject", "Intro", "Opener", "Social Proof")
_SHOWN_CHARACTERS = 60


def show_reviews(
    context: typer.Context,
    status: Annotated[str, typer.Option(help="Only those with this status, such as pending.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Whole rows, with page id and address.")] = False,
) -> None:
    """List the pages of Notion's database of reviews, and say where a browser shows them."""
    found = get(context, "notion/rows/reviews", **({"status": status} if status else {}))
    if as_json:
        typer.echo(json.dumps(found["rows"], ensure_ascii=False, indent=2))
        return
    if found["rows"]:
        _print_table(found["rows"])
    else:
        typer.echo(f"No review is {status}." if status else "No review is in Notion.")
    typer.echo(f"In the browser: {found['url']}")


def edit_review(
    context: typer.Context,
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="The review's key in Notion, or its page id.")
    ] = None,
    status: Annotated[str | None, typer.Option(help="pending, approved or rejected.")] = None,
    subject: Annotated[str | None, typer.Option()] = None,
    intro: Annotated[str | None, typer.Option()] = None,
    social_proof: Annotated[str | None, typer.Option()] = None,
    opener: Annotated[str | None, typer.Option()] = None,
    comment: Annotated[str | None, typer.Option()] = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", metavar="COLUMN=VALUE", help="Any other column; repeatable.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every pending review instead of one.")] = False,
) -> None:
    """Decide on a text in Notion, or change its words; all at once, as one save of the page."""
    columns = {
        "Status": status,
        "Subject": subject,
        "Intro": intro,
        "Social Proof": social_proof,
        "Opener": opener,
        "Comment": comment,
    }
    values = {name: value for name, value in columns.items() if value is not None} | pairs(field, "--field")
    if not values:
        fail("Nothing to change. Name a column, such as --status approved; --help lists the options.")
    if every is (key is not None):
        fail("Name the KEY of one review, or --all for every pending one.")
    if every:
        changed = post(context, "notion/edit_all", {"database": "reviews", "status": _PENDING, "values": values})
        typer.echo(f"{changed['changed']} pending reviews: {', '.join(values)} changed in Notion.")
        return
    post(context, "notion/edit", {"database": "reviews", "key": key, "values": values})
    typer.echo(f"{key} in reviews: {', '.join(values)} changed in Notion.")


def remove_review(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The review's key in Notion, or its page id.")],
) -> None:
    """Move a review's page to Notion's trash; that is no verdict."""
    post(context, "notion/remove", {"database": "reviews", "key": key})
    typer.echo(f"{key} in reviews: the page lies in Notion's trash.")


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("key", "status", "text", "edited by")
    for row in rows:
        values = row["values"]
        cells = (values.get("Key"), values.get("Status"), _first_text(values), row["last_edited_by"])
        # Text, not str: square brackets would be markup for rich. A cut key would name nothing.
        table.add_row(*(Text(str(cell or ""), overflow="fold") for cell in cells))
    print_rich(table)


def _first_text(values: dict[str, Any]) -> str:
    text = next((str(values[name]) for name in _TEXTS if values.get(name)), "")
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
