"""A view that stays current: redrawn in a terminal, one line for each change elsewhere. Ends with Ctrl-C.

What belongs elsewhere: what is looked at (the ``look`` that is handed over), the command (``gtm_assets.commands.board``).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live

from resources.store.store import utc_now

EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Shown:
    """One look: what people see, the same as JSON, and what tells whether anything moved.

    ``accounts`` maps contact ids to name, phase and reason, ``counts`` phases to accounts.
    """

    page: RenderableType
    json: Mapping[str, Any]
    accounts: Mapping[int, tuple[str, str, str]]
    counts: Mapping[str, int]


def watch_changes(
    look: Callable[[], Shown], console: Console, *, as_json: bool = False, sleep: Callable[[float], None]
) -> None:
    """Show and look again every second until somebody presses Ctrl-C (which ``sleep`` lets through)."""
    try:
        if console.is_terminal and not as_json:
            _redraw(look, console, sleep)
        else:
            _print_changes(look, console, sleep, as_json=as_json)
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        # Whoever read (`| head`) has enough; nothing is left to be flushed there at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _redraw(look: Callable[[], Shown], console: Console, sleep: Callable[[float], None]) -> None:
    with Live(look().page, console=console, auto_refresh=False) as live:
        while True:
            live.update(look().page, refresh=True)
            sleep(EVERY_SECONDS)


def _print_changes(
    look: Callable[[], Shown], console: Console, sleep: Callable[[float], None], *, as_json: bool
) -> None:
    before: Shown | None = None
    while True:
        now = look()
        if before is None or (now.accounts, now.counts) != (before.accounts, before.counts):
            if as_json:
                console.file.write(json.dumps(now.json, ensure_ascii=False) + "\n")
            elif before is None:
                console.print(now.page)
            else:
                _print_difference(before, now, console)
            console.file.flush()
            before = now
        sleep(EVERY_SECONDS)


def _print_difference(before: Shown, now: Shown, console: Console) -> None:
    counts = ", ".join(f"{count} {phase}" for phase, count in now.counts.items() if count)
    console.print(f"{utc_now():%H:%M:%S} UTC  {counts}", highlight=False, soft_wrap=True)
    for contact_id, (name, phase, reason) in now.accounts.items():
        was = before.accounts.get(contact_id)
        if was != (name, phase, reason):
            came = f"{was[1]} → " if was and was[1] != phase else ""
            why = f": {reason}" if reason else ""
            line = f"  {contact_id} {name}  {came}{phase}{why}"
            console.print(line, highlight=False, soft_wrap=True, markup=False)
