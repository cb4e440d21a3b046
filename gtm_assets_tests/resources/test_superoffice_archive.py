"""Archive queries: what is sent, and that paging loses and repeats no row whatever the server's page size."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets_tests.resources.test_superoffice_stub import Stub, Table
from resources.errors import PermanentError


def companies(ids: list[int], copies: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "PrimaryKey": str(n),
            "EntityName": "contact",
            "contactId": n,
            "name": f"Firma {n}",
            "email/emailAddress": copy,
        }
        for n in ids
        for copy in range(copies)
    ]


def persons(by_company: dict[int, list[int]]) -> list[dict[str, Any]]:
    return [
        {"PrimaryKey": str(n), "EntityName": "person", "personId": n, "contactId": company}
        for company, ids in by_company.items()
        for n in ids
    ]


def test_a_query_names_columns_filter_order_and_size() -> None:
    table = Table(companies([1, 2]))
    with Stub(answer=table).client() as client:
        page = client.archive(
            "Contact",
            select=["contactId", "name"],
            filter="contactId gt 0",
            order_by="contactId",
            top=50,
            entities="contact",
        )
    assert table.queries == [
        {
            "$select": "contactId,name",
            "$filter": "contactId gt 0",
            "$orderby": "contactId",
            "$top": "50",
            "$entities": "contact",
            "method": "GET",
        }
    ]
    assert [row["name"] for row in page.rows] == ["Firma 1", "Firma 2"]
    assert page.server_time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("missing", [{"select": []}, {"filter": " "}, {"order_by": ""}, {"top": 0}])
def test_an_open_query_is_refused_before_it_is_sent(missing: dict[str, Any]) -> None:
    stub = Stub()
    query: dict[str, Any] = {"select": ["name"], "filter": "contactId gt 0", "order_by": "contactId"} | missing
    with stub.client() as client, pytest.raises(ValueError, match="Archive/Contact"):
        client.archive("Contact", **query)
    assert stub.api_requests == []


def test_an_answer_without_rows_is_no_empty_result() -> None:
    with (
        Stub(answer=lambda _: httpx.Response(200, json={"value": None})).client() as client,
        pytest.raises(PermanentError),
    ):
        client.archive("Contact", select=["name"], filter="contactId gt 0", order_by="contactId")


def test_a_missing_date_header_is_no_server_time() -> None:
    with Stub(answer=lambda _: httpx.Response(200, json={"value": []})).client() as client:
        page = client.archive("Contact", select=["name"], filter="contactId gt 0", order_by="contactId")
    assert page.server_time is None


@settings(max_examples=40, deadline=None)
@given(
    ids=st.lists(st.integers(1, 200), unique=True, max_size=30),
    cap=st.integers(1, 40),
    copies=st.integers(1, 3),
    next_link=st.sampled_from([None, "https://host-1.example/next"]),
)
def test_keyset_paging_brings_every_key_once_in_order(
    ids: list[int], cap: int, copies: int, next_link: str | None
) -> None:
    table = Table(companies(ids, copies), cap=cap, next_link=next_link)
    with Stub(answer=table).client() as client:
        pages = list(
            client.archive_keyset("Contact", select=["name"], filter="contactId gt 0", key="contactId", after=3, top=25)
        )
    assert [row["contactId"] for page in pages for row in page.rows] == sorted(n for n in ids if n > 3)
    assert all(page.rows for page in pages)


def test_keyset_paging_ands_its_bound_to_the_filter_and_ends_with_an_empty_page() -> None:
    table = Table(companies([1, 2, 3]), cap=2)
    with Stub(answer=table).client() as client:
        rows = [
            row
            for page in client.archive_keyset("Contact", select=["name"], filter="a = 1 or b = 2", key="contactId")
            for row in page.rows
        ]
    assert [query["$filter"] for query in table.queries] == [
        "contactId gt 0 and (a = 1 or b = 2)",
        "contactId gt 2 and (a = 1 or b = 2)",
        "contactId gt 3 and (a = 1 or b = 2)",
    ]
    assert {query["$select"] for query in table.queries} == {"name,contactId"}
    assert {query["$orderby"] for query in table.queries} == {"contactId"}
    assert len(rows) == 3


def test_keyset_paging_needs_no_filter_of_its_own() -> None:
    table = Table(companies([1]))
    with Stub(answer=table).client() as client:
        list(client.archive_keyset("Contact", select=["name"], filter="", key="contactId"))
    assert table.queries[0]["$filter"] == "contactId gt 0"


def test_of_rows_for_one_primary_key_the_first_wins() -> None:
    with Stub(answer=Table(companies([1, 2], copies=3), cap=2)).client() as client:
        rows = [
            row
            for page in client.archive_keyset("Contact", select=["email/emailAddress"], filter="", key="contactId")
            for row in page.rows
        ]
    assert [(row["contactId"], row["email/emailAddress"]) for row in rows] == [(1, 0), (2, 0)]


@pytest.mark.parametrize(
    "rows",
    [
        [{"PrimaryKey": "2", "contactId": 2}, {"PrimaryKey": "1", "contactId": 1}],
        [{"name": "no key at all"}],
        [{"PrimaryKey": "x", "contactId": "viele"}],
    ],
)
def test_rows_that_can_not_be_paged_are_an_error_and_no_loss(rows: list[dict[str, Any]]) -> None:
    stub = Stub(answer=lambda _: httpx.Response(200, json={"value": rows}))
    with stub.client() as client, pytest.raises(PermanentError, match="ordered by contactId"):
        list(client.archive_keyset("Contact", select=["contactId"], filter="", key="contactId"))


def test_a_server_that_ignores_the_bound_is_an_error_and_no_endless_loop() -> None:
    stub = Stub(answer=lambda _: httpx.Response(200, json={"value": companies([1, 2])}))
    with stub.client() as client, pytest.raises(PermanentError):
        list(client.archive_keyset("Contact", select=["contactId"], filter="", key="contactId"))
    assert len(stub.api_requests) == 2


@pytest.mark.parametrize("value", [7, "7", "[I:7]"])
def test_a_key_may_come_as_number_or_text_under_a_name_of_other_case(value: object) -> None:
    pages = iter([[{"PrimaryKey": 7, "ContactID": value}], []])
    with Stub(answer=lambda _: httpx.Response(200, json={"value": next(pages)})).client() as client:
        rows = [
            r for p in client.archive_keyset("Contact", select=["name"], filter="", key="contactId") for r in p.rows
        ]
    assert len(rows) == 1


def test_ids_are_asked_for_in_chunks_and_a_full_answer_needs_no_second_question() -> None:
    table = Table(companies(list(range(1, 451))))
    with Stub(answer=table).client() as client:
        pages = list(client.archive_in("Contact", select=["name"], key="contactId", ids=[*range(1, 451), 5, 6]))
    assert [row["contactId"] for page in pages for row in page.rows] == list(range(1, 451))
    assert len(table.queries) == 3


@settings(max_examples=40, deadline=None)
@given(
    there=st.lists(st.integers(1, 60), unique=True, max_size=30),
    wanted=st.lists(st.integers(1, 60), max_size=30),
    cap=st.integers(1, 20),
    chunk=st.integers(1, 20),
    copies=st.integers(1, 2),
)
def test_every_wanted_record_comes_once_whatever_the_page_size(
    there: list[int], wanted: list[int], cap: int, chunk: int, copies: int
) -> None:
    with Stub(answer=Table(companies(there, copies), cap=cap)).client() as client:
        pages = list(client.archive_in("Contact", select=["name"], key="contactId", ids=wanted, chunk=chunk))
    assert [row["contactId"] for page in pages for row in page.rows] == sorted(set(there) & set(wanted))


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 6), min_size=1, max_size=8), cap=st.integers(1, 10), chunk=st.integers(1, 5))
def test_all_persons_of_the_wanted_companies_come_even_if_one_company_fills_pages(
    sizes: list[int], cap: int, chunk: int
) -> None:
    start = iter(range(1000, 2000))
    by_company = {company: [next(start) for _ in range(size)] for company, size in enumerate(sizes, 1)}
    wanted = list(by_company)[::2]
    with Stub(answer=Table(persons(by_company), cap=cap)).client() as client:
        pages = list(client.archive_in("Person", select=["contactId"], key="contactId", ids=wanted, chunk=chunk))
    found = sorted(row["personId"] for page in pages for row in page.rows)
    assert found == sorted(n for company in wanted for n in by_company[company])


def test_the_dynamic_provider_pages_by_its_tables_primary_key() -> None:
    rows = [{"PrimaryKey": str(n), "person.person_id": n, "person.contact_id": 1} for n in (4, 5, 6)]
    table = Table(rows, cap=2)
    with Stub(answer=table).client() as client:
        pages = list(client.archive_in("dynamic", select=["person.title"], key="person.contact_id", ids=[1]))
    assert [row["person.person_id"] for page in pages for row in page.rows] == [4, 5, 6]
    assert {query["$orderby"] for query in table.queries} == {"person.person_id"}


def test_no_ids_are_no_question() -> None:
    stub = Stub()
    with stub.client() as client:
        assert list(client.archive_in("Contact", select=["name"], key="contactId", ids=[])) == []
    assert stub.api_requests == []


def test_an_own_filter_is_anded_to_the_ids() -> None:
    table = Table(companies([1]))
    with Stub(answer=table).client() as client:
        list(client.archive_in("Contact", select=["name"], key="contactId", ids=[1], filter="stop = 0 or x = 1"))
        with pytest.raises(ValueError, match="chunk"):
            list(client.archive_in("Contact", select=["name"], key="contactId", ids=[1], chunk=0))
    assert table.queries[0]["$filter"] == "contactId in (1) and (stop = 0 or x = 1)"


def test_a_long_query_is_posted_as_a_form_and_repeated_like_a_read() -> None:
    ids = list(range(1_000_000, 1_000_200))
    table = Table(companies(ids))
    stub = Stub(answer=table)
    stub.reactions.extend([httpx.ReadTimeout("slow"), httpx.Response(503)])
    select = ["name", *(f"contactUdef/SuperOffice:{n}" for n in range(20))]
    with stub.client() as client:
        pages = list(client.archive_in("Contact", select=select, key="contactId", ids=ids))
    assert sum(len(page.rows) for page in pages) == 200
    assert {request.method for request in stub.api_requests} == {"POST"}
    assert {request.headers["Content-Type"] for request in stub.api_requests} == {"application/x-www-form-urlencoded"}
    assert len(stub.api_requests) == 3
    assert not stub.api_requests[0].url.query


def test_a_short_query_is_a_get() -> None:
    table = Table(companies([1]))
    with Stub(answer=table).client() as client:
        list(client.archive_in("Contact", select=["name"], key="contactId", ids=[1]))
    assert table.queries[0]["method"] == "GET"
