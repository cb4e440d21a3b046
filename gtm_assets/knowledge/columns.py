"""The one place that names the columns of the Notion databases.

Names are matched without regard to case. ``GTM_NOTION_COLUMNS`` renames single ones, such as
``verticals.Pains=Schmerzpunkte``; everything else in the code uses the names of this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Database = Literal["verticals", "personas", "campaigns", "reviews"]

COLUMNS: dict[Database, tuple[str, ...]] = {
    "verticals": (
        "Name",
        "Key",
        "Definition",
        "Pains",
        "Gains",
        "Products",
        "Ops Focus",
        "References",
        "Status",
    ),
    "personas": ("Name", "Key", "Pains", "Gains", "Job Titles", "Status"),
    "campaigns": ("Name", "Tag", "Brief", "Active"),
    "reviews": (
        "Name",
        "Status",
        "Kind",
        "Key",
        "Vertical",
        "Persona",
        "Campaign",
        "Subject",
        "Intro",
        "Social Proof",
        "Opener",
        "Opener Secondary",
        "Content Hash",
        "Findings",
        "Comment",
    ),
}
#: Columns that a database may have; without one its cells are empty.
OPTIONAL: dict[Database, tuple[str, ...]] = {
    # The item of the CRM's list of positions, where it has another name than the persona (SUPEROFFICE_WRITE_POSITION).
    "personas": ("CRM Position",),
}


class MissingColumnError(Exception):
    """A database lacks columns; the message names the database, each column and what to do."""


def resolve_columns(database: Database, present: Mapping[str, str], renamed: Mapping[str, str]) -> dict[str, str]:
    """Our column names to those of a Notion database.

    Args:
        database: Which of the databases.
        present: The database's columns, name to type.
        renamed: ``GTM_NOTION_COLUMNS``: ``database.column`` in lower case to the name used in Notion.

    Raises:
        MissingColumnError: It names every missing column; an optional one is missing where ``renamed`` names it.
    """
    by_folded = {name.casefold(): name for name in present}
    found: dict[str, str] = {}
    missing: list[str] = []
    for column in (*COLUMNS[database], *OPTIONAL.get(database, ())):
        other_name = renamed.get(f"{database}.{column}".casefold())
        wanted = other_name or column
        if wanted.casefold() in by_folded:
            found[column] = by_folded[wanted.casefold()]
        elif other_name or column in COLUMNS[database]:
            missing.append(wanted)
    if missing:
        raise MissingColumnError(
            f"The Notion database '{database}' has no column {', '.join(repr(name) for name in missing)} "
            f"(it has: {', '.join(sorted(present)) or 'none'}). Add it, or name it in GTM_NOTION_COLUMNS "
            f"({database}.{missing[0]}=<name in Notion>)."
        )
    return found
