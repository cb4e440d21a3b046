"""Dagster's side of monitoring."""

# No postponed annotations here: Dagster reads the class of `context` from its annotation.

from typing import Any

import dagster as dg

from gtm_assets import reporting
from gtm_assets.monitoring import board_page, costs_page, coverage_page, performance, reviews_page


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


@dg.multi_asset(
    name="coverage",
    specs=[reporting.present(coverage_page.SPEC)],
    required_resource_keys={"store", "analytics", "settings"},
)
def coverage(context: dg.AssetExecutionContext) -> Any:
    """Coverage as of now; runs that change it log it by themselves."""
    found: Any = context.resources
    return dg.MaterializeResult(
        asset_key=coverage_page.ASSET,
        metadata=coverage_page.materialize(found.store, found.analytics, found.settings),
    )


@dg.multi_asset(name="text_reviews", specs=[reporting.present(reviews_page.SPEC)], required_resource_keys={"store"})
def text_reviews(context: dg.AssetExecutionContext) -> Any:
    """Reviews as of now; runs that take verdicts over log them by themselves."""
    found: Any = context.resources
    return dg.MaterializeResult(asset_key=reviews_page.ASSET, metadata=reviews_page.metadata(found.store))


@dg.multi_asset(
    name="text_costs",
    specs=[reporting.present(costs_page.SPEC)],
    required_resource_keys={"store", "analytics", "settings"},
)
def text_costs(context: dg.AssetExecutionContext) -> Any:
    """Costs as of now; runs that ask the model log them by themselves now and then."""
    found: Any = context.resources
    return dg.MaterializeResult(
        asset_key=costs_page.ASSET, metadata=costs_page.materialize(found.store, found.analytics, found.settings)
    )


def keep_reviews_current(context: dg.OpExecutionContext | dg.AssetExecutionContext) -> None:
    """Log the page of reviews where this run changed how many texts stand where."""
    found: Any = context.resources
    try:
        reviews_page.log_if_changed(found.store, context.log_event)
    except Exception:
        context.log.warning("The page of reviews could not be drawn; `gtm review list` works.", exc_info=True)


def keep_costs_current(context: dg.OpExecutionContext | dg.AssetExecutionContext) -> None:
    """Log the costs where this run asked the model; drawing them never stops the work that they show."""
    found: Any = context.resources
    try:
        costs_page.log_if_changed(found.store, found.analytics, found.settings, context.log_event)
    except Exception:
        context.log.warning("The costs could not be drawn; `gtm costs` shows them from the store.", exc_info=True)


def keep_coverage_current(context: dg.OpExecutionContext | dg.AssetExecutionContext) -> None:
    """Log coverage where this run changed it; drawing it never stops the work that it shows."""
    found: Any = context.resources
    try:
        coverage_page.log_if_changed(found.store, found.analytics, found.settings, context.log_event)
    except Exception:
        context.log.warning("Coverage could not be drawn; `gtm coverage` shows it from the store.", exc_info=True)
