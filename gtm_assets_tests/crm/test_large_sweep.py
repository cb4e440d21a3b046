"""The sweep of a large tenant: how many calls it takes, through the real client, with a tenant that makes its rows as it answers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import sqlalchemy as sa

from gtm_assets.crm import sweep
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.resources.test_superoffice_stub import Stub
from gtm_assets_tests.stores import fresh_store
from resources.store import schema

ACCOUNTS = 20_000
PERSONS = 60_000
BUDGET = 90
_WHEN = "2026-03-02T09:00:00"


def _answer(request: httpx.Request) -> httpx.Response:
    """A page of companies or persons above the id that the filter names."""
    sent = request.content.decode() if request.method == "POST" else request.url.query.decode()
    query = {name: values[0] for name, values in parse_qs(sent).items()}
    found = re.search(r"gt (\d+)", query["$filter"])
    assert found is not None, query["$filter"]
    is_contact = request.url.path.endswith("/Contact")
    above, last = int(found[1]), ACCOUNTS if is_contact else PERSONS
    ids = range(above + 1, min(above + int(query["$top"]), last) + 1)
    columns = query["$select"].split(",")
    rows = [_row(columns, row_id, is_contact=is_contact) for row_id in ids]
    return httpx.Response(200, json={"value": rows}, headers={"Date": "Mon, 02 Mar 2026 09:00:05 GMT"})


def _row(columns: list[str], row_id: int, *, is_contact: bool) -> dict[str, object]:
    known: dict[str, object] = {
        "contactId": row_id if is_contact else (row_id + 2) // 3,
        "personId": row_id,
        "name": f"Muster {row_id} GmbH",
        "updatedDate": _WHEN,
        "personUpdatedDate": _WHEN,
    }
    return {"PrimaryKey": str(row_id), **{name: known.get(name, "") for name in columns}}


def test_twenty_thousand_companies_and_sixty_thousand_persons_are_read_in_few_calls(tmp_path: Path) -> None:
    stub = Stub(answer=_answer)
    with fresh_store(tmp_path) as store, stub.client() as client:
        result = sweep.sweep(store, client, FIELDS, LISTS)
        assert (result.accounts, result.persons) == (ACCOUNTS, PERSONS)
        assert client.calls <= BUDGET
        with store.read() as connection:
            for table, count in ((schema.accounts, ACCOUNTS), (schema.persons, PERSONS)):
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == count
    skipped = [request for request in stub.api_requests if "skip" in str(request.url)]
    assert skipped == [], "paged by key"
