"""A small Notion workspace: four databases, each with one data source, typed columns and pages.

It knows nothing of HTTP. Pages are edited by their key ("a human in Notion") or by page id (the API).
What belongs elsewhere: JSON shapes of values (``properties``), filters (``filters``), routes (``app``), keeping it
(``storage``), the sample's words (``sandbox.data.knowledge``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sandbox.notion.blocks import Block
from sandbox.notion.members import MARKETER, Member

ColumnType = Literal["title", "rich_text", "select", "status", "multi_select", "checkbox", "url", "email", "number"]
CellValue = str | bool | float | list[str] | None

COLUMN_TYPES: tuple[str, ...] = get_args(ColumnType)


@dataclass
class Column:
    """One property of a data source. ``id`` stays when the column is renamed; ``options`` of select, status, multi_select."""

    id: str
    name: str
    type: ColumnType
    options: list[str] = field(default_factory=list)


@dataclass
class Page:
    """One row: values by column id, users by id, ``body`` below. Times are UTC and exact; Notion shows the minute."""

    id: str
    created: datetime
    last_edited: datetime
    values: dict[str, CellValue]
    in_trash: bool = False
    created_by: str = MARKETER.id
    last_edited_by: str = MARKETER.id
    body: list[Block] = field(default_factory=list)


@dataclass
class Database:
    """One database with its only data source. ``key_column`` is the id of the column that names a row for humans."""

    id: str
    data_source_id: str
    title: str
    key_column: str
    columns: list[Column]
    pages: list[Page] = field(default_factory=list)

    def column(self, name_or_id: str) -> Column | None:
        """The column with this name or id, or None."""
        for column in self.columns:
            if name_or_id in (column.name, column.id):
                return column
        return None


def utc_now() -> datetime:
    """The real time; tests give their own clock."""
    return datetime.now(UTC)


def shown_time(moment: datetime) -> datetime:
    """What Notion shows of a page's time: the minute, rounded down (Notion's API reference)."""
    return moment.replace(second=0, microsecond=0)


class Workspace:
    """The databases ``verticals``, ``personas``, ``campaigns``, ``reviews``, and what humans do to them."""

    def __init__(self, databases: dict[str, Database], clock: Callable[[], datetime] = utc_now) -> None:
        self.databases = databases
        self._clock = clock

    @classmethod
    def sample(cls, clock: Callable[[], datetime] = utc_now) -> Workspace:
        """The workspace that a fresh sandbox starts with; the same ids each time."""
        from sandbox.notion.sample import sample_databases

        return cls(sample_databases(clock() - timedelta(days=1)), clock)

    @property
    def verticals_id(self) -> str:
        """Database id (with dashes), as in NOTION_VERTICALS_DATABASE_ID."""
        return self.databases["verticals"].id

    @property
    def personas_id(self) -> str:
        """Database id, as in NOTION_PERSONAS_DATABASE_ID."""
        return self.databases["personas"].id

    @property
    def campaigns_id(self) -> str:
        """Database id, as in NOTION_CAMPAIGNS_DATABASE_ID."""
        return self.databases["campaigns"].id

    @property
    def reviews_id(self) -> str:
        """Database id, as in NOTION_REVIEWS_DATABASE_ID."""
        return self.databases["reviews"].id

    def edit(self, database: str, key: str, column: str, value: CellValue) -> Page:
        """Sets one cell of the row with this key (or title, or page id), as a human would. KeyError names what is missing."""
        return self.edit_cells(database, key, {column: value})

    def edit_cells(self, database: str, key: str, values: Mapping[str, CellValue]) -> Page:
        """Sets several cells of one row at once, as a human would; of several rows with this key, of the newest."""
        page = self._row(database, key)
        self.set_values(self._database(database), page, values)
        return page

    def add(
        self, database: str, values: Mapping[str, CellValue], body: Sequence[Block] = (), by: Member = MARKETER
    ) -> Page:
        """Adds a row; ``values`` by column name or id. KeyError for an unknown column."""
        found = self._database(database)
        now = self._clock()
        page = Page(str(uuid.uuid4()), now, now, values={}, created_by=by.id, body=list(body))
        self.set_values(found, page, values, by)
        found.pages.append(page)
        return page

    def remove(self, database: str, key: str) -> None:
        """Moves the row with this key to the trash."""
        self.move_to_trash(self._row(database, key))

    def move_to_trash(self, page: Page, by: Member = MARKETER, *, back: bool = False) -> None:
        """Moves a page to the trash, or ``back`` from there."""
        page.in_trash = not back
        self._touch(page, by)

    def rename_column(self, database: str, old: str, new: str) -> None:
        """Gives a column another name; its id and all values stay. ValueError where the new name is taken."""
        found = self._database(database)
        column = self._column(found, old)
        if found.column(new) not in (None, column):
            raise ValueError(f"{database} has a column {new!r} already")
        column.name = new

    def change_type(self, database: str, column: str, new_type: ColumnType) -> None:
        """Turns a column into another type, values converted as Notion does: lists to text by comma and back."""
        found = self._database(database)
        target = self._column(found, column)
        target.type = new_type
        target.options = []
        for page in found.pages:
            value = converted(page.values.get(target.id), new_type)
            page.values[target.id] = value
            _learn_options(target, value)

    def remove_column(self, database: str, column: str) -> None:
        """Deletes a column with all its values."""
        found = self._database(database)
        target = self._column(found, column)
        found.columns.remove(target)
        for page in found.pages:
            page.values.pop(target.id, None)

    def set_values(
        self, database: Database, page: Page, values: Mapping[str, CellValue], by: Member = MARKETER
    ) -> None:
        """Writes cells by column name or id, learns new options, moves ``last_edited``."""
        for name in values:
            self._column(database, name)
        for name, value in values.items():
            column = self._column(database, name)
            stored = converted(value, column.type)
            page.values[column.id] = stored
            _learn_options(column, stored)
        self._touch(page, by)

    def find_database(self, database_id: str) -> Database | None:
        """By database id, with or without dashes."""
        return next((d for d in self.databases.values() if same_id(d.id, database_id)), None)

    def find_data_source(self, data_source_id: str) -> Database | None:
        """By data source id, with or without dashes."""
        return next((d for d in self.databases.values() if same_id(d.data_source_id, data_source_id)), None)

    def find_page(self, page_id: str) -> tuple[Database, Page] | None:
        """By page id, with or without dashes; pages in the trash are found too."""
        for database in self.databases.values():
            for page in database.pages:
                if same_id(page.id, page_id):
                    return database, page
        return None

    def find_block(self, block_id: str) -> tuple[Page, Block] | None:
        """A block of a page's body, by id with or without dashes."""
        for database in self.databases.values():
            for page in database.pages:
                for block in page.body:
                    if same_id(block.id, block_id):
                        return page, block
        return None

    def rows(self, database: str) -> list[dict[str, CellValue]]:
        """All rows that are not in the trash, by column name: for tests and for people."""
        found = self._database(database)
        return [
            {column.name: page.values.get(column.id) for column in found.columns}
            for page in found.pages
            if not page.in_trash
        ]

    def pages(self, database: str) -> list[Page]:
        """All pages of a database that are not in the trash, the oldest first. KeyError for an unknown one."""
        return [page for page in self._database(database).pages if not page.in_trash]

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON; ``from_json`` reads it back."""
        from sandbox.notion.storage import database_to_json

        return {name: database_to_json(database) for name, database in self.databases.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], clock: Callable[[], datetime] = utc_now) -> Workspace:
        """The workspace that ``to_json`` wrote."""
        from sandbox.notion.storage import database_from_json

        return cls({name: database_from_json(database) for name, database in data.items()}, clock)

    def _touch(self, page: Page, by: Member) -> None:
        page.last_edited = self._clock()
        page.last_edited_by = by.id

    def _database(self, name: str) -> Database:
        if name not in self.databases:
            raise KeyError(f"no database {name!r}; there are {', '.join(self.databases)}")
        return self.databases[name]

    def _column(self, database: Database, name: str) -> Column:
        column = database.column(name)
        if column is None:
            names = ", ".join(c.name for c in database.columns)
            raise KeyError(f"{database.title} has no column {name!r}; there are {names}")
        return column

    def _row(self, database: str, key: str) -> Page:
        found = self._database(database)
        title = next(column.id for column in found.columns if column.type == "title")
        for match in (found.key_column, title):
            for page in reversed(found.pages):
                if not page.in_trash and page.values.get(match) == key:
                    return page
        for page in found.pages:
            if not page.in_trash and same_id(page.id, key):
                return page
        raise KeyError(f"{found.title} has no row {key!r}")


def same_id(left: str, right: str) -> bool:
    """Notion takes ids with and without dashes."""
    return left.replace("-", "").lower() == right.replace("-", "").lower()


def converted(value: CellValue, column_type: str) -> CellValue:
    """A value in the form its column stores: list for multi_select, bool for checkbox, number, else text or None."""
    if column_type == "multi_select":
        if isinstance(value, list):
            return list(value)
        return [part.strip() for part in str(value).replace("\n", ",").split(",") if part.strip()] if value else []
    if column_type == "checkbox":
        return value.strip().lower() in {"true", "yes", "ja", "1", "active"} if isinstance(value, str) else bool(value)
    if column_type == "number":
        return None if value in (None, "") or isinstance(value, list) else float(value)
    if value is None or value == []:
        return None
    separator = "\n" if column_type in {"rich_text", "title"} else " "
    text = separator.join(value) if isinstance(value, list) else str(value)
    return text or None


def _learn_options(column: Column, value: CellValue) -> None:
    if column.type == "multi_select" and isinstance(value, list):
        column.options.extend(name for name in value if name not in column.options)
    elif column.type in {"select", "status"} and isinstance(value, str) and value not in column.options:
        column.options.append(value)
