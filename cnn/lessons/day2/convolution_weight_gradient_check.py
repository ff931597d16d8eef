"""How `convolution_weight_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The gradient of theory/conv2d.md, then channels and filters, then a stride."""
    normal = ask.draw.standard_normal
    x = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 1.0], [0.0, 2.0, 4.0]]).reshape(1, 3, 3, 1)
    dz = np.array([[1.0, -1.0], [2.0, 0.5]]).reshape(1, 2, 2, 1)
    ask(answer.convolution_weight_gradient, x, dz, 2, 2)
    ask(answer.convolution_weight_gradient, normal((2, 6, 4, 3)), normal((2, 4, 3, 4)), 3, 2)
    ask(answer.convolution_weight_gradient, normal((2, 8, 9, 3)), normal((2, 3, 4, 4)), 3, 2, 2)


exercise = Exercise(
    title="The gradient of a convolution's weights",
    page="theory/conv2d.md",
    hints=(
        "What is the gradient of W in Z = A W + b of a dense layer? Bring x and dz into the "
        "shapes of A and Z, and the result into the shape of the filters.",
        "dW = A^T dZ, and db is the sum of dZ over everything but the filters: "
        "theory/conv2d.md (7) and (3).",
        "patches = im2col of x; rows = dz as a matrix with F columns; dweight = patches "
        "transposed times rows, reshaped to the filters; dbias = the sum of rows over its "
        "first axis",
    ),
    mistakes=(
        Mistake(
            "each window overwrites what the ones before it gave, so that only the last "
            "counts: a weight is shared by all windows, so add up",
            {"patches.T @ rows": "patches[-1:].T @ rows[-1:]"},
        ),
        Mistake(
            "dbias is summed over the images alone: a bias was added at every place too",
            {"rows.sum(axis=0)": "dz.sum(axis=0)"},
        ),
        Mistake(
            "dbias is averaged: the gradient of every output counts in full, so add up",
            {"rows.sum(axis=0)": "rows.mean(axis=0)"},
        ),
        Mistake(
            "dz is read as if the filters were its first axis, which mixes them: they are the "
            "last, so reshape to F columns",
            {"dz.reshape(-1, filters)": "dz.reshape(filters, -1).T"},
        ),
        Mistake(
            "dweight comes out of the product in the order i, j, c, f: it is reshaped here as "
            "if the channels came first",
            {
                "return dweight.reshape(kh, kw, channels, filters)": (
                    "return dweight.reshape(channels, kh, kw, filters).transpose(1, 2, 0, 3)"
                ),
            },
        ),
        Mistake(
            "dweight has its filters first: here they are the last axis, (kh, kw, C, F)",
            {
                "return dweight.reshape(kh, kw, channels, filters)": (
                    "return dweight.T.reshape(filters, kh, kw, channels)"
                ),
            },
        ),
        Mistake(
            "dweight is divided by the number of images: whoever gave dz has taken the mean "
            "already",
            {"patches.T @ rows": "patches.T @ rows / len(x)"},
        ),
        Mistake(
            "dweight is left a matrix: give it the shape of the filters, (kh, kw, C, F)",
            {"return dweight.reshape(kh, kw, channels, filters)": "return dweight"},
        ),
        Mistake(
            "dbias keeps the last gradient alone: a bias was added at every place, so add up",
            {"rows.sum(axis=0)": "rows[-1]"},
        ),
        Mistake(
            "the windows begin one cell apart: use the stride, as on the way forward",
            {
                "im2col(x, kh, kw, stride)": (
                    "im2col(x[:, : dz.shape[1] + kh - 1, : dz.shape[2] + kw - 1], kh, kw)"
                )
            },
        ),
    ),
    read_next="scratch/images.py, `_d_weight`: the same product, piece by piece",
)
