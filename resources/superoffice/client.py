"""The SuperOffice client: one object per tenant, typed calls, no business rules.

What belongs elsewhere: which fields are read and written (``gtm_assets``), the rate limit's bucket
(``resources.store``), and how calls travel (``api``). Every call waits for the limiter, also each repetition and each
visit to the login host.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from resources.errors import PermanentError
from resources.superoffice.answers import answered_at, refusal_of
from resources.superoffice.api import Api
from resources.superoffice.archive import Archives, Query
from resources.superoffice.auth import SignIn
from resources.superoffice.credentials import Credentials, fingerprint, secrets_of
from resources.superoffice.errors import SYSTEM
from resources.superoffice.exchange import Call, Exchange
from resources.superoffice.limits import RateLimiter
from resources.superoffice.models import (
    ArchivePage,
    EntityName,
    ListItem,
    Principal,
    Refusal,
    TenantState,
    UdefField,
)
from resources.superoffice.tenant import Tenant
from resources.superoffice.values import datetime_to_utc
from resources.waiting import Priority

__all__ = ["RateLimiter", "SuperOfficeClient"]


class SuperOfficeClient:
    """Calls to one tenant of SuperOffice CRM Online.

    Args:
        login_url: The global login host, such as ``https://online.superoffice.com`` (never a tenant's or cluster's).
        tenant: The tenant's id, such as ``Cust12345``.
        credentials: One of the two ways to sign in.
        cache_dir: Where token and tenant state are kept for other processes (mode 0600); None keeps them in this
            object.
        limiter: Grants calls; None grants all.
        transport: Replaces the network in tests.
        timeout: Seconds for connecting, and for each wait for data.
        sleep: Waits between repetitions, in seconds.

    Errors of every method: ``AuthError`` (an administrator must act), ``TransientError`` (later), ``PermanentError``
    (never).
    """

    def __init__(
        self,
        *,
        login_url: str,
        tenant: str,
        credentials: Credentials,
        cache_dir: Path | None,
        limiter: RateLimiter | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        known_by = fingerprint(login_url, tenant, credentials)
        self._exchange = Exchange(
            limiter=limiter, transport=transport, timeout=timeout, secrets=secrets_of(credentials)
        )
        self._tenant = Tenant(
            exchange=self._exchange,
            login_url=login_url,
            tenant=tenant,
            cache_file=cache_dir / f"superoffice-state-{known_by}.json" if cache_dir else None,
            sleep=sleep,
        )
        sign_in = SignIn(
            exchange=self._exchange,
            login_url=login_url,
            tenant=tenant,
            credentials=credentials,
            cache_file=cache_dir / f"superoffice-token-{known_by}.json" if cache_dir else None,
            sleep=sleep,
        )
        self._api = Api(exchange=self._exchange, sign_in=sign_in, tenant=self._tenant, sleep=sleep)
        self._archives = Archives(self._api, self._exchange)
        self._thread = threading.local()

    @property
    def calls(self) -> int:
        """API requests sent so far, repetitions included; without those for tokens and tenant state."""
        return self._api.calls

    @property
    def patches(self) -> int:
        """PATCH requests sent so far, repetitions included."""
        return self._api.patches

    def working(self, priority: Priority, patience: float | None = None) -> AbstractContextManager[None]:
        """What is called while the block runs, by whichever thread, is live or background work; without it everything is live.

        ``patience``: seconds to wait for the shared limit at most before a call ends as ``HeldError``; None: as long as it takes.
        """
        return self._exchange.working(priority, patience)

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    # -- about the tenant -----------------------------------------------------------------------------------------

    def tenant_state(self) -> TenantState:
        """Host and state of the tenant, at most as old as its document says.

        Raises:
            TenantClosedError: Maintenance, or suspended.
            TransientError: The login host doesn't answer now.
            PermanentError: Deleted, unknown, or a document that can't be trusted.
        """
        return self._tenant.current()

    def require_open(self) -> None:
        """Ask whether the tenant is open, though its document says so for longer; not again within seconds where it was.

        Raises:
            TenantClosedError: It is closed.
        """
        self._tenant.doubt(ask_now=True)

    def answer_to_bad_token(self) -> Refusal:
        """How the tenant refuses a token that is none: nothing is read, nothing changes, and our own token stays."""
        call = Call(
            "GET",
            self._api.url("User/currentPrincipal"),
            "GET User/currentPrincipal without a valid token",
            headers={"Accept": "application/json", "Authorization": "Bearer none"},
        )
        return refusal_of(self._exchange.send(call))

    def answer_to_unknown_id(self, entity: EntityName, entity_id: int) -> Refusal:
        """How the tenant says that there is no such record."""
        path = f"{entity}/{entity_id}"
        return refusal_of(self._api.send(Call("GET", path, f"GET {path}"), accept=(404,)))

    def current_principal(self) -> Principal:
        """Who we are in the CRM."""
        call = Call("GET", "User/currentPrincipal", "GET User/currentPrincipal")
        return Principal.from_json(self._exchange.json_object(call, self._api.send(call)))

    def udef_layout(self, entity: EntityName) -> list[UdefField]:
        """The user-defined fields of the published layout."""
        path = f"{entity}/UdefLayout/Published"
        call = Call("GET", path, f"GET {path}")
        return [UdefField.from_json(info) for info in self._exchange.json_objects(call, self._api.send(call))]

    def mdo_list(self, name: str) -> list[ListItem]:
        """The items of a list, without headings, each once (under several headings an item comes several times)."""
        path = f"MDOList/{quote(name, safe='')}"
        call = Call("GET", path, f"GET {path}", params={"flat": "true"})
        items: dict[int, ListItem] = {}
        for carrier in self._exchange.json_objects(call, self._api.send(call)):
            item = ListItem.from_json(carrier)
            items.setdefault(item.id, item)
        return list(items.values())

    # -- many records ---------------------------------------------------------------------------------------------

    def archive(
        self,
        provider: str,
        *,
        select: Sequence[str],
        filter: str,  # noqa: A002 - SuperOffice's own word
        order_by: str,
        top: int = 1000,
        entities: str | None = None,
    ) -> ArchivePage:
        """One page of an archive query, as the server sent it (a server may send fewer rows than ``top``).

        Raises:
            ValueError: No columns, no filter or no order.
        """
        return self._archives.page(Query(provider, tuple(select), filter, order_by, top, entities))

    def archive_keyset(
        self,
        provider: str,
        *,
        select: Sequence[str],
        filter: str,  # noqa: A002
        key: str,
        top: int = 1000,
        after: int = 0,
        entities: str | None = None,
    ) -> Iterator[ArchivePage]:
        """All pages above ``after``, ordered by ``key`` (the primary key's column), up to an empty page.

        ``filter`` may be empty. A primary key comes once, with its first row; pages have at least one row.
        """
        query = Query(provider, tuple(select), f"{key} gt {after}", key, top, entities)
        return self._archives.by_key(query, key, after, filter)

    def archive_in(
        self,
        provider: str,
        *,
        select: Sequence[str],
        key: str,
        ids: Sequence[int],
        filter: str = "",  # noqa: A002
        chunk: int = 200,
        entities: str | None = None,
    ) -> Iterator[ArchivePage]:
        """All rows whose ``key`` is one of ``ids``; a primary key comes once.

        ``key`` need not be the primary key (persons by company).
        """
        query = Query(provider, tuple(select), f"{key} gt 0", key, 1000, entities)
        return self._archives.having(query, key, ids, chunk, filter)

    # -- one record -----------------------------------------------------------------------------------------------

    def get(self, entity: EntityName, entity_id: int, *, select: Sequence[str]) -> dict[str, Any] | None:
        """The named properties of a record (null in others says nothing); None if there is no such record."""
        path = f"{entity}/{entity_id}"
        call = Call("GET", path, f"GET {path}", params=_select(select))
        response = self._api.send(call, accept=(404,))
        self._thread.read_at = answered_at(response)
        return None if response.status_code == 404 else self._exchange.json_object(call, response)

    def read_at(self) -> datetime | None:
        """The CRM's clock when it made up the last record that this thread got, to a second and at the earliest; None if untold."""
        moment: datetime | None = getattr(self._thread, "read_at", None)
        return moment

    def patch(
        self,
        entity: EntityName,
        entity_id: int,
        operations: Sequence[dict[str, Any]],
        *,
        select: Sequence[str],
        unmodified_since: datetime | None = None,
    ) -> dict[str, Any]:
        """Change one record by JSON Patch (``add``, ``replace``, ``remove``, ``test``) and return its named properties.

        Sent once; again only if no connection came about, the token was refused (401) or the host was wrong (421).
        ``unmodified_since`` (with a time zone; the server compares whole seconds) refuses the change if the record is
        younger. HTTP 200 proves no effect: read back. An empty dict means that the answer had no body.

        Raises:
            ChangedInBetweenError: A ``test`` didn't hold (409) or the record is younger than ``unmodified_since``
                (412).
            MaybeSentError: It went out, and whether it worked is unknown (no answer, 5xx, an unreadable answer).
            TurnedAwayError: Too many calls (429); nothing was done.
            PermanentError: No such record (404), or refused.
            ValueError: No operations or no columns.
        """
        if not operations:
            message = "a patch needs at least one operation"
            raise ValueError(message)
        headers = {}
        if unmodified_since is not None:
            headers["If-Unmodified-Since"] = format_datetime(datetime_to_utc(unmodified_since), usegmt=True)
        path = f"{entity}/{entity_id}"
        call = Call(
            "PATCH", path, f"PATCH {path}", params=_select(select), headers=headers, json=list(operations), writes=True
        )
        response = self._api.send(call, accept=(404,))
        if response.status_code == 404:
            message = f"{entity} {entity_id} can't be changed: there is no such record."
            raise PermanentError(SYSTEM, message, "It was deleted or merged; read it again.", 404)
        return self._exchange.json_object(call, response) if response.content.strip() else {}


def _select(select: Sequence[str]) -> dict[str, str]:
    if not select:
        message = "name the properties to read: whole records are never asked for"
        raise ValueError(message)
    return {"$select": ",".join(select)}
