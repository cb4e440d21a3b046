"""The API host: ``/{cluster}/{tenant}/api/v1/...``. Routes, who may call them, and the answers' frame.

What belongs elsewhere: queries (``archive``), writes (``write``), entities (``entities``), lists and layout
(``lists``, ``fields``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calls import Call, endpoint
from sandbox.faults.kinds import Maintenance
from sandbox.superoffice import accidents, archive, write
from sandbox.superoffice.carriers import ASSOCIATES, View
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.entities import entity_of, selected
from sandbox.superoffice.errors import ApiError, error_response, not_found
from sandbox.superoffice.fields import field_by_name, published_layout
from sandbox.superoffice.languages import language_asked_for, multilingual, translated
from sandbox.superoffice.lists import CrmList, mdo_items

if TYPE_CHECKING:
    from sandbox.world import World

ROOT = "/online{cluster:int}/{tenant}/api"
Action = Callable[["World", Call, View, int], Response]
# Collections and the archive provider behind each (Swagger).
COLLECTIONS: dict[Kind, str] = {"Contact": "SimpleContact", "Person": "Person"}


def api_routes(world: World) -> list[Route]:
    """All routes of the API host. Names are as in Swagger; a test compares them."""
    routes: list[Route] = []

    def add(path: str, method: str, action: Action) -> None:
        routes.append(Route(f"{ROOT}{path}", endpoint(world, _guarded(action)), methods=[method]))

    routes.append(Route(ROOT, endpoint(world, versions), methods=["GET"]))
    for entity in COLLECTIONS:
        add(f"/v1/{entity}/default", "GET", _default(entity))
        add(f"/v1/{entity}/UdefLayout/Published", "GET", _layout(entity))
        add(f"/v1/{entity}/UdefLayout/Published/{{progidOrLabel}}", "GET", _layout_field(entity))
        add(f"/v1/{entity}", "GET", _collection(entity))
        add(f"/v1/{entity}", "POST", _create(entity))
        add(f"/v1/{entity}/{{id:int}}", "GET", _get(entity))
        add(f"/v1/{entity}/{{id:int}}", "PATCH", _patch(entity))
        add(f"/v1/{entity}/{{id:int}}", "DELETE", _delete(entity))
    add("/v1/Contact/{id:int}/Persons", "GET", _persons_of)
    add("/v1/Archive/{archiveProviderName}", "GET", _archive)
    add("/v1/Archive/{archiveProviderName}", "POST", _archive)
    add("/v1/MDOList/{listname}", "GET", _mdo_list)
    add("/v1/User/currentPrincipal", "GET", _principal)
    return routes


def versions(world: World, call: Call) -> Response:
    """``GET /api``: the version block, open to all."""
    host = _wrong_host(world, call)
    if host is not None:
        return host
    return JSONResponse(
        {
            "v1": f"{_api_root(world)}/",
            "NetServerVersion": "11.10.0.0",
            "NetServerAssembly": "11.10.0.0",
            "NetServerDate": "2026-02-24",
            "NetServerLabel": "Sandbox",
            "NetServer": "SuperOffice stand-in of gtm-assets",
            "Services": "Services87",
            "ServicesCurrent": "Services88",
            "Version": "v1",
            "Documentation": "https://docs.superoffice.com/en/api/",
        }
    )


def view_of(world: World, language: str = "", *, tagged_times: bool = False) -> View:
    """The CRM as somebody with that language header sees it."""
    return View(world.crm, _api_root(world), world.base_url, language, tagged_times)


def _guarded(action: Action) -> Callable[[World, Call], Response]:
    """Host and tenant, then authorization, then the action; errors as the API sends them."""

    def handle(world: World, call: Call) -> Response:
        call.note(effect=False)
        refused = _wrong_host(world, call)
        if refused is not None:
            return refused
        try:
            _check_running(world)
            associate = _associate(world, call)
            call.note(associate=associate)
            tagged = "includetzoffset" in call.headers.get("so-timezone", "").lower()
            view = view_of(world, language_asked_for(call.headers), tagged_times=tagged)
            return action(world, call, view, associate)
        except ApiError as error:
            return error_response(world.switches, error)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # A body of the wrong shape somewhere inside. Assumed: 500 with the same body as other errors.
            return error_response(world.switches, ApiError(500, f"{type(error).__name__}: {error}", "Exception"))

    return handle


def _wrong_host(world: World, call: Call) -> Response | None:
    current = f"online{call.path['cluster']}" == world.switches["api_cluster"]
    if current and call.path["tenant"] == world.credentials.tenant:
        return None
    return error_response(world.switches, ApiError(421, "Wrong subdomain used to access tenant", "MisdirectedRequest"))


def _check_running(world: World) -> None:
    position = world.switches["tenant_state"]
    if position not in ("Running", "OnlineMaintenance"):
        arranged = world.crm.faults.take(Maintenance)
        retry_after = arranged.fault.retry_after if arranged else None
        raise ApiError(503, f"The tenant is {position}.", "ServiceUnavailable", retry_after=retry_after)


def _associate(world: World, call: Call) -> int:
    scheme, _, text = call.headers.get("authorization", "").partition(" ")
    associate = world.credentials.associate_of(text) if scheme.lower() in ("bearer", "soticket") else None
    if associate is None:
        raise ApiError(401, "Authentication failed: no token, or an unknown or expired one.", "SoSessionException")
    if scheme.lower() == "soticket" and call.headers.get("so-apptoken") != world.credentials.client_secret:
        raise ApiError(401, "A ticket needs the application's token in SO-AppToken.", "SoSessionException")
    return associate


def _api_root(world: World) -> str:
    return f"{world.base_url}/{world.switches['api_cluster']}/{world.credentials.tenant}/api/v1"


def _entity_response(call: Call, view: View, record: Any) -> Response:
    return JSONResponse(selected(entity_of(view, record), call.query.get("$select", "")))


def _default(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del world, call, associate
        return JSONResponse(entity_of(view, write.blank(entity), links=False))

    return action


def _get(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del world
        record_id = call.path["id"]
        seen = accidents.single_as_read(view, entity, record_id)
        record = write.reach(seen, entity, record_id)
        unmodified = write.unmodified(record, call.headers)
        answer = Response(status_code=304) if unmodified else _entity_response(call, seen, record)
        accidents.come_between(view, entity, (record_id,), "after-read", associate)
        return answer

    return action


def _create(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del world
        record = write.create(view, entity, call.json(), associate)
        call.note(effect=True)
        return _entity_response(call, view, record)

    return action


def _patch(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del world
        record_id = call.path["id"]
        met = accidents.PatchAccidents(view, entity, record_id, associate)
        record, _ = write.update(
            view, entity, record_id, call.json(), headers=call.headers, associate=associate, interference=met
        )
        # A PATCH that was carried out counts even if no value differed: a second one would be a mistake all the same.
        call.note(effect=not met.without_effect)
        return _entity_response(call, view, met.shown(record))

    return action


def _delete(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del world
        write.delete(view, entity, call.path["id"], call.headers, associate)
        call.note(effect=True)
        return Response(status_code=204)

    return action


def _collection(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        parameters = call.query
        if entity == "Contact" and not parameters.get("$entities"):
            parameters = {**parameters, "$entities": "contact"}
        return _archive_answer(world, call, view, COLLECTIONS[entity], parameters, associate)

    return action


def _persons_of(world: World, call: Call, view: View, associate: int) -> Response:
    company = write.find(view, "Contact", call.path["id"])
    own = f"contactId = {company.id}"
    theirs = call.query.get("$filter", "")
    parameters = {**call.query, "$filter": f"{own} and ({theirs})" if theirs else own}
    return _archive_answer(world, call, view, "Person", parameters, associate)


def _archive(world: World, call: Call, view: View, associate: int) -> Response:
    parameters = {**call.query, **call.form()} if call.method == "POST" else call.query
    return _archive_answer(world, call, view, call.path["archiveProviderName"], parameters, associate)


def _archive_answer(
    world: World, call: Call, view: View, provider: str, parameters: dict[str, str], associate: int
) -> Response:
    url = world.base_url + call.url_path
    answer = accidents.archive_as_read(view, lambda seen: archive.run(seen, provider, parameters, url, associate))
    entity = archive.entity_of_rows(provider, parameters)
    if entity != "MergeMoveLog":
        ids = [int(row["PrimaryKey"]) for row in answer["value"]]
        accidents.come_between(view, entity, ids, "after-read", associate)
    return JSONResponse(answer)


def _layout(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del call, view, associate
        return JSONResponse(published_layout(entity, world.switches))

    return action


def _layout_field(entity: Kind) -> Action:
    def action(world: World, call: Call, view: View, associate: int) -> Response:
        del view, associate
        field = field_by_name(entity, call.path["progidOrLabel"], world.switches)
        rows = published_layout(entity, world.switches)
        if field is None:
            raise ApiError(404, f"UdefLayout {call.path['progidOrLabel']} not found", "SoNotFoundException")
        return JSONResponse(next(row for row in rows if row["ProgId"] == field.prog_id))

    return action


def _mdo_list(world: World, call: Call, view: View, associate: int) -> Response:
    del associate
    name = call.path["listname"].lower()
    flat = call.query.get("flat", "").lower() == "true"
    if name == "associate":
        crm_list = CrmList("associate", 1)
        for associate_id, (_, full_name, _) in ASSOCIATES.items():
            crm_list.items[associate_id] = crm_list.add({"": full_name})
            crm_list.items[associate_id].id = associate_id
        return JSONResponse(mdo_items(crm_list, flat=flat, language=view.language, first=view.first))
    if name not in world.crm.lists:
        raise ApiError(404, f"MDOList {name} not found", "SoNotFoundException")
    return JSONResponse(mdo_items(world.crm.lists[name], flat=flat, language=view.language, first=view.first))


def _principal(world: World, call: Call, view: View, associate: int) -> Response:
    del call
    name, full_name, kind = ASSOCIATES[associate]
    role = multilingual({"de": "Benutzer", "en": "User"}, view.first)
    return JSONResponse(
        {
            "UserType": kind,
            "Associate": name,
            "AssociateId": associate,
            "IsPerson": False,
            "PersonId": 0,
            "CountryId": 276,
            "HomeCountryId": 276,
            "ContactId": 0,
            "GroupId": 1,
            "BusinessId": 0,
            "CategoryId": 0,
            "ContactOwner": 0,
            "RoleId": 1,
            "RoleName": translated(role, view.language),
            "RoleDescription": "",
            "RoleType": "System" if kind == "SystemAssociate" else "Employee",
            "Licenses": [],
            "FullName": full_name,
            "EMailAddress": "sandbox@gtm-assets.example",
            "FunctionRights": [],
            "EjUserId": 0,
            "EjAccessLevel": 0,
            "EjUserStatus": "StatusNone",
            "ProvidedCredentials": [],
            "SecondaryGroups": [],
            "DatabaseContextIdentifier": world.credentials.tenant,
            "UserName": name,
        }
    )


__all__ = ["api_routes", "not_found", "versions", "view_of"]
