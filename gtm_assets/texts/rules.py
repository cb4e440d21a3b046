"""The rules a text must keep: one table per kind of text, and the pure functions behind it.

A rule looks at one text and returns findings in German, for the reviewer and, on a second attempt, for the model.
What belongs elsewhere: wordings (``phrases``, ``opener_words``), measurements (``wording``), company names (``naming``), lengths
(``limits``), what becomes of a text that fails.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gtm_assets.research import wording
from gtm_assets.texts import evidence, naming, opener_words, phrases
from gtm_assets.texts.limits import TextField
from gtm_assets.texts.models import CellInputs, CellText, Finding, Limit, OpenerInputs, OpenerText
from gtm_assets.texts.name_spelling import misspelled

_ANYWHERE: Final = {
    "placeholder": phrases.PLACEHOLDERS,
    "markup": phrases.MARKUP,
    "greeting": phrases.GREETINGS,
    "informal": phrases.INFORMAL,
    "self_talk": phrases.SELF_TALK,
    "claim": phrases.CLAIMS,
}
_ABOUT_OURSELVES: Final = _ANYWHERE | {"superlative": phrases.SUPERLATIVES}


@dataclass(frozen=True)
class TextRules:
    """What is asked of one kind of text, beside length, language and characters, which are asked of all.

    Attributes:
        label: What a reviewer calls it.
        forbidden: Tables of wordings, by the identifier of their finding.
        max_sentences: At least one, at most this many.
        full_sentence: It ends with a full stop.
        numbers: ``none``, those of the ``inputs``, or those of the ``references`` it names.
        speaks_to_reader: It contains Sie, Ihnen or Ihr.
        names_reference: It names one of the registered references, if there are any.
        positive: It mentions nothing negative.
    """

    label: str
    forbidden: dict[str, tuple[phrases.Wording, ...]]
    max_sentences: int = 1
    full_sentence: bool = True
    numbers: Literal["none", "inputs", "references"] = "inputs"
    speaks_to_reader: bool = False
    names_reference: bool = False
    positive: bool = False


RULES: Final[dict[TextField, TextRules]] = {
    "subject": TextRules("Betreff", _ABOUT_OURSELVES, full_sentence=False),
    "intro": TextRules("Brücke", _ABOUT_OURSELVES, speaks_to_reader=True),
    "social_proof": TextRules("Beleg", _ABOUT_OURSELVES, max_sentences=2, numbers="references", names_reference=True),
    "opener": TextRules("Opener", _ANYWHERE, numbers="none", positive=True),
    "opener_secondary": TextRules("Zweiter Opener", _ANYWHERE, numbers="none", positive=True),
}


# Beyond so many characters a model just ran on: the length says it all, and patterns would take long.
_READABLE: Final = 5_000


@dataclass(frozen=True)
class _Draft:
    """A text with everything its rules need to know."""

    field: TextField
    text: str
    limit: Limit
    rules: TextRules
    names: tuple[str, ...]  # companies it may name
    other_names: frozenset[str]  # companies it must not name, as far as they are known
    numbers: frozenset[wording.Number]

    @property
    def plain(self) -> str:
        """The text without the names it may contain: rules about words do not apply to names."""
        return naming.without_names(self.text, self.names)

    def finding(self, rule: str, message: str) -> Finding:
        return Finding(field=self.field, rule=rule, message=f"{self.rules.label}: {message}")


def check_cell(text: CellText, inputs: CellInputs, *, other_references: Collection[str] = ()) -> tuple[Finding, ...]:
    """What the rules have to say about one cell's texts; empty where all is well.

    Args:
        text: The three texts.
        inputs: What they were written from.
        other_references: Companies registered with other verticals, which this cell must not name. Names with a legal
            form and names after "Unternehmen wie" are found without it.
    """
    names = tuple(reference.company for reference in inputs.references)
    stated = wording.numbers(" ".join(_cell_words(inputs)))
    texts: tuple[tuple[TextField, str, Limit, frozenset[wording.Number]], ...] = (
        ("subject", text.subject, inputs.subject_limit, stated),
        ("intro", text.intro, inputs.intro_limit, stated),
        ("social_proof", text.social_proof, inputs.social_proof_limit, _proof_numbers(text.social_proof, inputs)),
    )
    others = frozenset(other_references)
    return tuple(
        finding
        for field, words, limit, numbers in texts
        for finding in _check(_Draft(field, words, limit, RULES[field], names, others, numbers))
    )


def check_opener(text: OpenerText, inputs: OpenerInputs) -> tuple[Finding, ...]:
    """What the rules have to say about one company's opening sentences; empty where all is well.

    Without evidence (None: a person wrote) nothing is asked for any. Near-duplicates of other companies' sentences are another matter
    (``likeness``): they depend on what else there is.
    """
    sentences: list[tuple[TextField, str]] = [("opener", text.opener)]
    if text.opener_secondary is not None:
        sentences.append(("opener_secondary", text.opener_secondary))
    material = evidence.Material(inputs)
    findings: list[Finding] = []
    for field, words in sentences:
        draft = _Draft(
            field, words, inputs.opener_limit, RULES[field], (inputs.company_name,), frozenset(), frozenset()
        )
        findings += _check(draft)
        if not _readable(draft):
            continue
        findings += _opener_only(draft, inputs)
        if text.evidence is not None:
            proofs = [proof for proof in text.evidence if proof.field == field]
            findings += [draft.finding(rule, why) for rule, why in evidence.problems(words, proofs, material)]
    if text.opener_secondary is not None and _alike(text.opener) == _alike(text.opener_secondary):
        message = "Zweiter Opener: gleicht dem ersten; einen anderen Satz aus der Sicht des anderen Produkts schreiben."
        findings.append(Finding(field="opener_secondary", rule="same_openers", message=message))
    return tuple(findings)


def _readable(draft: _Draft) -> bool:
    return bool(wording.words(draft.text)) and wording.crm_length(draft.text) <= max(
        _READABLE, draft.limit.max_characters
    )


def _opener_only(draft: _Draft, inputs: OpenerInputs) -> Iterable[Finding]:
    known = f"{inputs.website_text} {inputs.vertical_name} {inputs.summary}"
    for wrong, right in misspelled(draft.text, inputs.company_name, known):
        yield draft.finding(
            "company_name", f"„{wrong}“ ist nicht die Schreibweise des Firmennamens; richtig: „{right}“."
        )
    start = opener_words.WEAK_STARTS.search(draft.plain)
    if start:
        yield draft.finding(
            "weak_start",
            f"„{start[0].strip()}“ ist kein aktiver Einstieg; mit der Tätigkeit des Unternehmens beginnen.",
        )
    if set(draft.plain) & {"?", "!"}:
        yield draft.finding(
            "weak_start", "ist eine Frage oder ein Ausruf; als Beobachtung mit Punkt am Ende schreiben."
        )


def _check(draft: _Draft) -> Iterator[Finding]:
    if not wording.words(draft.text):
        yield draft.finding("empty", "ist leer.")
        return
    if not _readable(draft):
        yield from _length(draft)
        return
    for check in _CHECKS:
        yield from check(draft)


def _length(draft: _Draft) -> Iterable[Finding]:
    length, count, limit = wording.crm_length(draft.text), len(wording.words(draft.text)), draft.limit
    if length > limit.max_characters:
        excess = length - limit.max_characters
        yield draft.finding("too_long", f"{length} Zeichen, das Feld fasst {limit.max_characters}; um {excess} kürzen.")
    if limit.max_words and count > limit.max_words:
        yield draft.finding("too_many_words", f"{count} Wörter, höchstens {limit.max_words} sind vorgesehen; straffen.")
    if count < limit.min_words:
        yield draft.finding(
            "too_few_words", f"{count} Wörter, mindestens {limit.min_words} sind vorgesehen; ausführen."
        )


def _sentences(draft: _Draft) -> Iterable[Finding]:
    count = wording.sentence_count(draft.text)
    if count > draft.rules.max_sentences:
        allowed = "ein Satz ist" if draft.rules.max_sentences == 1 else f"höchstens {draft.rules.max_sentences} sind"
        yield draft.finding("sentences", f"{count} Sätze, {allowed} vorgesehen; zusammenfassen.")
    if draft.rules.full_sentence and not wording.is_finished(draft.text):
        yield draft.finding("unfinished", "endet nicht mit einem Punkt; den Satz zu Ende schreiben.")
    elif wording.breaks_off(draft.text):
        yield draft.finding("unfinished", "bricht mitten im Satz ab; zu Ende schreiben.")


def _shape(draft: _Draft) -> Iterable[Finding]:
    if any(sign in draft.text for sign in "\n\r\t\v\f\x85\u2028\u2029"):
        yield draft.finding("line_break", "enthält Zeilenumbruch oder Tabulator; in eine Zeile schreiben.")
    if draft.text.lstrip().startswith(("=", "+", "@")):
        yield draft.finding(
            "formula", f"beginnt mit „{draft.text.lstrip()[0]}“, was Tabellen als Formel lesen; anders beginnen."
        )
    strange = wording.strange_characters(draft.text)
    if strange:
        listed = ", ".join(wording.describe(character) for character in strange[:5])
        yield draft.finding(
            "characters", f"enthält Zeichen, die CRM-Felder nicht sicher behalten ({listed}); entfernen."
        )


def _language(draft: _Draft) -> Iterable[Finding]:
    if not wording.is_german(draft.plain):
        yield draft.finding("not_german", "liest sich nicht deutsch; auf Deutsch schreiben.")


def _reader(draft: _Draft) -> Iterable[Finding]:
    if draft.rules.speaks_to_reader and not phrases.ADDRESS.search(draft.text):
        yield draft.finding("no_address", "spricht die Person nicht an; mit Sie, Ihnen oder Ihr schreiben.")


def _forbidden(draft: _Draft) -> Iterable[Finding]:
    # Placeholders and markup are wrong inside a name, too; all other wordings may be part of one.
    for rule, table in draft.rules.forbidden.items():
        text = draft.text if rule in {"placeholder", "markup"} else draft.plain
        for words, advice in phrases.found(table, text):
            yield draft.finding(rule, f"„{words}“. {advice}")


def _numbers(draft: _Draft) -> Iterable[Finding]:
    if draft.rules.numbers == "none":
        if wording.has_digits(draft.plain):
            yield draft.finding(
                "number", "enthält Ziffern, die veralten können; abstrakte Größen verwenden („weitläufige Anlagen“)."
            )
        return
    found = sorted(wording.numbers(draft.plain))
    invented = [number for number in found if not any(number.agrees(stated) for stated in draft.numbers)]
    if invented:
        listed = ", ".join(str(number) for number in invented)
        source = "der genannten Referenz" if draft.rules.numbers == "references" else "den Eingaben"
        yield draft.finding(
            "number", f"{listed} steht nicht in {source}; weglassen oder die dort belegte Zahl verwenden."
        )


def _names(draft: _Draft) -> Iterable[Finding]:
    for name in naming.foreign_names(draft.text, draft.names, draft.other_names):
        yield draft.finding(
            "unknown_reference",
            f"„{name}“ ist hier nicht als Referenz registriert; streichen oder eine registrierte nennen.",
        )
    if (
        draft.rules.names_reference
        and draft.names
        and not any(naming.mentions(draft.text, name) for name in draft.names)
    ):
        yield draft.finding(
            "no_reference", f"nennt keine registrierte Referenz; möglich: {', '.join(draft.names[:3])}."
        )


def _positive(draft: _Draft) -> Iterable[Finding]:
    if not draft.rules.positive:
        return
    text = draft.plain
    for match in opener_words.NEGATIVE.pattern.finditer(text):
        begin = max(0, match.start() - opener_words.NEGATED_WITHIN)
        if not opener_words.NEGATED.search(text, begin, match.start()):
            yield draft.finding("negative", f"„{match[0]}“ {opener_words.NEGATIVE.advice}")


_CHECKS: Final[tuple[Callable[[_Draft], Iterable[Finding]], ...]] = (
    _length,
    _sentences,
    _shape,
    _language,
    _reader,
    _forbidden,
    _numbers,
    _names,
    _positive,
)


def _cell_words(inputs: CellInputs) -> Iterator[str]:
    yield from (inputs.persona_name, inputs.vertical_name, inputs.vertical_definition, inputs.product)
    yield from (inputs.campaign_name, inputs.campaign_brief)
    for items in (inputs.persona_pains, inputs.persona_gains, inputs.persona_job_titles):
        yield from items
    yield from inputs.vertical_pains
    yield from inputs.vertical_gains


def _proof_numbers(text: str, inputs: CellInputs) -> frozenset[wording.Number]:
    """Numbers of the references the text names (of all of them where it names none) and of the product's own name."""
    named = [each for each in inputs.references if naming.mentions(text, each.company)] or inputs.references
    return wording.numbers(" ".join([inputs.product, *(each.achievement for each in named)]))


def _alike(text: str) -> str:
    return " ".join("".join(character if character.isalnum() else " " for character in text.casefold()).split())
