"""The partition sets and the rules for their keys.

Keys of the knowledge sets are slugs of the row's Key or Tag (``gtm_assets.knowledge.fields.slug``); an account's key is its contact id as
text. No key holds a comma or a pipe: Dagster joins the two dimensions of a cell with ``|``, in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

vertical_partitions = dg.DynamicPartitionsDefinition(name="vertical")
persona_partitions = dg.DynamicPartitionsDefinition(name="persona")
campaign_partitions = dg.DynamicPartitionsDefinition(name="campaign")
account_partitions = dg.DynamicPartitionsDefinition(name="account")
cell_partitions = dg.MultiPartitionsDefinition({"persona": persona_partitions, "vertical": vertical_partitions})
campaign_cell_partitions = dg.MultiPartitionsDefinition(
    {"campaign": campaign_partitions, "vertical": vertical_partitions}
)


def add_keys(instance: dg.DagsterInstance, name: str, keys: Iterable[str]) -> None:
    """Add keys to a dynamic set; those that are there already stay as they are."""
    wanted = list(dict.fromkeys(keys))
    if wanted:
        instance.add_dynamic_partitions(name, wanted)
