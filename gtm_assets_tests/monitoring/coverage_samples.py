"""Rows of Notion, cells and persons for the tests of coverage. All names are sample data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, Campaign
from gtm_assets.monitoring.coverage import CellPlace, Outline
from gtm_assets.texts.blocks import CellState

PERSONAS = {"leitung": "Geschäftsführer", "einkauf": "Leiter Einkauf"}
VERTICALS = {"maschinenbau": "Maschinenbau", "hotel": "Hotellerie"}
MESSE = Campaign("messe-2026", "Messe 2026", "Messe 2026", "Treffen am Stand.")
CELL: CellPlace = ("leitung", "maschinenbau", STANDARD_CAMPAIGN)
MESSE_CELL: CellPlace = ("leitung", "maschinenbau", "messe-2026")


def sample_outline(
    changed: Mapping[CellPlace, CellState] | None = None,
    *,
    personas: Mapping[str, str] = PERSONAS,
    verticals: Mapping[str, str] = VERTICALS,
    campaigns: tuple[Campaign, ...] = (MESSE,),
    state: CellState = "missing",
    was_read: bool = True,
) -> Outline:
    """Every cell in ``state``, but for those that are ``changed``."""
    keys = (STANDARD_CAMPAIGN, *(campaign.key for campaign in campaigns))
    states = dict.fromkeys(product(personas, verticals, keys), state)
    return Outline(
        personas, verticals, {campaign.key: campaign for campaign in campaigns}, {**states, **(changed or {})}, was_read
    )


def large_outline(verticals: int, personas: int, campaigns: int, *, state: CellState = "missing") -> Outline:
    """As many rows as asked for, with names as long as they come."""
    return sample_outline(
        personas={f"p{i}": f"Leitung Infrastruktur und Facility Management {i}" for i in range(personas)},
        verticals={f"v{i}": f"Gebäudedienstleister und Facility-Unternehmen {i}" for i in range(verticals)},
        campaigns=tuple(Campaign(f"c{i}", f"Frühjahrsmesse {i}", f"Messe {i}", "") for i in range(campaigns)),
        state=state,
    )
