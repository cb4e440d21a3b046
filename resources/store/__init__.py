"""Operational state: SQLite by default, PostgreSQL by GTM_DATABASE_URL."""
