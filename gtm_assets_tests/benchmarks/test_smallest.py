"""Each benchmark's pieces with one company, in this process, against the benchmarks' own sandbox in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from benchmarks import batch, matrix, sensor
from benchmarks.calls import count_calls
from benchmarks.changed_tenant import PERSONS_EACH, edit, edit_all, journal
from benchmarks.engine import first_load, one_run
from benchmarks.slow_sandbox import RunningSandbox, sandbox_process
from resources.store import schema
from resources.store.store import Store


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """One company with an ordinary website and three persons, each with a title that names a persona."""
    with sandbox_process(companies=1, even=True) as running:
        yield running


@pytest.fixture(scope="module")
def known(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of an engine that knows the tenant and has not written to it."""
    folder = tmp_path_factory.mktemp("known")
    before = dict(os.environ)
    os.environ.update(sandbox.variables | {"SUPEROFFICE_ALLOW_LIVE_WRITE": "false"})
    assert first_load(folder) == 1
    edit_all(sandbox, 1)
    os.environ.clear()
    os.environ.update(before)
    return folder


def test_a_batch_writes_every_record_that_was_edited_once(sandbox: RunningSandbox, known: Path) -> None:
    os.environ.update(sandbox.variables)
    begun = len(journal(sandbox))
    done = batch.through_the_code(known, "C", limited=False)
    calls = count_calls(journal(sandbox)[begun:])
    assert (done.phases, done.confirmed, done.model_calls) == ({"completed": 1}, 1 + PERSONS_EACH, 0)
    assert (calls.by_kind["PATCH Contact"], calls.by_kind["PATCH Person"]) == (1, PERSONS_EACH)
    again = batch.through_dagster(known, keys=["1"])
    assert (again.phases, again.confirmed) == ({"completed": 1}, 0)
    assert again.events > 0


def test_a_store_is_multiplied_and_the_sensor_finds_what_changed_in_the_few(
    sandbox: RunningSandbox, known: Path
) -> None:
    os.environ.update(sandbox.variables)
    one_run(known)
    assert sensor.fill(known, 5) == 5
    store = Store(f"sqlite:///{known / 'store.sqlite'}")
    with store.read() as connection:
        persons = connection.execute(sa.select(sa.func.count()).select_from(schema.persons)).scalar_one()
        openers = connection.execute(
            sa.select(schema.text_blocks.c.key).where(
                schema.text_blocks.c.kind == "opener", schema.text_blocks.c.current
            )
        ).scalars()
        assert persons == 5 * PERSONS_EACH
        assert sorted(openers) == ["1", "2", "3", "4", "5"]
    store.close()
    with httpx.Client(base_url=f"{sandbox.url}/control", timeout=30) as control:
        edit(control, "Person", 1, Title="CEO")
    assert sensor.ticks(known, more=0, pause=0.0).answer == "SuperOffice has changes"
    assert sensor.first_stage(known).due == 1


def test_coverage_answers_as_the_rule_does_for_every_person(sandbox: RunningSandbox, tmp_path: Path) -> None:
    os.environ.update(sandbox.variables)
    matrix.fill(tmp_path, 2_000)
    chosen = matrix.as_chosen(matrix.answers(tmp_path).coverage.cells)
    assert chosen == matrix.one_by_one(tmp_path).chosen
    assert {level for _, level in chosen} == {"campaign", "standard", "none"}
