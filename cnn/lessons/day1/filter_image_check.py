"""How `filter_image` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The image of theory/conv2d.md, then sides that are all unequal."""
    image = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 1.0], [0.0, 2.0, 4.0]])
    ask(answer.filter_image, image, np.array([[1.0, 0.0], [2.0, -1.0]]))
    ask(answer.filter_image, ask.draw.standard_normal((4, 6)), ask.draw.standard_normal((3, 3)))
    ask(answer.filter_image, ask.draw.standard_normal((5, 7)), ask.draw.standard_normal((2, 3)))


exercise = Exercise(
    title="One image, one filter",
    page="theory/conv2d.md",
    hints=(
        "Cut the window at (p, q) out of the image first: a slice of rows and a slice of "
        "columns, as large as the kernel.",
        "z[p, q] is the sum over i and j of x[p + i, q + j] w[i, j]: theory/conv2d.md (1) with "
        "a stride of 1, one channel, one filter, no padding and no bias.",
        "for every p, for every q: window = rows p to p + kh, columns q to q + kw; the number "
        "at (p, q) = the sum of (window times kernel, number by number)",
    ),
    mistakes=(
        Mistake(
            "the kernel is rotated by 180 degrees: in a network it is laid on as it is",
            {"window * kernel": "window * kernel[::-1, ::-1]"},
        ),
        Mistake(
            "window and kernel are multiplied as matrices: each weight meets only the cell "
            "that lies under it",
            {
                "window * kernel": "window @ kernel",
            },
        ),
        Mistake(
            "rows and columns of the kernel are exchanged: weight (i, j) belongs to cell (p + "
            "i, q + j)",
            {"window * kernel": "window * kernel.T"},
        ),
        Mistake(
            "rows and columns of the image are exchanged: p counts rows, which come first",
            {"image[p : p + kh, q : q + kw]": "image[q : q + kh, p : p + kw]"},
        ),
        Mistake(
            "the kernel is taken for a square: it has kh rows and kw columns",
            {"kh, kw = kernel.shape": "kh = kw = kernel.shape[0]"},
        ),
        Mistake(
            "the loops run over all cells of the image, too far: run over the places of the kernel",
            {"range(rows)": "range(image.shape[0])", "range(columns)": "range(image.shape[1])"},
        ),
        Mistake(
            "the last row and the last column of places are missing: along a side there are as "
            "many places as output_size says",
            {
                "output_size(image.shape[0], kh)": "image.shape[0] - kh",
                "output_size(image.shape[1], kw)": "image.shape[1] - kw",
            },
        ),
        Mistake(
            "the last row and the last column of places stay 0: both loops end one too early",
            {"range(rows)": "range(rows - 1)", "range(columns)": "range(columns - 1)"},
        ),
        Mistake(
            "the products are averaged: they are added up",
            {"np.sum": "np.mean"},
        ),
        Mistake(
            "only one product is kept, the last: add up those of all cells of the window",
            {"np.sum(window * kernel)": "window[-1, -1] * kernel[-1, -1]"},
        ),
        Mistake(
            "the feature map is as large as the image: where the kernel would hang over the edge "
            "there is no place for it",
            {
                "np.zeros((rows, columns))": "np.zeros(image.shape)",
            },
        ),
    ),
    read_next="theory/conv2d.md, 'Why it is done so': why the kernel is not rotated",
)
