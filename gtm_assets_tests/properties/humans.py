"""What humans may write into a record while the engine writes to it, and whether it still stands there.

What belongs elsewhere: when they do (the properties).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from gtm_assets_tests.path.harness import COMPANY_FIELDS, PERSON_FIELDS, Entity
from gtm_assets_tests.properties.line import Moment
from gtm_assets_tests.properties.town import CLINIC, FACTORY, OTHER_POSITIONS, Town
from sandbox.superoffice.carriers import HUMAN

WORDS = ("Von Hand.", "Anders, auch von Hand.")
#: The vertical that each company is not.
OTHER_VERTICAL = {FACTORY: "Gesundheitswesen", CLINIC: "Maschinenbau"}


@dataclass(frozen=True)
class Edit:
    """One field that a human fills: a role, ``position``, ``OrgNr``, ``city``, or ``line``, the first one of both addresses."""

    entity: Entity
    entity_id: int
    name: str
    value: str

    def make(self, town: Town) -> None:
        """The human saves."""
        if self.name == "line":
            company = town.engine.company(self.entity_id)
            street, postal = (block._replace(address1=self.value) for block in (company.street, company.postal))
            town.crm.save(replace(company, street=street, postal=postal), HUMAN)
            return
        fields = PERSON_FIELDS if self.entity == "Person" else COMPANY_FIELDS
        town.edit(self.entity, self.entity_id, {fields.get(self.name, self.name): self.value})

    def stands(self, town: Town) -> bool:
        """Whether the CRM still holds what the human wrote."""
        if self.entity == "Person":
            return town.carries(town.engine.person(self.entity_id))[self.name] == self.value
        company = town.engine.company(self.entity_id)
        places = {
            "line": [company.street.address1, company.postal.address1],
            "city": [company.street.city, company.postal.city],
            "OrgNr": [company.org_nr],
        }
        found = places[self.name] if self.name in places else [town.engine.profile(self.entity_id)[self.name]]
        return set(found) == {self.value}


def _companys(company: int) -> st.SearchStrategy[Edit]:
    texts = st.builds(
        Edit,
        st.just("Contact"),
        st.just(company),
        st.sampled_from(["opener", "opener_secondary", "summary", "OrgNr", "city", "line"]),
        st.sampled_from(WORDS),
    )
    vertical = st.just(Edit("Contact", company, "vertical", OTHER_VERTICAL[company]))
    return st.one_of(texts, texts, vertical)


_texts = st.builds(
    Edit,
    st.just("Person"),
    st.sampled_from([1, 2, 4]),
    st.sampled_from(["subject", "intro", "social_proof"]),
    st.sampled_from(WORDS),
)
_positions = st.builds(
    Edit, st.just("Person"), st.sampled_from([1, 2, 4]), st.just("position"), st.sampled_from(OTHER_POSITIONS)
)
_persons = st.one_of(_texts, _texts, _positions)
edits = st.one_of(_persons, _companys(FACTORY), _companys(CLINIC))


def moments(edit: Edit) -> st.SearchStrategy[Moment]:
    """Moments around a record's own calls, most of all, and around those that show many records."""
    own = [f"{method} {edit.entity}/{edit.entity_id}" for method in ("GET", "PATCH")]
    shared = ["GET Archive/Contact", "GET Archive/Person", "GET Archive/dynamic"]
    when = st.sampled_from(["before", "after"])
    return st.one_of(
        st.builds(Moment, when, st.sampled_from(own), st.sampled_from([1, 1, 1, 2])),
        st.builds(Moment, when, st.sampled_from(shared), st.integers(1, 8)),
    )


TimedEdits = list[tuple[Moment, Edit]]
_any_time = edits.flatmap(lambda edit: st.tuples(moments(edit), st.just(edit)))
_some: st.SearchStrategy[TimedEdits] = st.lists(
    _any_time, min_size=1, max_size=3, unique_by=lambda each: (each[1].entity_id, each[1].name)
)


@st.composite
def _twice(draw: st.DrawFn) -> TimedEdits:
    """Two fields of one record, saved right before we read it and right before we write it: within a second, if the clock stands still."""
    first = draw(edits)
    other = draw(
        edits.filter(lambda e: (e.entity, e.entity_id) == (first.entity, first.entity_id) and e.name != first.name)
    )
    record = f"{first.entity}/{first.entity_id}"
    return [(Moment("before", f"GET {record}"), first), (Moment("before", f"PATCH {record}"), other)]


#: Edits and their moments, a field once.
timed_edits = st.one_of(_some, _some, _twice())


@dataclass
class Interruption:
    """Humans who save at certain moments; for ``Line.begin``. ``log`` is what happened, in order."""

    town: Town
    plan: dict[Moment, list[Edit]]
    log: list[Moment | Edit] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, moment: Moment) -> None:
        """One moment."""
        with self._lock:
            self.log.append(moment)
            for edit in self.plan.pop(moment, ()):
                edit.make(self.town)
                self.log.append(edit)

    @property
    def made(self) -> list[Edit]:
        """Edits that were made, in order."""
        return [each for each in self.log if isinstance(each, Edit)]

    def within_window(self, edit: Edit) -> bool:
        """Whether it was made between our reading of the record and the answer to our PATCH."""
        record = f"{edit.entity}/{edit.entity_id}"
        has_read = False
        for each in self.log:
            if isinstance(each, Edit):
                if each == edit:
                    return has_read
            elif (each.when, each.call) == ("after", f"GET {record}"):
                has_read = True
            elif (each.when, each.call) == ("after", f"PATCH {record}"):
                has_read = False
        return False
