"""The board, one account and one person as the terminal shows them. Renderables from values; no decisions, no queries.

What belongs elsewhere: the values (``gtm_assets.monitoring``), the same as JSON (``board_json``), the options
(``gtm_assets.commands.board``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gtm_assets import reporting
from gtm_assets.monitoring.account import Account, FieldValue, Person
from gtm_assets.monitoring.board import NEEDS_A_PERSON, Line
from gtm_assets.monitoring.plans import PlannedRecord, kept_fields
from gtm_assets.monitoring.writes import Write

#: Yellow and blinking while in work, green when done.
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
    parts += _kept(kept_fields(account.plan))
    parts += _section("Written last", writes_table(account.writes), "Nothing was ever written to this account.")
    return Group(*parts)


def person_page(
    person: Person, line: Line | None, plan: Sequence[PlannedRecord], writes: Sequence[Write]
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
    parts += _kept(kept_fields(plan))
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


def plan_table(plan: Sequence[PlannedRecord]) -> Table:
    """Fields that would be written."""
    table = _table("Record", "Field", "Now", "Would be")
    for record in plan:
        head = f"{record.entity} {record.entity_id}"
        for name, change in record.fields.items():
            table.add_row(head, name, escape(change.now or "—"), escape(change.would_be or "—"))
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


def changes_page(writes: Sequence[Write]) -> RenderableType:
    """PATCH requests, the newest first: each with its fields, what stood there and what was written."""
    parts: list[RenderableType] = []
    for write in writes:
        head = Text(f"{_moment(write.at)} UTC  {write.entity} {write.entity_id}  ", style="bold")
        head.append(write.status, style="green" if write.status == "confirmed" else "yellow")
        if write.error:
            head.append(f"\n{write.error}", style="not bold dim")
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, style="dim")
        table.add_column()
        for name, (before, after) in write.fields.items():
            table.add_row(name, "was", escape(before or "—"))
            table.add_row("", "now", escape(after or "—"))
        parts += [head, table]
    return Group(*parts)


def _carries(values: Sequence[FieldValue]) -> Table:
    table = _table("Field", "Value", "Since (UTC)", "From")
    for value in values:
        origin = "; ".join(filter(None, (value.block, "edited in the CRM since" if value.edited else "")))
        table.add_row(value.name, escape(value.value), _moment(value.at), escape(origin))
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
