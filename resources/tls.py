"""The TLS context of this process: what it trusts is read once, because reading it takes longer than most of our calls.

What belongs elsewhere: Google's SDK, which has ways of its own to find out what to trust (``gemini``).
"""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx


@lru_cache(maxsize=1)
def shared_context() -> ssl.SSLContext:
    """What HTTPX trusts by itself (certifi, or ``SSL_CERT_FILE``); safe to share between clients and threads.

    Another bundle of certificates counts from the next start of the process.
    """
    return httpx.create_ssl_context()
