"""Dagster's side of the knowledge: three assets, one partition a row, brought up to date from Notion.

One materialization for each row that changed; refused rows, and what is odd about others, stand in an observation, logged when they change.
The reading and storing is in ``sync``.
"""

# No postponed annotations here: Dagster reads the class of `context` from its annotation.

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from gtm_assets import partitions, reporting
from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.knowledge.rows import Refusal, Remark
from gtm_assets.knowledge.sync import DATABASES, EmptyTableError, KnowledgeDatabase, RowChange, SyncResult, sync_table
from gtm_assets.settings import Settings
from resources.errors import OutsideError
from resources.notion.client import NotionClient
from resources.store.store import Store

PARTITIONS: Mapping[KnowledgeDatabase, dg.DynamicPartitionsDefinition] = {
    "verticals": partitions.vertical_partitions,
    "personas": partitions.persona_partitions,
    "campaigns": partitions.campaign_partitions,
}
COLUMNS: Mapping[KnowledgeDatabase, dict[str, Any]] = {
    "verticals": reporting.columns(
        key="string: slug of Notion's Key, also the partition key",
        name="string: what people call it",
        definition="string: what belongs to it, for the model that decides",
        pains="json: list of texts",
        gains="json: list of texts",
        products="json: ops focus to product",
        ops_focus="string: Operativ or Infrastruktur",
        refs="json: registered references: company, achievement, source",
        active="bool: takes part",
    ),
    "personas": reporting.columns(
        key="string: slug of Notion's Key, also the partition key",
        name="string: what people call the role",
        pains="json: list of texts",
        gains="json: list of texts",
        job_titles="json: titles that stand for the role",
        active="bool: takes part",
    ),
    "campaigns": reporting.columns(
        key="string: slug of the Tag, also the partition key",
        name="string: what people call it",
        tag="string: what stands in the person's campaign field",
        brief="string: what the campaign is about, for the model that writes",
        active="bool: takes part",
    ),
}
LogEvent = Callable[[Any], None]


#: Store, settings and changed rows to metadata by the rows' keys.
Effects = Callable[[Store, Settings, Sequence[RowChange]], Mapping[str, Mapping[str, Any]]]


def no_effects(store: Store, settings: Settings, changes: Sequence[RowChange]) -> Mapping[str, Mapping[str, Any]]:
    """Nothing is known about rooms to the right."""
    del store, settings, changes
    return {}


@dataclass
class KnowledgeResult:
    """What the databases brought, and which of them could not be read at all."""

    synced: dict[KnowledgeDatabase, SyncResult] = field(default_factory=dict)
    errors: dict[KnowledgeDatabase, Exception] = field(default_factory=dict)


def database_id(settings: Settings, database: KnowledgeDatabase) -> str:
    """The id of one of the databases, from the settings."""
    return str(getattr(settings, f"notion_{database}_database_id"))


def sync_knowledge(
    store: Store,
    notion: NotionClient,
    settings: Settings,
    instance: dg.DagsterInstance,
    log_event: LogEvent,
    databases: Iterable[KnowledgeDatabase] = DATABASES,
    effects: Effects = no_effects,
) -> KnowledgeResult:
    """Bring the databases up to date, each for itself: one that can't be read does not stop the others.

    ``effects`` says what else stands with a changed row's event: what the change does in rooms to the right of this one.
    """
    result = KnowledgeResult()
    for database in databases:
        try:
            table = notion.table(database_id(settings, database))
            synced = sync_table(store, database, table, settings.gtm_notion_columns)
        except (OutsideError, MissingColumnError, EmptyTableError) as error:
            result.errors[database] = error
            continue
        result.synced[database] = synced
        # All keys each time: one that a crash kept from being added is not lost.
        partitions.add_keys(instance, str(PARTITIONS[database].name), synced.keys)
        _report(synced, effects(store, settings, synced.changes), log_event)
    return result


def _report(synced: SyncResult, effects: Mapping[str, Mapping[str, Any]], log_event: LogEvent) -> None:
    for change in synced.changes:
        metadata: dict[str, Any] = {"name": change.name, "what": change.what, "changed": True}
        metadata |= effects.get(change.key, {})
        if change.fields:
            metadata["fields"] = ", ".join(change.fields)
        if change.url:
            metadata["notion"] = dg.MetadataValue.url(change.url)
        event = dg.AssetMaterialization(synced.database, partition=change.key, metadata=metadata)
        log_event(event)
    if synced.is_news:
        # Nothing found any more is news, too: the page shows the last observation.
        log_event(dg.AssetObservation(synced.database, metadata=row_metadata(synced.refused, synced.remarks)))


def row_metadata(refused: Iterable[Refusal], remarks: Iterable[Remark]) -> dict[str, Any]:
    """Refused rows, and what is odd about others, as tables people can act on."""
    rows, odd = list(refused), list(remarks)
    found: dict[str, Any] = {"refused": len(rows), "remarks": len(odd)}
    if rows:
        cells = [(row.name, row.reason, row.meanwhile, row.url) for row in rows]
        found["refused_rows"] = reporting.table(("Row", "What is wrong", "Until it is corrected", "Page"), cells)
    if odd:
        found["odd_rows"] = reporting.table(
            ("Row", "What is odd", "Page"), [(row.name, row.text, row.url) for row in odd]
        )
    return found


def _build(database: KnowledgeDatabase, effects: Effects) -> dg.AssetsDefinition:
    spec = dg.AssetSpec(
        database,
        partitions_def=PARTITIONS[database],
        metadata=COLUMNS[database],
        skippable=True,
    )

    @dg.multi_asset(
        name=f"sync_{database}",
        specs=[reporting.present(spec)],
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"store", "notion", "settings"},
    )
    def knowledge_asset(context: dg.AssetExecutionContext) -> Any:
        found = context.resources
        result = sync_knowledge(
            found.store, found.notion, found.settings, context.instance, context.log_event, [database], effects
        )
        if result.errors:
            raise dg.Failure(str(result.errors[database]), allow_retries=False)
        changed = {change.key for change in result.synced[database].changes}
        asked = context.partition_keys if context.has_partition_key or context.has_partition_key_range else []
        for key in asked:
            if key not in changed:
                context.log_event(dg.AssetMaterialization(database, partition=key, metadata={"changed": False}))
        yield from ()

    return knowledge_asset


def build_assets(effects: Effects = no_effects) -> list[dg.AssetsDefinition]:
    """The three assets; ``effects`` as in :func:`sync_knowledge`."""
    return [_build(database, effects) for database in DATABASES]
