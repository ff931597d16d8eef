"""How `global_average_pool` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One image that can be averaged by eye, then a batch."""
    x = np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]]).reshape(1, 1, 3, 2)
    ask(answer.global_average_pool, x)
    ask(answer.global_average_pool, ask.draw.standard_normal((2, 4, 5, 3)))
    ask(answer.global_average_pool_gradient, np.array([[3.0, 6.0]]), (1, 1, 3, 2))
    ask(answer.global_average_pool_gradient, ask.draw.standard_normal((2, 3)), (2, 4, 5, 3))


exercise = Exercise(
    title="Global average pooling",
    page="theory/pooling.md",
    hints=(
        "Of the four axes, two are to be averaged away. On the way back each cell of a channel "
        "gets the same number: how much did one cell count in the mean?",
        "y[n, c] is the sum of x[n, h, w, c] over h and w, divided by H W; dx[n, h, w, c] = "
        "dy[n, c] / (H W): theory/pooling.md (5) and (6).",
        "forward: the mean over the axes of rows and columns. Back: dy with two axes of length "
        "1 put in the middle, divided by (H times W), spread over an array of the shape",
    ),
    mistakes=(
        Mistake(
            "the cells are added up, not averaged",
            {"x.mean(axis=(1, 2))": "x.sum(axis=(1, 2))"},
        ),
        Mistake(
            "the mean is taken over columns and channels: rows and columns are the axes 1 and "
            "2, counted from 0",
            {"x.mean(axis=(1, 2))": "x.mean(axis=(2, 3))"},
        ),
        Mistake(
            "the mean is taken over images and rows: rows and columns are the axes 1 and 2, "
            "counted from 0",
            {"x.mean(axis=(1, 2))": "x.mean(axis=(0, 1))"},
        ),
        Mistake(
            "all images are averaged together: each has a mean of its own",
            {"x.mean(axis=(1, 2))": "x.mean(axis=(0, 1, 2))"},
        ),
        Mistake(
            "the channels are averaged away as well: each has a mean of its own",
            {"x.mean(axis=(1, 2))": "x.mean(axis=(1, 2, 3))"},
        ),
        Mistake(
            "the gradient of the sum comes back, not that of the mean: a cell counted one H "
            "W-th in it",
            {" / (h * w)": ""},
        ),
        Mistake(
            "the gradient is divided by the number of channels too: a channel's mean is over "
            "its own H W cells",
            {"(h * w)": "(h * w * shape[3])"},
        ),
        Mistake(
            "the gradient is divided by the number of images too: each image has a mean of its own",
            {"(h * w)": "(h * w * shape[0])"},
        ),
        Mistake(
            "this is the largest number: the mean is asked for",
            {"x.mean(axis=(1, 2))": "x.max(axis=(1, 2))"},
        ),
        Mistake(
            "one mean is taken of everything: each channel of each image has its own",
            {"x.mean(axis=(1, 2))": "x.mean()"},
        ),
        Mistake(
            "the mean is taken over the channels: it is over rows and columns, the axes 1 and 2",
            {"x.mean(axis=(1, 2))": "x.mean(axis=3)"},
        ),
        Mistake(
            "the gradient is divided by the number of all numbers: a mean is over H W cells",
            {"(h * w)": "np.prod(shape)"},
        ),
    ),
    read_next="theory/pooling.md (3) and (4): the mean of windows, where padding must not count",
)
