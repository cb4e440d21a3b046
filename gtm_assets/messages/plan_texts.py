"""Sentences of ``gtm plan texts``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "plan_texts.database": Message("Database", "Datenbank"),
    "plan_texts.row": Message("Row", "Zeile"),
    "plan_texts.what": Message("What", "Was"),
    "plan_texts.fields": Message("Columns", "Spalten"),
    "plan_texts.new": Message("new", "neu"),
    "plan_texts.changed": Message("changed", "geändert"),
    "plan_texts.deactivated": Message("ended", "beendet"),
    "plan_texts.reactivated": Message("active again", "wieder aktiv"),
    "plan_texts.no_change": Message("Notion says nothing new.", "In Notion steht nichts Neues."),
    "plan_texts.refused": Message(
        "{database}: {name} can't be used: {reason}", "{database}: {name} ist nicht verwendbar: {reason}"
    ),
    "plan_texts.by_change": Message(
        "The next sync makes {cells} cells and {openers} openers stale: {persons} persons, {carriers} of whom keep the earlier text until "
        "the new one is approved; about {price}.",
        "Mit dem nächsten Abgleich werden {cells} Bausteine und {openers} Opener neu geschrieben: {persons} Personen, {carriers} davon "
        "behalten den bisherigen Text, bis der neue freigegeben ist; etwa {price}.",
    ),
    "plan_texts.waiting": Message(
        "Stale already: {cells} cells and {openers} openers for {persons} persons, {carriers} of whom keep an earlier text; about {price}.",
        "Bereits offen: {cells} Bausteine und {openers} Opener für {persons} Personen, {carriers} davon behalten einen früheren Text; "
        "etwa {price}.",
    ),
    "plan_texts.cells": Message("Cells", "Bausteine"),
    "plan_texts.ended": Message(
        "Cells that end (who carries them loses the text)", "Bausteine, die enden (ihre Texte werden entfernt)"
    ),
    "plan_texts.no_price": Message("a price that is not known", "einem unbekannten Preis"),
}
