"""Reasons as the store keeps them (English, for everybody) in German, as far as they are known phrases. Pure.

A pair is a sentence as the code that decides writes it, and its German. ``{reason…}`` is a reason again, ``{rank}`` and ``{function}`` are
words of the job title dictionary; other placeholders stay as they are. A test makes every one of these reasons with the code itself, so
that a changed sentence is noticed. What belongs elsewhere: sentences that a command says by itself (the neighbouring modules).
"""

from __future__ import annotations

import re
from functools import cache

_PAIRS: tuple[tuple[str, str], ...] = (
    # gtm_assets.writeback.suppression
    ("no longer in the CRM", "nicht mehr im CRM vorhanden"),
    ("the company is marked Stop in the CRM", "die Firma ist im CRM mit „Stop“ gekennzeichnet"),
    ("marked No Mailings in the CRM", "im CRM mit „Kein Mailing“ gekennzeichnet"),
    ("has left the company", "hat die Firma verlassen"),
    ("is a user of the CRM", "ist selbst CRM-Benutzer"),
    ("suppressed", "steht auf der Sperrliste"),
    # gtm_assets.texts.choice
    ("the text is not written yet", "der Text ist noch nicht geschrieben"),
    ("waiting for review", "wartet auf Freigabe"),
    ("the text was rejected in review", "der Text wurde bei der Freigabe abgelehnt"),
    ("the text breaks the rules", "der Text verletzt die Textregeln"),
    (
        "an input changed, the new text is not approved yet",
        "eine Vorgabe hat sich geändert, der neue Text ist noch nicht freigegeben",
    ),
    ("keeps the earlier text: {reason}", "behält den bisherigen Text: {reason}"),
    (
        "standard text: no active campaign has the tag that stands with the person",
        "Standardtext: Keine aktive Kampagne hat das Tag, das bei der Person steht",
    ),
    ("standard text instead of {tag}: {reason}", "Standardtext statt {tag}: {reason}"),
    (
        "there is no cell {persona} × {vertical}: one of the two is not active in Notion",
        "es gibt keine Zelle {persona} × {vertical}: Eine der beiden Zeilen ist in Notion nicht aktiv",
    ),
    # gtm_assets.writeback.targets
    ("the vertical is unknown: {reason}", "die Branche ist unbekannt: {reason}"),
    ("the vertical is unknown", "die Branche ist unbekannt"),
    ("the persona is unknown: {reason}", "die Persona ist unbekannt: {reason}"),
    ("no profile yet", "die Firma ist noch nicht recherchiert"),
    ("not known yet", "noch nicht bekannt"),
    ("the vertical has one product only", "die Branche hat nur ein Produkt"),
    ("from the company's website", "von der Website der Firma"),
    ("from the imprint", "aus dem Impressum"),
    ("VAT number from the imprint", "USt-IdNr. aus dem Impressum"),
    ("time of this update", "Tag dieser Änderung"),
    ("unsubscribe link", "Abmeldelink"),
    ("opener", "Opener"),
    ("cell {key}", "Zelle {key}"),
    ("openers: {reason}", "Opener: {reason}"),
    # gtm_assets.writeback.plan
    (
        "cleared in the CRM, left empty until there is another text",
        "im CRM geleert; das Feld bleibt leer, bis es einen anderen Text gibt",
    ),
    (
        "edited in the CRM, left as it is (the engine has no text: {reason})",
        "im CRM von Hand geändert und bleibt so (die Engine hat keinen Text: {reason})",
    ),
    (
        "left out: it can't be guarded against edits at the same moment in this tenant, as far as gtm doctor --probe saw",
        "bleibt aus: In diesem Mandanten nicht gegen gleichzeitige Änderungen zu schützen, soweit gtm doctor --probe es sah",
    ),
    ("edited in the CRM, left as it is", "im CRM von Hand geändert und bleibt so"),
    # gtm_assets.writeback.loops
    (
        "written {count} times within an hour and would be again: {fields}; left alone until {when} UTC",
        "{count}-mal in einer Stunde geschrieben und müsste es wieder werden: {fields}; bleibt bis {when} UTC unberührt",
    ),
    (
        "{length} characters, the field holds {limit}: refused, not cut",
        "{length} Zeichen, ins Feld passen {limit}: nicht geschrieben und nicht gekürzt",
    ),
    # gtm_assets.writeback.preview and preview_facts
    ("belongs to no company that the engine knows", "gehört zu keiner Firma, die die Engine kennt"),
    ("neutral: there is no last name", "neutral: Es gibt keinen Nachnamen"),
    (
        "neutral: {mrmrs} in Mrmrs does not tell Herr from Frau",
        "neutral: Die Angabe {mrmrs} im Feld Mrmrs lässt Herr oder Frau offen",
    ),
    ("from Mrmrs {mrmrs} and the last name", "aus dem Feld Mrmrs ({mrmrs}) und dem Nachnamen"),
    ("there is no text to unsubscribe from", "es gibt keinen Text, von dem man sich abmelden könnte"),
    ("a link of this person's own, signed", "ein eigener, signierter Link dieser Person"),
    ("GTM_PUBLIC_URL is not set", "GTM_PUBLIC_URL ist nicht gesetzt"),
    ("primary opener, for {product}", "primärer Opener, für {product}"),
    (
        "the academic title is left out: the CRM was not asked",
        "der akademische Titel fehlt: Das CRM wurde nicht gefragt",
    ),
    (
        "the academic title is left out: SuperOffice is not configured here",
        "der akademische Titel fehlt: SuperOffice ist hier nicht eingerichtet",
    ),
    (
        "the academic title is left out, the CRM could not be asked: {error}",
        "der akademische Titel fehlt, das CRM war nicht erreichbar: {error}",
    ),
    # gtm_assets.texts.openers, gtm_assets.research.profiles and websites
    ("there is no website text to write from", "es gibt keinen Website-Text, aus dem ein Opener entstehen kann"),
    (
        "the website does not say which vertical the company belongs to",
        "die Website sagt nicht, zu welcher Branche die Firma gehört",
    ),
    (
        "the new summary is left out: it does not read as German",
        "die neue Zusammenfassung wird nicht übernommen: Sie liest sich nicht deutsch",
    ),
    (
        "the new summary is left out: it repeats what a page tells machines to do",
        "die neue Zusammenfassung wird nicht übernommen: Sie wiederholt, was eine Seite Maschinen aufträgt",
    ),
    (
        "the quote {quote} tells machines what to do and proves nothing",
        "die Belegstelle {quote} ist eine Aufforderung an Maschinen und belegt nichts",
    ),
    (
        "the new summary is left out: the website does not name {numbers}",
        "die neue Zusammenfassung wird nicht übernommen: {numbers} steht nicht auf der Website",
    ),
    ("the reply gives no quote for {key}", "das Modell nennt für {key} keine Belegstelle"),
    (
        "the reply names the vertical {key}, which was not among those asked for",
        "das Modell nennt die Branche {key}, nach der nicht gefragt war",
    ),
    ("the quote {quote} is too short to be evidence", "das Zitat {quote} ist als Beleg zu kurz"),
    ("the quote {quote} does not stand in the website's text", "das Zitat {quote} steht nicht auf der Website"),
    ("{url} came back with HTTP {status}", "{url} antwortet mit HTTP {status}"),
    ("{url} did not answer ({why})", "{url} antwortet nicht ({why})"),
    (
        "the page holds no text of its own; it may need a browser's scripts",
        "die Seite enthält selbst keinen Text; vielleicht entsteht er erst im Browser",
    ),
    # resources.website
    ("the field holds no web address", "das Feld enthält keine Webadresse"),
    ("no imprint was found", "es wurde kein Impressum gefunden"),
    ("the imprint can't be read: {reason}", "das Impressum ist nicht lesbar: {reason}"),
    (
        "{origin}/robots.txt came back with HTTP {status}, so nothing may be read now",
        "{origin}/robots.txt antwortet mit HTTP {status}; deshalb darf jetzt nichts gelesen werden",
    ),
    ("robots.txt of {host} does not allow {path}", "die robots.txt von {host} erlaubt {path} nicht"),
    ("{url} redirects in a circle", "{url} leitet im Kreis weiter"),
    ("{url} redirects more than {count} times", "{url} leitet mehr als {count}-mal weiter"),
    ("{url} is {media_type}, no web page", "{url} ist keine Webseite ({media_type})"),
    ("{url} does not look like a web page", "{url} sieht nicht wie eine Webseite aus"),
    ("{url} is larger than {count} bytes", "{url} ist größer als {count} Bytes"),
    ("{url} took longer than a visit may take", "{url} antwortet zu langsam"),
    ("the name {host} has no address ({why})", "zum Namen {host} gibt es keine Adresse ({why})"),
    ("the name {host} has no address", "zum Namen {host} gibt es keine Adresse"),
    # gtm_assets.research.budget and gtm_assets.batch.outcomes
    (
        "{reason}: profile or openers are written another day",
        "{reason}: Profil oder Opener werden an einem anderen Tag geschrieben",
    ),
    (
        "The budget of {amount} per day ({variable}) is reached",
        "Das Budget von {amount} am Tag ({variable}) ist ausgeschöpft",
    ),
    (
        "The budget of {amount} per run ({variable}) is reached",
        "Das Budget von {amount} je Lauf ({variable}) ist ausgeschöpft",
    ),
    ("{variable} is 0, so the model is not asked", "{variable} ist 0, deshalb wird das Modell nicht gefragt"),
    (
        "{variable} is {amount}, and a single request may cost up to {most}",
        "{variable} beträgt {amount}, eine einzige Anfrage kann aber bis zu {most} kosten",
    ),
    # gtm_assets.research.vertical_field
    (
        "the CRM says {value}, which is no vertical of Notion",
        "im CRM steht {value}; diese Branche gibt es in Notion nicht",
    ),
    (
        "the CRM says {value}, which is not active in Notion",
        "im CRM steht {value}; diese Branche ist in Notion nicht aktiv",
    ),
    (
        "the CRM's list has no item {name}; add it there, it is never created silently",
        "in der Liste des CRM fehlt der Eintrag {name}; bitte legen Sie ihn dort an",
    ),
    # gtm_assets.research.position_field
    (
        "the CRM's list of positions has no item {name}, or several; add it there, or name another in Notion (CRM Position)",
        "in der Liste der Positionen des CRM fehlt {name} oder steht mehrfach; bitte dort anlegen, oder in Notion (CRM Position) ändern",
    ),
    ("persona {key} is not active in Notion", "die Persona {key} ist in Notion nicht aktiv"),
    ("persona {key}", "Persona {key}"),
    # gtm_assets.research.persona_matching
    ("Title, JobTitle and Position are empty", "Titel, Jobtitel und Position sind leer"),
    ("listed among the persona's job titles", "steht unter den Jobtiteln der Persona"),
    ("listed by several personas: {keys}", "steht bei mehreren Personas: {keys}"),
    ("no word of the title is known", "kein Wort des Titels ist bekannt"),
    (
        "names a function ({function}) but no rank",
        "nennt einen Bereich ({function}), aber keine Leitungsfunktion",
    ),
    (
        "a leading role ({rank}) of no function that is known",
        "eine leitende Rolle ({rank}) ohne bekannten Bereich",
    ),
    ("does not lead a function ({rank})", "leitet keinen Bereich ({rank})"),
    (
        "ambiguous: {rank} of {function} belongs to several personas: {keys}",
        "mehrdeutig: {rank} {function} passt zu mehreren Personas: {keys}",
    ),
    (
        "{rank} of {function}, the function of this persona alone",
        "{rank} {function}; für diesen Bereich steht nur diese Persona",
    ),
    (
        "{rank} of {function}: no persona stands for this function",
        "{rank} {function}: Für diesen Bereich gibt es keine Persona",
    ),
    ("the fields disagree: {one} and {other}", "die Felder widersprechen sich: {one} und {other}"),
)
_RANKS = {
    "executive": "Geschäftsführung",
    "chief": "Bereichsvorstand",
    "head": "Leitung",
    "manager": "Management",
    "lead": "Teamleitung",
    "authority": "Prokura oder Vollmacht",
    "foreman": "Meister oder Vorarbeiter",
    "trade": "Fachkraft",
    "specialist": "Sachbearbeitung oder Spezialist",
    "board": "Aufsichtsgremium",
    "assistant": "Assistenz",
    "former": "frühere Funktion",
}
_GENERAL_MANAGEMENT = "Geschäftsleitung"


def german(text: str) -> str:
    """The reason in German; what is no known phrase stays as it is."""
    whole = _known(text)
    if whole is not None:
        return whole
    pieces = text.split("; ")
    if len(pieces) > 1:
        return "; ".join(german(piece) for piece in pieces)
    head, separator, tail = text.partition(": ")
    known = _known(tail) if separator else None
    return text if known is None else f"{head}: {known}"


def _known(text: str) -> str | None:
    for pattern, translated in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return translated.format(**{name: _value(name, value) for name, value in found.groupdict().items()})
    return None


def _value(name: str, value: str) -> str:
    if name == "reason":
        return german(value)
    if name == "rank":
        return _RANKS.get(value, value)
    return _functions().get(value, value) if name == "function" else value


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_expression(english), re.DOTALL), translated) for english, translated in _PAIRS)


def _expression(english: str) -> str:
    """``{rank}`` and ``{function}`` are single words, everything else may be longer."""
    parts = re.split(r"\{(\w+)\}", english)
    return "".join(
        (rf"(?P<{part}>\w+)" if part in {"rank", "function"} else rf"(?P<{part}>.+?)") if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )


@cache
def _functions() -> dict[str, str]:
    """Fine names of business functions to the first German word they are known by."""
    from gtm_assets.research.job_title_departments import FUNCTIONS

    words = {function.name: function.german.partition(",")[0].strip() for function in FUNCTIONS}
    return {name: word for name, word in words.items() if word} | {"general_management": _GENERAL_MANAGEMENT}
