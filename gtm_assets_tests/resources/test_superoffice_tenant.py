"""The tenant's state: asked before the first call, kept as long as it says, never trusted blindly."""

from __future__ import annotations

import json
import stat
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from gtm_assets_tests.resources.test_superoffice_stub import TENANT, Stub
from resources.errors import PermanentError, TenantClosedError, TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import MaybeSentError


def get(client: SuperOfficeClient) -> None:
    client.get("Contact", 1, select=["Name"])


def test_the_state_is_asked_once_and_read_whole() -> None:
    stub = Stub()
    with stub.client() as client:
        state = client.tenant_state()
        get(client)
        get(client)
        assert client.calls == 2
    assert (state.tenant, state.state, state.is_running) == (TENANT, "Running", True)
    assert state.api_url == f"{stub.host}/{TENANT}/api"
    assert state.valid_until == datetime(2999, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert [request.url.path for request in stub.state_requests] == [f"/api/state/{TENANT}"]
    assert "Authorization" not in stub.state_requests[0].headers


@pytest.mark.parametrize(
    "state", ["OfflineMaintenance", "Suspended", "MigrationPending", "Provisioning", "Unknown", "Soon", 6, None]
)
def test_a_tenant_that_is_closed_for_now_means_waiting(state: object, tmp_path: Path) -> None:
    stub = Stub(state={"State": state, "IsRunning": False})
    with stub.client(tmp_path) as client, pytest.raises(TenantClosedError, match="closed for now") as closed:
        get(client)
    assert closed.value.state in {state, "OfflineMaintenance", "no state given"}
    assert stub.api_requests == []
    assert stub.waits == []
    assert list(tmp_path.glob("*state*.json")) == []


@pytest.mark.parametrize("state", ["Deleted", "Deleting", "DeleteFailed", "ProvisioningFailed", 3])
def test_a_tenant_that_is_gone_means_stopping(state: object) -> None:
    with Stub(state={"State": state, "IsRunning": False}).client() as client, pytest.raises(PermanentError):
        client.tenant_state()


def test_maintenance_that_ends_is_noticed() -> None:
    stub = Stub(state={"State": "OfflineMaintenance", "IsRunning": False})
    with stub.client() as client:
        with pytest.raises(TransientError):
            get(client)
        stub.state = {"State": "OnlineMaintenance"}
        get(client)
    assert len(stub.api_requests) == 1


def test_maintenance_that_begins_is_told_as_such() -> None:
    stub = Stub()
    with stub.client() as client:
        get(client)
        stub.state = {"State": "OfflineMaintenance", "IsRunning": False}
        stub.reactions.append(httpx.Response(503, html="<html>Maintenance</html>", headers={"Retry-After": "3600"}))
        with pytest.raises(TenantClosedError, match="OfflineMaintenance"):
            get(client)
    assert stub.waits == [], "the state is asked before anything is repeated"


def test_a_503_of_an_open_tenant_stays_one() -> None:
    stub = Stub(reactions=deque([httpx.Response(503, headers={"Retry-After": "3600"})]))
    with stub.client() as client:
        with pytest.raises(TransientError) as failed:
            get(client)
        get(client)
    assert (type(failed.value), failed.value.status) == (TransientError, 503)


def test_a_503_with_a_login_host_that_is_down_stays_one() -> None:
    stub = Stub(reactions=deque([httpx.Response(503, headers={"Retry-After": "3600"})]))
    with stub.client() as client:
        client.tenant_state()
        stub.login_reactions.extend([httpx.Response(200, json={"access_token": "x"}), *[httpx.Response(503)] * 4])
        with pytest.raises(TransientError) as failed:
            get(client)
    assert (failed.value.status, failed.value.retry_after) == (503, 3600)


def test_a_write_into_a_tenant_that_just_closed_may_have_worked() -> None:
    stub = Stub()
    with stub.client() as client:
        get(client)
        stub.state = {"State": "OfflineMaintenance", "IsRunning": False}
        stub.reactions.append(httpx.Response(503))
        with pytest.raises(MaybeSentError):
            client.patch("Contact", 1, [{"op": "replace", "path": "/Name", "value": "Neu"}], select=["Name"])
        with pytest.raises(TenantClosedError):
            get(client)


def test_an_unknown_tenant_is_named() -> None:
    stub = Stub(login_reactions=deque([httpx.Response(404)]))
    with stub.client() as client, pytest.raises(PermanentError, match="SUPEROFFICE_TENANT"):
        client.tenant_state()


@pytest.mark.parametrize(
    "document",
    [
        {"ContextIdentifier": "Cust99999"},
        {"Api": "http://host-1.example/Cust12345/api"},
    ],
)
def test_credentials_never_go_to_another_tenant_or_over_an_open_line(document: dict[str, str]) -> None:
    stub = Stub(state=document)
    with stub.client() as client, pytest.raises(PermanentError):
        get(client)
    assert stub.token_requests == stub.api_requests == []


@pytest.mark.parametrize("api", [None, "", "/Cust12345/api"])
def test_a_state_without_an_address_is_an_error_for_later(api: str | None) -> None:
    with Stub(state={"Api": api}).client() as client, pytest.raises(TransientError, match="no address"):
        client.tenant_state()


@pytest.mark.parametrize(
    "answer", [httpx.Response(200), httpx.Response(200, html="<html></html>"), httpx.Response(503)]
)
def test_a_state_that_can_not_be_read_is_asked_again(answer: httpx.Response) -> None:
    stub = Stub(login_reactions=deque([answer]))
    with stub.client() as client:
        assert client.tenant_state().is_running
    assert len(stub.state_requests) == 2


def test_the_state_is_kept_on_disk_for_others_and_for_its_owner_only(tmp_path: Path) -> None:
    stub = Stub()
    for _ in range(2):
        with stub.client(tmp_path / "new" / "dir") as client:
            client.tenant_state()
    assert len(stub.state_requests) == 1
    (file,) = (tmp_path / "new" / "dir").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_or_outdated_file_is_replaced(tmp_path: Path) -> None:
    stub = Stub()
    with stub.client(tmp_path) as client:
        client.tenant_state()
    (file,) = tmp_path.iterdir()
    outdated = json.dumps(stub.state_document() | {"ValidUntil": "2020-01-01T00:00:00Z"})
    for content in ("{", "[]", outdated):
        file.write_text(content)
        with stub.client(tmp_path) as client:
            assert client.tenant_state().is_running
    assert len(stub.state_requests) == 4


def test_a_moved_host_leaves_no_old_file_behind(tmp_path: Path) -> None:
    stub = Stub()
    with stub.client(tmp_path) as client:
        get(client)
        stub.host = "https://host-2.example"
        get(client)
    with stub.client(tmp_path) as client:
        assert client.tenant_state().api_url.startswith("https://host-2.example")
    assert len(stub.state_requests) == 2


def test_the_state_is_asked_again_when_its_time_is_over_and_a_wrong_clock_does_not_ask_every_time() -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    stub = Stub(state={"ValidUntil": "2026-01-01T01:00:00Z"})
    asked = []
    with stub.tenant(now=lambda: clock[0]) as tenant:
        for minutes in (0, 59, 60, 60.5, 61.5):
            clock[0] = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
            tenant.current()
            asked.append(len(stub.state_requests))
    assert asked == [1, 1, 2, 2, 3]
