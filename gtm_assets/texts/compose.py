"""The whole e-mail from its parts: the only place where texts are joined, for previews and documents.

Pure functions. What belongs elsewhere: choosing a person's blocks (``gtm_assets.writeback``), making the unsubscribe
link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# After the comma of a salutation a German sentence goes on in lower case. Only words that are never written with a
# capital inside a sentence are lowered; whether another first word is a noun or a name cannot be told from its letters.
_LOWERED = frozenset(
    """Der Die Das Den Dem Des Ein Eine Einen Einem Einer Eines Wir Wer Was Jede Jeder Jedes Jeden Viele Alle
    In Im Ins An Am Auf Aus Bei Beim Mit Nach Von Vom Vor Zu Zum Zur Über Unter Durch Für Gegen Ohne Um Trotz Statt
    Während Wegen Zwischen Hinter Neben Seit Speziell Gerade Besonders Insbesondere Hier Heute Auch Nur Erst Schon
    Dort Dabei Wie Wo Wann Wenn Weil Dass Ob Als Damit Sobald Denn Und""".split()  # noqa: SIM905 - reads better so
)
_MALE = {"herr", "herrn", "hr", "mr", "mister", "monsieur", "signor", "señor"}
_FEMALE = {"frau", "fr", "mrs", "ms", "miss", "madame", "mme", "signora", "señora", "fräulein"}

PartName = Literal["salutation", "opener", "intro", "social_proof", "sign_off", "unsubscribe"]


@dataclass(frozen=True)
class EmailParts:
    """What an e-mail is joined from; any part may be empty."""

    mrmrs: str = ""
    academic_title: str = ""
    lastname: str = ""
    opener: str = ""
    intro: str = ""
    social_proof: str = ""
    unsubscribe_url: str = ""
    firstname: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of an e-mail and the part it stands for."""

    part: PartName
    text: str


def compose(parts: EmailParts) -> str:
    """The e-mail's plain text: salutation, opener, bridge, proof, sign-off and unsubscribe line.

    One blank line stands between the parts; a missing part leaves no gap.
    """
    return "\n\n".join(paragraph.text for paragraph in paragraphs(parts))


def paragraphs(parts: EmailParts) -> tuple[Paragraph, ...]:
    """The e-mail's paragraphs in order, each with the part it stands for; a missing part has none."""
    texts: tuple[tuple[PartName, str], ...] = (
        ("opener", _one_line(parts.opener)),
        ("intro", _one_line(parts.intro)),
        ("social_proof", _one_line(parts.social_proof)),
    )
    blocks = [Paragraph(name, line) for name, line in texts if line]
    if blocks and blocks[0].text.split()[0] in _LOWERED:
        first = blocks[0]
        blocks[0] = Paragraph(first.part, first.text[0].lower() + first.text[1:])
    greeting = salutation(parts.mrmrs, parts.academic_title, parts.lastname, firstname=parts.firstname)
    found = [Paragraph("salutation", greeting), *blocks, Paragraph("sign_off", "Mit freundlichen Grüßen")]
    url = _one_line(parts.unsubscribe_url)
    if url:
        line = f"Sie möchten keine weiteren E-Mails von uns erhalten? Hier können Sie sich abmelden: {url}"
        found.append(Paragraph("unsubscribe", line))
    return tuple(found)


def salutation(mrmrs: str, academic_title: str, lastname: str, *, firstname: str = "") -> str:
    """The first line: "Sehr geehrter Herr Dr. Muster,", or a neutral one where the CRM does not tell Herr from Frau.

    Of academic titles only Prof. and Dr. are part of a German salutation; "Dipl.-Ing." and "M.Sc." are not.
    """
    name = " ".join(filter(None, (_spoken_title(academic_title) or _spoken_title(mrmrs), _one_line(lastname))))
    gender = _gender(mrmrs)
    if not _one_line(lastname):
        return "Guten Tag,"
    if gender == "male":
        return f"Sehr geehrter Herr {name},"
    if gender == "female":
        return f"Sehr geehrte Frau {name},"
    if not _one_line(firstname):
        return "Guten Tag,"
    title = _spoken_title(academic_title) or _spoken_title(mrmrs)
    return f"Guten Tag {' '.join(filter(None, (title, _one_line(firstname), _one_line(lastname))))},"


def _gender(mrmrs: str) -> Literal["male", "female"] | None:
    tokens = set(re.findall(r"[^\W\d_]+", mrmrs.casefold()))
    male, female = bool(tokens & _MALE), bool(tokens & _FEMALE)
    if male == female:  # neither, or "Herr und Frau"
        return None
    return "male" if male else "female"


def _spoken_title(academic_title: str) -> str:
    professor = "Prof." if re.search(r"\bprof", academic_title, re.IGNORECASE) else ""
    doctor = "Dr." if re.search(r"\bdr\b|\bdoktor\b|\bph\.?\s?d\b", academic_title, re.IGNORECASE) else ""
    return " ".join(filter(None, (professor, doctor)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
