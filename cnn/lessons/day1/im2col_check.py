"""How `im2col` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The image of theory/conv2d.md, then several images and channels, then a stride."""
    x = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 1.0], [0.0, 2.0, 4.0]]).reshape(1, 3, 3, 1)
    ask(answer.im2col, x, 2, 2)
    ask(answer.im2col, ask.draw.standard_normal((3, 4, 5, 2)), 3, 2)
    ask(answer.im2col, ask.draw.standard_normal((2, 7, 9, 3)), 2, 3, 2)


exercise = Exercise(
    title="Windows as rows",
    page="theory/conv2d.md",
    hints=(
        "Start with one window: cut it out, and lay its numbers in one line with reshape. Then "
        "ask in which order the windows come.",
        "A[(n, p, q), (i, j, c)] = x[n, p s + i, q s + j, c]: theory/conv2d.md (5). The last "
        "of the indices in a bracket runs fastest.",
        "for each image, for each p, for each q: cut out the window (all channels), flatten "
        "it, put it below the others; return all of them as one array",
    ),
    mistakes=(
        Mistake(
            "each row has its numbers channel by channel: the channels of one cell shall lie "
            "side by side",
            {"window.reshape(-1)": "window.transpose(2, 0, 1).reshape(-1)"},
        ),
        Mistake(
            "the cells of a window are in the wrong order, column by column: go through it row "
            "by row",
            {"window.reshape(-1)": "window.transpose(1, 0, 2).reshape(-1)"},
        ),
        Mistake(
            "the windows are in the wrong order, place by place: first come all windows of the "
            "first image, then those of the second",
            {
                "np.array(patches)": (
                    "np.array(patches).reshape(len(x), rows * columns, -1)"
                    ".swapaxes(0, 1).reshape(len(patches), -1)"
                )
            },
        ),
        Mistake(
            "the windows of an image are in the wrong order, down first: go across first, row "
            "by row",
            {
                "np.array(patches)": (
                    "np.array(patches).reshape(len(x), rows, columns, -1)"
                    ".swapaxes(1, 2).reshape(len(patches), -1)"
                )
            },
        ),
        Mistake(
            "each window is a column here, as the name says and some books do: we make it a row",
            {"np.array(patches)": "np.array(patches).T"},
        ),
        Mistake(
            "the stride sets how many windows there are, but not where they begin: window p "
            "begins at row p times stride",
            {"p * stride, q * stride": "p, q"},
        ),
        Mistake(
            "the stride is not used: windows begin `stride` cells apart",
            {
                "output_size(h, kh, stride)": "output_size(h, kh)",
                "output_size(w, kw, stride)": "output_size(w, kw)",
                "p * stride, q * stride": "p, q",
            },
        ),
        Mistake(
            "only the first image is there: put the windows of the others below",
            {"in x:": "in x[:1]:"},
        ),
        Mistake(
            "the windows do not overlap, but should: with a stride of 1 the next one begins "
            "one cell further, not where the last one ends",
            {
                "output_size(h, kh, stride)": "output_size(h, kh, kh)",
                "output_size(w, kw, stride)": "output_size(w, kw, kw)",
                "p * stride, q * stride": "p * kh, q * kw",
            },
        ),
    ),
    read_next="theory/conv2d.md, 'Windows without copying': the same windows, by strides alone",
)
