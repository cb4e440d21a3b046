"""A diagnosis and a probe's result for people: one screen, what is wrong last, because that is where people look first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gtm_assets.doctor.findings import Diagnosis, Finding, SettingRow

_MARKS = {
    "ok": "[green]ok[/green]",
    "remark": "[yellow]remark[/yellow]",
    "wrong": "[bold red]WRONG[/bold red]",
    "unknown": "[dim]not seen[/dim]",
}
_SETTLED = {"yes": "[green]settled[/green]", "partly": "[yellow]partly[/yellow]", "no": "[dim]open[/dim]"}


def diagnosis_screen(diagnosis: Diagnosis) -> RenderableType:
    """The whole screen."""
    parts: list[RenderableType] = [_settings(diagnosis.settings)]
    if diagnosis.fields:
        parts += ["", fields_table(diagnosis.fields)]
    if diagnosis.probe is not None:
        parts += ["", _brief_answers(diagnosis.probe)]
    parts += ["", _findings(diagnosis.findings), "", verdict(diagnosis)]
    return Group(*parts)


def verdict(diagnosis: Diagnosis) -> Text:
    """The last line."""
    wrong = len(diagnosis.wrong)
    remarks = sum(finding.status == "remark" for finding in diagnosis.findings)
    also = f"; {_counted(remarks, 'remark')}" if remarks else ""
    if not wrong:
        return Text(f"Nothing is wrong{also}.", style="bold green")
    return Text(f"{_counted(wrong, 'thing')} {'is' if wrong == 1 else 'are'} wrong{also}.", style="bold red")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, overflow="fold", header_style="dim")
    return table


def _settings(rows: Iterable[SettingRow]) -> RenderableType:
    table = _table("Settings", ("Variable", "Value", "From"))
    at_default, unset = [], []
    for row in rows:
        if row.source == "not set" and not row.note:
            unset.append(row.name)
        elif row.source == "default" and not row.note:
            at_default.append(f"{row.name}={row.shown or '(empty)'}")
        else:
            table.add_row(
                row.name,
                escape(row.shown),
                row.source + (f" [yellow](!) {escape(row.note)}[/yellow]" if row.note else ""),
            )
    parts: list[RenderableType] = [table] if table.row_count else [Text("Settings", style="bold")]
    if at_default:
        parts.append(Text(f"By default: {', '.join(at_default)}"))
    if unset:
        parts.append(Text(f"Not set: {', '.join(unset)}"))
    return Group(*parts)


def fields_table(fields: Iterable[Mapping[str, Any]]) -> Table:
    """Which field of the CRM plays which role; ``fields`` are :class:`gtm_assets.crm.fields.CrmField` as dictionaries."""
    table = _table("Fields of the tenant", ("Role", "Entity", "ProgId", "Label", "Type", "Characters", "Found by"))
    for row in fields:
        length = str(row["text_length"] or "")
        table.add_row(
            row["role"],
            row["entity"],
            row["prog_id"],
            escape(row["label"]),
            row["field_type"],
            length,
            row["matched_by"],
        )
    return table


def _findings(findings: Iterable[Finding]) -> Table:
    table = _table("Findings", ("", "", "", ""))
    table.show_header = False
    last = ""
    for finding in findings:
        said = Text(finding.said)
        if finding.to_do and finding.status != "ok":
            said.append(f"\n→ {finding.to_do}", style="bold" if finding.status == "wrong" else "")
        table.add_row(finding.area if finding.area != last else "", _MARKS[finding.status], finding.name, said)
        last = finding.area
    return table


def _brief_answers(result: Mapping[str, Any]) -> Table:
    """One line a point."""
    table = _table(
        f"What the tenant does (probe of {result['at'][:10]}; gtm doctor --json has the whole of it)", ("", "")
    )
    table.show_header = False
    points: dict[int, list[str]] = {}
    for answer in result["answers"]:
        if answer["brief"]:
            points.setdefault(answer["point"], []).append(answer["brief"])
    for point, said in points.items():
        table.add_row(str(point), escape("; ".join(said)))
    return table


def answers_table(result: Mapping[str, Any]) -> Table:
    """What a probe has found out, point by point; the numbers are those of ``docs/doctor.md``."""
    title = f"What the tenant does (probe of {result['at'][:10]}, person {result['person_id']}, guard level {result['guard']})"
    table = _table(title, ("", "", "Question", "Answer"))
    for answer in result["answers"]:
        table.add_row(
            str(answer["point"]), _SETTLED[answer["settled"]], escape(answer["question"]), escape(answer["answer"])
        )
    return table
