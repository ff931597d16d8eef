"""How `convolution_loops` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The image of theory/conv2d.md, then channels and filters, then a stride."""
    normal = ask.draw.standard_normal
    x = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 1.0], [0.0, 2.0, 4.0]]).reshape(1, 3, 3, 1)
    weight = np.array([[1.0, 0.0], [2.0, -1.0]]).reshape(2, 2, 1, 1)
    ask(answer.convolution_loops, x, weight, np.array([0.5]))
    ask(answer.convolution_loops, normal((2, 6, 4, 3)), normal((3, 2, 3, 4)), normal(4))
    ask(answer.convolution_loops, normal((2, 8, 9, 3)), normal((3, 2, 3, 4)), normal(4), 2)


exercise = Exercise(
    title="A convolution by loops",
    page="theory/conv2d.md",
    hints=(
        "Count the loops before you write them: the output has four axes, and one number of it "
        "is made from one window and one filter.",
        "z[n, p, q, f] is the sum over i, j and c of x[n, p s + i, q s + j, c] w[i, j, c, f], "
        "plus b[f], with s the stride: theory/conv2d.md (1).",
        "for each image, each place (p, q) and each filter: cut out the window that begins at "
        "(p times stride, q times stride), all channels; multiply it with the filter's "
        "weights; add everything up, and the filter's bias once",
    ),
    mistakes=(
        Mistake(
            "the bias is left out: each filter adds its own to all its outputs", {" + bias[f]": ""}
        ),
        Mistake(
            "the bias is added to every product: it is added once, to their sum",
            {
                "np.sum(window * weight[:, :, :, f]) + bias[f]": (
                    "np.sum(window * weight[:, :, :, f] + bias[f])"
                )
            },
        ),
        Mistake(
            "the stride sets how many windows there are, but not where they begin: window p "
            "begins at row p times stride",
            {"p * stride, q * stride": "p, q"},
        ),
        Mistake(
            "the stride is not used: windows begin `stride` cells apart",
            {
                "output_size(x.shape[1], kh, stride)": "output_size(x.shape[1], kh)",
                "output_size(x.shape[2], kw, stride)": "output_size(x.shape[2], kw)",
                "p * stride, q * stride": "p, q",
            },
        ),
        Mistake(
            "only the first channel is read: a filter has weights for each channel, and adds "
            "up all of them",
            {"window * weight[:, :, :, f]": "window[:, :, 0] * weight[:, :, 0, f]"},
        ),
        Mistake(
            "all channels get the weights of the first: channel c is multiplied with weight[:, "
            ":, c, f]",
            {"window * weight[:, :, :, f]": "window * weight[:, :, :1, f]"},
        ),
        Mistake(
            "the products are averaged: they are added up",
            {"np.sum": "np.mean"},
        ),
        Mistake(
            "the kernel is rotated by 180 degrees: in a network it is laid on as it is",
            {"weight[:, :, :, f]": "weight[::-1, ::-1, :, f]"},
        ),
        Mistake(
            "every image gets the feature maps of the first one: image n is read from x[n]",
            {"x[n, ": "x[0, "},
        ),
        Mistake(
            "the bias is added once for each channel: it is added once to the sum over all "
            "channels",
            {" + bias[f]": " + x.shape[3] * bias[f]"},
        ),
        Mistake(
            "each channel overwrites the one before, so that only the last counts: add them up",
            {"window * weight[:, :, :, f]": "window[:, :, -1] * weight[:, :, -1, f]"},
        ),
        Mistake(
            "rows and columns of the places are exchanged in the result: P comes before Q",
            {"return z": "return z.swapaxes(1, 2)"},
        ),
        Mistake(
            "filters come second in the result: here they are the last axis, (N, P, Q, F)",
            {"return z": "return z.transpose(0, 3, 1, 2)"},
        ),
    ),
    read_next=(
        "scratch/images.py, `plain_conv2d`: the same in loops, with padding, dilation and groups"
    ),
)
