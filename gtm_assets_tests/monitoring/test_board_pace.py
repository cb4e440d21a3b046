"""How often the board is logged while a run works: soon where something moved, never lost, and not for ever more events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.monitoring.board_pace import EVERY_SECONDS, FIRST_AFTER_SECONDS, LONGEST_PAUSE_SECONDS, BoardKeeper


class Kept:
    """A keeper with a clock of its own and the times at which it logged."""

    def __init__(self) -> None:
        self.now = 0.0
        self.logged: list[float] = []
        self.keeper = BoardKeeper(lambda: self.logged.append(self.now), clock=lambda: self.now)

    def at(self, seconds: float, *, moved: bool = False) -> None:
        self.now = seconds
        if moved:
            self.keeper.moved()
        else:
            self.keeper.tick()


def test_a_short_run_logs_once_at_its_end() -> None:
    kept = Kept()
    kept.at(0.1, moved=True)
    kept.at(1.0, moved=True)
    kept.keeper.end()
    assert kept.logged == [1.0]


def test_a_run_in_which_nothing_moved_logs_nothing() -> None:
    kept = Kept()
    kept.at(10.0)
    kept.keeper.end()
    assert kept.logged == []


def test_what_moved_too_soon_is_logged_by_a_later_tick() -> None:
    kept = Kept()
    kept.at(0.0, moved=True)
    kept.at(FIRST_AFTER_SECONDS)
    kept.at(FIRST_AFTER_SECONDS + 1, moved=True)
    assert kept.logged == [FIRST_AFTER_SECONDS]
    kept.at(FIRST_AFTER_SECONDS + EVERY_SECONDS - 0.1)
    assert len(kept.logged) == 1
    kept.at(FIRST_AFTER_SECONDS + EVERY_SECONDS)
    assert len(kept.logged) == 2
    # Nothing moved since: nothing to tell.
    kept.at(1000.0)
    assert len(kept.logged) == 2


def test_a_long_run_logs_once_a_minute() -> None:
    kept = Kept()
    for second in range(3600):
        kept.at(float(second), moved=True)
    assert len(kept.logged) < 110
    pauses = [later - sooner for sooner, later in zip(kept.logged, kept.logged[1:], strict=False)]
    assert pauses[0] == EVERY_SECONDS
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=60))
def test_whatever_moves_is_told_and_never_twice_within_five_seconds(steps: list[tuple[float, bool]]) -> None:
    kept = Kept()
    last_move = None
    for wait, moved in steps:
        kept.at(kept.now + wait, moved=moved)
        last_move = kept.now if moved else last_move
    pauses = [later - sooner for sooner, later in zip(kept.logged, kept.logged[1:], strict=False)]
    assert all(pause >= EVERY_SECONDS - 1e-6 for pause in pauses)
    kept.at(kept.now + LONGEST_PAUSE_SECONDS)
    assert last_move is None or (kept.logged and kept.logged[-1] >= last_move)
