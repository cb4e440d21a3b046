"""What a probe finds out: answers to the open questions, and the guard level that follows from them. Pure.

The points are those that the vendor's documents leave open; ``docs/doctor.md`` lists them. What belongs elsewhere: asking (``reading``,
``writing``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gtm_assets.writeback.guards import Guard, Proven, Testable

Settled = Literal["yes", "partly", "no"]


@dataclass(frozen=True)
class Answer:
    """One open question. ``settled`` is ``partly`` where something of it can't be found out by reading and harmless PATCHes.

    ``brief`` is for one line a point; empty leaves it out there.
    """

    point: int
    question: str
    answer: str
    settled: Settled = "yes"
    brief: str = ""


NOT_ASKED = (
    Answer(
        9,
        "In which order, and how often, do webhooks arrive?",
        "not asked: the engine polls, it uses no webhooks.",
        "no",
    ),
    Answer(
        10,
        "What do mass operations limit and touch?",
        "not asked: the engine writes records one by one.",
        "no",
        "mass operations are not used",
    ),
)


@dataclass
class Proofs:
    """What the guard rests on; None: not asked or not seen.

    Attributes:
        test_refuses: A test that does not hold is refused (409), and nothing of its request is carried out.
        test_passes: The tests that the engine sends pass where they hold, also on empty fields.
        company_tests: The same on the person's company, where there was one to ask.
        since_notices: If-Unmodified-Since refuses (412) after an edit of a user-defined field.
        since_passes: It lets a PATCH pass where nothing was edited.
        why_not: Why something of this is not so, by level.
        testable: Other properties whose tests are refused where they do not hold, on the person and the company.
    """

    test_refuses: bool | None = None
    test_passes: bool | None = None
    company_tests: bool | None = None
    since_notices: bool | None = None
    since_passes: bool | None = None
    why_not_a: str = ""
    why_not_b: str = ""
    testable: set[Testable] = field(default_factory=set)


def guard_of(proofs: Proofs) -> tuple[Guard, str]:
    """The level, and in one sentence what it rests on."""
    if proofs.test_refuses and proofs.test_passes and proofs.company_tests is not False:
        companies = "" if proofs.company_tests else " (asked on the person only)"
        return "A", f"a test on a user-defined field is refused with 409 where it does not hold{companies}."
    why_not_a = proofs.why_not_a or "tests on user-defined fields are not proven"
    if proofs.since_notices and proofs.since_passes:
        return "B", f"If-Unmodified-Since refuses with 412 after an edit; not A: {why_not_a}."
    why_not_b = proofs.why_not_b or "If-Unmodified-Since is not proven"
    return "C", f"neither is proven: {why_not_a}; {why_not_b}."


def proven(proofs: Proofs) -> frozenset[Proven]:
    """What is proven beside the level."""
    found: set[Proven] = {*proofs.testable}
    if proofs.since_notices and proofs.since_passes:
        found.add("since")
    return frozenset(found)


#: The questions that need a write, by what they are about.
MOVES_TIME = "Does an edit of user-defined fields move the time of the last change?"
LEAVES_OTHERS = "Does a PATCH of some user-defined fields leave the others alone?"
PATH_WORKS = "Can CustomFields/<ProgId> be written as a path?"
TEST_WORKS = "Does 'test' on CustomFields/<ProgId> work?"
MARKS_TESTED = "Does 'test' work on what stands against writing (No Mailings, Stop, retired, user of the CRM)?"
ADDRESS_TESTED = "Does 'test' work on the parts of an address?"
POSITION_TESTED = "Does 'test' work on a person's position?"
NO_OP = "Does a PATCH that changes no value move the time of the last change?"
AT_ONCE = "Is a precondition checked in one step with the save?"
SINCE_REFUSES = "Does If-Unmodified-Since refuse after an edit of a user-defined field?"
SINCE_PASSES = "Does If-Unmodified-Since equal to the last change pass?"
SAME_SECOND = "Is an edit within the same second noticed by If-Unmodified-Since?"
