"""What a model costs: a dated table, the one beside this module or another file's models over it.

What belongs elsewhere: how much may be spent (``budget``), what was spent (``gtm_assets.monitoring.costs``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gtm_assets.settings import ConfigurationError

_OURS = Path(__file__).with_name("prices.toml")
_PER = 1_000_000
#: What Google appends to a model's name: a version, or what kind of version it is with its date.
_VERSION = re.compile(r"-(?:\d+|preview|exp|latest)(?:-\d+)*")


@dataclass(frozen=True)
class Rate:
    """Money for a million tokens, from a day (UTC) on; output includes thinking."""

    valid_from: date
    input: float
    output: float

    def price(self, prompt_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.input + output_tokens * self.output) / _PER


@dataclass(frozen=True)
class PriceTable:
    """Rates by model, oldest first, all in one currency (ISO 4217)."""

    currency: str = "USD"
    rates: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)

    def rate(self, model: str, day: date) -> Rate | None:
        """What a model costs on a day; None where the table does not say. Versions (``…-001``, ``…-preview-09-2026``) are their model."""
        name = model.removeprefix("models/")
        known = self.rates.get(name)
        if known is None:
            of_it = [each for each in self.rates if name.startswith(each) and _VERSION.fullmatch(name[len(each) :])]
            known = self.rates[max(of_it, key=len)] if of_it else ()
        return next((rate for rate in reversed(known) if rate.valid_from <= day), None)


class PriceTableError(ConfigurationError):
    """A price table can't be used; the message names file, key and what is expected there."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    valid_from: date = Field(alias="from")
    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)

    @field_validator("valid_from", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        if isinstance(value, datetime):
            raise ValueError("expects a day such as 2026-09-02, without a time")  # noqa: TRY004 - pydantic wants it
        return value


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    source: str = ""
    prices: list[_Entry] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    models: dict[str, _Model] = Field(min_length=1)


def load_prices(path: str | None = None) -> PriceTable:
    """The table of this product, with the models of another file in place of ours where ``path`` names one.

    A file in another currency stands alone: amounts of two currencies can't be added up.

    Raises:
        PriceTableError: The file is not there, is no TOML, or a key is missing or wrong.
    """
    ours = _bundled()
    if path is None:
        return ours
    theirs = _read(Path(path).expanduser(), "GTM_MODEL_PRICES: ")
    if theirs.currency != ours.currency:
        return theirs
    return PriceTable(ours.currency, {**ours.rates, **theirs.rates})


@lru_cache(maxsize=1)
def _bundled() -> PriceTable:
    return _read(_OURS, "")


def _read(path: Path, variable: str) -> PriceTable:
    where = f"{variable}{path}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise PriceTableError(f"{where} can't be read: {why}. Expects a price table (see docs/costs.md).") from error
    try:
        found = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PriceTableError(f"{where} is no TOML: {error}. See docs/costs.md.") from error
    except ValidationError as error:
        problems = "; ".join(f"{_key(each['loc'])}: {_expectation(each)}" for each in error.errors()[:5])
        raise PriceTableError(f"{where} is no price table: {problems}. See docs/costs.md.") from error
    return PriceTable(found.currency, {name: _rates(model) for name, model in found.models.items()})


def _rates(model: _Model) -> tuple[Rate, ...]:
    return tuple(
        sorted((Rate(e.valid_from, e.input, e.output) for e in model.prices), key=lambda rate: rate.valid_from)
    )


def _key(place: tuple[int | str, ...]) -> str:
    """A key as the file has it: ``models."gemini-3.8-flash".prices[0].input``."""
    words = ""
    for part in place:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            words += ("." if words else "") + (f'"{part}"' if re.search(r"[^\w-]", part) else part)
    return words


def _expectation(error: Any) -> str:
    if error["loc"] == ("currency",):
        return "expects a currency such as USD"
    return str(error["msg"]).removeprefix("Value error, ")
