"""Company websites in the store: when one is visited again, and keeping what it said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from resources.store import schema
from resources.store.store import Store, stable_hash, upsert, utc_now
from resources.website.client import WebsiteClient
from resources.website.visits import SiteVisit

#: A website that was read is read again after this time, when its account is worked on anyway.
FRESH_FOR = timedelta(days=30)
#: One that was down is tried again after this time; the account becomes due by itself.
RETRY_AFTER = timedelta(hours=6)


def is_stale(website: Mapping[str, Any] | None, url: str, now: datetime) -> bool:
    """Whether the website has to be visited (again)."""
    if website is None or website["url"] != url:
        return True
    age: timedelta = now - website["fetched_at"]
    return age > (RETRY_AFTER if website["outcome"] in {"unreachable", "http_error"} else FRESH_FOR)


def visit(
    store: Store, client: WebsiteClient, contact_id: int, url: str, known: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Visit a website and store what it said; where it fails now, the text of an earlier visit to the same address stays."""
    result = client.visit(url)
    row = _row(contact_id, url, result)
    if result.outcome != "ok" and known is not None and known["url"] == url and known["text"]:
        kept = ("final_url", "title", "text", "imprint_url", "imprint_text", "content_hash")
        row |= {name: known[name] for name in kept}
    with store.write() as connection:
        upsert(connection, schema.websites, [row])
    return {**row, "transient": result.transient}


def _row(contact_id: int, url: str, result: SiteVisit) -> dict[str, Any]:
    return {
        "contact_id": contact_id,
        "url": url,
        "final_url": result.final_url,
        "outcome": result.outcome,
        "reason": result.reason,
        "title": result.title,
        "text": result.text,
        "imprint_url": result.imprint_url,
        "imprint_text": result.imprint_text,
        "content_hash": stable_hash([result.title, result.text]),
        "fetched_at": utc_now(),
    }
