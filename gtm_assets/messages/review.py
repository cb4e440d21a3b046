"""Sentences of ``gtm review``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "review.key": Message("Key", "Schlüssel"),
    "review.text": Message("Text", "Text"),
    "review.waiting": Message(
        "{count} wait. Approve with: gtm review approve <key> … (or --all, --campaign, --vertical)",
        "{count} Texte warten auf Freigabe. Freigeben mit: gtm review approve <Schlüssel> … (oder --all, --campaign, --vertical)",
        "1 waits. Approve with: gtm review approve <key>",
        "1 Text wartet auf Freigabe. Freigeben mit: gtm review approve <Schlüssel>",
    ),
    "review.failed": Message(
        "{count} break rules. Mend one with: gtm review edit <key>; write it anew with: gtm backfill … --force",
        "{count} Texte verletzen Regeln. Verbessern mit: gtm review edit <Schlüssel>; neu schreiben mit: gtm backfill … --force",
        "1 breaks rules. Mend it with: gtm review edit <key>",
        "1 Text verletzt Regeln. Verbessern mit: gtm review edit <Schlüssel>",
    ),
    "review.nothing_failed": Message("No text breaks a rule.", "Kein Text verletzt eine Regel."),
    "review.field": Message("Field", "Feld"),
    "review.approved_before": Message("Approved before", "Zuletzt freigegeben"),
    "review.new": Message("Now", "Neu"),
    "review.length": Message("Characters", "Zeichen"),
    "review.history": Message(
        "Version {version}: {verdict} by {who}, {at} (review {review})",
        "Fassung {version}: {verdict} von {who}, {at} (Freigabe Nr. {review})",
    ),
    "review.verdict_approved": Message("approved", "freigegeben"),
    "review.verdict_rejected": Message("rejected", "abgelehnt"),
    "review.field_subject": Message("Subject", "Betreff"),
    "review.field_intro": Message("Bridge", "Brücke"),
    "review.field_social_proof": Message("Social proof", "Beleg"),
    "review.field_opener": Message("Opener", "Opener"),
    "review.field_opener_secondary": Message("Second opener", "Zweiter Opener"),
    "review.state_waiting": Message("Waits for a verdict.", "Wartet auf Freigabe."),
    "review.state_approved": Message("Approved.", "Freigegeben."),
    "review.state_rejected": Message("Rejected.", "Abgelehnt."),
    "review.state_failed_rules": Message(
        "Breaks rules and can't be approved.", "Verletzt Regeln und kann nicht freigegeben werden."
    ),
    "review.edited": Message("{key}: kept as a new version.", "{key}: als neue Fassung übernommen."),
    "review.nothing_waits": Message("Nothing waits for a verdict.", "Nichts wartet auf Freigabe."),
    "review.nothing_waits_there": Message(
        "Nothing of {what} waits for a verdict.", "Von {what} wartet nichts auf Freigabe."
    ),
    "review.approved": Message(
        "{count} approved. Accounts that are due because of it: {due}.",
        "{count} Texte freigegeben. Firmen, die deshalb neu anstehen: {due}.",
        "1 approved. Accounts that are due because of it: {due}.",
        "1 Text freigegeben. Firmen, die deshalb neu anstehen: {due}.",
    ),
    "review.rejected": Message(
        "{count} rejected. Accounts that are due because of it: {due}.",
        "{count} Texte abgelehnt. Firmen, die deshalb neu anstehen: {due}.",
        "1 rejected. Accounts that are due because of it: {due}.",
        "1 Text abgelehnt. Firmen, die deshalb neu anstehen: {due}.",
    ),
}
