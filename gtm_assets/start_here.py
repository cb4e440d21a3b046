"""The page that says what to click first: an asset that holds nothing and is never made. Its text is in ``descriptions``."""

from __future__ import annotations

import dagster as dg

from gtm_assets import reporting

ASSET = "start_here"
#: Shown as links under "Metadata", which would be an empty box else.
_PAGES = {
    "1 what is written and approved": "coverage",
    "2 who needs a person": "sync_board",
    "3 the standard texts": "marketing_matrix",
    "4 the campaigns' texts": "campaign_matrix",
    "5 how fast, how much": "sync_performance",
}
START_HERE = reporting.present(
    dg.AssetSpec(ASSET, metadata={label: dg.MetadataValue.asset(dg.AssetKey(page)) for label, page in _PAGES.items()})
)
