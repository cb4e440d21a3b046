"""VAT numbers out of running text, each validated by its country's own check digits. Pure.

What belongs elsewhere: addresses (``imprint``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# German, Austrian and Swiss numbers have a form of their own, so they need no label.
# German: nine digits; a W-IdNr. looks the same with five more behind a dash and is another number.
_GERMAN = re.compile(
    r"(?<![A-Za-z0-9])DE[\s.:\-]{0,3}([0-9](?:[\s.\-/]?[0-9]){8})(?![0-9])(?!-[0-9]{5})", re.IGNORECASE
)
_AUSTRIAN = re.compile(r"(?<![A-Za-z0-9])AT\s?U[\s.:\-]{0,3}([0-9](?:[\s.\-]?[0-9]){7})(?![0-9])", re.IGNORECASE)
_SWISS = re.compile(
    r"(?<![A-Za-z0-9])CHE[\s.\-]{0,3}([0-9]{3}[\s.]?[0-9]{3}[\s.]?[0-9]{3})(?![0-9])"
    r"(?:[\s/]{0,2}(MWST|TVA|IVA|TPV))?(?![A-Za-z])",
    re.IGNORECASE,
)
# Any other country's number must be called one: two letters and digits stand for many things.
_LABELLED = re.compile(
    r"(?:VAT|USt|Umsatzsteuer|UID|TVA|BTW|IVA|MwSt|NIP|DIČ)[^\n]{0,40}?[\s:]"
    r"(?P<number>[A-Z]{2}[\s.]?[0-9A-Z][0-9A-Z .\-]{6,16})"
)
_IBAN = re.compile(r"IBAN[\s:.]{0,4}$", re.IGNORECASE)
_MOST_TEXT = 60_000


def find_vat_number(text: str) -> str | None:
    """The first valid VAT number in the text; None where there is none.

    Returns:
        European numbers compact (``DE136695976``, ``ATU57194903``), Swiss ones as they are written
        (``CHE-107.787.577 MWST``, without ``MWST`` where the text doesn't call the number one).
    """
    candidates = sorted(_candidates(text[:_MOST_TEXT]), key=lambda pair: pair[0])
    return next((valid for _, written in candidates if (valid := validate(written)) is not None), None)


def validate(written: str) -> str | None:
    """The number in its normal form; None where its check digits or its form are wrong."""
    from stdnum.ch import uid as swiss_uid
    from stdnum.ch import vat as swiss_vat
    from stdnum.eu import vat as european_vat
    from stdnum.exceptions import ValidationError

    try:
        if written.upper().startswith("CHE"):
            if swiss_vat.is_valid(written):
                return str(swiss_vat.format(written))
            return str(swiss_uid.format(swiss_uid.validate(written)))
        return str(european_vat.validate(written))
    except ValidationError:
        return None


def _candidates(text: str) -> Iterator[tuple[int, str]]:
    """Position and number, as it would be written without separators."""
    for prefix, pattern in (("DE", _GERMAN), ("ATU", _AUSTRIAN)):
        for match in pattern.finditer(text):
            if not _IBAN.search(text[max(0, match.start() - 12) : match.start()]):
                yield match.start(), prefix + _bare(match.group(1))
    for match in _SWISS.finditer(text):
        yield match.start(), f"CHE{_bare(match.group(1))}{(match.group(2) or '').upper()}"
    for match in _LABELLED.finditer(text):
        yield from ((match.start("number"), one) for one in _lengths(match.group("number")))


def _lengths(written: str) -> Iterator[str]:
    """The number at every word's end, the longest first: what follows may look like a part of it."""
    words = re.split(r"[ .\-]+", written.strip())
    if words[0] in ("AT", "CH", "CHE", "DE") or not words[0][:2].isalpha():
        return
    for count in range(len(words), 0, -1):
        number = "".join(words[:count])
        if len(number) >= 8 and any(character.isdigit() for character in number):
            yield number


def _bare(written: str) -> str:
    return re.sub(r"[^0-9]", "", written)
