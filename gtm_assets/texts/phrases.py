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
        r"(?:von heute auf morgen|in Rekordzeit|in Windeseile|ruckzuck|im Nu)",
    ),
    _words(
        "Das verspricht einen Erfolg; beschreiben, was erreicht wurde.",
        r"nie(?:mals)? (?:wieder|mehr)",
        r"(?:für immer|ein für alle Mal|dauerhaft ausgeschlossen|mit Sicherheit (?:erreich|spar|senk)\w*)",
        r"(?:ab (?:jetzt|sofort)|künftig|rechtlich|vollständig|völlig) (?:\w+ )?ausgeschlossen",
        r"(?:ist|sind|wird|werden) (?:\w+ ){0,2}ausgeschlossen",
        r"(?:bestehen|besteht|schaffen|gewinnen) (?:Sie |Ihr \w+ )?(?:ab jetzt |künftig )?(?:jede[snrm]?|alle|jegliche\w*) \w+",
        r"(?:sichern|sagen) (?:wir )?(?:Ihnen |es Ihnen )?(?:\w+ )?(?:verbindlich |fest )?zu",
        r"(?:verbürg|bürg)(?:en|t)",
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
        r"steuerlich\w* (?:\w+ )?(?:absetzbar|abzugsfähig|gefördert|begünstigt)\w*",
        r"(?:Sonder)?abschreibung\w*",
        r"(?:keine[nr]?|weniger|nie) (?:Cent |Euro )?Steuern",
        r"keinen (?:einzigen )?(?:Cent|Euro)",
        r"(?:Geld[- ]zurück|Geld zurück)\w*",
        r"(?:rechnet|bezahlt|trägt) sich (?:[\w-]+ ){0,4}(?:in|nach|binnen|innerhalb|von selbst|schon)",
        r"(?:verdoppel|verdreifach|vervielfach)\w* (?:[\w-]+ ){0,3}(?:Umsatz|Gewinn|Ertrag|Marge|Rendite)\w*",
    ),
    _words(
        "Rechtliche Zusagen sind nicht erlaubt; streichen.",
        r"(?:rechts|abmahn|haftungs)sicher\w*",
        r"(?:gesetzes|rechts|DSGVO|datenschutz)-?konform\w*",
        r"gerichtsfest\w*",
        r"haftungsfrei\w*",
        r"(?:rechtlich|juristisch) (?:\w+ )?(?:abgesichert|geschützt|unangreifbar|unbedenklich|auf der sicheren Seite)",
        r"(?:vor|gegen) (?:\w+ )?(?:Klagen|Abmahnungen|Bußgeldern?|Strafen) (?:\w+ )?(?:sicher|geschützt|gefeit)",
        r"(?:Haftungsrisik|Haftung)\w* (?:\w+ ){0,3}(?:ausgeschlossen|entfällt|entfallen|los)",
        r"erfüll\w+ (?:damit |automatisch )?(?:alle|sämtliche) (?:gesetzlich|rechtlich)\w*(?: \w+)?",
    ),
    _words(
        "Medizinische Zusagen sind nicht erlaubt; nur Abläufe beschreiben.",
        r"heilt|heilen|genes(?:en|t)",
        r"(?:schneller|früher) (?:wieder )?gesund",
        r"(?:lindert|lindern|kuriert|kurieren)",
        r"(?:schütz|bewahr)\w* (?:[\w-]+ ){0,4}vor (?:[\w-]+ )?(?:Infektion|Krankheit|Keim|Virus|Viren|Stürz|Ansteck|Verletz)\w*",
        r"(?:Rückenschmerzen|Schmerzen|Burn-?out|Infektionen|Stürze) (?:\w+ ){0,2}(?:beseitig|besieg|vorbeug|ausschließ)\w*",
        r"keine (?:einzige )?(?:\w+)?(?:Infektion|Keime|Krankheit|Rückenschmerz)\w*(?: mehr)?",
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
        r"(?:andere|anderer|anderen|fremde|übliche) (?:\w+ )?(?:\w*anbieter|hersteller|lieferanten|systeme|produkte|roboter|geräte|lösungen)\w*",
        r"während (?:die )?andere[nr]?",
        r"(?:Billig|Fremd)(?:anbieter|produkt|gerät|roboter|hersteller)\w*",
    ),
)

# Words that only look like a superlative, whole: ordinals, nouns in -ster, verbs in -sten, and adjectives that end in -st themselves.
_NO_SUPERLATIVE = (
    r"(?!(?:(?:\w*(?:erst|letzt|nächst|meist|fest|robust|bewusst|selbst|gewusst|jüngst|wüst|ober|unter|vorder|hinter|inner|äußer|höchst|längst|mindest)|ernst)"
    r"e[nrms]?|(?:ge|aus|an)?test(?:e|en|et|ete[nrms]?)|\w*(?:fasst|passt|löst|rüst|last|leist|list|rast|rost|kost|trost|tröst|gewünscht|gepresst|gemess)e(?:n|t|te[nrms]?|nd)?"
    r"|\w*(?:leister|fenster|muster|cluster|laster|pflaster|raster|kloster|polster|register|semester|schwester|minister|meister|geister|master|"
    r"orchester|zollst|posten|pfosten|kasten|kosten|lasten|listen|leisten|kisten|büsten|küsten|gästen?|gäster|dienste[nrs]?|künste[nr]?|"
    r"verluste[nrs]?|fristen?|listen?|gerüste[nrs]?|feste[nrs]?|äste[nr]?|reste[nrs]?|brüsten|krusten|lüsten|mosten|gasten|"
    r"wussten|mussten|müssten|wüssten|liste|leiste|kiste|küste|piste[nr]?|liesten|tourist\w*|spezialist\w*|journalist\w*|maschinist\w*|"
    r"disponist\w*|floristen?|idealist\w*|rezeptionist\w*|polizist\w*))\b)"
)

# "die längsten Wege", "am verkehrsreichsten Ferientag": a superlative of the reader's own days and places says nothing about the offer.
_READERS_WORLD = (
    r"(?! (?i:(?:\w+ )?(?:\w*(?:tag|woche|zeit|stunde|monat|jahr|saison|abend|nächt|nacht|wochenend|schicht|weg|gang|gäng|streck|fläche|raum|räum|"
    r"bereich|halle|ecke|stelle|station|etage|aufgabe|arbeit|handgriff|phase|moment|minute|engpass|engpäss|fahrt|last|boden|böden)(?:e|n|en|s|es|er|ern)?))\b)"
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
        r"(?:auf dem|am|im) (?:gesamten |ganzen |deutschen |europäischen )*Markt (?:unerreicht|einmalig|führend)\w*",
        r"(?:unerreicht|unübertroffen|weltbeste|weltweit einzig|einmalig)\w*",
        r"wie kein(?:e[nrms]?)? andere\w*",
        r"(?:aller Zeiten|seiner Klasse|ihrer Klasse|unserer Zeit)",
        r"Spitzenreiter\w*|Weltmeister\w*|Testsieger\w*",
    ),
    # The form itself: "die modernsten", "am gründlichsten", "Gründlichster …".
    Wording(
        re.compile(
            rf"\b{_NO_SUPERLATIVE}(?:[a-zäöüß]{{4,}}|^[A-ZÄÖÜ][a-zäöüß]{{3,}})st(?:e|en|er|es|em)\b{_READERS_WORLD}"
        ),
        "Superlative über das eigene Angebot sind nicht erlaubt; die Eigenschaft ohne Steigerung nennen.",
    ),
    _words(
        "Superlative über das eigene Angebot sind nicht erlaubt; die Eigenschaft ohne Steigerung nennen.",
        r"(?:der|die|das|den|dem|des|unser\w*|ein\w*) (?:aller)?beste[nrms]?",
        r"(?:aller)?(?:höchste[nrms]?|größte[nrms]?) (?:\w+ )?(?:Qualität|Präzision|Leistung|Auswahl|Sicherheit)\w*",
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
        r"(?:hier (?:ist|sind|kommt|kommen|folgt|finden Sie|haben Sie)|anbei) (?:[\w-]+ ){0,5}(?:Text|Satz|Vorschlag|Entwurf|Opener|Betreff|Version|"
        r"Überleitung|Einstieg|Einleitung|Beleg|Formulierung|Fassung|Variante|Baustein|Brücke|Alternative)\w*",
        r"(?:Textbaustein|Eingabedaten|JSON|Prompt|Textvorschlag|Formulierungsvorschlag|Betreffzeile|Betreffvorschlag|Einstiegssatz|Überleitung:|"
        r"Satzvorschlag|Textentwurf|Beispielsatz|Platzhaltertext|Zeichenlimit|Zeichenzahl|Wortzahl|Wortanzahl)\w*",
        r"(?:Betreff|Opener|Brücke|Beleg|Text|Satz|Antwort|Einleitung|Einstieg|Subject|Intro):",
        r"(?:Version|Variante|Fassung|Entwurf|Vorschlag|Alternative|Option)(?: [A-Z0-9])?:",
        r"(?:überarbeitete|korrigierte|gekürzte|neue|alternative|verbesserte) (?:Version|Variante|Fassung|Formulierung|Betreff\w*)\b",
        r"(?:Entwurf|Vorschlag|Formulierung) (?:der|des|für|zu|zum|zur) (?:\w+ )?(?:Betreff|Opener|Satz|Text|Brücke|Beleg|Einstieg)\w*",
        r"(?:kurzer|dieser|der folgende|folgender|obiger|mein) (?:Betreff|Satz|Text|Opener|Beleg|Vorschlag|Entwurf)\w*",
        r"(?:formulier|generier|verfass|umformulier)(?:e|t|te) (?:ich|ich Ihnen|ich für Sie)|ich (?:formulier|generier|verfass|umformulier)\w+",
        r"(?:formuliere|schreibe|hebe|nenne|verzichte|erwähne|bleibe) ich",
        r"(?:habe ich|ich habe) (?:[\w-]+ ){0,6}(?:Text|Satz|Betreff|Opener|formuliert|erstellt|geschrieben|verfasst|generiert)\w*",
        r"(?:kann|könnte) ich (?:[\w-]+ ){0,5}(?:formulieren|schreiben|erstellen|liefern|nennen|verfassen)",
        r"(?:liegen|lag|liegt|lagen) mir (?:[\w-]+ ){0,4}vor|mir (?:[\w-]+ ){1,6}(?:vorliegen|vorlagen|fehlen)",
        r"(?:in|aus|nach|laut) den (?:vorliegenden |bereitgestellten |gegebenen )?(?:Angaben|Eingaben|Vorgaben|Daten|Informationen)",
        r"(?:auf Basis|auf Grundlage|basierend auf|anhand) (?:der|den|von|Ihrer|Ihren) (?:[\w-]+ )?(?:Angaben|Eingaben|Informationen|Daten|Vorgaben)",
        r"(?:erfüllt|entspricht|beachtet|erfülle) (?:alle |sämtliche |den |die )?(?:\w+ )?(?:Vorgaben|Regeln|Anforderungen|Grenzen)",
        r"(?:erlaubten?|vorgegebenen?|maximalen?|geforderten?) (?:Zeichen|Wörter|Länge)\w*",
        r"(?:unter|maximal|höchstens|weniger als) (?:\w+ )?Zeichen",
        r"wie (?:gewünscht|verlangt|gefordert|angefordert|vorgegeben|besprochen)",
        r"ich hoffe,?",
        r"(?:Schmerzpunkt|Pain ?Point|Zielgruppe)\w*",
        r"(?:die|der|Ihre|diese|Buyer) Persona",
        r"(?:ich kann|kann ich|ich darf|ich habe) (?:leider|diesen?|Ihnen|keinen?)",
        r"tut mir leid",
        r"I['’]?m sorry",
        r"(?:gemäß|laut|nach) (?:den |Ihren |deinen )?(?:Vorgaben|Anweisungen)",
        r"Anweisung(?:en)? (?:ignorier|befolg)\w*",
        r"ignore (?:all |the )?previous",
    ),
    _signs(
        "Der Text antwortet jemandem; nur den Inhalt stehen lassen.",
        r"^(?:Gerne?|Natürlich|Selbstverständlich|Klar|Okay|Ok|Sicher|Verstanden)[!,:.]",
        r"^(?:Gerne?|Selbstverständlich) (?:formuliere|schreibe|erstelle|helfe|liefere|kann) ich",
    ),
)

GREETINGS = (
    _signs(
        "Die Anrede wird später ergänzt; streichen.",
        r"^\W*(?:Sehr geehrte\w*|Geehrte\w*|Guten (?:Tag|Morgen|Abend)|Grüß Gott)",
        r"^\W*(?:Hallo|Hi|Hey|Moin|Servus|Grüezi|Dear|Hello)\b",
        r"^\W*Liebe[rs]? [A-ZÄÖÜ][\w-]*(?: [A-ZÄÖÜ][\w-]*)?,",
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
        r"%\w+%?",
        r"(?:TT|tt)\.(?:MM|mm)\.(?:JJJJ|jjjj|YYYY|JJ)|JJJJ-MM-TT",
        r"(?:MUSTER|Muster)(?:firma|mann|frau|kunde|unternehmen)\w*|Firma XY|XY|XYZ|ABC GmbH",
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
    _signs(
        "Formatierungszeichen sind nicht erlaubt; nur Fließtext.",
        r"[*`|\\^~]+",
        r"__\w|\w__",
        r"^\s*#+",
        r"^\s*[-–—•·]\s",
    ),
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
    # "ihr zeigt", "setzt ihr": the second person by its verb, where "ihr" does not stand before a noun.
    Wording(
        re.compile(
            r"\b(?:und|dass|weil|wenn|wie|wo|ob|was|als|sobald|damit|,) ihr (?:\w+ ){0,2}[a-zäöü]{2,}t\b(?! ?[A-ZÄÖÜ])"
            r"|\b(?!damit|somit|womit|mit|nicht|statt|seit|samt|laut|gibt|hilft|dient|passt|nützt|fehlt|gelingt|bleibt|geht|liegt|steht)"
            r"[a-zäöü]{3,}t ihr (?=[a-zäöü]+\b)(?![a-zäöü]+(?:e[nrms]?) [A-ZÄÖÜ])",
            re.MULTILINE,
        ),
        "Bitte in der Sie-Form schreiben.",
    ),
    Wording(
        re.compile(
            r"^(?:Komm|Sieh|Schau|Hol|Erleb|Entdeck|Spar|Nutz|Test|Probier|Mach|Lass|Nimm|Gib|Lies|Stell|Buch|Besuch|Frag|Starte?|Vergiss|"
            r"Erfahr|Lern|Sicher|Triff|Prüf|Vergleich|Gewinn)e?(?: (?!Sie\b)\w|[,!])"
        ),
        "Bitte in der Sie-Form schreiben.",
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
_GOOD_ENDING = r"(?!\w*(?:frei|los|arm|sicher|vermeid|prävent|schutz|schütz|toleran|managem|reduzier|minder|abbau|abbind|bekämpf|filter|chirurg|klinik|versicherung|hilfe|dienst|meldung|lösung|lösend))"

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
    rf"(?:Staus?|(?:Verzögerung|Beschwerde|Reklamation|Fluktuation|Verspätung|Unordnung|Verschmutzung|Überlastung|Unfall|Unfäll){_GOOD_ENDING}\w*)",
    r"(?:beschweren|verärger\w*|erschwer\w*|schadet|schaden|rauben|raubt|abschreck\w*|schreck\w*|mühsam\w*|umständlich\w*)",
    r"(?:unattraktiv|unordentlich|unzufrieden|unübersichtlich|unsauber|ungepflegt|unhygienisch|unpünktlich|unsicher|unrentabel|unterbesetzt)\w*",
    r"(?:schmutzig|dreckig|fleckig|lückenhaft|holprig|marode|störanfällig)\w*",
    r"fehlen",
    r"(?:lange|vergeblich|ewig) (?:[\w-]+ ){0,3}warten",
    r"zu (?:wenig|langsam|teuer|spät|viel)\w*",
    r"kaum (?:noch|mehr)|sinkende[nrms]?|rückläufig\w*|schleppen|knappe[nrms]?|(?:personal|zeit)knapp\w*",
    r"(?:bemüht|bemühen) sich|notgedrungen|dürftig\w*|mittelmäßig\w*|enttäusch\w*|bemängel\w*|kritisier\w*|beklag\w*",
    r"(?:verlieren|verliert|versäum\w*|vernachlässig\w*|verpass(?:en|t)|gefährd\w*|hinterher\w*)",
)
"""Words that speak of what goes wrong."""

NEGATED = re.compile(
    r"\b(?:ohne|kein\w*|frei von|statt|null|gegen|vermeid\w*|vor)\s+(?:[\wäöüß-]+\s+){0,2}$", re.IGNORECASE
)
"""What stands before a negative word that is meant well, such as "ohne Mikrostillstände"."""
