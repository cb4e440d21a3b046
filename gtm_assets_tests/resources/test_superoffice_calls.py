"""Reads under faults: what is repeated, how often, what is said in the end."""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from gtm_assets_tests.resources.test_superoffice_stub import CREDENTIALS, TENANT, Stub
from resources.errors import AuthError, MisdirectedError, PermanentError, TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import RefreshTokenCredentials, SystemUserCredentials, secrets_of

HTML = httpx.Response(200, html="<html><body>We are down</body></html>")
OK = httpx.Response(200, json={"Name": "Muster GmbH"})


def reacting(*reactions: object) -> Stub:
    return Stub(reactions=deque(reactions))  # type: ignore[arg-type]


def get(stub: Stub) -> object:
    with stub.client() as client:
        return client.get("Contact", 5, select=["Name", "CustomFields"])


def test_a_call_carries_token_language_time_zone_and_the_named_columns() -> None:
    stub = Stub()
    get(stub)
    (request,) = stub.api_requests
    assert str(request.url) == f"https://host-1.example/{TENANT}/api/v1/Contact/5?%24select=Name%2CCustomFields"
    assert request.headers["Authorization"] == f"Bearer {stub.token}"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["SO-Language"] == "*"
    assert request.headers["SO-TimeZone"].startswith("UTC")
    assert "SO-AppToken" not in request.headers


def test_building_a_client_sends_nothing_and_opens_nothing() -> None:
    stub = Stub()
    with stub.client() as client:
        assert client.calls == client.patches == stub.acquired == 0
    assert stub.state_requests == stub.token_requests == []


def test_every_request_waits_for_the_limiter_also_repeated_ones() -> None:
    stub = reacting(httpx.Response(503), httpx.Response(401), OK)
    get(stub)
    assert stub.acquired == len(stub.api_requests) + len(stub.token_requests) + len(stub.state_requests)


def test_calls_counts_api_requests_without_token_and_state() -> None:
    stub = reacting(httpx.Response(503), OK)
    with stub.client() as client:
        client.get("Contact", 5, select=["Name"])
        assert (client.calls, client.patches) == (2, 0)


def test_a_record_that_is_not_there_is_none() -> None:
    assert get(reacting(httpx.Response(404, json={"Error": True, "ErrorMessage": "Contact id 5 not found"}))) is None


def test_a_read_without_columns_is_refused_before_it_is_sent() -> None:
    stub = Stub()
    with stub.client() as client, pytest.raises(ValueError, match="whole records"):
        client.get("Contact", 5, select=[])
    assert stub.api_requests == []


def test_a_refused_token_is_renewed_once_and_the_call_repeated() -> None:
    stub = reacting(httpx.Response(401), OK)
    assert get(stub) == {"Name": "Muster GmbH"}
    assert len(stub.token_requests) == 2
    assert [request.headers["Authorization"][-1] for request in stub.api_requests] == ["1", "2"]


def test_a_token_refused_twice_tells_what_an_administrator_must_do() -> None:
    stub = reacting(httpx.Response(401), httpx.Response(401))
    with pytest.raises(AuthError, match=r"administrator.*SUPEROFFICE_REFRESH_TOKEN"):
        get(stub)
    assert len(stub.api_requests) == 2


def test_a_token_refused_after_other_failures_is_renewed_once_in_all() -> None:
    stub = reacting(httpx.Response(401), httpx.Response(503), httpx.Response(401))
    with pytest.raises(AuthError):
        get(stub)
    assert len(stub.token_requests) == 2


def test_a_moved_tenant_is_found_at_its_new_host() -> None:
    stub = Stub()
    with stub.client() as client:
        client.get("Contact", 5, select=["Name"])
        stub.host = "https://host-2.example"
        client.get("Contact", 5, select=["Name"])
    assert [request.url.host for request in stub.api_requests] == ["host-1.example", "host-1.example", "host-2.example"]
    assert len(stub.state_requests) == 2


def test_a_host_that_stays_wrong_is_an_error_for_later() -> None:
    stub = reacting(httpx.Response(421), httpx.Response(421))
    with pytest.raises(MisdirectedError):
        get(stub)
    assert len(stub.api_requests) == 2


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("reset"),
        httpx.Response(429),
        httpx.Response(502, html="<html>Bad gateway</html>"),
        httpx.Response(503),
        httpx.Response(504),
    ],
    ids=repr,
)
def test_a_read_is_repeated_after_what_passes(failure: object) -> None:
    stub = reacting(failure, failure, failure, OK)
    assert get(stub) == {"Name": "Muster GmbH"}
    assert len(stub.waits) == 3
    assert all(0 < wait <= 10 for wait in stub.waits)


def test_repetition_ends() -> None:
    stub = reacting(*[httpx.Response(503)] * 10)
    with pytest.raises(TransientError) as caught:
        get(stub)
    assert caught.value.status == 503
    assert len(stub.api_requests) == 4


def test_the_wait_asked_for_is_obeyed_in_seconds_and_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=25), usegmt=True)
    stub = reacting(
        httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(503, headers={"Retry-After": later}), OK
    )
    get(stub)
    assert stub.waits[0] == 7
    assert 20 <= stub.waits[1] <= 25


def test_a_long_wait_is_handed_to_whoever_plans_the_work() -> None:
    stub = reacting(httpx.Response(429, headers={"Retry-After": "600"}))
    with pytest.raises(TransientError) as caught:
        get(stub)
    assert caught.value.retry_after == 600
    assert stub.waits == []


def test_an_unreadable_wait_is_no_wait_asked_for() -> None:
    stub = reacting(httpx.Response(429, headers={"Retry-After": "soon"}), OK)
    get(stub)
    assert 0 < stub.waits[0] <= 10


@pytest.mark.parametrize("status", [400, 403, 409, 412])
def test_what_repeating_can_not_help_is_not_repeated(status: int) -> None:
    stub = reacting(
        httpx.Response(status, json={"Error": True, "ErrorType": "SoX", "ErrorMessage": "Unknown column foo"})
    )
    with pytest.raises(PermanentError, match=r"GET Contact/5 .*HTTP \d+: SoX: Unknown column foo\.") as caught:
        get(stub)
    assert caught.value.status == status
    assert len(stub.api_requests) == 1


def test_an_internal_error_is_left_to_the_next_run() -> None:
    stub = reacting(httpx.Response(500, json={"Error": True, "ErrorMessage": "x"}))
    with pytest.raises(TransientError):
        get(stub)
    assert len(stub.api_requests) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HTML, "an HTML page"),
        (httpx.Response(200), "an empty body"),
        (httpx.Response(200, json=[1]), "no JSON object"),
        (httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}), "application/json"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), "HTTP 302"),
    ],
)
def test_an_answer_that_can_not_be_read_is_an_error_for_later_and_never_an_empty_record(
    answer: httpx.Response, said: str
) -> None:
    with pytest.raises(TransientError, match=said) as caught:
        get(reacting(answer))
    assert "We are down" not in str(caught.value)


def test_no_secret_is_seen_in_logs_reprs_and_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"ErrorMessage": f"Bad {request.headers['Authorization']}"})

    stub = reacting(httpx.Response(401), echo)
    with stub.client() as client, pytest.raises(PermanentError) as caught:
        client.get("Contact", 5, select=["Name"])
    shown = [str(caught.value), repr(caught.value), repr(client), repr(vars(client)), repr(CREDENTIALS)]
    seen = "\n".join([caplog.text, *shown])
    assert "Bad Bearer ***" in seen
    assert "GET Contact/5 -> 400" in seen
    for secret in (*secrets_of(CREDENTIALS), "8A:Cust12345"):
        assert secret not in seen


def test_credentials_show_no_secret() -> None:
    shown = repr(SystemUserCredentials("id", "one", "two", "three")) + repr(
        RefreshTokenCredentials("id", "four", "five")
    )
    assert not any(secret in shown for secret in ("one", "two", "three", "four", "five"))


def test_principal_layout_and_list_are_read_in_all_languages() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition("/api/v1/")[2]
        layout = {
            "ProgId": "SuperOffice:83",
            "FieldLabel": 'US:"Vertical";GE:"Branche"',
            "FieldType": "List",
            "TextLength": 0,
            "IsMandatory": False,
            "IsReadOnly": True,
            "MdoListName": None,
            "UDListDefinitionId": 94,
        }
        unnamed = {"ProgId": "", "UdefIdentity": 7, "FieldLabel": "Hobby", "FieldType": "ShortText", "TextLength": 39}
        items = [
            {"Id": 3, "Name": 'US:"Health";GE:"Gesundheit"', "Deleted": False},
            {"Id": 4, "Name": "Logistik", "Deleted": True},
            {"Id": 3, "Name": 'US:"Health";GE:"Gesundheit"', "Deleted": False},
        ]
        return httpx.Response(
            200,
            json={
                "User/currentPrincipal": {
                    "AssociateId": 12,
                    "Associate": "GTM",
                    "PersonId": 9,
                    "UserType": "SystemAssociate",
                },
                "Contact/UdefLayout/Published": [layout, unnamed],
                "MDOList/udlist94": items,
            }[path],
        )

    with Stub(answer=answer).client() as client:
        principal = client.current_principal()
        vertical, hobby = client.udef_layout("Contact")
        items = client.mdo_list(vertical.list_name)
    assert (principal.associate_id, principal.name) == (12, "GTM")
    assert (vertical.prog_id, vertical.labels, vertical.label) == (
        "SuperOffice:83",
        ("Vertical", "Branche"),
        "Vertical",
    )
    assert (vertical.list_name, vertical.is_read_only) == ("udlist94", True)
    assert (hobby.prog_id, hobby.labels, hobby.text_length) == ("SuperOffice:7", ("Hobby",), 39)
    assert [(item.id, item.names, item.deleted) for item in items] == [
        (3, ("Health", "Gesundheit"), False),
        (4, ("Logistik",), True),
    ]


def test_a_connection_that_fails_asks_for_the_host_again() -> None:
    stub = reacting(httpx.ConnectError("gone"), OK)
    with stub.client() as client:
        client.get("Contact", 5, select=["Name"])
        assert client.calls == 1
    assert len(stub.state_requests) == 2


def test_a_client_needs_no_limiter() -> None:
    stub = Stub()
    client = SuperOfficeClient(
        login_url="https://login.example/",
        tenant=TENANT,
        credentials=CREDENTIALS,
        cache_dir=None,
        transport=httpx.MockTransport(stub.handle),
    )
    assert client.get("Contact", 1, select=["Name"]) == {"ContactId": 1}
    client.close()
    client.close()
