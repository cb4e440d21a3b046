"""Writing entities: POST, PATCH and DELETE with their preconditions.

What belongs elsewhere: HTTP (``api``), how a patch is read (``patch``), when stamps move (``crm``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from sandbox.superoffice.absorb import absorb, absorb_fields
from sandbox.superoffice.carriers import View
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.entities import entity_of
from sandbox.superoffice.errors import ApiError, not_found
from sandbox.superoffice.patch import Patched, apply_patch
from sandbox.superoffice.records import CompanyRecord, PersonRecord, Record

# How long the gap between precondition and save is where switch precondition_atomic says that there is one.
_GAP_SECONDS = 0.05


class Interference(Protocol):
    """What comes in between while a PATCH is carried out; what that can be stands in ``accidents``."""

    def before_save(self) -> None:
        """Called right before precondition and save, or in the gap between them where there is one."""

    def stored(self, before: Record, after: Record) -> Record:
        """What is stored instead of ``after``."""
        ...


class Undisturbed:
    """Nothing comes in between."""

    def before_save(self) -> None:
        """Nobody."""

    def stored(self, before: Record, after: Record) -> Record:
        """What was asked for."""
        del before
        return after


def find(view: View, entity: Kind, entity_id: int, *, even_deleted: bool = False) -> Record:
    """The record, or 404; a soft-deleted one is 404, too."""
    record: Record | None = view.crm.table(entity).get(entity_id)
    if record is None or (record.deleted and not even_deleted):
        raise not_found(entity, entity_id)
    return record


def reach(view: View, entity: Kind, entity_id: int) -> Record:
    """The record as the API reaches it, or 404. What becomes of soft-deleted ones is not documented: switch ``deleted_records``."""
    return find(view, entity, entity_id, even_deleted=view.crm.switches["deleted_records"] == "readable")


def blank(entity: Kind) -> Record:
    """A record that is not stored yet."""
    kind = CompanyRecord if entity == "Contact" else PersonRecord
    return kind(id=0, created="", updated="", created_by=0, updated_by=0)


def create(view: View, entity: Kind, body: Any, associate: int) -> Record:
    """POST: a partial body is enough; what it does not name stays empty.

    Raises:
        ApiError: 400 for a body that is no object, a name that is missing, or a value that its field refuses.
    """
    if not isinstance(body, dict):
        raise ApiError(400, f"POST {entity} needs an entity as JSON object.")
    record = blank(entity)
    rendered = entity_of(view, record, links=False)
    by_name = {name.casefold(): name for name in rendered}
    given = {by_name[key.casefold()]: value for key, value in body.items() if key.casefold() in by_name}
    merged = {**rendered, **given}
    record = absorb(view, record, merged, set(given))
    for name in ("UserDefinedFields", "CustomFields"):
        if given.get(name):
            values = {key: value for key, value in given[name].items() if key.count(":") < 2}
            record = absorb_fields(
                view, record, {key: value for key, value in values.items() if value not in ("", None)}
            )
    if not (record.name if isinstance(record, CompanyRecord) else record.firstname or record.lastname):
        raise ApiError(400, f"A {entity} needs a name.")
    return view.crm.create(record, associate)


_UNDISTURBED = Undisturbed()


def update(
    view: View,
    entity: Kind,
    entity_id: int,
    body: Any,
    *,
    headers: Mapping[str, str],
    associate: int,
    interference: Interference = _UNDISTURBED,
) -> tuple[Record, bool]:
    """PATCH: the stored record, and whether a value changed.

    Raises:
        ApiError: 404; 412 for If-Unmodified-Since; 409 for a ``test`` that does not hold; 400 for what is not
            understood.
    """
    if view.crm.switches.is_on("precondition_atomic"):
        with view.crm.lock:
            interference.before_save()
            return _update(
                view, entity, entity_id, body, headers=headers, associate=associate, interference=interference
            )
    record = reach(view, entity, entity_id)
    check_unmodified(view, record, headers)
    apply_patch(entity_of(view, record, links=False), body, view.crm.switches)
    time.sleep(_GAP_SECONDS)
    with view.crm.lock:
        interference.before_save()
        return _update(
            view,
            entity,
            entity_id,
            body,
            headers={},
            associate=associate,
            interference=interference,
            check_tests=False,
        )


def _update(
    view: View,
    entity: Kind,
    entity_id: int,
    body: Any,
    *,
    headers: Mapping[str, str],
    associate: int,
    interference: Interference,
    check_tests: bool = True,
) -> tuple[Record, bool]:
    before = reach(view, entity, entity_id)
    check_unmodified(view, before, headers)
    rendered = entity_of(view, before, links=False)
    patched = apply_patch(rendered, body, view.crm.switches, check_tests=check_tests)
    after = interference.stored(before, _absorbed(view, before, patched))
    return view.crm.save(after, associate), after != before


def _absorbed(view: View, before: Record, patched: Patched) -> Record:
    after: Record = absorb(view, before, patched.entity, patched.touched)
    if patched.user_fields or patched.whole_user_fields:
        after = absorb_fields(view, after, patched.user_fields, blank_others=patched.whole_user_fields)
    return after


def delete(view: View, entity: Kind, entity_id: int, headers: Mapping[str, str], associate: int) -> None:
    """DELETE: soft, as a user's deletion is; the record leaves the archives. Raises ``ApiError`` 404 or 412."""
    with view.crm.lock:
        record = find(view, entity, entity_id)
        check_unmodified(view, record, headers)
        view.crm.save(replace(record, deleted=view.crm.now()), associate)


def check_unmodified(view: View, record: Record, headers: Mapping[str, str]) -> None:
    """If-Unmodified-Since; the same second is switch ``unmodified_since_same_second``.

    Raises ``ApiError`` 412, or 400 for no HTTP date.
    """
    since = http_date(headers.get("if-unmodified-since", ""))
    if since is None:
        return
    updated = datetime.fromisoformat(record.updated).replace(tzinfo=UTC)
    same_second_fails = view.crm.switches["unmodified_since_same_second"] == "fails"
    if updated > since or (same_second_fails and updated == since):
        raise ApiError(412, "The entity has changed since the given time.", "PreconditionFailedException")


def unmodified(record: Record, headers: Mapping[str, str]) -> bool:
    """Whether If-Modified-Since lets a GET answer 304."""
    since = http_date(headers.get("if-modified-since", ""))
    return since is not None and datetime.fromisoformat(record.updated).replace(tzinfo=UTC) <= since


def http_date(text: str) -> datetime | None:
    """An HTTP date, None for none. Raises ``ApiError`` 400."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        raise ApiError(400, f"{text!r} is no HTTP date.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
