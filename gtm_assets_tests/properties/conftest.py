"""The town that the properties share: built once a process, put back for each story."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from gtm_assets_tests.properties.town import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town; a story calls ``anew`` first."""
    before = dict(os.environ)
    built = Town(tmp_path_factory.mktemp("town"))
    # What an installation puts into the environment is nobody else's.
    os.environ.clear()
    os.environ.update(before)
    yield built
    built.close()
