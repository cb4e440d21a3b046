"""Secrets stay where they belong: the whole path, with refusals in between, and then every place where one of them could have come to lie.

What is kept on purpose, and written in the README: access tokens and tickets in ``tokens`` of the state directory, mode 0600.
"""

from __future__ import annotations

import io
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from gtm_assets.accounts import JOB
from gtm_assets.doctor.examination import examine
from gtm_assets.doctor.variables import Variables
from gtm_assets.inprocess import Done, JobRunner
from gtm_assets.jobs import NOTION_JOB
from gtm_assets.platform import dagster_home
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from gtm_assets_tests.resources.real_postgres import empty_database
from resources.store import schema
from sandbox.environment import environment

DATABASE_PASSWORD = "recognisable-database-password"
#: Refused credentials, each as recognisable as those that are taken.
WRONG = {
    "SUPEROFFICE_CLIENT_SECRET": "recognisable-wrong-client-secret",
    "SUPEROFFICE_SYSTEM_TOKEN": "recognisable wrong system-token",
    "NOTION_TOKEN": "recognisable-wrong-notion-token",
    "GEMINI_API_KEY": "recognisable-wrong-gemini-key",
}


@dataclass
class Work:
    """An engine that signs in both ways and is refused in between; ``said`` is what its runs and commands told."""

    engine: Engine
    runner: JobRunner
    done: Done
    tokens: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def run(self, job: str) -> None:
        """One run."""
        self.runner.run(job)
        self._remember()
        self.said += [*self.done.errors, *self.done.notes]
        self.done.errors, self.done.notes = [], []

    def refused(self, name: str, job: str) -> None:
        """A run with one wrong credential."""
        right = self.engine._variables.get(name)
        self.engine.configure(**{name: WRONG[name]})
        before = len(self.said)
        self.run(job)
        assert len(self.said) > before, f"{name} was refused, and the run says so"
        self.engine.configure(**{name: right})

    def with_a_token_that_ended(self, job: str) -> None:
        """A run whose first call is answered with 401."""
        self.engine.world.credentials.expire_all()
        self.run(job)

    def _remember(self) -> None:
        self.tokens |= set(self.engine.world.credentials.tokens)

    def secrets(self) -> dict[str, str]:
        """Every value that must not be seen, by what it is."""
        known = self.engine.world.credentials
        lines = [line for line in known.system_user_key.splitlines() if "PRIVATE" not in line]
        return {
            "client secret": known.client_secret,
            "refresh token": known.refresh_token,
            "system token": known.system_token,
            "private key": lines[len(lines) // 2],
            "Notion token": str(self.engine._variables["NOTION_TOKEN"]),
            "Gemini key": str(self.engine._variables["GEMINI_API_KEY"]),
            "key of links": str(self.engine._variables["GTM_SECRET_KEY"]),
            "database password": DATABASE_PASSWORD,
            **{f"wrong {name}": value for name, value in WRONG.items()},
            **{f"token {number}": token for number, token in enumerate(sorted(self.tokens))},
        }


@pytest.fixture
def work(
    start_engine: StartEngine, postgres: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> Iterator[tuple[Work, str]]:
    """What was done, and everything that was printed and logged meanwhile."""
    del postgres
    caplog.set_level(logging.DEBUG)
    # Every row of the store is looked at below; here they would only be many.
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    url = sa.make_url(empty_database()).set(password=DATABASE_PASSWORD).render_as_string(hide_password=False)
    engine = start_engine(companies=1, verticals=("maschinenbau",), GTM_DATABASE_URL=url)
    printed, done = io.StringIO(), Done()
    dagster_home(engine.settings)
    with redirect_stdout(printed), redirect_stderr(printed), dg.DagsterInstance.get() as instance:
        work = Work(engine, JobRunner(instance, engine.store, done, "test"), done)
        work.refused("NOTION_TOKEN", NOTION_JOB)
        engine.fast_pass()
        work._remember()
        work.refused("SUPEROFFICE_CLIENT_SECRET", JOB)
        engine.edit("Person", 3, Title="Leiter Einkauf")
        work.with_a_token_that_ended(JOB)
        engine.configure(SUPEROFFICE_REFRESH_TOKEN=None, **_system_user(engine))
        work.refused("SUPEROFFICE_SYSTEM_TOKEN", JOB)
        work.with_a_token_that_ended(JOB)
        engine.edit("Contact", 1, URL=engine.site("kessendorf-werkzeugbau"))
        _forget_texts(engine)
        work.refused("GEMINI_API_KEY", JOB)
        work.said.append(str(examine(Variables(dict(os.environ), {}, {}), sleep=lambda _: None).as_json()))
    yield work, printed.getvalue() + caplog.text
    logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)


def _system_user(engine: Engine) -> dict[str, str]:
    variables = environment(engine.server.base_url, engine.world, system_user=True)
    return {name: variables[name] for name in ("SUPEROFFICE_SYSTEM_TOKEN", "SUPEROFFICE_PRIVATE_KEY")}


def _forget_texts(engine: Engine) -> None:
    """The model has to be asked again."""
    with engine.store.write() as connection:
        connection.execute(sa.update(schema.profiles).values(inputs_hash="old"))
        connection.execute(sa.update(schema.websites).values(content_hash="old"))
        connection.execute(sa.update(schema.sync_state).values(due_at=sa.func.now()))


def _found(text: str, secrets: dict[str, str]) -> set[str]:
    return {what for what, secret in secrets.items() if secret in text}


def test_no_secret_is_found_where_it_does_not_belong(work: tuple[Work, str], tmp_path: Path) -> None:
    done, logged = work
    secrets = done.secrets()
    assert len(done.tokens) >= 3, "both ways of signing in, one of them also anew"
    assert min(map(len, secrets.values())) >= 10, "short values would be found anywhere"

    assert "POST" in logged, "logs were kept"
    assert _found(logged, secrets) == set()
    assert _found("\n".join(done.said), secrets) == set()
    with dg.DagsterInstance.get() as instance:
        events = [str(entry) for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
        runs = [str(run) for run in instance.get_runs()]
    assert len(events) > 50
    assert _found("\n".join([*events, *runs]), secrets) == set()
    with done.engine.store.read() as connection:
        rows = [str(row) for table in schema.metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert len(rows) > 20
    assert _found("\n".join(rows), secrets) == set()

    kept: dict[str, set[str]] = {}
    for path in (tmp_path / "state").rglob("*"):
        if path.is_file() and (found := _found(path.read_bytes().decode("latin-1"), secrets)):
            kept[str(path.relative_to(tmp_path / "state"))] = found
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept, "tokens are kept for other processes"
    assert all(name.startswith("tokens/superoffice-token-") for name in kept)
    assert all(what.startswith("token ") for found in kept.values() for what in found), "and nothing else is"


def test_a_reader_of_the_state_would_find_them() -> None:
    """The search itself finds what it looks for."""
    assert _found("Authorization: Bearer abc", {"token": "abc", "key": "xyz"}) == {"token"}
