"""Dagster's side of the rules: asset checks with counts over time, run by hand or logged where they changed.

What belongs elsewhere: counting (``checks``).
"""

# No postponed annotations here: Dagster reads the class of `context` from its annotation.

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import dagster as dg

from gtm_assets import reporting
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.settings import BlockKind, Settings
from gtm_assets.texts.checks import CHECKS, FAMILIES, Standing, standing_of_cells, standing_of_openers
from gtm_assets.texts.matrix import load_cells
from resources.store.store import Store, get_cursor, set_cursor, utc_now

#: Comparing all companies' openers takes seconds in a large tenant: not with every batch.
_COMPARE_EVERY: Final = timedelta(hours=1)
_LOGGED: Final = "text_checks.logged"
_EXAMPLES: Final = 10

_KINDS: Final[Mapping[str, BlockKind]] = {
    "marketing_matrix": "cell",
    "campaign_matrix": "cell",
    "company_openers": "opener",
}


def load_standing(
    store: Store, settings: Settings, kinds: Collection[BlockKind] = ("cell", "opener"), *, compare: bool = True
) -> dict[tuple[str, str], Standing]:
    """Asset and check to how the texts of these kinds stand now; ``compare``: openers of all companies with each other."""
    fields = stored_fields(store)
    found: dict[tuple[str, str], Standing] = {}
    with store.read() as connection:
        if "cell" in kinds and fields:
            found |= standing_of_cells(load_cells(connection, fields, settings.gemini_model).values())
        if "opener" in kinds:
            found |= standing_of_openers(connection, compare=compare)
    return found


def metadata(standing: Standing) -> dict[str, Any]:
    """Numbers that Dagster plots, and the first examples."""
    found: dict[str, Any] = {
        "texts": standing.checked,
        "texts_with_findings": standing.texts,
        "of_them_in_use": len({each.key for each in standing.broken if each.is_usable}),
    }
    found |= {f"rule_{rule}": count for rule, count in sorted(standing.by_rule().items())}
    if standing.broken:
        rows = [
            (each.key, each.finding.field, each.finding.rule, each.finding.message, "yes" if each.is_usable else "no")
            for each in sorted(standing.broken, key=lambda each: (not each.is_usable, each.key))[:_EXAMPLES]
        ]
        found["examples"] = reporting.table(("Text", "Field", "Rule", "Finding", "May be used"), rows)
    return found


def _build(asset: str) -> dg.AssetChecksDefinition:
    """The checks of one asset. One definition each: a backfill's run takes the checks of its assets along, and can't take a part of one."""

    @dg.multi_asset_check(
        name=f"{asset}_rules",
        specs=[dg.AssetCheckSpec(name, asset=asset, description=FAMILIES[name][0]) for name in CHECKS[asset]],
        required_resource_keys={"store", "settings"},
    )
    def rules(context: dg.AssetCheckExecutionContext) -> Any:
        found: Any = context.resources
        for (of_asset, name), standing in load_standing(found.store, found.settings, [_KINDS[asset]]).items():
            if of_asset == asset:
                yield dg.AssetCheckResult(
                    asset_key=asset, check_name=name, passed=standing.passed, metadata=metadata(standing)
                )

    return rules


def build_checks() -> list[dg.AssetChecksDefinition]:
    """Every check, as of when it is run."""
    return [_build(asset) for asset in CHECKS]


def log_if_changed(store: Store, settings: Settings, kind: BlockKind, log_event: Callable[[Any], None]) -> int:
    """Log the checks of a kind of text whose numbers moved since they were logged last; answers how many.

    One that never had a text is not logged; one whose last text ended is, once, so that no finding of it stays red.
    """
    with store.read() as connection:
        before = get_cursor(connection, _LOGGED) or {"numbers": {}, "compared_at": ""}
    last = before["compared_at"]
    due = not last or utc_now() - datetime.fromisoformat(last) >= _COMPARE_EVERY
    compare = kind == "opener" and due
    numbers: dict[str, Any] = dict(before["numbers"])
    changed = 0
    for (asset, name), standing in load_standing(store, settings, [kind], compare=compare).items():
        now = [standing.checked, standing.passed, dict(standing.by_rule())]
        before_now = numbers.get(f"{asset}.{name}")
        if before_now == now or (before_now is None and not standing.checked):
            continue
        numbers[f"{asset}.{name}"] = now
        changed += 1
        log_event(_evaluation(asset, name, standing))
    with store.write() as connection:
        compared = utc_now().isoformat() if compare else last
        set_cursor(connection, _LOGGED, {"numbers": numbers, "compared_at": compared})
    return changed


def keep_checks_current(context: dg.OpExecutionContext | dg.AssetExecutionContext, kind: BlockKind) -> None:
    """Log the checks where this run changed them; counting never stops the work that it counts."""
    found: Any = context.resources
    try:
        log_if_changed(found.store, found.settings, kind, context.log_event)
    except Exception:
        context.log.warning("The texts could not be counted against the rules.", exc_info=True)


def _evaluation(asset: str, name: str, standing: Standing) -> dg.AssetCheckEvaluation:
    values: Mapping[str, Any] = metadata(standing)
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(asset), check_name=name, passed=standing.passed, metadata={**values}
    )
