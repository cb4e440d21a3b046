"""Signing in with a refresh token: what is sent, what a refusal says, and when a token is renewed."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from gtm_assets_tests.resources.superoffice_logins import get
from gtm_assets_tests.resources.test_superoffice_stub import CREDENTIALS, LOGIN, TENANT, Stub
from resources.errors import AuthError, TransientError
from resources.superoffice.auth import SignIn
from resources.superoffice.exchange import Exchange

STATE = httpx.Response(200, json=Stub().state_document())


def test_the_refresh_is_a_form_posted_to_the_global_host() -> None:
    stub = Stub()
    with stub.client() as client:
        get(client)
        get(client)
    (request,) = stub.token_requests
    assert str(request.url) == f"{LOGIN}/login/common/oauth/tokens"
    assert request.method == "POST"
    assert request.headers["Accept"] == "application/json"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["app-id"],
        "client_secret": ["app-secret-value"],
        "refresh_token": ["refresh-secret-value"],
    }


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, json={"error": "invalid_grant", "error_description": "refresh-secret-value was revoked"}),
        httpx.Response(401, html="<html>who are you</html>"),
        httpx.Response(200, json={"token_type": "Bearer"}),
    ],
)
def test_refused_credentials_say_what_an_administrator_must_do(answer: httpx.Response) -> None:
    stub = Stub(login_reactions=deque([STATE, answer]))
    with stub.client() as client, pytest.raises(AuthError, match=r"administrator.*SUPEROFFICE_REFRESH_TOKEN") as caught:
        get(client)
    assert "secret-value" not in str(caught.value)
    assert len(stub.token_requests) == 1
    assert stub.api_requests == []


def test_an_empty_answer_points_to_the_login_host() -> None:
    stub = Stub(login_reactions=deque([STATE, httpx.Response(200)]))
    with stub.client() as client, pytest.raises(AuthError, match="SUPEROFFICE_LOGIN_URL"):
        get(client)


def test_a_login_host_that_is_down_is_asked_again_and_is_an_error_for_later() -> None:
    down = httpx.Response(200, html="<html>Maintenance</html>")
    stub = Stub(login_reactions=deque([STATE, *[down] * 9]))
    with stub.client() as client, pytest.raises(TransientError, match="HTML"):
        get(client)
    assert len(stub.token_requests) == 4


def test_a_token_is_renewed_before_it_ends() -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    stub = Stub()
    sign_in = sign_in_at(stub, clock)
    given = []
    for minutes in (0, 58, 59.5, 60):
        clock[0] = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        given.append(sign_in.token().value[-1])
    assert given == ["1", "1", "2", "2"]


def test_a_token_of_seconds_is_used_for_half_of_them() -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    stub = Stub(expires_in=2)
    sign_in = sign_in_at(stub, clock)
    sign_in.token()
    sign_in.token()
    clock[0] += timedelta(seconds=1)
    sign_in.token()
    assert len(stub.token_requests) == 2


def sign_in_at(stub: Stub, clock: list[datetime]) -> SignIn:
    return SignIn(
        exchange=Exchange(limiter=None, transport=httpx.MockTransport(stub.handle), timeout=1, secrets=()),
        login_url=LOGIN,
        tenant=TENANT,
        credentials=CREDENTIALS,
        cache_file=None,
        sleep=stub.waits.append,
        now=lambda: clock[0],
    )
