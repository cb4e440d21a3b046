"""Fixtures of all tests: an environment that says nothing and is put back, a store on both databases, and how Hypothesis works here.

What belongs elsewhere: running stand-ins (``sandbox/conftest.py``), a whole engine against them (``path/conftest.py``).
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import hypothesis
import pytest

from gtm_assets.settings import load_settings
from gtm_assets_tests.resources.real_postgres import postgres, store

__all__ = ["postgres", "store"]

# A deadline would assert on time, which on a shared machine says nothing about the code.
hypothesis.settings.register_profile("gtm", deadline=None)
# `make test-long`; what it changes stands in properties/searching.py.
hypothesis.settings.register_profile("long", deadline=None, print_blob=True)
hypothesis.settings.load_profile("gtm")

# A shell's background job ignores Ctrl-C, and its children inherit that: tests that interrupt a command need what a terminal gives.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# pytest-xdist tells its workers the terminal's width, and the commands' console would keep it from its first import on.
os.environ.pop("COLUMNS", None)

_OURS = ("SUPEROFFICE_", "NOTION_", "GEMINI_", "GOOGLE_GEMINI_", "GTM_", "DAGSTER_HOME")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start whole platforms come first: with two workers the short ones then fill up whatever is left at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    rank = {"processes": 0, "browser": 0}
    items.sort(key=lambda item: (item.path not in slow, rank.get(item.path.parent.name, 1)))


@pytest.fixture(autouse=True)
def no_configuration() -> Iterator[None]:
    """None of our variables is set when a test begins, and whatever it sets is gone when it ends."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_OURS):
            del os.environ[name]
    load_settings.cache_clear()
    yield
    os.environ.clear()
    os.environ.update(before)
    load_settings.cache_clear()
