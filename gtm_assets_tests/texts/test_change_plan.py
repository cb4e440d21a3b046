"""Planning what a change in Notion touches keeps nobody from writing; what it counts is tested in ``path/test_plan_texts``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from gtm_assets.knowledge.rows import ReadRow, ReadTable, Vertical
from gtm_assets.research.prices import PriceTable
from gtm_assets.texts.change_plan import Pricing, plan_texts
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import fresh_store, persona_row, put, vertical_row
from gtm_assets_tests.texts.samples import CELL_INPUTS
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor


class StoreOfManyWriters(Store):
    """Somebody else writes whenever something is read; while the write lock is held, that ends with an error."""

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with sa.create_engine(self.url, connect_args={"timeout": 0}).begin() as other:
            set_cursor(other, "somebody", "wrote")
        with super().read() as connection:
            yield connection


def test_others_write_while_a_plan_looks_at_what_would_be_stale(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, vertical_row("v", products={"Operativ": CELL_INPUTS.product}))
        put(store, schema.personas, persona_row("p"))
        busy = StoreOfManyWriters(store.url.render_as_string())
        changed = Vertical("v", "V", "", ("anderer Schmerz",), (), {"Operativ": CELL_INPUTS.product}, "Operativ", ())
        table = ReadTable((ReadRow(changed, "page-v", "", active=True),), (), frozenset({"page-v"}))
        plan = plan_texts(busy, {"verticals": table}, FIELDS, Pricing("test-model", PriceTable("USD", {})))
        with store.read() as connection:
            assert get_cursor(connection, "somebody") == "wrote"
            assert connection.execute(sa.select(schema.verticals.c.pains)).scalar_one() != ["anderer Schmerz"]
        busy.close()
    assert [(change.key, change.what) for change in plan.changes] == [("v", "changed")]
    assert plan.waiting.cells == ("p|v",), "missing before and after, so not because of the change"
