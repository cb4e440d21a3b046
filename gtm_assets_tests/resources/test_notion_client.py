"""The Notion client over real sockets: paging, every failure that was seen or documented, and what it says about it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from resources.errors import AuthError, PermanentError, TransientError
from resources.notion import NotionClient
from resources.notion.failures import retry_after_seconds


@dataclass
class Waits:
    """A recording sleep with a clock that it moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(httpserver: HTTPServer, waits: Waits) -> Iterator[NotionClient]:
    made = NotionClient(
        token="secret_sample", base_url=httpserver.url_for("/notion"), sleep=waits.sleep, clock=waits.clock
    )
    yield made
    made.close()


def notion_error(status: int, code: str, **headers: str) -> Response:
    body = f'{{"object":"error","status":{status},"code":"{code}","message":"sample message","request_id":"r"}}'
    return Response(body, status=status, content_type="application/json", headers=headers)


def page(number: int, **extra: Any) -> dict[str, Any]:
    return {
        "object": "page",
        "id": f"page-{number}",
        "url": f"https://notion.example/page-{number}",
        "last_edited_time": "2026-07-04T08:09:00.000Z",
        "properties": {"Name": {"id": "title", "type": "title", "title": [{"plain_text": f"Row {number}"}]}},
        **extra,
    }


def serve_database(server: HTTPServer, query: Callable[[Request], Response | dict[str, Any]]) -> None:
    server.expect_request("/notion/v1/databases/db1", method="GET").respond_with_json(
        {"object": "database", "id": "db1", "title": [{"plain_text": "Verticals"}], "data_sources": [{"id": "ds1"}]}
    )
    server.expect_request("/notion/v1/data_sources/ds1", method="GET").respond_with_json(
        {
            "object": "data_source",
            "id": "ds1",
            "properties": {"Name": {"type": "title"}, "Active": {"type": "checkbox"}},
        }
    )

    def handler(request: Request) -> Response:
        answer = query(request)
        return answer if isinstance(answer, Response) else json_response(answer)

    server.expect_request("/notion/v1/data_sources/ds1/query", method="POST").respond_with_handler(handler)


def json_response(body: dict[str, Any]) -> Response:
    import json

    return Response(json.dumps(body), content_type="application/json")


def replies(*answers: Response | dict[str, Any]) -> Callable[[Request], Response | dict[str, Any]]:
    """The answers one after the other; the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def result(*pages: dict[str, Any], cursor: str | None = None, **extra: Any) -> dict[str, Any]:
    return {"object": "list", "results": list(pages), "has_more": cursor is not None, "next_cursor": cursor, **extra}


def queries(server: HTTPServer) -> list[dict[str, Any]]:
    return [request.get_json() for request, _ in server.log if request.path.endswith("/query")]


def test_a_table_has_its_title_columns_and_all_pages_of_rows(httpserver: HTTPServer, client: NotionClient) -> None:
    serve_database(httpserver, replies(result(page(1), page(2), cursor="c2"), result(page(3))))
    table = client.table("db1")
    assert (table.database_id, table.title) == ("db1", "Verticals")
    assert table.columns == {"Name": "title", "Active": "checkbox"}
    assert [row.values["Name"] for row in table.rows] == ["Row 1", "Row 2", "Row 3"]
    assert table.rows[0].last_edited == datetime(2026, 7, 4, 8, 9, tzinfo=UTC)
    assert table.rows[0].values["Active"] is None
    assert [body.get("start_cursor") for body in queries(httpserver)] == [None, "c2"]
    assert client.calls == 4


def test_the_token_and_a_pinned_api_version_go_with_every_request(httpserver: HTTPServer, client: NotionClient) -> None:
    serve_database(httpserver, replies(result(page(1))))
    client.table("db1")
    for request, _ in httpserver.log:
        assert request.headers["Authorization"] == "Bearer secret_sample"
        assert request.headers["Notion-Version"] == "2025-09-03"


def test_pages_in_the_trash_archived_pages_and_other_objects_are_no_rows(
    httpserver: HTTPServer, client: NotionClient
) -> None:
    answer = result(page(1, in_trash=True), page(2, archived=True), {"object": "data_source", "id": "x"}, page(3))
    serve_database(httpserver, replies(answer))
    assert [row.page_id for row in client.table("db1").rows] == ["page-3"]


def test_a_row_that_two_pages_of_the_query_carry_is_one_row(httpserver: HTTPServer, client: NotionClient) -> None:
    serve_database(httpserver, replies(result(page(1), page(2), cursor="c2"), result(page(2), page(3))))
    assert [row.page_id for row in client.table("db1").rows] == ["page-1", "page-2", "page-3"]


def test_an_empty_database_is_an_empty_table_with_columns(httpserver: HTTPServer, client: NotionClient) -> None:
    serve_database(httpserver, replies(result()))
    table = client.table("db1")
    assert table.rows == ()
    assert table.columns


@pytest.mark.parametrize("base", ["/notion", "/notion/", "/notion/v1", "/notion/v1/"])
def test_the_base_url_may_carry_a_slash_or_the_version(httpserver: HTTPServer, waits: Waits, base: str) -> None:
    serve_database(httpserver, replies(result(page(1))))
    client = NotionClient(token="t", base_url=httpserver.url_for(base), sleep=waits.sleep, clock=waits.clock)
    assert len(client.table("db1").rows) == 1
    client.close()


@pytest.mark.parametrize(
    "failure",
    [
        notion_error(429, "rate_limited", **{"Retry-After": "2"}),
        notion_error(500, "internal_server_error"),
        notion_error(503, "service_unavailable"),
        notion_error(504, "gateway_timeout"),
        notion_error(529, "service_overload"),
        notion_error(409, "conflict_error"),
        Response("<h1>Bad Gateway</h1>", status=502),
        Response("<h1>a proxy's page</h1>", status=200),
        Response("[]", status=200, content_type="application/json"),
    ],
    ids=lambda response: f"{response.status_code} {response.content_type}",
)
def test_a_query_that_notion_could_not_answer_just_now_is_sent_again(
    httpserver: HTTPServer, client: NotionClient, waits: Waits, failure: Response
) -> None:
    serve_database(httpserver, replies(failure, failure, result(page(1))))
    assert len(client.table("db1").rows) == 1
    assert len(queries(httpserver)) == 3
    assert client.calls == 5
    assert waits.slept


def test_an_outage_ends_after_four_attempts_as_transient(
    httpserver: HTTPServer, client: NotionClient, waits: Waits
) -> None:
    serve_database(httpserver, replies(notion_error(529, "service_overload")))
    with pytest.raises(TransientError) as caught:
        client.table("db1")
    assert caught.value.status == 529
    assert len(queries(httpserver)) == 4
    assert "Notion: reading database db1's rows" in str(caught.value)


@pytest.mark.parametrize("asked", ["2", "0.5"])
def test_the_wait_that_notion_asks_for_is_obeyed(
    httpserver: HTTPServer, client: NotionClient, waits: Waits, asked: str
) -> None:
    serve_database(httpserver, replies(notion_error(429, "rate_limited", **{"Retry-After": asked}), result(page(1))))
    client.table("db1")
    assert float(asked) in waits.slept


def test_a_wait_longer_than_a_minute_is_handed_to_the_caller(
    httpserver: HTTPServer, client: NotionClient, waits: Waits
) -> None:
    serve_database(httpserver, replies(notion_error(429, "rate_limited", **{"Retry-After": "900"})))
    with pytest.raises(TransientError) as caught:
        client.table("db1")
    assert caught.value.retry_after == 900
    assert len(queries(httpserver)) == 1


def test_the_10000_row_cap_is_an_error_and_never_a_short_table(httpserver: HTTPServer, client: NotionClient) -> None:
    status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    serve_database(httpserver, replies(result(page(1), cursor="c"), result(page(2), request_status=status)))
    with pytest.raises(PermanentError, match=r"incomplete \(query_result_limit_reached; Notion gives 10,000 rows\)"):
        client.table("db1")


@pytest.mark.parametrize(
    "broken",
    [
        {"object": "list", "results": [], "has_more": True, "next_cursor": None},
        {"object": "list", "results": [], "has_more": True, "next_cursor": "same"},
    ],
)
def test_paging_that_leads_nowhere_ends_with_an_error(
    httpserver: HTTPServer, client: NotionClient, broken: dict[str, Any]
) -> None:
    serve_database(httpserver, replies(broken))
    with pytest.raises(TransientError, match="without saying where they start"):
        client.table("db1")


def test_a_404_says_that_the_database_must_be_shared(httpserver: HTTPServer, client: NotionClient) -> None:
    httpserver.expect_request("/notion/v1/databases/db1").respond_with_response(notion_error(404, "object_not_found"))
    with pytest.raises(PermanentError, match="share the database with the integration") as caught:
        client.table("db1")
    assert caught.value.status == 404
    assert client.calls == 1


@pytest.mark.parametrize(("status", "code"), [(401, "unauthorized"), (403, "restricted_resource")])
def test_a_refused_token_is_an_auth_error_that_never_shows_it(
    httpserver: HTTPServer, client: NotionClient, status: int, code: str
) -> None:
    httpserver.expect_request("/notion/v1/databases/db1").respond_with_response(notion_error(status, code))
    with pytest.raises(AuthError) as caught:
        client.table("db1")
    assert "secret_sample" not in str(caught.value)
    assert client.calls == 1


def test_a_wrong_request_is_permanent_and_sent_once(httpserver: HTTPServer, client: NotionClient) -> None:
    httpserver.expect_request("/notion/v1/databases/db1").respond_with_response(notion_error(400, "validation_error"))
    with pytest.raises(PermanentError, match="sample message"):
        client.table("db1")
    assert client.calls == 1


@pytest.mark.parametrize("sources", [[], [{"id": "a", "name": "One"}, {"id": "b", "name": "Two"}]])
def test_a_database_without_exactly_one_data_source_is_refused_by_name(
    httpserver: HTTPServer, client: NotionClient, sources: list[dict[str, str]]
) -> None:
    httpserver.expect_request("/notion/v1/databases/db1").respond_with_json({"id": "db1", "data_sources": sources})
    with pytest.raises(PermanentError, match="data source"):
        client.table("db1")


def test_an_id_that_would_leave_the_path_is_never_sent(httpserver: HTTPServer, client: NotionClient) -> None:
    with pytest.raises(PermanentError, match="NOTION_"):
        client.table("../users")
    assert not httpserver.log


def test_a_relation_of_more_than_25_pages_is_read_whole(httpserver: HTTPServer, client: NotionClient) -> None:
    relation = {"id": "r1", "type": "relation", "relation": [{"id": "t0"}], "has_more": True}
    row = page(1)
    row["properties"]["Persona"] = relation
    serve_database(httpserver, replies(result(row)))
    items = [{"object": "property_item", "type": "relation", "relation": {"id": f"t{n}"}} for n in range(30)]
    answer = replies(result(*items[:25], cursor="n"), result(*items[25:]))
    httpserver.expect_request("/notion/v1/pages/page-1/properties/r1").respond_with_handler(
        lambda request: json_response(answer(request))  # type: ignore[arg-type]
    )
    assert client.table("db1").rows[0].values["Persona"] == tuple(f"t{n}" for n in range(30))


def test_nothing_listening_is_transient_and_names_the_variable_to_check(waits: Waits) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    client = NotionClient(
        token="t", base_url=f"http://127.0.0.1:{port}", sleep=waits.sleep, clock=waits.clock, timeout=1.0
    )
    with pytest.raises(TransientError, match="NOTION_BASE_URL"):
        client.table("db1")
    assert client.calls == 4
    client.close()


def test_a_reply_that_does_not_come_in_time_is_transient(waits: Waits) -> None:
    def too_slow(request: httpx.Request) -> httpx.Response:
        assert request.extensions["timeout"]["read"] == 7.0
        raise httpx.ReadTimeout("sample", request=request)

    transport = httpx.MockTransport(too_slow)
    client = NotionClient(
        token="t", base_url=None, sleep=waits.sleep, clock=waits.clock, timeout=7.0, transport=transport
    )
    with pytest.raises(TransientError, match="no reply in time"):
        client.table("db1")
    client.close()


def test_ten_requests_take_three_seconds_of_the_clock(
    httpserver: HTTPServer, client: NotionClient, waits: Waits
) -> None:
    serve_database(httpserver, replies(*[result(page(n), cursor=f"c{n}") for n in range(7)], result(page(7))))
    client.table("db1")
    assert client.calls == 10
    assert waits.now == pytest.approx(3.0)


def test_a_closed_client_can_be_used_again(httpserver: HTTPServer, client: NotionClient) -> None:
    serve_database(httpserver, replies(result(page(1))))
    client.table("db1")
    client.close()
    client.close()
    assert len(client.table("db1").rows) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.25", 0.25),
        ("-1", 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 60.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(header: str, seconds: float | None) -> None:
    assert retry_after_seconds(httpx.Headers({"Retry-After": header}), now=40.0) == seconds
