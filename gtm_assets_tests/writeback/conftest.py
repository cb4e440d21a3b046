"""Fixtures of the write-back's tests: an engine with one account in hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets_tests.stores import fresh_store
from gtm_assets_tests.writeback.writing_engine import Engine


@pytest.fixture
def engine(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        yield Engine(store)
