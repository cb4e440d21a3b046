"""Which cell a person's texts come from: the campaign's where it may be used, else the standard one. Pure.

What belongs elsewhere: the cells (``matrix``), what becomes of the choice in the CRM's fields (``gtm_assets.writeback.targets``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, campaign_key
from gtm_assets.texts.blocks import CellState
from gtm_assets.texts.matrix import Cell, cell_key

Level = Literal["campaign", "standard", "none"]
#: What stands against a cell, for people.
NO_TEXT: Mapping[CellState, str] = {
    "missing": "the text is not written yet",
    "waiting": "waiting for review",
    "rejected": "the text was rejected in review",
    "failed_rules": "the text breaks the rules",
    "lapsed": "an input changed, the new text is not approved yet",
}


@dataclass(frozen=True)
class Choice:
    """The cell of a person.

    Attributes:
        level: ``campaign`` or ``standard``: whose cell it is; ``none``: there is no cell, or it may not be used.
        cell: The cell, used or not; None where persona and vertical have none.
        reason: Why it is not the campaign's, or why there is none; empty where the person simply gets the cell's text.
    """

    level: Level
    cell: Cell | None
    reason: str = ""


def choose_cell(
    persona_key: str,
    vertical_key: str,
    campaign: str,
    cells: Mapping[str, Cell],
    carried: Collection[str] = (),
) -> Choice:
    """Choose.

    Args:
        persona_key: The person's persona.
        vertical_key: The company's vertical.
        campaign: What stands in the person's campaign field, as people wrote it.
        cells: Today's cells by key; a campaign is active where it has cells.
        carried: Keys of cells whose once approved text the person carries now: it stays until there is a new approved one.
    """
    standard = cells.get(cell_key(persona_key, vertical_key))
    if standard is None:
        return Choice(
            "none", None, f"there is no cell {persona_key} × {vertical_key}: one of the two is not active in Notion"
        )
    key = campaign_key(campaign)
    if key == STANDARD_CAMPAIGN:
        return _usable("standard", standard, "", carried)
    special = cells.get(cell_key(persona_key, vertical_key, key)) if key else None
    if special is None:
        # The field's own words stay in the store: people write anything into it, and a reason goes into logs and events.
        return _usable(
            "standard", standard, "standard text: no active campaign has the tag that stands with the person", carried
        )
    found = _usable("campaign", special, "", carried)
    if found.level == "campaign":
        return found
    return _usable("standard", standard, f"standard text instead of {campaign.strip()!r}: {found.reason}", carried)


def _usable(level: Level, cell: Cell, why_this: str, carried: Collection[str]) -> Choice:
    if cell.state == "approved":
        return Choice(level, cell, why_this)
    why_not = NO_TEXT[cell.state]
    if cell.key in carried:
        return Choice(level, cell, "; ".join(filter(None, (why_this, f"keeps the earlier text: {why_not}"))))
    return Choice("none", cell, "; ".join(filter(None, (why_this, why_not))))
