"""``docs/crm-fields.md``: the list of owned fields for whoever owns the CRM, made from the code that writes them.

``python -m gtm_assets.writeback.ownership_page > docs/crm-fields.md`` makes it anew; a test fails where that was forgotten.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from gtm_assets.crm.fields import ROLES, Entity
from gtm_assets.crm.snapshots import ACCOUNT_COLUMNS, PERSON_COLUMNS
from gtm_assets.writeback.assumed import BLOCK_COLUMNS
from gtm_assets.writeback.operations import READ_BEFORE
from gtm_assets.writeback.ownership import CUSTOM_FIELDS, NEVER, OWNED, OwnedField
from gtm_assets.writeback.preview_record import RECORD

PAGE = Path(__file__).resolve().parents[2] / "docs" / "crm-fields.md"
_ENTITIES: tuple[tuple[Entity, str], ...] = (("Contact", "Companies"), ("Person", "Persons"))
_HEAD = """# Fields of the CRM: what the connector writes, and what it never touches

This page is made from the table in the code that decides about each request (`gtm_assets/writeback/ownership.py`): one that names
anything else is not sent. The one exception is `gtm doctor --probe`, which you start yourself: it writes marked texts into one or two
fields of the person that you name and puts everything back, other fields too where a PATCH turns out to blank them
([doctor.md](doctor.md), the probe).

**For every field below:** an empty one is filled; a value is replaced only while it is still exactly what the connector wrote itself and
then saw when it read back. Anything else is a human's value and stays. A field that somebody cleared stays empty until there is another
value for it. A text that is longer than its field is refused, never cut. What is refused or kept is told with the account.

A user-defined field is the one that `SUPEROFFICE_FIELD_…` names (such as `SUPEROFFICE_FIELD_VERTICAL`), else the one with a usual label,
else the ProgId in brackets. `gtm fields` shows what was found in the tenant.

One record gets one request (PATCH) with everything in it. Before it, or within it, the connector checks that what it is about to replace
is still there ([doctor.md](doctor.md), guard levels); afterwards it reads back, and only what is seen counts as written. Each write is
kept in a ledger with what stood there before.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for entity, title in _ENTITIES:
        rows = [_row(field) for field in OWNED if field.entity == entity]
        parts.append(f"## {title}\n\n{_table(('field', 'where', 'content', 'when', 'taken back when'), rows)}")
    parts.append(f"## Never touched\n\n{_table(('what', 'how that is kept'), NEVER)}")
    parts.append(f"## What is read\n\n{_read()}")
    return "\n".join(parts)


def _row(field: OwnedField) -> Sequence[str]:
    return (f"`{field.name}`", _where(field), field.content, field.when or "always", field.taken_back or "never")


def _where(field: OwnedField) -> str:
    if field.place != CUSTOM_FIELDS:
        return f"`{field.place}`"
    role = next(role for role in ROLES if role.role == field.name)
    return f"user-defined field (`{role.default_prog_id}`)"


def _read() -> str:
    lines = []
    for (entity, title), columns in zip(_ENTITIES, (ACCOUNT_COLUMNS, PERSON_COLUMNS), strict=True):
        names = [*columns, *(f"the field of role {role.role}" for role in ROLES if role.entity == entity)]
        lines.append(f"- {title}, hundreds at once: {', '.join(_quoted(names))}")
        lines.append(f"- One of them, around its request where needed: {', '.join(_quoted(READ_BEFORE[entity]))}")
    lines.append(f"- Companies whose address is written, hundreds at once: {', '.join(_quoted(BLOCK_COLUMNS))}")
    lines.append("- A person's `Position`, around a request that writes it")
    lines.append(
        "- Ids and times of what changed and which user changed it, the log of merges, the published layout, the items of lists that "
        "fields refer to"
    )
    lines.append(f"- For a preview, of the one person that somebody names: {', '.join(_quoted(RECORD))}")
    return "\n".join(lines) + "\n"


def _quoted(names: Iterable[str]) -> list[str]:
    return [name if " " in name else f"`{name}`" for name in names]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
