"""Subject, bridge and social proof of one cell: persona × vertical, with or without a campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.gemini.choosing import Chooser, cut, limit_of
from sandbox.gemini.german import accusative, capital, role_address, with_article, without_article

_PARTICIPLE = re.compile(r"(?:^|.*\s)(?:\w*ge\w{2,}(?:t|en)|\w+iert|(?:ent|ver|er|be|zer)\w{2,}(?:t|en)|halbiert)$")
_NOTE = 80  # characters of a pain or gain
_SUBJECT_COMFORT = 70  # characters a mail program shows; longer only if nothing shorter fits


def cell(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The reply for inputs of task "cell" (shape: gtm_assets.texts.prompts)."""
    chooser = Chooser(inputs)
    persona, vertical = inputs.get("persona") or {}, inputs.get("vertical") or {}
    campaign = (inputs.get("campaign") or {}).get("name") or ""
    reader = role_address(str(persona.get("name") or "Entscheider"))
    field = str(vertical.get("name") or "Ihre Branche").strip()
    persona_pains = chooser.ordered("pain", _notes(persona.get("pains"), "knappe Zeit im Tagesgeschäft"))
    vertical_pains = _notes(vertical.get("pains"), "offene Stellen im Betrieb")
    # Subject and bridge speak of the same pain of the persona where both limits allow it.
    bridges = [
        [text for vertical_pain in vertical_pains for text in _bridges(reader, pain, vertical_pain, campaign)]
        for pain in persona_pains
    ]
    short_bridges = (f"Für Sie {reader} zählt, {min(vertical_pains, key=len)} anzugehen.", f"Für Sie {reader} wichtig.")
    return {
        "id": inputs.get("id", ""),
        "subject": chooser.choose_from_first(
            "subject",
            [_subjects(pain, field, campaign) for pain in persona_pains],
            limit_of(inputs, "subject"),
            [capital(pain) for pain in persona_pains],
        ),
        "intro": chooser.choose_from_first("intro", bridges, limit_of(inputs, "intro"), short_bridges),
        "social_proof": chooser.choose(
            "social_proof", _proofs(vertical, field), limit_of(inputs, "social_proof"), _short_proofs(vertical)
        ),
    }


def _notes(lines: Any, default: str) -> list[str]:
    # Of a whole paragraph the beginning stands for the rest, as a sentence has room for no more.
    found = [accusative(cut(str(line).strip(), _NOTE)) for line in lines or () if str(line).strip()]
    return found or [default]


def _subjects(pain: str, field: str, campaign: str) -> list[str]:
    bare = without_article(pain)
    if campaign:
        return [f"{campaign}: {bare} vermeiden", f"{campaign}: wie Sie {pain} vermeiden"]
    texts = [
        f"{capital(bare)} vermeiden",
        f"{capital(bare)} im Bereich {field} vermeiden",
        f"Wie Sie {pain} vermeiden",
        f"So vermeiden Sie {pain}",
        f"{capital(bare)}: was im Bereich {field} hilft",
    ]
    return [text for text in texts if len(text) <= _SUBJECT_COMFORT] or texts


def _bridges(reader: str, pain: str, vertical_pain: str, campaign: str) -> list[str]:
    if campaign:
        occasion = _occasion(campaign)
        return [
            f"Für Sie {reader} ist {occasion} ein guter Anlass, {vertical_pain} anzugehen und {pain} zu vermeiden.",
            f"Für Sie {reader} zeigen wir rund um {occasion}, wie Sie {vertical_pain} angehen, ohne {pain} zu riskieren.",
            f"Für Sie {reader} bietet {occasion} Gelegenheit, {vertical_pain} und {pain} gemeinsam anzugehen.",
        ]
    return [
        f"Für Sie {reader} heißt das, {vertical_pain} in den Griff zu bekommen, ohne {pain} in Kauf zu nehmen.",
        f"Für Sie {reader} kommt es darauf an, {vertical_pain} so anzugehen, dass Sie {pain} dauerhaft vermeiden.",
        f"Für Sie {reader} lohnt es sich, {vertical_pain} gezielt anzugehen, denn so vermeiden Sie auch {pain}.",
        f"Für Sie {reader} ist entscheidend, {vertical_pain} zu entschärfen und {pain} gar nicht erst entstehen zu lassen.",
        f"Für Sie {reader} bedeutet das, {vertical_pain} und {pain} gemeinsam anzugehen, statt nur Lücken zu füllen.",
    ]


def _occasion(campaign: str) -> str:
    """The campaign as a feminine noun phrase, the same in nominative and accusative."""
    feminine = re.match(r"(?:\S*[Mm]esse|\S*[Ii]nitiative|\S*[Aa]ktion|\S*[Ww]oche|\S*[Kk]ampagne)\b", campaign)
    return f"die {campaign}" if feminine else f"unsere Aktion {campaign}"


def _proofs(vertical: Mapping[str, Any], field: str) -> list[str]:
    product = _product(str(vertical.get("product") or ""))
    gains = _notes(vertical.get("gains"), "mehr Zeit für das Wesentliche")
    texts: list[str] = []
    for name, achievement in _references(vertical.get("references")):
        company = with_article(name).nominative
        start = capital(company)
        if _PARTICIPLE.match(achievement):
            texts += [
                f"{start} setzt auf {product} und hat so {achievement}.",
                f"Auch {company} nutzt {product} und hat damit {achievement}.",
                f"Kunden wie {company} setzen auf {product} und haben {achievement}.",
                *(f"{start} nutzt {product} und hat {achievement}. Das sichert {gain}." for gain in gains),
            ]
        elif achievement:
            texts += [f"{start} setzt auf {product}: {achievement}.", f"Auch {company} nutzt {product}: {achievement}."]
        else:
            texts += [f"{start} setzt auf {product} und sichert so {gain}." for gain in gains]
        texts.append(f"{start} setzt auf {product}.")
    if texts:
        informative = [text for text in texts if not text.endswith(f"setzt auf {product}.")]
        return informative or texts
    for gain in gains:
        texts += [
            f"Für den Bereich {field} bringen wir {product} in den Alltag, damit Sie {gain} sichern.",
            f"Mit uns führen Sie {product} Schritt für Schritt ein und sichern sich {gain}.",
            f"Wer im Bereich {field} auf {product} setzt, schafft Raum für Neues und sichert {gain}.",
        ]
    return texts


def _short_proofs(vertical: Mapping[str, Any]) -> list[str]:
    """For a short field: the reference and its result without the product, or the gain alone."""
    references = [
        (capital(with_article(name).nominative), result) for name, result in _references(vertical.get("references"))
    ]
    texts = [f"{start} hat mit uns {result}." for start, result in references if _PARTICIPLE.match(result)]
    texts += [f"{start} arbeitet bereits mit uns zusammen." for start, _ in references]
    return texts or [f"Mit uns sichern Sie sich {gain}." for gain in _notes(vertical.get("gains"), "mehr Zeit")]


def _product(line: str) -> str:
    first = line.strip().splitlines()[0] if line.strip() else "autonome Roboter"
    return accusative(re.sub(r"^(?:Operativ|Infrastruktur)\s*:\s*", "", first))


def _references(entries: Any) -> list[tuple[str, str]]:
    """(company, achievement) of references given as objects or as lines "company | achievement | source"."""
    found = []
    for entry in entries or ():
        if isinstance(entry, Mapping):
            company = str(entry.get("company") or entry.get("name") or "")
            achievement = str(entry.get("achievement") or entry.get("result") or "")
        else:
            parts = [part.strip() for part in str(entry).split("|")]
            company, achievement = parts[0], parts[1] if len(parts) > 1 else ""
        if company.strip():
            found.append((company.strip(), achievement.strip().rstrip(".")))
    return found
