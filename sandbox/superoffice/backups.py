"""A backup of the tenant, and putting it back: records, times, merges and the next ids are those of then, only the clock goes on.

Notion, credentials and the journal are other systems and stay as they are. What belongs elsewhere: the tables (``crm``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.superoffice.crm import Crm
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.records import (
    CompanyRecord,
    MergeRow,
    PersonRecord,
    record_from_json,
    record_to_json,
)

_KIND = "backup"


@dataclass(frozen=True)
class Backup:
    """Everything as it was at ``taken`` (naive UTC)."""

    taken: str
    companies: dict[int, CompanyRecord]
    persons: dict[int, PersonRecord]
    merges: dict[int, MergeRow]
    last_ids: tuple[int, int, int]


def take_backup(crm: Crm) -> Backup:
    """Everything as it is now. With a directory it is kept there in place of an earlier one."""
    with crm.lock:
        last_ids = (crm.companies.last_id, crm.persons.last_id, crm.merges.last_id)
        backup = Backup(crm.now(), crm.companies.rows(), crm.persons.rows(), crm.merges.rows(), last_ids)
        crm.last_backup = backup
        crm.keep(_KIND, _as_json(backup))
        return backup


def restore_backup(crm: Crm, backup: Backup | None = None) -> Backup:
    """Put a backup back, the last one that was taken if none is given.

    Raises:
        ApiError: 404: none was ever taken.
    """
    found = backup or crm.last_backup or _from_json(crm.kept(_KIND))
    if found is None:
        raise ApiError(404, "No backup was taken yet: gtm sandbox backup.")
    crm.put_back(found.companies, found.persons, found.merges, found.last_ids)
    return found


def _as_json(backup: Backup) -> dict[str, Any]:
    return {
        "taken": backup.taken,
        "companies": [record_to_json(record) for record in backup.companies.values()],
        "persons": [record_to_json(record) for record in backup.persons.values()],
        "merges": [asdict(row) for row in backup.merges.values()],
        "last_ids": backup.last_ids,
    }


def _from_json(data: dict[str, Any] | None) -> Backup | None:
    if data is None:
        return None
    companies = [record_from_json(CompanyRecord, record) for record in data["companies"]]
    persons = [record_from_json(PersonRecord, record) for record in data["persons"]]
    merges = [MergeRow(**row) for row in data["merges"]]
    first, second, third = data["last_ids"]
    return Backup(
        data["taken"],
        {record.id: record for record in companies},
        {record.id: record for record in persons},
        {row.id: row for row in merges},
        (first, second, third),
    )
