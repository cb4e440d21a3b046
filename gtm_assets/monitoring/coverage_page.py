"""Coverage as Dagster shows it: the picture with words around it, a table of what is open, numbers that become lines over time.

It also says when it is logged by itself: pictures stay in the event log for ever. What belongs elsewhere: the numbers (``coverage``,
``coverage_counts``), the words (``coverage_words``), drawing (``coverage_picture``).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import dagster as dg

from gtm_assets import reporting
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.language import say
from gtm_assets.monitoring import coverage_counts, coverage_picture, coverage_words
from gtm_assets.monitoring.coverage import CellCoverage, Coverage
from gtm_assets.settings import Language, Settings
from resources.analytics.engine import Analytics
from resources.store.store import Store, get_cursor, set_cursor, stable_hash, utc_now

ASSET = "coverage"
#: Rows of the table of open cells; `gtm coverage` has all.
SHOWN = 50
#: Where only persons moved, and few of them, it is logged at most this often.
EVERY = timedelta(hours=1)
#: Share of all persons that has to move to be logged at once.
_MANY = 0.02
_LOGGED = "coverage.logged"


def metadata(coverage: Coverage, language: Language) -> dict[str, Any]:
    """Coverage as asset metadata."""
    total = coverage.summary()
    found: dict[str, Any] = {"coverage": dg.MetadataValue.md(page(coverage, language))}
    cells = coverage_words.open_cells(coverage)
    if cells:
        found["open_texts"] = dg.MetadataValue.md(_open_table(coverage, cells, language))
    if total.percent is not None:
        found["percent_covered"] = total.percent
    for key in coverage.campaigns:
        percent = coverage.summary(key).percent
        if percent is not None:
            found[f"percent_covered_{key}"] = percent
    names = {"rejected": "rejected_by_reviewer", "failed_rules": "rejected_by_rules"}
    found |= {f"texts_{names.get(state, state)}": count for state, count in total.states.items()}
    return found | {
        "persons": coverage.persons,
        "persons_covered": total.covered,
        "persons_falling_back": total.falling_back,
        "persons_without_text": total.without_text,
        "persons_without_cell": total.without_cell,
        "persons_not_addressed": sum(coverage.apart.values()),
    }


def page(coverage: Coverage, language: Language) -> str:
    """What to do next, the picture, and two small tables, in Markdown."""
    title = coverage_words.headline(coverage, language)
    steps = [f"- {_plain(step)}" for step in coverage_words.next_steps(coverage, language)]
    parts = [f"**{title}**", f"**{say(language, 'coverage.next')}**", "\n".join(steps)]
    if coverage.cells:
        parts.append(f"![{title}]({picture_address(coverage, language)})")
        rows = [tuple(_plain(cell) for cell in row) for row in coverage_words.campaign_rows(coverage, language)]
        parts.append(str(reporting.table(coverage_words.campaign_headers(language), rows).value))
        if not coverage.outline.campaigns:
            parts.append(say(language, "coverage.no_campaign"))
    if coverage.persons:
        parts.append(f"**{say(language, 'coverage.everybody')}**")
        headers = ("", say(language, "coverage.persons"))
        parts.append(str(reporting.table(headers, coverage_words.everybody_rows(coverage, language)).value))
    return "\n\n".join(parts)


def picture_address(coverage: Coverage, language: Language) -> str:
    """The picture as a ``data:`` address."""
    picture = coverage_picture.draw(
        coverage,
        language,
        coverage_words.headline(coverage, language),
        coverage_words.why_empty(coverage, language),
        form="WEBP",
    )
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def _open_table(coverage: Coverage, cells: list[CellCoverage], language: Language) -> str:
    rows = []
    for cell in cells[:SHOWN]:
        text, campaign, state, persons = coverage_words.cell_row(coverage, cell, language)
        rows.append((f"[{_plain(text)}]({_cell_page(cell)})", _plain(campaign), state, persons))
    shown = say(language, "coverage.shown", shown=len(rows), count=len(cells))
    return f"{shown}\n\n{reporting.table(coverage_words.cell_headers(language), rows).value}"


def _cell_page(cell: CellCoverage) -> str:
    """The page of the partition that holds a cell."""
    if cell.campaign_key == STANDARD_CAMPAIGN:
        return f"/assets/marketing_matrix?view=partitions&partition={quote(cell.key)}"
    return f"/assets/campaign_matrix?view=partitions&partition={quote(f'{cell.campaign_key}|{cell.vertical_key}')}"


def _plain(text: str) -> str:
    """Names as they are written; backticks around commands stay."""
    return "`".join(part if place % 2 else reporting.plain(part) for place, part in enumerate(text.split("`")))


# --- when it is logged ------------------------------------------------------------------------------------------------


def materialize(store: Store, analytics: Analytics, settings: Settings) -> dict[str, Any]:
    """Coverage as of now, as metadata, whatever was logged before."""
    coverage = coverage_counts.load(store, analytics, settings.gemini_model)
    found = metadata(coverage, settings.gtm_language)
    _remember(store, coverage, settings.gtm_language, utc_now())
    return found


def log_if_changed(
    store: Store,
    analytics: Analytics,
    settings: Settings,
    log_event: Callable[[Any], None],
    now: datetime | None = None,
) -> bool:
    """Log coverage where it changed since it was last logged; answers whether it did.

    At once where a text changed its state, a row of Notion came or went, or many persons moved; else at most once in :data:`EVERY`.
    """
    moment = now or utc_now()
    coverage = coverage_counts.load(store, analytics, settings.gemini_model)
    with store.read() as connection:
        logged = get_cursor(connection, _LOGGED)
    if logged and not _is_worth_it(logged, coverage, settings.gtm_language, moment):
        return False
    log_event(dg.AssetMaterialization(ASSET, metadata=metadata(coverage, settings.gtm_language)))
    _remember(store, coverage, settings.gtm_language, moment)
    return True


def _is_worth_it(logged: Mapping[str, Any], coverage: Coverage, language: Language, now: datetime) -> bool:
    if logged["texts"] != _texts(coverage, language):
        return True
    before, after = logged["persons"], _persons(coverage)
    if before == after:
        return False
    moved = sum(abs(before.get(place, 0) - after.get(place, 0)) for place in before.keys() | after.keys())
    # Who moves leaves one place and comes to another.
    if moved / 2 >= _MANY * coverage.persons:
        return True
    return now - datetime.fromisoformat(logged["at"]) >= EVERY


def _remember(store: Store, coverage: Coverage, language: Language, now: datetime) -> None:
    value = {"at": now.isoformat(), "texts": _texts(coverage, language), "persons": _persons(coverage)}
    with store.write() as connection:
        set_cursor(connection, _LOGGED, value)


def _texts(coverage: Coverage, language: Language) -> str:
    outline = coverage.outline
    names = [outline.personas, outline.verticals, {key: (row.name, row.tag) for key, row in outline.campaigns.items()}]
    return stable_hash([language, *names, [(cell.key, cell.state) for cell in coverage.cells]])


def _persons(coverage: Coverage) -> dict[str, int]:
    """How many persons are in each place, empty ones left out."""
    places: dict[str, int] = dict([*coverage.apart.items(), *coverage.no_cell.items()])
    for cell in coverage.cells:
        places |= {
            f"{cell.key}:own": cell.own,
            f"{cell.key}:back": cell.falling_back,
            f"{cell.key}:none": cell.without_text,
        }
    return {place: count for place, count in places.items() if count}


SPEC = dg.AssetSpec(
    ASSET,
    deps=["marketing_matrix", "campaign_matrix", "persons"],
    metadata=reporting.columns(
        text="string: persona × vertical, links to the page of the text",
        campaign="string: the campaign's name, or the standard text",
        state="string: approved, waiting, rejected by a reviewer or by the rules, lapsed, missing",
        persons="string: persons behind the text; after ↩ those who get the standard text instead of their campaign's",
    ),
)
