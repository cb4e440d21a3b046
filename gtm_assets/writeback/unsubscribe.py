"""Unsubscribe links: opaque, signed, without expiry. Pure.

The token names the person to whoever holds the key and nobody else; RFC 8058 wants it opaque. Receiving the click belongs to a later room.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "gtm-assets.unsubscribe"


def unsubscribe_link(public_url: str, secret_key: str, person_id: int) -> str:
    """The link of one person under ``GTM_PUBLIC_URL``; the same every time."""
    return f"{public_url.rstrip('/')}/{URLSafeSerializer(secret_key, salt=_SALT).dumps(person_id)}"


def person_of(token: str, secret_key: str) -> int | None:
    """The person a token names, None for a token that this key did not sign."""
    try:
        value = URLSafeSerializer(secret_key, salt=_SALT).loads(token)
    except BadSignature:
        return None
    return value if isinstance(value, int) else None
