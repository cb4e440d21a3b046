"""Where people open records in SuperOffice. The tenant's web address is kept in the store, so that showing a link needs no call."""

from __future__ import annotations

import sqlalchemy as sa

from resources.store.store import Store, get_cursor, set_cursor
from resources.superoffice.client import SuperOfficeClient

WEB_ADDRESS = "crm.web_address"


def remember_web_address(store: Store, crm: SuperOfficeClient) -> None:
    """Keep the tenant's web address as its state document names it; a tenant may move to another host."""
    address = crm.tenant_state().api_url.removesuffix("/api")
    with store.read() as connection:
        known = web_address(connection)
    if known != address:
        with store.write() as connection:
            set_cursor(connection, WEB_ADDRESS, {"address": address})


def web_address(connection: sa.Connection) -> str:
    """The tenant's web address; empty before the first pass."""
    stored = get_cursor(connection, WEB_ADDRESS)
    return str(stored["address"]) if stored else ""


def company_link(address: str, contact_id: int) -> str:
    """Where a person opens the company in SuperOffice; empty where the address is not known yet."""
    return f"{address}/default.aspx?contact_id={contact_id}" if address else ""


def person_link(address: str, person_id: int) -> str:
    """Where a person opens the person in SuperOffice; empty where the address is not known yet."""
    return f"{address}/default.aspx?person_id={person_id}" if address else ""
