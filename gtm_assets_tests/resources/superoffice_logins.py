"""The system user's login host for tests of signing in, and the one request that each of them makes.

The login host for refresh tokens is the stub's (``test_superoffice_stub``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gtm_assets_tests.resources.test_superoffice_stub import LOGIN, TENANT, Stub
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import SystemUserCredentials
from resources.superoffice.tickets import CLAIM

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SYSTEM_USER = SystemUserCredentials(
    "app-id",
    "app-secret-value",
    "GTM Assets-AbCdEf1234",
    KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode(),
)


def get(client: SuperOfficeClient) -> object:
    return client.get("Contact", 1, select=["Name"])


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


def client_of(login: TicketLogin, cache_dir: Path | None = None, credentials: Any = SYSTEM_USER) -> SuperOfficeClient:
    return SuperOfficeClient(
        login_url=LOGIN,
        tenant=TENANT,
        credentials=credentials,
        cache_dir=cache_dir,
        transport=httpx.MockTransport(login.handle),
        sleep=lambda _: None,
    )
