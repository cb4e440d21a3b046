"""The client and the limit it shares: whose call it is, what a server's wish to be left alone does, and how long somebody waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from gtm_assets.doctor.probe.session import PairedLimiter
from gtm_assets.doctor.superoffice import Pace
from gtm_assets.settings import Settings
from gtm_assets_tests.resources.superoffice_logins import get
from gtm_assets_tests.resources.test_superoffice_stub import CREDENTIALS, LOGIN, TENANT, Stub
from resources.errors import TransientError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import HeldError
from resources.superoffice.limits import RateLimiter
from resources.waiting import Priority, TooLongError


@dataclass
class Limit:
    """A shared limit that notes what it is asked and grants everything, but nothing to the impatient while it is held."""

    asked: list[tuple[Priority, float | None]] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        self.asked.append((priority, patience))
        if patience is not None and sum(self.held) > patience:
            raise TooLongError(sum(self.held))

    def hold(self, seconds: float) -> None:
        self.held.append(seconds)


def _client(stub: Stub, limit: RateLimiter) -> SuperOfficeClient:
    return SuperOfficeClient(
        login_url=LOGIN,
        tenant=TENANT,
        credentials=CREDENTIALS,
        cache_dir=None,
        limiter=limit,
        transport=httpx.MockTransport(stub.handle),
        sleep=stub.waits.append,
    )


def test_a_block_of_work_has_a_priority_that_its_threads_see_and_that_ends_with_it() -> None:
    stub, limit = Stub(), Limit()
    client = _client(stub, limit)
    get(client)
    with client.working("background"):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: get(client), range(8)))
        with client.working("live", patience=5):
            get(client)
        get(client)
    get(client)
    client.close()
    login = [("live", None)] * 2
    assert limit.asked == [
        *login,
        ("live", None),
        *[("background", None)] * 8,
        ("live", 5),
        ("background", None),
        ("live", None),
    ]


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), [7.0]),
        (httpx.Response(503, headers={"Retry-After": "7"}), [7.0]),
        (httpx.Response(429), [1.0]),
        (httpx.Response(503), []),
        (httpx.Response(500, headers={"Retry-After": "7"}), []),
    ],
)
def test_what_the_server_asks_of_one_call_it_asks_of_everybody(answer: httpx.Response, held: list[float]) -> None:
    stub, limit = Stub(reactions=deque([answer])), Limit()
    client = _client(stub, limit)
    if answer.status_code == 500:
        with pytest.raises(TransientError):
            get(client)
    else:
        get(client)
    client.close()
    assert limit.held == held


def test_a_write_that_met_429_holds_everybody_too_and_is_not_sent_again() -> None:
    stub, limit = Stub(reactions=deque([httpx.Response(429, headers={"Retry-After": "7"})])), Limit()
    client = _client(stub, limit)
    operations = [{"op": "replace", "path": "/Name", "value": "Neu"}]
    with pytest.raises(TransientError) as failed:
        client.patch("Contact", 1, operations, select=["Name"])
    client.close()
    assert failed.value.retry_after == 7
    assert limit.held == [7.0]
    assert len(stub.api_requests) == 1


def test_who_would_not_wait_so_long_gets_an_error_for_later_at_once_and_nothing_is_sent() -> None:
    stub, limit = Stub(), Limit(held=[90.0])
    client = _client(stub, limit)
    with (
        client.working("live", patience=10),
        pytest.raises(HeldError, match="another 90 s, as SuperOffice asked") as held,
    ):
        get(client)
    client.close()
    assert held.value.retry_after == 90
    assert stub.api_requests == stub.token_requests == stub.state_requests == []
    assert stub.waits == []


def _pace(limit: Limit) -> Pace:
    pace = Pace(Settings(), _shared=limit)
    pace.ready.set()
    return pace


@pytest.mark.parametrize("shared", [PairedLimiter, _pace])
def test_the_probes_pairs_and_the_doctors_pace_hold_everybody_too(shared: Callable[[Limit], RateLimiter]) -> None:
    limit = Limit()
    stub = Stub(reactions=deque([httpx.Response(429, headers={"Retry-After": "7"})]))
    client = _client(stub, shared(limit))
    get(client)
    client.close()
    assert limit.held == [7.0]
