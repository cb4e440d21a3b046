"""Sentences of ``gtm plan``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "plan.title": Message("The plan: nothing is sent", "Der Plan: Nichts davon ist geschrieben"),
    "plan.account": Message("Account", "Firma"),
    "plan.record": Message("Record", "Datensatz"),
    "plan.field": Message("Field", "Feld"),
    "plan.now": Message("Now", "Jetzt"),
    "plan.would_be": Message("Would be", "Künftig"),
    "plan.Contact": Message("Contact", "Firma"),
    "plan.Person": Message("Person", "Person"),
    "plan.count": Message(
        "{count} records have a plan that was not sent.",
        "Für {count} Datensätze gibt es einen Plan, der nicht geschrieben wurde.",
        "1 record has a plan that was not sent.",
        "Für 1 Datensatz gibt es einen Plan, der nicht geschrieben wurde.",
    ),
    "plan.more": Message(
        "The first {shown} are shown; more with --limit.", "Die ersten {shown} sind zu sehen; mehr mit --limit."
    ),
    "plan.field.subject": Message("subject", "Betreff"),
    "plan.field.intro": Message("intro", "Brücke"),
    "plan.field.social_proof": Message("social_proof", "Social Proof"),
    "plan.field.unsubscribe": Message("unsubscribe", "Abmeldelink"),
    "plan.field.position_item": Message("position", "Position"),
    "plan.field.vertical": Message("vertical", "Branche"),
    "plan.field.summary": Message("summary", "Zusammenfassung"),
    "plan.field.last_update": Message("last_update", "letzte Änderung"),
    "plan.field.opener": Message("opener", "Opener"),
    "plan.field.opener_secondary": Message("opener_secondary", "zweiter Opener"),
    "plan.field.org_nr": Message("org_nr", "USt-IdNr."),
    "plan.field.postal_city": Message("postal_city", "Ort (Post)"),
    "plan.field.street_city": Message("street_city", "Ort (Straße)"),
}
