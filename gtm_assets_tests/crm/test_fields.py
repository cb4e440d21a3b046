"""Which field of the tenant plays which role: settings, labels, defaults, and everything that does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.crm.field_map import FieldDriftError, current_fields, stored_fields
from gtm_assets.crm.fields import OWNED_UDEFS, ROLES, FieldMapError, drift, resolve_fields
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import sample_fields
from gtm_assets_tests.stores import fresh_store
from resources.superoffice.models import UdefField


def _field(prog_id: str, *labels: str, kind: str = "LongText", **changed: Any) -> UdefField:
    values = {
        "prog_id": prog_id,
        "labels": labels,
        "field_type": kind,
        "text_length": {"LongText": 199, "ShortText": 39}.get(kind, 0),
        "is_mandatory": False,
        "is_read_only": False,
        "list_name": "udlist83" if kind == "List" else "",
    }
    return UdefField(**{**values, **changed})


def _layouts(*more: tuple[str, UdefField], without: tuple[str, ...] = ()) -> dict[Any, list[UdefField]]:
    """A tenant whose fields have their default ids and labels nobody knows."""
    kinds = {"vertical": "List", "last_update": "Date", "campaign": "ShortText"}
    layouts: dict[Any, list[UdefField]] = {"Contact": [], "Person": []}
    for role in ROLES:
        if not role.optional and role.role not in without:
            layouts[role.entity].append(
                _field(role.default_prog_id, f"Feld {role.role}", kind=kinds.get(role.role, "LongText"))
            )
    for entity, field in more:
        layouts[entity].append(field)
    return layouts


def test_without_labels_and_settings_the_default_ids_hold() -> None:
    fields = resolve_fields(_layouts(), {})
    assert {role: field.prog_id for role, field in fields.items()} == {
        role.role: role.default_prog_id for role in ROLES if not role.optional
    }
    assert {field.matched_by for field in fields.values()} == {"default"}


def test_a_known_label_in_any_language_wins_over_the_default_id() -> None:
    layouts = _layouts(("Person", _field("SuperOffice:99", "Subject line", "betreff")))
    assert resolve_fields(layouts, {})["subject"].prog_id == "SuperOffice:99"
    assert resolve_fields(layouts, {})["subject"].matched_by == "label"


def test_a_label_on_a_field_that_can_not_hold_the_role_is_passed_over() -> None:
    layouts = _layouts(("Person", _field("SuperOffice:99", "Betreff", kind="Checkbox")))
    assert resolve_fields(layouts, {})["subject"].prog_id == "SuperOffice:19"


@pytest.mark.parametrize("wanted", ["SuperOffice:99", "superoffice:99", "Mein Betreff", "MEIN BETREFF"])
def test_a_setting_names_an_id_or_a_label_and_wins_over_both(wanted) -> None:
    layouts = _layouts(
        ("Person", _field("SuperOffice:98", "Betreff")), ("Person", _field("SuperOffice:99", "Mein Betreff"))
    )
    subject = resolve_fields(layouts, {"subject": wanted})["subject"]
    assert (subject.prog_id, subject.matched_by) == ("SuperOffice:99", "setting")


def test_of_two_fields_with_the_same_label_the_first_of_the_layout_counts() -> None:
    layouts = _layouts(("Person", _field("SuperOffice:98", "Betreff")), ("Person", _field("SuperOffice:99", "Betreff")))
    assert resolve_fields(layouts, {})["subject"].prog_id == "SuperOffice:98"


def test_a_setting_that_names_nothing_is_refused_although_the_default_would_fit() -> None:
    with pytest.raises(FieldMapError, match="subject: Person has no user-defined field SuperOffice:404"):
        resolve_fields(_layouts(), {"subject": "SuperOffice:404"})


def test_every_problem_is_named_at_once_with_what_to_do() -> None:
    layouts = _layouts(
        ("Contact", _field("SuperOffice:86", "x", kind="Checkbox")),
        ("Person", _field("SuperOffice:20", "y", is_read_only=True)),
        without=("subject", "opener", "intro"),
    )
    with pytest.raises(FieldMapError) as caught:
        resolve_fields(layouts, {})
    text = str(caught.value)
    assert "subject: Person has no user-defined field SuperOffice:19" in text
    assert "opener: SuperOffice:86 ('x') is a Checkbox, expects LongText or ShortText" in text
    assert "intro: SuperOffice:20 ('y') is read-only" in text
    assert "SUPEROFFICE_FIELD_" in text


def test_two_roles_never_share_a_field() -> None:
    with pytest.raises(FieldMapError, match="intro and subject would both be Person SuperOffice:19"):
        resolve_fields(_layouts(), {"intro": "SuperOffice:19"})


def test_the_same_id_on_company_and_person_are_two_fields() -> None:
    layouts = _layouts(("Contact", _field("SuperOffice:19", "Zusammenfassung")))
    assert resolve_fields(layouts, {"summary": "SuperOffice:19"})["summary"].entity == "Contact"


def test_a_read_only_field_is_fine_where_the_engine_only_reads() -> None:
    layouts = _layouts(("Person", _field("SuperOffice:50", "MA_Campaign", kind="List", is_read_only=True)))
    assert resolve_fields(layouts, {})["campaign"].prog_id == "SuperOffice:50"
    assert "campaign" not in OWNED_UDEFS["Person"]


def test_a_job_title_field_is_used_where_there_is_one_and_missed_nowhere() -> None:
    assert "job_title" not in resolve_fields(_layouts(), {})
    layouts = _layouts(("Person", _field("SuperOffice:60", "Jobtitel", kind="ShortText")))
    assert resolve_fields(layouts, {})["job_title"].archive_column == "personUdef/SuperOffice:60"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"prog_id": "SuperOffice:99", "label": "Neu"},
            "opener was SuperOffice:86 ('UDF_Opener') and would now be SuperOffice:99",
        ),
        ({"field_type": "ShortText"}, "opener (SuperOffice:86) was a LongText and is now a ShortText"),
    ],
)
def test_a_role_that_moved_is_drift(changed, told) -> None:
    (found,) = drift(sample_fields(), sample_fields(opener=changed))
    assert told in found


def test_a_role_that_lost_its_field_is_drift_and_another_length_or_a_new_role_is_none() -> None:
    without = {role: field for role, field in sample_fields().items() if role != "opener"}
    assert drift(sample_fields(), without) == ["opener was SuperOffice:86 and has no field any more"]
    assert drift(without, sample_fields(summary={"text_length": 99, "label": "anders"})) == []


@pytest.fixture
def store(tmp_path):
    with fresh_store(tmp_path) as opened:
        yield opened


def _crm(layouts: dict[Any, list[UdefField]]) -> Any:
    crm = FakeCrm()
    crm.layouts = layouts
    return crm


def test_the_layout_is_asked_once_and_remembered(store) -> None:
    crm = _crm(_layouts())
    fields = current_fields(store, crm, {})
    assert current_fields(store, crm, {}) == fields == stored_fields(store)
    assert crm.calls == 2


def test_drift_stops_the_engine_and_changes_nothing_until_it_is_accepted(store) -> None:
    fields = current_fields(store, _crm(_layouts()), {})
    moved = _crm(_layouts(("Person", _field("SuperOffice:99", "Betreff"))))
    with pytest.raises(FieldDriftError, match="subject was SuperOffice:19"):
        current_fields(store, moved, {}, fresh=True)
    assert stored_fields(store) == fields
    accepted = current_fields(store, moved, {}, fresh=True, accept_drift=True)
    assert accepted["subject"].prog_id == stored_fields(store)["subject"].prog_id == "SuperOffice:99"


def test_another_setting_counts_at_once(store) -> None:
    crm = _crm(_layouts(("Person", _field("SuperOffice:99", "Mein Betreff"))))
    current_fields(store, crm, {})
    with pytest.raises(FieldDriftError):
        current_fields(store, crm, {"subject": "SuperOffice:99"})


def test_a_role_that_is_gone_and_accepted_is_forgotten(store) -> None:
    current_fields(store, _crm(_layouts(("Person", _field("SuperOffice:60", "Jobtitel")))), {})
    current_fields(store, _crm(_layouts()), {}, fresh=True, accept_drift=True)
    assert "job_title" not in stored_fields(store)
