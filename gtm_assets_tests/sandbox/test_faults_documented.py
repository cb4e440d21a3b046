"""The documentation's tables of faults and switches say what there is, and every command in the one of faults works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.faults.catalogue import ACTS, KINDS, options_of
from sandbox.server import SandboxServer
from sandbox.switches import SWITCHES

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"`(gtm sandbox [^`]+)`")


def table(first_column: str) -> dict[str, list[str]]:
    """Rows of the table whose first column is headed so, by what stands there; cells without their bars."""
    lines = PAGE.split(f"| {first_column} |", 1)[1].splitlines()[2:]
    rows = {}
    for line in lines:
        if not line.startswith("|"):
            break
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        rows[cells[0].strip("`")] = cells[1:]
    return rows


def test_the_table_of_faults_names_those_of_the_catalogue_in_its_order() -> None:
    assert list(table("fault")) == [kind.name for kind in KINDS] + [act.name for act in ACTS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_option_of_a_fault_stands_in_its_row_and_no_other(kind) -> None:
    options = table("fault")[kind.name][2]
    named = set(re.findall(r"--(?!no-)[a-z-]+", options))
    assert named == {option.flag for option in options_of(kind)}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_the_rows_of_deeds_show_their_commands(act) -> None:
    shown = table("fault")[act.name][0]
    assert all(all(word in shown for word in command.split()) for command in act.commands)


def test_every_row_says_what_happens_how_it_ends_and_what_the_engine_does() -> None:
    for name, (command, what, _, back, engine) in table("fault").items():
        assert all((command, what, back, engine)), name


def test_the_table_of_switches_is_that_of_the_sandbox() -> None:
    rows = table("switch")
    assert list(rows) == [switch.name for switch in SWITCHES]
    assert {name: cells[0] for name, cells in rows.items()} == {
        switch.name: ", ".join(switch.allowed) for switch in SWITCHES
    }


def test_every_command_of_the_table_works(tmp_path: Path) -> None:
    run = CliRunner()
    with SandboxServer(tmp_path, companies=3) as server:

        def tell(command: str) -> str:
            arguments = shlex.split(command)[2:]
            result = run.invoke(app, ["--directory", str(tmp_path), *arguments])
            assert result.exit_code == 0, f"{command}: {result.output}"
            return result.output

        for name, (commands, _, _, back, _) in table("fault").items():
            for command in COMMAND.findall(commands):
                told = tell(command)
            if name in {kind.name for kind in KINDS}:
                assert name in told
                started = [running.fault.name for running in server.world.faults.running()]
                assert started == ([] if name == "soft-delete" else [name])
            for command in COMMAND.findall(back):
                tell(command)
            assert server.world.faults.running() == []
        for command in COMMAND.findall(PAGE.split("## Faults", 1)[1].split("| fault |", 1)[0]):
            if not re.search(r"\bNAME\b", command):
                tell(command)
        assert "rate-limit" in tell("gtm sandbox fault --list")
        assert "in one second" in tell("gtm sandbox journal")
        person = server.world.crm.persons.get(6)
        assert person is not None
        assert person.contact_id == 2


def test_a_mistake_ends_the_command_and_says_what_would_have_been_right(tmp_path: Path) -> None:
    run = CliRunner()
    with SandboxServer(tmp_path, companies=1):
        base = ["--directory", str(tmp_path), "fault"]
        wrong = run.invoke(app, [*base, "edit-between", "--person", "1", "--field", "Shoe size=43"])
        assert (wrong.exit_code, "Hobby" in wrong.output) == (1, True)
        unknown = run.invoke(app, [*base, "clear", "flood"])
        assert (unknown.exit_code, "rate-limit" in unknown.output) == (1, True)
