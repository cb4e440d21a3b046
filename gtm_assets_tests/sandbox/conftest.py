"""Fixtures of the sandbox's tests: one running stand-in per module, and a client that is logged in.

Each test makes its own company or person, so that none depends on what another one left behind; switches are put back after each.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.server import SandboxServer
from sandbox.switches import SWITCHES


@pytest.fixture(scope="module")
def running_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(companies=3) as server:
        yield server


@pytest.fixture
def crm(running_sandbox: SandboxServer) -> Iterator[CrmSession]:
    session = CrmSession(running_sandbox)
    yield session
    session.http.close()
    running_sandbox.world.gate.release()
    running_sandbox.world.faults.clear()
    running_sandbox.world.switches.set({switch.name: switch.default for switch in SWITCHES})
