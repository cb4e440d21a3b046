"""A model that talks about itself, its task or its text, instead of writing the text alone."""

from __future__ import annotations

from typing import Final

from gtm_assets.texts.phrases.table import Wording, signs, words

SELF_TALK: Final[tuple[Wording, ...]] = (
    words(
        "Der Text spricht über seinen Verfasser; streichen.",
        r"(?:als|von|durch|ich bin) (?:eine[rn]? )?(?:KI|AI|Künstliche[rn]? Intelligenz|Assistent\w*|Chatbot)",
        r"\w*Sprachmodell\w*",
        r"language model",
        r"as an AI",
        r"ChatGPT|Gemini",
        r"KI-generiert\w*",
    ),
    words(
        "Der Text spricht über seine Entstehung; nur den Inhalt stehen lassen.",
        # announced: "hier ist der gewünschte Text", "Betreff:", "Entwurf für den Opener"
        r"(?:hier (?:ist|sind|kommt|kommen|folgt|finden Sie|haben Sie)|anbei) (?:[\w-]+ ){0,5}"
        r"(?:Text|Satz|Vorschlag|Entwurf|Opener|Betreff|Version|Überleitung|Einstieg|Einleitung|Beleg|Formulierung|Fassung|Variante"
        r"|Baustein|Brücke|Alternative)\w*",
        r"(?:Textbaustein|Eingabedaten|JSON|Prompt|Textvorschlag|Formulierungsvorschlag|Betreffzeile|Betreffvorschlag|Einstiegssatz"
        r"|Überleitung:|Satzvorschlag|Textentwurf|Beispielsatz|Platzhaltertext|Zeichenlimit|Zeichenzahl|Wortzahl|Wortanzahl)\w*",
        r"(?:Betreff|Opener|Brücke|Beleg|Text|Satz|Antwort|Einleitung|Einstieg|Subject|Intro):",
        r"(?:Version|Variante|Fassung|Entwurf|Vorschlag|Alternative|Option)(?: [A-Z0-9])?:",
        r"(?:überarbeitete|korrigierte|gekürzte|neue|alternative|verbesserte) "
        r"(?:Version|Variante|Fassung|Formulierung|Betreff\w*)\b",
        r"(?:Entwurf|Vorschlag|Formulierung) (?:der|des|für|zu|zum|zur) (?:\w+ )?"
        r"(?:Betreff|Opener|Satz|Text|Brücke|Beleg|Einstieg)\w*",
        r"(?:kurzer|dieser|der folgende|folgender|obiger|mein) (?:Betreff|Satz|Text|Opener|Beleg|Vorschlag|Entwurf)\w*",
        # in the first person: "formuliere ich", "habe ich verfasst", "liegen mir nicht vor"
        r"(?:formulier|generier|verfass|umformulier)(?:e|t|te) ich",
        r"ich (?:formulier|generier|verfass|umformulier)\w+",
        r"(?:schreibe|hebe|nenne|verzichte|erwähne|bleibe) ich",
        r"(?:habe ich|ich habe) (?:[\w-]+ ){0,6}"
        r"(?:Text|Satz|Betreff|Opener|formuliert|erstellt|geschrieben|verfasst|generiert)\w*",
        r"(?:kann|könnte) ich (?:[\w-]+ ){0,5}(?:formulieren|schreiben|erstellen|liefern|nennen|verfassen)",
        r"(?:liegen|lag|liegt|lagen) mir (?:[\w-]+ ){0,4}vor",
        r"mir (?:[\w-]+ ){1,6}(?:vorliegen|vorlagen|fehlen)",
        # what was given and asked: "auf Basis der Angaben", "unter 60 Zeichen", "wie gewünscht"
        r"(?:in|aus|nach|laut) den (?:vorliegenden |bereitgestellten |gegebenen )?"
        r"(?:Angaben|Eingaben|Vorgaben|Daten|Informationen)",
        r"(?:auf Basis|auf Grundlage|basierend auf|anhand) (?:der|den|von|Ihrer|Ihren) (?:[\w-]+ )?"
        r"(?:Angaben|Eingaben|Informationen|Daten|Vorgaben)",
        r"(?:erfüllt|entspricht|beachtet|erfülle) (?:alle |sämtliche |den |die )?(?:\w+ )?"
        r"(?:Vorgaben|Regeln|Anforderungen|Grenzen)",
        r"(?:erlaubten?|vorgegebenen?|maximalen?|geforderten?) (?:Zeichen|Wörter|Länge)\w*",
        r"(?:unter|maximal|höchstens|weniger als) (?:\w+ )?Zeichen",
        r"wie (?:gewünscht|verlangt|gefordert|angefordert|vorgegeben|besprochen)",
        r"ich hoffe,?",
        r"(?:Schmerzpunkt|Pain ?Point|Zielgruppe)\w*",
        r"(?:die|der|Ihre|diese|Buyer) Persona",
        # excuses and orders: "tut mir leid", "laut Ihren Anweisungen"
        r"(?:ich kann|kann ich|ich darf|ich habe) (?:leider|diesen?|Ihnen|keinen?)",
        r"tut mir leid",
        r"I['’]?m sorry",
        r"(?:gemäß|laut|nach) (?:den |Ihren |deinen )?(?:Vorgaben|Anweisungen)",
        r"Anweisung(?:en)? (?:ignorier|befolg)\w*",
        r"ignore (?:all |the )?previous",
    ),
    signs(
        "Der Text antwortet jemandem; nur den Inhalt stehen lassen.",
        r"^(?:Gerne?|Natürlich|Selbstverständlich|Klar|Okay|Ok|Sicher|Verstanden)[!,:.]",
        r"^(?:Gerne?|Selbstverständlich) (?:formuliere|schreibe|erstelle|helfe|liefere|kann) ich",
    ),
)
"""Talk about the author, about how the text came to be, or with somebody who asked for it."""
