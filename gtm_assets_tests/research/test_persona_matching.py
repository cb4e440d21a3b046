"""From the CRM's title fields to a persona: what decides, what stays unknown, and why. The personas are samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.research.persona_matching import PersonaDecision, PersonaProfile, decide_persona

BOSS = PersonaProfile("boss", "Die Entscheiderin", ("Geschäftsführer", "CEO", "Vorstand"))
PLANT = PersonaProfile("plant", "Produktionsleiter", ("Produktionsleiter", "Werkleiter", "COO"))
FLOW = PersonaProfile("flow", "Logistikleiter", ("Logistikleiter", "Leiter Lager", "Head of Supply Chain"))
BUILDING = PersonaProfile("building", "Leiter Infrastruktur", ("Technischer Leiter", "Facility Manager"))
MONEY = PersonaProfile("money", "Finanzleiter", ("CFO", "Kaufmännischer Leiter"))
SAMPLE = (BOSS, PLANT, FLOW, BUILDING, MONEY)


def decide(
    title: str = "", *, position: str = "", job_title: str = "", personas: tuple[PersonaProfile, ...] = SAMPLE
) -> PersonaDecision:
    return decide_persona(title=title, position=position, job_title=job_title, personas=personas)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Werksleiterin", "plant"),
        ("VP Operations", "plant"),
        ("Head of Manufacturing", "plant"),
        ("Versandleiter", "flow"),
        ("Warehouse Manager", "flow"),
        ("Leiter Instandhaltung", "building"),
        ("Head of Facility Management", "building"),
        ("Bereichsleiter Infrastruktur", "building"),
        ("Leiter Controlling", "money"),
        ("kfm. Leitung", "money"),
        ("Inhaberin", "boss"),
        ("Geschäftsführer und Leiter Produktion", "boss"),
        ("Leiter Vertrieb und Logistik", "flow"),
    ],
)
def test_a_leading_title_goes_to_the_persona_of_its_function(title: str, key: str) -> None:
    assert decide(title).persona_key == key


@pytest.mark.parametrize(
    "title",
    [
        "Head of IT", "Vertriebsleiter", "Leiter Vertrieb Logistiklösungen", "Leiter IT-Infrastruktur",
        "Einkaufsleiter",
        "Leiter Produktmanagement", "Leiter Qualitätssicherung Produktion", "Lagerist", "Vorstandsassistenz",
        "Marktleiter",
        "Niederlassungsleiter", "Pflegedienstleitung", "CTO", "CPO", "Head of Infrastructure", "Ehemaliger Vorstand",
    ],
)  # fmt: skip
def test_a_title_of_no_persona_stays_unknown_with_a_reason(title: str) -> None:
    decision = decide(title)
    assert decision.persona_key is None
    assert decision.reason
    assert decision.source == f"Title: {title}"


def test_an_exact_match_decides_even_for_a_title_outside_the_dictionary() -> None:
    shop = PersonaProfile("shop", "Händlerin vor Ort", ("Marktleiter", "Kellermeister", "Einkäufer"))
    for title in ("Marktleiterin", "KELLERMEISTER", "Marktleiter/in (m/w/d)", "Einkäuferin"):
        decision = decide(title, personas=(*SAMPLE, shop))
        assert (decision.persona_key, decision.reason) == ("shop", "listed among the persona's job titles")


def test_a_listed_specialist_or_place_does_not_open_the_function_to_others() -> None:
    shop = PersonaProfile("shop", "Händlerin", ("Marktleiter", "Einkäufer"))
    for title in ("Technischer Einkäufer", "Einkaufsleiter", "Küchenchef", "Niederlassungsleiter"):
        assert decide(title, personas=(*SAMPLE, shop)).persona_key is None


def test_a_persona_with_a_bare_function_stands_for_those_who_lead_it() -> None:
    buyer = PersonaProfile("buyer", "Die Beschafferin", ("Einkauf",))
    assert decide("Head of Procurement", personas=(buyer,)).persona_key == "buyer"
    assert decide("Einkäufer", personas=(buyer,)).persona_key is None


def test_the_name_speaks_where_the_titles_say_nothing() -> None:
    assert decide("Head of Logistics", personas=(PersonaProfile("flow", "Logistikleiter", ()),)).persona_key == "flow"
    assert decide("Head of Logistics", personas=(PersonaProfile("x", "Der Macher", ()),)).persona_key is None


def test_a_function_of_two_personas_is_ambiguous_and_stays_unknown() -> None:
    rival = PersonaProfile("rival", "Versandprofi", ("Head of Logistics",))
    decision = decide("Bereichsleiter Logistik", personas=(*SAMPLE, rival))
    assert decision.persona_key is None
    assert "flow, rival" in decision.reason
    assert decide("Leiter Lager", personas=(*SAMPLE, rival)).persona_key == "flow"


def test_a_title_listed_by_two_personas_is_ambiguous() -> None:
    rival = PersonaProfile("rival", "Zweite", ("CFO",))
    assert decide("CFO", personas=(*SAMPLE, rival)).reason == "listed by several personas: money, rival"


def test_a_finer_function_goes_before_its_family() -> None:
    stock = PersonaProfile("stock", "Lagerprofi", ("Lagerleiter",))
    chain = PersonaProfile("chain", "Kettenprofi", ("Head of Supply Chain",))
    assert decide("Warehouse Manager", personas=(stock, chain)).persona_key == "stock"
    assert decide("Leiter SCM", personas=(stock, chain)).persona_key == "chain"
    assert decide("Versandleiter", personas=(stock, chain)).persona_key is None


def test_a_title_listed_by_another_persona_goes_before_a_name() -> None:
    named = PersonaProfile("named", "Werkleiter", ("Head of Quality",))
    assert decide("Werkleiter", personas=(PLANT, named)).persona_key == "plant"


@pytest.mark.parametrize("silent", ["", "  ", "Dr.", "Xyzzy", "Prokurist"])
def test_a_title_that_says_nothing_gives_way_to_job_title_and_position(silent: str) -> None:
    decision = decide(silent, job_title="Werkleiter", position="Logistikleiter")
    assert (decision.persona_key, decision.source) == ("plant", "JobTitle: Werkleiter")
    assert decide(silent, position="Logistikleiter").persona_key == "flow"


@pytest.mark.parametrize("title", ["Sachbearbeiterin", "Vertriebsleiter", "Assistenz der Geschäftsführung"])
def test_a_title_that_says_no_persona_is_not_overruled_by_a_position(title: str) -> None:
    assert decide(title, position="Geschäftsleitung").persona_key is None


def test_a_rank_and_a_function_in_two_fields_complete_each_other() -> None:
    decision = decide("Abteilungsleiter", position="Logistik")
    assert (decision.persona_key, decision.source) == ("flow", "Title: Abteilungsleiter; Position: Logistik")
    assert decide("Produktion", position="Leitung").persona_key == "plant"
    assert decide("Produktion").persona_key is None


def test_fields_that_disagree_leave_the_persona_unknown() -> None:
    assert decide("Einkauf", position="Logistikleiter").reason == "the fields disagree: Einkauf and Logistikleiter"
    assert decide("Logistik", position="Lagerleiter").persona_key == "flow"


def test_empty_fields_and_no_personas_are_unknown() -> None:
    assert decide().reason == "Title, JobTitle and Position are empty"
    assert decide("CEO", personas=()).persona_key is None


LEADING_TITLES = st.sampled_from(
    ["Produktionsleiter", "Leiter Logistik", "Geschäftsführer", "Technischer Leiter", "Einkäufer", "Vertriebsleiter",
     "Kaufmännischer Leiter", "Leiter Einkauf", "Betriebsleiter", "Head of IT", "Marktleiter", "Referent des Vorstands"]
)  # fmt: skip


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_deciding_never_raises_and_names_a_persona_that_exists(title: str, position: str, job_title: str) -> None:
    decision = decide(title, position=position, job_title=job_title)
    assert decision.persona_key in {None, *(persona.key for persona in SAMPLE)}
    assert decision.reason


@given(
    LEADING_TITLES, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), st.sampled_from(["", " ", "\t\n"])
)
def test_case_and_surrounding_blanks_never_change_the_decision(title: str, change: object, blanks: str) -> None:
    assert callable(change)
    assert decide(f"{blanks}{change(title)}{blanks}").persona_key == decide(title).persona_key


@given(LEADING_TITLES, st.sampled_from(["(m/w/d)", "(w/m/d)", "(f/m/x)", "m/w/d", "(all genders)", "(d/m/w)", "(gn)"]))
def test_a_gender_remark_never_changes_the_decision(title: str, remark: str) -> None:
    assert decide(f"{title} {remark}").persona_key == decide(title).persona_key


@given(
    st.sampled_from(["Produktionsleiter", "Leiter Logistik", "Geschäftsführer", "Technischer Leiter", "Einkäufer"]),
    st.sampled_from(["in", "/in", ":in", "*in", "_in", "/-in", "(in)", "IN", "In"]),
)
def test_a_gender_ending_never_changes_the_decision(title: str, ending: str) -> None:
    word = next(part for part in ("leiter", "Leiter", "führer", "käufer") if part in title)
    assert decide(title.replace(word, word + ending)).persona_key == decide(title).persona_key


@given(LEADING_TITLES, st.permutations(SAMPLE))
def test_the_order_of_the_personas_never_changes_the_decision(title: str, personas: list[PersonaProfile]) -> None:
    assert decide(title, personas=tuple(personas)) == decide(title)


@given(LEADING_TITLES, st.lists(st.sampled_from(["Pflegedienstleitung", "Head of Legal", "Xyzzy", ""]), max_size=3))
def test_a_persona_with_foreign_titles_does_not_change_other_decisions(title: str, foreign: list[str]) -> None:
    other = PersonaProfile("other", "Ganz woanders", tuple(foreign))
    assert decide(title, personas=(*SAMPLE, other)) == decide(title)
