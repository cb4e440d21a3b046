"""The tenant's user-defined fields, read from its published layout, remembered in the store, and watched for drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa

from gtm_assets.crm.fields import CrmField, FieldMapError, drift, resolve_fields
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, stable_hash, upsert, utc_now
from resources.superoffice.client import SuperOfficeClient

#: Layouts change rarely; asking twice an hour finds a change before many writes.
FRESH_FOR = timedelta(minutes=30)
#: The settings that the fields were found by.
CONFIGURED = "crm.fields.configured"


class FieldDriftError(FieldMapError):
    """A role moved to another field or type since the last time; nothing is written until somebody looked."""


def stored_fields(store: Store) -> dict[str, CrmField]:
    """The fields as last read; empty before the first time."""
    with store.read() as connection:
        rows = connection.execute(sa.select(schema.crm_fields)).mappings().all()
    return {row["role"]: _field(dict(row)) for row in rows}


def current_fields(
    store: Store,
    crm: SuperOfficeClient,
    configured: Mapping[str, str | None],
    *,
    accept_drift: bool = False,
    fresh: bool = False,
) -> dict[str, CrmField]:
    """The fields, read again from the tenant where the last time is too long ago (or ``fresh``).

    Raises:
        FieldMapError: The layout does not fit.
        FieldDriftError: A role moved since the last time and ``accept_drift`` is not set.
    """
    known = stored_fields(store)
    wanted = stable_hash(dict(configured))
    with store.read() as connection:
        same_settings = get_cursor(connection, CONFIGURED) == wanted
    if known and not fresh and same_settings and _read_recently(store):
        return known
    fields = resolve_fields({"Contact": crm.udef_layout("Contact"), "Person": crm.udef_layout("Person")}, configured)
    moved = drift(known, fields)
    if moved and not accept_drift:
        raise FieldDriftError(
            f"The CRM's field layout changed: {'; '.join(moved)}. Nothing is written until this is confirmed: "
            "look at the layout in SuperOffice's settings, then run `gtm fields --accept`."
        )
    now = utc_now()
    with store.write() as connection:
        connection.execute(sa.delete(schema.crm_fields).where(schema.crm_fields.c.role.not_in(list(fields))))
        set_cursor(connection, CONFIGURED, wanted)
        upsert(connection, schema.crm_fields, [{**asdict(field), "read_at": now} for field in fields.values()])
    return fields


def _read_recently(store: Store) -> bool:
    with store.read() as connection:
        oldest = connection.execute(sa.select(sa.func.min(schema.crm_fields.c.read_at))).scalar()
    return oldest is not None and utc_now() - cast("Any", oldest) < FRESH_FOR


def _field(row: dict[str, Any]) -> CrmField:
    return CrmField(**{name: row[name] for name in CrmField.__dataclass_fields__})
