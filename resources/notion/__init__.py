"""Notion databases: read as plain tables, and written row by row."""

from resources.notion.client import NotionClient
from resources.notion.properties import NotionValueError
from resources.notion.tables import NotionColumn, NotionRow, NotionSource, NotionTable

__all__ = ["NotionClient", "NotionColumn", "NotionRow", "NotionSource", "NotionTable", "NotionValueError"]
