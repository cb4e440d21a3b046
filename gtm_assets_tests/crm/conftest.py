"""Fixtures of tests that watch a CRM: files whose CRM begins differently have a fixture ``begin`` of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gtm_assets_tests.crm.watching import Begin, Watcher, watching
from gtm_assets_tests.stores import fresh_store
from resources.store.store import Store


@pytest.fixture
def begin() -> Begin:
    """Two companies; 10 and 11 are persons of the first, 20 one of the second."""
    return watching


@pytest.fixture
def watcher(tmp_path: Path, begin: Begin) -> Iterator[Watcher]:
    with fresh_store(tmp_path) as store:
        yield begin(store)


@pytest.fixture
def on_both(store: Store, begin: Begin) -> Watcher:
    """The same on SQLite and on PostgreSQL."""
    return begin(store)
