"""The pages for the marketing lead, the RevOps engineer and the owner of the CRM, followed word for word beside a running platform.

Every command of a page is run in its order, as the page prints it. A comment below a block names words that its last command has to show
(at last: what arrives by itself takes a moment), ``# exit code 2`` behind a command says that it ends so.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.harness import HANGS_AFTER, environment, wait_for
from gtm_assets_tests.processes.platform import Running

pytestmark = pytest.mark.slow

_BLOCK = re.compile(r"```console\n(?P<block>.*?)```(?:\n<!-- shows: (?P<shows>.*?) -->)?", re.DOTALL)
_COMMAND = re.compile(r"^\$ (?P<command>.*?)(?: # exit code (?P<code>\d))?$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A command of a page, how it ends, and what it shows."""

    command: str
    code: int
    shows: tuple[str, ...]


def _steps(page: str) -> list[Step]:
    found: list[Step] = []
    for block in _BLOCK.finditer((PROJECT_ROOT / "docs" / page).read_text(encoding="utf-8")):
        commands = list(_COMMAND.finditer(block["block"]))
        shows = tuple((block["shows"] or "").split(" | "))
        for number, each in enumerate(commands):
            last = number == len(commands) - 1
            found.append(Step(each["command"], int(each["code"] or 0), shows if last else ()))
    return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with platform.loaded(tmp_path_factory.mktemp("pages"), 4) as running:
        yield running


@pytest.fixture
def up_for_reviews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Where people approve the texts of the matrix."""
    with platform.loaded(
        tmp_path_factory.mktemp("reviews"), 4, reviewed=True, GTM_REVIEW_POLICY="cell=manual,opener=auto"
    ) as running:
        yield running


def _run(step: Step, home: Path) -> tuple[int, str]:
    """The command as a shell understands it; the pages' way to ``gtm`` is the one of the project's folder."""
    command = step.command.replace(".venv/bin/gtm", f"{sys.executable} -m gtm_assets.cli", 1)
    done = subprocess.run(
        ["bash", "-c", command],
        env={**environment(home), "COLUMNS": "80"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


class _Answer:
    """What a step's command answers; ``missing`` is empty once it ends as the page says and shows its words."""

    def __init__(self, step: Step, home: Path) -> None:
        self._step = step
        self._home = home
        self.missing = ""
        self.is_right_now()

    def is_right_now(self) -> bool:
        """Ask again."""
        code, printed = _run(self._step, self._home)
        words = " ".join(printed.split())
        missing = [text for text in self._step.shows if text not in words]
        wrong = code != self._step.code or bool(missing)
        self.missing = f"exit code {code}, missing {missing}\n{printed}" if wrong else ""
        return not wrong


@pytest.mark.parametrize("page", ["marketing.md", "revops.md", "crm-owner.md"])
def test_a_page_can_be_followed_from_start_to_end(up: Running, page: str) -> None:
    assert _follow(page, up.home) >= 10


def test_the_page_about_reviews_can_be_followed_from_start_to_end(up_for_reviews: Running) -> None:
    assert _follow("reviews.md", up_for_reviews.home) >= 10


def _follow(page: str, home: Path) -> int:
    """Run every command of a page; answers how many."""
    steps = _steps(page)
    for step in steps:
        assert step.command.startswith(".venv/bin/gtm "), step.command
        answer = _Answer(step, home)
        # What only looks is asked again until what comes by itself has come; what acts is run once.
        looks = re.match(
            r"\S+ (board|preview|coverage|status|doctor|plan|writes|review (list|show)|sandbox show)\b", step.command
        )
        if answer.missing and looks:
            wait_for(f"{step.command}: {answer.missing}", answer.is_right_now, seconds=60, every=2.0)
        assert not answer.missing, f"{step.command}: {answer.missing}"
    return len(steps)


def test_every_picture_of_a_page_is_there() -> None:
    for page in ("marketing.md", "revops.md", "reviews.md"):
        text = (PROJECT_ROOT / "docs" / page).read_text(encoding="utf-8")
        for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text):
            assert (PROJECT_ROOT / "docs" / path).is_file(), f"{page}: {path}"
