"""Archive queries: ``$select $filter $orderby $top $skip`` over companies and persons, in Slim and Full mode.

Source: SuperOffice's developer documentation. What belongs elsewhere: columns (``columns``), the filter's language
    (``filters``, ``restrictions``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.superoffice.carriers import View
from sandbox.superoffice.column import JOINS, Column, Row
from sandbox.superoffice.columns import find_column
from sandbox.superoffice.crm import Kind, Source
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.filters import AllOf, Comparison, Node, names, parse_filter, parse_order
from sandbox.superoffice.records import CompanyRecord, MergeRow, PersonRecord, Record
from sandbox.superoffice.restrictions import predicate
from sandbox.superoffice.user_columns import udef_type

PROVIDERS: dict[str, Kind] = {
    "Contact": "Contact",
    "SimpleContact": "Contact",
    "FindContact": "Contact",
    "RecycleContact": "Contact",
    "Person": "Person",
    "RecyclePerson": "Person",
}
_DYNAMIC: dict[str, Source] = {"contact": "Contact", "person": "Person", "mergemovelog": "MergeMoveLog"}
_DYNAMIC_KEYS: dict[Source, str] = {
    "Contact": "contact.contact_id",
    "Person": "person.person_id",
    "MergeMoveLog": "mergemovelog.mergemovelog_id",
}
DEFAULT_TOP = 1000
_PSEUDO = frozenset({"getallrows", "getnorows"})
Matches = Callable[[Row], bool]


@dataclass(frozen=True)
class Query:
    """An archive query, read and checked."""

    provider: str
    entity: Source
    columns: tuple[Column, ...]
    tree: Node | None
    matches: Matches
    order: tuple[tuple[Column, bool], ...]
    top: int
    skip: int
    full: bool
    entities: frozenset[str]
    # Joined prefixes that any part of the query names.
    joins: tuple[str, ...]


def run(view: View, provider: str, parameters: Mapping[str, str], url: str, associate_id: int) -> dict[str, Any]:
    """The answer of a collection or archive endpoint.

    Args:
        view: The CRM as the request sees it.
        provider: Archive provider, any case; ``dynamic`` too.
        parameters: Query or form parameters; names in any case.
        url: The request's own URL without query, for nextLink.
        associate_id: Who asks.

    Raises:
        ApiError: 404 for an unknown provider; 400 for an unknown column (assumption) or a filter that is not
            understood.
    """
    given = {name.casefold(): value for name, value in parameters.items()}
    query = read_query(view, provider, given, associate_id)
    # One row more than asked for tells whether there is a next page.
    rows = _rows(view, query, query.skip + query.top + 1)
    page = rows[query.skip : query.skip + query.top]
    more = len(rows) > query.skip + query.top
    next_link = None
    if more and view.crm.switches["next_link"] == "set":
        again = {**{k: v for k, v in given.items() if k.startswith("$")}, "$skip": str(query.skip + query.top)}
        next_link = f"{url}?{urlencode(again, quote_via=quote)}"
    return {
        "odata.metadata": f"{view.api_root}/Archive/$metadata",
        "odata.nextLink": next_link,
        "value": [_full_row(row, query) if query.full else _slim_row(row, query) for row in page],
    }


def entity_of_rows(provider: str, parameters: Mapping[str, str]) -> Source:
    """Whose rows a query answers; see ``run`` for errors."""
    return _provider(provider, {name.casefold(): value for name, value in parameters.items()})[1]


def read_query(view: View, provider: str, given: Mapping[str, str], associate_id: int) -> Query:
    """The parameters as a checked query; see ``run`` for errors."""
    name, entity = _provider(provider, given)
    if entity == "MergeMoveLog" and (log := view.crm.switches["merge_log"]) != "readable":
        raise ApiError(int(log), "Table mergemovelog can't be read.")
    tree = parse_filter(given.get("$filter", ""))
    columns = tuple(
        _column(view, name, column)
        for column in names(given.get("$select", ""))
        if column not in ("PrimaryKey", "EntityName")
    )
    order = tuple((_column(view, name, column), down) for column, down in parse_order(given.get("$orderby", "")))
    top = _number(given, "$top", DEFAULT_TOP)
    cap = view.crm.switches["max_top"]
    used = [*columns, *(column for column, _ in order), *_columns_in(name, tree)]
    return Query(
        provider=name,
        entity=entity,
        columns=columns,
        tree=tree,
        matches=_compiled(view, name, tree, associate_id),
        order=order,
        top=top if cap == "none" else min(top, int(cap)),
        skip=_number(given, "$skip", 0),
        full=given.get("$mode", "").lower() in ("full", "wide"),
        entities=frozenset(part.casefold() for part in names(given.get("$entities", ""))),
        joins=tuple(dict.fromkeys(column.join for column in used if column.join)),
    )


def _provider(provider: str, given: Mapping[str, str]) -> tuple[str, Source]:
    if provider.casefold() != "dynamic":
        found = next((name for name in PROVIDERS if name.casefold() == provider.casefold()), None)
        if found is None:
            raise ApiError(404, f"Archive provider {provider} not found", "SoNotFoundException")
        return found, PROVIDERS[found]
    tables = {name.partition(".")[0] for name in names(given.get("$select", ""))}
    if not tables <= _DYNAMIC.keys() or len(tables) != 1:
        raise ApiError(400, "The sandbox's dynamic provider selects columns of contact, of person or of mergemovelog.")
    return "dynamic", _DYNAMIC[tables.pop()]


def _column(view: View, provider: str, name: str) -> Column:
    column = find_column(provider, name)
    if column is None or ("Udef/" in name and udef_type(view, column) is None):
        raise ApiError(400, f"Column {name} is not known to archive provider {provider}.")
    return column


def _columns_in(provider: str, node: Node | None) -> Iterator[Column]:
    if isinstance(node, Comparison):
        column = find_column(provider, node.column)
        if column is not None:
            yield column
    elif node is not None:
        for part in node.parts:
            yield from _columns_in(provider, part)


def _compiled(view: View, provider: str, node: Node | None, associate_id: int) -> Matches:
    if node is None:
        return lambda _: True
    if isinstance(node, Comparison):
        if node.column.casefold() in _PSEUDO:
            wanted = node.column.casefold() == "getallrows"
            return lambda _: wanted
        column = _column(view, provider, node.column)
        column_type = udef_type(view, column) if "Udef/" in column.name else None
        check = predicate(node, column_type or column.type, view.crm.switches, associate_id)
        return lambda row: check(column.value(row))
    parts = tuple(_compiled(view, provider, part, associate_id) for part in node.parts)
    if isinstance(node, AllOf):
        return lambda row: all(part(row) for part in parts)
    return lambda row: any(part(row) for part in parts)


def _rows(view: View, query: Query, limit: int) -> list[Row]:
    """Matching rows in order, at most ``limit``.

    Without ``$orderby`` rows come by primary key, which is the sandbox's habit only.
    """
    found = (row for record in _records(view, query) for row in _expanded(view, query, record) if query.matches(row))
    if not query.order or (query.order[0][0].name in _keys(query) and not query.order[0][1]):
        return list(itertools.islice(found, limit))
    rows = list(found)
    for column, down in reversed(query.order):
        rows.sort(key=_sorting(column), reverse=down)
    return rows[:limit]


def _sorting(column: Column) -> Callable[[Row], tuple[int, Any]]:
    return lambda row: _sort_key(column.value(row))


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    return (1, value.casefold()) if isinstance(value, str) else (1, value)


def _keys(query: Query) -> tuple[str, ...]:
    if query.provider == "dynamic":
        return (_DYNAMIC_KEYS[query.entity],)
    return ("contactId",) if query.entity == "Contact" else ("personId",)


def _records(view: View, query: Query) -> Iterator[Record | MergeRow]:
    """Candidates in the order of their ids.

    Bounds on the primary key and lists of ids are used, everything else is tested row by row.
    """
    table = view.crm.table(query.entity)
    deleted = query.provider.startswith("Recycle")
    for row_id in _candidate_ids(view, query):
        record: Record | MergeRow | None = table.get(row_id)
        if record is None or bool(record.deleted) != deleted:
            continue
        if (
            query.entities
            and query.provider == "Person"
            and _entity_name(record, query).casefold() not in query.entities
        ):
            continue
        yield record


def _candidate_ids(view: View, query: Query) -> list[int]:
    table = view.crm.table(query.entity)
    tests = (
        [query.tree]
        if isinstance(query.tree, Comparison)
        else list(query.tree.parts)
        if isinstance(query.tree, AllOf)
        else []
    )
    keys = _keys(query)
    company_keys = ("contactId", "person.contact_id", "personContact/contactId") if query.entity == "Person" else ()
    above = 0
    for test in tests:
        if not isinstance(test, Comparison) or not all(isinstance(value, int) for value in test.values):
            continue
        ids = [int(value) for value in test.values if isinstance(value, int)]
        if test.column in keys and test.operator in ("=", "in", "oneof"):
            return sorted(set(ids))
        if test.column in company_keys and test.operator in ("=", "in", "oneof"):
            return sorted(person for company in set(ids) for person in view.crm.persons_of(company))
        if test.column in keys and test.operator in ("gt", "greater"):
            above = max(above, ids[0])
    return table.ids_above(above)


def _expanded(view: View, query: Query, record: Record | MergeRow) -> Iterator[Row]:
    company = view.crm.companies.get(record.contact_id) if isinstance(record, PersonRecord) else None
    if not query.joins:
        yield Row(view, record, company, {})
        return
    choices = [getattr(record, JOINS[join]) or (("", ""),) for join in query.joins]
    for elements in itertools.product(*choices):
        yield Row(view, record, company, dict(zip(query.joins, elements, strict=True)))


def _entity_name(record: Record | MergeRow, query: Query) -> str:
    if isinstance(record, MergeRow):
        return "mergemovelog"
    if isinstance(record, CompanyRecord):
        return "contact"
    return "retiredPerson" if record.retired and query.provider != "dynamic" else "person"


def _slim_row(row: Row, query: Query) -> dict[str, Any]:
    # Documented: PrimaryKey is text in Slim mode and a number in Full mode.
    values = {column.name: column.shown(row) for column in query.columns}
    return {"PrimaryKey": str(row.record.id), "EntityName": _entity_name(row.record, query), **values}


def _full_row(row: Row, query: Query) -> dict[str, Any]:
    key = "contact_id" if isinstance(row.record, CompanyRecord) else "person_id"
    hint = f"{{{key}={row.record.id}}}"
    columns = {}
    for column in query.columns:
        shown = column.shown(row)
        columns[column.name] = {
            "RawValue": column.raw(row),
            "DisplayValue": "" if shown is None else shown if isinstance(shown, str) else str(shown),
            "LinkHint": "",
            "TooltipHint": hint,
        }
    return {
        "PrimaryKey": row.record.id,
        "EntityName": _entity_name(row.record, query),
        "StyleHint": "",
        "LinkHint": f"nav={key.removesuffix('_id')}&{key}={row.record.id}",
        "TableRight": {"Mask": 1, "Reason": ""},
        "Column": columns,
    }


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "")
    try:
        return max(0, int(text)) if text else default
    except ValueError:
        raise ApiError(400, f"{name}: {text!r} is no number.") from None
