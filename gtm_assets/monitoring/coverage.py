"""Coverage: which texts there are for vertical × persona × campaign, and how many persons stand behind each. Pure.

A person stands in exactly one place: apart (not to be addressed), without a cell (no persona, no vertical …), or behind the cell of
persona, vertical and campaign. What belongs elsewhere: reading the store (``coverage_counts``), the picture (``coverage_picture``), words
and Dagster (``coverage_page``), where a cell stands (``gtm_assets.texts``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, Campaign, campaign_key
from gtm_assets.texts.blocks import CellState
from gtm_assets.texts.choice import Level
from gtm_assets.texts.matrix import cell_key

#: Every state of a cell, the good one first; then those that a person has to decide about; then those that come by themselves.
STATES: tuple[CellState, ...] = ("approved", "waiting", "rejected", "failed_rules", "lapsed", "missing")
Apart = Literal["account_gone", "account_stop", "suppressed", "no_mailing", "retired", "associate"]
#: Why a person is not addressed, in the order in which it is asked.
APART: tuple[Apart, ...] = ("account_gone", "account_stop", "suppressed", "no_mailing", "retired", "associate")
NoCell = Literal["not_researched", "vertical_unknown", "persona_unknown", "both_unknown", "not_active"]
#: Why a person who may be addressed has no cell.
NO_CELL: tuple[NoCell, ...] = ("not_researched", "vertical_unknown", "persona_unknown", "both_unknown", "not_active")
CellPlace = tuple[str, str, str]


@dataclass(frozen=True)
class Headcount:
    """Living persons who are alike in everything that coverage asks.

    Attributes:
        persona_key: None for unknown.
        vertical_key: Of their company, None for unknown.
        campaign: What stands in the campaign field, as people wrote it.
        level: Whose text they got when their account was last worked on; None: never planned.
        apart: Why they are not addressed, empty where they may be.
        researched: Whether the company has a profile.
        due: Whether their account is to be worked on again.
        persons: How many.
    """

    persona_key: str | None
    vertical_key: str | None
    campaign: str
    level: Level | None = None
    apart: Apart | Literal[""] = ""
    researched: bool = True
    due: bool = False
    persons: int = 1


@dataclass(frozen=True)
class Outline:
    """Names of the rows that are active in Notion, by key, and where each cell stands (persona, vertical, campaign).

    ``was_read`` is whether Notion was ever read.
    """

    personas: Mapping[str, str]
    verticals: Mapping[str, str]
    campaigns: Mapping[str, Campaign]
    states: Mapping[CellPlace, CellState]
    was_read: bool = True


@dataclass(frozen=True)
class CellCoverage:
    """One cell: its state, and what the persons behind it get.

    Attributes:
        own: Persons with a text of this cell.
        falling_back: Persons who get the standard text instead of this campaign's.
        without_text: Persons who get none.
    """

    persona_key: str
    vertical_key: str
    campaign_key: str
    state: CellState
    own: int = 0
    falling_back: int = 0
    without_text: int = 0

    @property
    def key(self) -> str:
        """As reviews and backfills name the cell."""
        return cell_key(self.persona_key, self.vertical_key, self.campaign_key)

    @property
    def persons(self) -> int:
        """Persons behind the cell."""
        return self.own + self.falling_back + self.without_text


@dataclass(frozen=True)
class Summary:
    """Some cells added up; ``states`` has every state, ``without_cell`` counts persons who may be addressed and have none."""

    states: Mapping[CellState, int]
    own: int
    falling_back: int
    without_text: int
    without_cell: int = 0

    @property
    def cells(self) -> int:
        """How many cells."""
        return sum(self.states.values())

    @property
    def addressed(self) -> int:
        """Persons who may be addressed."""
        return self.covered + self.without_text + self.without_cell

    @property
    def covered(self) -> int:
        """Persons with an approved text, be it their campaign's or the standard one."""
        return self.own + self.falling_back

    @property
    def percent(self) -> float | None:
        """Share of the addressed persons who are covered; None where there is nobody."""
        return round(100 * self.covered / self.addressed, 1) if self.addressed else None


@dataclass(frozen=True)
class Coverage:
    """The whole picture. ``cells`` are ordered by campaign (standard first), vertical, persona.

    Attributes:
        outline: Rows and states it was made from.
        cells: Every cell with its persons.
        apart: Persons who are not addressed, by reason.
        no_cell: Persons without a cell, by reason.
        unknown_campaigns: Persons who count as standard because no active campaign has the tag of their field; by what stands there.
        due: Persons behind cells whose account is to be worked on again: what they get may change by that.
        chosen: Whether these are chosen cells only (:func:`only`).
    """

    outline: Outline
    cells: tuple[CellCoverage, ...]
    apart: Mapping[Apart, int] = field(default_factory=dict)
    no_cell: Mapping[NoCell, int] = field(default_factory=dict)
    unknown_campaigns: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    chosen: bool = False

    @property
    def persons(self) -> int:
        """Everybody who was counted."""
        return sum(cell.persons for cell in self.cells) + sum(self.apart.values()) + sum(self.no_cell.values())

    @property
    def campaigns(self) -> tuple[str, ...]:
        """Keys of the campaigns that have cells here, standard first."""
        return tuple(dict.fromkeys(cell.campaign_key for cell in self.cells))

    def of(self, campaign: str) -> tuple[CellCoverage, ...]:
        """The cells of one campaign."""
        return tuple(cell for cell in self.cells if cell.campaign_key == campaign)

    def is_bare(self, campaign: str) -> bool:
        """Whether a campaign has neither a text nor a person: there is nothing to look at cell by cell."""
        return all(cell.state == "missing" and not cell.persons for cell in self.of(campaign))

    def summary(self, campaign: str | None = None) -> Summary:
        """One campaign's cells added up; all of them, with the persons who have none, where it is None."""
        cells = self.cells if campaign is None else self.of(campaign)
        found = Counter(cell.state for cell in cells)
        return Summary(
            states={state: found[state] for state in STATES},
            own=sum(cell.own for cell in cells),
            falling_back=sum(cell.falling_back for cell in cells),
            without_text=sum(cell.without_text for cell in cells),
            without_cell=sum(self.no_cell.values()) if campaign is None else 0,
        )

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values; the shape of ``gtm coverage --json``."""
        total = self.summary()
        return {
            "persons": self.persons,
            "addressed": total.addressed,
            "covered": total.covered,
            "percent_covered": total.percent,
            "falling_back": total.falling_back,
            "without_text": total.without_text,
            "without_cell": dict(self.no_cell),
            "not_addressed": dict(self.apart),
            "unknown_campaigns": dict(self.unknown_campaigns),
            "account_due": self.due,
            "states": dict(total.states),
            "campaigns": [
                {"campaign": key, **_json(self.summary(key)), "tag": tag(self.outline, key)} for key in self.campaigns
            ],
            "cells": [{"key": cell.key, **asdict(cell), "persons": cell.persons} for cell in self.cells],
        }


def _json(summary: Summary) -> dict[str, Any]:
    return {
        "states": dict(summary.states),
        "persons": summary.addressed,
        "covered": summary.covered,
        "percent_covered": summary.percent,
        "falling_back": summary.falling_back,
    }


def tag(outline: Outline, campaign: str) -> str:
    """What people call a campaign in the CRM and on the command line."""
    return campaign if campaign == STANDARD_CAMPAIGN else outline.campaigns[campaign].tag


def measure(outline: Outline, headcounts: Iterable[Headcount]) -> Coverage:
    """Put every person in their place."""
    apart: Counter[Apart] = Counter()
    no_cell: Counter[NoCell] = Counter()
    unknown: Counter[str] = Counter()
    levels: Counter[tuple[CellPlace, Level]] = Counter()
    due = 0
    for group in headcounts:
        if group.apart:
            apart[group.apart] += group.persons
            continue
        placed = _place(outline, group)
        if isinstance(placed, str):
            no_cell[placed] += group.persons
            continue
        named = group.campaign.strip()
        if placed[2] == STANDARD_CAMPAIGN and campaign_key(named) != STANDARD_CAMPAIGN:
            unknown[named] += group.persons
        levels[placed, _level(outline, group, placed)] += group.persons
        due += group.persons if group.due else 0
    return Coverage(
        outline,
        tuple(_cell(outline, place, levels) for place in _in_order(outline)),
        {reason: apart[reason] for reason in APART},
        {reason: no_cell[reason] for reason in NO_CELL},
        dict(sorted(unknown.items(), key=lambda item: (-item[1], item[0]))),
        due,
    )


def _in_order(outline: Outline) -> list[CellPlace]:
    """Standard first; then as people read lists: by name."""
    campaigns = {
        STANDARD_CAMPAIGN: (0, ""),
        **{key: (1, row.name.casefold()) for key, row in outline.campaigns.items()},
    }
    return sorted(
        outline.states,
        key=lambda place: (
            campaigns[place[2]],
            place[2],
            outline.verticals[place[1]].casefold(),
            place[1],
            outline.personas[place[0]].casefold(),
            place[0],
        ),
    )


def _cell(outline: Outline, place: CellPlace, levels: Mapping[tuple[CellPlace, Level], int]) -> CellCoverage:
    campaign, standard, none = (levels.get((place, level), 0) for level in ("campaign", "standard", "none"))
    if place[2] == STANDARD_CAMPAIGN:
        return CellCoverage(*place, outline.states[place], campaign + standard, 0, none)
    return CellCoverage(*place, outline.states[place], campaign, standard, none)


def _place(outline: Outline, group: Headcount) -> CellPlace | NoCell:
    if not group.researched:
        return "not_researched"
    if group.vertical_key is None:
        return "vertical_unknown" if group.persona_key is not None else "both_unknown"
    if group.persona_key is None:
        return "persona_unknown"
    if group.persona_key not in outline.personas or group.vertical_key not in outline.verticals:
        return "not_active"
    campaign = campaign_key(group.campaign)
    if campaign is None or campaign not in outline.campaigns:
        campaign = STANDARD_CAMPAIGN
    return group.persona_key, group.vertical_key, campaign


def _level(outline: Outline, group: Headcount, place: CellPlace) -> Level:
    """Whose text a person gets: what was recorded; derived from the cells for those who were never planned."""
    if group.level is not None:
        return group.level
    if place[2] != STANDARD_CAMPAIGN and outline.states[place] == "approved":
        return "campaign"
    return "standard" if outline.states[place[0], place[1], STANDARD_CAMPAIGN] == "approved" else "none"


def only(coverage: Coverage, keys: Collection[str]) -> Coverage:
    """The same for the chosen cells and the persons behind them; persons without a cell belong to no choice."""
    chosen = frozenset(keys)
    cells = tuple(cell for cell in coverage.cells if cell.key in chosen)
    return replace(coverage, cells=cells, apart={}, no_cell={}, unknown_campaigns={}, due=0, chosen=True)
