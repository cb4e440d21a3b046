"""The only place where anything is wired together.

Loading needs no variable, no network and no vendor's SDK: resources read the settings when a run or a tick first needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from gtm_assets import clients
from gtm_assets.accounts import account_assets
from gtm_assets.jobs import account_changes, campaign_matrix, marketing_matrix, sync_notion, texts_up_to_date
from gtm_assets.knowledge.assets import build_assets as build_knowledge_assets
from gtm_assets.monitoring.assets import coverage, sync_board, sync_performance, text_costs, text_reviews
from gtm_assets.review_job import review_texts
from gtm_assets.settings import NOTION_CRON, ConfigurationError, Settings, load_settings
from gtm_assets.start_here import START_HERE
from gtm_assets.texts.change_plan import effects_as_metadata
from gtm_assets.texts.check_assets import build_checks
from sensors.accounts import superoffice_changes
from sensors.notion import build_notion_schedule
from sensors.reviews import text_verdicts
from sensors.texts import stale_texts


def build_resources() -> dict[str, dg.ResourceDefinition]:
    """The resources, each opened for one run or tick and closed after it."""

    def settings(_: dg.InitResourceContext) -> Settings:
        return load_settings()

    def resource(open_it: Callable[..., Any], *needs: str) -> dg.ResourceDefinition:
        def opened(context: dg.InitResourceContext) -> Any:
            found: Any = context.resources
            client = open_it(found.settings, *(getattr(found, name) for name in needs))
            try:
                yield client
            finally:
                if hasattr(client, "close"):
                    client.close()

        return dg.ResourceDefinition(opened, required_resource_keys={"settings", *needs})

    return {
        "settings": dg.ResourceDefinition(settings),
        "store": resource(clients.open_store),
        "analytics": resource(clients.open_analytics),
        "superoffice": resource(clients.open_superoffice, "store"),
        "notion": resource(clients.open_notion, "store"),
        "gemini": resource(clients.open_gemini),
        "website": resource(clients.open_website),
    }


def _notion_cron() -> str:
    """The only setting that the definitions themselves need. A wrong one of another kind must not keep them from loading."""
    try:
        return load_settings().gtm_notion_cron
    except ConfigurationError:
        return NOTION_CRON


def build_defs(resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything, with some resources replaced (tests)."""
    return dg.Definitions(
        assets=[
            START_HERE,
            *build_knowledge_assets(effects_as_metadata),
            marketing_matrix,
            campaign_matrix,
            account_assets,
            text_reviews,
            sync_board,
            sync_performance,
            coverage,
            text_costs,
        ],
        asset_checks=build_checks(),
        jobs=[sync_notion, texts_up_to_date, review_texts, account_changes],
        schedules=[build_notion_schedule(_notion_cron())],
        sensors=[superoffice_changes, stale_texts, text_verdicts],
        resources={**build_resources(), **(resources or {})},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads."""
    return build_defs()
