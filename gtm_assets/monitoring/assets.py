"""Dagster's side of monitoring."""

# No postponed annotations here: Dagster reads the class of `context` from its annotation.

from typing import Any

import dagster as dg

from gtm_assets import reporting
from gtm_assets.monitoring import board


@dg.multi_asset(name="sync_board", specs=[reporting.present(board.SPEC)], required_resource_keys={"analytics"})
def sync_board(context: dg.AssetExecutionContext) -> Any:
    """The board as it stands now; runs that move it log it by themselves."""
    found: Any = context.resources
    return dg.MaterializeResult(asset_key=board.ASSET, metadata=board.metadata(board.load(found.analytics)))
