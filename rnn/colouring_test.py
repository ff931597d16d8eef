"""Colours say which way and how much; every character is there, on a terminal and on a page."""

from __future__ import annotations

import io
import re
from html import unescape

import numpy as np
from rich.console import Console

from rnn.colouring import COLUMNS, coloured_texts, colours, laid_out, terminal, web_page

TEXT = 'To <be> & "not"\nto be $5?\n'
VALUES = np.linspace(-1, 1, len(TEXT))


def test_blue_is_below_white_is_none_orange_above() -> None:
    low, none, high, more = colours(np.array([-1.0, 0.0, 1.0, 7.0]))
    assert high == more  # what is out of range has the colour of its end
    red, green, blue = (int(none[k : k + 2], 16) for k in (1, 3, 5))
    assert min(red, green, blue) > 250
    assert int(low[5:], 16) > int(low[1:3], 16)
    assert int(high[1:3], 16) > int(high[5:], 16)


def test_a_terminal_shows_each_character_on_its_colour() -> None:
    shown = terminal(TEXT, VALUES)
    assert shown.plain == TEXT.replace("\n", "⏎\n")
    for span, colour in zip(shown.spans, colours(VALUES), strict=True):
        assert f"on {colour}" in str(span.style)
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, color_system="truecolor").print(shown)
    assert "\x1b[" in screen.getvalue()


def test_a_page_has_the_whole_text_and_its_numbers() -> None:
    page = web_page(TEXT, VALUES, 'Unit 3 of "a" & b')
    inside = re.findall(
        r'<span style="background:(#\w{6});[^"]*" title="([+-][\d.]+)">(.*?)</span>', page
    )
    assert "".join(unescape(letter) for _, _, letter in inside) == TEXT.replace("\n", "⏎")
    assert [colour for colour, _, _ in inside] == colours(VALUES)
    assert [float(number) for _, number, _ in inside] == [round(float(v), 2) for v in VALUES]
    assert "<be>" not in page
    assert "Unit 3 of &quot;a&quot; &amp; b" in page


def test_rows_end_where_lines_do_or_the_row_is_full() -> None:
    rows = laid_out("ab\n" + "x" * (COLUMNS + 3))
    assert [len(row) for row in rows] == [3, COLUMNS, 3]
    assert [place for row in rows for place in row] == list(range(COLUMNS + 6))
    assert laid_out("a\n") == [range(0, 2)]


def test_a_figure_has_a_panel_for_each_unit() -> None:
    fig = coloured_texts(TEXT, {"unit 1": VALUES, "unit 2": -VALUES}, "Two units")
    panels = [axes for axes in fig.axes if axes.get_title(loc="left")]
    assert [axes.get_title(loc="left") for axes in panels] == ["unit 1", "unit 2"]
    for axes, values in zip(panels, (VALUES, -VALUES), strict=True):
        assert len(axes.texts) == len(TEXT)
        drawn = np.asarray(axes.images[0].get_array())
        np.testing.assert_allclose(drawn[0, :16], values[:16])
