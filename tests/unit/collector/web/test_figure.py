"""Figures: places, ticks, and text that nothing can break out of."""

import math
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from collector.web.figure import Frame, band, element, line, scale, text, titled

NUMBERS = st.floats(-1e9, 1e9).filter(lambda each: each == 0 or abs(each) > 1e-6)


@given(st.lists(NUMBERS, max_size=20), st.booleans())
def test_every_value_lies_on_the_scale_and_ticks_are_few_and_round(
    values: list[float],
    with_zero: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    found = scale(values, 10.0, 110.0, with_zero=with_zero)
    for each in [*values, *([0.0] if with_zero else [])]:
        assert found.low <= each <= found.high
        assert 10.0 <= found.at(each) <= 110.0
    ticks = found.ticks()
    assert 1 <= len(ticks) <= 7
    assert all(
        found.low - 1e-9 * abs(found.low) <= each <= found.high * (1 + 1e-9) + 1e-9
        for each in ticks
    )
    steps = {round(b - a, 9) for a, b in pairwise(ticks)}
    assert len(steps) <= 1 or max(steps) - min(steps) <= 1e-6 * max(steps)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_words_cannot_leave_their_place(words: str) -> None:
    drawn = Frame().sheet([text(1, 2, words), titled(line([(0, 1), (2, 3)]), words)], words, words)
    found = ET.fromstring(drawn.replace("\ufffe", "").replace("\uffff", ""))  # noqa: S314 - ours
    kept = words.replace("\ufffe", "").replace("\uffff", "")
    assert [each.text or "" for each in found.iter("{http://www.w3.org/2000/svg}text")] == [kept]


def test_attributes_are_named_as_svg_has_them_and_none_is_left_out() -> None:
    drawn = element("rect", class_="bar", stroke_width=2, fill=None, x='"><script>')
    assert drawn == '<rect class="bar" stroke-width="2" x="&#34;&gt;&lt;script&gt;"></rect>'


def test_axes_have_a_tick_for_each_word_that_is_said() -> None:
    frame = Frame()
    x, y = frame.across([0.0, 10.0]), frame.up([1.0, 3.0], with_zero=True)
    drawn = frame.axes(x, y, lambda each: f"{each:g} d" if each else "", lambda each: f"{each:g}")
    assert ">0 d<" not in drawn
    assert ">5 d<" in drawn
    assert y.at(0.0) == frame.height - frame.bottom
    assert math.isclose(x.at(0.0), frame.left, abs_tol=40)
    assert band([(0, 1)], [(0, 2)]) == '<polygon points="0,1 0,2" class="band"></polygon>'
