"""The picture: nothing is cut off, states can be told apart without colour, and it is small enough for an event log."""

from __future__ import annotations

import io
from itertools import cycle

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gtm_assets.knowledge.rows import Campaign
from gtm_assets.monitoring import coverage_picture
from gtm_assets.monitoring.coverage import STATES, Coverage, Headcount, measure
from gtm_assets.monitoring.coverage_picture import SIGNS, draw, not_drawn
from gtm_assets.monitoring.picture_text import fitted, measure_text, printable, wrapped
from gtm_assets_tests.monitoring.coverage_samples import CELL, MESSE_CELL, large_outline, sample_outline

TITLE = "5 of 7 persons have an approved text (71.4 %)"


def _full(verticals: int, personas: int, campaigns: int) -> Coverage:
    """Every state in turn, and in every second cell of a campaign somebody who falls back."""
    outline = large_outline(verticals, personas, campaigns)
    states = dict(zip(outline.states, cycle(STATES), strict=False))
    outline = type(outline)(outline.personas, outline.verticals, outline.campaigns, states)
    groups = [
        Headcount(persona, vertical, "" if campaign == "standard" else campaign, level, persons=1 + place % 40)
        for place, (persona, vertical, campaign) in enumerate(states)
        for level in (("standard", "campaign") if place % 2 else ("none",))
    ]
    return measure(outline, groups)


def _words(coverage: Coverage, language="en"):
    """Every text of the drawn picture with its place in it, and the picture's size, in pixels."""
    sheet = coverage_picture._laid_out(coverage, language, TITLE, "nothing")
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        canvas = coverage_picture._drawn(sheet)
        texts = canvas.figure.axes[0].texts
        boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in texts]
    width, height = canvas.get_width_height()
    return boxes, width, height


def _assert_nothing_is_cut_off(coverage: Coverage, language="en") -> None:
    boxes, width, height = _words(coverage, language)
    for text, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{text!r} lies at {box.extents} of {width} × {height}"


@pytest.mark.parametrize(
    ("size", "language"),
    [((1, 1, 0), "en"), ((1, 1, 1), "de"), ((8, 6, 3), "en"), ((20, 10, 4), "de"), ((3, 20, 1), "de")],
)
def test_no_word_is_cut_off(size, language) -> None:
    _assert_nothing_is_cut_off(_full(*size), language)


NAMES = st.one_of(
    st.sampled_from(
        ["W" * 120, "Ä" * 60 + " " + "g" * 60, "🎉", "展示会 2026", "Messe 🎉 2026", "$x^2$ \\frac{1}{2}", "a\nb"]
    ),
    st.text(min_size=1, max_size=90),
)


@settings(max_examples=25, deadline=None)
@given(persona=NAMES, vertical=NAMES, campaign=NAMES)
def test_any_name_is_drawn_without_a_warning_and_within_the_picture(persona, vertical, campaign) -> None:
    outline = sample_outline(
        personas={"leitung": persona, "einkauf": "Leiter Einkauf"},
        verticals={"maschinenbau": vertical},
        campaigns=(Campaign("messe-2026", campaign, campaign, ""),),
        state="waiting",
    )
    _assert_nothing_is_cut_off(measure(outline, []))


def test_every_word_in_a_cell_stays_in_its_cell() -> None:
    """Six figures of people, and nearly as many who fall back, in the narrowest columns."""
    outline = large_outline(2, 20, 1)
    groups = [
        Headcount(*place[:2], "" if place[2] == "standard" else place[2], level, persons=123456)
        for place in outline.states
        for level in ("standard", "none")
    ]
    coverage = measure(outline, groups)
    sheet = coverage_picture._laid_out(coverage, "en", TITLE, "")
    inside = [word for word in sheet.words if word[2][:1] in {*SIGNS.values(), "↩"} and len(word[2]) > 1]
    cells = [box for box in sheet.boxes if box[2] != 24]
    assert len(cells) == 80
    for x, y, text, style in inside[1:]:
        width = measure_text(text, style["fontsize"])[0]
        assert any(
            left <= x - width / 2 and x + width / 2 <= left + wide and top < y < top + high
            for left, top, wide, high, _ in cells
        ), text


def test_states_are_told_by_sign_and_by_colour() -> None:
    assert len(set(SIGNS.values())) == len(set(coverage_picture._COLOURS.values())) == len(STATES)
    assert set(SIGNS) == set(coverage_picture._COLOURS) == set(STATES)
    outline = sample_outline(dict(zip(sample_outline().states, STATES, strict=False)))
    sheet = coverage_picture._laid_out(measure(outline, []), "en", TITLE, "")
    written = {text.partition(" ")[0] for _, _, text, _ in sheet.words}
    assert set(SIGNS.values()) <= written
    assert {state for *_, state in sheet.boxes} == set(STATES)


def test_the_numbers_are_the_persons_behind_the_cells_and_those_who_fall_back() -> None:
    groups = [
        Headcount("leitung", "maschinenbau", "", "standard", persons=41),
        Headcount("leitung", "maschinenbau", "Messe 2026", "standard", persons=7),
        Headcount("leitung", "maschinenbau", "Messe 2026", "none", persons=5),
    ]
    coverage = measure(sample_outline({CELL: "approved", MESSE_CELL: "waiting"}), groups)
    texts = [text for text, _ in _words(coverage)[0]]
    assert {"✓ 41", "? 12", "↩ 7"} <= set(texts)
    assert "Campaign Messe 2026" in texts
    assert "1 of 4 texts approved  ·  41 of 41 persons covered" in texts
    assert "0 of 4 texts approved  ·  7 of 12 persons covered  ·  7 fall back" in texts


def test_a_campaign_without_texts_and_persons_is_one_line() -> None:
    texts = [text for text, _ in _words(measure(sample_outline({CELL: "approved"}), []))[0]]
    assert "None of its 4 texts is written, and it has no person yet" in texts
    assert texts.count("Maschinenbau") == 1


def test_what_is_too_much_for_a_picture_is_named_and_not_drawn() -> None:
    coverage = measure(large_outline(32, 21, 3, state="waiting"), [])
    sentence = "Not drawn, but in the table and in `gtm coverage`: 2 campaigns, 2 verticals, 1 persona."
    assert not_drawn(coverage, "en") == sentence
    sheet = coverage_picture._laid_out(coverage, "en", TITLE, "")
    assert sentence in [text for _, _, text, _ in sheet.words]
    assert len([box for box in sheet.boxes if box[2] != 24]) == 2 * 30 * 20
    assert not_drawn(measure(sample_outline(), []), "en") == ""


@pytest.mark.parametrize("size", [(8, 6, 2), (8, 6, 3), (20, 10, 4)])
def test_a_picture_for_the_event_log_stays_below_80_kilobytes(size) -> None:
    picture = draw(_full(*size), "de", TITLE, form="WEBP")
    assert len(picture) < 80_000
    assert Image.open(io.BytesIO(picture)).format == "WEBP"


def test_both_forms_show_the_same() -> None:
    coverage = _full(3, 3, 1)
    png, webp = (
        Image.open(io.BytesIO(draw(coverage, "en", TITLE, form=form))).convert("RGB") for form in ("PNG", "WEBP")
    )
    assert png.size == webp.size
    assert png.tobytes() == webp.tobytes()


def test_where_there_is_no_cell_the_picture_says_why() -> None:
    coverage = measure(sample_outline(personas={}), [])
    sheet = coverage_picture._laid_out(coverage, "en", TITLE, "No persona is active in Notion.")
    assert [text for _, _, text, _ in sheet.words] == [TITLE, "No persona is active in Notion."]
    assert draw(coverage, "en", TITLE, "No persona is active in Notion.").startswith(b"\x89PNG")


def test_somebody_s_own_matplotlib_settings_do_not_change_it() -> None:
    coverage = _full(2, 2, 1)
    usual = draw(coverage, "en", TITLE)
    with mpl.rc_context({"text.usetex": True, "font.family": "cursive", "axes.facecolor": "black"}):
        assert draw(coverage, "en", TITLE) == usual


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Geschäftsführer", "Geschäftsführer"),
        ("Messe 🎉 2026", "Messe 2026"),
        ("Messe\u200d\ufe0f 2026", "Messe 2026"),
        ("Ko\u0308ln", "Köln"),
        ("  zwei\n Zeilen ", "zwei Zeilen"),
        ("展示会", "key"),
        ("🎉", "key"),
        ("", "key"),
    ],
)
def test_names_are_shown_in_letters_that_the_font_has_else_by_their_key(name, shown) -> None:
    assert printable(name, "key") == shown


def test_names_of_usual_length_are_never_shortened() -> None:
    name = "Gebäudedienstleister und Facility-Unternehmen im öffentlichen Dienst"
    assert wrapped(name, 40).replace("-\n", "-").replace("\n", " ") == name
    assert wrapped("W" * 200, 40).endswith("…")


def test_a_name_fits_only_where_none_of_its_words_is_too_wide() -> None:
    assert fitted("Leiter Infrastruktur", 110, 9.0) == "Leiter\nInfrastruktur"
    assert fitted("Qualitätsmanagementbeauftragte", 110, 9.0) is None
    assert fitted("a b c d e f g h", 10, 9.0) is None
