"""Whatever people do in the CRM and in Notion in whatever order, however often the engine looks in between: the texts are right in the end.

Texts are made anew here, values are cleared, and everything is read now and then. What belongs elsewhere: the CRM's clock, polls and deaths
(``test_any_order``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.harness import PERSON_FIELDS, Engine
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import TITLES, VERTICALS, Town
from resources.store import schema

PEOPLE = (1, 2, 3)

titles = st.tuples(st.just("title"), st.sampled_from(PEOPLE), st.sampled_from(list(TITLES)))
verticals = st.tuples(st.just("vertical"), st.sampled_from(["", *VERTICALS]))
own_texts = st.tuples(st.just("own text"), st.sampled_from(PEOPLE), st.sampled_from(["Von Hand.", "Anders.", ""]))
vertical_rows = st.tuples(
    st.just("row"), st.sampled_from(list(VERTICALS.values())), st.sampled_from(["Draft", "Active"])
)
pains = st.tuples(
    st.just("pains"), st.sampled_from(list(VERTICALS.values())), st.sampled_from(["lange Wege", "teure Fehler"])
)
passes = st.sampled_from([("pass",), ("sweep",), ("crm fails, pass",)])
stories = st.lists(st.one_of(titles, verticals, own_texts, vertical_rows, pains, passes), min_size=3, max_size=9)


@dataclass
class _Expected:
    titles: dict[int, str] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    active: set[str] = field(default_factory=lambda: set(VERTICALS.values()))


@given(story=stories)
@search(8)
def test_in_the_end_everybody_carries_the_right_texts(town: Town, story: list[tuple[object, ...]]) -> None:
    town.anew("written")
    engine, expected = town.engine, _Expected()
    for person in PEOPLE:
        _do(engine, expected, ("title", person, "Geschäftsführer"))
    for step in story:
        town.clock.tick(1)
        _do(engine, expected, step)
    town.make_due()
    engine.fast_pass(full_sweep=True)
    before = engine.foreign()
    _check(engine, expected)
    mark = engine.mark()
    last = engine.fast_pass(full_sweep=True)
    assert (last.error, last.phases(), last.model_calls, engine.patches(mark)) == (None, {}, 0, [])
    assert engine.foreign() == before


def _do(engine: Engine, expected: _Expected, step: tuple[object, ...]) -> None:
    match step:
        case ("title", int(person), str(title)):
            engine.edit("Person", person, Title=title)
            expected.titles[person] = title
        case ("vertical", str(name)):
            engine.edit("Contact", 1, Vertical=name)
            if not name:
                expected.cleared.add("vertical")
        case ("own text", int(person), str(text)):
            engine.edit_field("Person", person, PERSON_FIELDS["intro"], text)
            expected.own[person] = text
            if not text:
                expected.cleared.add(f"intro of {person}")
        case ("row", str(key), str(status)):
            # With no active row left there is nothing to decide between.
            if status == "Active" or expected.active != {key}:
                engine.edit_notion("verticals", key, "Status", status)
                (expected.active.add if status == "Active" else expected.active.discard)(key)
        case ("pains", str(key), str(text)):
            engine.edit_notion("verticals", key, "Pains", text)
        case ("crm fails, pass",):
            engine.fault(system="superoffice", method="PATCH", status=503)
            engine.fast_pass()
            engine.world.faults.clear()
        case (kind,):
            assert engine.fast_pass(full_sweep=kind == "sweep").error is None


def _check(engine: Engine, expected: _Expected) -> None:
    shown = engine.profile(1)["vertical"]
    vertical = engine.row(schema.profiles, schema.profiles.c.contact_id == 1)["vertical_key"]
    if shown in VERTICALS:
        assert vertical == (VERTICALS[shown] if VERTICALS[shown] in expected.active else None)
    else:
        # What a human cleared may stay empty; otherwise nothing stands there only where nothing is known.
        assert vertical is None or "vertical" in expected.cleared
    if "maschinenbau" in expected.active and not shown:
        assert vertical == "maschinenbau", "the website says what it is, and nobody says otherwise"
    for person in PEOPLE:
        persona = TITLES[expected.titles[person]]
        right = dict.fromkeys(TEXT_FIELDS, "")
        if vertical is not None and persona is not None:
            blocks = schema.text_blocks
            block = engine.row(blocks, sa.and_(blocks.c.key == f"{persona}|{vertical}", blocks.c.current))
            right = {name: block["content"][name] for name in TEXT_FIELDS}
        texts = {name: engine.texts(person)[name] for name in TEXT_FIELDS}
        if expected.own.get(person):
            right["intro"] = expected.own[person]
        elif f"intro of {person}" in expected.cleared and not texts["intro"]:
            right["intro"] = ""
        assert texts == right, (person, persona, vertical)
