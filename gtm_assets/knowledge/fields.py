"""How the free text that marketing writes into Notion's columns is read: items, products, references, partition keys.

Pure functions on text. What belongs elsewhere: asking Notion for rows (``resources.notion``), deciding whether a row
is complete enough to take part, and the partition sets themselves (``gtm_assets.partitions``).
"""

from __future__ import annotations

import difflib
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
_ONE_WORD_PREFIX = re.compile(r"^([^\W\d_]+)\s*:")
_FOCUS: dict[str, OpsFocus] = {"operativ": "Operativ", "infrastruktur": "Infrastruktur"}
# How alike a word must be to one of the two to count as a slip of the pen: "Opperativ", "Infrastuktur", not "Roboter".
_SLIP = 0.8
# Emoji, dingbats and what joins or colours them; signs of ordinary texts such as ° or ™ are not among them.
_PICTURES = re.compile(
    r"[ \t]?[\U0001F000-\U0001FAFF\U000E0020-\U000E007F\u2600-\u27BF\u2B00-\u2BFF\uFE0E\uFE0F\u200D\u20E3]+"
)

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

    Raises:
        ValueError: A line's prefix is nearly one of the two: taken for a product's name it would stand in texts.
    """
    products: dict[OpsFocus, list[str]] = {}
    for item in items:
        line = _one_line(item)
        match = _FOCUS_PREFIX.match(line)
        if match is None:
            _refuse_slip(line)
        focus, product = (_FOCUS[match[1].casefold()], match[2].strip()) if match else (ops_focus, line)
        if product and product not in products.setdefault(focus, []):
            products[focus].append(product)
    return {focus: ", ".join(names) for focus, names in products.items() if names}


def _refuse_slip(line: str) -> None:
    prefix = _ONE_WORD_PREFIX.match(line)
    meant = difflib.get_close_matches(prefix[1].casefold(), _FOCUS, n=1, cutoff=_SLIP) if prefix else []
    if prefix and meant:
        raise ValueError(
            f"Products line {line[:80]!r} begins with {prefix[1]!r}, which is no Ops Focus. "
            f"Write {_FOCUS[meant[0]]}: in front of the product."
        )


def unknown_prefixes(items: Sequence[str]) -> tuple[str, ...]:
    """Words before a colon that are no ops focus: such a line counts as a product's name, colon and all."""
    lines = (_one_line(item) for item in items)
    found = (_ONE_WORD_PREFIX.match(line) for line in lines if not _FOCUS_PREFIX.match(line))
    return tuple(dict.fromkeys(match[1] for match in found if match))


def without_pictures(text: str) -> str:
    """The text without emoji and the like: no CRM field is sure to keep them, so no text may be made of them."""
    return _PICTURES.sub("", text).strip()


def lost_in_slug(key: str) -> str:
    """Letters and pictures of a key that its slug does not show: two keys that differ in these alone are one."""
    lost: dict[str, None] = {}
    for character in key:
        is_sign = unicodedata.category(character)[0] in "LNS" and not character.isascii()
        if is_sign and not any(each.isascii() and each.isalnum() for each in _ascii(character)):
            lost[character] = None
    return "".join(lost)


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
    text = re.sub(r"[^a-z0-9_]+", "-", _ascii(key)).strip("-_")
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


def _ascii(key: str) -> str:
    """In small letters, and as much of it in ASCII as can be."""
    # Umlauts are composed first ("u" + diaeresis is "ü"), written out, and only then do the remaining accents fall off.
    text = unicodedata.normalize("NFC", key).casefold()
    text = unicodedata.normalize("NFC", text).translate(_TRANSCRIPTION)
    text = unicodedata.normalize("NFKD", text).casefold().translate(_TRANSCRIPTION)
    return "".join(character for character in text if not unicodedata.combining(character))


def _one_line(text: str) -> str:
    return " ".join(text.split())
