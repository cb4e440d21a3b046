"""How the newest versions of all texts stand with the rules, counted: what Dagster's asset checks show over time.

Cells are checked anew with today's rules and rows. Openers keep the findings of when they were written, because checking them again needs
every website's text; whether two companies' sentences are alike is looked at over the whole store. What belongs elsewhere: the rules,
Dagster (``check_assets``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.texts import neighbours
from gtm_assets.texts.matrix import Cell
from gtm_assets.texts.models import CellText, Finding
from gtm_assets.texts.rules import check_cell
from resources.store import schema

#: Name of the check to the rules it counts, and what it is about.
FAMILIES: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "length": (
        "Characters that the CRM's field holds, words of the style.",
        frozenset({"too_long", "too_many_words", "too_few_words", "empty"}),
    ),
    "form": (
        "One finished sentence in one line, no placeholders, no markup, no characters that a CRM field loses.",
        frozenset(
            {
                "sentences",
                "unfinished",
                "line_break",
                "markup",
                "placeholder",
                "formula",
                "characters",
                "same_openers",
                "weak_start",
            }
        ),
    ),
    "language": (
        "German, speaking to the reader with Sie, without greeting.",
        frozenset({"not_german", "informal", "no_address", "greeting"}),
    ),
    "claims": (
        "No guarantees, no promises of money, law, health or speed, nothing about competitors, no superlatives.",
        frozenset({"claim", "superlative"}),
    ),
    "numbers": ("Only numbers that the inputs or the named reference hold; none in openers.", frozenset({"number"})),
    "names": (
        "Only registered references, and the company's name as the CRM writes it.",
        frozenset({"unknown_reference", "no_reference", "company_name"}),
    ),
    "tone": ("Positive observation, no talk of the model about itself.", frozenset({"negative", "self_talk"})),
    "evidence": (
        "Each claim about a company rests on a span of its website.",
        frozenset(
            {
                "no_evidence",
                "claim_not_in_text",
                "span_not_on_page",
                "span_length",
                "span_is_order",
                "claim_unsupported",
                "unsupported_attribute",
            }
        ),
    ),
    "distinct": ("No two companies have nearly the same sentence.", frozenset({"near_duplicate"})),
}
#: Which checks an asset has.
CHECKS: Final[Mapping[str, tuple[str, ...]]] = {
    "marketing_matrix": ("length", "form", "language", "claims", "numbers", "names", "tone"),
    "campaign_matrix": ("length", "form", "language", "claims", "numbers", "names", "tone"),
    "company_openers": tuple(FAMILIES),
}


@dataclass(frozen=True)
class Broken:
    """One text that breaks a rule; ``is_usable`` says that a person may carry it all the same (it was written under other rules)."""

    key: str
    finding: Finding
    is_usable: bool


@dataclass
class Standing:
    """One check of one asset.

    Attributes:
        checked: Texts that were looked at.
        broken: What breaks its rules.
    """

    checked: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """No text that may be used breaks a rule; what is kept as rejected does no harm."""
        return not any(each.is_usable for each in self.broken)

    @property
    def texts(self) -> int:
        """How many texts break a rule."""
        return len({each.key for each in self.broken})

    def by_rule(self) -> Mapping[str, int]:
        """How often each rule is broken."""
        return Counter(each.finding.rule for each in self.broken)


def family_of(rule: str) -> str:
    """The check that counts a rule; ``form`` for one that no check names."""
    return next((name for name, (_, rules) in FAMILIES.items() if rule in rules), "form")


def standing_of_cells(cells: Iterable[Cell]) -> dict[tuple[str, str], Standing]:
    """Asset and check to how the cells stand, by today's rules; a cell without a block counts nowhere."""
    found = _empty("marketing_matrix", "campaign_matrix")
    for cell in cells:
        if cell.block is None:
            continue
        asset = "marketing_matrix" if cell.campaign_key == STANDARD_CAMPAIGN else "campaign_matrix"
        findings = check_cell(CellText(**cell.block.content), cell.inputs, other_references=cell.other_references)
        _count(found, asset, cell.key, findings, is_usable=cell.block.passed and cell.block.verdict != "rejected")
    return found


def standing_of_openers(connection: sa.Connection, *, compare: bool = True) -> dict[tuple[str, str], Standing]:
    """Asset and check to how the openers stand; ``compare`` looks for near-duplicates over all companies as well."""
    table = schema.text_blocks
    current = sa.and_(table.c.kind == "opener", table.c.current)
    found = _empty("company_openers")
    total = connection.execute(sa.select(sa.func.count()).where(current)).scalar_one()
    query = sa.select(table.c.key, table.c.findings).where(current, sa.not_(table.c.passed))
    for key, findings in connection.execute(query):
        _count(found, "company_openers", key, [Finding(**each) for each in findings], is_usable=False)
    for standing in found.values():
        standing.checked = total
    if not compare:
        del found["company_openers", "distinct"]
        return found
    for pair in neighbours.near_duplicates(connection):
        message = f"gleicht zu {pair.percent:.0f} % dem Opener von Firma {pair.other}."
        finding = Finding("opener", "near_duplicate", message)
        found["company_openers", "distinct"].broken.append(Broken(str(pair.one), finding, is_usable=True))
    return found


def _empty(*assets: str) -> dict[tuple[str, str], Standing]:
    return {(asset, check): Standing() for asset in assets for check in CHECKS[asset]}


def _count(
    found: dict[tuple[str, str], Standing], asset: str, key: str, findings: Sequence[Finding], *, is_usable: bool
) -> None:
    for check in CHECKS[asset]:
        found[asset, check].checked += 1
    for finding in findings:
        name = family_of(finding.rule)
        check = name if name in CHECKS[asset] else "form"
        found[asset, check].broken.append(Broken(key, finding, is_usable))
