"""Settings as the doctor shows them: each value, where it comes from, what hides what; also where some are wrong or missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.doctor.findings import SettingRow
from gtm_assets.doctor.variables import Variables, mask, setting_rows, usable_settings
from gtm_assets.settings import Settings
from gtm_assets_tests.doctor.looking import Installation, about, statuses, wrong


def _rows(environment=None, env_file=None, sandbox=None) -> dict[str, SettingRow]:
    variables = Variables(environment or {}, env_file or {}, sandbox or {})
    settings, _ = usable_settings(variables)
    return {row.name: row for row in setting_rows(variables, settings)}


def test_every_variable_has_a_row_and_says_where_it_comes_from() -> None:
    rows = _rows({"GEMINI_MODEL": "gemini-3.8-flash"}, {"SUPEROFFICE_TENANT": "Cust1"})
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    assert rows["GEMINI_MODEL"].source == "environment"
    assert (rows["SUPEROFFICE_TENANT"].source, rows["SUPEROFFICE_TENANT"].shown) == (".env", "Cust1")
    assert (rows["GTM_NOTION_CRON"].source, rows["GTM_NOTION_CRON"].shown) == ("default", "*/5 * * * *")
    assert (rows["NOTION_TOKEN"].source, rows["NOTION_TOKEN"].shown) == ("not set", "")


def test_secrets_are_masked_and_can_be_compared() -> None:
    rows = _rows({"NOTION_TOKEN": "ntn_a-secret-of-notion", "GTM_DATABASE_URL": "postgresql://gtm:s3cret@db/gtm"})
    assert rows["NOTION_TOKEN"].shown == mask("ntn_a-secret-of-notion") != mask("ntn_another-secret")
    assert "a-secret" not in rows["NOTION_TOKEN"].shown
    assert rows["GTM_DATABASE_URL"].shown == "postgresql://gtm:***@db/gtm"


@pytest.mark.parametrize(
    ("given_", "filed", "note"),
    [
        ("Cust1", "Cust2", ".env says otherwise (Cust2) and does not count"),
        ("", "Cust2", "empty in the environment, which hides the value of .env"),
        ("Cust2", "Cust2", ""),
        ("Cust1", "", ""),
        ("", "", ""),
        (None, "Cust2", ""),
        ("Cust1", None, ""),
    ],
)
def test_a_value_of_env_that_does_not_count_is_marked(given_, filed, note) -> None:
    name = "SUPEROFFICE_TENANT"
    rows = _rows({} if given_ is None else {name: given_}, {} if filed is None else {name: filed})
    assert rows[name].note == note


def test_a_hidden_secret_is_compared_without_being_shown() -> None:
    rows = _rows({"GEMINI_API_KEY": "new-key-of-gemini"}, {"GEMINI_API_KEY": "old-key-of-gemini"})
    assert mask("old-key-of-gemini") in rows["GEMINI_API_KEY"].note
    assert "old-key" not in rows["GEMINI_API_KEY"].note


def test_the_sandbox_hides_the_projects_env_file_on_purpose() -> None:
    sandbox = {"SUPEROFFICE_TENANT": "Cust12345"}
    rows = _rows({**sandbox, "NOTION_TOKEN": ""}, {"SUPEROFFICE_TENANT": "Cust1", "NOTION_TOKEN": "ntn_x"}, sandbox)
    assert (rows["SUPEROFFICE_TENANT"].source, rows["SUPEROFFICE_TENANT"].note) == ("sandbox", "")
    assert (rows["NOTION_TOKEN"].source, rows["NOTION_TOKEN"].note) == ("not set", "")


@given(
    st.dictionaries(
        st.sampled_from(sorted(n.upper() for n in Settings.model_fields)), st.text(max_size=10), max_size=5
    ),
    st.dictionaries(
        st.sampled_from(sorted(n.upper() for n in Settings.model_fields)), st.text(max_size=10), max_size=5
    ),
)
def test_whatever_stands_in_the_variables_there_are_settings_and_rows(environment, env_file) -> None:
    assert len(_rows(environment, env_file)) == len(Settings.model_fields)


# --- in the whole look -------------------------------------------------------------------------------------------------------------


def test_nothing_configured_names_everything_that_is_missing(installation: Installation) -> None:
    installation.environment = {"GTM_STATE_DIR": str(installation.state)}
    diagnosis = installation.look()
    assert {name for _, name in wrong(diagnosis)} == {"SuperOffice", "Notion", "Gemini"}
    said = " ".join(finding.said for finding in diagnosis.wrong)
    for name in ("SUPEROFFICE_TENANT", "NOTION_TOKEN", "NOTION_CAMPAIGNS_DATABASE_ID", "GEMINI_API_KEY"):
        assert name in said
    assert {finding.status for finding in about(diagnosis, "Notion")} == {"unknown"}


def test_one_missing_variable_keeps_nothing_else_from_being_looked_at(installation: Installation) -> None:
    del installation.environment["NOTION_CAMPAIGNS_DATABASE_ID"]
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Settings", "Notion")}
    assert statuses(diagnosis, "Notion") == {
        "verticals": "ok",
        "personas": "ok",
        "campaigns": "unknown",
        "reviews": "ok",
    }


def test_wrong_values_are_named_and_the_rest_is_looked_at(installation: Installation) -> None:
    installation.environment |= {"GTM_REVIEW_POLICY": "whatever", "SUPEROFFICE_ALLOW_LIVE_WRITE": "perhaps"}
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Settings", "GTM_REVIEW_POLICY"), ("Settings", "SUPEROFFICE_ALLOW_LIVE_WRITE")}
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"
    shown = {row.name: row.shown for row in diagnosis.settings}
    assert shown["GTM_REVIEW_POLICY"] == "not accepted"


def test_values_that_do_not_go_together_are_named_and_the_rest_is_looked_at(installation: Installation) -> None:
    installation.environment["SUPEROFFICE_ENVIRONMENT"] = ""
    del installation.environment["GTM_SECRET_KEY"]
    diagnosis = installation.look()
    assert ("Settings", "together") in wrong(diagnosis)
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"


def test_a_private_key_that_is_no_file_is_told(installation: Installation) -> None:
    installation.environment |= {"SUPEROFFICE_SYSTEM_TOKEN": "gtm-abc", "SUPEROFFICE_PRIVATE_KEY": "/nowhere/key.pem"}
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("SuperOffice", "tenant")}
    assert "SUPEROFFICE_PRIVATE_KEY" in diagnosis.wrong[0].said


def test_the_system_user_signs_in_too(installation: Installation) -> None:
    installation.environment |= installation.server.environment(system_user=True)
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert "SystemAssociate" in about(diagnosis, "SuperOffice", "sign-in")[0].said


def test_a_misspelt_variable_is_a_remark_with_a_guess(installation: Installation) -> None:
    installation.environment["SUPEROFFICE_FIELD_SUBJCT"] = "SuperOffice:19"
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    (remark,) = about(diagnosis, "Settings", "SUPEROFFICE_FIELD_SUBJCT")
    assert "Did you mean SUPEROFFICE_FIELD_SUBJECT?" in remark.to_do


def test_an_env_file_that_others_may_read_is_a_remark(installation: Installation) -> None:
    path = installation.state.parent / ".env"
    path.write_text("")
    path.chmod(0o644)
    assert statuses(installation.look(), "Settings")[".env"] == "remark"
    path.chmod(0o600)
    assert ".env" not in statuses(installation.look(), "Settings")


def test_no_secret_stands_anywhere_in_what_is_printed(installation: Installation) -> None:
    from io import StringIO

    from rich.console import Console

    from gtm_assets.doctor.screen import diagnosis_screen

    installation.environment |= {"SUPEROFFICE_REFRESH_TOKEN": "refresh-token-nobody-may-see"}
    installation.env_file = {"NOTION_TOKEN": "ntn_old-token-nobody-may-see"}
    diagnosis = installation.look()
    page = StringIO()
    Console(file=page, width=200).print(diagnosis_screen(diagnosis))
    secrets = [
        value
        for name, value in {**installation.environment}.items()
        if name.endswith(("_SECRET", "_TOKEN", "_KEY")) and len(value) > 8
    ]
    for secret in [*secrets, "ntn_old-token-nobody-may-see"]:
        assert secret not in page.getvalue()
        assert secret not in str(diagnosis.as_json())
