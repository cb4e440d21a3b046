"""Fixtures of the browser tests: Chromium, where pictures go, one platform with a small CRM that has done its first load.

What belongs elsewhere: how pages are used (``cockpit``), what is expected of them (``test_cockpit``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gtm_assets_tests.browser import chromium
from gtm_assets_tests.browser.cockpit import Cockpit
from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.platform import Running
from resources.store.store import Store

COMPANIES = 6
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
    with platform.loaded(tmp_path_factory.mktemp("machine"), COMPANIES) as running:
        yield running


@pytest.fixture(scope="module")
def store(up: Running) -> Iterator[Store]:
    """The engine's store."""
    with platform.engine_store(up.home) as opened:
        yield opened


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
