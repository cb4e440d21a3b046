"""Archive queries: how they are written, paged and read.

Every query names its columns, has a filter and is ordered (certification). Paging goes by key, never by ``$skip``:
the server would start over with every page. Source: SuperOffice's developer documentation. What belongs elsewhere: which
columns and filters (``gtm_assets.crm``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import httpx

from resources.errors import PermanentError
from resources.superoffice.answers import answered_at
from resources.superoffice.api import Api
from resources.superoffice.errors import SYSTEM
from resources.superoffice.exchange import Call, Exchange
from resources.superoffice.models import ArchivePage, Row
from resources.superoffice.values import decode

#: Longer addresses are sent as POST (proxies and servers cut them somewhere above).
LONGEST_URL = 2000
#: The primary key's column by provider; the others page by the key they are asked for, which must be unique then.
_PRIMARY_KEYS = {
    "contact": "contactId",
    "simplecontact": "contactId",
    "findcontact": "contactId",
    "recyclecontact": "contactId",
    "person": "personId",
    "simpleperson": "personId",
    "findperson": "personId",
    "recycleperson": "personId",
}


@dataclass(frozen=True)
class Query:
    """One archive query. ``filter`` must not be empty."""

    provider: str
    select: tuple[str, ...]
    filter: str
    order_by: str
    top: int
    entities: str | None = None

    def __post_init__(self) -> None:
        if not self.select or not self.filter.strip() or not self.order_by.strip() or self.top < 1:
            message = f"a query of Archive/{self.provider} needs columns, a filter, an order and at least one row"
            raise ValueError(message)

    def parameters(self) -> dict[str, str]:
        """The query as SuperOffice's parameters."""
        parameters = {
            "$select": ",".join(self.select),
            "$filter": self.filter,
            "$orderby": self.order_by,
            "$top": str(self.top),
        }
        return parameters | ({"$entities": self.entities} if self.entities else {})


class Archives:
    """Runs archive queries over ``api``."""

    def __init__(self, api: Api, exchange: Exchange) -> None:
        self._api = api
        self._exchange = exchange

    def page(self, query: Query) -> ArchivePage:
        """One page. Raises what ``Api.send`` raises; PermanentError for an answer without rows' array."""
        call = self._call(query)
        response = self._api.send(call)
        answer = self._exchange.json_object(call, response)
        rows = answer.get("value")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            message = f"{call.what} was answered without a list of rows."
            raise PermanentError(SYSTEM, message, "Check the provider's name.")
        next_link = answer.get("odata.nextLink")
        return ArchivePage(tuple(rows), answered_at(response), str(next_link) if next_link else None)

    def by_key(self, query: Query, key: str, after: int, own_filter: str) -> Iterator[ArchivePage]:
        """All pages, ordered by ``key`` (an int column, unique for each primary key), above ``after``.

        Only an empty page is the end: a server may send fewer rows than asked for at any time. Rows that repeat a
        primary key (joins) are left out.

        Raises:
            PermanentError: The answer isn't ordered by ``key`` or doesn't go on: rows would be lost or the loop
                endless.
        """
        seen: set[str] = set()
        query = replace(query, select=_with(query.select, key), order_by=key)
        while True:
            page = self.page(replace(query, filter=_both(f"{key} gt {after}", own_filter)))
            if not page.rows:
                return
            after = self._last_key(query.provider, page.rows, key, after)
            if rows := tuple(_first_ones(page.rows, seen)):
                yield replace(page, rows=rows)

    def having(self, query: Query, key: str, ids: Sequence[int], chunk: int, own_filter: str) -> Iterator[ArchivePage]:
        """All rows whose ``key`` is one of ``ids``, asked for in chunks.

        Where ``key`` is the provider's primary key, nothing is asked that is already known; otherwise (persons by
        company) each chunk is paged by primary key to its empty page.
        """
        if chunk < 1:
            message = "a chunk holds at least one id"
            raise ValueError(message)
        wanted = sorted(set(ids))
        primary = _primary_key(query.provider, key)
        for start in range(0, len(wanted), chunk):
            part = wanted[start : start + chunk]
            if primary == key:
                yield from self._having_primary(query, key, part, own_filter)
            else:
                yield from self.by_key(query, primary, 0, _both(_among(key, part), own_filter))

    def _having_primary(self, query: Query, key: str, ids: list[int], own_filter: str) -> Iterator[ArchivePage]:
        seen: set[str] = set()
        query = replace(query, select=_with(query.select, key), order_by=key)
        while ids:
            page = self.page(replace(query, filter=_both(_among(key, ids), own_filter)))
            if not page.rows:
                return
            last = self._last_key(query.provider, page.rows, key, ids[0] - 1)
            ids = [wanted for wanted in ids if wanted > last]
            if rows := tuple(_first_ones(page.rows, seen)):
                yield replace(page, rows=rows)

    def _call(self, query: Query) -> Call:
        path = f"Archive/{quote(query.provider, safe='')}"
        parameters = query.parameters()
        if len(str(httpx.URL(self._api.url(path), params=parameters))) > LONGEST_URL:
            return Call("POST", path, f"POST {path}", form=parameters)
        return Call("GET", path, f"GET {path}", params=parameters)

    def _last_key(self, provider: str, rows: Sequence[Row], key: str, after: int) -> int:
        keys = [_key_of(row, key) for row in rows]
        known = [value for value in keys if value is not None]
        if len(known) < len(keys) or known != sorted(known) or known[0] <= after:
            message = f"Archive/{provider} was asked for rows ordered by {key} above {after} and answered otherwise."
            raise PermanentError(
                SYSTEM, message, f"Check that {key} is an integer column of this provider that can be ordered by."
            )
        return known[-1]


def _primary_key(provider: str, key: str) -> str:
    if provider.casefold() == "dynamic":
        table, dot, column = key.partition(".")
        return f"{table}.{table}_id" if dot and "." not in column else key
    return _PRIMARY_KEYS.get(provider.casefold(), key)


def _key_of(row: Row, key: str) -> int | None:
    """The key's value, from its column (however its name is capitalised) or from the primary key."""
    value: Any = row.get(key)
    if value is None:
        value = next((found for name, found in row.items() if name.casefold() == key.casefold()), row.get("PrimaryKey"))
    if isinstance(value, str):
        value = int(value) if value.strip().isdecimal() else decode(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _first_ones(rows: Iterable[Row], seen: set[str]) -> Iterator[Row]:
    for row in rows:
        primary_key = row.get("PrimaryKey")
        if primary_key is None:
            yield row
        elif str(primary_key) not in seen:
            seen.add(str(primary_key))
            yield row


def _with(select: tuple[str, ...], column: str) -> tuple[str, ...]:
    return select if any(name.casefold() == column.casefold() for name in select) else (*select, column)


def _among(key: str, ids: Sequence[int]) -> str:
    return f"{key} in ({','.join(map(str, ids))})"


def _both(first: str, second: str) -> str:
    return f"{first} and ({second})" if second.strip() else first
