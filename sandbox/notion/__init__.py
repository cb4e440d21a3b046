"""The stand-in of Notion: a small workspace and the HTTP that notion-client speaks."""
