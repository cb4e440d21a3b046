"""How well job titles are matched to personas, measured on a labelled list of titles as CRM systems hold them.

The list (`titles_evaluation.csv`) was labelled without sight of the classifier. `expected` holds the right answers
joined with `|`; `unknown` stands for no persona. Where `unknown` is one of several right answers, the title counts
for precision but not for coverage.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from gtm_assets.research import persona_matching

TITLES_CSV = Path(__file__).with_name("titles_evaluation.csv")
UNKNOWN = "unknown"
MIN_PRECISION = 0.97
MIN_COVERAGE = 0.80
MIN_TITLES = 200

PERSONAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "geschaeftsfuehrung": (
        "Geschäftsführer",
        ("Geschäftsführer", "CEO", "Managing Director", "Inhaber", "Vorstand", "Geschäftsleitung"),
    ),
    "produktion": (
        "Produktionsleiter",
        (
            "Produktionsleiter",
            "Werkleiter",
            "Fertigungsleiter",
            "Betriebsleiter",
            "Head of Production",
            "Plant Manager",
            "COO",
        ),
    ),
    "logistik": (
        "Logistikleiter",
        ("Logistikleiter", "Leiter Lager", "Leiter Supply Chain", "Head of Logistics", "Warehouse Manager"),
    ),
    "infrastruktur": (
        "Leiter Infrastruktur",
        (
            "Technischer Leiter",
            "Leiter Instandhaltung",
            "Facility Manager",
            "Leiter Gebäudemanagement",
            "Head of Facility Management",
        ),
    ),
    "finanzen": (
        "Finanzleiter",
        ("CFO", "Kaufmännischer Leiter", "Leiter Finanzen", "Leiter Controlling", "Head of Finance"),
    ),
    "einkauf": (
        "Einkaufsleiter",
        ("Einkaufsleiter", "Leiter Einkauf", "Head of Procurement", "Chief Procurement Officer"),
    ),
}


@dataclass(frozen=True)
class LabelledTitle:
    """One job title and the personas (or `unknown`) that are right for it."""

    title: str
    expected: frozenset[str]
    note: str


@dataclass(frozen=True)
class Score:
    """What the classifier made of the list."""

    decided: int
    decided_rightly: int
    expected_personas: int
    covered: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Share of right decisions among all decisions."""
        return self.decided_rightly / self.decided if self.decided else 0.0

    @property
    def coverage(self) -> float:
        """Share of the titles that must have a persona which were given a right one."""
        return self.covered / self.expected_personas if self.expected_personas else 0.0

    def report(self) -> str:
        """Both figures, and every wrong or missed title."""
        return "\n".join(
            [
                f"precision {self.precision:.3f} ({self.decided_rightly}/{self.decided} decisions)",
                f"coverage  {self.coverage:.3f} ({self.covered}/{self.expected_personas} titles with a persona)",
                f"wrong ({len(self.wrong)}):",
                *(f"  {line}" for line in self.wrong),
                f"missed ({len(self.missed)}):",
                *(f"  {line}" for line in self.missed),
            ]
        )


def load_titles() -> list[LabelledTitle]:
    with TITLES_CSV.open(encoding="utf-8", newline="") as handle:
        return [
            LabelledTitle(title=row["title"], expected=frozenset(row["expected"].split("|")), note=row["note"])
            for row in csv.DictReader(handle)
        ]


def evaluate(titles: list[LabelledTitle]) -> Score:
    personas = [
        persona_matching.PersonaProfile(key=key, name=name, job_titles=jobs) for key, (name, jobs) in PERSONAS.items()
    ]
    wrong: list[str] = []
    missed: list[str] = []
    decided = decided_rightly = expected_personas = covered = 0
    for item in titles:
        key = persona_matching.decide_persona(
            title=item.title, position="", job_title="", personas=personas
        ).persona_key
        must_have_persona = UNKNOWN not in item.expected
        expected_personas += must_have_persona
        wanted = "|".join(sorted(item.expected)) + (f" ({item.note})" if item.note else "")
        if key is None:
            if must_have_persona:
                missed.append(f"{item.title!r}: expected {wanted}")
            continue
        decided += 1
        if key in item.expected:
            decided_rightly += 1
            covered += must_have_persona
        else:
            wrong.append(f"{item.title!r}: decided {key}, expected {wanted}")
    return Score(
        decided=decided,
        decided_rightly=decided_rightly,
        expected_personas=expected_personas,
        covered=covered,
        wrong=tuple(wrong),
        missed=tuple(missed),
    )


@pytest.fixture(scope="module")
def titles() -> list[LabelledTitle]:
    return load_titles()


@pytest.fixture(scope="module")
def score(titles: list[LabelledTitle]) -> Score:
    return evaluate(titles)


def test_the_list_is_long_enough_and_has_no_duplicates(titles: list[LabelledTitle]) -> None:
    assert len(titles) >= MIN_TITLES
    seen: set[str] = set()
    duplicates: list[str] = []
    for item in titles:
        normalised = " ".join(item.title.casefold().split())
        if normalised in seen:
            duplicates.append(item.title)
        seen.add(normalised)
    assert not duplicates


def test_the_list_uses_only_known_keys(titles: list[LabelledTitle]) -> None:
    known = {*PERSONAS, UNKNOWN}
    assert not [item for item in titles if not item.expected or not item.expected <= known]


def test_the_list_covers_every_persona(titles: list[LabelledTitle]) -> None:
    for key in PERSONAS:
        assert sum(item.expected == {key} for item in titles) >= 25, key


def test_decisions_are_right(score: Score) -> None:
    print(score.report())
    assert score.precision >= MIN_PRECISION, score.report()


def test_titles_with_a_persona_are_found(score: Score) -> None:
    print(score.report())
    assert score.coverage >= MIN_COVERAGE, score.report()
