"""Leading a batch of accounts through crm, research, texts and writeback.

Without Dagster; ``gtm_assets.accounts`` is the asset around it.
"""

from gtm_assets.batch.due import anything_due, find_due, read_tenant
from gtm_assets.batch.models import STAGES, AccountOutcome, BatchResult, Stage, Tenant, Tools
from gtm_assets.batch.stages import target_policy, work_off

__all__ = [
    "STAGES",
    "AccountOutcome",
    "BatchResult",
    "Stage",
    "Tenant",
    "Tools",
    "anything_due",
    "find_due",
    "read_tenant",
    "target_policy",
    "work_off",
]
