"""Shell completion as shells ask for it: a process of its own, environment in, lines out; quick because it imports little."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gtm_assets_tests.processes.harness import PROJECT, environment
from gtm_assets_tests.resources.real_postgres import postgres_store
from gtm_assets_tests.stores import account_row, fresh_store, person_row, persona_row, put, vertical_row
from gtm_assets_tests.writeback.previewing import block, campaign_row
from resources.store import schema
from resources.store.store import Store, utc_now


def _fill(store: Store) -> None:
    put(store, schema.personas, persona_row("leitung"))
    put(store, schema.verticals, vertical_row("bau"), vertical_row("handel"), vertical_row("alt", active=False))
    put(store, schema.campaigns, campaign_row("messe-2026", "Messe 2026"), campaign_row("fest", "Fest", active=False))
    put(store, schema.accounts, account_row(1, name="Muster'; $(touch x) `y` \\$(z) \"GmbH"), account_row(12))
    put(store, schema.accounts, account_row(13, gone_at=utc_now()))
    put(
        store,
        schema.persons,
        person_row(5, 1),
        person_row(51, 12),
        person_row(6, 12),
        person_row(52, 12, gone_at=utc_now()),
    )
    put(
        store,
        schema.sync_state,
        {"contact_id": 1, "phase": "waiting for review"},
        {"contact_id": 12, "phase": "failed"},
    )
    block(store, "leitung|bau", None)
    block(store, "leitung|bau|messe-2026", None)
    block(store, "leitung|handel", "approved")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    with fresh_store(tmp_path / "state") as store:
        _fill(store)
    return tmp_path


def _complete(home: Path, line: str, *, shell: str = "bash", **variables: str) -> list[str]:
    """What a shell is offered for a line; the last word is what TAB was pressed on."""
    words = line.split(" ")
    asked = {"_GTM_COMPLETE": f"complete_{shell}", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    asked |= {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "gtm")],
        env={**environment(home), **asked, **variables},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split("\n") if done.stdout.strip() else []


def _values(home: Path, line: str, **variables: str) -> list[str]:
    return [value for value in _complete(home, line, **variables) if value]


EXPECTED = {
    "gtm preview ": ["5", "6", "51"],
    "gtm preview 5": ["5", "51"],
    "gtm preview x": [],
    "gtm preview %": [],
    "gtm review approve ": ["leitung/bau", "leitung/bau/messe-2026"],
    "gtm review approve leitung/bau ": ["leitung/bau/messe-2026"],
    "gtm review approve leitung/bau/": ["leitung/bau/messe-2026"],
    "gtm review approve --kind opener ": [],
    "gtm review reject leitung/h": ["leitung/handel"],
    "gtm review list --campaign ": ["messe-2026", "standard"],
    "gtm review list --campaign m": ["messe-2026"],
    "gtm review list --vertical ": ["bau", "handel"],
    "gtm review list --kind ": ["cell", "opener"],
    "gtm preview 5 --lang ": ["en", "de"],
    "gtm plan 1": ["1", "12"],
    "gtm board --person 5": ["5", "51"],
    "gtm board --phase w": ["waiting-for-review"],
    "gtm prev": ["preview"],
    "gtm lineage person 5": ["5", "51"],
    "gtm lineage notion vertical/": ["vertical/alt", "vertical/bau", "vertical/handel"],
    "gtm lineage notion p": ["persona/leitung"],
}


@pytest.mark.parametrize("line", EXPECTED)
def test_a_line_is_completed_from_the_store(home, line) -> None:
    assert _values(home, line) == EXPECTED[line]


def test_postgres_offers_the_same(home, postgres) -> None:
    with postgres_store() as store:
        _fill(store)
        url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        for line in (
            "gtm preview 5",
            "gtm review approve leitung/bau/",
            "gtm review list --campaign ",
            "gtm plan 1",
            "gtm lineage notion vertical/",
        ):
            assert _values(home, line, GTM_DATABASE_URL=url) == EXPECTED[line]


def test_phases_are_offered_as_one_word(home, monkeypatch) -> None:
    from gtm_assets.commands.completion import complete_account, complete_phase
    from gtm_assets.settings import load_settings

    monkeypatch.setenv("GTM_STATE_DIR", str(home / "state"))
    load_settings.cache_clear()
    assert [value for value, _ in complete_phase("")] == ["failed", "waiting-for-review"]
    assert [value for value, _ in complete_phase("waiting-")] == ["waiting-for-review"]
    assert [value for value, _ in complete_account("1")] == ["1", "12"]


def test_a_name_of_the_crm_never_reaches_the_shell_as_code(home) -> None:
    """Shells evaluate what a completion prints."""
    for shell in ("zsh", "fish"):
        shown = "\n".join(_complete(home, "gtm preview 5", shell=shell))
        assert "Muster touch x y z GmbH" in " ".join(shown.split()), shown
        assert not set("`$\\;") & set(shown.replace("'*: :((", "").replace("))'", ""))


def test_without_a_store_nothing_is_offered_and_nothing_is_made(tmp_path) -> None:
    assert _complete(tmp_path, "gtm preview ") in ([], [""])
    assert not (tmp_path / "state").exists()


def test_a_store_that_is_damaged_older_or_far_away_is_passed_over(home) -> None:
    path = home / "state" / "store.sqlite"
    assert _values(home, "gtm preview ", GTM_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none") == []
    assert _values(home, "gtm preview ", GTM_REVIEW_POLICY="nonsense") == []
    for name in ("store.sqlite-wal", "store.sqlite-shm"):
        (home / "state" / name).unlink(missing_ok=True)
    path.write_bytes(b"no database")
    assert _values(home, "gtm preview ") == []
    path.write_bytes(b"")
    assert _values(home, "gtm preview ") == []
    assert path.read_bytes() == b""


def test_help_and_completion_import_nothing_heavy(home) -> None:
    """Nobody waits for a TAB or for --help: no Dagster, pandas, DuckDB or database toolkit on the way."""
    heavy = "dagster pandas duckdb matplotlib sqlalchemy google notion_client httpx jinja2 uvicorn"
    program = (
        "import sys\nfrom gtm_assets.cli import app\n"
        "sys.argv[0] = 'gtm'\n"
        "try:\n    app(prog_name='gtm')\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted(set({heavy.split()!r}) & set(sys.modules)))"
    )
    asked = {"_GTM_COMPLETE": "complete_bash", "COMP_WORDS": "gtm preview 5", "COMP_CWORD": "2"}
    for arguments, variables in (([], asked), (["--help"], {}), (["preview", "--help"], {})):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**environment(home), **variables, "PYTHONPATH": os.fspath(PROJECT)},
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.rstrip().endswith("HEAVY []"), (arguments, done.stdout[-300:])


def test_bash_itself_completes_with_the_script_that_is_installed(home) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    folder = Path(sys.executable).parent
    program = (
        'eval "$(_GTM_COMPLETE=source_bash gtm)"; complete -p gtm >&2; COMP_WORDS=(gtm review approve leitung/bau/); COMP_CWORD=3; '
        '_gtm_completion gtm; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    env = environment(home)
    done = subprocess.run(
        [bash, "--norc", "-c", program],
        env={**env, "PATH": f"{folder}:{env['PATH']}"},
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "_gtm_completion" in done.stderr
    assert done.stdout.split() == ["leitung/bau/messe-2026"]
