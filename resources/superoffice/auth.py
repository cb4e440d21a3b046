"""Signing in: the token that every API call carries, kept in memory and on disk, renewed by one process at a time.

Source: SuperOffice's developer documentation; the login host is always the global one. What belongs elsewhere: when a
    call is repeated after a 401 (``api``), signatures and their check (``tickets``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from resources.errors import AuthError
from resources.superoffice.credentials import Credentials, RefreshTokenCredentials, SystemUserCredentials
from resources.superoffice.errors import SYSTEM
from resources.superoffice.exchange import Call, Exchange
from resources.superoffice.private_files import between_processes, read_private, write_private
from resources.superoffice.refusals import what_to_do
from resources.superoffice.repeats import reading, repeated
from resources.superoffice.tickets import sign_system_token, ticket_of

#: A token is renewed this long before it ends (a call takes its time), but never before half of its life.
_MARGIN = timedelta(seconds=60)
#: Seconds to wait for another process that is signing in, with all its repetitions.
_PATIENCE = 120.0
_REFRESH_HELP = (
    "An administrator of the tenant has to approve the application again; then put the new refresh token into "
    "SUPEROFFICE_REFRESH_TOKEN and check SUPEROFFICE_CLIENT_ID and SUPEROFFICE_CLIENT_SECRET."
)
_SYSTEM_USER_HELP = (
    "An administrator of the tenant has to approve the application again; then check SUPEROFFICE_SYSTEM_TOKEN, "
    "SUPEROFFICE_PRIVATE_KEY, SUPEROFFICE_CLIENT_SECRET and this machine's clock."
)


@dataclass(frozen=True)
class Token:
    """What the API accepts.

    ``expires_at`` is UTC; None means no end that we know of: used until it is refused (tickets live on by use).
    """

    scheme: str
    value: str = field(repr=False)
    expires_at: datetime | None

    def usable(self, now: datetime) -> bool:
        """Whether its end is not yet near."""
        return self.expires_at is None or now < self.expires_at

    def to_json(self) -> dict[str, Any]:
        """For the private file; the only place where the value is written."""
        return {
            "scheme": self.scheme,
            "value": self.value,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Token | None:
        """What ``to_json`` wrote; None for anything else."""
        scheme, value, expires_at = (document.get(key) for key in ("scheme", "value", "expires_at"))
        if not isinstance(scheme, str) or not isinstance(value, str) or not value:
            return None
        return cls(scheme, value, datetime.fromisoformat(expires_at) if isinstance(expires_at, str) else None)


class SignIn:
    """Hands out the token of one tenant and one set of credentials."""

    def __init__(
        self,
        *,
        exchange: Exchange,
        login_url: str,
        tenant: str,
        credentials: Credentials,
        cache_file: Path | None,
        sleep: Callable[[float], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._exchange = exchange
        self._login_url = login_url.rstrip("/")
        self._tenant = tenant
        self._credentials = credentials
        self._cache_file = cache_file
        self._sleep = sleep
        self._now = now
        self._lock = threading.Lock()
        self._token: Token | None = None

    @property
    def what_to_do(self) -> str:
        """What an administrator must do when the credentials are refused."""
        return _REFRESH_HELP if isinstance(self._credentials, RefreshTokenCredentials) else _SYSTEM_USER_HELP

    def headers(self, token: Token) -> dict[str, str]:
        """The headers that a call with this token carries."""
        headers = {"Authorization": f"{token.scheme} {token.value}"}
        if token.scheme == "SOTicket":
            headers["SO-AppToken"] = self._credentials.client_secret
        return headers

    def token(self, *, refused: Token | None = None) -> Token:
        """A token to call with, other than the ``refused`` one: from memory, from disk, or a new one.

        Raises:
            AuthError: The credentials are refused; the message says what an administrator must do.
            TransientError: The login host doesn't answer now.
        """
        with self._lock:
            if self._fits(self._token, refused):
                return self._use(self._token)
            with self._alone():
                kept = self._from_disk()
                if self._fits(kept, refused):
                    return self._use(kept)
                token = self._new_token()
                if self._cache_file is not None:
                    write_private(self._cache_file, token.to_json())
                return self._use(token)

    def _fits(self, token: Token | None, refused: Token | None) -> bool:
        return token is not None and (refused is None or token.value != refused.value) and token.usable(self._now())

    def _use(self, token: Token | None) -> Token:
        assert token is not None
        self._token = token
        self._exchange.keep_out_of_messages(token.value)
        return token

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self._cache_file is None else between_processes(self._cache_file, timeout=_PATIENCE)

    def _from_disk(self) -> Token | None:
        return None if self._cache_file is None else Token.from_json(read_private(self._cache_file))

    # -- the two ways ---------------------------------------------------------------------------------------------

    def _new_token(self) -> Token:
        if isinstance(self._credentials, RefreshTokenCredentials):
            return self._refresh(self._credentials)
        return self._authenticate(self._credentials)

    def _refresh(self, credentials: RefreshTokenCredentials) -> Token:
        """An access token. The refresh token stays the same and may be used again, so repeating is safe."""
        form = {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
        }
        answer = self._ask(
            Call("POST", f"{self._login_url}/login/common/oauth/tokens", "The refresh of the access token", form=form)
        )
        value = answer.get("access_token")
        if not isinstance(value, str) or not value:
            raise self._refused("the login host answered without an access token.")
        seconds = answer.get("expires_in")
        life = timedelta(seconds=float(seconds) if isinstance(seconds, (int, float, str)) else 3600.0)
        return Token("Bearer", value, self._now() + life - min(_MARGIN, life / 2))

    def _authenticate(self, credentials: SystemUserCredentials) -> Token:
        """A ticket for the signed system token; its JWT is checked against the login host's published keys."""
        body = {
            "SignedSystemToken": sign_system_token(credentials.system_token, credentials.private_key_pem, self._now()),
            "ApplicationToken": credentials.client_secret,
            "ContextIdentifier": self._tenant,
            "ReturnTokenType": "JWT",
        }
        url = f"{self._login_url}/Login/api/PartnerSystemUser/Authenticate"
        answer = self._ask(Call("POST", url, "The sign-in of the system user", json=body))
        signed = answer.get("Token")
        if not answer.get("IsSuccessful") or not isinstance(signed, str) or not signed:
            said = self._exchange.redact(str(answer.get("ErrorMessage") or "no reason given"))[:200]
            message = f"the sign-in of the system user was refused: {said.rstrip('. ')}."
            raise self._refused(message, what_to_do(said, self.what_to_do))
        keys = self._ask(Call("GET", f"{self._login_url}/login/.well-known/jwks", "The login host's published keys"))
        return Token("SOTicket", ticket_of(signed, keys, self._tenant), None)

    def _ask(self, call: Call) -> dict[str, Any]:
        """Ask the login host. Nothing changes there, so it is repeated like a read."""
        call.headers["Accept"] = "application/json"

        def once() -> dict[str, Any]:
            response = self._exchange.send(call)
            if not response.is_success:
                raise self._failure(call, response)
            # A host that is not the global one answers 200 with an empty body.
            if not response.content.strip():
                raise self._refused(
                    f"{call.what} was answered with an empty body.",
                    "SUPEROFFICE_LOGIN_URL must be the global login host, not that of a tenant or cluster.",
                )
            return self._exchange.json_object(call, response)

        return repeated(once, when=reading, sleep=self._sleep)

    def _failure(self, call: Call, response: httpx.Response) -> Exception:
        error = self._exchange.failure(call, response)
        if response.status_code in {400, 401, 403}:
            return self._refused(error.message, what_to_do(error.message, self.what_to_do), response.status_code)
        return error

    def _refused(self, message: str, to_do: str = "", status: int | None = None) -> AuthError:
        return AuthError(SYSTEM, message, to_do or self.what_to_do, status)
