"""How `canonical_weights` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Weights that count up, then random ones with unequal axes, one of them square."""
    ask(answer.dense_weight, np.arange(6.0).reshape(2, 3))
    ask(answer.dense_weight, ask.draw.standard_normal((4, 4)))
    ask(answer.conv_weight, np.arange(12.0).reshape(1, 2, 2, 3))
    ask(answer.conv_weight, ask.draw.standard_normal((3, 3, 2, 5)))
    ask(answer.weight_after_flatten, np.arange(12.0).reshape(12, 1), 2, 3, 2)
    ask(answer.weight_after_flatten, ask.draw.standard_normal((24, 5)), 2, 3, 4)


exercise = Exercise(
    title="Weights into PyTorch",
    page="theory/rosetta.md",
    hints=(
        "Write down what each axis means, before and after. `reshape` never moves an axis.",
        "The rows 'Dense: weight', 'convolution: weight' and 'flatten' of theory/rosetta.md; the "
        "indices of (1) in theory/conv2d.md name a convolution's axes. NumPy's `transpose` takes "
        "the old axes in their new order.",
        "dense: transposed. conv: axes out, in, height, width. flatten: rows as (height, width, "
        "channels, H); axes H, channels, height, width; then all but the first made one",
    ),
    mistakes=(
        Mistake(
            "the dense weight is not transposed: nn.Linear keeps (out, in), and a square one "
            "raises no error",
            {"weight.T": "weight"},
        ),
        Mistake(
            "`reshape` cuts the same numbers in another way: to exchange axes, transpose",
            {"weight.T": "weight.reshape(weight.shape[1], weight.shape[0])"},
        ),
        Mistake(
            "the convolution's in and out are exchanged: PyTorch has out first, then in",
            {"weight.transpose(3, 2, 0, 1))": "weight.transpose(2, 3, 0, 1))"},
        ),
        Mistake(
            "all axes are reversed, `.T` does that: height and width are exchanged too",
            {"weight.transpose(3, 2, 0, 1))": "weight.T)"},
        ),
        Mistake(
            "`reshape` gives a convolution's weight its shape but mixes its numbers: move axes",
            {
                "torch.tensor(weight.transpose(3, 2, 0, 1))": "torch.tensor("
                "weight.reshape(*weight.shape[:1:-1], *weight.shape[:2]))"
            },
        ),
        Mistake(
            "the weight behind `Flatten` is only transposed: its rows are still as (H, W, C)",
            {"image.transpose(3, 2, 0, 1).reshape(image.shape[-1], -1)": "weight.T"},
        ),
        Mistake(
            "the rows are cut as (C, H, W), which they are not: cut as (H, W, C), then move axes",
            {
                "reshape(height, width, channels, -1)": "reshape(channels, height, width, -1)",
                "image.transpose(3, 2, 0, 1)": "image.transpose(3, 1, 2, 0)",
            },
        ),
        Mistake(
            "height and width are exchanged in the weight behind `Flatten`",
            {"image.transpose(3, 2, 0, 1)": "image.transpose(3, 2, 1, 0)"},
        ),
    ),
    uses=("numpy", "torch"),
    read_next="torch_nn/layers.py, `LAYOUTS`, and torch_nn/images.py; theory/rosetta.md as a whole",
)
