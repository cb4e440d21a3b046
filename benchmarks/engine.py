"""The engine as benchmarks run it: without Dagster, at the vendor's pace or without any limit, in a state directory of its own.

What belongs elsewhere: what is measured with it (``batch``, ``sensor``, ``latency``), the CRM (``slow_sandbox``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from gtm_assets import batch, clients
from gtm_assets.batch import BatchResult, Tenant, Tools
from gtm_assets.knowledge.sync import DATABASES, sync_table
from gtm_assets.research.asking import terms_of
from gtm_assets.runs import sign_of_life
from gtm_assets.settings import Settings, load_settings
from gtm_assets.tenancy import bind_store
from gtm_assets.texts.matrix import MatrixWriter, bring_cells_up_to_date, choose_cells
from resources.store.store import Store
from resources.superoffice.limits import Unlimited


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Settings, Store]]:
    """Settings of this process's environment, and the store in ``folder``."""
    os.environ["GTM_STATE_DIR"] = str(folder)
    load_settings.cache_clear()
    settings = load_settings()
    with closing(clients.open_store(settings)) as store:
        yield settings, store


@contextmanager
def tools_of(settings: Settings, store: Store, *, limited: bool) -> Iterator[Tools]:
    """What a batch works with; without a limit the CRM is asked as fast as it answers."""
    with ExitStack() as stack:
        limiter = None if limited else Unlimited()
        crm = stack.enter_context(closing(clients.open_superoffice(settings, store, limiter=limiter)))
        website = stack.enter_context(closing(clients.open_website(settings)))
        gemini = stack.enter_context(closing(clients.open_gemini(settings)))
        terms = terms_of(settings, "accounts")
        yield Tools(store, crm, website, gemini, settings, run_id="benchmark", terms=terms)


def read_notion(settings: Settings, store: Store) -> None:
    """Notion into the store."""
    with closing(clients.open_notion(settings)) as notion:
        for database in DATABASES:
            table = notion.table(str(getattr(settings, f"notion_{database}_database_id")))
            sync_table(store, database, table, settings.gtm_notion_columns)


def write_cells(tools: Tools, tenant: Tenant) -> int:
    """Every cell that is stale; answers how many were looked at."""
    approve = tools.settings.gtm_review_policy["cell"] == "auto"
    writer = MatrixWriter(
        tools.store, tools.gemini, tenant.fields, tools.run_id, approve=approve, terms=terms_of(tools.settings, "texts")
    )
    return len(bring_cells_up_to_date(writer, choose_cells(writer)).outcomes)


def first_load(folder: Path) -> int:
    """Everything that comes before the first write of a tenant: rows, texts, snapshots, websites, plans. Answers how many accounts."""
    with opened(folder) as (settings, store), tools_of(settings, store, limited=False) as tools:
        bind_store(store, settings)
        read_notion(settings, store)
        write_cells(tools, batch.read_tenant(tools))
        return len(work_off(tools).outcomes)


def one_run(folder: Path) -> int:
    """One run in this process: what changed since the last one. Answers how many accounts were worked on."""
    with opened(folder) as (settings, store), tools_of(settings, store, limited=False) as tools:
        return len(work_off(tools).outcomes)


def work_off(tools: Tools) -> BatchResult:
    """One run: what changed in the CRM is read, and whatever is due is worked off."""
    result = BatchResult()
    with sign_of_life(tools.store, tools.run_id) as owner:
        tenant = batch.read_tenant(tools)
        batch.find_due(tools, tenant)
        batch.work_off(tools, tenant, result, owner=owner)
    return result
