"""Reading job titles: spelling, gender, rank, function, and who leads nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.research.job_title_departments import COMPOUND_ENDINGS, FUNCTIONS
from gtm_assets.research.job_title_dictionary import dictionary, families
from gtm_assets.research.job_title_text import spelling_key
from gtm_assets.research.job_titles import Role, family_of, read_role


def function_of(title: str) -> str | None:
    roles = read_role(title)
    return roles[0].function if roles and roles[0].leads else None


@pytest.mark.parametrize(
    "spelling",
    [
        "Geschäftsführer", "Geschäftsführerin", "GESCHÄFTSFÜHRER", "Geschaeftsfuehrer", "Geschaftsfuhrer", "GF", "Gf.",
        "Geschäftsführer/in", "Geschäftsführer:in", "Geschäftsführer*in", "GeschäftsführerIn",
        "Geschäftsführer (m/w/d)",
        "Gesch.-Führer", "Geschäftsf.", "Dr. Geschäftsführer", "Geschäftsführer, i.V.", "GeschÃ¤ftsfÃ¼hrer",
        "Gesch&auml;ftsf&uuml;hrer", "Geschäftsfüher", "Gechäftsführer", "stv. Geschäftsführer",
        "Alleingeschäftsführer",
        "Geschäftsführender Gesellschafter", "CEO", "Managing Director", "Inhaberin", "Vorstandsvorsitzende", "Founder",
        "Mitglied der Geschäftsleitung", "GL", "General Manager", "Inhaber Malermeister",
        "Sprecher der Geschäftsführung",
    ],
)  # fmt: skip
def test_general_management_is_recognised_in_every_spelling(spelling: str) -> None:
    assert Role("general_management", "executive") in read_role(spelling)


@pytest.mark.parametrize(
    ("title", "function", "seniority"),
    [
        ("Produktionsleiter", "production", "head"),
        ("Fertigungsleitung", "production", "head"),
        ("Bereichsleiter Logistik", "logistics", "head"),
        ("Logistics Manager", "logistics", "manager"),
        ("Head of Global Supply Chain", "supply_chain", "head"),
        ("Leiter der Abteilung Instandhaltung", "maintenance", "head"),
        ("Prokurist, Leiter Einkauf", "purchasing", "head"),
        ("kfm. Leitung", "commercial_management", "head"),
        ("techn. Leiter", "technical_management", "head"),
        ("Ltr. Logistik", "logistics", "head"),
        ("Hd. of Logistics", "logistics", "head"),
        ("Dir. of Operations", "operations", "head"),
        ("SVP Global Operations", "operations", "head"),
        ("Chief Supply Chain Officer", "supply_chain", "chief"),
        ("CSCO", "supply_chain", "chief"),
        ("Finanzvorstand", "finance", "chief"),
        ("Teamleiterin Einkauf", "purchasing", "lead"),
        ("Leiter des Werks", "works", "head"),
        ("Leiter Ersatzteillager", "warehouse", "head"),
        ("Dipl.-Wirt.-Ing. (FH), Leiter Instandhaltung", "maintenance", "head"),
        ("Prokurist Logistik", "logistics", "authority"),
        ("Leiter Baustofflogistik", "logistics", "head"),
        ("Regional Director of Operations", "operations", "head"),
    ],
)
def test_a_leading_title_has_one_function_and_one_seniority(title: str, function: str, seniority: str) -> None:
    assert read_role(title)[0] == Role(function, seniority)


@pytest.mark.parametrize(
    ("title", "function"),
    [
        ("Leiter Vertrieb Logistiklösungen", "sales"),
        ("Leiter Vertrieb (Logistik)", "sales"),
        ("Leiter IT-Infrastruktur", "information_technology"),
        ("Leiter IT und Infrastruktur", "information_technology"),
        ("Leiter Qualitätssicherung Produktion", "quality"),
        ("Head of Production Quality", "quality"),
        ("Logistics IT Manager", "information_technology"),
        ("Leiter Produktmanagement", "product_management"),
        ("Leiter Produktionscontrolling", "controlling"),
        ("Head of Supply Chain Finance", "finance"),
        ("Leiter Einkauf Logistik", "purchasing"),
        ("Leiter technischer Einkauf", "purchasing"),
        ("Technical Sales Manager", "sales"),
        ("Leiter Technischer Service", "customer_service"),
        ("Plant Maintenance Manager", "maintenance"),
        ("Operations Manager Logistics", "logistics"),
        ("Head of Sales Operations", "sales"),
        ("IT Operations Manager", "information_technology"),
        ("Vertriebsleiter Werk Süd", "sales"),
        ("Warehouse Robotics Manager", None),
        ("Leiter technische Zeichnungen", None),
        ("Technischer Leiter Klinik", "technical_management"),
        ("Head of Grid Operations", None),
        ("Leiter Vertriebslogistik", "logistics"),
        ("Projektleiter Produktion", "project_management"),
        ("Niederlassungsleiter Logistik", "branch"),
        ("Leiterplattenhändler", None),
    ],
)
def test_the_deciding_noun_wins_over_its_neighbours(title: str, function: str | None) -> None:
    assert function_of(title) == function


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Geschäftsführer und Leiter Produktion", ["general_management", "production"]),
        ("Leiter Produktion, Logistik und Versand", ["production", "logistics", "shipping"]),
        ("Logistik- und Produktionsleiter", ["logistics", "production"]),
        ("Leiter Einkauf/Logistik", ["purchasing", "logistics"]),
        ("Leiter Ein- und Verkauf", ["purchasing", "sales"]),
        ("Verkaufsleiter, Mitglied der Geschäftsleitung", ["general_management", "sales"]),
        ("Warehouse & Purchasing Manager", ["warehouse", "purchasing"]),
        ("Leiter Finanz- und Rechnungswesen", ["finance", "accounting"]),
    ],
)
def test_a_title_can_carry_several_roles_the_most_senior_first(title: str, expected: list[str]) -> None:
    roles = read_role(title)
    assert [role.function for role in roles] == expected
    assert all(role.leads for role in roles)


@pytest.mark.parametrize(
    "title",
    [
        "Assistenz der Geschäftsführung", "Referent des Vorstands", "Vorstandsassistenz", "CEO Office", "PA to the CEO",
        "Assistentin, Geschäftsleitung", "Leiter Vorstandsbüro", "Sekretariat, Geschäftsleitung", "Chief of Staff",
        "Sachbearbeiterin - Geschäftsleitung", "Berater der Geschäftsführung", "Einkäufer", "Technischer Einkäufer",
        "Lagerist", "Schichtleiter Produktion", "Betriebsrat", "Betriebsratsvorsitzender", "Junior Logistics Manager",
        "Logistics Coordinator", "Trainee Produktion", "Supply Chain Consultant", "Praktikantin Einkauf", "Controller",
        "Instandhaltungstechniker", "Werkstudent Logistik", "Product Manager", "Project Manager Logistics",
        "Lead Buyer",
        "Ehemaliger Geschäftsführer", "Former CEO", "Ex-CEO", "Geschäftsführer a.D.", "Geschäftsführer (ehem.)",
        "Sekretärin der Geschäftsleitung", "CEO, retired", "Aufsichtsrat", "Chairman of the Board",
        "Ehrenvorsitzender", "Procurement Officer",
        "Vorarbeiter Lager", "Auszubildende", "Produktionsmitarbeiter", "Finance Business Partner", "Chief Buyer",
        "Sachbearbeiter Einkauf und Logistik", "Betriebswirt", "Vertriebsassistentin",
    ],
)  # fmt: skip
def test_who_assists_works_or_used_to_lead_is_no_leader(title: str) -> None:
    roles = read_role(title)
    assert roles
    assert not any(role.leads for role in roles)


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("Produktonsleiter", "Produktionsleiter"), ("Logisitkleiter", "Logistikleiter"),
        ("Leiter Eikauf", "Leiter Einkauf"),
        ("Instandhatungsleiter", "Instandhaltungsleiter"), ("Procurment Manager", "Procurement Manager"),
        ("Tecnischer Leiter", "Technischer Leiter"), ("Kaufmänischer Leiter", "Kaufmännischer Leiter"),
        ("Managing Dirctor", "Managing Director"), ("Facillity Manager", "Facility Manager"),
        ("Lieter Einkauf", "Leiter Einkauf"), ("Fertigungsleitr", "Fertigungsleiter"),
    ],
)  # fmt: skip
def test_a_typing_error_is_read_as_the_word_that_was_meant(mistyped: str, meant: str) -> None:
    assert read_role(mistyped) == read_role(meant) != ()


@pytest.mark.parametrize(
    "title", ["Zeitungsleiter", "Leiter Leistung", "Reiseleiter", "Werbeleiter", "Chorleiter", "Leitstelle"]
)
def test_a_real_word_is_not_taken_for_a_typing_error_of_another(title: str) -> None:
    assert function_of(title) in {None, "marketing"}


@pytest.mark.parametrize("title", ["", "   ", "-", "???", "Dr.", "n.a.", "123", "(m/w/d)", "Xyzzy", "😀", "i.V."])
def test_a_title_that_says_nothing_names_no_role(title: str) -> None:
    assert read_role(title) == ()


@pytest.mark.parametrize(
    "title", ["Leiter", "Prokurist", "Director", "Manager", "Vice President", "Abteilungsleiterin"]
)
def test_a_rank_alone_has_no_function(title: str) -> None:
    assert [role.function for role in read_role(title)] == [None]


def test_a_function_alone_has_no_seniority() -> None:
    assert read_role("Einkauf") == (Role("purchasing", None),)


def test_shipping_and_warehouse_are_one_family_and_an_unlisted_function_is_its_own() -> None:
    assert family_of("shipping") == family_of("warehouse") == "logistics"
    assert family_of("no such function") == "no such function"


def test_every_function_has_one_name_and_every_entry_of_the_dictionary_a_known_function() -> None:
    names = [function.name for function in FUNCTIONS]
    assert len(names) == len(set(names))
    known = set(families()) | {"general_management"}
    assert {meaning.function for meaning in dictionary().values() if meaning.function} <= known


def test_every_ending_of_a_compound_is_a_function_of_the_dictionary() -> None:
    endings = [spelling_key(ending) for ending in COMPOUND_ENDINGS.split(",")]
    assert all(dictionary()[ending].function for ending in endings)


def test_leiterin_leitung_and_ltr_are_one_spelling_but_another_word_is_another_title() -> None:
    assert spelling_key("Leiterin Einkauf") == spelling_key("Leitung Einkauf") == spelling_key("ltr. EINKAUF (m/w/d)")
    assert spelling_key("Leiter Einkauf") != spelling_key("Leiter Verkauf")


@given(st.text(max_size=400))
def test_reading_never_raises_and_gives_no_role_twice(title: str) -> None:
    roles = read_role(title)
    assert len(set(roles)) == len(roles)


@given(st.lists(st.sampled_from(sorted(" ".join(entry) for entry in dictionary())), min_size=1, max_size=4),
       st.sampled_from([" ", ", ", " und ", "/", "-", " - ", " (", " & "]))  # fmt: skip
def test_any_words_of_the_dictionary_in_any_connection_can_be_read(entries: list[str], link: str) -> None:
    title = link.join(entries)
    assert read_role(title) == read_role(title.upper())
