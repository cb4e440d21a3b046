"""Notion databases, read as plain tables."""

from resources.notion.client import NotionClient
from resources.notion.tables import NotionRow, NotionTable

__all__ = ["NotionClient", "NotionRow", "NotionTable"]
