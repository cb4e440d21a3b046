"""Making one text: ask, check against the rules, ask once more with the findings. No store of blocks, no partitions.

What belongs elsewhere: prompts and rules themselves, and what becomes of the result (``matrix``, ``openers``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from gtm_assets.research.asking import Asker, UnusableReplyError
from gtm_assets.texts.models import Finding, Prompt

Text = TypeVar("Text")
Reply = TypeVar("Reply", bound=BaseModel)

#: The first attempt and one more with the findings.
ATTEMPTS = 2


@dataclass(frozen=True)
class Generated(Generic[Text]):
    """What came of it: the last text, its findings, how often the model was asked, and the rows of ``model_calls`` that it took."""

    text: Text
    findings: tuple[Finding, ...]
    attempts: int
    model: str
    prompt_version: str
    call_ids: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Task(Generic[Text, Reply]):
    """How one kind of text is asked for and checked, bound to its inputs."""

    kind: str
    key: str
    schema: type[Reply]
    prompt: Callable[[Sequence[Finding], Text | None], Prompt]
    accept: Callable[[Reply], Text | tuple[Finding, ...]]
    check: Callable[[Text], tuple[Finding, ...]]


def generate(asker: Asker, task: Task[Text, Reply]) -> Generated[Text]:
    """Ask for one text, at most twice.

    Raises:
        BudgetReachedError: It could cost more than is left; nothing is kept, it is asked for again later.
        OutsideError: The model could not be asked, or none of its replies could be read; nothing is known about the text then.
    """
    findings: tuple[Finding, ...] = ()
    text: Text | None = None
    model = asker.gemini.model
    version = ""
    call_ids: tuple[int, ...] = ()
    for attempt in range(1, ATTEMPTS + 1):
        prompt = task.prompt(findings, text)
        version = prompt.version
        asked = asker.ask(prompt, task.schema, kind=task.kind, key=task.key, attempt=attempt)
        reply = asked.reply
        call_ids += asked.call_ids
        model = reply.model_version or model
        if reply.parsed is None:
            findings = (Finding("reply", "unusable", f"Die Antwort des Modells war nicht lesbar ({reply.problem})."),)
            continue
        accepted = task.accept(reply.parsed)
        if isinstance(accepted, tuple):
            findings = accepted
            continue
        text = accepted
        findings = task.check(text)
        if not findings:
            return Generated(text, (), attempt, model, version, call_ids)
    if text is None:
        # No text at all says nothing about the inputs: nothing is kept, and it is asked for again later.
        said = "; ".join(finding.message for finding in findings)
        raise UnusableReplyError(
            "Gemini", f"no usable reply for {task.kind} {task.key} after {ATTEMPTS} attempts: {said}"
        )
    return Generated(text, findings, ATTEMPTS, model, version, call_ids)
