"""Each outside system looked at both ways: as it should be, and with one thing wrong; the others are looked at all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gtm_assets.doctor.gemini import look_at_gemini
from gtm_assets.doctor.looking import Notes
from gtm_assets.settings import parse_settings
from gtm_assets_tests.doctor.looking import NOBODY, Installation, statuses, told, wrong
from sandbox.superoffice.carriers import HUMAN

CRM_STEPS = {"tenant", "sign-in", "fields", "records", "vertical list"}
DATABASES = {"verticals", "personas", "campaigns", "reviews"}
ALL_RIGHT = {
    "SuperOffice": dict.fromkeys(CRM_STEPS, "ok"),
    "Notion": dict.fromkeys(DATABASES, "ok"),
    "Gemini": {"model": "ok", "price": "ok"},
}


def _others_are_seen(diagnosis, area: str) -> None:
    for other in ALL_RIGHT.keys() - {area}:
        # Lists are compared with Notion's rows, so without Notion there is nothing to compare.
        expected = {k: v for k, v in ALL_RIGHT[other].items() if area != "Notion" or k != "vertical list"}
        assert expected.items() <= statuses(diagnosis, other).items(), other


def test_where_everything_is_right_nothing_is_wrong_and_nothing_was_written(installation: Installation) -> None:
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert {area: statuses(diagnosis, area) for area in ALL_RIGHT} == ALL_RIGHT
    assert installation.writes() == []
    assert not installation.state.exists(), "no store, no token, no instance was made"


# --- SuperOffice -------------------------------------------------------------------------------------------------------------------


def test_the_fields_are_shown_with_length_and_how_they_were_found(installation: Installation) -> None:
    installation.environment["SUPEROFFICE_FIELD_OPENER"] = "SuperOffice:86"
    fields = {row["role"]: row for row in installation.look().fields}
    assert (fields["subject"]["text_length"], fields["subject"]["matched_by"]) == (199, "label")
    assert fields["opener"]["matched_by"] == "setting"
    installation.server.world.switches.set({"label_language": "no"})
    assert {row["matched_by"] for row in installation.look().fields} >= {"default", "setting"}


@pytest.mark.parametrize(
    ("variable", "value", "name", "what"),
    [
        ("SUPEROFFICE_REFRESH_TOKEN", "wrong-token-of-somebody", "sign-in", "SUPEROFFICE_REFRESH_TOKEN"),
        ("SUPEROFFICE_CLIENT_SECRET", "wrong-secret-of-somebody", "sign-in", "SUPEROFFICE_CLIENT_SECRET"),
        ("SUPEROFFICE_TENANT", "Cust99999", "tenant", "SUPEROFFICE_TENANT"),
        ("SUPEROFFICE_LOGIN_URL", NOBODY, "tenant", "no connection"),
    ],
)
def test_wrong_credentials_and_addresses_of_superoffice(
    installation: Installation, variable: str, value: str, name: str, what: str
) -> None:
    installation.environment[variable] = value
    diagnosis = installation.look()
    assert ("SuperOffice", name) in wrong(diagnosis)
    assert what in told(diagnosis, "SuperOffice", name)
    assert value not in str(diagnosis.as_json()["findings"]) or variable in {
        "SUPEROFFICE_TENANT",
        "SUPEROFFICE_LOGIN_URL",
    }
    _others_are_seen(diagnosis, "SuperOffice")


def test_a_wrong_token_is_seen_although_a_good_one_was_kept_a_minute_ago(installation: Installation) -> None:
    """What a cache holds proves nothing about the credentials: the doctor signs in anew."""
    with installation.store() as store:
        from gtm_assets import clients

        crm = clients.open_superoffice(installation.settings, store)
        crm.current_principal()
        crm.close()
    installation.server.world.credentials.refresh_token = "revoked-in-the-tenant"  # type: ignore[misc]
    assert ("SuperOffice", "sign-in") in wrong(installation.look())


@pytest.mark.parametrize("state", ["OfflineMaintenance", "Suspended", "Deleted"])
def test_a_tenant_that_is_closed(installation: Installation, state: str) -> None:
    installation.server.world.switches.set({"tenant_state": state})
    diagnosis = installation.look()
    # Maintenance passes by itself: somebody may want to know, and nobody has to do anything.
    expected = "remark" if state == "OfflineMaintenance" else "wrong"
    assert statuses(diagnosis, "SuperOffice")["tenant"] == expected
    assert state in told(diagnosis, "SuperOffice", "tenant")
    _others_are_seen(diagnosis, "SuperOffice")


def test_maintenance_with_the_api_open_is_a_remark(installation: Installation) -> None:
    installation.server.world.switches.set({"tenant_state": "OnlineMaintenance"})
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert statuses(diagnosis, "SuperOffice")["tenant"] == "remark"


def test_a_tenant_that_moved_is_found_at_its_new_host(installation: Installation) -> None:
    installation.look()
    installation.server.world.switches.set({"api_cluster": "online4"})
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert "/online4/" in told(diagnosis, "SuperOffice", "tenant")


def test_a_field_that_is_missing_is_named_and_the_others_are_shown(installation: Installation) -> None:
    installation.environment["SUPEROFFICE_FIELD_SUBJECT"] = "SuperOffice:99"
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("SuperOffice", "fields")}
    assert "subject: Person has no user-defined field SuperOffice:99" in told(diagnosis, "SuperOffice", "fields")
    assert "intro" in {row["role"] for row in diagnosis.fields}
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"


def test_fields_that_are_too_short_for_their_purpose(installation: Installation) -> None:
    installation.environment |= {
        "SUPEROFFICE_FIELD_OPENER": "SuperOffice:12",
        "SUPEROFFICE_FIELD_UNSUBSCRIBE": "SuperOffice:5",
    }
    diagnosis = installation.look()
    said = told(diagnosis, "SuperOffice", "fields")
    assert "opener (SuperOffice:12 'ERP customer number') holds 39 characters, a usable text needs 150" in said
    assert "unsubscribe (SuperOffice:5): a link has up to" in said


def test_a_layout_that_moved_since_the_last_run(installation: Installation) -> None:
    with installation.store() as store:
        from gtm_assets import clients
        from gtm_assets.crm.field_map import current_fields

        crm = clients.open_superoffice(installation.settings, store)
        current_fields(store, crm, installation.settings.configured_fields)
        crm.close()
    installation.server.world.switches.set({"vertical_field": "text"})
    diagnosis = installation.look()
    assert "vertical (SuperOffice:83) was a List and is now a ShortText" in told(diagnosis, "SuperOffice", "fields")
    assert "gtm fields --accept" in told(diagnosis, "SuperOffice", "fields")


def test_a_vertical_without_list_item_is_named(installation: Installation) -> None:
    installation.server.world.notion.edit("verticals", "maschinenbau", "Name", "Raumfahrt")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("SuperOffice", "vertical list")}
    assert "no item for Raumfahrt" in told(diagnosis, "SuperOffice", "vertical list")


def test_a_list_item_that_was_tied_once_may_be_renamed(installation: Installation) -> None:
    from gtm_assets_tests.stores import put, vertical_row
    from resources.store import schema

    item = installation.server.world.crm.lists["udlist83"].find("Maschinenbau")
    assert item is not None
    with installation.store() as store:
        row = vertical_row("maschinenbau", name="Maschinenbau", crm_item_id=item.id)
        put(store, schema.verticals, row)
    item.names.update(de="Maschinen und Anlagen", en="Machines")
    assert installation.look().wrong == ()


def test_a_campaign_list_lacks_an_item(installation: Installation) -> None:
    installation.server.world.switches.set({"campaign_field": "list"})
    assert installation.look().wrong == ()
    values = {"Name": "Neu", "Tag": "Herbst 2027", "Brief": "Kurz", "Active": True}
    installation.server.world.notion.add("campaigns", values)
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("SuperOffice", "campaign list")}
    assert "Herbst 2027" in told(diagnosis, "SuperOffice", "campaign list")


def test_a_clock_that_is_off_is_a_remark(installation: Installation) -> None:
    from gtm_assets.doctor.looking import Notes
    from gtm_assets.doctor.superoffice import note_clock

    for off, status in (
        (timedelta(seconds=5), []),
        (timedelta(minutes=10), ["remark"]),
        (-timedelta(hours=2), ["remark"]),
    ):
        notes = Notes("SuperOffice")
        note_clock(notes, datetime.now(UTC) + off)
        assert [f.status for f in notes.close()] == status


def test_records_that_cannot_be_read(installation: Installation) -> None:
    installation.server.world.gate.add_fault(system="superoffice", path_regex="Archive/Person", status=403)
    diagnosis = installation.look()
    assert "HTTP 403" in told(diagnosis, "SuperOffice", "records")
    assert "rights" in told(diagnosis, "SuperOffice", "records")
    assert statuses(diagnosis, "SuperOffice")["fields"] == "ok", "what was found before it is kept"


def test_a_crm_in_which_nothing_is_to_be_seen(installation: Installation) -> None:
    from dataclasses import replace

    world = installation.server.world
    for person_id in world.crm.persons.ids_above(0):
        person = world.crm.persons.get(person_id)
        world.crm.save(replace(person, deleted=world.crm.now()), HUMAN)
    diagnosis = installation.look()
    assert "no persons to be seen" in told(diagnosis, "SuperOffice", "records")


# --- Notion ------------------------------------------------------------------------------------------------------------------------


def test_a_wrong_token_of_notion(installation: Installation) -> None:
    installation.environment["NOTION_TOKEN"] = "ntn_wrong"
    diagnosis = installation.look()
    assert {("Notion", name) for name in DATABASES} <= wrong(diagnosis)
    assert "NOTION_TOKEN" in told(diagnosis, "Notion", "verticals")
    _others_are_seen(diagnosis, "Notion")


def test_notion_cannot_be_reached(installation: Installation) -> None:
    installation.environment["NOTION_BASE_URL"] = NOBODY
    diagnosis = installation.look()
    assert {("Notion", name) for name in DATABASES} <= wrong(diagnosis)
    assert "NOTION_BASE_URL" in told(diagnosis, "Notion", "personas")
    _others_are_seen(diagnosis, "Notion")


def test_a_database_that_is_not_shared_keeps_no_other_from_being_read(installation: Installation) -> None:
    installation.environment["NOTION_PERSONAS_DATABASE_ID"] = "00000000-0000-0000-0000-000000000000"
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Notion", "personas")}
    assert "share the database with the integration" in told(diagnosis, "Notion", "personas")


def test_missing_columns_are_named(installation: Installation) -> None:
    installation.server.world.notion.remove_column("verticals", "Pains")
    installation.server.world.notion.rename_column("reviews", "Content Hash", "Hash")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Notion", "verticals"), ("Notion", "reviews")}
    assert "no column 'Pains'" in told(diagnosis, "Notion", "verticals")
    assert "no column 'Content Hash'" in told(diagnosis, "Notion", "reviews")
    installation.environment["GTM_NOTION_COLUMNS"] = "verticals.Pains=Gains,reviews.Content Hash=Hash"
    assert installation.look().wrong == ()


def test_a_row_that_is_refused_is_named_with_its_reason(installation: Installation) -> None:
    installation.server.world.notion.edit("verticals", "hotellerie", "Pains", "")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Notion", "verticals")}
    assert "Pains is empty" in told(diagnosis, "Notion", "verticals")


def test_a_database_without_active_rows(installation: Installation) -> None:
    for row in installation.server.world.notion.rows("personas"):
        installation.server.world.notion.edit("personas", str(row["Key"]), "Status", "Draft")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Notion", "personas")}


# --- Gemini ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("GEMINI_API_KEY", "wrong-key-of-somebody", "GEMINI_API_KEY"),
        ("GEMINI_MODEL", "gemini-0.1-gone", "GEMINI_MODEL"),
        ("GOOGLE_GEMINI_BASE_URL", NOBODY, "GOOGLE_GEMINI_BASE_URL"),
    ],
)
def test_gemini_with_one_thing_wrong(installation: Installation, variable: str, value: str, what: str) -> None:
    installation.environment[variable] = value
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Gemini", "model")}
    assert what in told(diagnosis, "Gemini", "model")
    _others_are_seen(diagnosis, "Gemini")


def test_a_model_that_writes_no_texts(installation: Installation) -> None:
    installation.environment["GEMINI_MODEL"] = "gemini-embedding-001"
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Gemini", "model")}
    assert "writes no texts" in told(diagnosis, "Gemini", "model")


@pytest.mark.parametrize(
    ("variables", "status", "said"),
    [
        ({"GTM_MODEL_BUDGET_PER_DAY": "5"}, "ok", "3.75 USD out for a million tokens; at most 5.00 USD per day."),
        ({"GEMINI_MODEL": "unknown-model"}, "remark", "the price table does not know unknown-model"),
        ({"GEMINI_MODEL": "unknown-model", "GTM_MODEL_BUDGET_PER_RUN": "5"}, "wrong", "a budget can't be kept"),
        ({"GTM_MODEL_PRICES": "/nowhere.toml"}, "wrong", "GTM_MODEL_PRICES: /nowhere.toml can't be read"),
    ],
)
def test_what_the_model_costs_is_looked_at_without_asking_it(variables, status, said) -> None:
    notes = Notes("Gemini")
    look_at_gemini(notes, parse_settings(variables))
    (price,) = [finding for finding in notes.close() if finding.name == "price"]
    assert price.status == status
    assert said in price.said


def test_gemini_is_overloaded(installation: Installation) -> None:
    installation.server.world.gate.add_fault(system="gemini", status=503, times=10)
    assert wrong(installation.look()) == {("Gemini", "model")}


# --- all at once -------------------------------------------------------------------------------------------------------------------


def test_everything_down_at_once_is_told_system_by_system(installation: Installation) -> None:
    for variable in ("SUPEROFFICE_LOGIN_URL", "NOTION_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        installation.environment[variable] = NOBODY
    diagnosis = installation.look()
    assert {area for area, _ in wrong(diagnosis)} == {"SuperOffice", "Notion", "Gemini"}
    assert all(finding.to_do for finding in diagnosis.wrong)


def test_a_system_that_hangs_is_told_and_the_others_are_seen(installation: Installation) -> None:
    hold = installation.server.world.gate.hold(method="GET", path_regex="models/", when="before", system="gemini")
    try:
        diagnosis = installation.look(seconds=4.0)
    finally:
        installation.server.world.gate.release(hold.id)
    assert wrong(diagnosis) == {("Gemini", "model")}
    assert "no answer within 4 s" in told(diagnosis, "Gemini", "model")
    _others_are_seen(diagnosis, "Gemini")
