"""How `max_pool_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The image of theory/pooling.md, then any, then small whole numbers, with many ties."""
    normal = ask.draw.standard_normal
    x = np.array([[1.0, 4.0, 4.0], [2.0, -1.0, 0.0], [5.0, 3.0, -2.0]]).reshape(1, 3, 3, 1)
    ask(answer.max_pool_gradient, x, np.array([[4.0, 8.0], [12.0, 16.0]]).reshape(1, 2, 2, 1), 2, 1)
    ask(answer.max_pool_gradient, normal((2, 6, 5, 3)), normal((2, 3, 2, 3)), 2, 2)
    ties = ask.draw.integers(-2, 1, (2, 7, 9, 3)).astype(float)
    ask(answer.max_pool_gradient, ties, normal((2, 3, 4, 3)), 3, 2)


exercise = Exercise(
    title="The gradient of max pooling",
    page="theory/pooling.md",
    hints=(
        "For each output, find where in its window the largest number stands, and then where "
        "that is in the image.",
        "dx[n, h, w, c] is the sum of dy[n, p, q, c] over the windows in which (h, w) won: "
        "theory/pooling.md (2). np.argmax gives the first of equal ones, counted in the "
        "flattened window; np.unravel_index makes a row and a column of that.",
        "dx = zeros; for each image, window and channel: (i, j) = where the first largest "
        "stands in the window; to dx at (top of the window + i, left of it + j) add dy",
    ),
    mistakes=(
        Mistake(
            "all equal largest cells get the gradient, so that it is doubled: only the first "
            "of them wins",
            {
                "dx[n, top + i, left + j, c] += dy[n, p, q, c]": (
                    "dx[n, top:top + size, left:left + size, c] += (window == window[i, j]) * "
                    "dy[n, p, q, c]"
                )
            },
        ),
        Mistake(
            "equal largest cells share the gradient: the first of them gets all of it",
            {
                "dx[n, top + i, left + j, c] += dy[n, p, q, c]": (
                    "dx[n, top:top + size, left:left + size, c] += (window == window[i, j]) * "
                    "dy[n, p, q, c] / np.sum(window == window[i, j])"
                )
            },
        ),
        Mistake(
            "of equal largest cells the last gets the gradient: the first shall, reading row "
            "by row",
            {
                "i, j = np.unravel_index(np.argmax(window), window.shape)": (
                    "i, j = np.argwhere(window == window.max())[-1]"
                )
            },
        ),
        Mistake(
            "of equal largest cells the first going down gets the gradient: read row by row",
            {
                "i, j = np.unravel_index(np.argmax(window), window.shape)": (
                    "j, i = np.unravel_index(np.argmax(window.T), window.shape)"
                )
            },
        ),
        Mistake(
            "a cell that wins in several windows keeps the gradient of the last alone: add them up",
            {"+= dy": "= dy"},
        ),
        Mistake(
            "the place in the window is taken for the place in the image: add where the window "
            "begins",
            {"top + i, left + j": "i, j"},
        ),
        Mistake(
            "row and column of the winner are exchanged",
            {"top + i, left + j": "top + j, left + i"},
        ),
        Mistake(
            "every cell of the window gets the gradient: only the one that won does",
            {"dx[n, top + i, left + j, c] +=": "dx[n, top : top + size, left : left + size, c] +="},
        ),
        Mistake(
            "each cell of the window gets an equal share, as in average pooling: all goes to "
            "the one that won",
            {
                "dx[n, top + i, left + j, c] += dy[n, p, q, c]": (
                    "dx[n, top : top + size, left : left + size, c] += dy[n, p, q, c] / size**2"
                )
            },
        ),
        Mistake(
            "the winning value is multiplied into the gradient: the derivative of a maximum is "
            "1 for the cell that won",
            {"+= dy": "+= window[i, j] * dy"},
        ),
        Mistake(
            "where all numbers of a window are negative the upper left cell gets the gradient: "
            "do not begin the search for the largest at 0",
            {"np.argmax(window)": "np.argmax(np.maximum(window, 0))"},
        ),
        Mistake(
            "all equal largest cells get the gradient, and where windows overlap the later one "
            "overwrites: the first of them gets it, and adds it to what it has",
            {
                "dx[n, top + i, left + j, c] += dy[n, p, q, c]": (
                    "dx[n, top:top + size, left:left + size, c] = (window == window[i, j]) * "
                    "dy[n, p, q, c]"
                )
            },
        ),
    ),
    read_next="scratch/pooling.py, `d_max_pool`: the same without loops over windows",
)
