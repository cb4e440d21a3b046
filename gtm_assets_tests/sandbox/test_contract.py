"""The CRM's stand-in against the vendor's published contract: routes, entities, layouts, lists, principal, archive columns.

The contract is not part of the project: ``GTM_CONTRACTS`` (default ``../shared/contracts``) says where it is. Without it these
tests are skipped.
"""

from __future__ import annotations

import csv
import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from starlette.routing import Route

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.superoffice.api import ROOT, api_routes
from sandbox.superoffice.columns import column_names, find_column

REPOSITORY = Path(__file__).parents[2]
CONTRACTS = Path(os.environ.get("GTM_CONTRACTS") or REPOSITORY.parent / "shared" / "contracts") / "superoffice"
SERVICES = "SuperOffice.CRM.Services"
CARRIERS = "SuperOffice.WebApi.v1.Carriers"

pytestmark = pytest.mark.skipif(
    not (CONTRACTS / "Swagger-v1-REST.json").exists(),
    reason=f"The vendor's contract is not at {CONTRACTS}; set GTM_CONTRACTS to the folder that holds superoffice/.",
)


@lru_cache(maxsize=1)
def swagger() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CONTRACTS / "Swagger-v1-REST.json").read_text(encoding="utf-8-sig"))
    return document


@lru_cache(maxsize=1)
def strict_definitions() -> dict[str, Any]:
    """All definitions as JSON Schema that knows no other property, and allows null as the published examples do."""
    return {name: strict(schema) for name, schema in swagger()["definitions"].items()}


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [{"type": "null"}, {"$ref": schema["$ref"]}]}
    result: dict[str, Any] = {}
    if "type" in schema:
        result["type"] = [schema["type"], "null"]
    if "enum" in schema:
        result["enum"] = [*schema["enum"], None]
    if "items" in schema:
        result["items"] = strict(schema["items"])
    if "properties" in schema:
        result["properties"] = {name: strict(item) for name, item in schema["properties"].items()}
        result["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = strict(schema["additionalProperties"])
    return result


def problems(definition: str, value: Any) -> list[str]:
    assert definition in strict_definitions()
    schema = {"$ref": f"#/definitions/{definition}", "definitions": strict_definitions()}
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in Draft7Validator(schema).iter_errors(value)
    ]


def columns_of(provider: str) -> dict[str, str]:
    with (CONTRACTS / "archive-columns" / f"{provider.lower()}.csv").open(encoding="utf-8") as file:
        return {row["column"]: row["restriction_type"] for row in csv.DictReader(file)}


@pytest.fixture
def company(crm: CrmSession) -> int:
    address = {"Address1": "Werkstr. 1", "Zipcode": "58091", "City": "Hagen"}
    return crm.new_company(
        OrgNr="DE1",
        Category={"Id": 2},
        Business={"Id": 1},
        Country={"CountryId": 276},
        Associate={"AssociateId": 7},
        Emails=[{"Value": "a@x.example"}],
        Urls=[{"Value": "https://x.example"}],
        Phones=[{"Value": "1"}],
        Address={"Street": address, "Postal": address},
        CustomFields={"SuperOffice:83": "1402", "SuperOffice:85": "[D:11/30/2026]"},
    )


@pytest.fixture
def person(crm: CrmSession, company: int) -> int:
    return crm.new_person(
        Contact={"ContactId": company},
        Title="Leitung",
        Position={"Id": 21},
        Emails=[{"Value": "b@x.example"}],
        Country={"CountryId": 276},
    )


def test_a_company_is_a_contact_entity_with_every_published_property(
    crm: CrmSession, company: int, person: int
) -> None:
    del person
    definition = f"{CARRIERS}.ContactCarriers.ContactEntityWithLinks"
    entity = crm.entity(f"Contact/{company}")
    assert problems(definition, entity) == []
    assert set(entity) == set(swagger()["definitions"][definition]["properties"])


def test_a_person_is_a_person_entity_with_every_published_property(crm: CrmSession, person: int) -> None:
    definition = f"{CARRIERS}.PersonCarriers.PersonEntityWithLinks"
    entity = crm.entity(f"Person/{person}")
    assert problems(definition, entity) == []
    assert set(entity) == set(swagger()["definitions"][definition]["properties"])


def test_a_person_has_no_property_that_the_published_example_lacks_and_the_same_kinds_of_values(
    crm: CrmSession, person: int
) -> None:
    example = json.loads((CONTRACTS / "examples" / "person_entity.json").read_text(encoding="utf-8"))
    entity = crm.entity(f"Person/{person}")
    # The capture is from 2022; these three came later.
    assert set(entity) - set(example) <= {"CreatedByFormId", "UtmParameters", "LeadstatusId", "Leadstatus"}
    both = {name for name in set(entity) & set(example) if entity[name] is not None and example[name] is not None}
    assert {name for name in both if type(entity[name]) is not type(example[name])} == set()


@pytest.mark.parametrize("entity", ["Contact", "Person"])
def test_default_entities_and_select_keep_to_the_contract(crm: CrmSession, entity: str) -> None:
    assert problems(f"{SERVICES}.{entity}Entity", crm.get(f"{entity}/default")) == []


@pytest.mark.parametrize("entity", ["Contact", "Person"])
@pytest.mark.parametrize(
    "switches", [{}, {"vertical_field": "text", "campaign_field": "list", "last_update_field": "text"}]
)
def test_layouts_keep_to_the_contract(crm: CrmSession, entity: str, switches: dict[str, str]) -> None:
    crm.switch(**switches)
    layout = crm.get(f"{entity}/UdefLayout/Published")
    assert [problems(f"{SERVICES}.UserDefinedFieldInfo", row) for row in layout] == [[]] * len(layout)
    required = set(swagger()["definitions"][f"{SERVICES}.UserDefinedFieldInfo"]["properties"])
    assert all(set(row) == required for row in layout)


@pytest.mark.parametrize(
    "name", ["udlist83", "udlist13", "udlist23", "perspos", "mrmrs", "category", "business", "country", "associate"]
)
@pytest.mark.parametrize("flat", ["true", "false"])
def test_list_items_keep_to_the_contract(crm: CrmSession, name: str, flat: str) -> None:
    items = (
        crm.get(f"MDOList/{name}", flat=flat)
        if flat == "false"
        else crm.request("GET", f"MDOList/{name}?flat=true").json()
    )
    assert items
    assert [problems(f"{SERVICES}.MDOListItem", item) for item in items] == [[]] * len(items)


def test_the_principal_keeps_to_the_contract(crm: CrmSession) -> None:
    definition = f"{SERVICES}.SoPrincipalCarrier"
    principal = crm.get("User/currentPrincipal")
    assert problems(definition, principal) == []
    assert set(principal) == set(swagger()["definitions"][definition]["properties"])


def test_state_and_version_documents_have_the_published_names(crm: CrmSession) -> None:
    state = crm.http.get(f"{crm.server.base_url}/superoffice/api/state/{crm.world.credentials.tenant}").json()
    version = crm.http.get(state["Api"]).json()
    for name, document in (("tenant_state", state), ("api_root", version)):
        example = json.loads((CONTRACTS / "examples" / f"{name}.json").read_text(encoding="utf-8"))
        assert set(document) == set(example)


def test_every_route_exists_in_the_contract_with_that_method(crm: CrmSession) -> None:
    published = {re.sub(r"\{[^}]*\}", "{}", path): set(methods) for path, methods in swagger()["paths"].items()}
    for route in api_routes(crm.world):
        assert isinstance(route, Route)
        path = re.sub(r"\{[^}]*\}", "{}", route.path.removeprefix(ROOT.removesuffix("/api")))
        methods = {method.lower() for method in route.methods or () if method != "HEAD"}
        # GET /api, the version block, is described in the contract's introduction only.
        assert path == "/api" or methods <= published[path], path


@pytest.mark.parametrize("provider", ["Contact", "SimpleContact", "FindContact", "Person"])
def test_archive_columns_are_published_ones_of_the_same_type(provider: str) -> None:
    published = columns_of(provider)
    same = {"stringorPK": "string", "listAny": "list", "None": "string"}
    for name in column_names(provider):
        column = find_column(provider, name)
        assert column is not None
        assert name in published, f"{provider} has no column {name}"
        assert column.type == same.get(published[name], published[name]), name


@pytest.mark.parametrize("provider", ["SimpleContact", "Person"])
def test_archive_answers_have_the_published_frame(crm: CrmSession, provider: str) -> None:
    answer = crm.get(f"Archive/{provider}", _select=",".join(column_names(provider)), _top=2)
    example = json.loads((CONTRACTS / "examples" / "odata_document_list.json").read_text(encoding="utf-8"))
    assert set(answer) == set(example)
    assert set(answer["value"][0]) == {"PrimaryKey", "EntityName", *column_names(provider)}
    full = crm.rows(provider, _select="updatedBy" if provider == "SimpleContact" else "position", _mode="Full", _top=1)[
        0
    ]
    published = json.loads((CONTRACTS / "examples" / "odata_contact_mode_full.json").read_text(encoding="utf-8"))[
        "value"
    ][0]
    assert set(full) == set(published)
    assert set(next(iter(full["Column"].values()))) == set(published["Column"]["name"])


def test_errors_have_the_published_names(crm: CrmSession) -> None:
    example = json.loads((CONTRACTS / "examples" / "error_404.json").read_text(encoding="utf-8"))
    assert set(crm.request("GET", "Contact/99999").json()) == set(example)
