"""A person's lineage: every word back to its text, prompt, model, reviewer and row versions; also of who is gone, or wrote by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gtm_assets.commands.lineage_words import field_lines
from gtm_assets.monitoring.lineage import load_person
from gtm_assets.monitoring.lineage_models import FieldLineage, PersonLineage, Text, UnknownLineageError
from gtm_assets_tests.monitoring import lineage_samples as samples
from gtm_assets_tests.monitoring.lineage_samples import CELL_WORDS, OPENER_WORDS, PERSONA, VERTICAL, WEBSITE
from gtm_assets_tests.stores import put, vertical_row, website_row
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store, utc_now


@pytest.fixture
def store(store: Store) -> Store:
    samples.fill(store)
    return store


@pytest.fixture
def analytics(store: Store) -> Iterator[Analytics]:
    opened = Analytics(store.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


def _field(found: PersonLineage, name: str) -> FieldLineage:
    return next(field for field in found.fields if field.field == name)


def _text(found: PersonLineage, name: str) -> Text:
    written = _field(found, name).written
    assert written is not None
    assert written.text is not None
    return written.text


def test_a_word_leads_to_its_text_its_prompt_its_reviewer_and_its_rows(store, analytics) -> None:
    block_id = samples.text(store)
    ledger_id = samples.write(store, "Person", 11, block_id, CELL_WORDS)
    found = load_person(analytics, 11)
    assert (found.person_id, found.contact_id, found.gone_at, found.read) == (11, 1, None, True)
    field = _field(found, "intro")
    assert (field.state, field.entity, field.reason) == ("in_crm", "Person", "")
    assert field.written is not None
    assert (field.written.value, field.written.ledger_id, field.written.guard) == ("Brücke", ledger_id, "A")
    assert field.written.confirmed_at is not None
    assert field.written.confirmed_at.tzinfo is not None
    text = _text(found, "intro")
    assert (text.block_id, text.author, text.passed) == (block_id, "model", True)
    assert (text.origin.kind, text.origin.key, text.origin.version) == ("cell", "leitung|bau", 1)
    assert (text.origin.prompt_version, text.origin.model, text.origin.state) == ("7", "test-model", "approved")
    assert (text.origin.verdict, text.origin.reviewer, text.origin.comment) == (
        "approved",
        "Maxi Muster",
        "liest sich gut",
    )
    assert text.origin.decided_at is not None
    assert text.origin.review_id == 1
    assert (text.calls, text.price, text.currency) == (1, 0.0125, "EUR")
    rows = [
        (row.source, row.key, row.row_hash, row.page_id, row.url, row.is_current, row.active) for row in text.inputs
    ]
    assert rows == [
        ("personas", "leitung", "p1", PERSONA.notion_page_id, PERSONA.url, True, True),
        ("verticals", "bau", "v1", VERTICAL.notion_page_id, VERTICAL.url, True, True),
    ]
    assert found.earlier == ()


def test_the_company_s_openers_belong_to_the_person_s_mail_and_show_their_evidence(store, analytics) -> None:
    samples.write(store, "Contact", 1, samples.opener(store), {**OPENER_WORDS, "summary": "Dreht Teile."})
    found = load_person(analytics, 12)
    assert [field.field for field in found.fields if field.state == "in_crm"] == ["opener", "opener_secondary"]
    text = _text(found, "opener")
    assert text.evidence == ({"field": "opener", "claim": "Serie", "span": "Wir fertigen in Serie"},)
    assert [(row.source, row.key, row.url) for row in text.inputs] == [
        ("verticals", "bau", VERTICAL.url),
        ("website", "1", WEBSITE.url),
    ]
    assert _field(load_person(analytics, 21), "opener").state == "missing", "another company's person"


def test_a_row_that_changed_since_is_not_the_version_the_words_rest_on(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    samples.write(store, "Contact", 1, samples.opener(store), OPENER_WORDS)
    put(store, schema.verticals, vertical_row("bau", row_hash="v2", active=False))
    put(store, schema.websites, website_row(1, content_hash="w9"))
    found = load_person(analytics, 11)
    old = {row.source: row for row in _text(found, "subject").inputs}
    assert (old["verticals"].row_hash, old["verticals"].current_hash, old["verticals"].active) == ("v1", "v2", False)
    assert [old["verticals"].is_current, old["personas"].is_current] == [False, True]
    assert [row.is_current for row in _text(found, "opener").inputs] == [False, False]


def test_a_field_that_says_the_same_in_the_newest_version_says_so(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    samples.text(store, words={**CELL_WORDS, "intro": "Brücke neu"})
    found = load_person(analytics, 11)
    told = {field.field: field.written.same_in_newest for field in found.fields if field.written}
    assert told == {"subject": True, "intro": False, "social_proof": True}


def test_a_row_that_is_no_longer_stored_is_not_current(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    with store.write() as connection:
        connection.execute(sa.delete(schema.personas))
    persona = _text(load_person(analytics, 11), "subject").inputs[0]
    assert (persona.current_hash, persona.is_current, persona.active) == (None, False, False)


def test_a_text_of_before_sources_were_kept_has_unknown_inputs(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store, sources=()), CELL_WORDS)
    assert _text(load_person(analytics, 11), "subject").inputs == ()


def test_what_was_replaced_or_taken_away_stays_provable(store, analytics) -> None:
    first = samples.write(store, "Person", 11, samples.text(store, reviewer="Erst"), CELL_WORDS)
    words = {name: f"{value} neu" for name, value in CELL_WORDS.items()}
    second = samples.write(store, "Person", 11, samples.text(store, words=words, reviewer="Dann"), words)
    third = samples.write(store, "Person", 11, None, {"subject": ""})
    found = load_person(analytics, 11)
    assert _field(found, "subject").state == "missing"
    assert _text(found, "intro").origin.reviewer == "Dann"
    told = [(each.ledger_id, each.field, each.value) for each in found.earlier]
    assert told == [
        (third, "subject", ""),
        (second, "subject", "Betreff neu"),
        (first, "intro", "Brücke"),
        (first, "social_proof", "Beleg"),
        (first, "subject", "Betreff"),
    ]
    earliest = found.earlier[-1].text
    assert earliest is not None
    assert (earliest.origin.version, earliest.origin.newest_version, earliest.origin.state) == (1, 2, "earlier")
    assert earliest.origin.reviewer == "Erst"
    assert len(earliest.inputs) == 2


def test_a_human_s_value_and_an_emptied_field_are_named_with_the_reason_of_the_plan(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    samples.carry(store, "Person", 11, intro="Von Hand.", subject="")
    with store.write() as connection:
        connection.execute(
            schema.plans.insert().values(
                contact_id=1,
                entity="Person",
                entity_id=11,
                fields={},
                kept={"intro": "edited in the CRM, left as it is"},
                plan_hash="h",
                status="planned",
                created_at=utc_now(),
                run_id="run",
            )
        )
    found = load_person(analytics, 11)
    assert [(field.field, field.state, field.reason) for field in found.fields] == [
        ("subject", "cleared", ""),
        ("opener", "missing", ""),
        ("opener_secondary", "missing", ""),
        ("intro", "human", "edited in the CRM, left as it is"),
        ("social_proof", "in_crm", ""),
        ("unsubscribe", "missing", ""),
    ]
    assert _text(found, "intro").origin.reviewer == "Maxi Muster", "what was ours there before stays known"


def test_a_person_who_is_gone_from_the_crm_still_has_a_lineage(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    gone_at = utc_now()
    with store.write() as connection:
        connection.execute(sa.update(schema.persons).where(schema.persons.c.person_id == 11).values(gone_at=gone_at))
    found = load_person(analytics, 11)
    assert found.gone_at == gone_at
    assert _text(found, "subject").origin.reviewer == "Maxi Muster"


def test_of_an_erased_person_the_ledger_still_answers(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    with store.write() as connection:
        connection.execute(sa.delete(schema.persons).where(schema.persons.c.person_id == 11))
    found = load_person(analytics, 11)
    assert (found.read, found.contact_id) == (False, 1)
    assert _text(found, "subject").origin.key == "leitung|bau"


def test_a_value_that_is_no_text_has_no_block(store, analytics) -> None:
    samples.write(store, "Person", 11, None, {"unsubscribe": "https://beispiel.example/u/1"})
    with store.write() as connection:
        # What a link has instead of a text: nothing.
        connection.execute(sa.update(schema.written_values).values(block_id=None))
    written = _field(load_person(analytics, 11), "unsubscribe").written
    assert written is not None
    assert written.text is None


def test_a_rejected_text_and_one_that_breaks_rules_say_so(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store, verdict="rejected"), CELL_WORDS)
    assert _text(load_person(analytics, 11), "subject").origin.state == "rejected"
    broken = samples.text(store, verdict=None, findings=[samples.finding("intro")])
    samples.write(store, "Person", 12, broken, CELL_WORDS)
    text = _text(load_person(analytics, 12), "intro")
    assert (text.passed, text.origin.state, text.origin.findings) == (False, "failed_rules", ("zu lang",))


def test_somebody_nobody_knows_is_an_error_that_says_what_to_do(analytics) -> None:
    with pytest.raises(UnknownLineageError, match=r"does not know person 4711 .* `gtm once`"):
        load_person(analytics, 4711)


def test_calls_that_were_paid_in_several_currencies_have_no_sum(store, analytics) -> None:
    block_id = samples.text(store)
    samples.write(store, "Person", 11, block_id, CELL_WORDS)
    with store.write() as connection:
        connection.execute(schema.model_calls.insert().values({**samples.call(samples.CELL), "block_id": block_id}))
    text = _text(load_person(analytics, 11), "subject")
    assert (text.calls, text.price, text.currency) == (2, 0.025, "EUR")
    with store.write() as connection:
        other = {**samples.call(samples.CELL), "block_id": block_id, "currency": "USD"}
        connection.execute(schema.model_calls.insert().values(other))
    found = load_person(analytics, 11)
    text = _text(found, "subject")
    assert (text.calls, text.price, text.currency) == (3, None, "")
    lines = field_lines(_field(found, "subject"), "en", ())
    assert "3 calls of the model, paid in several currencies" in lines
    assert "review 1" in lines
