"""Which properties beside the engine's own fields may be tested: asked by requests that only test, so that nothing is written.

With them a PATCH refuses itself where its person objected meanwhile, or where somebody edited the address or position that it carries. What
belongs elsewhere: user-defined fields and ``OrgNr`` (``writing``, ``company``), what is tested when (``gtm_assets.writeback.guards``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gtm_assets.crm.fields import Entity
from gtm_assets.doctor.probe import answers as asked
from gtm_assets.doctor.probe.answers import Answer, Proofs
from gtm_assets.doctor.probe.hands import MARK, sent
from gtm_assets.writeback.guards import test, test_block, test_position
from gtm_assets.writeback.operations import BLOCK, CITIES, READ_BEFORE
from gtm_assets.writeback.suppression import MARKS
from resources.superoffice.client import SuperOfficeClient

_NO_PERSON = "not asked: the person is no longer there."
_NO_COMPANY = "not asked: the person has no company, or it is no longer there."
#: An item that no list has.
_NO_ITEM = 999_999_999


def ask_testable(crm: SuperOfficeClient, person_id: int, contact_id: int, proofs: Proofs) -> list[Answer]:
    """Add to the proofs what may be tested; ``contact_id`` 0 where there is no company to ask."""
    person = crm.get("Person", person_id, select=(*READ_BEFORE["Person"], "Position"))
    company = crm.get("Contact", contact_id, select=READ_BEFORE["Contact"]) if contact_id else None
    if person is None or company is None:
        why_not = _NO_PERSON if person is None else _NO_COMPANY
        return [
            Answer(5, asked.MARKS_TESTED, why_not, "no"),
            Answer(5, asked.ADDRESS_TESTED, why_not, "no"),
            *([_ask_position(crm, person_id, person.get("Position"), proofs)] if person is not None else ()),
        ]
    records: Sequence[tuple[Entity, int, Mapping[str, Any]]] = (
        ("Person", person_id, person),
        ("Contact", contact_id, company),
    )
    marks = [why for entity, key, record in records if (why := _why_no_marks(crm, entity, key, record))]
    address = _why_no_address(crm, contact_id, company.get("Address") or {})
    if not marks:
        proofs.testable.add("marks")
    if not address:
        proofs.testable.add("address")
    return [
        _answer(asked.MARKS_TESTED, "marks", marks[:1]),
        _answer(asked.ADDRESS_TESTED, "addresses", [address]),
        _ask_position(crm, person_id, person.get("Position"), proofs),
    ]


def _answer(question: str, what: str, why_not: Sequence[str]) -> Answer:
    if not any(why_not):
        return Answer(5, question, "yes: 409 where it does not hold.", brief=f"{what} can be tested")
    said = f"no: {why_not[0]}. Such records are read just before each PATCH instead."
    return Answer(5, question, said, brief=f"{what} can't be tested")


def _why_no_marks(crm: SuperOfficeClient, entity: Entity, entity_id: int, record: Mapping[str, Any]) -> str:
    stand = {name: type(mark.clear)(record.get(name) or mark.clear) for name, mark in MARKS[entity].items()}
    holding = [test(f"/{name}", value) for name, value in stand.items()]
    failing = [test(f"/{name}", type(value)(not value)) for name, value in stand.items()]
    return _why_not(crm, entity, entity_id, holding, failing)


def _why_no_address(crm: SuperOfficeClient, contact_id: int, address: Mapping[str, Any]) -> str:
    blocks = {name: address.get(name) for name in CITIES.values()}
    if not all(blocks.values()):
        return (
            "the company lacks an address block, so nothing is proven about it; probe somebody whose company has both"
        )
    holding = [operation for name, block in blocks.items() for operation in test_block(name, block, BLOCK)]
    failing = [test(f"{operation['path']}", f"{MARK} nobody wrote this") for operation in holding]
    failing += [test(f"/Address/{name}", None) for name in blocks]
    return _why_not(crm, "Contact", contact_id, holding, failing)


def _ask_position(crm: SuperOfficeClient, person_id: int, position: Mapping[str, Any] | None, proofs: Proofs) -> Answer:
    why_not = _why_no_position(crm, person_id, position)
    if not why_not:
        proofs.testable.add("position")
    return _answer(asked.POSITION_TESTED, "positions", [why_not])


def _why_no_position(crm: SuperOfficeClient, person_id: int, position: Mapping[str, Any] | None) -> str:
    """Only an empty one that is shown as id 0 says something about empty and set ones alike: both are tested by their id then."""
    if position is None:
        return "an empty position is shown as nothing at all, so nothing is proven about one that is set"
    if position.get("Id"):
        return "the person has a position, so nothing is proven about an empty one; probe somebody without"
    failing = [test("/Position/Id", _NO_ITEM), test("/Position", None)]
    return _why_not(crm, "Person", person_id, [test_position(position)], failing)


def _why_not(
    crm: SuperOfficeClient,
    entity: Entity,
    entity_id: int,
    holding: Sequence[dict[str, Any]],
    failing: Iterable[dict[str, Any]],
) -> str:
    """Empty where tests that hold pass together, and each that does not hold is refused by itself."""

    def kind(operations: Sequence[dict[str, Any]]) -> str:
        return sent(lambda: crm.patch(entity, entity_id, operations, select=("UpdatedDate",))).kind

    if kind(holding) != "done":
        return f"tests that hold are refused ({entity})"
    for operation in failing:
        if kind([operation]) != "precondition":
            return f"a test of {operation['path'].lstrip('/')} passes where it does not hold ({entity})"
    return ""
