"""One sample imprint and what has to be read from it."""

from __future__ import annotations

from dataclasses import dataclass

from resources.website.imprint import Imprint


@dataclass(frozen=True)
class Sample:
    """Sample data: no such company. The numbers merely have right (or, where said so, wrong) check digits."""

    name: str
    text: str
    expected: Imprint


def sample(
    name: str,
    text: str,
    zipcode: str | None = None,
    city: str | None = None,
    street: str | None = None,
    vat: str | None = None,
    country: str | None = None,
) -> Sample:
    return Sample(name, text, Imprint(city, zipcode, street, vat, country))
