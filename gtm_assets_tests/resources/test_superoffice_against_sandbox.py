"""The client over real HTTP against the stand-in of record: both say the same about the same API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from resources.errors import AuthError, ChangedInBetweenError, PermanentError, TenantClosedError, TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import (
    Credentials,
    RefreshTokenCredentials,
    SystemUserCredentials,
    secrets_of,
)
from resources.superoffice.errors import MaybeSentError
from resources.superoffice.values import (
    datetime_literal,
    decode,
    encode_date,
    encode_list_item,
    encode_text,
    parse_timestamp,
    quote,
    strip_companions,
)
from sandbox.server import SandboxServer
from sandbox.switches import SWITCHES

pytestmark = pytest.mark.slow
DEFAULTS = {switch.name: switch.default for switch in SWITCHES}
Connect = Callable[..., SuperOfficeClient]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(companies=40) as running:
        yield running


@pytest.fixture
def sandbox(server: SandboxServer) -> Iterator[SandboxServer]:
    """The server with all switches as they were."""
    yield server
    server.world.switches.set(DEFAULTS)
    server.world.gate.clear_faults()


@pytest.fixture
def connect(sandbox: SandboxServer, tmp_path: Path) -> Iterator[Connect]:
    clients: list[SuperOfficeClient] = []

    def open_client(*, system_user: bool = False, **changes: Any) -> SuperOfficeClient:
        environment = sandbox.environment(system_user=system_user) | changes
        clients.append(
            SuperOfficeClient(
                login_url=environment["SUPEROFFICE_LOGIN_URL"],
                tenant=environment["SUPEROFFICE_TENANT"],
                credentials=credentials_of(environment),
                cache_dir=tmp_path,
                timeout=10,
                sleep=lambda _: None,
            )
        )
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()


def credentials_of(environment: dict[str, str]) -> Credentials:
    shared = environment["SUPEROFFICE_CLIENT_ID"], environment["SUPEROFFICE_CLIENT_SECRET"]
    if refresh_token := environment.get("SUPEROFFICE_REFRESH_TOKEN"):
        return RefreshTokenCredentials(*shared, refresh_token)
    return SystemUserCredentials(
        *shared, environment["SUPEROFFICE_SYSTEM_TOKEN"], environment["SUPEROFFICE_PRIVATE_KEY"]
    )


def all_rows(pages: Any) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.rows]


def first_company(client: SuperOfficeClient) -> int:
    page = client.archive("Contact", select=["contactId"], filter="contactId gt 0", order_by="contactId", top=1)
    return int(page.rows[0]["PrimaryKey"])


# -- signing in -------------------------------------------------------------------------------------------------------


def test_both_credentials_open_the_tenant_as_different_users(connect: Connect) -> None:
    principals = [connect(system_user=system_user).current_principal() for system_user in (False, True)]
    assert all(principal.associate_id > 0 and principal.name for principal in principals)
    assert principals[0].associate_id != principals[1].associate_id


@pytest.mark.parametrize("system_user", [False, True])
@pytest.mark.parametrize("body", ["rest", "html", "empty"])
def test_tokens_that_all_end_are_renewed(
    sandbox: SandboxServer, connect: Connect, system_user: bool, body: str
) -> None:
    sandbox.world.switches.set({"error_body": body})
    client = connect(system_user=system_user)
    client.current_principal()
    sandbox.world.credentials.expire_all()
    client.current_principal()
    assert client.calls == 3


def test_wrong_credentials_are_an_auth_error(connect: Connect) -> None:
    with pytest.raises(AuthError, match="administrator"):
        connect(SUPEROFFICE_REFRESH_TOKEN="revoked").current_principal()
    with pytest.raises(AuthError, match="administrator"):
        connect(system_user=True, SUPEROFFICE_CLIENT_SECRET="wrong").current_principal()
    with pytest.raises(PermanentError, match="SUPEROFFICE_TENANT"):
        connect(SUPEROFFICE_TENANT="Cust99999").tenant_state()


def test_nothing_secret_is_logged_over_a_real_connection(
    sandbox: SandboxServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for system_user in (False, True):
        connect(system_user=system_user).current_principal()
        for secret in secrets_of(credentials_of(sandbox.environment(system_user=system_user))):
            assert secret not in caplog.text
    assert not any(token in caplog.text for token in sandbox.world.credentials.tokens)
    assert "GET User/currentPrincipal -> 200" in caplog.text


# -- the tenant -------------------------------------------------------------------------------------------------------


def test_a_moved_tenant_is_followed(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    client.current_principal()
    sandbox.world.switches.set({"api_cluster": "online4"})
    client.current_principal()
    assert client.tenant_state().api_url.endswith(f"/online4/{client.tenant_state().tenant}/api")


@pytest.mark.parametrize(
    ("state", "error"),
    [("OfflineMaintenance", TenantClosedError), ("Suspended", TenantClosedError), ("Deleted", PermanentError)],
)
def test_a_tenant_that_closes_says_why(
    sandbox: SandboxServer, connect: Connect, state: str, error: type[Exception]
) -> None:
    client = connect()
    client.current_principal()
    sandbox.world.switches.set({"tenant_state": state})
    with pytest.raises(error, match=state):
        client.current_principal()
    sandbox.world.switches.set({"tenant_state": "OnlineMaintenance"})
    client.current_principal()


@pytest.mark.parametrize("language", ["en", "de", "no"])
def test_the_layout_names_the_fields_the_engine_owns(sandbox: SandboxServer, connect: Connect, language: str) -> None:
    sandbox.world.switches.set({"label_language": language})
    client = connect()
    company = {field.prog_id: field for field in client.udef_layout("Contact")}
    person = {field.prog_id: field for field in client.udef_layout("Person")}
    assert company["SuperOffice:83"].field_type == "List"
    assert company["SuperOffice:86"].text_length == person["SuperOffice:20"].text_length == 199
    assert person["SuperOffice:23"].text_length == 39
    assert all(field.labels for field in (*company.values(), *person.values()))


def test_a_list_comes_flat_with_ids_and_names_in_all_languages(connect: Connect) -> None:
    client = connect()
    name = next(field.list_name for field in client.udef_layout("Contact") if field.prog_id == "SuperOffice:83")
    items = client.mdo_list(name)
    assert len(items) >= 8
    assert len({item.id for item in items}) == len(items)
    assert any(len(item.names) > 1 for item in items)
    assert not any('"' in text for item in items for text in item.names)


# -- archives ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", [7, 1000])
@pytest.mark.parametrize("switches", [{}, {"next_link": "set"}, {"max_top": "100"}])
@pytest.mark.parametrize(
    "columns",
    [
        ("Contact", "contactId", "email/emailAddress"),
        ("Person", "personId", "title"),
        ("dynamic", "contact.contact_id", "contact.updated"),
        ("dynamic", "person.person_id", "person.updated"),
    ],
)
def test_keyset_paging_brings_everything_once(
    sandbox: SandboxServer, connect: Connect, switches: dict[str, str], top: int, columns: tuple[str, str, str]
) -> None:
    provider, key, column = columns
    sandbox.world.switches.set(switches)
    rows = all_rows(connect().archive_keyset(provider, select=[key, column], filter=f"{key} gt 0", key=key, top=top))
    keys = [int(row["PrimaryKey"]) for row in rows]
    assert all(first < second for first, second in pairwise(keys))
    world = sandbox.world.crm
    table = world.companies if key.lower().startswith("contact") else world.table("Person")
    assert len(keys) == len(table.ids_above(0))
    assert all(column in row for row in rows)


def test_changes_are_found_by_time_and_the_server_tells_its_own(connect: Connect) -> None:
    client = connect()
    rows = all_rows(
        client.archive_keyset(
            "dynamic",
            select=["contact.contact_id", "contact.updated"],
            filter="contact.contact_id gt 0",
            key="contact.contact_id",
        )
    )
    moments = {int(row["PrimaryKey"]): parse_timestamp(row["contact.updated"]) for row in rows}
    known = [moment for moment in moments.values() if moment is not None]
    assert len(known) == len(rows)
    since = sorted(known)[len(known) // 2]
    page = client.archive(
        "dynamic",
        select=["contact.contact_id"],
        filter=f"contact.updated afterTime {datetime_literal(since)}",
        order_by="contact.contact_id",
    )
    assert {int(row["PrimaryKey"]) for row in page.rows} == {
        key for key, moment in moments.items() if moment and moment >= since
    }
    assert page.server_time is not None
    assert abs(page.server_time - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_tenant_that_compares_days_only_refuses_times_for_good(sandbox: SandboxServer, connect: Connect) -> None:
    sandbox.world.switches.set({"date_filter": "day"})
    with pytest.raises(PermanentError) as caught:
        connect().archive(
            "dynamic",
            select=["contact.contact_id"],
            filter="contact.updated afterTime '2026-01-01T00:00:00'",
            order_by="contact.contact_id",
        )
    assert caught.value.status == 400


@pytest.mark.parametrize("chunk", [3, 200])
def test_persons_of_companies_come_whole(sandbox: SandboxServer, connect: Connect, chunk: int) -> None:
    client = connect()
    companies = sandbox.world.crm.companies.ids_above(0)[:10]
    expected = sorted(person for company in companies for person in sandbox.world.crm.persons_of(company))
    for provider, key in (("Person", "contactId"), ("dynamic", "person.contact_id")):
        rows = all_rows(client.archive_in(provider, select=[key], key=key, ids=companies, chunk=chunk))
        assert sorted(int(row["PrimaryKey"]) for row in rows) == expected


def test_a_long_query_works_as_a_posted_form(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    ids = sandbox.world.crm.table("Person").ids_above(0)
    missing = list(range(9_000_000, 9_000_400))
    before = sandbox.world.journal.entries()[-1:]
    rows = all_rows(
        client.archive_in("Person", select=["personId", "fullName"], key="personId", ids=[*ids, *missing], chunk=600)
    )
    assert [int(row["PrimaryKey"]) for row in rows] == ids
    sent = sandbox.world.journal.entries(system="superoffice", since=before[0].id if before else 0)
    assert {entry.method for entry in sent if "Archive" in entry.path} == {"POST"}


def test_quoted_texts_are_found(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    company = first_company(client)
    name = r"Müller's \ Söhne + Co. & 100 %"
    client.patch("Contact", company, [{"op": "replace", "path": "Name", "value": name}], select=["Name"])
    page = client.archive("Contact", select=["name"], filter=f"name = {quote(name)}", order_by="contactId")
    assert [row["name"] for row in page.rows] == [name]


# -- one record -------------------------------------------------------------------------------------------------------


def test_a_record_comes_with_the_named_properties_only(connect: Connect) -> None:
    client = connect()
    company = first_company(client)
    record = client.get("Contact", company, select=["Name", "CustomFields", "UpdatedDate"])
    assert record is not None
    assert record["Name"]
    assert not record.get("Persons")
    assert parse_timestamp(record["UpdatedDate"]) is not None
    assert not any(":org" in key or "Display" in key for key in strip_companions(record["CustomFields"]))
    assert client.get("Contact", 9_999_999, select=["Name"]) is None


def test_user_defined_fields_are_written_in_one_request_and_read_back(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    company = first_company(client)
    item = client.mdo_list("udlist83")[2]
    values = {
        "SuperOffice:83": encode_list_item(item.id),
        "SuperOffice:85": encode_date(datetime(2026, 3, 9, tzinfo=UTC).date()),
        "SuperOffice:86": encode_text("Der reibungslose Betrieb Ihrer Lager zählt – jeden Tag."),
    }
    answer = client.patch(
        "Contact", company, [{"op": "replace", "path": "CustomFields", "value": values}], select=["CustomFields"]
    )
    record = client.get("Contact", company, select=["CustomFields"])
    assert record is not None
    for seen in (answer["CustomFields"], record["CustomFields"]):
        assert {key: decode(seen[key]) for key in values} == {key: decode(value) for key, value in values.items()}
    assert client.patches == 1
    (row,) = all_rows(
        client.archive_in("Contact", select=["contactUdef/SuperOffice:86"], key="contactId", ids=[company])
    )
    assert row["contactUdef/SuperOffice:86"] == values["SuperOffice:86"]


def test_a_test_that_does_not_hold_and_a_younger_record_are_changes_in_between(connect: Connect) -> None:
    client = connect()
    company = first_company(client)
    change = {"op": "replace", "path": "CustomFields", "value": {"SuperOffice:84": "Neu"}}
    guard = {"op": "test", "path": "/CustomFields/SuperOffice:84", "value": "So stand es nie da"}
    with pytest.raises(ChangedInBetweenError) as caught:
        client.patch("Contact", company, [guard, change], select=["CustomFields"])
    assert caught.value.status == 409
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(ChangedInBetweenError) as caught:
        client.patch("Contact", company, [change], select=["CustomFields"], unmodified_since=long_ago)
    assert caught.value.status == 412
    record = client.get("Contact", company, select=["CustomFields", "UpdatedDate"])
    assert record is not None
    assert record["CustomFields"]["SuperOffice:84"] != "Neu"
    now = parse_timestamp(record["UpdatedDate"])
    assert client.patch("Contact", company, [change], select=["CustomFields"], unmodified_since=now)


def test_a_record_that_is_not_there_can_not_be_written(connect: Connect) -> None:
    with pytest.raises(PermanentError, match="no such record"):
        connect().patch("Person", 9_999_999, [{"op": "replace", "path": "Title", "value": "x"}], select=["Title"])


def test_a_refused_value_names_what_the_server_said(connect: Connect) -> None:
    client = connect()
    operations = [{"op": "replace", "path": "CustomFields", "value": {"SuperOffice:86": "x" * 5000}}]
    with pytest.raises((PermanentError, TransientError), match=r"PATCH Contact/\d+ was answered with HTTP \d+: \w+"):
        client.patch("Contact", first_company(client), operations, select=["CustomFields"])


# -- accidents --------------------------------------------------------------------------------------------------------


def test_a_write_whose_answer_is_lost_was_done_once(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    company = first_company(client)
    sandbox.world.gate.add_fault(kind="reset_after", system="superoffice", method="PATCH")
    before = sandbox.world.journal.entries()[-1].id
    with pytest.raises(MaybeSentError):
        client.patch(
            "Contact", company, [{"op": "replace", "path": "Department", "value": "Neu"}], select=["Department"]
        )
    assert len(sandbox.world.journal.entries(method="PATCH", since=before)) == 1
    record = client.get("Contact", company, select=["Department"])
    assert record is not None
    assert record["Department"] == "Neu"


def test_a_read_survives_resets_and_bad_answers(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    gate = sandbox.world.gate
    gate.add_fault(kind="reset_before", system="superoffice")
    gate.add_fault(kind="status", status=503, system="superoffice", retry_after=1)
    gate.add_fault(kind="reset_after", system="superoffice")
    assert client.current_principal().associate_id > 0


def test_every_call_is_counted_as_the_server_counts(sandbox: SandboxServer, connect: Connect) -> None:
    client = connect()
    before = sandbox.world.journal.entries()[-1].id
    sandbox.world.gate.add_fault(kind="status", status=502, system="superoffice", times=2)
    client.udef_layout("Person")
    client.patch(
        "Contact", first_company(client), [{"op": "replace", "path": "Department", "value": "X"}], select=["Name"]
    )
    entries = sandbox.world.journal.entries(system="superoffice", since=before)
    assert client.calls == len(entries)
    assert client.patches == sum(entry.method == "PATCH" for entry in entries) == 1
