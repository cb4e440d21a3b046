"""What the doctor says of accidents in the CRM: a restored backup, and merges that nobody can tell from deletions.

What belongs elsewhere: noticing them (``gtm_assets.crm.restored``, ``gtm_assets.crm.merges``).
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from gtm_assets.crm import merges, restored
from gtm_assets.doctor.looking import Notes
from resources.errors import AuthError, PermanentError
from resources.store.store import utc_now
from resources.superoffice.client import SuperOfficeClient

#: So long somebody may want to know that it happened.
_TOLD_FOR = timedelta(days=14)
#: No record has this id.
_NOBODY = 0
_MEANS = (
    "Without that log a merged record counts as deleted: its history stays with it, and the objection of a merged person "
    "does not follow."
)
_TO_DO = "Let the integration's user read the table MergeMoveLog (archive dynamic); what was missed is made up for by itself."


def note_accidents(notes: Notes, connection: sa.Connection) -> None:
    """Both, where there is something to say."""
    _note_backup(notes, connection)
    if told := merges.unreadable(connection):
        since, why = told
        notes.remark(
            "merges",
            f"the CRM's log of merges was needed at {since:%Y-%m-%d} and can't be read: {why} {_MEANS}",
            _TO_DO,
        )


def look_at_merges(notes: Notes, crm: SuperOfficeClient) -> None:
    """Whether the log of merges can be read, before it is needed."""
    try:
        merges.ask(crm, [_NOBODY])
    except PermanentError as error:
        if isinstance(error, AuthError):
            raise
        notes.remark("merges", f"{error.message} {_MEANS}", _TO_DO)


def _note_backup(notes: Notes, connection: sa.Connection) -> None:
    state = restored.load(connection)
    if state is None:
        return
    if state.step != "done":
        notes.remark(
            "backup",
            f"{restored.stop_reason(connection)} Noticed at {state.since:%Y-%m-%d %H:%M} UTC.",
            "Nothing to do while gtm up runs; else run gtm once, a second time after a minute. gtm status tells when it is over.",
        )
    elif utc_now() - state.since < _TOLD_FOR:
        notes.remark(
            "backup",
            f"the CRM was restored from a backup ({state.evidence}). Everything was read anew by {state.since:%Y-%m-%d %H:%M} UTC.",
            "Texts of people who wrote into our fields stay theirs; gtm board shows what was written since.",
        )
