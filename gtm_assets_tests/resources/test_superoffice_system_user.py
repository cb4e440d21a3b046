"""Signing in as the system user: the signed token, the ticket, and which tickets and keys are not used."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from gtm_assets_tests.resources.superoffice_logins import KEY, TicketLogin, client_of, get
from gtm_assets_tests.resources.test_superoffice_stub import TENANT
from resources.errors import AuthError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import SystemUserCredentials
from resources.superoffice.tickets import CLAIM, ticket_of


@pytest.fixture
def login() -> TicketLogin:
    return TicketLogin()


@pytest.fixture
def system_client(login: TicketLogin) -> Iterator[SuperOfficeClient]:
    client = client_of(login)
    yield client
    client.close()


def test_the_system_user_signs_its_token_with_the_minute(login: TicketLogin, system_client: SuperOfficeClient) -> None:
    assert get(system_client) == {"Name": "Muster GmbH"}
    (body,) = login.sign_ins
    assert (body["ApplicationToken"], body["ContextIdentifier"], body["ReturnTokenType"]) == (
        "app-secret-value",
        TENANT,
        "JWT",
    )
    system_token, minute, signature = body["SignedSystemToken"].rsplit(".", 2)
    assert system_token == "GTM Assets-AbCdEf1234"
    assert abs(datetime.strptime(f"{minute}+0000", "%Y%m%d%H%M%z") - datetime.now(UTC)) < timedelta(minutes=3)
    KEY.public_key().verify(
        base64.b64decode(signature), f"{system_token}.{minute}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )


def test_the_ticket_goes_with_the_application_token(login: TicketLogin, system_client: SuperOfficeClient) -> None:
    get(system_client)
    (request,) = login.api_requests
    assert request.headers["Authorization"] == "SOTicket 7T:ticket-1"
    assert request.headers["SO-AppToken"] == "app-secret-value"


def test_a_ticket_is_kept_until_it_is_refused(login: TicketLogin, tmp_path: Path) -> None:
    for _ in range(2):
        client = client_of(login, tmp_path)
        get(client)
        client.close()
    assert len(login.sign_ins) == 1
    login.refuse = 1
    client = client_of(login, tmp_path)
    get(client)
    client.close()
    assert [request.headers["Authorization"][-1] for request in login.api_requests] == ["1", "1", "1", "2"]


def test_a_ticket_refused_twice_tells_what_an_administrator_must_do(
    login: TicketLogin, system_client: SuperOfficeClient
) -> None:
    login.refuse = 2
    with pytest.raises(AuthError, match=r"administrator.*SUPEROFFICE_SYSTEM_TOKEN"):
        get(system_client)


def test_a_refused_sign_in_gives_the_reason_without_the_secret(
    login: TicketLogin, system_client: SuperOfficeClient
) -> None:
    login.answer = {"IsSuccessful": False, "Token": None, "ErrorMessage": "6 InvalidTimestamp app-secret-value"}
    with pytest.raises(AuthError, match=r"6 InvalidTimestamp \*\*\*.*clock"):
        get(system_client)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {f"{CLAIM}ctx": "Cust99999"},
        {f"{CLAIM}ticket": None},
    ],
)
def test_a_ticket_that_is_old_or_someone_elses_is_not_used(claims: dict[str, Any]) -> None:
    login = TicketLogin(**claims)
    client = client_of(login)
    with pytest.raises(AuthError, match="can't be trusted"):
        get(client)
    client.close()
    assert login.api_requests == []


def test_a_ticket_signed_by_somebody_else_is_not_used(login: TicketLogin, system_client: SuperOfficeClient) -> None:
    login.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(AuthError, match="InvalidSignatureError"):
        get(system_client)
    login.kid = "unknown"
    with pytest.raises(AuthError, match="no single published key"):
        get(system_client)


@pytest.mark.parametrize("token", ["", "a.b.c", jwt.encode({"exp": 9e9}, "s" * 32, algorithm="HS256")])
def test_what_is_no_signed_token_is_not_used(token: str) -> None:
    with pytest.raises(AuthError):
        ticket_of(token, {"keys": []}, TENANT)


def test_audience_and_issuer_may_be_anything_for_nobody_documents_them() -> None:
    login = TicketLogin(aud="something", iss="https://elsewhere.example")
    client = client_of(login)
    assert get(client) == {"Name": "Muster GmbH"}
    client.close()


@pytest.mark.parametrize(
    "pem",
    [
        "not a key",
        "",
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode(),
    ],
)
def test_a_key_that_is_no_rsa_key_is_named_without_being_shown(login: TicketLogin, pem: str) -> None:
    client = client_of(login, credentials=SystemUserCredentials("id", "secret", "token", pem))
    with pytest.raises(AuthError, match="SUPEROFFICE_PRIVATE_KEY") as caught:
        get(client)
    client.close()
    assert "BEGIN" not in str(caught.value)
    assert login.sign_ins == []
