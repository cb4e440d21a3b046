"""Several real processes at the sandbox's login host: one signs in for all of them, whichever way, also after all tokens were refused."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from gtm_assets import clients
from gtm_assets.settings import parse_settings
from resources.superoffice.client import SuperOfficeClient
from sandbox.environment import environment
from sandbox.server import SandboxServer

PROCESSES = 3
LOGINS = {False: "/login/common/oauth/tokens", True: "/Login/api/PartnerSystemUser/Authenticate"}


def ask_twice(variables: dict[str, str], cache_dir: str, together: Any, answers: Any) -> None:
    """What each process does; a spawned one imports it from here."""
    settings = parse_settings(variables)
    client = SuperOfficeClient(
        login_url=settings.login_url,
        tenant=str(settings.superoffice_tenant),
        credentials=clients._credentials(settings),
        cache_dir=Path(cache_dir),
    )
    for _ in range(2):
        together.wait(timeout=60)
        answers.put(client.current_principal().tenant)
        together.wait(timeout=60)
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("system_user", [False, True])
def test_processes_that_need_a_token_at_once_sign_in_once_also_when_all_tokens_ended(
    tmp_path: Path, system_user: bool
) -> None:
    spawn = multiprocessing.get_context("spawn")
    together, answers = spawn.Barrier(PROCESSES + 1), spawn.Queue()
    with SandboxServer(None, companies=1) as server:
        variables = environment(server.base_url, server.world, system_user=system_user)
        processes = [
            spawn.Process(target=ask_twice, args=(variables, str(tmp_path), together, answers))
            for _ in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        found, logins = [], []
        for _ in range(2):
            together.wait(timeout=60)
            found += [answers.get(timeout=60) for _ in processes]
            logins.append(_requests(server, LOGINS[system_user]))
            server.world.credentials.expire_all()
            together.wait(timeout=60)
        for process in processes:
            process.join(timeout=60)
    answers.close()
    answers.join_thread()
    assert set(found) == {server.world.credentials.tenant}
    assert logins == [1, 2], "once each time, by one of them for all"
    (kept,) = tmp_path.glob("superoffice-token-*.json")
    assert json.loads(kept.read_text())["scheme"] == ("SOTicket" if system_user else "Bearer")


def _requests(server: SandboxServer, path: str) -> int:
    return sum(entry.path.endswith(path) for entry in server.world.journal.entries())
