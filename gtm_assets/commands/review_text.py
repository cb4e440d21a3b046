"""One text for a reviewer: printed beside its last approved version, as JSON, and in an editor.

What belongs elsewhere: the commands themselves (``reviews``), what an edit becomes (``gtm_assets.texts.edits``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from gtm_assets.commands.console import console
from gtm_assets.language import moment, say
from gtm_assets.settings import BlockKind, Language, Settings, UserError

if TYPE_CHECKING:
    from gtm_assets.texts.edits import Edited
    from gtm_assets.texts.review_pages.page import Subject
    from gtm_assets.texts.reviews import Shown
    from resources.store.store import Store

_HEAD = re.compile(r"^\[(\w+)\]\s*$")


def print_shown(shown: Shown, language: Language) -> None:
    """Everything about one text."""
    from gtm_assets.texts.review_pages.page import origin, title

    subject = shown.subject
    console.print(Text(title(subject), style="bold"))
    console.print(_standing(shown, language), markup=False)
    console.print(_texts(subject, language))
    for finding in subject.findings:
        console.print(f"! {finding.message}", markup=False)
    for label, text in origin(subject):
        console.print(Text.assemble((f"{label}: ", "bold"), text))
    for verdict in shown.verdicts:
        said = say(
            language,
            "review.history",
            review=verdict["id"],
            version=verdict["version"],
            verdict=say(language, f"review.verdict_{verdict['verdict']}"),
            who=verdict["reviewer"],
            at=moment(language, verdict["decided_at"]),
        )
        console.print(said + (f" – {verdict['comment']}" if verdict["comment"] else ""), markup=False)
    if shown.url:
        console.print(shown.url, markup=False)


def _texts(subject: Subject, language: Language) -> Table:
    """The texts, beside those of the version that was approved last where there is one."""
    earlier = subject.earlier
    heads = ("field", "approved_before", "new", "length") if earlier is not None else ("field", "text", "length")
    table = Table(*(say(language, f"review.{head}") for head in heads))
    for field, text in subject.texts.items():
        before = [] if earlier is None else [Text(earlier.get(field, ""))]
        table.add_row(Text(say(language, f"review.field_{field}")), *before, Text(text), str(len(text)))
    return table


def _standing(shown: Shown, language: Language) -> str:
    block = shown.block
    state = "failed_rules" if not block.passed else (block.verdict or "waiting")
    return say(language, f"review.state_{state}")


def as_json_shape(shown: Shown) -> dict[str, Any]:
    """The published shape of ``gtm review show --json``."""
    block, subject = shown.block, shown.subject
    return {
        "kind": block.kind,
        "key": block.key,
        "version": block.version,
        "author": block.author,
        "content_hash": block.content_hash,
        "verdict": block.verdict,
        "passed": block.passed,
        "texts": dict(subject.texts),
        "approved_before": dict(subject.earlier) if subject.earlier is not None else None,
        "findings": [{"field": each.field, "rule": each.rule, "message": each.message} for each in subject.findings],
        "evidence": [dict(each) for each in subject.evidence],
        "prompt": subject.prompt_version,
        "model": subject.model,
        "notion": shown.url or None,
        "verdicts": [{**each, "decided_at": each["decided_at"].isoformat()} for each in shown.verdicts],
    }


def edit_in_editor(store: Store, kind: BlockKind, key: str) -> dict[str, str]:
    """The texts as the person left them in the editor; fields that did not change are left out.

    Raises:
        UserError: Nothing was changed or saved.
    """
    import click

    from gtm_assets.texts.reviews import show

    before = show(store, kind, key).subject.texts
    text = click.edit("\n\n".join(f"[{field}]\n{words}" for field, words in before.items()) + "\n", extension=".txt")
    after = parse_edited(text or "")
    changed = {field: words for field, words in after.items() if words != before.get(field)}
    if not changed:
        raise UserError(f"{kind} {key}: nothing was changed.")
    return changed


def parse_edited(text: str) -> dict[str, str]:
    """Texts by field from lines below ``[field]``; lines of one text are joined by blanks."""
    found: dict[str, list[str]] = {}
    field = ""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head:
            field = head[1]
            found[field] = []
        elif field and line.strip():
            found[field].append(line.strip())
    return {name: " ".join(lines) for name, lines in found.items()}


def save(store: Store, settings: Settings, kind: BlockKind, key: str, texts: Mapping[str, str], author: str) -> Edited:
    """Keep a person's wording as the newest version.

    Raises:
        UserError: It can't be taken over.
    """
    from gtm_assets.crm.field_map import stored_fields
    from gtm_assets.texts.edits import edit_block
    from gtm_assets.texts.review_pages.sync import editor_of
    from gtm_assets.texts.reviews import current_block

    fields = stored_fields(store)
    if not fields:
        raise UserError(
            "The CRM's fields were not read yet, so nobody knows how long a text may be. Run `gtm fields` first."
        )
    with store.write() as connection:
        block = current_block(connection, kind, key)
        return edit_block(connection, editor_of(settings, fields), block, texts, author, "terminal")
