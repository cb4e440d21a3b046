"""Verticals, personas and campaigns, from Notion into the store."""
