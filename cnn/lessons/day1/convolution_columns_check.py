"""How `convolution_columns` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The image of theory/conv2d.md, channels and filters, then strides and paddings."""
    normal = ask.draw.standard_normal
    x = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 1.0], [0.0, 2.0, 4.0]]).reshape(1, 3, 3, 1)
    weight = np.array([[1.0, 0.0], [2.0, -1.0]]).reshape(2, 2, 1, 1)
    ask(answer.convolution_columns, x, weight, np.array([0.5]))
    ask(answer.convolution_columns, normal((2, 5, 4, 3)), normal((3, 2, 3, 4)), normal(4))
    ask(answer.convolution_columns, normal((2, 6, 9, 3)), normal((3, 2, 3, 4)), normal(4), 2, 1)
    ask(answer.convolution_columns, normal((1, 7, 11, 2)), normal((2, 3, 2, 3)), normal(3), 3, 2)


exercise = Exercise(
    title="A convolution by columns",
    page="theory/conv2d.md",
    hints=(
        "What shape has im2col's matrix, and what shape must the weights have so that the two "
        "can be multiplied and each column is a filter?",
        "Z = A W + b, with A of (N P Q, kh kw C), W of (kh kw C, F) and b of (F,): "
        "theory/conv2d.md (6).",
        "pad x; count the windows both ways; patches = im2col; z = patches times (weight as a "
        "matrix with F columns), plus bias; reshape z to images, filters last",
    ),
    mistakes=(
        Mistake(
            "the bias is left out: each filter adds its own to all its outputs", {" + bias": ""}
        ),
        Mistake(
            "the weights are read as a matrix with F rows and then transposed, which mixes the "
            "filters: F is their last axis already, so reshape to F columns",
            {"weight.reshape(-1, filters)": "weight.reshape(filters, -1).T"},
        ),
        Mistake(
            "the weights come channel by channel, the windows cell by cell: both must be in "
            "the order i, j, c",
            {"weight.reshape(-1, filters)": "weight.transpose(2, 0, 1, 3).reshape(-1, filters)"},
        ),
        Mistake(
            "the result is reshaped as if the filters came before the places: they are the "
            "columns of the product, so they stay the last axis",
            {
                "z.reshape(len(x), rows, columns, filters)": (
                    "z.reshape(len(x), filters, rows, columns).transpose(0, 2, 3, 1)"
                )
            },
        ),
        Mistake(
            "filters come second in the result: here they are the last axis, (N, P, Q, F)",
            {
                "return z.reshape(len(x), rows, columns, filters)": (
                    "return z.reshape(len(x), rows, columns, filters).transpose(0, 3, 1, 2)"
                )
            },
        ),
        Mistake(
            "rows and columns of the places are exchanged in the result: P comes before Q",
            {"len(x), rows, columns, filters": "len(x), columns, rows, filters"},
        ),
        Mistake(
            "the padding is not used: put the zeros around the images before everything else",
            {"zero_padding(x, padding)": "zero_padding(x, 0)"},
        ),
        Mistake(
            "the stride is not used: output_size and im2col both need it",
            {
                "output_size(x.shape[1], kh, stride)": "output_size(x.shape[1], kh)",
                "output_size(x.shape[2], kw, stride)": "output_size(x.shape[2], kw)",
                "im2col(x, kh, kw, stride)": "im2col(x, kh, kw)",
            },
        ),
        Mistake(
            "it fails where there is padding: the windows are counted on images that are "
            "padded already, so the padding does not count once more",
            {
                "output_size(x.shape[1], kh, stride)": (
                    "output_size(x.shape[1], kh, stride, padding)"
                ),
                "output_size(x.shape[2], kw, stride)": (
                    "output_size(x.shape[2], kw, stride, padding)"
                ),
            },
        ),
    ),
    read_next=(
        "scratch/images.py, `conv2d`: the same product, piece by piece so that it stays in the "
        "cache"
    ),
)
