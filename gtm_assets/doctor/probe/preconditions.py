"""Questions about preconditions: what If-Unmodified-Since notices, and whether check and save are one step.

Times of the CRM are whole seconds, so the probe lets a second pass wherever an answer rests on one time being later than another.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from gtm_assets.doctor.probe import answers as asked
from gtm_assets.doctor.probe.answers import Answer, Proofs
from gtm_assets.doctor.probe.hands import Hands, Outcome, Seen

#: How often two requests at once, and two writes in one second, are tried.
ROUNDS = 3


class Pairs(Protocol):
    """The rate limit, which can also be asked beforehand for two calls that go out at once."""

    def prepay(self, calls: int) -> None:
        """Wait until so many calls may be made; the next ones go out at once."""


def ask_since(hands: Hands, role: str, proofs: Proofs) -> list[Answer]:
    """Point 8: somebody's edit of a user-defined field, played by the probe, and then a PATCH that rests on the record before it."""
    prog_id = hands.fields[role].prog_id
    hands.quiet()
    before = hands.read()
    edit = hands.new_value()
    hands.write(role, edit)
    outcome = hands.patch([hands.set(role, hands.new_value())], since=before.updated)
    seen = hands.read()
    proofs.since_notices = outcome.kind == "precondition" and seen.value(prog_id) == edit
    if proofs.since_notices:
        answers = [Answer(8, asked.SINCE_REFUSES, "yes: 412, and nothing is written.", brief="412 after an edit")]
    else:
        proofs.why_not_b = _why_unnoticed(outcome, before, seen)
        answers = [Answer(8, asked.SINCE_REFUSES, f"no: {proofs.why_not_b}.", brief="edits pass If-Unmodified-Since")]
    hands.quiet()
    seen = hands.read()
    outcome = hands.patch([hands.set(role, hands.new_value())], since=seen.updated)
    proofs.since_passes = outcome.kind == "done"
    if proofs.since_passes:
        answers.append(Answer(8, asked.SINCE_PASSES, "yes.", brief="the same second passes"))
    else:
        proofs.why_not_b = f"If-Unmodified-Since is answered with {outcome.status} also where nothing was edited"
        said = f"no ({outcome.status}): the engine could never write with it."
        answers.append(Answer(8, asked.SINCE_PASSES, said, brief="the same second is refused"))
    if proofs.since_passes and proofs.since_notices:
        answers.append(_ask_same_second(hands, role))
    return answers


def _why_unnoticed(outcome: Outcome, before: Seen, after: Seen) -> str:
    if outcome.kind == "refused":
        return f"If-Unmodified-Since is refused ({outcome.status})"
    if outcome.kind == "precondition":
        return "If-Unmodified-Since is answered with 412 and written all the same"
    if after.updated <= before.updated:
        return "an edit of a user-defined field does not move the time that If-Unmodified-Since compares"
    return "If-Unmodified-Since is ignored"


def _ask_same_second(hands: Hands, role: str) -> Answer:
    """Two writes within one second, and a PATCH that rests on the first."""
    for _ in range(ROUNDS):
        first = hands.patch([hands.set(role, hands.new_value())])
        second = hands.patch([hands.set(role, hands.new_value())])
        if first.updated is None or first.updated != second.updated:
            hands.quiet()
            continue
        third = hands.patch([hands.set(role, hands.new_value())], since=first.updated)
        if third.kind == "done":
            return Answer(
                8,
                asked.SAME_SECOND,
                "no: it passes, so the earlier edit is lost.",
                brief="edits within one second are not noticed",
            )
        return Answer(8, asked.SAME_SECOND, f"yes ({third.status}).", brief="edits within one second are noticed")
    said = f"not seen: in {ROUNDS} attempts no two writes fell into one second. The times are whole seconds, so expect: no."
    return Answer(8, asked.SAME_SECOND, said, "no")


def ask_at_once(hands: Hands, pairs: Pairs, role: str, proofs: Proofs, *, with_tests: bool) -> list[Answer]:
    """Point 7: two PATCHes at the same moment that rest on the same value; where check and save are one step, only one may pass."""
    if not with_tests and not (proofs.since_notices and proofs.since_passes):
        return [Answer(7, asked.AT_ONCE, "not asked: no precondition works here.", "no")]
    passed = [_both_at_once(hands, pairs, role, with_tests=with_tests) for _ in range(ROUNDS)]
    twice = sum(count > 1 for count in passed)
    if twice:
        said = f"no: of two at the same moment both passed ({twice} of {ROUNDS} times). Edits within the same moment can be lost."
        return [Answer(7, asked.AT_ONCE, said, brief="check and save are two steps: a gap of moments is left")]
    if all(count == 1 for count in passed):
        said = f"it looks so: of two at the same moment one passed ({ROUNDS} of {ROUNDS} times)."
        return [Answer(7, asked.AT_ONCE, said, "partly", "check and save look like one step")]
    return [Answer(7, asked.AT_ONCE, f"not clear: of two at the same moment {passed} passed.", "no")]


def _both_at_once(hands: Hands, pairs: Pairs, role: str, *, with_tests: bool) -> int:
    """How many of two passed."""
    if not with_tests:
        hands.quiet()
    seen = hands.read()
    tests = [hands.test(role, seen.value(hands.fields[role].prog_id))] if with_tests else []
    since = None if with_tests else seen.updated
    requests = [[*tests, hands.set(role, hands.new_value())] for _ in range(2)]
    start = threading.Barrier(2)

    def send(operations: list[dict[str, Any]]) -> Outcome:
        start.wait(timeout=30)
        return hands.patch(operations, since=since)

    pairs.prepay(2)
    with ThreadPoolExecutor(2) as pool:
        return sum(outcome.kind == "done" for outcome in pool.map(send, requests))
