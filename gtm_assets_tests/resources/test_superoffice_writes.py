"""PATCH: sent once, except where it can't have had an effect."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from gtm_assets_tests.resources.test_superoffice_stub import Stub
from resources.errors import AuthError, ChangedInBetweenError, MisdirectedError, PermanentError, TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import MaybeSentError, NotSentError

OPERATIONS = [{"op": "replace", "path": "CustomFields", "value": {"SuperOffice:83": "[I:3]"}}]
OK = httpx.Response(200, json={"CustomFields": {"SuperOffice:83": "[I:3]"}})


def reacting(*reactions: object) -> Stub:
    return Stub(reactions=deque(reactions))  # type: ignore[arg-type]


def patch(client: SuperOfficeClient, **more: Any) -> dict[str, Any]:
    return client.patch("Contact", 5, OPERATIONS, select=["CustomFields"], **more)


def test_one_request_carries_all_operations_as_an_array() -> None:
    stub = reacting(OK)
    with stub.client() as client:
        answer = patch(client, unmodified_since=datetime(2026, 1, 2, 4, 4, 5, 999, timezone(timedelta(hours=1))))
        assert (client.calls, client.patches) == (1, 1)
    (request,) = stub.api_requests
    assert answer == {"CustomFields": {"SuperOffice:83": "[I:3]"}}
    assert request.method == "PATCH"
    assert json.loads(request.content) == OPERATIONS
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["If-Unmodified-Since"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert request.url.params["$select"] == "CustomFields"


def test_without_a_time_there_is_no_precondition() -> None:
    stub = reacting(OK)
    with stub.client() as client:
        patch(client)
    assert "If-Unmodified-Since" not in stub.api_requests[0].headers


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.WriteError("broken"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed without an answer"),
        httpx.Response(500),
        httpx.Response(502, html="<html></html>"),
        httpx.Response(503, headers={"Retry-After": "3"}),
        httpx.Response(504),
        httpx.Response(200, html="<html>OK?</html>"),
        httpx.Response(200, json=[]),
    ],
    ids=repr,
)
def test_a_write_that_may_have_worked_is_never_sent_again_and_says_so(failure: object) -> None:
    stub = reacting(failure, OK)
    with stub.client() as client:
        with pytest.raises(TransientError, match="read the record") as caught:
            patch(client)
        assert client.patches == 1
    assert isinstance(caught.value, MaybeSentError)
    assert caught.value.maybe_sent is True
    assert len(stub.api_requests) == 1
    assert stub.waits == []


def test_a_throttled_write_was_not_done_but_is_left_to_the_caller() -> None:
    stub = reacting(httpx.Response(429, headers={"Retry-After": "3"}), OK)
    with stub.client() as client, pytest.raises(TransientError) as caught:
        patch(client)
    assert not isinstance(caught.value, MaybeSentError)
    assert caught.value.retry_after == 3
    assert len(stub.api_requests) == 1


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy")]
)
def test_a_write_that_never_left_is_sent_again(failure: Exception) -> None:
    stub = reacting(failure, failure, OK)
    with stub.client() as client:
        patch(client)
        assert client.patches == 1
    assert len(stub.waits) == 2


def test_a_write_that_never_gets_through_says_that_it_was_not_sent() -> None:
    stub = reacting(*[httpx.ConnectError("refused")] * 9)
    with stub.client() as client:
        with pytest.raises(NotSentError) as caught:
            patch(client)
        assert client.patches == 0
    assert caught.value.maybe_sent is False


def test_a_write_refused_for_its_token_or_its_host_is_sent_again() -> None:
    stub = reacting(httpx.Response(421), httpx.Response(401), OK)
    with stub.client() as client:
        patch(client)
        assert client.patches == 3
    assert len({request.content for request in stub.api_requests}) == 1


def test_a_write_refused_twice_ends() -> None:
    with reacting(httpx.Response(401), httpx.Response(401)).client() as client, pytest.raises(AuthError):
        patch(client)
    with reacting(httpx.Response(421), httpx.Response(421)).client() as client, pytest.raises(MisdirectedError):
        patch(client)


@pytest.mark.parametrize("status", [409, 412])
def test_a_record_that_changed_in_between_has_its_own_error(status: int) -> None:
    with reacting(httpx.Response(status)).client() as client, pytest.raises(ChangedInBetweenError) as caught:
        patch(client)
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_write_is_permanent(status: int) -> None:
    with reacting(httpx.Response(status)).client() as client, pytest.raises(PermanentError) as caught:
        patch(client)
    assert caught.value.status == status


def test_an_empty_answer_to_a_write_is_an_empty_record() -> None:
    with reacting(httpx.Response(200), httpx.Response(204)).client() as client:
        assert patch(client) == {}
        assert patch(client) == {}


def test_a_write_without_operations_or_columns_is_refused_before_it_is_sent() -> None:
    stub = Stub()
    with stub.client() as client:
        with pytest.raises(ValueError, match="operation"):
            client.patch("Person", 1, [], select=["Title"])
        with pytest.raises(ValueError, match="properties"):
            client.patch("Person", 1, OPERATIONS, select=[])
        with pytest.raises(ValueError, match="time zone"):
            patch(client, unmodified_since=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    assert stub.api_requests == []


def test_a_login_host_that_is_down_is_not_asked_more_often_for_a_write() -> None:
    stub = Stub(login_reactions=deque([httpx.ConnectError("refused")] * 50))
    with stub.client() as client, pytest.raises(NotSentError):
        patch(client)
    assert len(stub.state_requests) == 4
