"""Coverage in words: its headline, what to do next, and rows of tables, in German or English. Pure.

What belongs elsewhere: the numbers (``coverage``), Dagster (``coverage_page``), the terminal (``gtm_assets.commands.coverage``).
"""

from __future__ import annotations

import re
import shlex

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.language import say
from gtm_assets.monitoring.coverage import APART, NO_CELL, CellCoverage, Coverage, tag
from gtm_assets.settings import Language

#: Campaigns whose missing texts are named with a command each.
_CAMPAIGNS_NAMED = 8


def headline(coverage: Coverage, language: Language) -> str:
    """How many persons have an approved text."""
    total = coverage.summary()
    if total.percent is None:
        return say(language, "coverage.nobody")
    percent = number(total.percent, language)
    return say(language, "coverage.title", covered=total.covered, addressed=total.addressed, percent=percent)


def number(value: float, language: Language) -> str:
    """A number with one decimal, as people write it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language == "de" else text


def why_empty(coverage: Coverage, language: Language) -> str:
    """Why there is no cell at all, and what to do; empty where there are some."""
    if coverage.cells:
        return ""
    outline = coverage.outline
    if not outline.was_read:
        return say(language, "coverage.never_read")
    return say(language, "coverage.no_vertical" if outline.personas else "coverage.no_persona")


def campaign_name(coverage: Coverage, key: str, language: Language) -> str:
    """What people call a campaign; ``Standard text`` for those without one."""
    if key == STANDARD_CAMPAIGN:
        return say(language, "coverage.standard")
    return coverage.outline.campaigns[key].name


def next_steps(coverage: Coverage, language: Language) -> list[str]:
    """What to do next, what people wait for first; commands stand in backticks."""
    if not coverage.cells:
        return [why_empty(coverage, language)]
    states = coverage.summary().states
    steps = [say(language, "coverage.next_waiting", count=states["waiting"])] if states["waiting"] else []
    steps += _missing(coverage, language)
    steps += [
        say(language, f"coverage.next_{state}", count=states[state])
        for state in ("lapsed", "rejected", "failed_rules")
        if states[state]
    ]
    people = {
        "persona": coverage.no_cell.get("persona_unknown", 0) + coverage.no_cell.get("both_unknown", 0),
        "vertical": coverage.no_cell.get("vertical_unknown", 0) + coverage.no_cell.get("both_unknown", 0),
        "unknown_campaigns": sum(coverage.unknown_campaigns.values()),
        "due": coverage.due,
    }
    steps += [say(language, f"coverage.next_{what}", count=count) for what, count in people.items() if count]
    if not coverage.chosen and not coverage.persons:
        steps.append(say(language, "coverage.no_person"))
    return steps or [say(language, "coverage.next_nothing")]


def _missing(coverage: Coverage, language: Language) -> list[str]:
    steps = []
    for key in coverage.campaigns:
        missing = coverage.summary(key).states["missing"]
        if not missing:
            continue
        if key == STANDARD_CAMPAIGN:
            steps.append(say(language, "coverage.next_missing", count=missing))
        elif len(steps) <= _CAMPAIGNS_NAMED:
            name = campaign_name(coverage, key, language)
            command = f"gtm backfill campaign {quoted(tag(coverage.outline, key))}"
            steps.append(say(language, "coverage.next_campaign", name=name, command=command, count=missing))
    return steps


def quoted(text: str) -> str:
    """A tag as it is typed in a terminal: in double quotes, unless the shell would read something into it."""
    return shlex.quote(text) if re.search(r'["$`\\!]', text) else f'"{text}"'


def campaign_rows(coverage: Coverage, language: Language) -> list[tuple[str, ...]]:
    """A row a campaign: name, texts approved, persons, with approved text, falling back."""
    rows: list[tuple[str, ...]] = []
    for key in coverage.campaigns:
        found = coverage.summary(key)
        percent = "" if found.percent is None else f" ({number(found.percent, language)} %)"
        rows.append(
            (
                campaign_name(coverage, key, language),
                f"{found.states['approved']} / {found.cells}",
                str(found.addressed),
                f"{found.covered}{percent}",
                "—" if key == STANDARD_CAMPAIGN else str(found.falling_back),
            )
        )
    return rows


def campaign_headers(language: Language) -> tuple[str, ...]:
    """Headings of :func:`campaign_rows`."""
    names = ("campaign_head", "approved", "persons", "covered", "falling_back")
    return tuple(_capital(say(language, f"coverage.{name}")) for name in names)


def everybody_rows(coverage: Coverage, language: Language) -> list[tuple[str, int]]:
    """Where every living person is: they add up to the last row, all but the one that begins with an arrow."""
    total = coverage.summary()
    rows = [(say(language, "coverage.place_covered"), total.covered)]
    if total.falling_back:
        rows.append((f"↳ {say(language, 'coverage.place_back')}", total.falling_back))
    rows.append((say(language, "coverage.place_without_text"), total.without_text))
    rows += [(say(language, f"coverage.{reason}"), n) for reason in NO_CELL if (n := coverage.no_cell.get(reason, 0))]
    rows += [(say(language, f"coverage.{reason}"), n) for reason in APART if (n := coverage.apart.get(reason, 0))]
    return [*rows, (say(language, "coverage.total"), coverage.persons)]


def open_cells(coverage: Coverage) -> list[CellCoverage]:
    """Cells that are not approved, those with most people behind them first; campaigns with neither text nor person are left out."""
    bare = {key for key in coverage.campaigns if key != STANDARD_CAMPAIGN and coverage.is_bare(key)}
    return sorted(
        (cell for cell in coverage.cells if cell.state != "approved" and cell.campaign_key not in bare),
        key=lambda cell: (-cell.persons, coverage.campaigns.index(cell.campaign_key), cell.vertical_key),
    )


def cell_headers(language: Language) -> tuple[str, ...]:
    """Headings of :func:`cell_row`. Few columns: Dagster shows a short table in the page itself, where there is little room."""
    return tuple(_capital(say(language, f"coverage.{name}")) for name in ("text", "campaign_head", "state", "persons"))


def cell_row(coverage: Coverage, cell: CellCoverage, language: Language) -> tuple[str, ...]:
    """One cell: persona × vertical, campaign, state, persons with those who fall back."""
    return (
        f"{coverage.outline.personas[cell.persona_key]} × {coverage.outline.verticals[cell.vertical_key]}",
        campaign_name(coverage, cell.campaign_key, language),
        say(language, f"coverage.{cell.state}"),
        f"{cell.persons} ↩{cell.falling_back}" if cell.falling_back else str(cell.persons),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
