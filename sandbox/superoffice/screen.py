"""What the vendor's own web page shows of a company or a person, as plain as can be: links of the engine lead here.

The vendor's page is a whole application; this is one table, to read only. What belongs elsewhere: the API (``api``), edits (``people``).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.calls import Call, endpoint
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import View
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.write import find

if TYPE_CHECKING:
    from sandbox.world import World

_PARAMETERS: dict[str, Kind] = {"contact_id": "Contact", "person_id": "Person"}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color-scheme:light dark}"
    "th{text-align:left;vertical-align:top;padding:.2em 1.5em .2em 0;font-weight:600;white-space:nowrap}"
    "td{overflow-wrap:anywhere}small{opacity:.7}"
)


def screen_routes(world: World) -> list[Route]:
    """The web page of each tenant, beside its API."""
    return [Route("/online{cluster:int}/{tenant}/default.aspx", endpoint(world, _show), methods=["GET"])]


def _show(world: World, call: Call) -> Response:
    call.note(effect=False)
    asked = [(name, call.query[name]) for name in _PARAMETERS if name in call.query]
    if not asked or not asked[0][1].isdigit():
        return _page("Kein Datensatz", "<p>Gefragt war nach nichts: contact_id oder person_id fehlt.", 400)
    name, number = asked[0]
    view = view_of(world, "de")
    try:
        record = find(view, _PARAMETERS[name], int(number))
    except ApiError as error:
        return _page("Kein Datensatz", f"<p>{escape(error.message)}", error.status)
    shown = people.readable(view, record)
    title = shown.get("Name") or f"{shown.get('Firstname', '')} {shown.get('Lastname', '')}".strip()
    persons = _persons(view, int(number)) if name == "contact_id" else ""
    return _page(str(title), f"<table>{_rows(shown)}</table>{persons}", 200)


def _rows(shown: dict[str, Any]) -> str:
    """Every field that holds something; a list on one line."""
    texts = {label: ", ".join(map(str, value)) if isinstance(value, list) else value for label, value in shown.items()}
    return "".join(
        f"<tr><th>{escape(label)}<td>{escape(str(text))}" for label, text in texts.items() if text not in ("", None)
    )


def _persons(view: View, contact_id: int) -> str:
    table = view.crm.persons
    own = [person for i in table.ids_above(0) if (person := table.get(i)) and person.contact_id == contact_id]
    items = "".join(
        f'<li><a href="?person_id={person.id}">{escape(f"{person.firstname} {person.lastname}".strip())}</a>'
        for person in own
        if not person.deleted
    )
    return f"<h2>Personen</h2><ul>{items}</ul>" if items else "<p>Keine Personen."


def _page(title: str, body: str, status: int) -> HTMLResponse:
    return HTMLResponse(
        f"<!doctype html><html lang=de><title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<small>Nachbildung von SuperOffice in der Sandbox, Musterdaten</small><h1>{escape(title)}</h1>{body}",
        status_code=status,
    )
