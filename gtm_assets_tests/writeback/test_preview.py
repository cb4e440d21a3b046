"""What one person would get: every part with where it comes from, what is missing and why, and who must get nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.texts.models import Finding
from gtm_assets.texts.reviews import decide
from gtm_assets.writeback.preview import Advice
from gtm_assets.writeback.preview_record import Record, UnknownPersonError, find_person, unknown_person
from gtm_assets_tests.stores import account_row, fresh_store, profile_row, put, vertical_row, website_row, written_row
from gtm_assets_tests.writeback.previewing import (
    CELL,
    KEY,
    LINKED,
    OPENER,
    PERSON,
    block,
    campaign_row,
    carry,
    company,
    part,
    preview,
    someone,
)
from resources.store import schema
from resources.store.store import utc_now

CAMPAIGN_KEY = f"{KEY}|messe-2026"


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        company(opened)
        yield opened


def _state(found, name: str) -> tuple[str, str]:
    each = part(found, name)
    return each.state, each.value


def test_a_draft_shows_the_whole_e_mail_although_the_crm_carries_nothing(store) -> None:
    block(store)
    block(store, "1")
    found = preview(store, LINKED)
    assert found.subject == "Betreff"
    link = part(found, "unsubscribe").value
    assert link.startswith("https://muster.example/u/")
    assert found.text.split("\n\n") == [
        "Sehr geehrte Frau Muster,",
        "bei Ihnen zählt jeder Weg.",
        "Brücke",
        "Beleg",
        "Mit freundlichen Grüßen",
        f"Sie möchten keine weiteren E-Mails von uns erhalten? Hier können Sie sich abmelden: {link}",
    ]
    assert found.missing == ()
    assert {each.state for each in found.parts} == {"planned", "computed"}
    assert found.sending == "draft"


def test_a_part_tells_its_block_its_version_who_wrote_and_who_approved_it(store) -> None:
    block(store, content={**CELL, "subject": "alt"})
    block(store, comment="schön")
    origin = part(preview(store), "intro").origin
    assert origin is not None
    assert (origin.kind, origin.key, origin.version, origin.newest_version, origin.state) == (
        *("cell", KEY, 2, 2),
        "approved",
    )
    assert (origin.model, origin.prompt_version, origin.verdict, origin.reviewer) == (
        *("test-model", "cell-1", "approved"),
        "Prüferin",
    )
    assert origin.comment == "schön"
    assert origin.decided_at is not None
    assert origin.decided_at >= origin.written_at


def test_what_the_crm_carries_already_is_told_from_what_is_only_planned(store) -> None:
    block_id = block(store)
    carry(store, block_id, {"subject": "Betreff"})
    found = preview(store, may_write=True)
    assert _state(found, "subject") == ("in_crm", "Betreff")
    assert _state(found, "intro") == ("planned", "Brücke")
    assert found.sending == "next_pass"
    carry(store, block_id, dict(CELL))
    assert preview(store, may_write=True).sending == "nothing"


def test_a_stopped_engine_says_that_planned_parts_wait(store) -> None:
    block(store)
    from gtm_assets.writeback import ledger

    ledger.stop_writing(store, "a PATCH moved SuperOffice:5")
    found = preview(store, may_write=True)
    assert (found.sending, found.stopped) == ("stopped", "a PATCH moved SuperOffice:5")
    assert preview(store).sending == "draft"


def test_a_humans_value_is_what_the_person_gets(store) -> None:
    block_id = block(store)
    carry(store, block_id, dict(CELL), title="Produktionsleiterin")
    someone(store, fields={**CELL, "intro": "Text von Hand"})
    found = preview(store)
    assert _state(found, "intro") == ("human", "Text von Hand")
    assert "Text von Hand" in found.text
    assert "Brücke" not in found.text
    assert part(found, "intro").would_be == "Brücke"
    # Emptying the field would not bring our text back: we wrote exactly that before.
    assert part(found, "intro").advice == (Advice("type_back"),)


def test_a_value_from_before_the_engine_came_can_be_given_up_by_emptying_the_field(store) -> None:
    block(store)
    someone(store, fields={"subject": "Alter Betreff"})
    found = part(preview(store), "subject")
    assert (found.state, found.value, found.would_be, found.advice) == (
        *("human", "Alter Betreff", "Betreff"),
        (Advice("empty_field"),),
    )


def test_a_field_that_somebody_emptied_stays_empty(store) -> None:
    carry(store, block(store), dict(CELL))
    someone(store, fields={**CELL, "social_proof": ""})
    found = preview(store)
    assert _state(found, "social_proof") == ("cleared", "")
    assert part(found, "social_proof").would_be == "Beleg"
    assert found.missing == ("opener", "social_proof", "unsubscribe")


def test_a_text_that_does_not_fit_is_refused_and_what_stood_there_stays(store) -> None:
    carry(store, block(store), dict(CELL))
    block(store, content={**CELL, "subject": "x" * 300})
    found = part(preview(store), "subject")
    assert (found.state, found.value, found.would_be) == ("refused", "Betreff", "x" * 300)
    assert found.advice == (Advice("field_length"),)


@pytest.mark.parametrize(
    ("how", "reason", "advice", "shown"),
    [
        (None, "the text is not written yet", Advice("write", "gtm once"), ""),
        (
            {"verdict": None},
            "waiting for review",
            Advice("review", "gtm review approve leitung/maschinenbau"),
            "Brücke",
        ),
        ({"verdict": "rejected"}, "the text was rejected in review", Advice("rewrite"), ""),
        (
            {"verdict": None, "findings": [Finding("intro", "too_long", "Zu lang.")]},
            "the text breaks the rules",
            Advice("rewrite"),
            "Brücke",
        ),
        (
            {"stale": True},
            "an input changed, the new text is not approved yet",
            Advice("write", "gtm once"),
            "",
        ),
    ],
)
def test_a_missing_text_says_why_and_what_to_do(store, how, reason, advice, shown) -> None:
    if how is not None:
        block(store, **how)
    found = part(preview(store), "intro")
    assert (found.state, found.value) == ("missing", "")
    assert found.reason.endswith(reason)
    assert found.advice == (advice,)
    assert found.would_be == shown
    assert (found.origin is None) == (how is None)
    if how and how.get("findings"):
        assert found.origin is not None
        assert found.origin.findings == ("Zu lang.",)


def test_openers_have_a_review_of_their_own(store) -> None:
    block(store, "1", None)
    found = part(preview(store), "opener")
    assert found.advice == (Advice("review", "gtm review approve 1 --kind opener"),)
    assert found.would_be == OPENER["opener"]
    block(store, "1", "approved")
    assert part(preview(store), "opener").reason == "primary opener, for Operativ: Transportroboter"


def test_a_person_without_a_persona_gets_none_of_its_texts_but_the_companys_opener(store) -> None:
    block(store)
    block(store, "1")
    someone(store, title="Pförtner", persona_key=None, persona_reason="no word of the title is known")
    found = preview(store, LINKED)
    assert found.persona.key is None
    assert part(found, "subject").reason == "the persona is unknown: no word of the title is known"
    assert part(found, "subject").advice == (Advice("title"),)
    assert _state(found, "opener") == ("planned", OPENER["opener"])
    assert part(found, "unsubscribe").reason == "there is no text to unsubscribe from"
    assert found.level == "none"


def test_persona_and_vertical_say_what_they_rest_on(store) -> None:
    found = preview(store)
    assert (found.persona.key, found.persona.name) == ("leitung", "Leitung")
    assert found.persona.source == "Title: Produktionsleiterin"
    assert (found.vertical.name, found.vertical.source) == ("Maschinenbau", "model")
    assert found.vertical.evidence == ("Wir fertigen Drehteile.",)
    put(store, schema.profiles, profile_row(1, vertical_source="human", evidence=["Wir fertigen Drehteile."]))
    by_hand = preview(store).vertical
    assert (by_hand.source, by_hand.evidence) == ("human", ())


def test_a_company_without_a_vertical_says_what_helps(store) -> None:
    put(store, schema.profiles, profile_row(1, None))
    found = preview(store)
    assert part(found, "intro").advice == (Advice("vertical"),)
    assert part(found, "opener").advice == (Advice("vertical"),)
    with store.write() as connection:
        connection.execute(sa.delete(schema.profiles))
    found = preview(store)
    assert found.vertical.reason == "no profile yet"
    assert part(found, "intro").advice == part(found, "opener").advice == (Advice("research", "gtm once"),)


def test_a_website_without_text_and_a_vertical_that_ended_say_what_helps(store) -> None:
    put(store, schema.websites, website_row(1, text="", reason="http://muster.example came back with HTTP 503"))
    found = part(preview(store), "opener")
    assert found.reason.endswith("HTTP 503")
    assert found.advice == (Advice("website"),)
    put(store, schema.verticals, vertical_row("maschinenbau", active=False))
    assert part(preview(store), "intro").advice == (Advice("notion_row"),)


# --- campaigns --------------------------------------------------------------------------------------------------------


def test_a_person_of_a_campaign_gets_its_text_and_the_level_says_so(store) -> None:
    someone(store, campaign="Messe 2026")
    block(store)
    block(store, CAMPAIGN_KEY, content={**CELL, "intro": "Zur Messe"})
    found = preview(store)
    assert (found.campaign, found.level, found.level_reason, found.fallback) == ("Messe 2026", "campaign", "", ())
    assert _state(found, "intro") == ("planned", "Zur Messe")


@pytest.mark.parametrize(
    ("tag", "verdict", "advice"),
    [
        ("Messe 2026", "missing", Advice("write_campaign", "gtm backfill campaign messe-2026")),
        ("Messe 2026", None, Advice("review", "gtm review approve leitung/maschinenbau/messe-2026")),
        ("Messe 2026", "rejected", Advice("rewrite")),
        ("Sommerfest", "missing", Advice("campaign_tag")),
    ],
)
def test_a_fallback_says_why_and_what_would_bring_the_campaigns_text(store, tag, verdict, advice) -> None:
    someone(store, campaign=tag)
    block(store)
    if verdict != "missing":
        block(store, CAMPAIGN_KEY, verdict)
    found = preview(store)
    assert found.level == "standard"
    assert found.level_reason.startswith("standard text")
    assert found.fallback == (advice,)
    assert _state(found, "intro") == ("planned", "Brücke")


def test_a_campaign_that_ended_falls_back_too(store) -> None:
    someone(store, campaign="Messe 2026")
    block(store)
    put(store, schema.campaigns, campaign_row("messe-2026", "Messe 2026", active=False))
    found = preview(store)
    assert (found.level, found.fallback) == ("standard", (Advice("campaign_tag"),))


def test_who_carries_an_earlier_text_keeps_it_and_sees_that_there_is_a_newer_one(store) -> None:
    carry(store, block(store), dict(CELL))
    block(store, verdict=None, content={**CELL, "intro": "Neu"})
    found = part(preview(store), "intro")
    assert (found.state, found.value, found.would_be) == ("in_crm", "Brücke", "")
    assert found.reason == "keeps the earlier text: waiting for review"
    assert found.origin is not None
    assert (found.origin.version, found.origin.newest_version, found.origin.state) == (1, 2, "earlier")
    assert found.advice == (Advice("review", "gtm review approve leitung/maschinenbau"),)


def test_a_text_that_is_no_longer_valid_will_be_taken_out(store) -> None:
    carry(store, block(store), dict(CELL))
    decide(store, "cell", [KEY], "rejected", reviewer="Prüferin")
    found = preview(store)
    assert _state(found, "intro") == ("removed", "")
    assert part(found, "intro").advice == (Advice("rewrite"),)
    assert "intro" in found.missing
    assert "Brücke" not in found.text


# --- who must get nothing, and who does not exist -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"no_mailing": True}, "marked No Mailings in the CRM"),
        ({"retired": True}, "has left the company"),
        ({"is_associate": True}, "is a user of the CRM"),
    ],
)
def test_who_must_not_be_addressed_gets_no_e_mail(store, person, reason) -> None:
    carry(store, block(store), dict(CELL), **person)
    found = preview(store)
    assert (found.blocked, found.sending) == (reason, "blocked")
    assert (found.subject, found.text) == ("", "")
    # What the CRM still carries is shown beside it.
    assert _state(found, "intro") == ("in_crm", "Brücke")
    assert all(each.advice == () for each in found.parts)


def test_a_company_marked_stop_and_the_suppression_list_count_as_well(store) -> None:
    put(store, schema.accounts, account_row(1, stop=True))
    assert preview(store).blocked == "the company is marked Stop in the CRM"
    put(store, schema.accounts, account_row(1))
    assert preview(store).blocked == ""
    for identifier in (f"person:{PERSON}", "account:1"):
        listed = {"identifier": identifier, "reason": "Wunsch", "source": "test", "created_at": utc_now()}
        put(store, schema.suppressions, listed)
        assert preview(store).blocked == "suppressed"
        with store.write() as connection:
            connection.execute(sa.delete(schema.suppressions))


def test_what_the_crm_says_now_counts_before_the_store_knows_it(store) -> None:
    block(store)
    found = preview(store, record=Record("Dr.", against="is a user of the CRM"))
    assert (found.blocked, found.text) == ("is a user of the CRM", "")


def test_the_academic_title_is_part_of_the_salutation_where_it_was_read(store) -> None:
    block(store)
    assert preview(store, record=Record("Prof. Dr.")).text.startswith("Sehr geehrte Frau Prof. Dr. Muster,")
    left_out = preview(store)
    assert left_out.text.startswith("Sehr geehrte Frau Muster,")
    assert left_out.unread == "not asked"


@pytest.mark.parametrize(
    ("changed", "greeting", "reason"),
    [
        ({"mrmrs": ""}, "Guten Tag Erika Muster,", "neutral: '' in Mrmrs does not tell Herr from Frau"),
        ({"lastname": " "}, "Guten Tag,", "neutral: there is no last name"),
    ],
)
def test_a_neutral_salutation_says_why(store, changed, greeting, reason) -> None:
    someone(store, **changed)
    found = part(preview(store), "salutation")
    assert (found.value, found.reason) == (greeting, reason)


def test_a_person_of_no_company_that_is_known_gets_nothing(store) -> None:
    with store.write() as connection:
        connection.execute(sa.delete(schema.accounts))
    assert preview(store).blocked == "belongs to no company that the engine knows"


def test_somebody_who_is_gone_has_no_preview(store) -> None:
    someone(store, gone_at=utc_now() - timedelta(days=1))
    with pytest.raises(UnknownPersonError, match="no longer in the CRM since"):
        preview(store)


def test_somebody_unknown_is_explained(store, tmp_path) -> None:
    assert find_person(store, 404) is None
    assert "`gtm once` reads it" in str(unknown_person(store, 404, in_crm=True))
    assert "no person 404 in the CRM" in str(unknown_person(store, 404, in_crm=False))
    assert "does not know person 404" in str(unknown_person(store, 404, in_crm=None))
    (tmp_path / "other").mkdir()
    with fresh_store(tmp_path / "other") as empty:
        assert "Nobody was read" in str(unknown_person(empty, 404, in_crm=None))


def test_a_preview_changes_nothing_in_the_store(store) -> None:
    block(store)
    put(store, schema.written_values, written_row("Person", PERSON, "intro", "x"))
    with store.read() as connection:
        before = {t.name: connection.execute(sa.select(t)).all() for t in schema.metadata.sorted_tables}
    preview(store, LINKED)
    with store.read() as connection:
        assert {t.name: connection.execute(sa.select(t)).all() for t in schema.metadata.sorted_tables} == before
