"""Promises that nobody may make: guarantees, success, speed, money, law, health, and what is said of competitors."""

from __future__ import annotations

from typing import Final

from gtm_assets.texts.phrases.table import Wording, words

# Both words stand in one sentence; the distance is bounded so that a long text costs no quadratic time.
_SAME_SENTENCE: Final = r"[^.]{0,300}"
_ILLNESS: Final = r"(?:infektion|krankheit|erkrankung|virus|viren|keim)"

CLAIMS: Final[tuple[Wording, ...]] = (
    words("Garantien sind nicht erlaubt; beschreiben, was erreicht wurde.", r"\w*garant\w*"),
    words(
        "Versprechen sind nicht erlaubt; sachlich beschreiben.",
        r"versprech\w*",
        r"verspricht",
        r"versprochen\w*",
        r"zusicher\w*",
        r"zugesichert\w*",
    ),
    words(
        "Absolute Aussagen sind nicht erlaubt; abschwächen oder streichen.",
        r"100\s*(?:Prozent|v\.\s?H)",
        r"100\s*%\w*",
        r"100-?prozentig\w*",
        r"(?:ein)?hundert ?prozent\w*",
    ),
    words(
        "Übertriebenes Tempo ist nicht erlaubt; die Zeitangabe weglassen.",
        r"sofort(?:ige[nrms]?)?",
        r"unverzüglich\w*",
        r"(?:blitzschnell|blitzartig|schlagartig|augenblicklich)\w*",
        r"über Nacht",
        r"im Handumdrehen",
        r"auf Knopfdruck",
        r"in (?:aller)?kürzester Zeit",
        r"(?:in|innerhalb|binnen) (?:von )?(?:nur )?wenige[rn]? (?:Sekunden|Minuten|Stunden|Tagen?)",
        r"schneller als (?:je|Sie denken)\w*",
        r"von heute auf morgen|in Rekordzeit|in Windeseile|ruckzuck|im Nu",
    ),
    words(
        "Das verspricht einen Erfolg; beschreiben, was erreicht wurde.",
        r"nie(?:mals)? (?:wieder|mehr)",
        r"für immer|ein für alle Mal|dauerhaft ausgeschlossen|mit Sicherheit (?:erreich|spar|senk)\w*",
        r"(?:ab (?:jetzt|sofort)|künftig|rechtlich|vollständig|völlig) (?:\w+ )?ausgeschlossen",
        r"(?:ist|sind|wird|werden) (?:\w+ ){0,2}ausgeschlossen",
        r"(?:bestehen|besteht|schaffen|gewinnen) (?:Sie |Ihr \w+ )?(?:ab jetzt |künftig )?"
        r"(?:jede[snrm]?|alle|jegliche\w*) \w+",
        r"(?:sichern|sagen) (?:wir )?(?:Ihnen |es Ihnen )?(?:\w+ )?(?:verbindlich |fest )?zu",
        r"(?:verbürg|bürg)(?:en|t)",
    ),
    words(
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
        r"Geld[- ]zurück\w*",
        r"(?:rechnet|bezahlt|trägt) sich (?:[\w-]+ ){0,4}(?:in|nach|binnen|innerhalb|von selbst|schon)",
        r"(?:verdoppel|verdreifach|vervielfach)\w* (?:[\w-]+ ){0,3}(?:Umsatz|Gewinn|Ertrag|Marge|Rendite)\w*",
    ),
    words(
        "Rechtliche Zusagen sind nicht erlaubt; streichen.",
        r"(?:rechts|abmahn|haftungs)sicher\w*",
        r"(?:gesetzes|rechts|DSGVO|datenschutz)-?konform\w*",
        r"gerichtsfest\w*",
        r"haftungsfrei\w*",
        r"(?:rechtlich|juristisch) (?:\w+ )?"
        r"(?:abgesichert|geschützt|unangreifbar|unbedenklich|auf der sicheren Seite)",
        r"(?:vor|gegen) (?:\w+ )?(?:Klagen|Abmahnungen|Bußgeldern?|Strafen) (?:\w+ )?(?:sicher|geschützt|gefeit)",
        r"Haftung\w* (?:\w+ ){0,3}(?:ausgeschlossen|entfällt|entfallen|los)",
        r"erfüll\w+ (?:damit |automatisch )?(?:alle|sämtliche) (?:gesetzlich|rechtlich)\w*(?: \w+)?",
    ),
    words(
        "Medizinische Zusagen sind nicht erlaubt; nur Abläufe beschreiben.",
        r"heilt|heilen|genes(?:en|t)",
        r"(?:schneller|früher) (?:wieder )?gesund",
        r"lindert|lindern|kuriert|kurieren",
        r"(?:schütz|bewahr)\w* (?:[\w-]+ ){0,4}vor (?:[\w-]+ )?"
        r"(?:Infektion|Krankheit|Keim|Virus|Viren|Stürz|Ansteck|Verletz)\w*",
        r"(?:Rückenschmerzen|Schmerzen|Burn-?out|Infektionen|Stürze) (?:\w+ ){0,2}"
        r"(?:beseitig|besieg|vorbeug|ausschließ)\w*",
        r"keine (?:einzige )?(?:\w+)?(?:Infektion|Keime|Krankheit|Rückenschmerz)\w*(?: mehr)?",
        r"(?:keim|viren|bakterien)frei\w*",
        r"(?:medizinisch|klinisch|wissenschaftlich) (?:be|er)wiesen\w*",
        rf"(?:verhinder|eliminier)\w+ {_SAME_SENTENCE}{_ILLNESS}\w*",
        rf"\w*(?:infektion|krankheit|erkrankung|keim)\w* (?:{_SAME_SENTENCE} )?(?:verhinder|eliminier)\w+",
    ),
    words(
        "Aussagen über Wettbewerber sind nicht erlaubt; nur über den eigenen Nutzen schreiben.",
        r"\w*konkurrenz(?!fähig)\w*",
        r"\w*konkurrenten",
        r"\w*(?:Wettbewerber|Mitbewerber)\w*",
        r"(?:besser|schneller|günstiger|billiger|zuverlässiger|sicherer) als (?:der |die )?"
        r"(?:andere\w*|alle|jede\w*|herkömmliche\w*|Wettbewerb|Markt)",
        r"(?:anders als|im Gegensatz zu|im Vergleich zu) (?:\w+ )?(?:andere\w*|\w*anbieter\w*)",
        r"(?:andere|anderer|anderen|fremde|übliche) (?:\w+ )?"
        r"(?:\w*anbieter|hersteller|lieferanten|systeme|produkte|roboter|geräte|lösungen)\w*",
        r"während (?:die )?andere[nr]?",
        r"(?:Billig|Fremd)(?:anbieter|produkt|gerät|roboter|hersteller)\w*",
    ),
)
"""Guarantees and absolute statements, exaggerated speed, financial, legal and medical promises, attacks on competitors."""
