"""What large tenants pay for looking at texts: the rules' checks, openers compared with each other, what a change in Notion will touch.

What belongs elsewhere: the rows (``tenant``), who prints it (``cells``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks import tenant
from benchmarks.measuring import Measured, Row, apart, measured
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.knowledge.sync import take_over
from gtm_assets.settings import load_settings
from gtm_assets.texts.change_plan import TextPlan, effects_of_changes, plan_texts, pricing_of
from gtm_assets.texts.check_assets import load_standing
from gtm_assets.texts.likeness import Company, Sentences
from gtm_assets.texts.neighbours import load_sentences
from resources.store.store import Store

_ONE = Company(-1, "Neuling Fördertechnik", "Hagen", "https://neuling.example")
_NEW = "Bei Neuling Fördertechnik greifen Fertigung und Montage so ineinander, dass jede Wartezeit im Materialfluss auffällt."
_TIMES = 100


class WatchedStore(Store):
    """Notes for how long a rehearsal held the write lock, in seconds."""

    held = 0.0

    @contextmanager
    def rehearse(self) -> Iterator[sa.Connection]:
        """As the store's."""
        with super().rehearse() as connection:
            begun = time.perf_counter()
            yield connection
            self.held = time.perf_counter() - begun


def rows(path: Path) -> list[Row]:
    """What was measured in a store whose cells are all written."""
    apart(_let_persons_carry, path)
    cells, openers = apart(_standing_of_cells, path), apart(_standing_of_openers, path)
    loaded, compared, new, count = apart(_likeness, path)
    found = [
        (f"asset checks of {tenant.CELLS} cells: seconds", f"{cells.seconds:.1f}"),
        (f"asset checks of {tenant.ACCOUNTS} companies' openers, not compared: seconds", f"{openers.seconds:.2f}"),
        (f"… their {count} sentences, read: seconds, MB more than before", _grown(loaded)),
        (f"… one new sentence compared with all: milliseconds, mean of {_TIMES}", f"{new * 1000:.1f}"),
        ("… all compared with each other: seconds, MB more than before", _grown(compared)),
    ]
    for verticals in (0, 1, tenant.VERTICALS):
        plan, held, work = apart(_plan, path, verticals)
        effect = plan.by_change
        touched = f"{len(effect.cells)} cells, {len(effect.openers)} openers, {effect.persons} persons"
        found += [
            (f"`gtm plan texts`, changed verticals: {verticals} ({touched}): seconds", f"{work.seconds:.1f}"),
            ("… of which nobody else can write; peak memory in MB", f"{held:.2f}; {work.peak:.0f}"),
        ]
    for verticals in (1, tenant.VERTICALS):
        seconds = apart(_effects, path, verticals).seconds
        found.append(
            (f"what stands on the events of changed verticals, {verticals} of them: seconds", f"{seconds:.1f}")
        )
    return found


def _grown(work: Measured) -> str:
    return f"{work.seconds:.1f}, {work.peak - work.before:.0f}"


# --- each in a process of its own -----------------------------------------------------------------------------------


def _let_persons_carry(path: Path) -> None:
    with _opened(path) as store:
        tenant.let_persons_carry(store)


def _standing_of_cells(path: Path) -> Measured:
    return _checked(path, lambda store: load_standing(store, load_settings(), ["cell"]))


def _standing_of_openers(path: Path) -> Measured:
    return _checked(path, lambda store: load_standing(store, load_settings(), ["opener"], compare=False))


def _checked(path: Path, question: Callable[[Store], object]) -> Measured:
    with _opened(path) as store, measured() as work:
        question(store)
    return work


def _likeness(path: Path) -> tuple[Measured, Measured, float, int]:
    with _opened(path) as store, store.read() as connection:
        with measured() as loaded:
            sentences = load_sentences(connection)
        new = _mean(sentences)
        with measured() as compared:
            sentences.pairs()
    return loaded, compared, new, len(sentences)


def _mean(sentences: Sentences) -> float:
    begun = time.perf_counter()
    for _ in range(_TIMES):
        sentences.look(_ONE, {"opener": _NEW})
    return (time.perf_counter() - begun) / _TIMES


def _plan(path: Path, verticals: int) -> tuple[TextPlan, float, Measured]:
    with _opened(path) as store:
        tables = tenant.with_other_pains(tenant.knowledge(), verticals)
        fields, pricing = stored_fields(store), pricing_of(load_settings())
        with measured() as work:
            plan = plan_texts(store, tables, fields, pricing)
        return plan, store.held, work


def _effects(path: Path, verticals: int) -> Measured:
    with _opened(path) as store:
        fields, pricing = stored_fields(store), pricing_of(load_settings())
        tables = tenant.with_other_pains(tenant.knowledge(), verticals)
        with store.rehearse() as connection:
            changes = [each for name, read in tables.items() for each in take_over(connection, name, read).changes]
            with measured() as work:
                effects_of_changes(connection, changes, fields, pricing)
        return work


@contextmanager
def _opened(path: Path) -> Iterator[WatchedStore]:
    with closing(WatchedStore(f"sqlite:///{path}")) as store:
        yield store
