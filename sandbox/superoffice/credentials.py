"""Credentials of the sandbox tenant.

Application, refresh token, system user with its RSA key, and the tokens given out.

Nothing here opens anything but the sandbox. What belongs elsewhere: the login endpoints (``login``).
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from sandbox.superoffice.carriers import API_USER, SYSTEM_USER

ACCESS_TOKEN_SECONDS = 3600
# A ticket lives six hours from its last use.
TICKET_SECONDS = 6 * 3600


@dataclass
class Token:
    """A bearer token or a ticket: for whom, and until when (Unix time)."""

    associate: int
    expires: float
    sliding: bool


@dataclass
class Credentials:
    """One tenant's credentials; the private keys are PEM."""

    tenant: str
    client_id: str
    client_secret: str
    refresh_token: str
    system_token: str
    system_user_key: str
    signing_key: str
    tokens: dict[str, Token] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def new(cls, tenant: str) -> Credentials:
        """Made up for a new sandbox."""
        return cls(
            tenant=tenant,
            client_id="sandbox-application",
            client_secret=secrets.token_hex(16),
            refresh_token=secrets.token_urlsafe(24),
            system_token=f"gtm-assets Sandbox-{secrets.token_urlsafe(8).replace('.', '')}",
            system_user_key=_rsa_key(0),
            signing_key=_rsa_key(1),
        )

    def give_out(self, prefix: str, associate: int, seconds: float, *, sliding: bool) -> str:
        """A new token (``8A``) or ticket (``7T``) for an associate."""
        text = f"{prefix}:{self.tenant}.{secrets.token_urlsafe(24)}"
        now = time.time()
        with self.lock:
            self.tokens = {known: token for known, token in self.tokens.items() if token.expires > now}
            self.tokens[text] = Token(associate, now + seconds, sliding)
        return text

    def access_token(self) -> str:
        """What a refresh gives."""
        return self.give_out("8A", API_USER, ACCESS_TOKEN_SECONDS, sliding=False)

    def ticket(self) -> str:
        """What a system user gets."""
        return self.give_out("7T", SYSTEM_USER, TICKET_SECONDS, sliding=True)

    def associate_of(self, text: str) -> int | None:
        """Who a token belongs to; None if it is unknown or over. Use makes a ticket live longer."""
        with self.lock:
            token = self.tokens.get(text)
            if token is None or token.expires < time.time():
                return None
            if token.sliding:
                token.expires = time.time() + TICKET_SECONDS
            return token.associate

    def expire_all(self) -> int:
        """End all tokens, as a night's maintenance does; says how many there were."""
        with self.lock:
            count = len(self.tokens)
            self.tokens.clear()
        return count

    def to_json(self) -> dict[str, Any]:
        """For the sandbox's own directory."""
        values = {key: value for key, value in vars(self).items() if key not in ("lock", "tokens")}
        with self.lock:
            return {**values, "tokens": {text: asdict(token) for text, token in self.tokens.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Credentials:
        """The opposite of ``to_json``."""
        tokens = {text: Token(**token) for text, token in data.pop("tokens").items()}
        return cls(**data, tokens=tokens)


@lru_cache(maxsize=2)
def _rsa_key(which: int) -> str:
    """A private key as PEM.

    Made once for each process and purpose (``which``), because that takes a tenth of a second.
    """
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    del which
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
