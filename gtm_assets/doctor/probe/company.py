"""The same preconditions on the person's company, by requests that only test: whatever the tenant does with them, nothing is written.

The engine tests company fields of other kinds than a person's (a list, ``OrgNr``), so that a person proves nothing about them.
"""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.crm.fields import OWNED_UDEFS, CrmField
from gtm_assets.doctor.probe.answers import Proofs
from gtm_assets.doctor.probe.hands import MARK, sent
from gtm_assets.writeback.operations import READ_BEFORE, custom_field_path
from gtm_assets.writeback.plan import FOLLOWERS
from resources.superoffice.client import SuperOfficeClient

_TEXTS = frozenset({"ShortText", "LongText"})


def ask_company(crm: SuperOfficeClient, contact_id: int, fields: Mapping[str, CrmField], proofs: Proofs) -> None:
    """Add to the proofs what the company says; nothing where there is no such company."""
    record = crm.get("Contact", contact_id, select=READ_BEFORE["Contact"])
    if record is None:
        return
    carried = {str(key).casefold(): value for key, value in (record.get("CustomFields") or {}).items()}
    owned = [fields[role] for role in OWNED_UDEFS["Contact"] if role in fields and role not in FOLLOWERS]
    holding = [_test(custom_field_path(f.prog_id), str(carried.get(f.prog_id.casefold()) or "")) for f in owned]
    holding.append(_test("/OrgNr", str(record.get("OrgNr") or "")))
    text = next((f for f in owned if f.field_type in _TEXTS), None)
    failing = [_test(custom_field_path(text.prog_id), f"{MARK} nobody wrote this")] if text is not None else []
    failing.append(_test("/OrgNr", f"{MARK} nobody wrote this"))

    def answered(operation: dict[str, str], *more: dict[str, str]) -> str:
        operations = [operation, *more]
        return sent(lambda: crm.patch("Contact", contact_id, operations, select=("UpdatedDate",))).kind

    passes = answered(*holding) == "done"
    refused = all(answered(operation) == "precondition" for operation in failing)
    proofs.company_tests = passes and refused
    if not proofs.company_tests:
        proofs.why_not_a = proofs.why_not_a or (
            "tests that hold are refused on the company" if not passes else "tests that do not hold pass on the company"
        )


def _test(path: str, value: str) -> dict[str, str]:
    return {"op": "test", "path": path, "value": value}
