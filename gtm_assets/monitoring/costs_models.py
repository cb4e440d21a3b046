"""What the model cost, as values: the smallest sums and what is made of them.

Money is of three sorts. ``used``: what is kept came of it. ``wasted``: replies nobody could use, texts that the rules refused.
``unknown``: the answer was lost, or is under way; it counts at the most it can cost. What belongs elsewhere: asking the store (``costs``),
the page and the picture (``costs_page``, ``costs_plot``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

K = TypeVar("K", bound=Hashable)
Sort = Literal["used", "wasted", "unknown"]
SORTS: tuple[Sort, ...] = ("used", "wasted", "unknown")


@dataclass(frozen=True)
class Line:
    """Calls of one day, kind, campaign (empty for what is no cell) and sort."""

    day: date
    kind: str
    campaign: str
    sort: Sort
    calls: int
    prompt_tokens: int
    output_tokens: int
    thinking_tokens: int
    price: float


@dataclass(frozen=True)
class Spent:
    """A sum of lines: calls, tokens (thinking is part of the output), and money by its sort."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    used: float = 0.0
    wasted: float = 0.0
    unknown: float = 0.0

    @property
    def price(self) -> float:
        """All of it."""
        return self.used + self.wasted + self.unknown

    def as_json(self) -> dict[str, float | int]:
        """The same for scripts."""
        return {name: round(value, 10) for name, value in {"price": self.price, **vars(self)}.items()}


@dataclass(frozen=True)
class BlockCost:
    """What one version of a text cost, every attempt at it included, and how many fields of the CRM carry it."""

    kind: str
    key: str
    version: int
    calls: int
    price: float
    fields: int


@dataclass(frozen=True)
class PerPiece:
    """Money that went into so many pieces."""

    pieces: int
    price: float

    @property
    def each(self) -> float:
        """For one of them."""
        return self.price / self.pieces if self.pieces else 0.0


@dataclass(frozen=True)
class FieldCost:
    """Records that carry texts of a kind in one field now, and their share of what these texts cost, whenever that was."""

    kind: str
    field: str
    pieces: int
    price: float


@dataclass(frozen=True)
class Costs:
    """Everything that is shown, in ``currency``. Times are UTC without offset, as the store keeps them.

    Attributes:
        now: When it was asked.
        since: Begin of the first day that counts.
        currency: Of the price table.
        lines: The smallest sums; the others are made of them.
        blocks: Kind to the versions of texts that calls of these days led to.
        dearest: The blocks among them that cost most, or all of them, as it was asked for.
        carried: The fields that carry a text now, by kind and name.
        without_price: Models that answered and that the price table does not know: their calls stand here with 0.
        other_currencies: What was spent in others; it is in no sum.
    """

    now: datetime
    since: datetime
    currency: str
    lines: Sequence[Line] = ()
    blocks: Mapping[str, PerPiece] = field(default_factory=dict)
    dearest: Sequence[BlockCost] = ()
    carried: Sequence[FieldCost] = ()
    without_price: Sequence[str] = ()
    other_currencies: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> Spent:
        """Of all lines."""
        return add_up(self.lines)

    @property
    def today(self) -> Spent:
        """Of the running UTC day."""
        return add_up(line for line in self.lines if line.day == self.now.date())

    @property
    def kinds(self) -> dict[str, Spent]:
        """By kind, the dearest first."""
        return _by_price(sum_by(self.lines, lambda line: line.kind))

    @property
    def campaigns(self) -> dict[str, Spent]:
        """Of cells, by the campaign's tag (its key where it is no longer in Notion), or ``standard``."""
        return _by_price(sum_by((line for line in self.lines if line.campaign), lambda line: line.campaign))

    @property
    def days(self) -> dict[date, Spent]:
        """By UTC day, the first one first; days without a call are left out."""
        found = sum_by(self.lines, lambda line: line.day)
        return {day: found[day] for day in sorted(found)}

    @property
    def campaign_days(self) -> dict[str, dict[date, float]]:
        """Money of cells by campaign, as in ``campaigns``, and UTC day."""
        cells = [line for line in self.lines if line.campaign]
        return {
            campaign: {
                day: spent.price
                for day, spent in sum_by((x for x in cells if x.campaign == campaign), lambda line: line.day).items()
            }
            for campaign in self.campaigns
        }

    @property
    def all_blocks(self) -> PerPiece:
        """All versions of texts that calls of these days led to, whether they are among ``dearest`` or not."""
        return _together(self.blocks.values())

    @property
    def fields(self) -> dict[str, PerPiece]:
        """The fields that carry a text now, by the text's kind."""
        kinds = sorted({each.kind for each in self.carried})
        pieces = [(each.kind, PerPiece(each.pieces, each.price)) for each in self.carried]
        return {kind: _together(piece for of_kind, piece in pieces if of_kind == kind) for kind in kinds}

    @property
    def per_field(self) -> PerPiece:
        """Over all fields that carry a text."""
        return _together(self.fields.values())

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gtm costs --json``."""

        def spent(found: Mapping[Any, Spent]) -> dict[str, Any]:
            return {str(key): value.as_json() for key, value in found.items()}

        def pieces(found: Mapping[str, PerPiece]) -> dict[str, Any]:
            return {
                kind: {"count": each.pieces, "price": round(each.price, 10), "each": round(each.each, 10)}
                for kind, each in found.items()
            }

        return {
            "since": f"{self.since:%Y-%m-%d}",
            "currency": self.currency,
            "total": self.total.as_json(),
            "today": self.today.as_json(),
            "kinds": spent(self.kinds),
            "campaigns": spent(self.campaigns),
            "days": spent(self.days),
            "blocks": pieces(self.blocks),
            "all_blocks": pieces({"": self.all_blocks})[""],
            "dearest_blocks": [vars(each) for each in self.dearest],
            "written_fields": pieces(self.fields),
            "written_fields_by_name": pieces({each.field: PerPiece(each.pieces, each.price) for each in self.carried}),
            "without_price": list(self.without_price),
            "other_currencies": dict(self.other_currencies),
        }


def add_up(lines: Iterable[Line]) -> Spent:
    """One sum."""
    found = list(lines)
    money = {sort: sum((line.price for line in found if line.sort == sort), 0.0) for sort in SORTS}
    return Spent(
        calls=sum(line.calls for line in found),
        prompt_tokens=sum(line.prompt_tokens for line in found),
        output_tokens=sum(line.output_tokens for line in found),
        thinking_tokens=sum(line.thinking_tokens for line in found),
        **money,
    )


def sum_by(lines: Iterable[Line], key: Callable[[Line], K]) -> dict[K, Spent]:
    """Sums of lines that are alike."""
    groups: dict[K, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return {name: add_up(group) for name, group in groups.items()}


def _by_price(found: dict[str, Spent]) -> dict[str, Spent]:
    return dict(sorted(found.items(), key=lambda item: (-item[1].price, item[0])))


def _together(pieces: Iterable[PerPiece]) -> PerPiece:
    found = list(pieces)
    return PerPiece(sum(each.pieces for each in found), sum((each.price for each in found), 0.0))
