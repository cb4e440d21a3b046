"""Sentences of ``gtm preview``."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    # --- headings and labels
    "preview.title": Message("Preview for {person}", "Vorschau für {person}"),
    "preview.title_crm": Message("What stands in the CRM for {person}", "Was für {person} im CRM steht"),
    "preview.to": Message("To", "An"),
    "preview.no_mail": Message("NO E-MAIL: {reason}", "KEINE E-MAIL: {reason}"),
    "preview.no_mail_why": Message(
        "This person must not be addressed. The engine writes nothing for them; below is what the CRM carries.",
        "Diese Person darf nicht angeschrieben werden. Die Engine schreibt nichts für sie; unten steht, was das CRM enthält.",
    ),
    "preview.incomplete": Message("Incomplete, without: {parts}", "Unvollständig, es fehlt: {parts}"),
    "preview.no_subject": Message("(no subject)", "(kein Betreff)"),
    "preview.parts": Message("Where the parts come from", "Woher die Teile kommen"),
    "preview.would_be": Message("The engine's own text, not used:", "Der Text der Engine, nicht verwendet:"),
    "preview.todo": Message("To do:", "Zu tun:"),
    "preview.read_at": Message(
        "As the engine last read the CRM on {at}.", "Stand des CRM, wie die Engine ihn zuletzt gelesen hat: {at}."
    ),
    "preview.permission": Message(
        "A text in a CRM field is no permission to send.", "Ein Text im CRM ist keine Erlaubnis zum Versand."
    ),
    "preview.crm_now": Message(
        "Read from the CRM just now; nothing is computed.", "Soeben aus dem CRM gelesen; nichts ist berechnet."
    ),
    "preview.crm_no_mail_why": Message(
        "This person must not be addressed, whatever stands in the CRM's fields.",
        "Diese Person darf nicht angeschrieben werden, was auch immer in den Feldern des CRM steht.",
    ),
    # --- parts
    "preview.part.salutation": Message("Salutation", "Anrede"),
    "preview.part.subject": Message("Subject", "Betreff"),
    "preview.part.opener": Message("Opener", "Opener"),
    "preview.part.intro": Message("Bridge", "Brücke"),
    "preview.part.social_proof": Message("Social proof", "Social Proof"),
    "preview.part.unsubscribe": Message("Unsubscribe", "Abmeldung"),
    "preview.state.in_crm": Message("stands in the CRM", "steht im CRM"),
    "preview.state.planned": Message("planned, not in the CRM yet", "geplant, noch nicht im CRM"),
    "preview.state.human": Message("somebody's own value, it stays", "von Hand eingetragen, bleibt stehen"),
    "preview.state.refused": Message("does not fit the field", "passt nicht ins Feld"),
    "preview.state.cleared": Message("emptied in the CRM", "im CRM geleert"),
    "preview.state.removed": Message("will be taken out of the CRM", "wird aus dem CRM entfernt"),
    "preview.state.missing": Message("missing", "fehlt"),
    "preview.state.computed": Message("made when the e-mail is joined", "entsteht beim Zusammensetzen"),
    "preview.same": Message("for the same reason as: {part}", "aus demselben Grund wie: {part}"),
    # --- persona, vertical, campaign
    "preview.persona": Message("Persona", "Persona"),
    "preview.vertical": Message("Vertical", "Branche"),
    "preview.campaign": Message("Campaign", "Kampagne"),
    "preview.writing": Message("Writing", "Schreiben"),
    "preview.unknown": Message("unknown", "unbekannt"),
    "preview.none": Message("none", "keine"),
    "preview.rests_on_title": Message("rests on {source}", "nach {source}"),
    "preview.vertical_human": Message("chosen by somebody in the CRM", "von jemandem im CRM festgelegt"),
    "preview.vertical_model": Message("from the company's website: {quotes}", "von der Website der Firma: {quotes}"),
    "preview.level.campaign": Message("the campaign's text", "Text der Kampagne"),
    "preview.level.standard": Message("the standard text", "Standardtext"),
    "preview.level.none": Message("no text", "kein Text"),
    "preview.sending.nothing": Message("nothing is planned for this person", "für diese Person ist nichts geplant"),
    "preview.sending.draft": Message(
        "draft mode: planned parts are not written (SUPEROFFICE_ALLOW_LIVE_WRITE is not true)",
        "Entwurfsmodus: Geplantes wird nicht geschrieben (SUPEROFFICE_ALLOW_LIVE_WRITE ist nicht true)",
    ),
    "preview.sending.stopped": Message(
        "writing is stopped, planned parts wait (`gtm status` says for what): {reason}",
        "das Schreiben ist angehalten, Geplantes wartet (worauf, sagt `gtm status`): {reason}",
    ),
    "preview.sending.next_pass": Message(
        "planned parts are written by the next pass (`gtm once`)",
        "Geplantes schreibt der nächste Durchlauf (`gtm once`)",
    ),
    "preview.sending.blocked": Message("nothing is written", "es wird nichts geschrieben"),
    # --- blocks
    "preview.origin.cell": Message("cell {key}, version {version}", "Zelle {key}, Version {version}"),
    "preview.origin.opener": Message(
        "openers of account {key}, version {version}", "Opener der Firma {key}, Version {version}"
    ),
    "preview.origin.newest": Message("the newest is version {newest}", "die neueste ist Version {newest}"),
    "preview.origin.written": Message(
        "written {at} by {model}, prompt {prompt}", "geschrieben am {at} von {model}, Prompt {prompt}"
    ),
    "preview.origin.approved": Message("approved by {reviewer}, {at}", "freigegeben von {reviewer}, {at}"),
    "preview.origin.approved_by_policy": Message(
        "approved by policy, {at}", "automatisch freigegeben (Vorgabe „auto“), {at}"
    ),
    "preview.origin.rejected": Message("rejected by {reviewer}, {at}", "abgelehnt von {reviewer}, {at}"),
    "preview.origin.unapproved": Message("not approved by anybody", "von niemandem freigegeben"),
    "preview.origin.comment": Message("comment: {comment}", "Kommentar: {comment}"),
    "preview.origin.lapsed": Message(
        "an input changed since: the verdict does not count for new carriers",
        "seitdem hat sich eine Vorgabe geändert: Die Freigabe gilt nicht für weitere Personen",
    ),
    "preview.origin.retired": Message(
        "its persona, vertical or campaign is not active any more",
        "Persona, Branche oder Kampagne sind nicht mehr aktiv",
    ),
    "preview.origin.evidence": Message(
        'states "{claim}", because the website says: "{span}"', "sagt „{claim}“, weil die Website sagt: „{span}“"
    ),
    "preview.origin.finding": Message("rule broken: {finding}", "Regel verletzt: {finding}"),
    # --- what to do
    "preview.advice.review": Message(
        "read the text and approve it:", "Bitte lesen Sie den Text und geben Sie ihn frei:"
    ),
    "preview.advice.write": Message("the next pass writes it:", "Der nächste Durchlauf schreibt ihn:"),
    "preview.advice.write_campaign": Message(
        "have the campaign's texts written:", "Lassen Sie die Texte der Kampagne schreiben:"
    ),
    "preview.advice.research": Message(
        "the next pass looks at the company:", "Der nächste Durchlauf recherchiert die Firma:"
    ),
    "preview.advice.rewrite": Message(
        "change pains, gains or references in Notion; the text is then written anew",
        "Ändern Sie Pains, Gains oder Referenzen in Notion; dann wird der Text neu geschrieben",
    ),
    "preview.advice.title": Message(
        "correct the job title in the CRM, or add it to a persona in Notion",
        "Korrigieren Sie den Titel im CRM, oder ergänzen Sie ihn in Notion bei einer Persona",
    ),
    "preview.advice.vertical": Message(
        "choose the vertical in the CRM, or correct the company's website there",
        "Wählen Sie die Branche im CRM aus, oder korrigieren Sie dort die Website der Firma",
    ),
    "preview.advice.notion_row": Message(
        "set persona and vertical to Active in Notion", "Setzen Sie Persona und Branche in Notion auf „Active“"
    ),
    "preview.advice.campaign_tag": Message(
        "correct the campaign field in the CRM, or tick Active for the campaign in Notion",
        "Korrigieren Sie das Kampagnenfeld im CRM, oder setzen Sie die Kampagne in Notion auf „Active“",
    ),
    "preview.advice.website": Message(
        "correct the company's website in the CRM", "Korrigieren Sie die Website der Firma im CRM"
    ),
    "preview.advice.empty_field": Message(
        "to have the engine's text there, empty the field in the CRM",
        "Soll dort der Text der Engine stehen, leeren Sie das Feld im CRM",
    ),
    "preview.advice.type_back": Message(
        "to have the engine's text there again, type it into the field",
        "Soll dort wieder der Text der Engine stehen, tragen Sie ihn im CRM ein",
    ),
    "preview.advice.own_text": Message(
        "type a text of your own in the CRM, or leave it empty until there is another one",
        "Tragen Sie im CRM einen eigenen Text ein, oder lassen Sie das Feld leer, bis es einen anderen gibt",
    ),
    "preview.advice.field_length": Message(
        "make the field longer in SuperOffice, or reject the text",
        "Verlängern Sie das Feld in SuperOffice, oder lehnen Sie den Text ab",
    ),
    "preview.advice.unsubscribe": Message(
        "set GTM_PUBLIC_URL and GTM_SECRET_KEY", "Setzen Sie GTM_PUBLIC_URL und GTM_SECRET_KEY"
    ),
}
