"""The evaluation set of the rules: good and bad sentences, written apart from the rules, and what the rules say about them.

``first`` and ``second`` are two sets by different hands that saw neither the rules nor each other. All companies are sample data.
``python -m gtm_assets_tests.texts.evaluation`` prints the figures and every sentence that the rules judge wrongly (``MISSES.md``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from gtm_assets.knowledge.models import Reference
from gtm_assets.texts.models import CellText, Finding, Limit, OpenerText
from gtm_assets.texts.rules import check_cell, check_opener
from gtm_assets_tests.texts.samples import CELL_INPUTS, OPENER_INPUTS

Kind = Literal["subject", "intro", "social_proof", "opener"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SETS: Final = ("first", "second")
FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Judged:
    """One sentence with its label and what the rules say."""

    which: str
    text: str
    is_good: bool
    violations: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether the rules judge otherwise than the label."""
        return self.is_good == bool(self.findings)


@dataclass(frozen=True)
class Figures:
    """Recall on violations, share of good sentences that are refused, and how many there are."""

    good: int
    bad: int
    recall: float
    false_alarms: float


@cache
def judged(kind: Kind, which: str) -> tuple[Judged, ...]:
    """Every sentence of a set."""
    contexts = json.loads((FOLDER / which / f"{kind}_contexts.json").read_text(encoding="utf-8"))
    return tuple(
        Judged(
            which,
            row["text"],
            row["good"],
            tuple(row["violations"]),
            _findings(kind, row["text"], contexts[row["context"]]),
        )
        for row in _rows(kind, which)
    )


def figures(kind: Kind, *sets: str) -> Figures:
    """The figures of these sets together."""
    found = [each for which in sets for each in judged(kind, which)]
    good = [each for each in found if each.is_good]
    bad = [each for each in found if not each.is_good]
    return Figures(
        len(good),
        len(bad),
        sum(not each.is_wrong for each in bad) / len(bad),
        sum(each.is_wrong for each in good) / len(good),
    )


def misses() -> str:
    """What is judged wrongly, as the Markdown that ``MISSES.md`` holds."""
    lines = [
        "# What the rules judge wrongly",
        "",
        "Written by `python -m gtm_assets_tests.texts.evaluation`; a test compares it. All companies are sample data.",
        "",
        "| kind | good | bad | recall | false alarms |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        numbers = figures(kind, *SETS)
        lines.append(f"| {kind} | {numbers.good} | {numbers.bad} | {numbers.recall:.3f} | {numbers.false_alarms:.3f} |")
    for kind in KINDS:
        wrong = [each for which in SETS for each in judged(kind, which) if each.is_wrong]
        lines += ["", f"## {kind}", ""]
        lines += [f"- {_what(each)}: {each.text}" for each in wrong] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _what(each: Judged) -> str:
    if each.is_good:
        return f"false alarm ({', '.join(finding.rule for finding in each.findings)})"
    return f"missed ({', '.join(each.violations)})"


def _rows(kind: Kind, which: str) -> Iterator[dict[str, Any]]:
    # Not splitlines(): a sentence may hold a line separator, which is what is wrong with it.
    for line in (FOLDER / which / f"{kind}.jsonl").read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _findings(kind: Kind, text: str, context: Mapping[str, Any]) -> tuple[Finding, ...]:
    if kind == "opener":
        company = replace(OPENER_INPUTS, company_name=context["company_name"], opener_limit=Limit(199, 15, 24))
        # No evidence: what a claim rests on is another rule with tests of its own.
        return check_opener(OpenerText(text, None, evidence=None), company)
    inputs = replace(
        CELL_INPUTS,
        persona_name=context["persona_name"],
        persona_pains=tuple(context["persona_pains"]),
        persona_gains=(),
        persona_job_titles=(),
        vertical_name=context["vertical_name"],
        vertical_definition="",
        vertical_pains=tuple(context["vertical_pains"]),
        vertical_gains=tuple(context["vertical_gains"]),
        product=context["product"],
        references=tuple(
            Reference(each["company"], each["achievement"], "Musterdaten") for each in context["references"]
        ),
        campaign_name=context["campaign_name"],
        campaign_brief=context["campaign_brief"],
        subject_limit=Limit(60),
        intro_limit=Limit(199, 8),
        social_proof_limit=Limit(199, 8),
    )
    texts = {"subject": "Betreff", "intro": "Brücke", "social_proof": "Beleg", kind: text}
    found = check_cell(CellText(**texts), inputs, other_references=context["other_references"])
    return tuple(finding for finding in found if finding.field == kind)
