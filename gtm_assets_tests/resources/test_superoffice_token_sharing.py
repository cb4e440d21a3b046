"""One token for all clients, threads and processes, and nothing of it readable for others."""

from __future__ import annotations

import json
import multiprocessing
import stat
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from gtm_assets_tests.resources.superoffice_logins import get
from gtm_assets_tests.resources.test_superoffice_stub import CREDENTIALS, LOGIN, TENANT, Stub
from resources.errors import TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import RefreshTokenCredentials, fingerprint
from resources.superoffice.private_files import between_processes, read_private, write_private


def test_two_clients_share_one_token_through_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    stub = Stub()
    for _ in range(2):
        with stub.client(tmp_path) as client:
            get(client)
    assert len(stub.token_requests) == 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    names = " ".join(file.name for file in tmp_path.iterdir())
    assert "secret" not in names
    assert "token-1" not in names
    holding = [file for file in tmp_path.iterdir() if "token-1" in file.read_text()]
    assert len(holding) == 1
    assert "secret-value" not in holding[0].read_text()


def test_a_client_whose_token_was_refused_takes_the_one_that_another_got(tmp_path: Path) -> None:
    stub = Stub()
    with stub.client(tmp_path) as first, stub.client(tmp_path) as second:
        get(first)
        get(second)
        stub.reactions.append(httpx.Response(401))
        get(first)
        get(second)
    assert len(stub.token_requests) == 2


def test_clients_with_other_credentials_share_nothing(tmp_path: Path) -> None:
    stub = Stub()
    others = RefreshTokenCredentials("app-id", "app-secret-value", "another-refresh-token")
    with stub.client(tmp_path) as client:
        get(client)
    with stub.client(tmp_path, others) as client:
        get(client)
    assert len(stub.token_requests) == 2
    assert fingerprint(LOGIN, TENANT, CREDENTIALS) != fingerprint(LOGIN, "Cust2", CREDENTIALS)


@pytest.mark.parametrize("content", ["{", '"x"', "{}", '{"scheme": "Bearer", "value": ""}'])
def test_a_damaged_token_file_is_made_anew(tmp_path: Path, content: str) -> None:
    stub = Stub()
    with stub.client(tmp_path) as client:
        get(client)
    (file,) = tmp_path.glob("*token*.json")
    file.write_text(content)
    with stub.client(tmp_path) as client:
        get(client)
    assert len(stub.token_requests) == 2


def test_a_token_file_that_others_could_read_is_not_used_and_replaced(tmp_path: Path) -> None:
    stub = Stub()
    with stub.client(tmp_path) as client:
        get(client)
    (file,) = tmp_path.glob("*token*.json")
    file.chmod(0o644)
    with stub.client(tmp_path) as client:
        get(client)
    assert len(stub.token_requests) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_threads_of_one_client_sign_in_once() -> None:
    stub = Stub()
    with stub.client() as client:
        threads = [threading.Thread(target=get, args=(client,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.calls == 8
    assert len(stub.token_requests) == len(stub.state_requests) == 1


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    write_private(file, {"a": 1})
    with pytest.raises(TypeError):
        write_private(file, {"a": object()})
    assert read_private(file) == {"a": 1}
    assert list(tmp_path.iterdir()) == [file]


def test_a_lock_held_too_long_is_an_error_for_later(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    waiting = between_processes(file, timeout=0.01)
    with between_processes(file, timeout=1), pytest.raises(TransientError, match="signing in"), waiting:
        pass


def call_as_a_process(base_url: str, cache_dir: str, start: Any, results: Any) -> None:
    """What each process of the next test does; a spawned process imports it from here."""
    client = SuperOfficeClient(
        login_url=base_url, tenant=TENANT, credentials=CREDENTIALS, cache_dir=Path(cache_dir), timeout=10
    )
    start.wait(timeout=60)
    results.put(client.get("Contact", 1, select=["Name"]))
    client.close()


@pytest.mark.slow
def test_processes_that_start_together_sign_in_once(httpserver: HTTPServer, tmp_path: Path) -> None:
    base_url = httpserver.url_for("").rstrip("/")
    token_requests: list[Request] = []

    def tokens(request: Request) -> Response:
        token_requests.append(request)
        time.sleep(0.15)  # long enough for the other process to come and see that somebody is at it
        return Response(
            json.dumps({"access_token": f"8A:{len(token_requests)}", "expires_in": 3600}),
            content_type="application/json",
        )

    state = Stub().state_document() | {"Api": f"{base_url}/{TENANT}/api"}
    httpserver.expect_request(f"/api/state/{TENANT}").respond_with_json(state)
    httpserver.expect_request("/login/common/oauth/tokens", method="POST").respond_with_handler(tokens)
    httpserver.expect_request(
        f"/{TENANT}/api/v1/Contact/1", headers={"Authorization": "Bearer 8A:1"}
    ).respond_with_json({"Name": "Muster GmbH"})
    spawn = multiprocessing.get_context("spawn")
    results, start = spawn.Queue(), spawn.Barrier(2)
    processes = [
        spawn.Process(target=call_as_a_process, args=(base_url, str(tmp_path), start, results)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    answers = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    results.close()
    results.join_thread()
    assert answers == [{"Name": "Muster GmbH"}] * 2
    assert len(token_requests) == 1
