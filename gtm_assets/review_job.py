"""The job that reads verdicts from Notion and brings its review pages up to date.

What belongs elsewhere: when it runs (``sensors.reviews``), what a page means (``gtm_assets.texts.review_pages``).
"""

# No postponed annotations here: Dagster reads the class of an op's `context` from its annotation.

from typing import Any

import dagster as dg

from gtm_assets import descriptions
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.monitoring import reviews_page
from gtm_assets.monitoring.assets import keep_coverage_current
from gtm_assets.runs import noting_stops, sign_of_life, store_result
from gtm_assets.settings import Settings
from gtm_assets.texts.check_assets import keep_checks_current
from gtm_assets.texts.review_pages.database import ReviewDatabaseError
from gtm_assets.texts.review_pages.desk import ReviewResult
from gtm_assets.texts.review_pages.sync import is_on, open_desk, sync_reviews
from resources.store.queue import held_lease
from resources.store.store import Store

REVIEW_JOB = "review_texts"


@dg.op(
    name="sync_reviews",
    description=descriptions.OPS["sync_reviews"],
    required_resource_keys={"store", "notion", "settings", "analytics"},
)
def sync_reviews_op(context: dg.OpExecutionContext) -> None:
    """Take over verdicts and edits, then make and tell pages; fails, naming them, where pages could not be made or changed."""
    found: Any = context.resources
    store: Store = found.store
    settings: Settings = found.settings
    run_id = context.run.run_id
    fields = stored_fields(store)
    if not is_on(settings) or not fields:
        why = (
            "no field of the CRM was read yet"
            if is_on(settings)
            else "no reviews database, or no kind is reviewed by hand"
        )
        context.log.info("Nothing to do: %s.", why)
        return
    # One desk at a time: two would make the same page twice.
    with noting_stops(store, REVIEW_JOB), sign_of_life(store, run_id) as owner, held_lease(store, "reviews", owner):
        try:
            result = sync_reviews(open_desk(store, found.notion, settings, fields, run_id))
        except (MissingColumnError, ReviewDatabaseError) as error:
            raise dg.Failure(str(error), allow_retries=False) from error
    _report(context, store, result)
    counts = {
        "reviews": dict(result.counts()),
        "api_calls": {"superoffice": 0, "notion": found.notion.calls, "gemini": 0},
    }
    store_result(store, run_id, REVIEW_JOB, counts)
    keep_coverage_current(context)
    for kind in sorted({decision.kind for decision in result.decisions}):
        keep_checks_current(context, kind)
    if result.errors:
        named = " | ".join(f"{what}: {said}" for what, said in list(result.errors.items())[:10])
        raise dg.Failure(
            f"{len(result.errors)} review pages could not be made or changed: {named}", allow_retries=False
        )


def _report(context: dg.OpExecutionContext, store: Store, result: ReviewResult) -> None:
    for decision in result.decisions:
        context.log.info("%s %s version %s: %s", decision.kind, decision.key, decision.version, decision.what)
    for url, problem in result.problems.items():
        context.log.warning("%s: %s", url, problem)
    context.log.info("reviews: %s; %s accounts are due because of them", dict(result.counts()), result.accounts_due)
    reviews_page.log_if_changed(store, context.log_event, result)


@dg.job(name=REVIEW_JOB, description=descriptions.JOBS[REVIEW_JOB])
def review_texts() -> None:
    """Verdicts from Notion, pages to Notion."""
    sync_reviews_op()
