"""What a review page says: its columns, and below them old and new text side by side, the findings and the inputs. Pure; German.

What belongs elsewhere: what a page means that people changed (``reading``), sending and storing (``sync``), Notion's JSON
(``resources.notion``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.settings import BlockKind
from gtm_assets.texts.blocks import HUMAN_AUTHOR, MODEL_AUTHOR
from gtm_assets.texts.models import Finding
from resources.notion import body

Status = Literal["pending", "approved", "rejected"]

#: Field of a text to its column, in the order of the e-mail.
TEXT_COLUMNS: Final[Mapping[BlockKind, Mapping[str, str]]] = {
    "cell": {"subject": "Subject", "intro": "Intro", "social_proof": "Social Proof"},
    "opener": {"opener": "Opener", "opener_secondary": "Opener Secondary"},
}
LABELS: Final = {
    "subject": "Betreff",
    "intro": "Brücke",
    "social_proof": "Beleg",
    "opener": "Opener",
    "opener_secondary": "Zweiter Opener",
}
#: How people call the three states; the first is what a new database should have.
STATUS_NAMES: Final[Mapping[Status, tuple[str, ...]]] = {
    "pending": ("pending", "offen", "wartet", "zu prüfen"),
    "approved": ("approved", "freigegeben"),
    "rejected": ("rejected", "abgelehnt"),
}
_LONGEST = 1_500


@dataclass(frozen=True)
class Subject:
    """What a page is about.

    Attributes:
        kind: ``cell`` or ``opener``.
        key: Of the block.
        version: Of the block.
        texts: Field to text; a second opener that nobody asked for is left out.
        content_hash: What a verdict is bound to.
        findings: What the rules say against it.
        inputs: What it was made from, as stored with the block.
        prompt_version: Of the prompt.
        model: Which model wrote.
        author: ``model``, or who wrote or edited it.
        evidence: Openers: field, claim, span.
        earlier: Texts of the version that was approved last; None where there is none.
    """

    kind: BlockKind
    key: str
    version: int
    texts: Mapping[str, str]
    content_hash: str
    findings: Sequence[Finding]
    inputs: Mapping[str, Any]
    prompt_version: str
    model: str
    author: str
    evidence: Sequence[Mapping[str, str]] = ()
    earlier: Mapping[str, str] | None = None

    @property
    def status(self) -> Status:
        """What a fresh page says: a text that breaks the rules can't be approved as it is."""
        return "rejected" if self.findings else "pending"


def title(subject: Subject) -> str:
    """The page's name: role × industry (· campaign), or the company; with the version."""
    inputs = subject.inputs
    if subject.kind == "opener":
        name = str(inputs.get("company_name") or subject.key)
    else:
        name = f"{inputs.get('persona_name')} × {inputs.get('vertical_name')}"
        if inputs.get("campaign_name"):
            name += f" · {inputs['campaign_name']}"
    return f"{name} (Fassung {subject.version})"


def values(subject: Subject, status: Status | None = None, note: str = "") -> dict[str, str]:
    """Our columns to what stands in them; ``note`` is said before the findings. ``Comment`` belongs to people and is left out."""
    inputs = subject.inputs
    found = {
        "Name": title(subject),
        "Status": status or subject.status,
        "Kind": subject.kind,
        "Key": subject.key,
        "Vertical": _option(inputs.get("vertical_name")),
        "Content Hash": subject.content_hash,
        "Findings": findings_text(subject.findings, note),
    }
    if subject.kind == "cell":
        found["Persona"] = _option(inputs.get("persona_name"))
        found["Campaign"] = _option(inputs.get("campaign_name")) or STANDARD_CAMPAIGN
    return found | {TEXT_COLUMNS[subject.kind][field]: text for field, text in subject.texts.items()}


def findings_text(findings: Sequence[Finding], note: str = "") -> str:
    """A note and the findings, a line each."""
    lines = [note] if note else []
    lines += [f"{finding.message}" for finding in findings]
    return "\n".join(lines)


def blocks(subject: Subject, names: Mapping[Status, str]) -> list[dict[str, Any]]:
    """The page's body; ``names``: our states to the names of the database's options."""
    found = [*_verdict_help(subject, names), *_comparison(subject), *_findings(subject), *_origin(subject)]
    if len(found) <= body.MAX_BLOCKS:
        return found
    left = len(found) - body.MAX_BLOCKS + 1
    return [
        *found[: body.MAX_BLOCKS - 1],
        body.paragraph(f"… und {left} weitere Zeilen; alle zeigt „gtm review show“."),
    ]


def _verdict_help(subject: Subject, names: Mapping[Status, str]) -> Iterator[dict[str, Any]]:
    if subject.findings:
        yield body.paragraph(
            f"Fassung {subject.version} verletzt Regeln und kann so nicht freigegeben werden. Bitte den Text oben in seiner Spalte "
            "ändern; er wird dann als neue Fassung übernommen und wieder geprüft. Was gilt, steht oben unter Findings."
        )
        return
    yield body.paragraph(
        f"Freigeben: Status auf „{names['approved']}“. Ablehnen: Status auf „{names['rejected']}“ (Grund gern unter Comment). Ändern: den "
        "Text oben in seiner Spalte bearbeiten; er wird als neue Fassung übernommen, geprüft und wartet dann auf Ihre Freigabe. Diese "
        "Seite zu löschen ist keine Freigabe."
    )


def _comparison(subject: Subject) -> Iterator[dict[str, Any]]:
    if subject.earlier is None:
        yield body.heading(f"Neuer Text (Fassung {subject.version})")
        yield body.paragraph("Es gibt noch keine freigegebene Fassung.")
        rows = [(LABELS[field], text) for field, text in subject.texts.items()]
        yield body.table(("Feld", "Neu"), rows)
        return
    yield body.heading(f"Bisher und neu (Fassung {subject.version})")
    changed = [field for field, text in subject.texts.items() if text != subject.earlier.get(field, "")]
    if not changed:
        yield body.paragraph(
            "Der Text gleicht wörtlich der zuletzt freigegebenen Fassung; nur seine Eingaben haben sich geändert."
        )
    table = [(LABELS[field], *_marked(subject.earlier.get(field, ""), text)) for field, text in subject.texts.items()]
    yield body.table(("Feld", "Zuletzt freigegeben", "Neu"), table)


def _marked(old: str, new: str) -> tuple[body.Marked, body.Marked]:
    """Both texts in pieces; those that differ are marked."""
    before, after = _pieces(old), _pieces(new)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for what, i, j, k, n in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        left.append(("".join(before[i:j]), what != "equal"))
        right.append(("".join(after[k:n]), what != "equal"))
    return body.Marked(tuple(left)), body.Marked(tuple(right))


def _pieces(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


def _findings(subject: Subject) -> Iterator[dict[str, Any]]:
    if subject.findings:
        yield body.heading(f"Was die Regeln zu Fassung {subject.version} sagen")
        yield from (body.bullet(finding.message) for finding in subject.findings)


def _origin(subject: Subject) -> Iterator[dict[str, Any]]:
    yield body.heading("Woraus der Text entstand")
    yield from (body.bullet(f"{label}: {text}") for label, text in origin(subject))


def origin(subject: Subject) -> Iterator[tuple[str, str]]:
    """What the text was made from and by whom: label and text, for reviewers."""
    yield from ((label, _cut(text)) for label, text in _inputs(subject) if text)
    for each in subject.evidence:
        yield "Quelle auf der Website", f"„{each.get('claim', '')}“ nach der Website: „{_cut(each.get('span', ''))}“"
    wrote = f"{subject.model}, Prompt {subject.prompt_version}"
    if subject.author != MODEL_AUTHOR:
        wrote += f", bearbeitet von {subject.author.removeprefix(HUMAN_AUTHOR)}"
    yield "Geschrieben von", wrote


def _inputs(subject: Subject) -> Iterator[tuple[str, str]]:
    given = subject.inputs
    yield "Branche", str(given.get("vertical_name") or "")
    yield "Schmerzpunkte der Branche", "; ".join(given.get("vertical_pains") or ())
    yield "Nutzen in der Branche", "; ".join(given.get("vertical_gains") or ())
    if subject.kind == "opener":
        yield "Unternehmen", str(given.get("summary") or "")
        for name, label in (("primary", "Blick auf"), ("secondary", "Zweiter Blick auf")):
            product = given.get(name)
            if product:
                yield label, f"{product.get('product', '')} ({product.get('focus', '')})"
        return
    yield "Rolle", str(given.get("persona_name") or "")
    yield "Schmerzpunkte der Rolle", "; ".join(given.get("persona_pains") or ())
    yield "Nutzen für die Rolle", "; ".join(given.get("persona_gains") or ())
    yield "Produkt", str(given.get("product") or "")
    for reference in given.get("references") or ():
        source = f" (Quelle: {reference['source']})" if reference.get("source") else ""
        yield "Referenz", f"{reference.get('company', '')}: {reference.get('achievement', '')}{source}"
    if given.get("campaign_name"):
        yield "Kampagne", f"{given['campaign_name']}: {given.get('campaign_brief', '')}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"


def _option(text: object) -> str:
    """A select's option: Notion allows no commas and 100 characters."""
    return str(text or "").replace(",", " ").strip()[:100]
