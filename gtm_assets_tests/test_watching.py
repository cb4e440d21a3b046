"""`gtm board --watch`: redrawn in a terminal, one line a change elsewhere, ended by Ctrl-C."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from gtm_assets.watching import Shown, watch_changes

FIRST = Shown(
    "the whole board", {"n": 1}, {1: ("Muster", "enriching", ""), 2: ("Probe", "received", "")}, {"enriching": 1}
)
SAME = Shown("the whole board, a second later", {"n": 2}, FIRST.accounts, FIRST.counts)
MOVED = Shown(
    "…", {"n": 3}, {**FIRST.accounts, 1: ("Muster", "failed", "[x] 503")}, {"failed": 1, "received": 1, "syncing": 0}
)


def _watched(looks: list[Shown], *, terminal: bool = False, as_json: bool = False) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    left = iter(looks)

    def sleep(_: float) -> None:
        """Ctrl-C comes while nothing is left to look at."""
        nonlocal following
        following = next(left, None)
        if following is None:
            raise KeyboardInterrupt

    following: Shown | None = next(left)

    def look() -> Shown:
        assert following is not None
        return following

    watch_changes(look, console, as_json=as_json, sleep=sleep)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_each_change_is_one_line_and_nothing_is_printed_twice() -> None:
    lines = _watched([FIRST, SAME, MOVED, MOVED]).splitlines()
    assert lines[0] == "the whole board"
    assert lines[1].endswith("UTC  1 failed, 1 received")
    assert lines[2] == "  1 Muster  enriching → failed: [x] 503"
    assert len(lines) == 3


def test_as_json_each_change_is_one_object_on_one_line() -> None:
    lines = _watched([FIRST, SAME, MOVED], as_json=True).splitlines()
    assert [json.loads(line)["n"] for line in lines] == [1, 3]


def test_in_a_terminal_the_view_is_redrawn_in_place() -> None:
    shown = _watched([FIRST, MOVED], terminal=True)
    assert "the whole board" in shown
    assert "…" in shown
    # Rich hides the cursor while it draws; Ctrl-C gives it back.
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_an_error_while_looking_is_not_swallowed() -> None:
    def look() -> Shown:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        watch_changes(look, Console(file=io.StringIO()), sleep=lambda _: None)
