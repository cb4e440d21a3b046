r"""What an opener may say of a company only with a quote, what it must not say, how it must not begin, what a page tells machines: tables.

Only data. How a sentence is held against them stands in ``gtm_assets.texts.evidence`` and ``rules``. Patterns are regular
expressions at word boundaries in any case; ``\w*`` says where a word may go on. What belongs elsewhere: wordings that no text may contain
at all (``phrases``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gtm_assets.texts.phrases import Wording


@dataclass(frozen=True)
class Attribute:
    """Something that is either true of a company or not.

    Attributes:
        label: What a reviewer calls it, German.
        pattern: Wordings that state it.
        support: One of them has to stand in the quote; None: the very word that was stated.
    """

    label: str
    pattern: re.Pattern[str]
    support: re.Pattern[str] | None = None


def _words(alternatives: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """One pattern of several, which stand between spaced bars or on lines of their own, from word boundary to word boundary."""
    each = [part.strip() for line in alternatives.splitlines() for part in line.split(" | ") if part.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", flags)


def _attribute(label: str, stated: str, support: str = "") -> Attribute:
    return Attribute(label, _words(stated), _words(support) if support else None)


ATTRIBUTES: Final[tuple[Attribute, ...]] = (
    _attribute(
        "Zertifikate und Normen",
        r"\w*zertifi[zk]\w* | \w*akkreditier\w* | TÜV\w* | \w*siegel(?:n|s)? | normgerecht\w*",
        r"\w*zertifi[zk]\w* | \w*akkreditier\w* | TÜV\w* | \w*siegel\w* | ISO | DIN | EN | \w*norm\w* | certifi\w*",
    ),
    _attribute("Zertifikate und Normen", r"ISO | DIN | GMP | HACCP | IFS | BRC | FSC | EMAS | FDA | VDA"),
    _attribute(
        "Familien- oder Inhaberführung",
        r"(?:familien|inhaber|eigentümer)-?geführt\w* | Familien(?:unternehm|betrieb|hand|besitz|tradition|firm)\w*",
        r"\w*famili\w* | \w*inhaber\w* | \w*eigentümer\w* | \w*generation\w* | family\w*",
    ),
    _attribute(
        "Alter und Tradition",
        r"""\w*tradition\w* | \w*generation(?:en)? | generationen\w* | langjährig\w* | alteingesessen\w* | seit jeher
        (?:seit|über|in) (?:\w+en |der )?\w*(?:Jahre?n?|Jahrzehnt\w*|Jahrhundert\w*) | jahr(?:zehnte|hunderte)\w*
        gegründet\w* | \w*gründung\w* | \w*jubiläum\w* | etablier\w*""",
        r"""\w*tradition\w* | \w*jahr\w* | \w*jährig\w* | \w*generation\w* | seit | \w*gründ\w* | etablier\w*
        1[6-9]\d\d | 20\d\d | since | \w*jubiläum\w*""",
    ),
    _attribute(
        "weltweite Reichweite",
        r"welt-?weit\w* | in (?:der|die|aller|alle) (?:ganzen? )?Welt | global\w* | internationa\w* | \w*export\w*",
        r"\w*welt\w* | global\w* | internationa\w* | worldwide | \w*export\w* | \w*länder\w* | kontinent\w* | europ\w*",
    ),
    _attribute(
        "europaweite Reichweite",
        r"europa-?weit\w* | (?:pan)?europäisch\w* | grenz-?überschreitend\w*",
        r"\w*europ\w* | welt-?weit\w* | worldwide | grenz\w* | cross-border",
    ),
    _attribute(
        "landesweite Reichweite",
        r"(?:bundes|deutschland|österreich|schweiz|landes)-?weit\w* | im ganzen Land | überregional\w* | nationale?[nrms]?",
        r"\w*-?weit\w* | deutschland\w* | österreich\w* | schweiz\w* | überregional\w* | nationa\w* | im ganzen Land",
    ),
    _attribute(
        "regionale Bindung",
        r"regionale?[nrms]? | (?:in|aus) der (?:ganzen )?Region | heimische?[nrms]? | ortsansässig\w* | wohnort-?nah\w*",
        r"\w*region\w* | heimisch\w* | \w*ort\w* | umgebung | umland\w* | \w*kreis\w* | lokal\w* | nachbarschaft\w*",
    ),
    _attribute(
        "führende Stellung",
        r"""\w*führende[nrms]? | (?:markt|welt|branchen)führer\w* | Nummer eins | Spitzenreiter\w* | \w*vorreiter\w*
        \w*pionier\w* | renommiert\w* | namhaft\w* | erste Adresse
        (?:zu|eine[rs]?) (?:den|der) (?:größten|besten|bedeutendsten|modernsten)
        größte[nrms]? (?:\w+ )?(?:Anbieter|Hersteller|Klinik|Unternehm|Betrieb|Arbeitgeber|Dienstleist|Haus|Park)\w*""",
        r"""\w*führend\w* | \w*führer\w* | leading | leader | Nummer eins | Nr\.? ?1 | \w*spitze\w* | \w*vorreiter\w*
        \w*pionier\w* | renommiert\w* | namhaft\w* | erste Adresse | größte\w* | beste\w* | bedeutendste\w* | modernste\w*""",
    ),
    _attribute(
        "Auszeichnungen",
        r"""(?:mehrfach|vielfach|wiederholt) ausgezeichnet\w* | ausgezeichnet (?:mit|durch|für|als|worden) | prämiert\w*
        preisgekrönt\w* | \w*auszeichnung\w* | \w*award\w* | \w*testsieger\w*""",
        r"\w*ausgezeichnet\w* | \w*auszeichnung\w* | prämi\w* | \w*preis\w* | \w*award\w* | \w*testsieger\w* | \w*siegel\w*",
    ),
    _attribute(
        "Betriebszeiten",
        r"""rund um die Uhr | Tag und Nacht | \w*nächtlich\w* | nachts | an (?:sieben|allen|jedem) Tage?n? | ganzjährig\w*
        (?:mehr|drei|zwei|voll|nacht)schicht\w* | Schichtbetrieb\w*""",
        r"""rund um die Uhr | around the clock | 24(?:/7)? | \w*nacht\w* | \w*nächt\w* | sieben Tage\w* | ganzjährig\w*
        \w*schicht\w* | jede[nmrs]? Tag\w* | täglich\w*""",
    ),
    _attribute(
        "Nachhaltigkeit",
        r"""\w*nachhaltig\w* | klima(?:neutral|freundlich|schonend|positiv)\w* | \w*ökologisch\w* | ressourcenschonend\w*
        umwelt(?:freundlich|bewusst|schonend|verträglich)\w* | energieeffizien\w* | CO2\S* | Bio | Bio-\w+""",
        r"""\w*nachhaltig\w* | \w*klima\w* | \w*umwelt\w* | \w*ökolog\w* | \w*ressourc\w* | \w*energie\w* | CO2\S* | Bio\S*
        sustainab\w*""",
    ),
    _attribute(
        "Größe",
        r"""(?:zahlreich|mehrer|viel|verschieden|sämtlich|beid|all|etlich)e[nrms]? (?:\w+ )?SITES
        (?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf) (?:\w+ )?SITES
        Standorten? | \w*filialnetz\w* | Niederlassungen | (?:Unternehmens|Firmen)gruppe\w* | \w*konzern\w*
        mittelständ\w* | Mittelstand\w* | (?:Groß|Klein)(?:unternehm|betrieb)\w* | Million(?:en)?
        \w*hunderte?r?n? | \w*tausende?r?n? | dutzende?r?n?
        \w*(?:zwan|drei(?=ß)|vier|fünf|sech|sieb|acht|neun)[zß]ig | \w*(?:drei|vier|fünf|sech|sieb|acht|neun)zehn""".replace(
            "SITES",
            r"(?:Standort|Filial|Niederlassung|Häuser|Werk|Betriebsstätte|Lager|Kliniken|Märkte|Hotel|Länder)\w*",
        ),
        r"""\w*standort\w* | \w*filial\w* | \w*niederlassung\w* | \w*häuser\w* | \w*werk\w* | \w*lager\w* | \w*gruppe\w*
        \w*konzern\w* | \w*mittelst[aä]nd\w* | \d[\d.]* | \w*hundert\w* | \w*tausend\w* | \w*dutzend\w* | \w*million\w*
        \w*länder\w* | \w*[zß]ig | \w*kliniken | \w*märkte\w* | \w*hotels""",
    ),
    # Only names that are no common words: Essen, Hof, Kiel, Harz and Franken say too little.
    Attribute(
        "Orte",
        _words(
            r"""Berlin\w* | Hamburg\w* | Münch(?:en|e?ner) | Kölne?r? | Frankfurt\w* | Stuttgart\w* | Düsseldorf\w*
            Leipzig\w* | Dortmund\w* | Brem(?:en|er) | Dresd\w+ | Hannover\w* | Nürnberg\w* | Duisburg\w* | Bochum\w*
            Wuppertal\w* | Bielefeld\w* | Bonn(?:er)? | Münster(?:aner)? | Mannheim\w* | Karlsruh\w+ | Augsburg\w*
            Wiesbaden\w* | Aachen\w* | Braunschweig\w* | Chemnitz\w* | Magdeburg\w* | Freiburg\w* | Krefeld\w* | Mainz\w*
            Lübeck\w* | Erfurt\w* | Oberhausen\w* | Rostock\w* | Kassel\w* | Hagen(?:er)? | Potsdam\w* | Saarbrück\w+
            Ludwigshafen\w* | Osnabrück\w* | Oldenburg\w* | Heidelberg\w* | Darmstadt\w* | Regensburg\w* | Würzburg\w*
            Ingolstadt\w* | Ulm(?:er)? | Heilbronn\w* | Göttingen\w* | Wolfsburg\w* | Reutling\w+ | Koblenz\w* | Jena
            Trier(?:er)? | Siegen(?:er)? | Konstanz | Bamberg\w* | Bayreuth\w* | Passau\w* | Wien(?:er)? | Graz(?:er)?
            Linz(?:er)? | Salzburg\w* | Innsbruck\w* | Klagenfurt\w* | Bregenz\w* | Zürich\w* | Zürcher | Genf(?:er)?
            Bas(?:el|ler) | Bern(?:er)? | Luzern\w* | Winterthur\w* | Lausanne | St\. ?Gallen | Deutschlands? | Österreichs?
            Schweiz(?:er)? | Europas? | EU | Asiens? | Amerikas? | USA | Bayerns? | bayerisch\w* | Baden-Württemberg\w*
            Hessens? | hessisch\w* | Sachsens? | sächsisch\w* | Thüring\w+ | Niedersachsen\w* | niedersächsisch\w*
            Nordrhein-Westfalen\w* | NRW | Westfalens? | westfälisch\w* | Rheinland\w* | rheinisch\w* | Schleswig-Holstein\w*
            Brandenburg\w* | Mecklenburg\w* | Saarland\w* | Schwabens? | schwäbisch\w* | fränkisch\w* | Tirol\w* | Vorarlberg\w*
            Steiermark | steirisch\w* | Kärnten\w* | Ruhrgebiet\w* | Sauerland\w* | Schwarzwald\w* | Bodensee\w* | Allgäu\w*
            Eifel | Münsterland\w* | Donauraum\w* | (?:nord|süd|ost|west)deutsch\w* | (?:Nord|Süd|Ost|West)deutsch\w*""",
            re.NOFLAG,
        ),
    ),
)
"""Facts about a company. Each wording in a sentence has to lie in a claim whose quote supports it."""

WEAK_STARTS: Final = re.compile(
    r"^\W*(?:(?:ich|wir|mir|uns|man|es)\b|sie (?:sind|bieten|stehen|betreiben)\b|als (?:wir|ich)\b"
    r"|(?:auf|von|laut|nach) (?:Ihrer|der) (?:Web-?site|Web-?seite|Homepage|Internetseite)\b"
    r"|beim (?:Blick|Besuch|Lesen|Stöbern)\b|mit (?:großem )?Interesse\b|beeindruck\w*|(?:toll|super|klasse|wow|spannend)\b"
    r"|(?:wissen|kennen|haben|möchten|wollen) sie\b|vielleicht\b)",
    re.IGNORECASE,
)
"""Beginnings that speak of the writer, of reading a website or of nothing, instead of what the company does."""

# "fehlerfrei", "ausfallsicher", "problemlos" and "Störungsvermeidung" say the opposite of their first half.
_GOOD_ENDING: Final = (
    r"(?!\w*(?:frei|los|arm|sicher|vermeid|prävent|schutz|schütz|toleran|managem|reduzier|minder|abbau|abbind|bekämpf|filter"
    r"|chirurg|klinik|versicherung|hilfe|dienst|meldung|lösung|lösend))"
)

NEGATIVE: Final = Wording(
    # The atomic groups find the last such part of a word and look at no earlier one: what follows it follows that one, too.
    _words(
        r"""leider | leide(?:n|t) | kämpf(?:en|t) | chaos | fehlt | fehlen | fehlende[nrms]?
        (?:schwierig|schlecht|schwach|schwäche|veraltet|ineffizien|unzureichend|unzuverlässig|mangelhaft)\w*
        (?:überlastet|überfordert|scheiter|frustr|verschwend|bedroh|chaotisch)\w*
        (?!unproblem)(?>\w*(?:problem|fehler|verlust|krise|störung|defizit))GOOD\w*
        (?>\w*(?:ausfall|ausfäll|stillstand|stillständ|engpass|engpäss|missstand|missständ|rückstand|rückständ))GOOD\w*
        \w*m[aä]ngel(?:n|s)? | \w*mangel | \w+not | Staus?
        (?:Verzögerung|Beschwerde|Reklamation|Fluktuation|Verspätung|Unordnung|Verschmutzung|Überlastung|Unfall|Unfäll)GOOD\w*
        beschweren | verärger\w* | erschwer\w* | schadet | schaden | rauben | raubt | abschreck\w* | schreck\w* | mühsam\w* | umständlich\w*
        un(?:attraktiv|ordentlich|zufrieden|übersichtlich|sauber|gepflegt|hygienisch|pünktlich|sicher|rentabel)\w* | unterbesetzt\w*
        (?:schmutzig|dreckig|fleckig|lückenhaft|holprig|marode|störanfällig)\w*
        (?:lange|vergeblich|ewig) (?:[\w-]+ ){0,3}warten | zu (?:wenig|langsam|teuer|spät|viel)\w*
        kaum (?:noch|mehr) | sinkende[nrms]? | rückläufig\w* | schleppen | knappe[nrms]? | (?:personal|zeit)knapp\w*
        (?:bemüht|bemühen) sich | notgedrungen | dürftig\w* | mittelmäßig\w* | enttäusch\w* | bemängel\w* | kritisier\w* | beklag\w*
        verlieren | verliert | versäum\w* | vernachlässig\w* | verpass(?:en|t) | gefährd\w* | hinterher\w*""".replace(
            "GOOD", _GOOD_ENDING
        )
    ),
    "klingt negativ; die Bedeutung der Stärke betonen, statt den Mangel zu nennen.",
)
"""Words that speak of what goes wrong. An opener observes something good."""

NEGATED: Final = re.compile(
    r"\b(?:ohne|kein\w*|frei von|statt|null|gegen|vermeid\w*|vor)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE
)
"""What stands before a negative word that is meant well, such as "ohne Mikrostillstände"."""

NEGATED_WITHIN: Final = 200
"""So many characters before a negative word are enough to look for it."""
