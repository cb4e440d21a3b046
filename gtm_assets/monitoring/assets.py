"""Dagster's side of monitoring."""

# No postponed annotations here: Dagster reads the class of `context` from its annotation.

from typing import Any

import dagster as dg

from gtm_assets import reporting
from gtm_assets.monitoring import board_page, performance


@dg.multi_asset(name="sync_board", specs=[reporting.present(board_page.SPEC)], required_resource_keys={"store"})
def sync_board(context: dg.AssetExecutionContext) -> Any:
    """The board as it stands now; runs that move it log it by themselves."""
    found: Any = context.resources
    return dg.MaterializeResult(asset_key=board_page.ASSET, metadata=board_page.metadata(found.store))


@dg.multi_asset(
    name="sync_performance", specs=[reporting.present(performance.SPEC)], required_resource_keys={"analytics"}
)
def sync_performance(context: dg.AssetExecutionContext) -> Any:
    """The plots as of now; runs that did something draw them now and then by themselves."""
    found: Any = context.resources
    return dg.MaterializeResult(asset_key=performance.ASSET, metadata=performance.metadata(found.analytics))
