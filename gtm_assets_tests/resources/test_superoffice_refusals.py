"""Each reason that SuperOffice documents for a refusal, in words that tell an administrator what to do."""

from __future__ import annotations

from collections import deque

import httpx
import pytest

from gtm_assets_tests.resources.superoffice_logins import TicketLogin, client_of, get
from gtm_assets_tests.resources.test_superoffice_stub import Stub
from resources.errors import AuthError
from resources.superoffice.refusals import reason_of, what_to_do

REASONS = {
    1: ("Revoked", "approve the application again"),
    2: ("InvalidRedirectUrl", "redirect address"),
    3: ("Expired", "approve the application again"),
    4: ("Denied", "denied the application access"),
    5: ("NeedsReapproval", "changed since its approval"),
    6: ("InvalidTimestamp", "clock by NTP"),
    7: ("InvalidSignature", "SUPEROFFICE_PRIVATE_KEY does not belong"),
}


@pytest.mark.parametrize(("number", "name", "words"), [(n, *found) for n, found in REASONS.items()])
def test_each_documented_reason_is_recognised_by_name_and_by_number(number: int, name: str, words: str) -> None:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    for said in (name, f"Refused:{spaced}.", f"{number} - {name.upper()}", f"Error code: {number}", f"error={number}"):
        found = reason_of(said)
        assert found is not None, said
        assert (found.name, found.number) == (name, number)
        assert words in what_to_do(said, "")


@pytest.mark.parametrize(
    "said", ["", "No.", "Error 500", "HTTP 400", "reason 12", "Cust12345 has 6 users", "invalid_grant"]
)
def test_what_names_no_reason_is_not_guessed(said: str) -> None:
    assert reason_of(said) is None
    assert what_to_do(said, "Ask.") == "Ask."


def test_a_wrong_application_is_told_apart_from_a_refresh_token_that_was_revoked() -> None:
    state = httpx.Response(200, json=Stub().state_document())
    answer = httpx.Response(401, json={"error": "invalid_client", "error_description": "Unknown application."})
    with Stub(login_reactions=deque([state, answer])).client() as client, pytest.raises(AuthError) as caught:
        get(client)
    assert "SUPEROFFICE_CLIENT_ID and SUPEROFFICE_CLIENT_SECRET, and that they belong" in caught.value.what_to_do
    assert "administrator" in caught.value.what_to_do


def test_a_refused_system_user_reads_what_to_do_first_and_what_else_to_check() -> None:
    login = TicketLogin()
    login.answer = {"IsSuccessful": False, "Token": None, "ErrorMessage": "NeedsReapproval"}
    client = client_of(login)
    with pytest.raises(AuthError, match=r"NeedsReapproval\. The application was changed.*SUPEROFFICE_SYSTEM_TOKEN"):
        get(client)
    client.close()
