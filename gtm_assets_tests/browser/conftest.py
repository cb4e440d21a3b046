"""Fixtures of the browser tests: Chromium, where pictures go, one platform with a small CRM that has done its first load.

What belongs elsewhere: how pages are used (``cockpit``), what is expected of them (``test_cockpit``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, expect

from gtm_assets_tests.browser import chromium
from gtm_assets_tests.browser.cockpit import Cockpit
from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.harness import wait_for
from gtm_assets_tests.processes.platform import Running
from resources.store import schema
from resources.store.store import Store

COMPANIES = 6
CELLS = 48
#: Milliseconds. Nothing is asserted on time: what comes later than this on a busy machine does not come.
LONGEST_WAIT = 30_000
Window = Callable[..., AbstractContextManager[Cockpit]]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``GTM_SCREENSHOTS``, else a directory of pytest's."""
    named = os.environ.get("GTM_SCREENSHOTS")
    directory = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; ``GTM_HEADED=1`` shows it."""
    try:
        path = chromium.find(os.environ)
    except chromium.NoChromiumError as error:
        pytest.skip(str(error))
    expect.set_options(timeout=LONGEST_WAIT)
    with chromium.running(path, headed=bool(os.environ.get("GTM_HEADED"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def up(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``gtm up`` on its sandbox, after the first load. It asks for the browser, so that nothing is started without one."""
    home = tmp_path_factory.mktemp("machine")
    platform.small_sandbox(home, COMPANIES)
    running = platform.start(home)
    try:
        wait_for("the first load", lambda: _is_loaded(running), every=0.5)
        running.wait_for_runs()
        yield running
    finally:
        # Asked to end it does so at once; a killed one leaves that to its lifeline.
        running.command.process.terminate()
        running.command.wait()
        wait_for("its children to end", lambda: not platform.processes(home))


@pytest.fixture(scope="module")
def store(up: Running) -> Iterator[Store]:
    """The engine's store."""
    opened = Store(f"sqlite:///{platform.engine(up.home) / 'store.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What all windows share: one cache, so that Dagster's programs are loaded once."""
    opened = browser.new_context(locale="en-US", timezone_id="UTC", reduced_motion="reduce")
    opened.set_default_timeout(LONGEST_WAIT)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def window(context: BrowserContext, up: Running, pictures: Path) -> Window:
    """Opens a browser window for the length of a ``with`` block."""

    @contextmanager
    def opened(width: int = 1280, height: int = 900, *, dark: bool = False) -> Iterator[Cockpit]:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        # Dagster follows the system's theme where nobody chose one.
        page.emulate_media(color_scheme="dark" if dark else "light")
        try:
            yield Cockpit(page, up.url, pictures)
        finally:
            page.close()

    return opened


@pytest.fixture
def cockpit(window: Window) -> Iterator[Cockpit]:
    """One window."""
    with window() as opened:
        yield opened


def _is_loaded(running: Running) -> bool:
    store = Store(f"sqlite:///{platform.engine(running.home) / 'store.sqlite'}")
    try:
        with store.read() as connection:
            states = connection.execute(sa.select(schema.sync_state)).mappings().all()
            cells = connection.execute(
                sa.select(sa.func.count()).where(schema.text_blocks.c.kind == "cell", schema.text_blocks.c.current)
            ).scalar_one()
    finally:
        store.close()
    ended = [row for row in states if row["phase"] in {"completed", "skipped"} and row["due_at"] is None]
    return cells == CELLS and len(ended) == COMPANIES
