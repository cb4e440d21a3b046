r"""The wordings that no text may contain: tables of patterns, each with what a reviewer is told.

Only data and one look-up. Which table applies to which text stands in ``gtm_assets.texts.rules``. Patterns are regular
expressions that begin and end at word boundaries; ``\w*`` says where a word may go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """A pattern and, in German, why it must not be there and what to write instead."""

    pattern: re.Pattern[str]
    advice: str


def found(wordings: Sequence[Wording], text: str) -> Iterator[tuple[str, str]]:
    """The first match of each wording that occurs in the text, with the advice for it."""
    for wording in wordings:
        match = wording.pattern.search(text)
        if match:
            yield match[0].strip(), wording.advice


def _words(advice: str, *patterns: str) -> Wording:
    return Wording(re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE), advice)


def _signs(advice: str, *patterns: str) -> Wording:
    return Wording(re.compile("|".join(patterns), re.IGNORECASE), advice)


CLAIMS = (
    _words("Garantien sind nicht erlaubt; beschreiben, was erreicht wurde.", r"\w*garant\w*"),
    _words(
        "Versprechen sind nicht erlaubt; sachlich beschreiben.",
        r"versprech\w*",
        r"verspricht",
        r"versprochen\w*",
        r"zusicher\w*",
        r"zugesichert\w*",
    ),
    _words(
        "Absolute Aussagen sind nicht erlaubt; abschwächen oder streichen.",
        r"100\s*(?:Prozent|v\.\s?H)",
        r"100\s*%\w*",
        r"100-?prozentig\w*",
        r"(?:ein)?hundert ?prozent\w*",
    ),
    _words(
        "Übertriebenes Tempo ist nicht erlaubt; die Zeitangabe weglassen.",
        r"sofort(?:ige[nrms]?)?",
        r"unverzüglich\w*",
        r"(?:blitzschnell|blitzartig|schlagartig|augenblicklich)\w*",
        r"über Nacht",
        r"im Handumdrehen",
        r"auf Knopfdruck",
        r"in (?:aller)?kürzester Zeit",
        r"(?:in|innerhalb|binnen) (?:von )?(?:nur )?(?:wenige[rn]?|weniger) (?:Sekunden|Minuten|Stunden|Tagen?)",
        r"schneller als (?:je|jemals|Sie denken)\w*",
    ),
    _words(
        "Finanzielle Zusagen sind nicht erlaubt; den Nutzen sachlich beschreiben.",
        r"risikofrei\w*",
        r"risikolos\w*",
        r"ohne (?:(?:jedes|jegliches|finanzielles) )*Risiko",
        r"kostenlos\w*",
        r"gratis",
        r"amortisier\w+ sich (?:[\w-]+ ){0,4}(?:in|nach|binnen|innerhalb|schon|bereits)",
        r"sichere[rn]? (?:Rendite|Gewinn)\w*",
        r"(?:Rendite|Gewinn) (?:von|in Höhe)",
    ),
    _words(
        "Rechtliche Zusagen sind nicht erlaubt; streichen.",
        r"(?:rechts|abmahn|haftungs)sicher\w*",
        r"(?:gesetzes|rechts|DSGVO|datenschutz)-?konform\w*",
        r"gerichtsfest\w*",
        r"haftungsfrei\w*",
    ),
    _words(
        "Medizinische Zusagen sind nicht erlaubt; nur Abläufe beschreiben.",
        r"heilt|heilen",
        r"(?:keim|viren|bakterien)frei\w*",
        r"(?:medizinisch|klinisch|wissenschaftlich) (?:be|er)wiesen\w*",
        r"(?:verhinder|eliminier)\w+ [^.]*(?:infektion|krankheit|erkrankung|virus|viren|keim)\w*",
        r"\w*(?:infektion|krankheit|erkrankung|keim)\w* (?:[^.]* )?(?:verhinder|eliminier)\w+",
    ),
    _words(
        "Aussagen über Wettbewerber sind nicht erlaubt; nur über den eigenen Nutzen schreiben.",
        r"\w*konkurrenz(?!fähig)\w*",
        r"\w*konkurrenten",
        r"\w*(?:Wettbewerber|Mitbewerber)\w*",
        r"(?:besser|schneller|günstiger|billiger|zuverlässiger|sicherer) als (?:der |die )?"
        r"(?:andere\w*|alle|jede\w*|herkömmliche\w*|Wettbewerb|Markt)",
        r"(?:anders als|im Gegensatz zu|im Vergleich zu) (?:\w+ )?(?:andere\w*|\w*anbieter\w*)",
    ),
)

SUPERLATIVES = (
    _words(
        "Superlative über das eigene Angebot sind nicht erlaubt; konkret werden oder streichen.",
        r"Marktführer\w*",
        r"(?:weltweit|markt|branchen)[- ]?führend\w*",
        r"(?:Nr\.|Nummer) ?(?:1|eins)",
        r"(?:konkurrenzlos|unschlagbar|alternativlos|einzigartig|revolutionär|bahnbrechend)\w*",
        r"die (?:aller)?beste[nrms]? (?:Lösung|Wahl|Technik|Technologie)\w*",
        r"perfekte?[nrms]? Lösung\w*",
    ),
)

SELF_TALK = (
    _words(
        "Der Text spricht über seinen Verfasser; streichen.",
        r"(?:als|von|durch|ich bin) (?:eine[rn]? )?(?:KI|AI|Künstliche[rn]? Intelligenz|Assistent\w*|Chatbot)",
        r"\w*Sprachmodell\w*",
        r"language model",
        r"as an AI",
        r"(?:ChatGPT|Gemini)",
        r"KI-generiert\w*",
    ),
    _words(
        "Der Text spricht über seine Entstehung; nur den Inhalt stehen lassen.",
        r"(?:hier (?:ist|sind|kommt)|anbei) (?:[\w-]+ ){1,3}(?:Text|Satz|Vorschlag|Entwurf|Opener|Betreff|Version)\w*",
        r"(?:Textbaustein|Eingabedaten|JSON|Prompt)\w*",
        r"(?:ich kann|kann ich|ich darf|ich habe) (?:leider|diesen?|Ihnen|keinen?)",
        r"tut mir leid",
        r"I['’]?m sorry",
        r"(?:gemäß|laut|nach) (?:den |Ihren |deinen )?(?:Vorgaben|Anweisungen)",
        r"Anweisung(?:en)? (?:ignorier|befolg)\w*",
        r"ignore (?:all |the )?previous",
    ),
    _signs(
        "Der Text antwortet jemandem; nur den Inhalt stehen lassen.",
        r"^(?:Gerne?|Natürlich|Selbstverständlich|Klar)[!,:]",
    ),
)

GREETINGS = (
    _signs(
        "Die Anrede wird später ergänzt; streichen.",
        r"^\W*(?:Sehr geehrte\w*|Geehrte\w*|Guten (?:Tag|Morgen|Abend)|Grüß Gott)",
        r"^\W*(?:Hallo|Hi|Hey|Moin|Servus|Grüezi|Dear|Hello)\b",
        r"^\W*Liebe[rs]? (?:Frau|Herr|Damen|Kolleg|Kund|Team|Leser|Interessent)\w*",
    ),
    _words(
        "Grußformel und Absender werden später ergänzt; streichen.",
        r"(?:freundlich|herzlich|best|viel|lieb|schön)e[nm]? Gr(?:üße|üßen|uß)",
        r"MfG",
        r"Hochachtungsvoll",
        r"Ihr Team (?:von|der|aus)",
        r"(?:Kind|Best) regards",
    ),
)

PLACEHOLDERS = (
    _signs("Platzhalter und Klammern gehören nicht in den fertigen Text.", r"\[[^\]]*\]?", r"\]", r"\{[^}]*\}*", r"\}"),
    _words(
        "Das ist ein Platzhalter; durch Inhalt ersetzen.",
        r"X{2,}",
        r"_{2,}",
        r"%s",
        r"\$\w+",
        r"N\.\s?N\.",
        r"lorem|ipsum",
        r"TODO|TBD",
        r"Platzhalter\w*",
        r"(?:Firmen|Unternehmens)name",
    ),
    _signs("Auslassungspunkte zeigen einen unfertigen Text; ausformulieren.", r"…", r"\.{2,}"),
)

MARKUP = (
    _signs("HTML und spitze Klammern sind nicht erlaubt.", r"</?[a-z!][^>]*>?", r"[<>]"),
    _signs("Formatierungszeichen sind nicht erlaubt; nur Fließtext.", r"[*`|\\^~]+", r"^\s*#+", r"^\s*[-–—•·]\s"),
    _signs("HTML-Entitäten sind nicht erlaubt; das Zeichen selbst schreiben.", r"&(?:[a-z]\w{1,7}|#x?[0-9a-f]+);"),
    _signs(
        "Links und E-Mail-Adressen sind nicht erlaubt.",
        r"\b(?:https?|ftp|mailto):\S*",
        r"\bwww\.\S+",
        r"(?<![^\s@])[^\s@]+@[^\s@]+\.\w+",
    ),
)

INFORMAL = (
    _words(
        "Bitte in der Sie-Form schreiben.",
        r"du|dich|dir|dein(?:e[nrms]?)?|euch|euer|eure[nrms]?",
        r"(?:habt|könnt|seid|müsst|wollt|sollt|werdet|kennt|wisst|braucht|macht) ihr",
        r"ihr (?:habt|könnt|seid|müsst|wollt|sollt|werdet|kennt|wisst|braucht|macht)",
    ),
    # Here the case of the letter is the mistake, so the pattern minds it.
    Wording(
        re.compile(r"\b(?:[Ff]ür|[Mm]it|[Bb]ei) (?:sie|ihnen) (?:als|in der|im)\b"),
        "Die höfliche Anrede wird großgeschrieben: Sie, Ihnen, Ihr.",
    ),
)

ADDRESS = re.compile(r"\b(?:Sie|Ihnen|Ihr(?:e[nrms]?)?)\b")
"""The polite form of address, by its capital letter."""

# "fehlerfrei", "ausfallsicher", "problemlos" and "Störungsvermeidung" say the opposite of their first half.
_GOOD_ENDING = r"(?!\w*(?:frei|los|sicher|vermeid|prävent|schutz|toleran|managem))"

NEGATIVE = _words(
    "klingt negativ; die Bedeutung der Stärke betonen, statt den Mangel zu nennen.",
    r"leider",
    r"(?:schwierig|schlecht|schwach|schwäche|veraltet|ineffizien|unzureichend|unzuverlässig|mangelhaft)\w*",
    r"(?:überlastet|überfordert|scheiter|frustr|verschwend|bedroh|chaotisch)\w*",
    r"kämpf(?:en|t)",
    r"leide(?:n|t)",
    r"chaos",
    r"fehlt|fehlende[nrms]?",
    rf"(?!unproblem)\w*(?:problem|fehler|verlust|krise|störung|defizit){_GOOD_ENDING}\w*",
    rf"\w*(?:ausfall|ausfäll|stillstand|stillständ|engpass|engpäss|missstand|missständ|rückstand|rückständ){_GOOD_ENDING}\w*",
    r"\w*m[aä]ngel(?:n|s)?",
    r"\w*mangel",
    r"\w+not",
)
"""Words that speak of what goes wrong."""

NEGATED = re.compile(
    r"\b(?:ohne|kein\w*|frei von|statt|null|gegen|vermeid\w*|vor)\s+(?:[\wäöüß-]+\s+){0,2}$", re.IGNORECASE
)
"""What stands before a negative word that is meant well, such as "ohne Mikrostillstände"."""
