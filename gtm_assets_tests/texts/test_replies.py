"""Replies are accepted only for the question asked, and their schema says what is wanted."""

from __future__ import annotations

from dataclasses import replace

from gtm_assets.texts.models import CellText, Evidence, OpenerText
from gtm_assets.texts.replies import (
    CellReply,
    EvidenceReply,
    OpenerReply,
    accept_cell,
    accept_opener,
    cell_schema,
    opener_schema,
    tidy,
)
from gtm_assets_tests.texts.samples import CELL_INPUTS, OPENER_INPUTS


def cell_reply(reply_id: str = CELL_INPUTS.id) -> CellReply:
    return CellReply(id=reply_id, subject=" Betreff ", intro="Brücke.", social_proof="Beleg.")


def test_a_reply_with_the_id_asked_for_is_accepted_and_tidied() -> None:
    assert accept_cell(cell_reply(), CELL_INPUTS) == CellText(subject="Betreff", intro="Brücke.", social_proof="Beleg.")


def test_the_texts_of_another_cell_are_refused_with_a_finding() -> None:
    findings = accept_cell(cell_reply("geschaeftsfuehrung|handel"), CELL_INPUTS)
    assert isinstance(findings, tuple)
    assert [finding.rule for finding in findings] == ["other_id"]
    assert "geschaeftsfuehrung|handel" in findings[0].message


def test_the_openers_of_another_company_are_refused_with_a_finding() -> None:
    findings = accept_opener(OpenerReply(id="1", opener="Satz.", opener_secondary="Noch einer."), OPENER_INPUTS)
    assert isinstance(findings, tuple)
    assert findings[0].rule == "other_id"


def test_a_missing_second_opener_is_a_finding_where_one_was_asked_for() -> None:
    for missing in (None, "", "  "):
        findings = accept_opener(OpenerReply(id="4711", opener="Satz.", opener_secondary=missing), OPENER_INPUTS)
        assert isinstance(findings, tuple)
        assert [(finding.field, finding.rule) for finding in findings] == [("opener_secondary", "missing")]


def test_a_second_opener_that_nobody_asked_for_is_dropped() -> None:
    reply = OpenerReply(id="4711", opener="Satz.", opener_secondary="Noch einer.")
    assert accept_opener(reply, replace(OPENER_INPUTS, secondary=None)) == OpenerText("Satz.", None, ())


def test_two_openers_are_accepted() -> None:
    reply = OpenerReply(id="4711", opener="Satz.", opener_secondary="Noch einer.")
    assert accept_opener(reply, OPENER_INPUTS) == OpenerText("Satz.", "Noch einer.", ())


def test_decomposed_umlauts_and_typographic_spaces_are_tidied() -> None:
    assert tidy("\u00a0u\u0308ber 30\u202f% ") == "über 30 %"


def test_the_schema_has_the_property_names_of_the_interface_and_the_tenants_limits() -> None:
    cell = cell_schema(CELL_INPUTS).model_json_schema()
    assert list(cell["properties"]) == ["id", "subject", "intro", "social_proof"]
    assert "höchstens 60 Zeichen" in cell["properties"]["subject"]["description"]
    opener = opener_schema(OPENER_INPUTS).model_json_schema()
    assert list(opener["properties"]) == ["id", "opener", "opener_secondary", "evidence"]
    assert "15 bis 24 Wörter" in opener["properties"]["opener"]["description"]
    assert "15 bis 24 Wörter" in opener["properties"]["opener_secondary"]["description"]
    assert "opener_secondary" in opener["required"], "a model leaves out what is optional"


def test_a_text_over_the_limit_is_still_parsed_so_that_a_rule_can_say_so() -> None:
    reply = cell_schema(CELL_INPUTS)(id=CELL_INPUTS.id, subject="x" * 500, intro="y", social_proof="z")
    assert isinstance(accept_cell(reply, CELL_INPUTS), CellText)


def test_evidence_is_tidied_like_the_sentences_and_that_of_a_dropped_sentence_is_dropped() -> None:
    reply = OpenerReply(
        id="4711",
        opener="Satz.",
        opener_secondary="Noch einer.",
        evidence=[
            EvidenceReply(field="opener", claim=" Satz\u00a0", span="ein\u00a0Satz "),
            EvidenceReply(field="opener_secondary", claim="Noch", span="noch einer"),
        ],
    )
    both = accept_opener(reply, OPENER_INPUTS)
    one = accept_opener(reply, replace(OPENER_INPUTS, secondary=None))
    assert isinstance(both, OpenerText)
    assert isinstance(one, OpenerText)
    assert both.evidence == (Evidence("opener", "Satz", "ein Satz"), Evidence("opener_secondary", "Noch", "noch einer"))
    assert one.evidence == (Evidence("opener", "Satz", "ein Satz"),)


def test_the_schema_asks_for_evidence_with_the_length_of_a_quote() -> None:
    schema = opener_schema(OPENER_INPUTS).model_json_schema()
    assert "evidence" in schema["required"]
    proof = schema["$defs"]["EvidenceReply"]
    assert proof["required"] == ["field", "claim", "span"]
    assert proof["properties"]["field"]["enum"] == ["opener", "opener_secondary"]
    assert "15 bis 300 Zeichen" in proof["properties"]["span"]["description"]
