"""The two ways to sign in. Values only: what is done with them lives in ``auth`` and ``tickets``.

Secrets are kept out of ``repr``, so that a log line or a traceback with locals can't show them.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, field


@dataclass(frozen=True)
class RefreshTokenCredentials:
    """A user's consent, kept as a refresh token (long-lived, re-usable, revocable by the tenant)."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class SystemUserCredentials:
    """The server-to-server user: the tenant's system token, signed with the application's RSA key (PEM text)."""

    client_id: str
    client_secret: str = field(repr=False)
    system_token: str = field(repr=False)
    private_key_pem: str = field(repr=False)


Credentials = RefreshTokenCredentials | SystemUserCredentials


def fingerprint(login_url: str, tenant: str, credentials: Credentials) -> str:
    """16 hexadecimal digits that change whenever a token got with these credentials would be another one's."""
    parts = (login_url, tenant, type(credentials).__name__, *astuple(credentials))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def secrets_of(credentials: Credentials) -> tuple[str, ...]:
    """Every value that must never be shown."""
    if isinstance(credentials, RefreshTokenCredentials):
        return (credentials.client_secret, credentials.refresh_token)
    return (credentials.client_secret, credentials.system_token, credentials.private_key_pem)
