"""The asset graph: what exists and how it is made. Everything is wired together in ``gtm_assets.definitions``."""
