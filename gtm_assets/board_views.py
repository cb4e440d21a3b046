"""The board, one account and one person as the terminal shows them, and as JSON. Renderables from values; no decisions, no queries.

The shapes of the JSON are published in ``docs/board.md``: names stay, new ones may come. What belongs elsewhere: the values
(``gtm_assets.monitoring``), the options (``gtm_assets.commands.board``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gtm_assets import reporting
from gtm_assets.monitoring.account import Account, FieldValue, Person, PlannedField, Write
from gtm_assets.monitoring.board import NEEDS_A_PERSON, Line

#: Yellow and blinking while in work, green when done (S0-047).
STYLES: Mapping[str, str] = {
    "failed": "bold red",
    "conflict": "dark_orange",
    "waiting for review": "magenta",
    "enriching": "blink yellow",
    "syncing": "blink yellow",
    "received": "default",
    "planned": "blue",
    "skipped": "dim",
    "completed": "green",
}
_REASON_CHARACTERS = 240


def phase_text(phase: str) -> Text:
    """A phase in its colour."""
    return Text(phase, style=STYLES.get(phase, ""))


def summary(counts: Mapping[str, int]) -> Text:
    """How many accounts stand where; phases nobody is in are left out."""
    parts = [Text(f"{count} {phase}", style=STYLES.get(phase, "")) for phase, count in counts.items() if count]
    return Text("The board: ") + Text(", ").join(parts)


def board_table(counts: Mapping[str, int], lines: Sequence[Line], *, narrowed: bool = False) -> RenderableType:
    """The board; it says of how many accounts it shows the first. ``narrowed``: somebody asked for some of them only."""
    total = sum(counts.values())
    if not lines:
        why = "The board: no account yet. The first pass (`gtm up` or `gtm once`) reads all companies."
        return Text("No account answers this." if narrowed else why)
    table = Table(title=summary(counts), title_justify="left", title_style="")
    for head in ("Account", "Phase", "Why, and what to do", "Time"):
        table.add_column(head, overflow="fold", justify="right" if head == "Time" else "left")
    for line in lines:
        table.add_row(
            Text(f"{line.contact_id} {line.account}".strip()),
            phase_text(line.phase),
            _why(line),
            reporting.duration(line.times.total),
        )
    if len(lines) == total:
        return table
    more = f"The first {len(lines)} of {total}. More with --limit, fewer with --phase, --kind or --search."
    return Group(table, Text(more, style="dim"))


def kinds_line(kinds: Mapping[tuple[str, str], int]) -> str:
    """How often each sort of reason stands on the board."""
    return ", ".join(
        f"{count} {kind}" if kind == phase else f"{count} {phase}: {kind}" for (phase, kind), count in kinds.items()
    )


def _why(line: Line) -> Text:
    text = Text(reporting.shorten(line.reason or f"because of: {line.because}", _REASON_CHARACTERS))
    if line.phase in NEEDS_A_PERSON and line.what_to_do:
        text.append(f"\n→ {line.what_to_do}", style="bold")
    return text


def account_page(account: Account) -> RenderableType:
    """One account in full."""
    line = account.line
    head = _facts(
        [
            ("Phase", phase_text(line.phase)),
            ("Why", line.reason),
            ("Kind", line.kind),
            ("What to do", Text(line.what_to_do, style="bold")),
            ("Because of", line.because),
            ("Times", _times(line)),
            ("Attempts", str(line.attempts or "")),
            ("Comes again", _moment(line.due_at)),
            ("Website", account.url),
            ("Vertical", _vertical(account)),
        ]
    )
    title = Text(f"{line.contact_id} {line.account}", style="bold")
    parts: list[RenderableType] = [title, head, *_links(account.links)]
    parts += _section("People", _people(account.persons), "The engine knows nobody who works there.")
    parts += _section("Would be written, and is not", plan_table(account.plan), "Nothing: there is no open plan.")
    parts += _kept(account.kept)
    parts += _section("Written last", writes_table(account.writes), "Nothing was ever written to this account.")
    return Group(*parts)


def person_page(
    person: Person, line: Line | None, plan: Sequence[PlannedField], kept: Mapping[str, str], writes: Sequence[Write]
) -> RenderableType:
    """One person in full, with the account's line."""
    account = Text(f"{person.contact_id} {line.account} — " if line else str(person.contact_id))
    facts = _facts(
        [
            ("Account", account + phase_text(line.phase) if line else account),
            ("Title", person.title),
            ("Persona", person.persona or "unknown"),
            ("Because of", person.persona_reason),
            ("Campaign", person.campaign),
            ("Text", person.level or "not planned yet"),
            ("Why", person.level_reason),
            ("In the CRM", "no longer" if person.gone else ""),
        ]
    )
    parts: list[RenderableType] = [Text(f"Person {person.person_id} {person.name}", style="bold"), facts]
    parts += _links({"crm": person.link})
    parts += _section("Carries by our hand", _carries(person.carries), "Nothing that the engine wrote.")
    parts += _section("Would be written, and is not", plan_table(plan), "Nothing: there is no open plan.")
    parts += _kept(kept)
    parts += _section("Written last", writes_table(writes), "Nothing was ever written to this person.")
    return Group(*parts)


def _facts(facts: Iterable[tuple[str, str | Text]]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, value if isinstance(value, Text) else escape(value))
    return table


def _links(links: Mapping[str, str]) -> list[RenderableType]:
    """Links, each on a line of its own that is never broken: a piece of an address leads nowhere."""
    return [
        Text(f"{name:8}{link}", style=f"link {link}" if "://" in link else "", no_wrap=True, overflow="ignore")
        for name, link in links.items()
        if link
    ]


def _section(title: str, table: Table, nothing: str) -> list[RenderableType]:
    body: RenderableType = table if table.row_count else Text(nothing, style="dim")
    return [Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2))]


def _kept(kept: Mapping[str, str]) -> list[RenderableType]:
    if not kept:
        return []
    table = _table("Field", "Why")
    for name, why in kept.items():
        table.add_row(escape(name), escape(why))
    return [Text("\nStays as it is", style="bold"), Padding(table, (0, 0, 0, 2))]


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _people(persons: Sequence[Person]) -> Table:
    table = _table("Person", "Title", "Persona", "Text", "Why")
    for person in persons:
        table.add_row(
            escape(f"{person.person_id} {person.name}"),
            escape(person.title),
            escape(person.persona or "unknown"),
            person.level or "not planned yet",
            escape(person.level_reason or ("" if person.persona else person.persona_reason)),
        )
    return table


def plan_table(plan: Sequence[PlannedField]) -> Table:
    """Fields that would be written."""
    table = _table("Record", "Field", "Now", "Would be")
    for change in plan:
        record = f"{change.entity} {change.entity_id}"
        table.add_row(record, change.name, escape(change.now or "—"), escape(change.would_be or "—"))
    return table


def writes_table(writes: Sequence[Write]) -> Table:
    """PATCH requests, the newest first."""
    table = _table("When (UTC)", "Record", "Fields", "End")
    for write in writes:
        end = Text(write.status, style="green" if write.status == "confirmed" else "yellow")
        if write.error:
            end.append(f"\n{write.error}", style="dim")
        table.add_row(_moment(write.at), f"{write.entity} {write.entity_id}", ", ".join(write.fields), end)
    return table


def _carries(values: Sequence[FieldValue]) -> Table:
    table = _table("Field", "Value", "Since (UTC)", "From")
    for value in values:
        table.add_row(value.name, escape(value.value), _moment(value.at), escape(value.block))
    return table


def _vertical(account: Account) -> str:
    if not account.vertical:
        return f"unknown: {account.vertical_reason}" if account.vertical_reason else ""
    words = f", because it says: {' … '.join(account.evidence)}" if account.evidence else ""
    source = {"human": "chosen in the CRM", "model": f"from the website{words}"}.get(account.vertical_source, "")
    return f"{account.vertical} ({source})" if source else account.vertical


def _times(line: Line) -> str:
    times = line.times
    named = (("waited", times.waited), ("enriching", times.enriching), ("syncing", times.syncing))
    parts = ", ".join(f"{name} {reporting.duration(seconds)}" for name, seconds in named if seconds is not None)
    return f"{reporting.duration(times.total)} ({parts})" if parts else reporting.duration(times.total)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


# --- JSON -------------------------------------------------------------------------------------------------------------------------


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def line_json(line: Line, links: Mapping[str, str]) -> dict[str, Any]:
    """One account of the board."""
    return {
        "contact_id": line.contact_id,
        "account": line.account,
        "phase": line.phase,
        "kind": line.kind,
        "reason": line.reason,
        "what_to_do": line.what_to_do,
        "because": line.because,
        "attempts": line.attempts,
        "seconds": asdict(line.times),
        "received_at": _iso(line.received_at),
        "ended_at": _iso(line.ended_at),
        "comes_again_at": _iso(line.due_at),
        "run_id": line.run_id,
        "links": dict(links),
    }


def board_json(
    now: datetime,
    counts: Mapping[str, int],
    kinds: Mapping[tuple[str, str], int],
    lines: Iterable[tuple[Line, Mapping[str, str]]],
) -> dict[str, Any]:
    """The board."""
    shown = [line_json(line, links) for line, links in lines]
    return {
        "as_of": _iso(now),
        "counts": dict(counts),
        "kinds": [{"phase": phase, "kind": kind, "accounts": count} for (phase, kind), count in kinds.items()],
        "of": sum(counts.values()),
        "shown": len(shown),
        "accounts": shown,
    }


def account_json(account: Account) -> dict[str, Any]:
    """One account in full."""
    return {
        **line_json(account.line, account.links),
        "website": account.url,
        "vertical": {
            "key": account.vertical or None,
            "decided_by": account.vertical_source,
            "reason": account.vertical_reason,
            "evidence": list(account.evidence),
        },
        "carries": [_value_json(value) for value in account.carries],
        "persons": [person_json(person) for person in account.persons],
        "plan": [asdict(change) for change in account.plan],
        "kept": dict(account.kept),
        "writes": [_write_json(write) for write in account.writes],
    }


def person_json(person: Person) -> dict[str, Any]:
    """One person."""
    return {
        "person_id": person.person_id,
        "contact_id": person.contact_id,
        "name": person.name,
        "title": person.title,
        "campaign": person.campaign,
        "persona": person.persona or None,
        "persona_reason": person.persona_reason,
        "level": person.level or None,
        "level_reason": person.level_reason,
        "gone": person.gone,
        "carries": [_value_json(value) for value in person.carries],
        "link": person.link,
    }


def person_page_json(
    person: Person,
    line: Line | None,
    links: Mapping[str, str],
    plan: Sequence[PlannedField],
    kept: Mapping[str, str],
    writes: Sequence[Write],
) -> dict[str, Any]:
    """One person in full, with the account's line."""
    return {
        **person_json(person),
        "account": line_json(line, links) if line else None,
        "plan": [asdict(change) for change in plan],
        "kept": dict(kept),
        "writes": [_write_json(write) for write in writes],
    }


def _value_json(value: FieldValue) -> dict[str, Any]:
    return {"field": value.name, "value": value.value, "since": _iso(value.at), "from": value.block}


def _write_json(write: Write) -> dict[str, Any]:
    fields = {name: {"before": before, "after": after} for name, (before, after) in write.fields.items()}
    return {**asdict(write), "at": _iso(write.at), "fields": fields}
