"""How assets present themselves in Dagster: groups, kinds, owners, and metadata that people read. Set in one place.

What they say about themselves is in ``descriptions``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from gtm_assets import descriptions

#: One owner for all: who is asked when something looks wrong. Teams rename it in one place.
OWNERS = ("team:revops",)
#: Few and short: Dagster cuts an asset's name for them.
KINDS: Mapping[str, set[str]] = {
    "start_here": {"markdown"},
    "verticals": {"notion", "python"},
    "personas": {"notion", "python"},
    "campaigns": {"notion", "python"},
    "accounts": {"superoffice"},
    "persons": {"superoffice"},
    "company_profile": {"gemini", "python"},
    "marketing_matrix": {"gemini", "python"},
    "campaign_matrix": {"gemini", "python"},
    "company_openers": {"gemini", "python"},
    "text_reviews": {"notion", "python"},
    "contact_writeback": {"superoffice"},
    "person_writeback": {"superoffice"},
    "sync_board": {"python"},
    "sync_performance": {"duckdb", "matplotlib"},
    "coverage": {"duckdb", "matplotlib"},
    "text_costs": {"duckdb", "matplotlib"},
}
#: The way of the data; the figure keeps Dagster's alphabetical lists in its order.
GROUPS: Mapping[str, str] = {
    "start_here": "0_start_here",
    "verticals": "1_knowledge",
    "personas": "1_knowledge",
    "campaigns": "1_knowledge",
    "accounts": "2_crm",
    "persons": "2_crm",
    "company_profile": "3_research",
    "marketing_matrix": "4_texts",
    "campaign_matrix": "4_texts",
    "company_openers": "4_texts",
    "text_reviews": "4_texts",
    "contact_writeback": "5_writeback",
    "person_writeback": "5_writeback",
    "sync_board": "6_monitoring",
    "sync_performance": "6_monitoring",
    "coverage": "6_monitoring",
    "text_costs": "6_monitoring",
}


def present(spec: dg.AssetSpec) -> dg.AssetSpec:
    """An asset's spec with description, group, kinds and owners."""
    name = spec.key.path[-1]
    return spec.replace_attributes(
        description=descriptions.ASSETS[name], group_name=GROUPS[name], kinds=KINDS[name], owners=list(OWNERS)
    )


def columns(**described: str) -> dict[str, Any]:
    """Table schema metadata: column name to ``type: description``."""
    found = []
    for name, text in described.items():
        kind, _, description = text.partition(":")
        found.append(dg.TableColumn(name, kind.strip(), description.strip()))
    return {"dagster/column_schema": dg.TableSchema(columns=found)}


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> dg.MarkdownMetadataValue:
    """A Markdown table; cells lose line breaks and pipes."""
    lines = ["| " + " | ".join(headers) + " |", "|" + " --- |" * len(headers)]
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return dg.MetadataValue.md("\n".join(lines))


def shorten(text: str, characters: int) -> str:
    """A text cut in its middle: errors say first what happened and last what to do."""
    half = (characters - 3) // 2
    return text if len(text) <= characters else f"{text[:half]} … {text[-half:]}"


def plain(text: str) -> str:
    """Text that Markdown shows as it is: a company may be called ``*Muster* [GmbH]``."""
    return re.sub(r"([\\`*_\[\]<>#~])", r"\\\1", text)


def duration(seconds: float | None) -> str:
    """Seconds as people say them: ``0.4 s``, ``3.2 min``, ``5.1 h``, ``2.5 days``; empty for None."""
    if seconds is None:
        return ""
    for unit, size, upto in (("s", 1, 90), ("min", 60, 90), ("h", 3600, 48)):
        if seconds / size < upto:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 86400:.1f} days"
