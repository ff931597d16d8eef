"""How `max_pool` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """A window of negative numbers, then batches; in the last, windows overlap."""
    x = np.array([[1.0, 4.0, -3.0, -2.0], [2.0, -6.0, -1.0, -5.0]]).reshape(1, 2, 4, 1)
    ask(answer.max_pool, x, 2, 2)
    ask(answer.max_pool, ask.draw.standard_normal((2, 7, 6, 3)) - 1, 2, 2)
    ask(answer.max_pool, ask.draw.standard_normal((2, 7, 8, 3)) - 1, 3, 2)


exercise = Exercise(
    title="Max pooling",
    page="theory/pooling.md",
    hints=(
        "The loops are those of a convolution without filters. Of the window's four axes, "
        "which two are to go?",
        "y[n, p, q, c] is the largest x[n, h, w, c] over the cells (h, w) of window (p, q): "
        "theory/pooling.md (1).",
        "for every p, for every q: window = rows p times stride to that plus size, columns "
        "likewise; y at (p, q) = the largest over rows and columns of the window",
    ),
    mistakes=(
        Mistake(
            "this is the mean of each window: average pooling; the largest number is asked for",
            {"window.max(axis=(1, 2))": "window.mean(axis=(1, 2))"},
        ),
        Mistake(
            "the largest is sought over the channels too: each channel has a largest of its own",
            {"window.max(axis=(1, 2))": "window.max(axis=(1, 2, 3))[:, None]"},
        ),
        Mistake(
            "the largest is sought over all images at once: each image has its own",
            {"window.max(axis=(1, 2))": "window.max(axis=(0, 1, 2))"},
        ),
        Mistake(
            "one number is taken for all images and channels: name the axes of rows and columns",
            {"window.max(axis=(1, 2))": "window.max()"},
        ),
        Mistake(
            "a window of negative numbers gives 0, which is not in it: do not begin the search "
            "at 0",
            {"window.max(axis=(1, 2))": "np.maximum(window.max(axis=(1, 2)), 0)"},
        ),
        Mistake(
            "signs are ignored: the largest number is asked for, not the one furthest from 0",
            {"window.max(axis=(1, 2))": "np.abs(window).max(axis=(1, 2))"},
        ),
        Mistake(
            "windows begin one cell apart: window p begins at row p times stride",
            {"p * stride, q * stride": "p, q"},
        ),
        Mistake(
            "the stride is not used, and windows lie side by side: they begin `stride` cells apart",
            {
                "output_size(h, size, stride)": "output_size(h, size, size)",
                "output_size(w, size, stride)": "output_size(w, size, size)",
                "p * stride, q * stride": "p * size, q * size",
            },
        ),
        Mistake(
            "windows that hang over the end are counted: what is too short for a window is not "
            "used",
            {
                "output_size(h, size, stride)": "1 - (size - h) // stride",
                "output_size(w, size, stride)": "1 - (size - w) // stride",
            },
        ),
    ),
    read_next="theory/pooling.md, 'Why it is done so': why a maximum is not padded with zeros",
)
