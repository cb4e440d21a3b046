"""DuckDB over the store, read-only, for set-based questions."""
