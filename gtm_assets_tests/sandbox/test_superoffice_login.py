"""The login host and who may call the API: tokens, tickets, tenant state, wrong hosts."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gtm_assets_tests.sandbox.crm_session import CrmSession

CLAIM = "http://schemes.superoffice.net/identity/"


def signed(crm: CrmSession, *, when: datetime | None = None, pem: str = "", system_token: str = "") -> str:
    key = load_pem_private_key((pem or crm.world.credentials.system_user_key).encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    text = f"{system_token or crm.world.credentials.system_token}.{(when or datetime.now(UTC)):%Y%m%d%H%M}"
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{base64.b64encode(signature).decode()}"


def authenticate(crm: CrmSession, signed_token: str, **changes: str) -> dict[str, str]:
    body = {
        "SignedSystemToken": signed_token,
        "ApplicationToken": crm.world.credentials.client_secret,
        "ContextIdentifier": crm.world.credentials.tenant,
        "ReturnTokenType": "JWT",
        **changes,
    }
    url = f"{crm.server.base_url}/superoffice/Login/api/PartnerSystemUser/Authenticate"
    answer: dict[str, str] = crm.http.post(url, json=body).json()
    return answer


def test_a_refresh_answers_a_token_that_opens_the_api_and_no_new_refresh_token(crm: CrmSession) -> None:
    answer = crm.refresh().json()
    assert answer["access_token"].startswith(f"8A:{crm.world.credentials.tenant}.")
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert "refresh_token" not in answer
    response = crm.request(
        "GET", "User/currentPrincipal", headers={"Authorization": f"Bearer {answer['access_token']}"}
    )
    assert response.json()["AssociateId"] == 5


def test_refresh_parameters_may_stand_in_the_query_as_in_the_vendors_samples(crm: CrmSession) -> None:
    known = crm.world.credentials
    query = {
        "grant_type": "refresh_token",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "refresh_token": known.refresh_token,
    }
    response = crm.http.post(f"{crm.server.base_url}/superoffice/login/common/oauth/tokens", params=query)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused_as_oauth_says(
    crm: CrmSession, changes: dict[str, str], status: int, error: str
) -> None:
    response = crm.refresh(**changes)
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_a_system_user_gets_a_ticket_in_a_token_that_the_published_key_proves(crm: CrmSession) -> None:
    answer = authenticate(crm, signed(crm))
    assert answer["IsSuccessful"], answer["ErrorMessage"]
    keys = jwt.PyJWKSet.from_dict(crm.http.get(f"{crm.server.base_url}/superoffice/login/.well-known/jwks").json())
    claims = jwt.decode(answer["Token"], keys.keys[0], algorithms=["RS256"], audience=crm.world.credentials.client_id)
    ticket = claims[f"{CLAIM}ticket"]
    assert claims[f"{CLAIM}ctx"] == crm.world.credentials.tenant
    headers = {"Authorization": f"SOTicket {ticket}", "SO-AppToken": crm.world.credentials.client_secret}
    principal = crm.request("GET", "User/currentPrincipal", headers=headers).json()
    assert (principal["AssociateId"], principal["UserType"]) == (4, "SystemAssociate")


def test_a_ticket_without_the_application_token_opens_nothing(crm: CrmSession) -> None:
    ticket = crm.world.credentials.ticket()
    assert crm.request("GET", "Contact/1", headers={"Authorization": f"SOTicket {ticket}"}).status_code == 401


@pytest.mark.parametrize(("minutes", "accepted"), [(0, True), (-14, True), (14, True), (-17, False), (17, False)])
def test_a_signature_holds_for_fifteen_minutes_around_now(crm: CrmSession, minutes: int, *, accepted: bool) -> None:
    answer = authenticate(crm, signed(crm, when=datetime.now(UTC) + timedelta(minutes=minutes)))
    assert bool(answer["IsSuccessful"]) is accepted


def test_a_signature_of_another_key_is_refused(crm: CrmSession) -> None:
    answer = authenticate(crm, signed(crm, pem=crm.world.credentials.signing_key))
    assert not answer["IsSuccessful"]
    assert "InvalidSignature" in answer["ErrorMessage"]


@pytest.mark.parametrize("changes", [{"ApplicationToken": "wrong"}, {"ContextIdentifier": "Cust99999"}])
def test_a_ticket_needs_the_right_application_and_tenant(crm: CrmSession, changes: dict[str, str]) -> None:
    assert not authenticate(crm, signed(crm), **changes)["IsSuccessful"]


def test_the_state_document_names_the_host_that_answers(crm: CrmSession) -> None:
    state = crm.http.get(f"{crm.server.base_url}/superoffice/api/state/{crm.world.credentials.tenant}").json()
    assert (state["State"], state["IsRunning"]) == ("Running", True)
    assert f"{state['Api']}/v1" == crm.api
    assert crm.http.get(state["Api"]).json()["Version"] == "v1"


def test_after_a_move_the_old_host_answers_421_and_the_state_names_the_new_one(crm: CrmSession) -> None:
    crm.switch(api_cluster="online4")
    assert crm.request("GET", "Contact/1").status_code == 421
    state = crm.http.get(f"{crm.server.base_url}/superoffice/api/state/{crm.world.credentials.tenant}").json()
    assert crm.http.get(f"{state['Api']}/v1/Contact/1", headers=crm.headers).status_code == 200


def test_another_tenants_path_answers_421(crm: CrmSession) -> None:
    assert (
        crm.http.get(f"{crm.server.base_url}/online3/Cust99999/api/v1/Contact/1", headers=crm.headers).status_code
        == 421
    )


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer 8A:unknown"}])
def test_the_api_answers_401_without_a_valid_token(crm: CrmSession, header: dict[str, str]) -> None:
    assert crm.http.get(f"{crm.api}/Contact/1", headers=header).status_code == 401


def test_tokens_can_be_ended_and_a_new_refresh_opens_again(crm: CrmSession) -> None:
    assert crm.control("POST", "expire_tokens")["expired"] > 0
    assert crm.request("GET", "Contact/1").status_code == 401
    token = crm.refresh().json()["access_token"]
    assert crm.request("GET", "Contact/1", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(("position", "text"), [("rest", '"Error": true'), ("html", "<html>"), ("empty", "")])
def test_the_body_of_a_401_is_what_the_switch_says(crm: CrmSession, position: str, text: str) -> None:
    crm.switch(error_body=position)
    response = crm.http.get(f"{crm.api}/Contact/1")
    assert response.status_code == 401
    assert (text in response.text) if text else not response.content


@pytest.mark.parametrize(
    ("state", "runs"),
    [
        ("Running", True),
        ("OnlineMaintenance", True),
        ("OfflineMaintenance", False),
        ("Suspended", False),
        ("Deleted", False),
    ],
)
def test_the_api_answers_only_in_states_that_count_as_running(crm: CrmSession, state: str, *, runs: bool) -> None:
    crm.switch(tenant_state=state)
    document = crm.http.get(f"{crm.server.base_url}/superoffice/api/state/{crm.world.credentials.tenant}").json()
    assert (document["State"], document["IsRunning"]) == (state, runs)
    assert crm.request("GET", "Contact/1").status_code == (200 if runs else 503)
