"""The system user's signature and the ticket that comes back for it. No HTTP here.

Source: SuperOffice's developer documentation, "System-user flow". PyJWT and cryptography are imported when needed: they take
    their time.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from resources.errors import AuthError
from resources.superoffice.errors import SYSTEM

#: Claims of SuperOffice's own carry this prefix.
CLAIM = "http://schemes.superoffice.net/identity/"
#: Seconds by which this machine's clock and SuperOffice's may differ.
_CLOCK_SKEW = 300


def sign_system_token(system_token: str, private_key_pem: str, now: datetime) -> str:
    """``<system token>.<UTC minute>.<signature>``: RSA, PKCS#1 v1.5, SHA-256, base64; not a JWT.

    Raises:
        AuthError: The key isn't an RSA private key in PEM.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key_pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        message = "the private key of the system user can't be read."
        raise AuthError(
            SYSTEM, message, "SUPEROFFICE_PRIVATE_KEY must be an RSA private key in PEM without a passphrase."
        )
    message = f"{system_token}.{now.astimezone(UTC):%Y%m%d%H%M}"
    signature = key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{message}.{base64.b64encode(signature).decode()}"


def ticket_of(token: str, key_set: Mapping[str, Any], tenant: str) -> str:
    """The ticket inside the signed answer of the system-user endpoint.

    Checked: the signature (RS256, a key of ``key_set``), the expiry with five minutes of tolerance, and the tenant it
        was made for. Not checked: audience and issuer. Their values for this endpoint are published nowhere [?]; the
        answer came over TLS from the login host we asked, with that host's key, and the ticket is useless for any
        other tenant.

    Raises:
        AuthError: One of the checks failed.
    """
    import jwt

    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(dict(key_set)).keys
        fitting = [key for key in keys if kid is None or key.key_id == kid]
        if len(fitting) != 1:
            raise _refused("no single published key fits it")
        claims = jwt.decode(
            token,
            fitting[0],
            algorithms=["RS256"],
            leeway=_CLOCK_SKEW,
            options={
                "verify_aud": False,
                "verify_iss": False,
                "verify_iat": False,
                "verify_nbf": False,
                "require": ["exp"],
            },
        )
    except jwt.PyJWTError as error:
        raise _refused(type(error).__name__) from None
    made_for = str(claims.get(f"{CLAIM}ctx", tenant))
    if made_for.casefold() != tenant.casefold():
        raise _refused("it was made for another tenant")
    ticket = claims.get(f"{CLAIM}ticket")
    if not isinstance(ticket, str) or not ticket:
        raise _refused("it holds no ticket")
    return ticket


def _refused(reason: str) -> AuthError:
    message = f"the system user's token can't be trusted ({reason})."
    what_to_do = "Check SUPEROFFICE_LOGIN_URL and this machine's clock; if both are right, ask SuperOffice."
    return AuthError(SYSTEM, message, what_to_do)
