"""The Gemini client where nobody listens, no reply comes in time or a proxy gives up, and which of these may have been charged."""

from __future__ import annotations

import socket
from typing import Any

import httpx2
import pytest

from gtm_assets_tests.resources.gemini_stub import MODEL, ask
from resources.errors import TransientError
from resources.gemini import GeminiClient
from resources.gemini.failures import LostReplyError


def test_nothing_listening_is_transient_after_all_attempts(slept: list[float]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    client = GeminiClient(
        api_key="k", base_url=f"http://127.0.0.1:{port}", model=MODEL, timeout=1.0, attempts=2, sleep=slept.append
    )
    with pytest.raises(TransientError, match="GOOGLE_GEMINI_BASE_URL"):
        ask(client)
    assert client.calls == 2
    client.close()


def test_a_reply_that_does_not_come_in_time_is_transient(slept: list[float]) -> None:
    limits: list[Any] = []

    def too_slow(request: httpx2.Request) -> httpx2.Response:
        limits.append(request.extensions["timeout"])
        raise httpx2.ReadTimeout("sample", request=request)

    client = GeminiClient(
        api_key="k",
        base_url="http://sample.invalid",
        model=MODEL,
        timeout=9.0,
        transport=httpx2.MockTransport(too_slow),
        sleep=slept.append,
    )
    with pytest.raises(TransientError, match="no reply within 9 s"):
        ask(client)
    assert len(limits) == 3
    assert all(limit["read"] == 9.0 and limit["connect"] == 9.0 for limit in limits)
    client.close()


# --- what may have been charged ---------------------------------------------------------------------------------------


def _raised(transport: httpx2.MockTransport) -> TransientError:
    client = GeminiClient(api_key="k", base_url="http://sample.invalid", model=MODEL, attempts=1, transport=transport)
    with pytest.raises(TransientError) as caught:
        ask(client)
    client.close()
    return caught.value


@pytest.mark.parametrize(
    ("failure", "lost"),
    [
        (httpx2.ReadTimeout, True),
        (httpx2.WriteTimeout, True),
        (httpx2.ReadError, True),
        (httpx2.RemoteProtocolError, True),
        (httpx2.ConnectTimeout, False),
        (httpx2.ConnectError, False),
        (httpx2.ProxyError, False),
        (httpx2.PoolTimeout, False),
    ],
)
def test_a_request_that_was_sent_and_not_answered_may_be_charged_one_that_never_left_is_not(failure, lost) -> None:
    def fails(request: httpx2.Request) -> httpx2.Response:
        raise failure("sample", request=request)

    assert isinstance(_raised(httpx2.MockTransport(fails)), LostReplyError) is lost


@pytest.mark.parametrize(("status", "lost"), [(429, False), (500, False), (503, False), (504, True), (408, True)])
def test_an_error_reply_is_free_unless_somebody_on_the_way_gave_up(status, lost) -> None:
    reply = httpx2.Response(status, json={"error": {"code": status, "message": "sample", "status": "SAMPLE"}})
    assert isinstance(_raised(httpx2.MockTransport(lambda _: reply)), LostReplyError) is lost
