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
    "lineage.same_in_newest": Message(
        "the newest version says the same here, so it was not written again",
        "die neueste Version sagt hier dasselbe und wurde deshalb nicht neu geschrieben",
    ),
    "lineage.evidence": Message("rests on the website: {span}", "gestützt auf die Website: {span}"),
    "lineage.cost": Message(
        "{count} calls of the model, {price} {currency}",
        "{count} Anfragen an das Modell, {price} {currency}",
        "1 call of the model, {price} {currency}",
        "1 Anfrage an das Modell, {price} {currency}",
    ),
    "lineage.cost_in_several": Message(
        "{count} calls of the model, paid in several currencies",
        "{count} Anfragen an das Modell, bezahlt in mehreren Währungen",
    ),
    "lineage.review": Message("review {review}", "Freigabe Nr. {review}"),
    "lineage.earlier": Message("Earlier values, newest first", "Frühere Werte, die neuesten zuerst"),
    "lineage.taken_away": Message("(taken out)", "(entfernt)"),
    "lineage.value": Message("Value", "Wert"),
    "lineage.when": Message("Written", "Geschrieben"),
    "lineage.ledger": Message("Ledger", "Ledger"),
    "lineage.reviewer": Message("Review", "Freigabe"),
    # --- a row of Notion
    "lineage.page_title": Message("Who carries texts that rest on {what}", "Wer Texte trägt, die auf {what} beruhen"),
    "lineage.page_version": Message("{name}, version {version} since {at}", "{name}, Fassung {version} seit {at}"),
    "lineage.page_inactive": Message(
        "Not active in Notion any more: no new text rests on it.",
        "In Notion nicht mehr aktiv: Neue Texte beruhen nicht mehr darauf.",
    ),
    "lineage.totals": Message(
        "Carried by: persons {persons}, companies {companies}; from an earlier version of the row: {outdated}",
        "Getragen von: Personen {persons}, Firmen {companies}; aus einer früheren Fassung der Zeile: {outdated}",
    ),
    "lineage.per_field": Message("Per field: {counts}", "Je Feld: {counts}"),
    "lineage.unknown_texts": Message(
        "Besides, {count} texts were written before lineage was kept (carried by: persons {persons}, companies {companies}); which rows "
        "they rest on is unknown.",
        "Außerdem wurden {count} Texte geschrieben, bevor die Herkunft festgehalten wurde (getragen von: Personen {persons}, Firmen "
        "{companies}); auf welchen Zeilen sie beruhen, ist unbekannt.",
        "Besides, 1 text was written before lineage was kept (carried by: persons {persons}, companies {companies}); which rows it rests "
        "on is unknown.",
        "Außerdem wurde 1 Text geschrieben, bevor die Herkunft festgehalten wurde (getragen von: Personen {persons}, Firmen "
        "{companies}); auf welchen Zeilen er beruht, ist unbekannt.",
    ),
    "lineage.no_texts": Message("No text rests on it yet.", "Noch beruht kein Text darauf."),
    "lineage.nobody": Message(
        "Nobody carries a text that rests on it.", "Niemand trägt einen Text, der darauf beruht."
    ),
    "lineage.texts": Message("Texts that rest on it", "Texte, die darauf beruhen"),
    "lineage.carriers": Message("Who carries them", "Wer sie trägt"),
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
