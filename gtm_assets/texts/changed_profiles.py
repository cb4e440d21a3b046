"""Companies for which the model is asked again which vertical they belong to, because a row of Notion changed.

What belongs elsewhere: what that costs, and the texts (``change_plan``), asking (``gtm_assets.research.profiles``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.sync import Knowledge, RowChange, accounts_concerned
from gtm_assets.research.profiles import choices_of, inputs_hash
from resources.store import schema
from resources.store.store import chunked


def concerned_by(connection: sa.Connection, changes: Iterable[RowChange]) -> set[int]:
    """Accounts that changed verticals make due."""
    return {i for change in changes if change.database == "verticals" for i in accounts_concerned(connection, change)}


def waiting_accounts(connection: sa.Connection) -> set[int]:
    """Accounts that come by themselves, now or later."""
    state = schema.sync_state
    return set(connection.execute(sa.select(state.c.contact_id).where(state.c.due_at.is_not(None))).scalars())


def stale_profiles(
    connection: sa.Connection, contact_ids: Iterable[int], rows: Knowledge, fields: Mapping[str, CrmField], model: str
) -> set[int]:
    """Those of these accounts that have a profile and a website to read, and whose profile is asked for anew with these rows.

    Websites are taken as they were at their last visit.
    """
    accounts, profiles, websites = schema.accounts, schema.profiles, schema.websites
    length = fields["summary"].text_length
    choices = choices_of(rows.verticals)
    found: set[int] = set()
    for piece in chunked(sorted(set(contact_ids))):
        query = (
            sa.select(
                profiles.c.contact_id,
                profiles.c.model_vertical_key,
                profiles.c.inputs_hash,
                accounts.c.name,
                websites.c.content_hash,
            )
            .join(accounts, accounts.c.contact_id == profiles.c.contact_id)
            .join(websites, websites.c.contact_id == profiles.c.contact_id)
            .where(profiles.c.contact_id.in_(piece), accounts.c.gone_at.is_(None), websites.c.text != "")
        )
        for contact_id, key, known, name, website_hash in connection.execute(query):
            if known != inputs_hash(website_hash, name, model, length, None if key in rows.verticals else choices):
                found.add(contact_id)
    return found
