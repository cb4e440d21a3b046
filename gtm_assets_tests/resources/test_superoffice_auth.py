"""Signing in: both ways, one token for all clients and processes, nothing readable for others."""

from __future__ import annotations

import base64
import json
import multiprocessing
import stat
import threading
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from gtm_assets_tests.resources.test_superoffice_stub import CREDENTIALS, LOGIN, TENANT, Stub
from resources.errors import AuthError, TransientError
from resources.superoffice.auth import SignIn
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import RefreshTokenCredentials, SystemUserCredentials, fingerprint
from resources.superoffice.exchange import Exchange
from resources.superoffice.private_files import between_processes, read_private, write_private
from resources.superoffice.tickets import CLAIM, ticket_of

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SYSTEM_USER = SystemUserCredentials(
    "app-id",
    "app-secret-value",
    "GTM Assets-AbCdEf1234",
    KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode(),
)


STATE = httpx.Response(200, json=Stub().state_document())


def get(client: SuperOfficeClient) -> object:
    return client.get("Contact", 1, select=["Name"])


# -- refresh token ----------------------------------------------------------------------------------------------------


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


# -- one token for all ------------------------------------------------------------------------------------------------


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


# -- system user ------------------------------------------------------------------------------------------------------


class TicketLogin:
    """The system user's login host, and an API that wants its tickets."""

    def __init__(self, **claims: Any) -> None:
        self.claims = claims
        self.signing_key: Any = KEY
        self.kid = "k1"
        self.answer: dict[str, Any] = {}
        self.sign_ins: list[dict[str, Any]] = []
        self.api_requests: list[httpx.Request] = []
        self.refuse = 0

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.startswith("/api/state/"):
            return httpx.Response(200, json=Stub().state_document())
        if path == "/login/.well-known/jwks":
            jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "use": "sig"}
            return httpx.Response(200, json={"keys": [jwk]})
        if path == "/Login/api/PartnerSystemUser/Authenticate":
            self.sign_ins.append(json.loads(request.content))
            return httpx.Response(
                200, json={"IsSuccessful": True, "Token": self.token(), "ErrorMessage": ""} | self.answer
            )
        self.api_requests.append(request)
        if self.refuse:
            self.refuse -= 1
            return httpx.Response(401)
        return httpx.Response(200, json={"Name": "Muster GmbH"})

    def token(self) -> str:
        claims = {
            "exp": datetime.now(UTC) + timedelta(minutes=5),
            "iss": LOGIN,
            "aud": "app-id",
            f"{CLAIM}ctx": TENANT,
            f"{CLAIM}ticket": f"7T:ticket-{len(self.sign_ins)}",
        } | self.claims
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.signing_key, algorithm="RS256", headers={"kid": self.kid})


@pytest.fixture
def login() -> TicketLogin:
    return TicketLogin()


@pytest.fixture
def system_client(login: TicketLogin) -> Iterator[SuperOfficeClient]:
    client = client_of(login)
    yield client
    client.close()


def client_of(login: TicketLogin, cache_dir: Path | None = None, credentials: Any = SYSTEM_USER) -> SuperOfficeClient:
    return SuperOfficeClient(
        login_url=LOGIN,
        tenant=TENANT,
        credentials=credentials,
        cache_dir=cache_dir,
        transport=httpx.MockTransport(login.handle),
        sleep=lambda _: None,
    )


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
