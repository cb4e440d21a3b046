"""Faults by name that requests meet on their way: limits, errors, broken and silent connections, tokens, hosts, maintenance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession
from gtm_assets_tests.sandbox.test_superoffice_login import authenticate, signed
from sandbox.faults.catalogue import KINDS
from sandbox.faults.kinds import (
    Maintenance,
    MovedHost,
    RateLimit,
    ResetAfter,
    ResetBefore,
    ServerError,
    Slow,
    Timeout,
    TokenExpiry,
)
from sandbox.faults.meter import CallMeter
from sandbox.superoffice.errors import ApiError


def statuses(crm: CrmSession, count: int) -> list[int]:
    return [crm.request("GET", "User/currentPrincipal").status_code for _ in range(count)]


def tenant_state(crm: CrmSession) -> dict[str, Any]:
    url = f"{crm.server.base_url}/superoffice/api/state/{crm.world.credentials.tenant}"
    found: dict[str, Any] = crm.http.get(url).json()
    return found


def valid_for(state: dict[str, Any]) -> float:
    return (datetime.fromisoformat(state["ValidUntil"][:26]).replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# --- the rate limit -----------------------------------------------------------------------------------------------------------------


def test_a_limit_holds_in_every_sliding_second_not_only_in_those_of_the_clock() -> None:
    clock = Seconds()
    meter = CallMeter(clock)
    served = []
    for clock.now in (0.8, 0.9, 1.1, 1.85, 1.95):
        served.append(meter.admit(2, count_refused=False))
    assert served == [True, True, False, True, True]
    assert (meter.calls, meter.refused, meter.most_in_one_second) == (5, 1, 3)


def test_refused_calls_use_up_the_limit_unless_they_are_said_not_to() -> None:
    clock = Seconds()
    counting, lenient = CallMeter(clock), CallMeter(clock)
    served = []
    for clock.now in (0.0, 0.5, 1.2):
        served.append((counting.admit(1), lenient.admit(1, count_refused=False)))
    assert served == [(True, True), (False, False), (False, True)]


def test_calls_beyond_the_limit_are_answered_429_and_did_nothing(crm: CrmSession) -> None:
    person = crm.new_person()
    running = crm.world.faults.start(RateLimit(per_second=1, retry_after=2))
    answers = [crm.replace(f"Person/{person}", Title=f"Stufe {step}") for step in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.headers["Retry-After"] for answer in refused} == {"2"}
    assert running.met == len(refused)
    effects = [entry.effect for entry in crm.world.journal.entries(method="PATCH", path=f"Person/{person}")]
    assert effects == [answer.status_code == 200 for answer in answers]


def test_a_refusal_comes_without_retry_after_unless_it_is_asked_for(crm: CrmSession) -> None:
    crm.world.faults.start(RateLimit(per_second=1))
    answers = [crm.request("GET", "Person/1") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all("Retry-After" not in answer.headers for answer in refused)


def test_only_calls_to_the_api_host_count_and_the_busiest_second_is_told(crm: CrmSession) -> None:
    crm.control("DELETE", "rate")
    crm.world.faults.start(RateLimit(per_second=3))
    for _ in range(5):
        crm.refresh()
        tenant_state(crm)
    assert statuses(crm, 3) == [200, 200, 200]
    told = crm.control("GET", "rate")
    assert (told["calls"], told["refused"]) == (3, 0)
    assert 1 <= told["most_calls_in_one_second"] <= 3


# --- answers that do not come as they should ------------------------------------------------------------------------------------------


def test_a_server_error_is_answered_so_often_and_nothing_was_done(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    fault = ServerError(method="patch", path=f"Person/{person}$", status=502, retry_after=1.5, times=2)
    running = crm.world.faults.start(fault)
    answers = [crm.replace(f"Person/{person}", Title=title) for title in ("a", "b", "c")]
    assert [answer.status_code for answer in answers] == [502, 502, 200]
    assert answers[0].headers["Retry-After"] == "1.5"
    assert answers[2].json()["Title"] == "c"
    assert running.met == 2
    assert crm.world.faults.running() == []


@pytest.mark.parametrize(
    ("fault", "title"), [(ResetBefore(method="PATCH"), "alt"), (ResetAfter(method="PATCH"), "neu")]
)
def test_a_connection_breaks_before_or_after_the_work(
    crm: CrmSession, fault: ResetBefore | ResetAfter, title: str
) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(fault)
    with pytest.raises(httpx.RemoteProtocolError):
        crm.replace(f"Person/{person}", Title="neu")
    assert crm.entity(f"Person/{person}")["Title"] == title


def test_a_client_that_waits_in_vain_gives_up_and_nothing_was_done(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(Timeout(method="PATCH"))
    with pytest.raises(httpx.ReadTimeout):
        crm.request("PATCH", f"Person/{person}", json=[{"op": "replace", "path": "Title", "value": "neu"}], timeout=0.1)
    assert crm.entity(f"Person/{person}")["Title"] == "alt"


@pytest.mark.parametrize(("after_work", "title"), [(False, "alt"), (True, "neu")])
def test_silence_ends_with_a_cut_line_where_the_client_is_patient(
    crm: CrmSession, after_work: bool, title: str
) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(Timeout(method="PATCH", seconds=0.05, after_work=after_work))
    with pytest.raises(httpx.RemoteProtocolError):
        crm.replace(f"Person/{person}", Title="neu")
    assert crm.entity(f"Person/{person}")["Title"] == title


def test_slow_answers_are_answers_until_that_is_taken_back(crm: CrmSession) -> None:
    running = crm.world.faults.start(Slow(seconds=0.05))
    assert statuses(crm, 2) == [200, 200]
    assert running.met == 2
    assert crm.world.faults.running() == [running]


def test_who_does_not_wait_for_a_slow_answer_has_written_all_the_same(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(Slow(method="PATCH", seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        crm.request("PATCH", f"Person/{person}", json=[{"op": "replace", "path": "Title", "value": "neu"}], timeout=1)
    assert crm.entity(f"Person/{person}")["Title"] == "neu"


def test_a_slow_website_is_slow_too(crm: CrmSession) -> None:
    crm.world.faults.start(Slow(system="site", seconds=0.05))
    url = crm.entity("Contact/1")["Urls"][0]["Value"]
    assert crm.http.get(url).status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        crm.http.get(url, timeout=0.01)


# --- tokens, host, state of the tenant --------------------------------------------------------------------------------------------------


def test_tokens_expire_and_new_ones_are_given_out(crm: CrmSession) -> None:
    crm.world.faults.start(TokenExpiry())
    assert statuses(crm, 1) == [401]
    token = crm.refresh().json()["access_token"]
    assert crm.request("GET", "Person/1", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert crm.world.faults.running() == []


def test_a_tenant_that_withdrew_its_consent_gives_out_nothing_until_that_is_taken_back(crm: CrmSession) -> None:
    crm.world.faults.start(TokenExpiry(revoked=True))
    assert statuses(crm, 1) == [401]
    assert (crm.refresh().status_code, crm.refresh().json()["error"]) == (400, "invalid_grant")
    assert "Revoked" in authenticate(crm, signed(crm))["ErrorMessage"]
    crm.world.faults.clear("token-expiry")
    assert crm.refresh().status_code == 200
    assert authenticate(crm, signed(crm))["IsSuccessful"]


def test_a_tenant_moves_and_the_old_host_answers_421(crm: CrmSession) -> None:
    crm.world.faults.start(MovedHost(valid_seconds=2))
    assert statuses(crm, 1) == [421]
    state = tenant_state(crm)
    assert state["Api"].endswith(f"/online4/{crm.world.credentials.tenant}/api")
    assert valid_for(state) <= 2
    assert crm.http.get(f"{state['Api']}/v1/Person/1", headers=crm.headers).status_code == 200
    crm.world.faults.clear()
    assert statuses(crm, 1) == [200]


def test_the_tenants_state_may_know_late_that_the_host_moved(crm: CrmSession) -> None:
    crm.world.faults.start(MovedHost(late=2))
    hosts = [tenant_state(crm)["Api"].split("/")[3] for _ in range(3)]
    assert hosts == ["online3", "online3", "online4"]


def test_a_switch_that_somebody_moved_since_stays_when_the_fault_is_taken_back(crm: CrmSession) -> None:
    crm.world.faults.start(Maintenance())
    crm.switch(tenant_state="Suspended")
    crm.world.faults.clear()
    assert tenant_state(crm)["State"] == "Suspended"


def test_maintenance_is_told_by_the_tenants_state_and_calls_are_answered_503(crm: CrmSession) -> None:
    crm.world.faults.start(Maintenance(retry_after=7, valid_seconds=1))
    answer = crm.request("GET", "Person/1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    state = tenant_state(crm)
    assert (state["State"], state["IsRunning"]) == ("OfflineMaintenance", False)
    assert valid_for(state) <= 1
    # An upgrade follows: the newer one takes the older one's place, and what is taken back is what was before both.
    crm.world.faults.start(Maintenance(state="OnlineMaintenance"))
    assert (tenant_state(crm)["IsRunning"], statuses(crm, 1)) == (True, [200])
    crm.world.faults.clear("maintenance")
    assert tenant_state(crm)["State"] == "Running"


# --- starting and taking back -----------------------------------------------------------------------------------------------------------


def test_faults_are_started_told_and_taken_back_over_http(crm: CrmSession) -> None:
    crm.control("POST", "faults/slow", json={"seconds": 0.01, "method": "GET"})
    crm.control("POST", "faults", json={"kind": "reset_before", "system": "notion"})
    statuses(crm, 1)
    by_pattern, named = crm.control("GET", "faults")
    assert by_pattern["kind"] == "reset_before"
    assert (named["name"], named["met"], named["options"]["seconds"]) == ("slow", 1, 0.01)
    crm.control("DELETE", "faults/slow")
    assert [item.get("name") for item in crm.control("GET", "faults")] == [None]
    crm.control("DELETE", "faults")
    assert crm.control("GET", "faults") == []


def test_the_catalogue_is_told_over_http(crm: CrmSession) -> None:
    told = crm.control("GET", "faults/catalogue")
    assert [item["name"] for item in told][: len(KINDS)] == [kind.name for kind in KINDS]
    assert all(item["sentence"] for item in told)
    assert all(option["help"] for item in told for option in item.get("options", ()))


@pytest.mark.parametrize(
    ("name", "options", "status", "advice"),
    [
        ("flood", {}, 404, "rate-limit"),
        ("rate-limit", {"per_second": 0}, 400, "per_second"),
        ("rate-limit", {"speed": 3}, 400, "It knows: per_second"),
        ("slow", {"path": "("}, 400, "regular expression"),
        ("moved-host", {"to": "online5"}, 400, "online4"),
        ("moved-host", {"to": "online3"}, 400, "already"),
        ("edit-between", {"person": 1}, 400, "needs a field"),
        ("edit-between", {"fields": {"Title": "x"}}, 400, "name a person or a company"),
        ("edit-between", {"person": 1, "fields": {"Shoe size": "43"}}, 400, "Hobby"),
        ("edit-between", {"person": 999999, "fields": {"Title": "x"}}, 404, "not found"),
        ("stale-read", {"person": 1, "company": 1}, 400, "one record"),
        ("ignored-patch", {"fields": ["Shoe size"]}, 400, "no field 'Shoe size'"),
        ("soft-delete", {}, 400, "name a person or a company"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_at_once_with_what_could(
    crm: CrmSession, name: str, options: dict[str, object], status: int, advice: str
) -> None:
    response = crm.http.post(f"{crm.server.base_url}/control/faults/{name}", json=options)
    assert response.status_code == status
    assert advice in response.json()["error"]
    assert crm.world.faults.running() == []


def test_in_one_process_mistakes_are_refused_as_well(crm: CrmSession) -> None:
    with pytest.raises(ValueError, match="per_second"):
        crm.world.faults.start(RateLimit(per_second=0))
    with pytest.raises(KeyError, match="no fault"):
        crm.world.faults.clear("flood")
    with pytest.raises(ApiError, match="not found"):
        crm.world.faults.start_named("soft-delete", {"person": 999999})
