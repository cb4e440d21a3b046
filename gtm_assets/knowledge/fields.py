"""How the free text that marketing writes into Notion's columns is read: items, products, references, partition keys.

Pure functions on text. What belongs elsewhere: asking Notion for rows (``resources.notion``), deciding whether a row
is complete enough to take part, and the partition sets themselves (``gtm_assets.partitions``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from gtm_assets.knowledge.models import OpsFocus, Reference

MAX_SLUG = 100
"""Characters of a partition key: it stands in URLs, in tables and in every event Dagster keeps."""

_BULLETS = "•◦▪▫●○■□‣⁃∙·►▶➢➤✓✔"
_ITEM_BREAK = re.compile(rf"[\r\n\v\f\x85\u2028\u2029;{_BULLETS}]+")
# A dash or star is a bullet only at the start of a line, and not before a digit: "-5 °C im Kühlhaus" is a temperature.
_LEADING_MARK = re.compile(r"^(?:[-*–—]+\s*(?!\d)|\(?\d{1,2}[.)]\s+)")
_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
_FOCUS_PREFIX = re.compile(r"^(operativ|infrastruktur)\w{0,2}\s*:\s*(.*)$", re.IGNORECASE)
_FOCUS: dict[str, OpsFocus] = {"operativ": "Operativ", "infrastruktur": "Infrastruktur"}

# German transcription first; the others are letters that Unicode does not decompose into a base letter and an accent.
_TRANSCRIPTION = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)


def split_items(text: str) -> tuple[str, ...]:
    """Pains, gains or job titles written as lines, as bullets or separated by semicolons.

    Commas do not separate: "Fachkräftemangel, vor allem nachts" is one pain. Repeated items (upper and lower case
    alike) count once, in the order in which they were written.
    """
    items: dict[str, str] = {}
    for piece in _ITEM_BREAK.split(text):
        item = _LEADING_MARK.sub("", _one_line(piece)).strip(" ,")
        if any(character.isalnum() for character in item):
            items.setdefault(item.casefold(), item)
    return tuple(items.values())


def read_products(items: Sequence[str], ops_focus: OpsFocus) -> dict[OpsFocus, str]:
    """Which product serves which ops focus.

    Args:
        items: Lines such as "Operativ: Reinigungsroboter"; a line without prefix belongs to ``ops_focus``.
        ops_focus: The vertical's own focus.

    Returns:
        At most one text per focus, several products of one focus joined by commas in the order written. A focus
        without product is absent.
    """
    products: dict[OpsFocus, list[str]] = {}
    for item in items:
        line = _one_line(item)
        match = _FOCUS_PREFIX.match(line)
        focus, product = (_FOCUS[match[1].casefold()], match[2].strip()) if match else (ops_focus, line)
        if product and product not in products.setdefault(focus, []):
            products[focus].append(product)
    return {focus: ", ".join(names) for focus, names in products.items() if names}


def read_references(text: str) -> tuple[Reference, ...]:
    """The register of references: one per line, "Company | what was achieved | where that is documented".

    Raises:
        ValueError: A line names no company; the message quotes the line.
    """
    references: list[Reference] = []
    for raw in _LINE_BREAK.split(text):
        line = _LEADING_MARK.sub("", _one_line(raw).lstrip(_BULLETS + " "))
        if not line:
            continue
        company, achievement, source = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
        if not company:
            raise ValueError(f"Reference line {line!r} names no company. Write: Company | what was achieved | source.")
        references.append(Reference(company=company, achievement=achievement, source=source))
    return tuple(references)


def slug(key: str) -> str:
    """A partition key: lower-case ASCII letters, digits, ``_`` and single ``-``.

    Umlauts are written out, other accents and emoji fall off. Idempotent: the slug of a slug is that slug.

    Raises:
        ValueError: Nothing is left of the key, or more than ``MAX_SLUG`` characters (cutting could make two keys one).
    """
    # Umlauts are composed first ("u" + diaeresis is "ü"), written out, and only then do the remaining accents fall off.
    text = unicodedata.normalize("NFC", key).casefold()
    text = unicodedata.normalize("NFC", text).translate(_TRANSCRIPTION)
    text = unicodedata.normalize("NFKD", text).casefold().translate(_TRANSCRIPTION)
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = re.sub(r"[^a-z0-9_]+", "-", text).strip("-_")
    if not text:
        raise ValueError(
            f"The key {key[:40]!r} has no letter or digit from a to z, 0 to 9. "
            "Write a short name such as maschinenbau into Key or Tag."
        )
    if len(text) > MAX_SLUG:
        raise ValueError(
            f"The key {key[:40]!r}... has {len(text)} characters, {MAX_SLUG} are allowed. "
            "Write a shorter name into Key or Tag."
        )
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())
