"""A tenant closes while it is called. What it answers then is documented nowhere, so every odd answer gives cause to ask its state."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gtm_assets_tests.resources.superoffice_logins import get
from gtm_assets_tests.resources.test_superoffice_stub import Stub
from resources.errors import AuthError, OutsideError, PermanentError, TenantClosedError, TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import MaybeSentError

CLOSED = {"State": "OfflineMaintenance", "IsRunning": False}
PAGE = "<html>Maintenance</html>"
ANSWERS: dict[str, Callable[[], list[httpx.Response]]] = {
    "500": lambda: [httpx.Response(500)],
    "502": lambda: [httpx.Response(502, html=PAGE)],
    "504": lambda: [httpx.Response(504)],
    "302": lambda: [httpx.Response(302, headers={"Location": "https://status.example"})],
    "403": lambda: [httpx.Response(403, html=PAGE)],
    "401 with a new token too": lambda: [httpx.Response(401), httpx.Response(401)],
    "a page": lambda: [httpx.Response(200, html=PAGE)],
    "a page with 404": lambda: [httpx.Response(404, html=PAGE)],
}


def patch(client: SuperOfficeClient) -> None:
    client.patch("Contact", 1, [{"op": "replace", "path": "/Name", "value": "Neu"}], select=["Name"])


@contextmanager
def closed_meanwhile(answer: str) -> Iterator[tuple[Stub, SuperOfficeClient]]:
    """A client that was at work when its tenant closed; its next call is answered so."""
    stub = Stub()
    with stub.client() as client:
        get(client)
        stub.state = CLOSED
        stub.reactions.extend(ANSWERS[answer]())
        yield stub, client


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_a_closed_tenant_answers_to_a_reading_it_is_told_as_closed(answer: str) -> None:
    with closed_meanwhile(answer) as (stub, client), pytest.raises(TenantClosedError, match="OfflineMaintenance"):
        get(client)
    assert stub.waits == [], "the state is asked before anything is repeated"


@pytest.mark.parametrize("answer", ["403", "401 with a new token too"])
def test_a_write_that_a_closed_tenant_refuses_is_told_as_closed(answer: str) -> None:
    with closed_meanwhile(answer) as (_, client), pytest.raises(TenantClosedError):
        patch(client)


@pytest.mark.parametrize("answer", ["500", "502"])
def test_a_write_into_a_closed_tenant_may_have_worked_and_the_next_call_is_told_as_closed(answer: str) -> None:
    with closed_meanwhile(answer) as (_, client):
        with pytest.raises(MaybeSentError):
            patch(client)
        with pytest.raises(TenantClosedError):
            patch(client)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("500", TransientError),
        ("302", TransientError),
        ("403", PermanentError),
        ("401 with a new token too", AuthError),
    ],
)
def test_of_an_open_tenant_an_odd_answer_stays_what_it_is(answer: str, error: type[OutsideError]) -> None:
    stub = Stub(reactions=deque(ANSWERS[answer]()))
    with stub.client() as client:
        with pytest.raises(error) as failed:
            get(client)
        get(client)
    assert not isinstance(failed.value, TenantClosedError)


def test_where_the_login_host_is_down_what_was_known_of_the_tenant_holds() -> None:
    stub = Stub()
    with stub.client() as client:
        get(client)
        stub.login_reactions.extend([httpx.Response(503)] * 4)
        stub.reactions.append(httpx.Response(500))
        with pytest.raises(TransientError):
            get(client)
        asked = len(stub.state_requests)
        get(client)
    assert len(stub.state_requests) == asked


def test_an_open_tenant_is_not_asked_about_for_each_odd_answer() -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    stub = Stub()
    asked = []
    with stub.tenant(now=lambda: clock[0]) as tenant:
        for seconds in (0, 1, 4, 5, 6, 60):
            clock[0] = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
            tenant.current()
            tenant.doubt(ask_now=seconds % 2 == 0)
            tenant.current()
            asked.append(len(stub.state_requests))
        stub.state = CLOSED
        clock[0] += timedelta(seconds=5)
        with pytest.raises(TenantClosedError):
            tenant.doubt(ask_now=True)
        with pytest.raises(TenantClosedError):
            tenant.doubt(ask_now=True)
    assert asked == [2, 2, 2, 3, 3, 4]
