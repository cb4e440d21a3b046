"""The Chromium of this machine: which one it is, how it is started, why there is none.

Playwright drives it and downloads nothing. What belongs elsewhere: what is on a page (``cockpit``).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

VARIABLE = "GTM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No sandbox, because CI works as root; nothing that would ask the internet.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class NoChromiumError(Exception):
    """There is none; the message says what was looked for and what to do."""


def find(environment: Mapping[str, str]) -> str:
    """Path of a Chromium that starts.

    Raises:
        NoChromiumError: There is none, or the one that was found does not start (a stub that wants a package of another kind).
    """
    named = environment.get(VARIABLE, "")
    wanted = (named,) if named else NAMES
    found = next((path for name in wanted if (path := shutil.which(name, path=environment.get("PATH")))), None)
    if found is None:
        looked = (
            f"{VARIABLE} names {named!r}, which cannot be started" if named else f"none of {', '.join(NAMES)} is there"
        )
        raise NoChromiumError(f"No Chromium: {looked}. Install chromium, or name a Chrome with {VARIABLE}.")
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=False)
    if asked.returncode != 0:
        said = (asked.stdout + asked.stderr).strip()[-300:]
        raise NoChromiumError(f"{found} --version ended with {asked.returncode}: {said}. Name another with {VARIABLE}.")
    return found


@contextmanager
def running(path: str, *, headed: bool = False) -> Iterator[Browser]:
    """A browser; ``headed`` for somebody who wants to watch."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=not headed, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
