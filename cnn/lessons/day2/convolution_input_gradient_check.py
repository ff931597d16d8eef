"""How `convolution_input_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The gradient of theory/conv2d.md, then channels and filters, then a stride."""
    normal = ask.draw.standard_normal
    dz = np.array([[1.0, -1.0], [2.0, 0.5]]).reshape(1, 2, 2, 1)
    weight = np.array([[1.0, 0.0], [2.0, -1.0]]).reshape(2, 2, 1, 1)
    ask(answer.convolution_input_gradient, dz, weight, (1, 3, 3, 1))
    some = normal((2, 4, 3, 4)), normal((3, 2, 3, 4))
    ask(answer.convolution_input_gradient, *some, (2, 6, 4, 3))
    ask(answer.convolution_input_gradient, *some, (2, 10, 7, 3), 2)


exercise = Exercise(
    title="The gradient of what a convolution reads",
    page="theory/conv2d.md",
    hints=(
        "Write down the forward loops once more. Every line of the form z += x w becomes dx += "
        "dz w.",
        "dx[n, h, w, c] is the sum of dz[n, p, q, f] w[i, j, c, f] over all windows and places "
        "in them that lie on (h, w), and over f: theory/conv2d.md (4).",
        "dx = zeros of the shape; for every p, for every q: to the window of dx that begins at "
        "(p times stride, q times stride), of all images, add (dz at p, q) times the weights, "
        "summed over the filters",
    ),
    mistakes=(
        Mistake(
            "where windows overlap, the later one overwrites the earlier: a cell collects from "
            "all windows that it lies in, so add",
            {"+= window": "= window"},
        ),
        Mistake(
            "the windows begin one cell apart: window p begins at row p times stride, as on "
            "the way forward",
            {"p * stride, q * stride": "p, q"},
        ),
        Mistake(
            "the kernel is rotated by 180 degrees where it is not needed: that belongs to the "
            "other way of writing it, as a convolution of dz; in a loop over windows the "
            "weights lie as they did before",
            {"back = dz @ weight.": "back = dz @ weight[::-1, ::-1]."},
        ),
        Mistake(
            "the weights are read as a matrix with F rows, which mixes the filters: reshape "
            "them to F columns, then transpose",
            {"weight.reshape(-1, filters).T": "weight.reshape(filters, -1)"},
        ),
        Mistake(
            "only the first filter sends its gradient back: sum over all of them",
            {
                "dz @ weight.reshape(-1, filters).T": (
                    "dz[..., :1] @ weight.reshape(-1, filters).T[:1]"
                )
            },
        ),
        Mistake(
            "the pieces are added channel by channel, but the weights are in the order i, j, c",
            {
                ".reshape(-1, kh, kw, channels)": (
                    ".reshape(-1, channels, kh, kw).transpose(0, 2, 3, 1)"
                )
            },
        ),
        Mistake(
            "dx is averaged over the images: each image gets its own gradient, in full",
            {"return dx": "return dx / len(dx)"},
        ),
        Mistake(
            "each filter overwrites what the one before it sent back, and each window too: add "
            "up both",
            {
                "dz @ weight.reshape(-1, filters).T": (
                    "dz[..., -1:] @ weight.reshape(-1, filters).T[-1:]"
                ),
                "+= window": "= window",
            },
        ),
    ),
    read_next="theory/conv2d.md (8): the same with k k products in place of P Q pieces",
)
