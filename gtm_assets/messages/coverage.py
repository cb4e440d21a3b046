"""Coverage: what the page in Dagster, the picture and ``gtm coverage`` say."""

from __future__ import annotations

from gtm_assets.messages import Message

MESSAGES = {
    # states of a cell, as a legend names them
    "coverage.approved": Message("approved", "freigegeben"),
    "coverage.waiting": Message("waits for review", "wartet auf Freigabe"),
    "coverage.rejected": Message("rejected by a reviewer", "abgelehnt"),
    "coverage.failed_rules": Message("breaks the text rules", "verletzt die Textregeln"),
    "coverage.lapsed": Message("lapsed: an input changed", "veraltet: eine Vorgabe hat sich geändert"),
    "coverage.missing": Message("not written", "nicht geschrieben"),
    "coverage.number": Message("The number: persons behind the cell", "Die Zahl: Personen der Zelle"),
    "coverage.fall_back": Message(
        "of them get the standard text instead", "davon bekommen stattdessen den Standardtext"
    ),
    # headings
    "coverage.title": Message(
        "{covered} of {addressed} persons have an approved text ({percent} %)",
        "{covered} von {addressed} Personen haben einen freigegebenen Text ({percent} %)",
    ),
    "coverage.nobody": Message(
        "There is nobody yet who may be addressed", "Es gibt noch niemanden, der angeschrieben werden darf"
    ),
    "coverage.standard": Message("Standard text", "Standardtext"),
    "coverage.campaign": Message("Campaign {name}", "Kampagne {name}"),
    "coverage.panel": Message("{approved} of {cells} texts approved", "{approved} von {cells} Texten freigegeben"),
    "coverage.panel_persons": Message(
        "{covered} of {count} persons covered",
        "{covered} von {count} Personen abgedeckt",
        one_en="{covered} of {count} person covered",
        one_de="{covered} von {count} Person abgedeckt",
    ),
    "coverage.panel_back": Message("{count} fall back", "{count} mit Standardtext", one_en="{count} falls back"),
    "coverage.bare": Message(
        "None of its {count} texts is written, and it has no person yet",
        "Keiner ihrer {count} Texte ist geschrieben, und sie hat noch keine Person",
        one_en="Its text is not written, and it has no person yet",
        one_de="Ihr Text ist nicht geschrieben, und sie hat noch keine Person",
    ),
    "coverage.more": Message(
        "Not drawn, but in the table and in `gtm coverage`: {what}.",
        "Nicht gezeichnet, aber in der Tabelle und in `gtm coverage`: {what}.",
    ),
    "coverage.more_campaigns": Message(
        "{count} campaigns", "{count} Kampagnen", one_en="{count} campaign", one_de="{count} Kampagne"
    ),
    "coverage.more_verticals": Message(
        "{count} verticals", "{count} Branchen", one_en="{count} vertical", one_de="{count} Branche"
    ),
    "coverage.more_personas": Message(
        "{count} personas", "{count} Personas", one_en="{count} persona", one_de="{count} Persona"
    ),
    # nothing there
    "coverage.no_persona": Message(
        "No persona is active in Notion, so there is no text to write. Set a row of the personas to Active; "
        "it is read within five minutes.",
        "In Notion ist keine Persona aktiv, deshalb gibt es keinen Text zu schreiben. Stellen Sie eine Zeile der Personas auf Active; "
        "sie wird innerhalb von fünf Minuten gelesen.",
    ),
    "coverage.no_vertical": Message(
        "No vertical is active in Notion, so there is no text to write. Set a row of the verticals to Active; "
        "it is read within five minutes.",
        "In Notion ist keine Branche aktiv, deshalb gibt es keinen Text zu schreiben. Stellen Sie eine Zeile der Branchen auf Active; "
        "sie wird innerhalb von fünf Minuten gelesen.",
    ),
    "coverage.never_read": Message(
        "Notion was never read. `gtm up` reads it by itself, `gtm once` reads it now.",
        "Notion wurde noch nie gelesen. `gtm up` liest es von selbst, `gtm once` liest es jetzt.",
    ),
    "coverage.no_person": Message(
        "No person of the CRM is known yet: the numbers come with the first load (`gtm up` by itself, or `gtm once`).",
        "Noch ist keine Person aus dem CRM bekannt: Die Zahlen kommen mit dem ersten Einlesen (`gtm up` von selbst, oder `gtm once`).",
    ),
    "coverage.no_campaign": Message(
        "No campaign is active in Notion: everybody gets the standard text.",
        "In Notion ist keine Kampagne aktiv: Alle bekommen den Standardtext.",
    ),
    # what to do next
    "coverage.next": Message("What to do next", "Was als Nächstes zu tun ist"),
    "coverage.next_nothing": Message(
        "Nothing: every text is written and approved.", "Nichts: Jeder Text ist geschrieben und freigegeben."
    ),
    "coverage.next_waiting": Message(
        "{count} texts wait for review: `gtm review list`",
        "{count} Texte warten auf Freigabe: `gtm review list`",
        one_en="{count} text waits for review: `gtm review list`",
        one_de="{count} Text wartet auf Freigabe: `gtm review list`",
    ),
    "coverage.next_campaign": Message(
        "{name}: `{command}` writes the {count} that are missing",
        "{name}: `{command}` schreibt die {count} fehlenden Texte",
        one_en="{name}: `{command}` writes the one that is missing",
        one_de="{name}: `{command}` schreibt den fehlenden Text",
    ),
    "coverage.next_missing": Message(
        "{count} standard texts are not written yet; they come by themselves (`gtm up`), or now with `gtm once`",
        "{count} Standardtexte sind noch nicht geschrieben; sie kommen von selbst (`gtm up`) oder jetzt mit `gtm once`",
        one_en="{count} standard text is not written yet; it comes by itself (`gtm up`), or now with `gtm once`",
        one_de="{count} Standardtext ist noch nicht geschrieben; er kommt von selbst (`gtm up`) oder jetzt mit `gtm once`",
    ),
    "coverage.next_lapsed": Message(
        "{count} texts lapsed because an input changed; they are written anew by themselves (`gtm up`), or now with `gtm once`, "
        "and then wait for review",
        "{count} Texte sind veraltet, weil sich eine Vorgabe geändert hat; sie werden von selbst neu geschrieben (`gtm up`) oder "
        "jetzt mit `gtm once`, und warten dann auf Freigabe",
        one_en="{count} text lapsed because an input changed; it is written anew by itself (`gtm up`), or now with `gtm once`, "
        "and then waits for review",
        one_de="{count} Text ist veraltet, weil sich eine Vorgabe geändert hat; er wird von selbst neu geschrieben (`gtm up`) oder "
        "jetzt mit `gtm once`, und wartet dann auf Freigabe",
    ),
    "coverage.next_rejected": Message(
        "{count} texts were rejected in review and stay so until a row they are made from changes in Notion: "
        "persona, vertical or campaign",
        "{count} Texte wurden abgelehnt und bleiben es, bis sich in Notion eine Zeile ändert, aus der sie entstehen: "
        "Persona, Branche oder Kampagne",
        one_en="{count} text was rejected in review and stays so until a row it is made from changes in Notion: "
        "persona, vertical or campaign",
        one_de="{count} Text wurde abgelehnt und bleibt es, bis sich in Notion eine Zeile ändert, aus der er entsteht: "
        "Persona, Branche oder Kampagne",
    ),
    "coverage.next_failed_rules": Message(
        "{count} texts break the text rules and are never used; the cell's page in Dagster names the rule. They are written anew "
        "when a row they are made from changes in Notion",
        "{count} Texte verletzen die Textregeln und werden nie verwendet; die Seite der Zelle in Dagster nennt die Regel. Sie werden "
        "neu geschrieben, wenn sich in Notion eine Zeile ändert, aus der sie entstehen",
        one_en="{count} text breaks the text rules and is never used; the cell's page in Dagster names the rule. It is written anew "
        "when a row it is made from changes in Notion",
        one_de="{count} Text verletzt die Textregeln und wird nie verwendet; die Seite der Zelle in Dagster nennt die Regel. Er wird "
        "neu geschrieben, wenn sich in Notion eine Zeile ändert, aus der er entsteht",
    ),
    "coverage.next_unknown_campaigns": Message(
        "{count} persons name a campaign that is not active in Notion and count as standard; `gtm coverage` names the tags",
        "{count} Personen nennen eine Kampagne, die in Notion nicht aktiv ist, und zählen zum Standard; `gtm coverage` nennt die Tags",
        one_en="{count} person names a campaign that is not active in Notion and counts as standard; `gtm coverage` names the tag",
        one_de="{count} Person nennt eine Kampagne, die in Notion nicht aktiv ist, und zählt zum Standard; `gtm coverage` nennt den Tag",
    ),
    "coverage.next_due": Message(
        "The accounts of {count} persons are to be worked on again; what these persons get is decided anew then",
        "Die Firmen von {count} Personen werden noch einmal bearbeitet; dann wird neu entschieden, was diese Personen bekommen",
        one_en="The account of {count} person is to be worked on again; what this person gets is decided anew then",
        one_de="Die Firma von {count} Person wird noch einmal bearbeitet; dann wird neu entschieden, was diese Person bekommt",
    ),
    "coverage.next_persona": Message(
        "{count} persons have no persona: add their job titles to a persona in Notion, or correct them in the CRM",
        "{count} Personen haben keine Persona: Ergänzen Sie ihre Jobtitel bei einer Persona in Notion oder korrigieren Sie sie im CRM",
        one_en="{count} person has no persona: add the job title to a persona in Notion, or correct it in the CRM",
        one_de="{count} Person hat keine Persona: Ergänzen Sie den Jobtitel bei einer Persona in Notion oder korrigieren Sie ihn im CRM",
    ),
    "coverage.next_vertical": Message(
        "{count} persons work for companies without a vertical: choose one in the company's field Vertical in the CRM; "
        "`gtm board` has the reasons",
        "{count} Personen arbeiten bei Firmen ohne Branche: Wählen Sie eine im Feld Vertical der Firma im CRM; "
        "`gtm board` nennt die Gründe",
        one_en="{count} person works for a company without a vertical: choose one in the company's field Vertical in the CRM; "
        "`gtm board` has the reason",
        one_de="{count} Person arbeitet bei einer Firma ohne Branche: Wählen Sie eine im Feld Vertical der Firma im CRM; "
        "`gtm board` nennt den Grund",
    ),
    # tables
    "coverage.text": Message("Text", "Text"),
    "coverage.persons": Message("Persons", "Personen"),
    "coverage.covered": Message("With approved text", "Mit freigegebenem Text"),
    "coverage.falling_back": Message("Falling back to standard", "Bekommen den Standardtext"),
    "coverage.vertical": Message("Vertical", "Branche"),
    "coverage.campaign_head": Message("Campaign", "Kampagne"),
    "coverage.state": Message("State", "Stand"),
    "coverage.shown": Message("{shown} of {count} shown", "{shown} von {count} gezeigt"),
    "coverage.everybody": Message("Where everybody is", "Wo alle sind"),
    "coverage.total": Message("All persons of the CRM", "Alle Personen im CRM"),
    "coverage.place_covered": Message("with an approved text", "mit freigegebenem Text"),
    "coverage.place_back": Message(
        "of them with the standard text instead of their campaign's",
        "davon mit dem Standardtext statt dem der Kampagne",
    ),
    "coverage.place_without_text": Message(
        "behind a text that is not approved", "mit einem Text, der nicht freigegeben ist"
    ),
    "coverage.not_researched": Message(
        "no text: the company was not worked on yet", "kein Text: Firma noch nicht bearbeitet"
    ),
    "coverage.vertical_unknown": Message(
        "no text: the company's vertical is unknown", "kein Text: Branche der Firma unbekannt"
    ),
    "coverage.persona_unknown": Message("no text: the persona is unknown", "kein Text: Persona unbekannt"),
    "coverage.both_unknown": Message(
        "no text: vertical and persona are unknown", "kein Text: Branche und Persona unbekannt"
    ),
    "coverage.not_active": Message(
        "no text: their vertical or persona is not active in Notion any more",
        "kein Text: Branche oder Persona in Notion nicht mehr aktiv",
    ),
    "coverage.account_gone": Message(
        "not addressed: the company is no longer in the CRM", "nicht angeschrieben: Firma nicht mehr im CRM"
    ),
    "coverage.account_stop": Message(
        "not addressed: the company is marked Stop", "nicht angeschrieben: Firma mit „Stop“ gekennzeichnet"
    ),
    "coverage.suppressed": Message("not addressed: suppressed", "nicht angeschrieben: auf der Sperrliste"),
    "coverage.no_mailing": Message(
        "not addressed: marked No Mailings", "nicht angeschrieben: mit „Kein Mailing“ gekennzeichnet"
    ),
    "coverage.retired": Message("not addressed: has left the company", "nicht angeschrieben: hat die Firma verlassen"),
    "coverage.associate": Message("not addressed: is a user of the CRM", "nicht angeschrieben: ist CRM-Benutzer"),
    # the command
    "coverage.unknown_campaigns": Message(
        "Campaign fields without an active campaign", "Kampagnenfelder ohne aktive Kampagne"
    ),
}
