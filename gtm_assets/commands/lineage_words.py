"""Lineage in words, in the reader's language. Pure.

What belongs elsewhere: what is said (``gtm_assets.messages.lineage``), how it looks (``lineage``), a text's version and verdict in words
(``preview_words``, which shows the same).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gtm_assets.commands.preview_words import origin_lines
from gtm_assets.language import moment, phrase, say
from gtm_assets.monitoring.lineage_models import (
    FieldLineage,
    Input,
    PageLineage,
    PageText,
    PersonLineage,
    Text,
    Written,
)
from gtm_assets.settings import Language
from gtm_assets.texts.blocks import MODEL_AUTHOR
from gtm_assets.writeback.preview import Origin

#: Characters of a hash that tell versions apart.
HASH = 8
#: Characters of a value: enough to recognise it.
VALUE = 80


def field_label(language: Language, name: str) -> str:
    """What people call a field; the second opener is no part of a preview."""
    return say(language, f"plan.field.{name}" if name == "opener_secondary" else f"preview.part.{name}")


def head_lines(found: PersonLineage, language: Language) -> list[str]:
    """What is said of the person: who, and whether they are still there."""
    company = f" ({say(language, 'lineage.company', company=found.contact_id)})" if found.contact_id else ""
    lines = [say(language, "lineage.title", person=f"{found.person_id}{company}")]
    if not found.read:
        lines.append(say(language, "lineage.erased"))
    if found.gone_at is not None:
        lines.append(say(language, "lineage.gone", at=moment(language, found.gone_at)))
    return lines


def field_lines(field: FieldLineage, language: Language, told: Sequence[int]) -> list[str]:
    """One field: what stands there and since when, and the text it is from; a text among ``told`` is only named."""
    state = say(language, f"preview.state.{field.state}")
    lines = [f"{state}: {phrase(language, field.reason)}" if field.reason else state]
    written = field.written
    if written is None:
        return lines
    if field.state != "in_crm":
        lines.append(say(language, "lineage.was_written"))
    lines.append(_start(written.value))
    if written.confirmed_at is not None:
        at = moment(language, written.confirmed_at)
        lines.append(say(language, "lineage.written", at=at, ledger=written.ledger_id, guard=written.guard))
    if written.text is None:
        return [*lines, say(language, "lineage.no_text")]
    in_full = written.text.block_id not in told
    lines += _text_lines(written.text, language) if in_full else origin_lines(written.text.origin, language)[:1]
    if written.same_in_newest:
        lines.append(say(language, "lineage.same_in_newest"))
    return lines + list(_evidence(written.text, field.field, language))


def earlier_row(written: Written, language: Language) -> tuple[str, ...]:
    """A value that is not the newest of its field any more: ledger entry, field, value, when, text, reviewer."""
    text = written.text
    return (
        str(written.ledger_id),
        field_label(language, written.field),
        _start(written.value) or say(language, "lineage.taken_away"),
        moment(language, written.confirmed_at) if written.confirmed_at else "",
        name_of(text.origin, language) if text else "",
        _review(text.origin) if text else "",
    )


def page_lines(found: PageLineage, language: Language) -> list[str]:
    """A row in sentences: which version it is, and how many carry its words."""
    page = found.page
    at = moment(language, page.changed_at)
    lines = [say(language, "lineage.page_version", name=page.name, version=page.row_hash[:HASH], at=at), page.url]
    if not page.active:
        lines.append(say(language, "lineage.page_inactive"))
    outdated = len(found.outdated("Person")) + len(found.outdated("Contact"))
    persons, companies = len(found.ids("Person")), len(found.ids("Contact"))
    if persons or companies:
        lines.append(say(language, "lineage.totals", persons=persons, companies=companies, outdated=outdated))
        counts = ", ".join(f"{field_label(language, name)} {count}" for name, count in found.per_field().items())
        lines.append(say(language, "lineage.per_field", counts=counts))
    else:
        lines.append(say(language, "lineage.nobody" if found.texts else "lineage.no_texts"))
    if found.unknown_texts:
        persons, companies = found.unknown_persons, found.unknown_companies
        lines.append(
            say(language, "lineage.unknown_texts", count=found.unknown_texts, persons=persons, companies=companies)
        )
    return [line for line in lines if line]


def page_title(found: PageLineage, language: Language) -> str:
    """Which row it is about."""
    what = say(language, f"lineage.source.{found.page.database}", key=found.page.key)
    return say(language, "lineage.page_title", what=what)


def text_row(text: PageText, found: PageLineage, language: Language) -> tuple[str, ...]:
    """One version of a text: which, where it stands, the row's version, how many carry it."""
    state = say(language, f"lineage.state.{text.state}")
    if not text.newest:
        state = f"{say(language, 'lineage.state.earlier')}, {state}"
    counts = str(len(text.ids("Person"))), str(len(text.ids("Contact")))
    return name_of(text, language), state, row_version(text.row_hash, found, language), *counts


def carrier_rows(found: PageLineage, language: Language) -> Iterator[tuple[str, ...]]:
    """One row a record and text: who carries which fields of it, and which version of the row they rest on."""
    for text in found.texts:
        for carriers in text.carriers:
            fields = ", ".join(field_label(language, name) for name in carriers.fields)
            for i in carriers.ids:
                record = say(language, f"lineage.{carriers.entity}", id=i)
                yield record, fields, name_of(text, language), row_version(carriers.row_hash, found, language)


def name_of(text: PageText | Origin, language: Language) -> str:
    """Which version of which text, as a preview names it."""
    return say(language, f"preview.origin.{text.kind}", key=text.key, version=text.version)


def row_version(row_hash: str, found: PageLineage, language: Language) -> str:
    """A version of the row, and whether it is today's."""
    current = row_hash == found.page.row_hash
    return say(language, f"lineage.{'current' if current else 'outdated'}", version=row_hash[:HASH])


def _review(origin: Origin) -> str:
    return "" if origin.review_id is None else f"{origin.review_id}: {origin.verdict} {origin.reviewer}"


def _text_lines(text: Text, language: Language) -> list[str]:
    author = say(language, "lineage.model") if text.author == MODEL_AUTHOR else text.author
    lines = [
        *origin_lines(text.origin, language),
        say(language, "lineage.content", hash=text.content_hash[:HASH], author=author),
    ]
    if text.origin.review_id is not None:
        lines.append(say(language, "lineage.review", review=text.origin.review_id))
    if text.passed:
        lines.append(say(language, "lineage.passed"))
    lines += [_input(row, language) for row in text.inputs] or [say(language, "lineage.inputs_unknown")]
    if text.calls and text.price is None:
        lines.append(say(language, "lineage.cost_in_several", count=text.calls))
    elif text.calls:
        price = f"{text.price:.6f}".rstrip("0").rstrip(".")
        lines.append(say(language, "lineage.cost", count=text.calls, price=price, currency=text.currency))
    return lines


def _input(row: Input, language: Language) -> str:
    what = say(language, f"lineage.source.{row.source}", key=row.key)
    form = "current" if row.is_current else ("removed" if row.current_hash is None else "outdated")
    hashes = {"version": row.row_hash[:HASH], "current": (row.current_hash or "")[:HASH]}
    line = say(language, f"lineage.input_{form}", what=what, **hashes)
    inactive = "" if row.active or row.current_hash is None else say(language, "lineage.input_inactive")
    return " ".join(filter(None, (f"{line}; {inactive}" if inactive else line, row.url)))


def _evidence(text: Text, field: str, language: Language) -> Iterator[str]:
    for each in text.evidence:
        if each.get("field") == field:
            span = each.get("span", "")
            yield say(language, "lineage.evidence", span=f"„{span}“" if language == "de" else f'"{span}"')


def _start(value: str) -> str:
    return value if len(value) <= VALUE else f"{value[: VALUE - 1].rstrip()}…"
