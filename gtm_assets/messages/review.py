"""Sentences of ``gtm review``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "review.key": Message("Key", "Schlüssel"),
    "review.version": Message("Version", "Version"),
    "review.text": Message("Text", "Text"),
    "review.waiting": Message(
        "{count} wait. Approve with: gtm review approve <key> … (or --all, --campaign, --vertical)",
        "{count} Texte warten auf Freigabe. Freigeben mit: gtm review approve <Schlüssel> … (oder --all, --campaign, --vertical)",
        "1 waits. Approve with: gtm review approve <key>",
        "1 Text wartet auf Freigabe. Freigeben mit: gtm review approve <Schlüssel>",
    ),
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
