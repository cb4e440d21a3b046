"""Sentences of ``gtm lineage``; those about a text's version and verdict are the preview's."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    # --- a person
    "lineage.title": Message("What was written for person {person}", "Was für Person {person} geschrieben wurde"),
    "lineage.company": Message("of company {company}", "der Firma {company}"),
    "lineage.gone": Message(
        "No longer in the CRM since {at}; what the engine wrote stays on record.",
        "Seit {at} nicht mehr im CRM; was die Engine geschrieben hat, bleibt nachgewiesen.",
    ),
    "lineage.erased": Message(
        "The person's own data is not stored any more; what was written is.",
        "Die Angaben zur Person sind nicht mehr gespeichert; was geschrieben wurde, schon.",
    ),
    "lineage.written": Message(
        "written to the CRM {at}, ledger entry {ledger}, guard {guard}",
        "ins CRM geschrieben am {at}, Eintrag {ledger} im Ledger, Schutzstufe {guard}",
    ),
    "lineage.was_written": Message(
        "The engine's own value, which is not there any more:", "Der Wert der Engine, der dort nicht mehr steht:"
    ),
    "lineage.no_text": Message("not from a text block", "nicht aus einem Textblock"),
    "lineage.content": Message("content {hash}, author: {author}", "Inhalt {hash}, Autor: {author}"),
    "lineage.model": Message("model", "Modell"),
    "lineage.passed": Message("every rule passed", "alle Regeln eingehalten"),
    "lineage.input_current": Message(
        "made from {what}, version {version} (still current)", "beruht auf {what}, Fassung {version} (noch aktuell)"
    ),
    "lineage.input_outdated": Message(
        "made from {what}, version {version}, the row is another one by now ({current})",
        "beruht auf {what}, Fassung {version}; inzwischen gilt eine andere ({current})",
    ),
    "lineage.input_removed": Message(
        "made from {what}, version {version}, which is not stored any more",
        "beruht auf {what}, Fassung {version}, inzwischen nicht mehr gespeichert",
    ),
    "lineage.input_inactive": Message("the row is not active any more", "die Zeile ist nicht mehr aktiv"),
    "lineage.inputs_unknown": Message(
        "made from: unknown (written before lineage was kept)",
        "beruht auf: unbekannt (geschrieben, bevor die Herkunft festgehalten wurde)",
    ),
    "lineage.source.verticals": Message("vertical {key}", "Branche {key}"),
    "lineage.source.personas": Message("persona {key}", "Persona {key}"),
    "lineage.source.campaigns": Message("campaign {key}", "Kampagne {key}"),
    "lineage.source.website": Message("website of company {key}", "Website der Firma {key}"),
    "lineage.evidence": Message("rests on the website: {span}", "gestützt auf die Website: {span}"),
    "lineage.cost": Message(
        "{count} calls of the model, {price} {currency}",
        "{count} Anfragen an das Modell, {price} {currency}",
        "1 call of the model, {price} {currency}",
        "1 Anfrage an das Modell, {price} {currency}",
    ),
    "lineage.earlier": Message("Earlier values, newest first", "Frühere Werte, die neuesten zuerst"),
    "lineage.taken_away": Message("(taken out)", "(entfernt)"),
    "lineage.value": Message("Value", "Wert"),
    "lineage.when": Message("Written", "Geschrieben"),
    "lineage.ledger": Message("Ledger", "Ledger"),
    "lineage.reviewer": Message("Review", "Freigabe"),
    # --- a row of Notion
    "lineage.page_title": Message("What carries the words of {what}", "Was die Worte von {what} trägt"),
    "lineage.page_version": Message("{name}, version {version} since {at}", "{name}, Fassung {version} seit {at}"),
    "lineage.page_inactive": Message(
        "Not active in Notion any more: nobody new gets its words.",
        "In Notion nicht mehr aktiv: Niemand erhält seine Worte neu.",
    ),
    "lineage.totals": Message(
        "{persons} persons and {companies} companies carry its words, {outdated} of them from an earlier version of the row.",
        "{persons} Personen und {companies} Firmen tragen seine Worte, {outdated} davon aus einer früheren Fassung der Zeile.",
    ),
    "lineage.per_field": Message("Per field: {counts}", "Je Feld: {counts}"),
    "lineage.unknown_texts": Message(
        "Besides, {count} texts were written before lineage was kept ({persons} persons and {companies} companies carry them): which "
        "rows they rest on is unknown.",
        "Außerdem wurden {count} Texte geschrieben, bevor die Herkunft festgehalten wurde ({persons} Personen und {companies} Firmen "
        "tragen sie): Auf welchen Zeilen sie beruhen, ist unbekannt.",
        "Besides, 1 text was written before lineage was kept ({persons} persons and {companies} companies carry it): which rows it rests "
        "on is unknown.",
        "Außerdem wurde 1 Text geschrieben, bevor die Herkunft festgehalten wurde ({persons} Personen und {companies} Firmen tragen ihn): "
        "Auf welchen Zeilen er beruht, ist unbekannt.",
    ),
    "lineage.no_texts": Message("No text was made from it yet.", "Aus ihr ist noch kein Text entstanden."),
    "lineage.texts": Message("Its texts", "Ihre Texte"),
    "lineage.carriers": Message("Who carries them", "Wer sie trägt"),
    "lineage.nobody": Message("Nobody carries its words.", "Niemand trägt ihre Worte."),
    "lineage.text": Message("Text", "Text"),
    "lineage.state": Message("State", "Stand"),
    "lineage.row_version": Message("Version of the row", "Fassung der Zeile"),
    "lineage.record": Message("Record", "Datensatz"),
    "lineage.fields": Message("Fields", "Felder"),
    "lineage.persons": Message("Persons", "Personen"),
    "lineage.companies": Message("Companies", "Firmen"),
    "lineage.Contact": Message("company {id}", "Firma {id}"),
    "lineage.Person": Message("person {id}", "Person {id}"),
    "lineage.current": Message("{version} (current)", "{version} (aktuell)"),
    "lineage.outdated": Message("{version} (earlier)", "{version} (früher)"),
    "lineage.state.approved": Message("approved", "freigegeben"),
    "lineage.state.waiting": Message("waits for a review", "wartet auf Freigabe"),
    "lineage.state.rejected": Message("rejected", "abgelehnt"),
    "lineage.state.failed_rules": Message("breaks rules", "verletzt Regeln"),
    "lineage.state.earlier": Message("earlier version", "frühere Version"),
    "lineage.more": Message(
        "The first {shown} of {total} are shown; more with --limit, all with --json.",
        "Die ersten {shown} von {total} sind zu sehen; mehr mit --limit, alle mit --json.",
    ),
}
