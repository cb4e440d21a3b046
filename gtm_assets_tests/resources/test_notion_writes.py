"""Writing to Notion: against the sandbox's Notion, and against a stub where the failures are the point."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gtm_assets_tests.resources.notion_stub import STUB_SOURCE, Stub, failure, page
from resources.errors import AuthError, PermanentError, TransientError
from resources.notion import NotionClient, NotionSource, NotionValueError
from resources.notion.body import heading, paragraph, quote
from sandbox.notion.app import SANDBOX_TOKEN
from sandbox.notion.members import BOT, MARKETER
from sandbox.server import SandboxServer

LATER = [409, 429, 529]
UNCLEAR = [500, 502, 503, 504]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(companies=0) as running:
        yield running


@pytest.fixture
def notion(server: SandboxServer) -> Iterator[NotionClient]:
    client = NotionClient(token=SANDBOX_TOKEN, base_url=f"{server.base_url}/notion", sleep=lambda _: None)
    yield client
    client.close()
    server.world.gate.clear_faults()
    for left in server.world.notion.pages("reviews"):
        left.in_trash = True


@pytest.fixture
def reviews(server: SandboxServer, notion: NotionClient) -> NotionSource:
    return notion.source(server.world.notion.reviews_id)


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()
    yield made
    made.client.close()


def test_a_source_is_read_without_its_rows(reviews: NotionSource, notion: NotionClient) -> None:
    assert reviews.title == "Reviews"
    assert reviews.columns["Status"].options == ("pending", "approved", "rejected")
    assert reviews.columns["Key"].type == "rich_text"
    assert notion.calls == 2


def test_a_page_is_created_with_values_and_body_and_found_again_by_its_key(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    long = "Ein langer Text. " * 300
    values = {"Name": "Einkauf", "Key": "einkauf|hotellerie", "Status": "pending", "Kind": "cell", "Findings": long}
    made = notion.create_page(reviews, values, [heading("Bisher"), quote("Alter Text"), paragraph(long)])
    assert (made.values["Status"], made.values["Findings"]) == ("pending", long.strip())
    assert made.edited_by_bot
    assert made.url == f"{server.base_url}/notion/{made.page_id.replace('-', '')}"
    assert notion.query(reviews, equal={"Key": "einkauf|hotellerie"})[0].page_id == made.page_id
    found = server.world.notion.find_page(made.page_id)
    assert found is not None
    assert [(block.type, block.text) for block in found[1].body] == [
        ("heading_2", "Bisher"),
        ("quote", "Alter Text"),
        ("paragraph", long),
    ]


def test_a_value_or_body_that_notion_would_refuse_sends_nothing(notion: NotionClient, reviews: NotionSource) -> None:
    calls = notion.calls
    with pytest.raises(NotionValueError, match="no option 'offen'"):
        notion.create_page(reviews, {"Status": "offen"})
    with pytest.raises(NotionValueError, match="Nirgends"):
        notion.update_page(reviews, "some-page", {"Nirgends": "x"})
    with pytest.raises(ValueError, match="101 blocks"):
        notion.create_page(reviews, {}, [paragraph("x")] * 101)
    assert notion.calls == calls


def test_a_query_finds_what_was_edited_since_the_longest_unedited_first(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    workspace = server.world.notion
    made = [notion.create_page(reviews, {"Key": key, "Status": "pending"}).page_id for key in ("a", "b", "c")]
    now = datetime(2026, 11, 22, 10, 9, 44, tzinfo=UTC)
    for page_id, minutes in zip(made, (1, 5, 3), strict=True):
        found = workspace.find_page(page_id)
        assert found is not None
        found[1].last_edited = now - timedelta(minutes=minutes)
    found_ids = [row.page_id for row in notion.query(reviews)]
    assert found_ids == [made[1], made[2], made[0]]
    since = notion.query(reviews, edited_since=now - timedelta(minutes=3) + timedelta(seconds=10))
    assert [row.page_id for row in since] == [made[2], made[0]]
    assert notion.query(reviews, edited_since=now, equal={"Status": "pending"}) == ()


def test_a_query_over_several_pages_gives_every_row_once(notion: NotionClient, reviews: NotionSource) -> None:
    for number in range(101):
        notion.create_page(reviews, {"Key": f"k{number}", "Status": "pending"})
    rows = notion.query(reviews, equal={"Status": "pending"})
    assert {row.values["Key"] for row in rows} == {f"k{number}" for number in range(101)}
    assert len(rows) == 101


def test_rows_say_who_edited_them_by_name_and_whether_it_was_a_bot(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    for key in ("a", "b", "c"):
        notion.create_page(reviews, {"Key": key})
    server.world.notion.edit("reviews", "b", "Status", "approved")
    calls = notion.calls
    editors = {row.values["Key"]: (row.last_edited_by, row.edited_by_bot) for row in notion.query(reviews)}
    assert editors == {"a": (BOT.name, True), "b": (MARKETER.name, False), "c": (BOT.name, True)}
    assert notion.calls == calls + 3, "each user is asked for once"
    assert "Musterdaten" in MARKETER.name


def test_a_page_is_read_until_it_lies_in_the_trash(notion: NotionClient, reviews: NotionSource) -> None:
    made = notion.create_page(reviews, {"Key": "a", "Status": "pending"})
    read = notion.page(made.page_id, reviews)
    assert read is not None
    assert (read.values, read.last_edited_by) == (made.values, BOT.name)
    assert notion.trash_page(made.page_id) is True
    assert notion.page(made.page_id, reviews) is None
    assert notion.query(reviews) == ()
    assert notion.trash_page(made.page_id) is False
    assert notion.trash_page("00000000-0000-0000-0000-000000000000") is False


def test_a_page_that_never_was_is_none_to_read_and_to_change(notion: NotionClient, reviews: NotionSource) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert notion.page(nobody, reviews) is None
    assert notion.update_page(reviews, nobody, {"Comment": "x"}) is None


def test_a_page_is_changed_in_the_named_cells_only(notion: NotionClient, reviews: NotionSource) -> None:
    made = notion.create_page(reviews, {"Key": "a", "Status": "pending", "Comment": "alt"})
    changed = notion.update_page(reviews, made.page_id, {"Comment": None, "Status": "rejected"})
    assert changed is not None
    assert changed.values == {**made.values, "Comment": "", "Status": "rejected"}


def test_a_page_that_a_person_deleted_is_none_to_change(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    made = notion.create_page(reviews, {"Key": "a"})
    server.world.notion.remove("reviews", "a")
    assert notion.update_page(reviews, made.page_id, {"Comment": "x"}) is None


def test_a_page_of_another_database_is_no_row_of_this_one(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    vertical = server.world.notion.pages("verticals")[0].id
    assert notion.page(vertical, reviews) is None
    assert notion.update_page(reviews, vertical, {"Comment": "x"}) is None


def test_a_page_that_somebody_is_editing_is_tried_again_and_then_named(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    made = notion.create_page(reviews, {"Key": "a"})
    server.world.gate.add_fault(system="notion", method="PATCH", path_regex=f"{made.page_id}$", status=409, times=2)
    assert notion.update_page(reviews, made.page_id, {"Comment": "x"}) is not None
    server.world.gate.add_fault(system="notion", method="PATCH", path_regex=f"{made.page_id}$", status=409, times=9)
    with pytest.raises(TransientError, match=f"updating page {made.page_id}: somebody is editing this page") as caught:
        notion.update_page(reviews, made.page_id, {"Comment": "y"})
    assert caught.value.status == 409
    assert "conflict_error" in str(caught.value)
    server.world.gate.clear_faults()
    read = notion.page(made.page_id, reviews)
    assert read is not None
    assert read.values["Comment"] == "x"


def test_a_creation_whose_answer_was_lost_is_not_repeated_and_can_be_found(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    server.world.gate.add_fault(kind="reset_after", system="notion", method="POST", path_regex="pages$")
    calls = notion.calls
    with pytest.raises(TransientError, match=r"The page may exist all the same\. Look for it"):
        notion.create_page(reviews, {"Key": "a"})
    assert notion.calls == calls + 1
    assert len(notion.query(reviews, equal={"Key": "a"})) == 1


def test_a_change_whose_answer_was_lost_is_sent_again(
    server: SandboxServer, notion: NotionClient, reviews: NotionSource
) -> None:
    made = notion.create_page(reviews, {"Key": "a"})
    server.world.gate.add_fault(kind="reset_after", system="notion", method="PATCH")
    changed = notion.update_page(reviews, made.page_id, {"Comment": "x"})
    assert changed is not None
    assert changed.values["Comment"] == "x"


@pytest.mark.parametrize("status", LATER)
def test_a_creation_that_notion_refused_for_now_is_sent_again(stub: Stub, status: int) -> None:
    stub.answers = [failure(status), failure(status), page("p1")]
    assert stub.client.create_page(STUB_SOURCE, {"Name": "x"}).page_id == "p1"
    assert stub.client.calls == 3


@pytest.mark.parametrize("status", LATER)
def test_a_creation_that_notion_refuses_each_time_says_so_and_claims_no_page(stub: Stub, status: int) -> None:
    stub.answers = [failure(status)]
    with pytest.raises(TransientError) as caught:
        stub.client.create_page(STUB_SOURCE, {"Name": "x"})
    assert stub.client.calls == 4
    assert "may exist" not in str(caught.value)


@pytest.mark.parametrize("status", [*UNCLEAR, 200])
def test_a_creation_that_may_have_happened_is_sent_once(stub: Stub, status: int) -> None:
    stub.answers = [httpx.Response(status, text="<h1>a gateway's page</h1>")]
    with pytest.raises(TransientError, match="may exist"):
        stub.client.create_page(STUB_SOURCE, {"Name": "x"})
    assert stub.client.calls == 1


@pytest.mark.parametrize("error", [httpx.ReadTimeout("sample"), httpx.ConnectError("sample")])
def test_a_creation_without_an_answer_is_sent_once(stub: Stub, error: httpx.HTTPError) -> None:
    stub.answers = [error]
    with pytest.raises(TransientError, match="may exist"):
        stub.client.create_page(STUB_SOURCE, {"Name": "x"})
    assert stub.client.calls == 1


@pytest.mark.parametrize("status", [*LATER, *UNCLEAR])
def test_changes_and_removals_are_sent_again_after_every_passing_failure(stub: Stub, status: int) -> None:
    stub.answers = [failure(status), failure(status), page("p1")]
    assert stub.client.update_page(STUB_SOURCE, "p1", {"Name": "x"}) is not None
    assert stub.client.calls == 3
    stub.answers = [failure(status), page("p1", in_trash=True)]
    assert stub.client.trash_page("p1") is True
    assert stub.client.calls == 5


@pytest.mark.parametrize("error", [httpx.ReadTimeout("sample"), httpx.ConnectError("sample")])
def test_a_change_without_an_answer_is_sent_again(stub: Stub, error: httpx.HTTPError) -> None:
    stub.answers = [error, page("p1")]
    assert stub.client.update_page(STUB_SOURCE, "p1", {"Name": "x"}) is not None


def test_a_page_is_trashed_by_the_key_that_all_versions_know(stub: Stub) -> None:
    stub.answers = [page("p1", in_trash=True)]
    stub.client.trash_page("p1")
    (request,) = stub.requests
    assert (request.method, request.url.path) == ("PATCH", "/v1/pages/p1")
    assert json.loads(request.content) == {"in_trash": True}


def test_a_creation_names_the_data_source_as_parent_and_leaves_an_empty_body_out(stub: Stub) -> None:
    stub.answers = [page("p1")]
    stub.client.create_page(STUB_SOURCE, {"Name": "x"})
    sent = json.loads(stub.requests[0].content)
    assert sent["parent"] == {"type": "data_source_id", "data_source_id": "ds1"}
    assert set(sent) == {"parent", "properties"}


def test_a_long_wait_is_handed_to_the_caller_of_a_write_too(stub: Stub) -> None:
    stub.answers = [failure(429, retry_after="900")]
    with pytest.raises(TransientError) as caught:
        stub.client.create_page(STUB_SOURCE, {"Name": "x"})
    assert (caught.value.retry_after, stub.client.calls) == (900, 1)


def test_a_refused_change_of_a_page_that_is_there_is_an_error(stub: Stub) -> None:
    stub.answers = [failure(400, "validation_error"), page("p1")]
    with pytest.raises(PermanentError, match="updating page p1"):
        stub.client.update_page(STUB_SOURCE, "p1", {"Name": "x"})
    assert [request.method for request in stub.requests] == ["PATCH", "GET"]


def test_a_missing_capability_to_write_says_which_one(stub: Stub) -> None:
    stub.answers = [failure(403, "restricted_resource")]
    with pytest.raises(AuthError, match="insert and update content"):
        stub.client.create_page(STUB_SOURCE, {"Name": "x"})


def test_without_the_right_to_see_users_there_are_ids_and_our_own_edits_are_known(stub: Stub) -> None:
    ours = page("p1", last_edited_by={"object": "user", "id": "bot-id"})
    theirs = page("p2", last_edited_by={"object": "user", "id": "person-id"})
    refused = failure(403, "restricted_resource")
    stub.answers = [{"results": [ours, theirs], "has_more": False}, refused, {"id": "bot-id", "type": "bot"}, refused]
    rows = stub.client.query(STUB_SOURCE)
    assert [(row.last_edited_by, row.edited_by_bot) for row in rows] == [("bot-id", True), ("person-id", False)]
    assert [request.url.path for request in stub.requests[1:]] == [
        "/v1/users/bot-id",
        "/v1/users/me",
        "/v1/users/person-id",
    ]


def test_an_incomplete_query_is_an_error_and_never_a_short_answer(stub: Stub) -> None:
    status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    stub.answers = [{"results": [page("p1")], "has_more": False, "request_status": status}]
    with pytest.raises(PermanentError, match="incomplete"):
        stub.client.query(STUB_SOURCE)


def test_a_limiter_from_outside_grants_every_request_instead_of_the_own_pace() -> None:
    granted: list[int] = []

    class Counting:
        def acquire(self) -> None:
            granted.append(1)

    stub = Stub(limiter=Counting())
    stub.answers = [failure(529), page("p1")]
    for _ in range(10):
        stub.client.update_page(STUB_SOURCE, "p1", {"Name": "x"})
    assert len(granted) == stub.client.calls == 11
    assert len(stub.slept) == 1, "only the pause after the failure"
    stub.client.close()
