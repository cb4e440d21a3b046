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
        "the new one is approved. For {profiles} companies the model is asked again which vertical they belong to. About {price}.",
        "Mit dem nächsten Abgleich werden {cells} Bausteine und {openers} Opener neu geschrieben: {persons} Personen, {carriers} davon "
        "behalten den bisherigen Text, bis der neue freigegeben ist. Für {profiles} Firmen wird das Modell erneut nach der Branche "
        "gefragt. Etwa {price}.",
    ),
    "plan_texts.waiting": Message(
        "Stale already: {cells} cells and {openers} openers for {persons} persons, {carriers} of whom keep an earlier text; {profiles} "
        "companies of which the vertical is still to be asked for. About {price}.",
        "Bereits offen: {cells} Bausteine und {openers} Opener für {persons} Personen, {carriers} davon behalten einen früheren Text; "
        "{profiles} Firmen, nach deren Branche noch gefragt wird. Etwa {price}.",
    ),
    "plan_texts.unforeseen": Message(
        "Companies that get a vertical by it get their first openers then; nobody can foresee how many, and the price leaves them out.",
        "Firmen, die dadurch eine Branche erhalten, bekommen dann erste Opener; wie viele, ist nicht absehbar, und im Preis fehlen sie.",
    ),
    "plan_texts.cells": Message("Cells", "Bausteine"),
    "plan_texts.ended": Message(
        "Cells that end (who carries them loses the text)", "Bausteine, die enden (ihre Texte werden entfernt)"
    ),
    "plan_texts.no_price": Message("a price that is not known", "einem unbekannten Preis"),
}
