"""Configuration: every wrong variable is named with what it expects, secrets stay secret, and doubt never writes to a tenant."""

from __future__ import annotations

import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.platform import wants_sandbox
from gtm_assets.settings import (
    PROJECT_ROOT,
    ConfigurationError,
    Settings,
    load_settings,
    parse_settings,
    read_environment,
    vendor_variables,
)

SUPEROFFICE = {
    "SUPEROFFICE_ENVIRONMENT": "sod",
    "SUPEROFFICE_TENANT": "Cust12345",
    "SUPEROFFICE_CLIENT_ID": "id",
    "SUPEROFFICE_CLIENT_SECRET": "s3cret-client",
    "SUPEROFFICE_REFRESH_TOKEN": "s3cret-refresh",
}
NOTION = {
    "NOTION_TOKEN": "s3cret-notion",
    "NOTION_VERTICALS_DATABASE_ID": "v",
    "NOTION_PERSONAS_DATABASE_ID": "p",
    "NOTION_CAMPAIGNS_DATABASE_ID": "c",
}
GEMINI = {"GEMINI_API_KEY": "s3cret-gemini"}
ALL = {**SUPEROFFICE, **NOTION, **GEMINI}
SECRETS = (
    "SUPEROFFICE_CLIENT_SECRET",
    "SUPEROFFICE_REFRESH_TOKEN",
    "SUPEROFFICE_SYSTEM_TOKEN",
    "SUPEROFFICE_PRIVATE_KEY",
    "NOTION_TOKEN",
    "GEMINI_API_KEY",
    "GTM_SECRET_KEY",
)


def test_without_any_variable_the_defaults_hold_and_nothing_may_be_written() -> None:
    settings = parse_settings({})
    assert settings.environment == "sod"
    assert not settings.superoffice_allow_live_write
    assert settings.gtm_review_policy == {"cell": "manual", "opener": "auto"}
    assert settings.gemini_model == "gemini-3.8-flash"
    assert settings.gtm_state_dir == PROJECT_ROOT / ".state"
    assert settings.database_url == f"sqlite:///{PROJECT_ROOT / '.state' / 'store.sqlite'}"
    assert not settings.gtm_allow_private_hosts


@pytest.mark.parametrize("name", sorted(name.upper() for name in Settings.model_fields))
@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_variable_is_an_unset_one(name, blank) -> None:
    assert parse_settings({name: blank}) == parse_settings({})


@pytest.mark.parametrize(
    ("name", "value", "expects"),
    [
        ("SUPEROFFICE_ENVIRONMENT", "stage", "expects 'sod', 'qaonline' or 'online'"),
        ("SUPEROFFICE_ALLOW_LIVE_WRITE", "maybe", "expects true or false"),
        ("GTM_ALLOW_PRIVATE_HOSTS", "vielleicht", "expects true or false"),
        ("GTM_REVIEW_POLICY", "sometimes", "expects manual, auto, or a list such as cell=manual,opener=auto"),
        ("GTM_REVIEW_POLICY", "cell=perhaps", "expects manual, auto, or a list"),
        ("GTM_REVIEW_POLICY", "letter=auto", "expects manual, auto, or a list"),
        ("GTM_NOTION_COLUMNS", "Pains", "expects a list such as verticals.Pains=Schmerzpunkte"),
        (
            "GTM_MODEL_BUDGET_PER_RUN",
            "-1",
            "expects an amount from 0 on, such as 5.00, in the currency of the price table",
        ),
        ("GTM_MODEL_BUDGET_PER_DAY", "5,00", "expects an amount from 0 on, such as 5.00"),
        ("GTM_MODEL_BUDGET_PER_DAY", "nan", "expects an amount from 0 on, such as 5.00"),
        ("GTM_MODEL_BUDGET_PER_DAY", "inf", "expects an amount from 0 on, such as 5.00"),
        ("SUPEROFFICE_WRITES_PER_HOUR", "1", "expects a whole number from 2 to 60"),
        ("GTM_MODEL_CONCURRENCY", "0", "expects a whole number from 1 to 64"),
        ("GTM_MODEL_CONCURRENCY", "65", "expects a whole number from 1 to 64"),
        ("GTM_MODEL_CONCURRENCY", "2.5", "expects a whole number from 1 to 64"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected_and_not_repeated(name, value, expects) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_settings({name: value})
    assert f"{name}: {expects}" in str(caught.value)
    assert ".env.example" in str(caught.value)


def test_no_budget_is_another_thing_than_none_at_all() -> None:
    settings = parse_settings({"GTM_MODEL_BUDGET_PER_RUN": "0", "GTM_MODEL_BUDGET_PER_DAY": " 12.50 "})
    assert (settings.gtm_model_budget_per_run, settings.gtm_model_budget_per_day) == (0.0, 12.5)
    assert parse_settings({}).gtm_model_budget_per_day is None


def test_all_wrong_variables_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_settings({"SUPEROFFICE_ENVIRONMENT": "x", "GTM_REVIEW_POLICY": "y"})
    assert "SUPEROFFICE_ENVIRONMENT:" in str(caught.value)
    assert "GTM_REVIEW_POLICY:" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["SUPEROFFICE_LOGIN_URL", "NOTION_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "GTM_PUBLIC_URL", "GTM_DATABASE_URL"]
)
def test_an_address_that_is_none_is_named(name) -> None:
    with pytest.raises(ConfigurationError, match=name):
        parse_settings({name: "kein Adresse", "GTM_SECRET_KEY": "x"})


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("manual", {"cell": "manual", "opener": "manual"}),
        ("auto", {"cell": "auto", "opener": "auto"}),
        ("cell=auto", {"cell": "auto", "opener": "auto"}),
        ("opener=manual", {"cell": "manual", "opener": "manual"}),
        (" cell = manual , opener=auto ", {"cell": "manual", "opener": "auto"}),
    ],
)
def test_the_review_policy_is_one_word_or_one_for_each_kind(text, policy) -> None:
    assert parse_settings({"GTM_REVIEW_POLICY": text}).gtm_review_policy == policy


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_shows_up_in_no_repr_dump_or_error(name) -> None:
    settings = parse_settings({name: "s3cret-value"})
    assert "s3cret-value" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    with pytest.raises(ConfigurationError) as caught:
        parse_settings({name: "s3cret-value", "GTM_REVIEW_POLICY": "s3cret-value"})
    assert "s3cret-value" not in f"{caught.value!r} {caught.value}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_databases_password_shows_up_nowhere() -> None:
    settings = parse_settings({"GTM_DATABASE_URL": "postgresql://gtm:s3cret@db/gtm"})
    assert "s3cret" not in f"{settings!r} {settings.model_dump_json()}"
    assert settings.database_url == "postgresql://gtm:s3cret@db/gtm"


@given(
    st.dictionaries(
        st.sampled_from(sorted(name.upper() for name in Settings.model_fields)), st.text(max_size=12), max_size=4
    )
)
def test_whatever_stands_in_the_variables_there_are_settings_or_an_error_that_names_one(values) -> None:
    said = ""
    with warnings.catch_warnings(), suppress(ConfigurationError):
        warnings.simplefilter("ignore")
        try:
            parse_settings(values)
        except ConfigurationError as error:
            said = str(error)
            raise
    assert not said or any(name.upper() in said for name in Settings.model_fields)


def test_a_private_key_may_be_text_in_one_line_text_or_a_file(tmp_path: Path) -> None:
    pem = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n"
    path = tmp_path / "key.pem"
    path.write_text(pem)
    for value in (pem, pem.replace("\n", "\\n"), str(path)):
        assert parse_settings({"SUPEROFFICE_PRIVATE_KEY": value}).private_key_pem == pem
    assert parse_settings({}).private_key_pem is None


def test_a_private_key_that_is_neither_is_named_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="SUPEROFFICE_PRIVATE_KEY: expects PEM text or the path") as caught:
        _ = parse_settings({"SUPEROFFICE_PRIVATE_KEY": "s3cret-value"}).private_key_pem
    assert "s3cret-value" not in str(caught.value)


# --- writing to a tenant nobody named ----------------------------------------------------------------------------------


def test_an_empty_environment_is_sod_with_a_warning_while_writing_is_off() -> None:
    with pytest.warns(UserWarning, match="SUPEROFFICE_ENVIRONMENT is empty: using sod"):
        settings = parse_settings({**SUPEROFFICE, "SUPEROFFICE_ENVIRONMENT": ""})
    assert settings.login_url == "https://sod.superoffice.com"


@pytest.mark.parametrize("others", [{}, SUPEROFFICE])
def test_an_empty_environment_is_an_error_while_writing_is_on(others) -> None:
    with pytest.raises(ConfigurationError, match="SUPEROFFICE_ENVIRONMENT is empty while SUPEROFFICE_ALLOW_LIVE_WRITE"):
        parse_settings({**others, "SUPEROFFICE_ENVIRONMENT": " ", "SUPEROFFICE_ALLOW_LIVE_WRITE": "true"})


def test_a_named_environment_may_be_written_to() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_settings({**SUPEROFFICE, "SUPEROFFICE_ALLOW_LIVE_WRITE": "true"}).superoffice_allow_live_write


@pytest.mark.parametrize("environment", ["sod", "qaonline", "online"])
def test_the_login_host_follows_the_environment_unless_it_is_overridden(environment) -> None:
    values = {"SUPEROFFICE_ENVIRONMENT": environment}
    assert parse_settings(values).login_url == f"https://{environment}.superoffice.com"
    assert (
        parse_settings({**values, "SUPEROFFICE_LOGIN_URL": "http://127.0.0.1:1/x/"}).login_url == "http://127.0.0.1:1/x"
    )


def test_unsubscribe_links_need_a_key_to_sign_them() -> None:
    with pytest.raises(ConfigurationError, match="GTM_SECRET_KEY is empty while GTM_PUBLIC_URL is set"):
        parse_settings({"GTM_PUBLIC_URL": "https://muster.example"})


# --- some, all or none ------------------------------------------------------------------------------------------------


def test_without_a_vendors_variable_the_platform_takes_the_sandbox() -> None:
    values = {"GTM_REVIEW_POLICY": "auto", "PATH": "/bin", "NOTION_TOKEN": " "}
    assert wants_sandbox(values, parse_settings(values))


def test_with_all_of_them_it_takes_the_real_systems() -> None:
    assert not wants_sandbox(ALL, parse_settings(ALL))


def test_a_system_user_is_as_good_as_a_refresh_token() -> None:
    values = {name: value for name, value in ALL.items() if name != "SUPEROFFICE_REFRESH_TOKEN"}
    values |= {"SUPEROFFICE_SYSTEM_TOKEN": "t", "SUPEROFFICE_PRIVATE_KEY": "k"}
    assert not wants_sandbox(values, parse_settings(values))


@pytest.mark.parametrize(
    "name", sorted(name for name in ALL if name not in {"SUPEROFFICE_ENVIRONMENT", "SUPEROFFICE_REFRESH_TOKEN"})
)
def test_with_one_missing_it_is_refused_and_named(name) -> None:
    values = {key: value for key, value in ALL.items() if key != name}
    with pytest.raises(ConfigurationError, match=name) as caught:
        wants_sandbox(values, parse_settings(values))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ({}, "SUPEROFFICE_REFRESH_TOKEN (or SUPEROFFICE_SYSTEM_TOKEN and SUPEROFFICE_PRIVATE_KEY)"),
        ({"SUPEROFFICE_SYSTEM_TOKEN": "t"}, "SUPEROFFICE_PRIVATE_KEY"),
        ({"SUPEROFFICE_PRIVATE_KEY": "k"}, "SUPEROFFICE_SYSTEM_TOKEN"),
    ],
)
def test_half_a_way_to_sign_in_is_none(present, missing) -> None:
    values = {**{name: value for name, value in SUPEROFFICE.items() if name != "SUPEROFFICE_REFRESH_TOKEN"}, **present}
    assert parse_settings(values).missing()["SuperOffice"] == [missing]


@pytest.mark.parametrize(
    "name", ["SUPEROFFICE_ALLOW_LIVE_WRITE", "NOTION_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "GEMINI_MODEL"]
)
def test_one_variable_of_a_vendor_is_enough_to_mean_the_real_systems(name) -> None:
    assert vendor_variables({name: "x", "GTM_STATE_DIR": "y"}) == [name]


def test_a_client_that_needs_variables_says_which_and_that_there_is_a_sandbox() -> None:
    settings = parse_settings(GEMINI)
    settings.require("Gemini")
    with pytest.raises(ConfigurationError, match=r"NOTION_TOKEN \(Notion\).*gtm sandbox"):
        settings.require("Notion", "Gemini")


# --- where they come from ---------------------------------------------------------------------------------------------


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("GEMINI_MODEL=from-file\nSUPEROFFICE_TENANT='Cust1'\n")
    values = read_environment({"GEMINI_MODEL": "from-environment"}, file)
    assert (values["GEMINI_MODEL"], values["SUPEROFFICE_TENANT"]) == ("from-environment", "Cust1")
    assert read_environment({"A": "b"}, tmp_path / "missing") == {"A": "b"}


def test_a_process_reads_its_settings_once(monkeypatch) -> None:
    monkeypatch.setenv("GEMINI_MODEL", "eins")
    assert load_settings().gemini_model == "eins"
    monkeypatch.setenv("GEMINI_MODEL", "zwei")
    assert load_settings().gemini_model == "eins"
    load_settings.cache_clear()
    assert load_settings().gemini_model == "zwei"


def test_a_relative_state_directory_is_of_the_current_directory(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_settings({"GTM_STATE_DIR": "zustand"}).gtm_state_dir == tmp_path / "zustand"


def test_columns_of_notion_are_renamed_without_regard_to_case() -> None:
    text = "verticals.Pains=Schmerzpunkte, personas.Job Titles = Jobtitel"
    assert parse_settings({"GTM_NOTION_COLUMNS": text}).gtm_notion_columns == {
        "verticals.pains": "Schmerzpunkte",
        "personas.job titles": "Jobtitel",
    }


def test_a_field_of_the_crm_is_configured_by_its_role() -> None:
    settings = parse_settings({"SUPEROFFICE_FIELD_OPENER": "SuperOffice:99"})
    assert settings.configured_fields["opener"] == "SuperOffice:99"
    assert settings.configured_fields["subject"] is None
