"""The list of owned fields is the law: it names what the engine can write, nothing else leaves, and the owner's page says it."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.crm.fields import OWNED_COLUMNS, OWNED_UDEFS, ROLES, Entity
from gtm_assets.crm.records import ENTITIES
from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets.writeback.operations import operations
from gtm_assets.writeback.ownership import OWNED, owned_names, require_owned
from gtm_assets.writeback.ownership_page import PAGE, page
from gtm_assets.writeback.plan import EntityPlan, FieldChange, Target
from gtm_assets_tests.fake_fields import FIELDS
from resources.errors import PermanentError

BLOCKS = {"Address": {"Postal": {"City": ""}, "Street": {"City": ""}}, "Position": {"Id": 0}}


def _everything(entity: Entity) -> EntityPlan:
    values = {"vertical": "[I:2]", "last_update": "2026-03-02", "position_item": "[I:5]"}
    changes = {name: FieldChange("", values.get(name, "neu")) for name in sorted(owned_names(entity))}
    return EntityPlan(entity, 1, 1, changes)


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_list_names_exactly_what_the_engine_owns(entity) -> None:
    assert owned_names(entity) == {*OWNED_UDEFS[entity], *OWNED_COLUMNS[entity]}
    assert len({(field.entity, field.name) for field in OWNED}) == len(OWNED)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_request_with_everything_that_is_owned_is_sent(entity) -> None:
    request = operations(_everything(entity), FIELDS, BLOCKS, Guarding("A", frozenset(TESTABLE)))
    require_owned(entity, request, FIELDS)
    assert {operation["op"] for operation in request} == {"test", "replace"}


@pytest.mark.parametrize(
    ("entity", "operation", "named"),
    [
        ("Contact", {"op": "replace", "path": "/Name", "value": "Neu"}, "Name"),
        ("Contact", {"op": "replace", "path": "/Position/Id", "value": 5}, "Position"),
        ("Person", {"op": "replace", "path": "/Position", "value": {"Id": 5, "Value": "x"}}, "Position"),
        ("Contact", {"op": "replace", "path": "/Address", "value": {}}, "Address"),
        ("Contact", {"op": "replace", "path": "/Address/Street/City", "value": "x"}, "Address/Street/City"),
        ("Contact", {"op": "remove", "path": "/OrgNr"}, "OrgNr (remove)"),
        ("Contact", {"op": "replace", "path": "/CustomFields", "value": {"SuperOffice:19": "x"}}, "SuperOffice:19"),
        ("Person", {"op": "replace", "path": "/CustomFields", "value": {"SuperOffice:23": "x"}}, "SuperOffice:23"),
        ("Person", {"op": "replace", "path": "/Contact", "value": {"ContactId": 2}}, "Contact"),
        ("Person", {"op": "add", "path": "/Emails/-", "value": {}}, "Emails/-"),
    ],
)
def test_a_request_that_names_anything_else_is_refused_before_it_leaves(entity, operation, named) -> None:
    with pytest.raises(PermanentError) as error:
        require_owned(entity, [operation], FIELDS)
    assert named in error.value.message
    assert not getattr(error.value, "maybe_sent", False)


def test_a_plan_with_a_field_that_is_only_read_never_leaves(engine) -> None:
    plan = EntityPlan("Person", 5, 1, {"campaign": FieldChange("", "Messe 2026")})
    result = engine.send(plan)
    ((_, error),) = result.failed.values()
    assert "SuperOffice:23" in str(error)
    assert engine.crm.patches == 0
    assert engine.statuses() == ["failed"]
    assert list(engine.write({"subject": Target("Betreff")}).confirmed) == [("Person", 5)], "nothing is stuck"


def test_the_page_is_the_one_that_the_table_makes() -> None:
    made = "Make it anew: .venv/bin/python -m gtm_assets.writeback.ownership_page > docs/crm-fields.md"
    assert PAGE.read_text(encoding="utf-8") == page(), made


def test_the_page_names_every_setting_of_a_field_and_each_row_is_one_line() -> None:
    from gtm_assets.settings import Settings

    roles: dict[str, Any] = {role.role: role for role in ROLES}
    for field in OWNED:
        (line,) = [line for line in page().splitlines() if line.startswith(f"| `{field.name}` |")]
        assert "||" not in line
        if field.name in roles:
            assert f"`{roles[field.name].default_prog_id}`" in line
            assert f"superoffice_field_{field.name}" in Settings.model_fields
