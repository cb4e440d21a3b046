"""Sentences of ``gtm backfill``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "backfill.scope.all": Message("all accounts", "alle Firmen"),
    "backfill.scope.accounts": Message("accounts {ids}", "Firmen {ids}"),
    "backfill.scope.of": Message("accounts of {what}", "Firmen zu {what}"),
    "backfill.scope.campaign": Message("campaign {tag}", "Kampagne {tag}"),
    "backfill.scope.vertical": Message("vertical {key}", "Branche {key}"),
    "backfill.would_look": Message("The backfill of {scope} would look at:", "Der Lauf für {scope} würde ansehen:"),
    "backfill.would_write": Message(
        "  {cells} texts, of which {to_write} would be written (a model call each, or two)",
        "  {cells} Texte, davon würden {to_write} geschrieben (je ein oder zwei Anfragen an das Modell)",
    ),
    "backfill.would_accounts": Message("  {count} accounts", "  {count} Firmen", "  1 account", "  1 Firma"),
    "backfill.nothing_done": Message("Nothing was done.", "Es wurde nichts getan."),
    "backfill.title": Message("Backfill of {scope}: {seconds} s", "Lauf für {scope}: {seconds} s"),
    "backfill.texts": Message("texts ({cells} cells)", "Texte ({cells} Zellen)"),
    "backfill.accounts": Message("accounts ({count})", "Firmen ({count})"),
    "backfill.writes": Message("writes", "Schreiben"),
    "backfill.model_calls": Message("model calls", "Anfragen an das Modell"),
    "backfill.generated": Message("generated", "neu"),
    "backfill.unchanged": Message("unchanged", "unverändert"),
    "backfill.rejected": Message("rejected", "von den Regeln abgelehnt"),
    "backfill.failed": Message("failed", "fehlgeschlagen"),
    "backfill.left": Message("left for another day", "auf einen anderen Tag verschoben"),
    "backfill.changed": Message("looked at", "angesehen"),
    "backfill.completed": Message("completed", "fertig"),
    "backfill.skipped": Message("skipped", "übersprungen"),
    "backfill.conflict": Message("conflict", "Konflikt"),
    "backfill.planned": Message("planned", "geplant"),
    "backfill.patches": Message("patches", "Änderungen gesendet"),
    "backfill.confirmed": Message("confirmed", "bestätigt"),
    "backfill.conflicts": Message("conflicts", "Konflikte"),
    "backfill.waiting": Message(
        "{count} of its texts wait for a review: gtm review list",
        "{count} der Texte warten auf eine Freigabe: gtm review list",
        "1 of its texts waits for a review: gtm review list",
        "1 der Texte wartet auf eine Freigabe: gtm review list",
    ),
    "backfill.more": Message("… and {count} more: gtm board", "… und {count} weitere: gtm board"),
}
