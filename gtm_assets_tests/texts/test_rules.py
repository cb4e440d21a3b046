"""Each rule passes on a good text and fails on a bad one; no text whatever makes a rule raise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.knowledge.models import Reference
from gtm_assets.texts.models import CellText, Finding, Limit, OpenerText
from gtm_assets.texts.rules import RULES, check_cell, check_opener
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT, OPENER_INPUTS, OPENER_TEXT


def rules_of(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.field, finding.rule) for finding in findings}


def cell_findings(field: str, text: str) -> set[str]:
    """The rules that fail when one text of a good cell is replaced."""
    findings = check_cell(replace(CELL_TEXT, **{field: text}), CELL_INPUTS)
    assert {finding.field for finding in findings} <= {field}
    return {finding.rule for finding in findings}


def test_good_texts_have_no_findings() -> None:
    assert check_cell(CELL_TEXT, CELL_INPUTS) == ()
    assert check_opener(OPENER_TEXT, OPENER_INPUTS) == ()
    assert check_opener(replace(OPENER_TEXT, opener_secondary=None), replace(OPENER_INPUTS, secondary=None)) == ()


def test_the_worked_examples_of_marketing_break_no_rule() -> None:
    """A bridge, and a social proof with its reference registered."""
    bridge = (
        "Für Sie als Produktionsleiter bedeutet das, trotz Fachkräftemangel die Taktzeiten "
        "an der Linie stabil zu halten."
    )
    assert cell_findings("intro", bridge) == set()
    proof = CELL_TEXT.social_proof.replace("30 %", "30%")
    assert cell_findings("social_proof", proof) == set()


def test_every_message_is_german_names_the_text_and_says_what_is_wrong() -> None:
    bad = CellText(
        subject="", intro="Keep your takt stable with our robots", social_proof="[Name] garantiert 100 % sofort"
    )
    for finding in check_cell(bad, CELL_INPUTS):
        assert finding.message.startswith(f"{RULES[finding.field].label}: ")  # type: ignore[index]
        assert len(finding.message) > 10


BAD_INTROS = [
    ("empty", ""),
    ("empty", " \u200b "),
    ("too_long", "Für Sie " + "sehr " * 40 + "wichtig."),
    ("too_few_words", "Das hilft Ihnen."),
    ("sentences", "Für Sie zählt der stabile Takt an jeder Linie. Und das bleibt auch morgen so."),
    ("unfinished", "Für Sie in der Produktion zählt der stabile Takt an jeder"),
    ("line_break", "Für Sie in der Produktion\nzählt der stabile Takt an jeder Linie."),
    ("formula", "=Für Sie in der Produktion zählt der stabile Takt an jeder Linie."),
    ("characters", "Für Sie in der Produktion zählt der stabile Takt an jeder Linie 🙂."),
    ("characters", "Für Sie in der Pro\u00adduktion zählt der stabile Takt an jeder Linie."),
    ("characters", "Für Sie in der Produktion zählt der stabile\u200b Takt an jeder Linie."),
    ("characters", "Für Sie in der Produktion zählt der stabile Takt \ud83d an jeder Linie."),
    ("characters", "Für Sie in der Produktion zählt der stabile Takt \x07 an jeder Linie."),
    ("not_german", "Keep the takt times of your lines stable with our robots for you."),
    ("informal", "Für dich in der Produktion zählt Ihr stabiler Takt an jeder Linie."),
    ("informal", "In Ihrer Produktion könnt ihr den stabilen Takt an jeder Linie halten."),
    ("informal", "Gerade für sie als Leitung zählt an Ihrer Linie der stabile Takt."),
    ("no_address", "In der Produktion zählt der stabile Takt an jeder einzelnen Linie."),
    ("placeholder", "Für Sie als [Rolle] zählt der stabile Takt an jeder Linie."),
    ("placeholder", "Für Sie bei {{firma}} zählt der stabile Takt an jeder Linie."),
    ("placeholder", "Für Sie bei XX zählt der stabile Takt an jeder Linie."),
    ("placeholder", "Für Sie zählt lorem ipsum an jeder Linie und der Takt."),
    ("placeholder", "Für Sie in der Produktion zählt der stabile Takt an jeder Linie …"),
    ("markup", "Für Sie in der Produktion zählt der **stabile** Takt an jeder Linie."),
    ("markup", "Für Sie in der Produktion zählt der <b>stabile</b> Takt an jeder Linie."),
    ("markup", "Für Sie in der Produktion zählt der stabile&nbsp;Takt an jeder Linie."),
    ("markup", "Für Sie in der Produktion zählt www.example.org als stabile Quelle der Linie."),
    ("greeting", "Sehr geehrte Damen und Herren, für Sie zählt der stabile Takt an jeder Linie."),
    ("greeting", "Hallo, für Sie zählt der stabile Takt an jeder Linie der Produktion."),
    ("greeting", "Für Sie zählt der stabile Takt an jeder Linie, mit freundlichen Grüßen."),
    ("claim", "Wir garantieren Ihnen den stabilen Takt an jeder Linie der Produktion."),
    ("claim", "Für Sie heißt das garantiert stabile Takte an jeder Linie der Produktion."),
    ("claim", "Wir versprechen Ihnen den stabilen Takt an jeder Linie der Produktion."),
    ("claim", "Für Sie heißt das 100 % Verfügbarkeit an jeder Linie der Produktion."),
    ("claim", "Für Sie heißt das sofort stabile Takte an jeder Linie der Produktion."),
    ("claim", "Für Sie läuft die Linie über Nacht in einem stabilen und ruhigen Takt."),
    ("claim", "Für Sie läuft jede Linie rechtssicher und in einem stabilen Takt."),
    ("claim", "Für Sie heißt das, Infektionen auf jeder Station dauerhaft zu verhindern."),
    ("claim", "Für Sie läuft jede Linie besser als bei der Konkurrenz im Land."),
    ("claim", "Für Sie amortisiert sich jeder Roboter in Wochen an Ihrer Linie."),
    ("superlative", "Als Marktführer halten wir für Sie den stabilen Takt an jeder Linie."),
    ("self_talk", "Als KI-Sprachmodell halte ich für Sie den stabilen Takt an jeder Linie."),
    ("self_talk", "Hier ist der gewünschte Text für Sie über den stabilen Takt der Linie."),
    ("number", "Für Sie in der Produktion heißt das 45 % mehr Takt an jeder Linie."),
    ("unknown_reference", "Für Sie zählt wie bei der Fremdbau GmbH der stabile Takt an jeder Linie."),
]


@pytest.mark.parametrize(("rule", "text"), BAD_INTROS)
def test_a_bad_bridge_fails_its_rule(rule: str, text: str) -> None:
    assert rule in cell_findings("intro", text)


def test_a_bad_bridge_fails_no_other_rule_than_its_own() -> None:
    """Two mistakes in one sample are named here, so that a rule that fires too often is seen."""
    extra = {
        rule: cell_findings("intro", text) - {rule}
        for rule, text in BAD_INTROS
        if rule not in {"empty", "line_break", "not_german", "too_long", "self_talk"}
    }
    assert {rule: found for rule, found in extra.items() if found} == {"placeholder": {"unfinished"}}


GOOD_INTROS = [
    "Für Sie in der Produktionsleitung entscheidet die OEE unter 80 % über jeden geplanten Liefertermin.",
    (
        "In Ihrer Rolle verbinden Sie Time-to-Market und Wettbewerbsfähigkeit mit einer Mannschaft, "
        "die an der Maschine bleibt."
    ),
    "Ihnen bleibt trotz Fachkräftemangel mehr Zeit für Aufgaben wie Rüsten, Prüfen und Verbessern an der Linie.",
    "Gerade wenn Kolleginnen und Kollegen ihre Wege verkürzen, halten Sie die Taktzeiten an der Linie stabil.",
    "Für Sie heißt das, z. B. Suchzeiten und Wege zu verkürzen, damit Fachkräfte an der Maschine bleiben.",
    "Liebe zum Detail und stabile Taktzeiten gehören für Sie an jeder einzelnen Linie zusammen.",
]


@pytest.mark.parametrize("text", GOOD_INTROS)
def test_a_good_bridge_has_no_findings(text: str) -> None:
    assert cell_findings("intro", text) == set()


@pytest.mark.parametrize("offer", ["die modernsten", "die gründlichsten", "unsere leisesten", "die allerbesten"])
def test_a_superlative_of_the_offer_is_known_by_its_form(offer: str) -> None:
    assert cell_findings("intro", f"Für Sie in der Produktion fahren {offer} Roboter an jeder Linie.") == {
        "superlative"
    }


def test_a_superlative_at_the_beginning_or_without_a_noun_is_one_too() -> None:
    assert cell_findings("subject", "Gründlichste Reinigung an der Linie") == {"superlative"}
    assert cell_findings("subject", "Am gründlichsten bleibt die Linie sauber") == {"superlative"}


@pytest.mark.parametrize(
    "words",
    [
        *("auf den längsten Wegen", "am verkehrsreichsten Ferientag", "in der arbeitsreichsten Schicht"),
        *("mit festen Takten", "mit robusten Taktzeiten", "in der nächsten Woche", "an der äußersten Halle"),
        *("mit den meisten Schichten", "ohne höhere Kosten", "mit bewussten Pausen", "mit der ausgelasteten Schicht"),
    ],
)
def test_the_readers_own_days_and_words_that_only_look_so_are_no_superlatives(words: str) -> None:
    assert cell_findings("intro", f"Für Sie in der Produktion bleibt der Takt {words} an jeder Linie stabil.") == set()


def test_a_well_known_company_is_no_reference_unless_it_is_registered() -> None:
    text = "Bei Siemens und bei Musterlager halten unsere Transportroboter die Fachkräfte an der Maschine."
    assert cell_findings("social_proof", text) == {"unknown_reference"}
    registered = (*CELL_INPUTS.references, Reference("Siemens AG", "Wege verkürzt", "Musterdaten"))
    assert check_cell(replace(CELL_TEXT, social_proof=text), replace(CELL_INPUTS, references=registered)) == ()


@pytest.mark.parametrize("words", ["am Rand der Metro", "unter der Linde", "vor der Galeria", "neben der Bahn"])
def test_a_company_that_is_called_like_a_common_word_is_left_to_the_register(words: str) -> None:
    text = f"Musterlager hält mit unseren Transportrobotern {words} die Fachkräfte an der Maschine."
    assert cell_findings("social_proof", text) == set()


@pytest.mark.parametrize(
    ("rules", "counted"),
    [
        (set(), "1.200 Wege je Schicht"),
        (set(), "1200 je Schicht"),
        ({"number"}, "1.200 Fahrten je Schicht"),
        ({"number"}, "1.200 Stunden je Schicht"),
        ({"number"}, "1.200 % je Schicht"),
    ],
)
def test_a_number_with_another_unit_is_another_number(rules: set[str], counted: str) -> None:
    text = f"Bei Beispiel Antriebe übernehmen unsere Transportroboter {counted} an allen Linien."
    assert cell_findings("social_proof", text) == rules


@pytest.mark.parametrize(
    "text",
    [
        *("Stabiler Takt und kurze Wege für die", "Stabiler Takt trotz dichter", "Stabiler Takt, kurze Wege,"),
        *("Stabiler Takt in jeder", "Der Takt stimmt, die Wege nicht"),
    ],
)
def test_a_headline_that_breaks_off_is_unfinished(text: str) -> None:
    assert cell_findings("subject", text) == {"unfinished"}


@pytest.mark.parametrize(
    "text",
    [
        *("Was zum stabilen Takt an der Linie beiträgt", "Stabiler Takt, auf den sich alle verlassen"),
        *("Stabiler Takt von morgens bis abends", "Kurze Wege: Darauf kommt es in der Halle an"),
    ],
)
def test_a_headline_that_ends_in_a_verb_or_its_prefix_is_finished(text: str) -> None:
    assert cell_findings("subject", text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Für Sie zählt der stabile Takt, und ihr haltet jede Linie in Bewegung.",
        "An jeder Linie setzt ihr auf einen stabilen Takt, der Ihnen Zeit lässt.",
    ],
)
def test_ihr_before_or_behind_its_verb_is_the_second_person(text: str) -> None:
    assert cell_findings("intro", text) == {"informal"}


@pytest.mark.parametrize(
    "text",
    [
        "Für Sie zählt eine Mannschaft, die ihr Ziel und ihr Tempo an jeder Linie kennt.",
        "Für Sie bleibt die Mannschaft stabil, damit ihr neuer Takt an jeder Linie gelingt.",
        "Die Mannschaft dankt es Ihnen, denn das gibt ihr mehr Zeit an jeder Linie.",
    ],
)
def test_ihr_before_a_noun_or_for_somebody_is_not(text: str) -> None:
    assert cell_findings("intro", text) == set()


def test_a_subject_needs_no_full_stop_but_the_length_of_its_limit() -> None:
    assert cell_findings("subject", "Stabiler Takt trotz Fachkräftemangel") == set()
    assert cell_findings("subject", "Stabiler Takt trotz Fachkräftemangel und mit deutlich weniger Suchzeit") == {
        "too_long"
    }


def test_the_length_is_that_of_the_tenants_field() -> None:
    short = replace(CELL_INPUTS, subject_limit=Limit(20))
    assert rules_of(check_cell(CELL_TEXT, short)) == {("subject", "too_long")}


def test_of_a_reply_that_ran_on_only_the_length_is_told() -> None:
    findings = check_cell(replace(CELL_TEXT, intro="Für Sie [Name] garantiert! " * 1000), CELL_INPUTS)
    assert rules_of(findings) == {("intro", "too_long")}


def test_a_proof_may_have_two_sentences_and_not_three() -> None:
    two = "Musterlager nutzt unsere Transportroboter an jeder Linie. Die Suchzeiten sanken um 30 %."
    assert cell_findings("social_proof", two) == set()
    assert cell_findings("social_proof", two + " Das hält.") == {"sentences"}


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (set(), "Musterlager nutzt unsere Transportroboter T300 und senkt damit Suchzeiten um 30 Prozent."),
        (set(), "Beispiel Antriebe lässt 1200 Wege je Schicht von unseren Transportrobotern fahren."),
        ({"number"}, "Musterlager nutzt unsere Transportroboter und senkt damit Suchzeiten um 35 %."),
        ({"number"}, "Musterlager nutzt unsere Transportroboter und senkt damit Suchzeiten um 30 Minuten."),
        ({"number"}, "Beispiel Antriebe nutzt unsere Transportroboter und senkt damit Suchzeiten um 30 %."),
        ({"number"}, "Musterlager hält mit unseren Transportrobotern die OEE dauerhaft über 80 %."),
        ({"no_reference"}, "Ein Hersteller nutzt unsere Transportroboter und senkt damit Suchzeiten um 30 %."),
        (
            {"unknown_reference"},
            "Unternehmen wie Musterlager und Fremdbau nutzen unsere Transportroboter an jeder Linie.",
        ),
        (
            {"unknown_reference", "no_reference"},
            "Unternehmen wie Fremdbau nutzen unsere Transportroboter an jeder Linie.",
        ),
    ],
)
def test_a_proof_draws_on_registered_references_and_their_numbers_only(rules: set[str], text: str) -> None:
    assert cell_findings("social_proof", text) == rules


def test_references_of_other_verticals_are_found_by_name() -> None:
    text = replace(
        CELL_TEXT,
        social_proof="Bei Musterlager und bei Anderswo senken unsere Transportroboter die Suchzeiten deutlich.",
    )
    assert check_cell(text, CELL_INPUTS) == ()
    findings = check_cell(text, CELL_INPUTS, other_references=["Anderswo SE", "Musterlager AG"])
    assert rules_of(findings) == {("social_proof", "unknown_reference")}


def test_without_references_a_proof_names_nobody_and_no_number() -> None:
    bare = replace(CELL_INPUTS, references=())
    plain = "Unsere Transportroboter halten Fachkräfte an der Maschine und verkürzen die Wege deutlich."
    assert check_cell(replace(CELL_TEXT, social_proof=plain), bare) == ()
    assert rules_of(check_cell(CELL_TEXT, bare)) == {("social_proof", "unknown_reference"), ("social_proof", "number")}


def test_numbers_of_a_campaign_may_stand_in_bridge_and_subject() -> None:
    fair = replace(CELL_INPUTS, campaign_name="Messe 2026", campaign_brief="Halle 5")
    assert check_cell(replace(CELL_TEXT, subject="Messe 2026: stabiler Takt an der Linie"), fair) == ()


def well_formed(findings: tuple[Finding, ...], fields: set[str]) -> bool:
    """Each is a finding of one of these texts, names its rule and says in its message what is wrong."""
    return isinstance(findings, tuple) and all(
        isinstance(finding, Finding)
        and finding.field in fields
        and finding.rule
        and finding.message.removeprefix(f"{RULES[finding.field].label}: ")  # type: ignore[index]
        for finding in findings
    )


texts = st.one_of(
    st.text(), st.text(st.characters()), st.lists(st.sampled_from([text for _, text in BAD_INTROS])).map(" ".join)
)


@settings(deadline=None)
@given(texts, texts, texts)
def test_no_cell_makes_a_rule_raise(subject: str, intro: str, social_proof: str) -> None:
    findings = check_cell(CellText(subject, intro, social_proof), CELL_INPUTS, other_references=[subject])
    assert well_formed(findings, {"subject", "intro", "social_proof"}), findings


@settings(deadline=None)
@given(texts, st.one_of(st.none(), texts), st.text())
def test_no_opener_makes_a_rule_raise(opener: str, secondary: str | None, name: str) -> None:
    findings = check_opener(OpenerText(opener, secondary), replace(OPENER_INPUTS, company_name=name))
    assert well_formed(findings, {"opener", "opener_secondary"} if secondary is not None else {"opener"}), findings
