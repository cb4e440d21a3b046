"""Backfills from the terminal: a campaign, a vertical, chosen accounts or all of them, through the same jobs as everything else.

First the texts that are asked for, then the accounts of the people who get them. Everything that is up to date costs nothing, so a
backfill that was interrupted is simply started again. What belongs elsewhere: the work itself (``jobs``, ``accounts``), backfills from
Dagster's page (the assets), printing (``commands.backfill``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets.accounts import JOB as ACCOUNT_JOB
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.inprocess import Done, JobRunner, Progress
from gtm_assets.jobs import NOTION_JOB, TEXTS_JOB
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, row_key
from gtm_assets.knowledge.sync import campaign_values, was_read
from gtm_assets.settings import ConfigurationError, Settings
from gtm_assets.texts import selection
from gtm_assets.texts.matrix import load_cells
from gtm_assets.texts.selection import SelectionError
from resources.store import queue, schema
from resources.store.store import Store, chunked, rows_by, stable_hash

#: Accounts of one run: its page in Dagster stays readable, and an interrupted backfill has named what it did.
AT_ONCE = 500


@dataclass(frozen=True)
class Scope:
    """What is asked for; ``campaign`` and ``vertical`` bring their texts and their accounts, the others accounts only.

    Attributes:
        campaign: A campaign's tag or key; ``standard`` for the marketing matrix.
        vertical: A vertical's key.
        accounts: Contact ids.
        everything: All accounts that the engine knows.
        texts: Whether texts are written too.
    """

    campaign: str = ""
    vertical: str = ""
    accounts: tuple[int, ...] = ()
    everything: bool = False
    texts: bool = False

    def __str__(self) -> str:
        """For people, and the name under which two starts of the same are recognised."""
        if self.everything:
            return "all accounts"
        if self.accounts:
            return f"accounts {', '.join(map(str, sorted(self.accounts)))}"
        parts = [
            f"campaign {self.campaign}" if self.campaign else "",
            f"vertical {self.vertical}" if self.vertical else "",
        ]
        return ("" if self.texts else "accounts of ") + " and ".join(filter(None, parts))


@dataclass(frozen=True)
class Outlook:
    """What a backfill of ``scope`` would touch: cells, how many of them have to be written, and accounts.

    ``by_key`` is the scope with the keys of the rows that it names.
    """

    scope: str
    cells: tuple[str, ...]
    to_write: int
    accounts: tuple[int, ...]
    by_key: Scope

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gtm backfill … --dry-run --json``."""
        return {
            "scope": self.scope,
            "cells": len(self.cells),
            "to_write": self.to_write,
            "accounts": list(self.accounts),
        }


@dataclass
class BackfillResult(Done):
    """What a backfill did. ``waiting`` are its cells that wait for a review now, ``not_completed`` its accounts with phase and reason."""

    scope: str = ""
    cells: int = 0
    asked_accounts: int = 0
    waiting: int = 0
    not_completed: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gtm backfill … --json``."""
        return dict(vars(self))


def outlook(store: Store, settings: Settings, scope: Scope, *, force: bool = False) -> Outlook:
    """What a backfill of this scope would touch now.

    Raises:
        SelectionError: What was asked for does not exist, or there is nothing of it.
    """
    keys = selection.asked_cells(store, (), scope.campaign, scope.vertical) if scope.campaign or scope.vertical else []
    fields = stored_fields(store)
    with store.read() as connection:
        cells = load_cells(connection, fields, settings.gemini_model) if fields and scope.texts else {}
        by_key = _by_key(connection, scope)
        accounts = _accounts(connection, by_key)
    stale = [key for key in keys if scope.texts and (force or key not in cells or cells[key].is_stale)]
    if not scope.texts and not accounts:
        raise SelectionError(_nothing(scope))
    return Outlook(str(scope), tuple(keys) if scope.texts else (), len(stale), tuple(accounts), by_key)


def _nothing(scope: Scope) -> str:
    if scope.everything:
        return "There is nothing to do: no account is known. `gtm once` (or the running platform) reads the CRM first."
    return f"There is nothing to do: no account belongs to {str(scope).removeprefix('accounts of ')}."


def _by_key(connection: sa.Connection, scope: Scope) -> Scope:
    """The scope with the keys of the rows that it names.

    Raises:
        SelectionError: There is no such row, or it is not active.
    """
    campaign = selection.named_campaign(connection, scope.campaign) if scope.campaign else ""
    vertical = selection.named_vertical(connection, scope.vertical) if scope.vertical else ""
    return replace(scope, campaign=campaign, vertical=vertical)


def _accounts(connection: sa.Connection, scope: Scope) -> list[int]:
    """The accounts of a scope that names rows by their keys; those that are gone are left out unless they were named.

    Raises:
        SelectionError: An account was named that the engine does not know.
    """
    accounts, persons, profiles = schema.accounts, schema.persons, schema.profiles
    if scope.accounts:
        known = rows_by(connection, accounts.c.contact_id, scope.accounts)
        unknown = sorted(set(scope.accounts) - known.keys())
        if unknown:
            raise SelectionError(
                f"The engine knows no account {', '.join(map(str, unknown))}; nothing was done. It is the contact id of the company "
                "in SuperOffice. A company that was entered just now is read with the next change, or by `gtm once`."
            )
        return sorted(known)
    query = sa.select(accounts.c.contact_id).where(accounts.c.gone_at.is_(None))
    if scope.vertical:
        of_vertical = sa.select(profiles.c.contact_id).where(profiles.c.vertical_key == scope.vertical)
        query = query.where(accounts.c.contact_id.in_(of_vertical))
    if scope.campaign and scope.campaign != STANDARD_CAMPAIGN:
        values = campaign_values(connection, scope.campaign)
        carriers = sa.select(persons.c.contact_id).where(persons.c.campaign.in_(values), persons.c.gone_at.is_(None))
        query = query.where(accounts.c.contact_id.in_(carriers))
    return list(connection.execute(query.order_by(accounts.c.contact_id)).scalars())


def run_backfill(
    instance: dg.DagsterInstance,
    store: Store,
    settings: Settings,
    scope: Scope,
    *,
    force: bool = False,
    progress: Progress = lambda _: None,
) -> BackfillResult:
    """Read Notion, write the texts of the scope, then bring its accounts up to date.

    Raises:
        SelectionError: What was asked for does not exist, or there is nothing of it.
        ConfigurationError: The same backfill is running already.
    """
    started = time.monotonic()
    result = BackfillResult(scope=str(scope))
    runner = JobRunner(instance, store, result, f"gtm backfill {scope}")
    with _alone(store, scope):
        progress("Reading Notion")
        runner.run(NOTION_JOB)
        with store.read() as connection:
            if not was_read(connection):
                return result
        found = outlook(store, settings, scope, force=force)
        result.cells = len(found.cells)
        if found.cells:
            progress(f"Writing texts of {scope}: {found.to_write} of {len(found.cells)} cells")
            wish = {"campaign": scope.campaign, "vertical": scope.vertical, "force": force}
            runner.run(TEXTS_JOB, wish)
        # New texts may concern other people than those who were counted before Notion was read.
        with store.read() as connection:
            accounts = _accounts(connection, found.by_key)
        result.asked_accounts = len(accounts)
        for number, piece in enumerate(chunked(accounts, AT_ONCE), start=1):
            progress(f"Bringing {len(accounts)} accounts up to date")
            # Forcing is for the texts that were asked for; company websites are not visited again because of them.
            force_accounts = force and not scope.texts
            runner.run(ACCOUNT_JOB, {"keys": [str(i) for i in piece], "force": force_accounts})
            if result.closed:
                # The run has laid its own accounts back; the others wait with them.
                with store.write() as connection:
                    queue.mark_due(connection, accounts[number * AT_ONCE :], trigger="asked for", priority=1)
                break
        _look_back(store, settings, found.cells, accounts, result)
    result.seconds = round(time.monotonic() - started, 1)
    return result


@contextmanager
def _alone(store: Store, scope: Scope) -> Iterator[None]:
    """The same backfill twice at once would do no harm and no good: the second one is told about the first."""
    owner = queue.new_owner()
    # One name however people write the tag. Notion is not read yet: the rows need not be known.
    campaign, vertical = (row_key(text) or text for text in (scope.campaign, scope.vertical))
    same = replace(scope, campaign=campaign, vertical=vertical)
    name = f"backfill:{stable_hash(str(same))}"
    if not queue.take_lease(store, name, owner):
        holder = queue.live_leases(store, name).get(name, "another process")
        raise ConfigurationError(
            f"The backfill of {scope} is running already ({holder}). Follow it with `gtm board --watch`, or in Dagster under Runs; start "
            "it again when it has ended: what is up to date then costs nothing."
        )
    try:
        with queue.heartbeat(store, owner):
            yield
    finally:
        queue.drop_lease(store, name, owner)


def _look_back(
    store: Store, settings: Settings, cells: Iterable[str], accounts: list[int], result: BackfillResult
) -> None:
    """How many texts wait for a review, and which accounts did not simply complete."""
    fields = stored_fields(store)
    wanted = set(cells)
    state, names = schema.sync_state, schema.accounts
    with store.read() as connection:
        if fields and wanted:
            current = load_cells(connection, fields, settings.gemini_model)
            result.waiting = sum(key in wanted and cell.state == "waiting" for key, cell in current.items())
        for piece in chunked(accounts):
            query = (
                sa.select(state.c.contact_id, names.c.name, state.c.phase, state.c.reason)
                .outerjoin(names, names.c.contact_id == state.c.contact_id)
                .where(state.c.contact_id.in_(piece), state.c.phase != "completed")
                .order_by(state.c.contact_id)
            )
            result.not_completed += [dict(row) for row in connection.execute(query).mappings()]
