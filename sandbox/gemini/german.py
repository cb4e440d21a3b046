"""A little German grammar: enough to put marketing's notes into sentences without breaking them.

Notes are noun phrases as people jot them down ("lange Suchzeiten", "Hoher Krankenstand"). Sentences of this stand-in use them
as accusative objects only, so that neither their number nor their gender decides a verb.
What belongs elsewhere: the sentences (``cells``, ``openers``, ``profiles``), the choice among them (``choosing``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEGAL_FORM = re.compile(
    r"\s+(?:Betriebs\s+)?(?:gGmbH|GmbH|AG|KGaA|KG|OHG|SE|eG|UG(?:\s*\(haftungsbeschränkt\))?|e\.\s?K\.|e\.\s?V\.|mbH|AöR"
    r"|PartG(?:\s+mbB)?|GbR|Ltd\.?|Inc\.?|S\.A\.)(?=\s|$|,)(?:\s*&\s*Co\.?(?:\s*KG(?:aA)?)?)?"
)
_NOT_ADJECTIVES = {"weniger", "immer", "unter", "über", "wieder", "der", "einer", "hinter", "oder", "aber", "leider"}
_ALWAYS_SMALL = {"mehr", "weniger", "keine", "kein", "zu", "eine", "ein", "einen", "die", "das", "der", "den"}
_NOT_VERBS = {"zwischen", "gegen", "neben", "seit", "mit", "statt", "wegen", "ohne", "durchs", "fürs"}
_CLAUSE = re.compile(r"^[A-ZÄÖÜ][\wäöüß-]+ (?P<verb>[a-zäöüß]+(?:en|t)) \S")


def note(text: str) -> str:
    """One line of notes, cleaned: no bullet, no final stop, an adjective at its start in lower case."""
    cleaned = " ".join(text.split()).lstrip("-•*– ").rstrip(" .;,!")
    first, _, rest = cleaned.partition(" ")
    looks_like_adjective = bool(re.fullmatch(r"[A-ZÄÖÜ][a-zäöüß-]+(?:e|er|es|en)", first)) and rest[:1].isupper()
    if first.lower() in _ALWAYS_SMALL or looks_like_adjective:
        cleaned = first.lower() + cleaned[len(first) :]
    return cleaned


def accusative(phrase: str) -> str:
    """A nominative noun phrase as accusative object; feminine, neuter and plural stay as they are."""
    phrase = note(phrase)
    clause = _CLAUSE.match(phrase)
    if clause and clause["verb"] not in _NOT_VERBS:
        return f"das Thema {phrase}"
    words = phrase.split(" ")
    if words[0] == "der" and len(words) > 1:
        words[0] = "den"
        words[1] = _weak(words[1])
    elif words[0] in {"ein", "kein"} and len(words) > 2 and _is_masculine_adjective(words[1]):
        words[0] += "en"
        words[1] = _weak(words[1])
    elif len(words) > 1 and _is_masculine_adjective(words[0]) and words[1][:1].isupper():
        words[0] = _weak(words[0])
    return " ".join(words)


def without_article(phrase: str) -> str:
    """For headlines: "eine sinkende OEE" becomes "sinkende OEE"; forms that would change without it stay."""
    return phrase.removeprefix("eine ")


def capital(text: str) -> str:
    """The first letter large, the rest untouched."""
    return text[:1].upper() + text[1:]


def short_company_name(name: str) -> str:
    """A company's name as people say it: without legal form, digits and signs that end a sentence."""
    short = _LEGAL_FORM.sub("", f"{name} ").strip(" ,&-")
    short = re.sub(r"\S*\d\S*", "", short).replace(".", "")
    return " ".join(short.split()) or "Ihr Unternehmen"


@dataclass(frozen=True)
class NounPhrase:
    """A noun phrase with article, in the cases that sentences need. ``plural`` decides the verb."""

    nominative: str
    accusative: str
    dative: str
    relative_dative: str
    plural: bool = False


def noun_phrase(text: str) -> NounPhrase | None:
    """Reads "die präzise Fertigung von Drehteilen": definite article, adjectives, noun. None for anything else."""
    words = " ".join(text.split()).split(" ")
    if len(words) < 2 or words[0] not in {"die", "der", "das"}:
        return None
    noun = next((index for index, word in enumerate(words) if index and word[:1].isupper()), None)
    if noun is None or any(not word.rstrip(",").endswith(("e", "en", "und")) for word in words[1:noun]):
        return None
    plural = words[0] == "die" and noun > 1 and words[1].rstrip(",").endswith("en")
    weak = [_weak(word) if word != "und" else word for word in words[1:noun]]
    rest = words[noun:]
    dative_article = "den" if plural else {"die": "der", "der": "dem", "das": "dem"}[words[0]]
    if plural and not rest[0].endswith(("n", "s")):
        rest = [rest[0] + "n", *rest[1:]]
    accusative_words = ["den", *weak, *words[noun:]] if words[0] == "der" else words
    return NounPhrase(
        nominative=" ".join(words),
        accusative=" ".join(accusative_words),
        dative=" ".join([dative_article, *weak, *rest]),
        relative_dative="denen" if plural else {"die": "der", "der": "dem", "das": "dem"}[words[0]],
        plural=plural,
    )


_HEAD_ARTICLES = (
    (
        "das",
        ("hotel", "haus", "zentrum", "center", "stift", "bad", "resort", "klinikum", "labor", "werk", "krankenhaus"),
    ),
    ("die", ("klinik", "welt", "rei", "manufaktur", "residenz", "therme", "spedition", "gruppe", "kanzlei")),
    ("der", ("markt", "park", "verbund")),
)


def with_article(name: str) -> NounPhrase:
    """A company's name with the article of the kind of house it begins with ("die Molkerei Wiesengrund"), else bare."""
    head = name.split(" ", maxsplit=1)[0].lower()
    if " " in name.strip():
        for article, endings in _HEAD_ARTICLES:
            if head.endswith(endings) and not head.endswith("-"):
                dative = "der" if article == "die" else "dem"
                accusative_article = "den" if article == "der" else article
                return NounPhrase(f"{article} {name}", f"{accusative_article} {name}", f"{dative} {name}", dative)
    return NounPhrase(name, name, name, "dem")


def role_address(role: str) -> str:
    """How a text speaks to a role so that it fits women and men: "in der Produktionsleitung", else "als …"."""
    role = role.strip()
    for pattern, address in (
        (r"(\w+)führer(?:in)?", r"in der \1führung"),
        (r"(\w+-?)leiter(?:in)?", r"in der \1leitung"),
        (r"Leiter(?:in)? (.+)", r"in der Leitung \1"),
        (r"(Technisch|Kaufmännisch)er? Leiter(?:in)?", r"in der \1en Leitung"),
        (r"Vorstand", "im Vorstand"),
        (r"(\w+(?:leitung|führung))", r"in der \1"),
    ):
        match = re.fullmatch(pattern, role)
        if match:
            found = match.expand(address)
            return found.replace("Technischen", "technischen").replace("Kaufmännischen", "kaufmännischen")
    return f"als {role}"


_CONTRACTIONS = {"bei": "beim", "von": "vom", "zu": "zum"}


def contracted(text: str) -> str:
    """As people write it: "beim Bau", not "bei dem Bau"; relative clauses (", bei dem es") stay."""

    def short(match: re.Match[str]) -> str:
        form = _CONTRACTIONS[match[1].lower()]
        return form if match[1].islower() else capital(form)

    return re.sub(r"(?<!, )\b([Bb]ei|[Vv]on|[Zz]u) dem\b", short, text)


def repeats_itself(text: str) -> bool:
    """Whether a longer word stands twice in the text."""
    words = [word.lower() for word in re.findall(r"[A-Za-zÄÖÜäöüß]{6,}", text)]
    return len(words) != len(set(words))


def content_words(text: str) -> set[str]:
    """The words that carry meaning, shortened so that inflected forms meet; to avoid saying a thing twice."""
    return {word.lower()[:6] for word in re.findall(r"[A-Za-zÄÖÜäöüß]{5,}", text)}


def _is_masculine_adjective(word: str) -> bool:
    return word.islower() and word.endswith("er") and len(word) > 4 and word not in _NOT_ADJECTIVES


def _weak(adjective: str) -> str:
    comma = "," if adjective.endswith(",") else ""
    bare = adjective.rstrip(",")
    if bare.endswith("er") and bare.islower():
        bare = bare[:-1] + "n"
    elif bare.endswith("e"):
        bare += "n"
    return bare + comma
