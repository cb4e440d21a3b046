"""A million persons and the matrix: how long it takes to say who gets which text, and that it is the same text a batch would choose.

``python -m benchmarks.matrix`` prints a Markdown section for ``RESULTS.md``. What is measured is the product's own answer, coverage: one
DuckDB query over all persons, then a rule for each group of persons who are alike. It is compared with what :func:`choose_cell` answers for
every single person. What belongs elsewhere: marketing's rows (``tenant``).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import tenant
from benchmarks.engine import opened
from benchmarks.measuring import Measured, Row, apart, measured, section
from benchmarks.slow_sandbox import slow_sandbox
from gtm_assets import clients
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.knowledge.sync import take_over
from gtm_assets.monitoring import coverage_counts
from gtm_assets.monitoring.coverage import CellCoverage, Coverage
from gtm_assets.texts import blocks
from gtm_assets.texts.choice import choose_cell
from gtm_assets.texts.matrix import Cell, cell_key, load_cells
from gtm_assets.texts.models import Finding
from resources.store import schema
from resources.store.store import Store, stable_hash
from sandbox.data import knowledge as sample

PERSONS, QUICK_PERSONS = 1_000_000, 20_000
PERSONS_EACH = 4
TIMES = 3
#: What people wrote into the campaign field: nothing, a tag as it is and as somebody types it, one that no campaign has.
_TAGS = ("", "", "", sample.CAMPAIGNS[0].tag, f" {sample.CAMPAIGNS[1].tag.upper()} ", "Messe 1999", "standard", "")
_TEXTS = dict.fromkeys(tenant.TEXT_FIELDS, "Für Sie in der Produktionsleitung heißt das stabile Taktzeiten.")
#: Of whom a text is asked for, and what they get: the cell's key and whose it is.
Chosen = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Answers:
    """The product's answers: seconds of the first one, with DuckDB's start, and of the others."""

    coverage: Coverage
    first: float
    others: list[float]
    work: Measured


def main(arguments: list[str] | None = None) -> None:
    """Fill, measure, compare and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as place, slow_sandbox(0.0) as variables:
        os.environ.update(variables)
        folder = Path(place)
        begun = time.perf_counter()
        apart(fill, folder, options.persons)
        filled = time.perf_counter() - begun
        found = apart(answers, folder)
        single = apart(one_by_one, folder)
    chosen = as_chosen(found.coverage.cells)
    assert chosen == single.chosen, f"coverage and choose_cell differ: {(chosen - single.chosen).most_common(5)}"
    said = (
        f"{options.persons} persons of {options.persons // PERSONS_EACH} companies, {len(found.coverage.cells)} cells in every "
        f"state; half of the persons were never planned (filling the store took {filled:.0f} seconds)."
    )
    print(section("the matrix", "benchmarks.matrix", arguments, said, _rows(found, single, chosen)))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix")
    parser.add_argument("--persons", type=int, help=f"how many (default {PERSONS})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PERSONS} persons")
    options = parser.parse_args(arguments)
    options.persons = options.persons or (QUICK_PERSONS if options.quick else PERSONS)
    return options


def _rows(found: Answers, single: OneByOne, chosen: Chosen) -> list[Row]:
    levels = Counter[str]()
    for (_, level), count in chosen.items():
        levels[level] += count
    said = ", ".join(f"{levels[level]} {level}" for level in ("campaign", "standard", "none"))
    grouped = found.coverage
    return [
        (
            f"who gets which text: seconds, median of {TIMES} (first, with DuckDB's start)",
            f"{statistics.median(found.others):.2f} ({found.first:.2f})",
        ),
        ("… peak memory of the process, DuckDB's own not counted, of which before: MB", _memory(found.work)),
        (
            "… persons by level; without a cell; not addressed",
            f"{said}; {sum(grouped.no_cell.values())}; {sum(grouped.apart.values())}",
        ),
        (
            f"the same by `choose_cell`, person by person, {single.persons} persons, the same answer: seconds",
            f"{single.work.seconds:.1f}",
        ),
    ]


def _memory(work: Measured) -> str:
    return f"{work.peak:.0f}, {work.before:.0f}"


def as_chosen(cells: tuple[CellCoverage, ...]) -> Chosen:
    """Coverage in the words of a choice: whoever falls back is behind the standard cell."""
    chosen = Chosen()
    for cell in cells:
        standard = cell_key(cell.persona_key, cell.vertical_key)
        own = "standard" if cell.campaign_key == STANDARD_CAMPAIGN else "campaign"
        chosen[cell.key, own] += cell.own
        chosen[standard, "standard"] += cell.falling_back
        chosen[standard, "none"] += cell.without_text
    return +chosen


# --- rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Person:
    """What is decided about a person by its number alone."""

    number: int

    @property
    def contact_id(self) -> int:
        return self.number // PERSONS_EACH

    @property
    def campaign(self) -> str:
        return _TAGS[self.number * 7 // 5 % len(_TAGS)]

    @property
    def is_planned(self) -> bool:
        return self.number // 11 % 2 == 0

    @property
    def carries(self) -> bool:
        """Whether they carry what was once approved of their cells."""
        return self.is_planned and self.number // 13 % 5 == 0

    def persona(self, keys: list[str]) -> str | None:
        return None if self.number % 23 == 0 else keys[(self.number // 7 + self.number) % len(keys)]


class _Chooser:
    """`choose_cell`, asked once for each combination."""

    def __init__(self, cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self.choose = cache(self._choose)

    def _choose(self, persona: str, vertical: str, campaign: str, *, carries: bool) -> tuple[str, str]:
        standard = cell_key(persona, vertical)
        own = [key for key in self._cells if key == standard or key.startswith(f"{standard}|")]
        choice = choose_cell(persona, vertical, campaign, self._cells, own if carries else ())
        assert choice.cell is not None
        return choice.cell.key, choice.level


def _vertical(contact_id: int, keys: list[str]) -> str | None:
    return None if contact_id % 19 == 0 else keys[contact_id % len(keys)]


def _rows_of_persons(
    persons: int, personas: list[str], verticals: list[str], cells: Mapping[str, Cell]
) -> Iterator[dict[str, Any]]:
    chooser = _Chooser(cells)
    for number in range(PERSONS_EACH, persons + PERSONS_EACH):
        each = _Person(number)
        persona, vertical = each.persona(personas), _vertical(each.contact_id, verticals)
        level = None
        if each.is_planned:
            known = persona is not None and vertical is not None
            level = chooser.choose(persona, vertical, each.campaign, carries=each.carries)[1] if known else "none"
        yield {
            **tenant.person_row(number, each.contact_id),
            "campaign": each.campaign,
            "no_mailing": number % 50 == 0,
            "persona_key": persona,
            "text_level": level,
        }


def _write_cells(store: Store, cells: Mapping[str, Cell]) -> None:
    """Cells in every state, however persona, vertical and campaign are combined."""
    finding = Finding("intro", "too_long", "zu lang")
    with store.write() as connection:
        for place, cell in enumerate(cells.values()):
            state = ("approved", "waiting", "approved", "rejected", "failed_rules", "lapsed", "missing")[place % 7]
            if state == "missing":
                continue
            block_id = blocks.insert_version(
                connection,
                kind="cell",
                key=cell.key,
                inputs_hash="of yesterday" if state == "lapsed" else cell.inputs_hash,
                inputs={},
                content=_TEXTS,
                findings=[finding] if state == "failed_rules" else [],
                prompt_version="1",
                model="model",
                run_id="benchmark",
                approve=state in {"approved", "lapsed"},
            )
            if state == "rejected":
                blocks.record_verdict(connection, block_id, stable_hash(_TEXTS), "rejected", "benchmark")


# --- each in a process of its own -----------------------------------------------------------------------------------


def fill(folder: Path, persons: int) -> None:
    """Marketing's rows, cells in every state, companies and persons."""
    with opened(folder) as (settings, store):
        with closing(clients.open_superoffice(settings, store)) as crm:
            fields = current_fields(store, crm, settings.configured_fields)
        tables = tenant.knowledge()
        with store.write() as connection:
            for database, table in tables.items():
                take_over(connection, database, table)
        with store.read() as connection:
            cells = load_cells(connection, fields, settings.gemini_model)
        _write_cells(store, cells)
        with store.read() as connection:
            cells = load_cells(connection, fields, settings.gemini_model)
        verticals, personas = ([read.row.key for read in tables[name].rows] for name in ("verticals", "personas"))
        companies = range(1, persons // PERSONS_EACH + 1)
        tenant.insert(store, schema.accounts, ({**tenant.account_row(i), "stop": i % 40 == 0} for i in companies))
        tenant.insert(store, schema.profiles, (tenant.profile_row(i, _vertical(i, verticals)) for i in companies))
        tenant.insert(store, schema.persons, _rows_of_persons(persons, personas, verticals, cells))


def answers(folder: Path) -> Answers:
    """The product's answer, some times over."""
    with opened(folder) as (settings, store), closing(clients.open_analytics(settings)) as analytics:
        taken = []
        with measured() as work:
            for _ in range(TIMES + 1):
                begun = time.perf_counter()
                coverage = coverage_counts.load(store, analytics, settings.gemini_model)
                taken.append(time.perf_counter() - begun)
        return Answers(coverage, taken[0], taken[1:], work)


@dataclass(frozen=True)
class OneByOne:
    """The rule's own answer for every addressed person who has a cell."""

    chosen: Chosen
    persons: int
    work: Measured


def one_by_one(folder: Path) -> OneByOne:
    """What a batch would choose for each person, with what they carry."""
    persons, profiles, accounts = schema.persons, schema.profiles, schema.accounts
    query = (
        sa.select(persons.c.person_id, persons.c.persona_key, profiles.c.vertical_key, persons.c.campaign)
        .join(profiles, profiles.c.contact_id == persons.c.contact_id)
        .join(accounts, accounts.c.contact_id == persons.c.contact_id)
        .where(persons.c.persona_key.is_not(None), profiles.c.vertical_key.is_not(None))
        .where(~persons.c.no_mailing, ~accounts.c.stop)
    )
    with opened(folder) as (settings, store), measured() as work, store.read() as connection:
        chooser = _Chooser(load_cells(connection, stored_fields(store), settings.gemini_model))
        chosen = Chosen(
            chooser.choose(persona, vertical, campaign, carries=_Person(number).carries)
            for number, persona, vertical, campaign in connection.execute(query)
        )
    return OneByOne(chosen, chosen.total(), work)


if __name__ == "__main__":
    main()
