"""The open questions that need a PATCH, asked on the fields of one record that the engine owns.

Each step leaves the fields with a value of the probe; ``restoring`` puts back what stood there. The order is that of caution: first
requests that write nothing whatever the tenant does, then the write that shows whether other fields are left alone, and only then the
rest. What belongs elsewhere: preconditions on time and at the same moment (``preconditions``), the company's tests (``company``), what
follows from the answers (``answers``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gtm_assets.doctor.probe import answers as asked
from gtm_assets.doctor.probe import keeping, preconditions
from gtm_assets.doctor.probe.answers import Answer, Proofs
from gtm_assets.doctor.probe.hands import Hands, Seen, same, says_something
from resources.errors import PermanentError


class NoEffectError(PermanentError):
    """A PATCH was answered with 200 and the field holds what it held before."""


@dataclass
class Asking:
    """One round of questions. ``primary`` and ``second`` are roles of fields that the engine owns, ``owned`` all of them.

    ``whole`` is set once a PATCH of some fields was seen to blank the others: nothing more is written then.
    """

    hands: Hands
    pairs: preconditions.Pairs
    primary: str
    second: str
    owned: Sequence[str]
    proofs: Proofs = field(default_factory=Proofs)
    answers: list[Answer] = field(default_factory=list)
    whole: bool = False
    _tests_work: bool = False

    def ask(self) -> None:
        """All questions, as far as the tenant lets them be asked.

        Raises:
            OutsideError: SuperOffice failed on the way, or the record can't be written.
        """
        self.hands.quiet()
        before = self.hands.read()
        self._ask_test_alone(before)
        if self.proofs.test_refuses is not False:
            self._ask_test_with_write(before)
        self._ask_partial(before)
        if self.whole:
            self._leave_the_rest()
        else:
            self._ask_path()
            self._ask_no_op()
            self.answers += preconditions.ask_since(self.hands, self.primary, self.proofs)
            self.answers += preconditions.ask_at_once(
                self.hands, self.pairs, self.primary, self.proofs, with_tests=self._tests_work
            )
            self._ask_empty(before)
        said = "yes: 409 where it does not hold, and nothing is written."
        said = said if self._tests_work else f"no: {self.proofs.why_not_a}."
        brief = "test works" if self._tests_work else "test does not work"
        self.answers.append(Answer(5, asked.TEST_WORKS, said, brief=brief))

    def _ask_test_alone(self, before: Seen) -> None:
        """Requests that only test write nothing, whatever becomes of them."""
        refused = self.hands.patch([self.hands.test(self.primary, self.hands.new_value())])
        if refused.kind != "precondition":
            self.proofs.test_refuses = False
            said = "ignored" if refused.kind == "done" else f"refused ({refused.status})"
            self.proofs.why_not_a = f"a test on a user-defined field is {said}"
            return
        tests = [self.hands.test(role, before.value(self.hands.fields[role].prog_id)) for role in self.owned]
        passes = self.hands.patch(tests)
        self._tests_hold(works=passes.kind == "done", why_not=f"tests that hold are answered with {passes.status}")

    def _tests_hold(self, *, works: bool, why_not: str) -> None:
        self.proofs.test_passes = self._tests_work = works
        if not works:
            self.proofs.why_not_a = why_not

    def _ask_test_with_write(self, before: Seen) -> None:
        """Only where a test alone is refused: else this would write."""
        tests = [self.hands.test(self.primary, self.hands.new_value())]
        outcome = self.hands.patch([*tests, self.hands.set(self.primary, self.hands.new_value())])
        untouched = same(before.value(self._prog_id), self.hands.read().value(self._prog_id))
        self.proofs.test_refuses = outcome.kind == "precondition" and untouched
        if not self.proofs.test_refuses:
            self._tests_work = False
            carried_out = "" if untouched else ", and carried out"
            self.proofs.why_not_a = f"a PATCH whose test does not hold is answered with {outcome.status}{carried_out}"

    def _ask_partial(self, before: Seen) -> None:
        """The engine's own way to write: a dictionary with its keys only. Others are looked at afterwards."""
        own = self._prog_id.casefold()
        if not any(says_something(value) for key, value in before.values.items() if key != own):
            # A record without other values could not show that they are left alone: the engine's second field lends one.
            self.hands.write(self.second, self.hands.new_value())
        self.hands.quiet()
        before = self.hands.read()
        after = self._write_as_the_engine(before)
        moved = [key for key in before.values if key != own and not same(before.values[key], after.value(key))]
        self.whole = bool(moved)
        self.hands.note["tests"] = self._tests_work
        if self.whole:
            blanked = [key for key in moved if not says_something(after.value(key))]
            keeping.note_blanking(self.hands.store, self.hands.note, blanked)
            said = "no: the others were blanked (and put back). The engine writes nothing to this tenant."
            self.answers.append(Answer(5, asked.LEAVES_OTHERS, said, brief="a PATCH blanks other fields"))
            return
        self.hands.note["patch"] = "partial"
        keeping.update_note(self.hands.store, self.hands.note)
        self.answers.append(Answer(5, asked.LEAVES_OTHERS, "yes.", brief="a PATCH leaves other fields alone"))
        moves = after.updated > before.updated
        said = "yes." if moves else "no: such edits are found by the daily sweep only."
        rest = " E-mail, phone, address and interests are not the engine's, so nothing is written there."
        brief = f"edits of user-defined fields {'move' if moves else 'do not move'} UpdatedDate"
        self.answers.append(Answer(2, asked.MOVES_TIME, f"{said}{rest}", "partly", brief))

    def _write_as_the_engine(self, before: Seen) -> Seen:
        """One write, with the tests that hold in front as at level A where they work; answers the record afterwards."""
        value = self.hands.new_value()
        tests = [self.hands.test(self.primary, before.value(self._prog_id))] if self._tests_work else []
        outcome = self.hands.patch([*tests, self.hands.set(self.primary, value)])
        if tests and outcome.kind != "done":
            self._tests_hold(works=False, why_not=f"a PATCH whose test holds is answered with {outcome.status}")
            outcome = self.hands.patch([self.hands.set(self.primary, value)])
        after = self.hands.read()
        if after.value(self._prog_id) != value:
            raise NoEffectError(
                "SuperOffice",
                f"a PATCH of {self.primary} ({self._prog_id}) had no effect; it was answered with {outcome.status}. {outcome.said}".strip(),
                "Check the field rights of the integration's user.",
            )
        return after

    def _ask_path(self) -> None:
        value = self.hands.new_value()
        outcome = self.hands.patch([self.hands.set_by_path(self.primary, value)])
        works = self.hands.read().value(self._prog_id) == value
        said = "yes." if works else f"no: answered with {outcome.status}, nothing written."
        self.answers.append(Answer(5, asked.PATH_WORKS, said, brief="the path works" if works else "no path below it"))

    def _ask_no_op(self) -> None:
        self.hands.quiet()
        before = self.hands.read()
        self.hands.write(self.primary, before.value(self._prog_id))
        moved = self.hands.read().updated > before.updated
        said = "yes: our own writes come back once more." if moved else "no."
        brief = f"a PATCH that changes nothing {'moves' if moved else 'does not move'} UpdatedDate"
        self.answers.append(Answer(6, asked.NO_OP, f"{said} Webhooks are not looked at.", brief=brief))

    def _ask_empty(self, before: Seen) -> None:
        """Level A tests empty fields for the empty text. Where one of the fields was empty, that was seen already."""
        if not self._tests_work or any(not before.value(self.hands.fields[role].prog_id) for role in self.owned):
            return
        self.hands.will_empty(self.primary)
        self.hands.write(self.primary, "")
        outcome = self.hands.patch([self.hands.test(self.primary, self.hands.read().value(self._prog_id))])
        if outcome.kind != "done":
            self._tests_hold(works=False, why_not=f"a test of an empty field is answered with {outcome.status}")

    @property
    def _prog_id(self) -> str:
        return self.hands.fields[self.primary].prog_id

    def _leave_the_rest(self) -> None:
        """A tenant in which each write puts other fields at risk is asked no more."""
        why = "not asked: every further write would blank other fields."
        self.proofs.why_not_b = "If-Unmodified-Since was not asked, because every write would blank other fields"
        self.answers += [
            Answer(point, question, why, "no")
            for point, question in (
                (2, asked.MOVES_TIME),
                (5, asked.PATH_WORKS),
                (6, asked.NO_OP),
                (7, asked.AT_ONCE),
                (8, asked.SINCE_REFUSES),
            )
        ]
