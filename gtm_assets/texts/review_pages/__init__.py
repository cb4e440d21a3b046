"""Reviews in Notion: one page a text block that a person has to judge, made by the engine and read back by it."""
