"""Notion databases, read as plain tables."""
