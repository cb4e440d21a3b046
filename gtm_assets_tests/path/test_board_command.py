"""`gtm board`, `plan`, `retry`, `fields` and `status` as people and scripts use them: what they print, their JSON, and bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gtm_assets.cli import app
from gtm_assets.settings import ConfigurationError
from gtm_assets_tests.path.harness import Engine
from gtm_assets_tests.stores import put
from resources.store import schema


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One company completed, one that failed and waits for a person, the rest as the samples have it. No test here changes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path_factory.mktemp("no-env-file"))
        with Engine(tmp_path_factory.mktemp("board") / "state", companies=5, fast=True) as started:
            started.fault(system="superoffice", method="PATCH", path_regex="Contact/3$", status=400)
            started.fast_pass()
            yield started


@pytest.fixture(autouse=True)
def _its_environment(engine: Engine) -> None:
    # Every test begins without any of our variables.
    engine.configure()


def _gtm(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=True)


def _json(*arguments: str) -> Any:
    done = _gtm(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _refused(*arguments: str) -> str:
    done = _gtm(*arguments)
    assert isinstance(done.exception, ConfigurationError), done.output
    return str(done.exception)


LINE = {
    "contact_id",
    "account",
    "phase",
    "kind",
    "reason",
    "what_to_do",
    "because",
    "attempts",
    "seconds",
    "received_at",
    "ended_at",
    "comes_again_at",
    "run_id",
    "links",
}


def test_the_board_as_json_has_the_published_shape() -> None:
    board = _json("board")
    assert set(board) == {"as_of", "counts", "kinds", "of", "shown", "accounts"}
    assert board["of"] == board["shown"] == 5
    assert sum(board["counts"].values()) == 5
    first = board["accounts"][0]
    assert set(first) == LINE
    assert (first["contact_id"], first["phase"], first["kind"]) == (3, "failed", "refused value")
    assert "gtm retry 3" in first["what_to_do"]
    assert set(first["seconds"]) == {"waited", "enriching", "syncing", "total"}
    assert first["links"]["crm"].endswith("default.aspx?contact_id=3")
    assert {"phase": "failed", "kind": "refused value", "accounts": 1} in board["kinds"]


def test_the_board_is_narrowed() -> None:
    assert [line["contact_id"] for line in _json("board", "--phase", "failed")["accounts"]] == [3]
    assert [line["contact_id"] for line in _json("board", "--kind", "refused value")["accounts"]] == [3]
    by_name = _json("board", "--search", "brockstedt")
    assert [line["contact_id"] for line in by_name["accounts"]] == [1]
    limited = _json("board", "--limit", "2")
    assert (limited["shown"], limited["of"]) == (2, 5)
    assert "No account answers this" in _gtm("board", "--search", "nobody is called so").stdout


def test_people_read_phase_reason_and_what_to_do() -> None:
    shown = " ".join(_gtm("board").stdout.replace("│", " ").split())
    assert "1 failed" in shown
    assert "→" in shown
    assert "gtm retry" in shown


def test_one_account_in_full(engine: Engine) -> None:
    account = _json("board", "--account", "1")
    assert set(account) > LINE
    assert account["phase"] == "completed"
    assert account["vertical"]["key"] == "maschinenbau"
    persons = {person["person_id"]: person for person in account["persons"]}
    assert set(persons) == {1, 2, 3}
    assert persons[2]["persona"] == "produktion"
    assert persons[2]["level"] == "standard"
    assert persons[3]["level"] == "none"
    assert persons[3]["level_reason"]
    assert {write["status"] for write in account["writes"]} == {"confirmed"}
    shown = _gtm("board", "--account", "1").stdout
    for words in ("waited", "enriching", "syncing", "People", "Written last", "default.aspx?contact_id=1"):
        assert words in shown
    failed = " ".join(_gtm("board", "--account", "3").stdout.split())
    assert "refused value" in failed
    assert "gtm retry 3" in failed


def test_one_person_in_full(engine: Engine) -> None:
    person = _json("board", "--person", "2")
    assert person["account"]["contact_id"] == person["contact_id"] == 1
    carried = {value["field"]: value for value in person["carries"]}
    assert carried["subject"]["value"] == engine.texts(2)["subject"]
    assert carried["subject"]["since"]
    assert carried["subject"]["from"].startswith("cell produktion|maschinenbau")
    assert "subject" in person["writes"][0]["fields"]
    shown = _gtm("board", "--person", "2").stdout
    assert "Person 2" in shown
    assert "produktion" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("board", "--account", "4711"), "knows no account 4711"),
        (("board", "--account", "13"), "--person 13"),
        (("board", "--person", "999999"), "knows no person 999999"),
        (("board", "--phase", "faild"), "waiting for review"),
        (("board", "--kind", "authority"), "rate limit"),
        (("board", "--account", "1", "--person", "2"), "one of them"),
        (("board", "--account", "1", "--search", "x"), "narrow"),
        (("plan", "4711"), "4711"),
        (("retry", "4711"), "knows no account 4711"),
    ],
)
def test_bad_input_is_refused_with_what_is_expected(arguments: tuple[str, ...], words: str) -> None:
    assert words in _refused(*arguments)


def test_a_limit_below_one_is_refused() -> None:
    assert _gtm("board", "--limit", "0").exit_code == 2


def test_retry_says_what_it_left_alone_and_why(engine: Engine) -> None:
    failed = engine.state(3)
    try:
        again = _json("retry", "1", "3")
    finally:
        put(engine.store, schema.sync_state, failed)
    assert again["due_again"] == 1
    assert list(again["left"]) == ["1"]
    assert "not failed" in again["left"]["1"]


def test_fields_as_json_name_each_role() -> None:
    fields = _json("fields")
    roles = {field["role"]: field for field in fields["fields"]}
    assert roles["subject"]["prog_id"] == "SuperOffice:19"
    assert {"entity", "label", "field_type", "text_length", "matched_by"} <= set(roles["subject"])
    assert isinstance(fields["findings"], dict)


def test_the_status_is_one_line_a_code_and_the_same_as_json() -> None:
    done = _gtm("status", "--without-platform")
    assert done.exit_code == 1
    assert done.stdout.startswith("GTM WARNING: ")
    assert done.stdout.count("\n") == 1
    assert "| accounts=5 " in done.stdout
    told = _gtm("status", "--without-platform", "--json")
    assert told.exit_code == 1
    shape = json.loads(told.stdout)
    assert set(shape) == {"status", "exit_code", "findings", "numbers"}
    assert (shape["status"], shape["exit_code"]) == ("warning", 1)
    assert set(shape["findings"][0]) == {"name", "level", "text", "what_to_do"}
    with_platform = _gtm("status")
    assert with_platform.exit_code == 2
    assert "never ran with this state" in with_platform.stdout


def test_the_status_of_nothing_is_unknown_and_makes_nothing(engine: Engine, tmp_path: Path) -> None:
    state = engine.settings.gtm_state_dir
    try:
        engine.configure(GTM_STATE_DIR=str(tmp_path / "empty"))
        done = _gtm("status")
        assert done.exit_code == 3
        assert done.stdout.startswith("GTM UNKNOWN: ")
        assert not (tmp_path / "empty").exists()
        engine.configure(GTM_STATE_DIR=str(state), GTM_REVIEW_POLICY="perhaps")
    except ConfigurationError:
        # The engine reads the wrong setting too; the command says so with its own code.
        done = _gtm("status")
        assert done.exit_code == 3
        assert "GTM_REVIEW_POLICY" in done.stdout
    finally:
        engine.configure(GTM_STATE_DIR=str(state), GTM_REVIEW_POLICY="auto")
