"""A text coloured by what one unit remembers: on a terminal, as a web page, in a figure.

Orange is 1, blue is -1, no colour is 0, as in all figures of weights and states.
"""

from __future__ import annotations

from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.text import Text

from brain.plots import CLASSES, STYLE, figure
from scratch.sequences import NAMES

Array = NDArray[Any]

COLUMNS = 96


def colours(values: Array) -> list[str]:
    """`#rrggbb` for each of `values (T,)`, from -1 to 1; all are light enough for black letters."""
    return [to_hex(CLASSES((float(v) + 1) / 2)) for v in np.clip(values, -1, 1)]


def terminal(text: str, values: Array) -> Text:
    """The text for Rich's console, each character on its colour; a new line shows as ⏎ too."""
    shown = Text(no_wrap=False)
    for character, colour in zip(text, colours(values), strict=True):
        ink = "white" if _dark(colour) else "black"
        shown.append("⏎\n" if character == "\n" else character, style=f"{ink} on {colour}")
    return shown


def web_page(text: str, values: Array, title: str) -> str:
    """The text as one HTML page that needs nothing else; a value stands under each character."""
    spans = "".join(map(_span, text, values, colours(values)))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<h1>{escape(title)}</h1>\n<p>Orange: +1. Blue: -1. White: 0.</p>\n"
        f'<pre style="white-space:pre-wrap;font-size:1.1em">{spans}</pre></html>\n'
    )


def _span(character: str, value: float, colour: str) -> str:
    """One character of the page; a new line is shown and done."""
    ink = "#fff" if _dark(colour) else "#000"
    shown, end = ("⏎", "\n") if character == "\n" else (escape(character), "")
    look = f"background:{colour};color:{ink}"
    return f'<span style="{look}" title="{value:+.2f}">{shown}</span>{end}'


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 110


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def coloured_texts(text: str, values: dict[str, Array], title: str, lines: int = 9) -> Figure:
    """The beginning of a text, once for each of `values` (a heading, and numbers `(T,)`)."""
    rows = laid_out(text)[:lines]
    height = 0.7 + len(values) * (0.45 + 0.19 * len(rows))
    fig, grid = figure(11, height, nrows=len(values), squeeze=False)
    for axes, (heading, numbers) in zip(grid[:, 0], values.items(), strict=True):
        shown = _coloured(axes, text, rows, numbers)
        axes.set_title(heading, loc="left", fontsize=10)
    fig.colorbar(shown, ax=grid, label="what the unit remembers: -1 to 1", shrink=0.8, pad=0.01)
    fig.suptitle(title)
    return fig


def laid_out(text: str, columns: int = COLUMNS) -> list[range]:
    """The places of a text's characters, row by row: a row ends with a new line, or where full."""
    rows, start = [], 0
    for place, character in enumerate(text, 1):
        if character == "\n" or place - start == columns:
            rows.append(range(start, place))
            start = place
    return rows + ([range(start, len(text))] if start < len(text) else [])


def _coloured(axes: Axes, text: str, rows: list[range], values: Array) -> Any:
    """Fill `axes` with the rows of a text, each character on its colour."""
    grid = np.full((len(rows), max(40, *map(len, rows))), np.nan)
    for number, places in enumerate(rows):
        for column, place in enumerate(places):
            grid[number, column] = values[place]
            ink = "white" if abs(values[place]) > 0.8 and values[place] < 0 else "black"
            letter = NAMES.get(text[place], text[place]).replace("$", r"\$")
            look: dict[str, Any] = {"ha": "center", "va": "center", "family": "monospace"}
            axes.text(column, number, letter, fontsize=8, color=ink, **look).set_in_layout(False)
    axes.set_axis_off()
    return axes.imshow(grid, cmap=CLASSES, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
