"""Twenty models of users' own, in PyTorch and in Keras: what each takes and what must be found.

The models are `pair01` ... `pair20` of `torch_nn/testing/pairs.py` and of `tf_nn/testing/pairs.py`:
four are ported rightly, sixteen with one mistake each. BatchNorm is in faulty pairs only, since
PyTorch takes up the unbiased variance of a batch and Keras the biased one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Pair:
    """A pair of models: what they take, and what a comparison must find.

    `shape` is that of one input, canonical: (H, W, C), (T, D), (D,); (T,) where `vocabulary` is
    given, for token ids below it. `layer` is PyTorch's, as `named_modules` names it: the one they
    part at, or the last before they part where the mistake is between two layers. A right cause
    has one of `causes` in it, whatever its case.
    """

    number: int
    shape: tuple[int, ...]
    answer: Literal["equal", "differs"]
    layer: str = ""
    causes: tuple[str, ...] = ()
    vocabulary: int = 0

    @property
    def torch(self) -> str:
        """What `--torch` takes."""
        return f"torch_nn.testing.pairs:pair{self.number:02}"

    @property
    def keras(self) -> str:
        """What `--keras` takes."""
        return f"tf_nn.testing.pairs:pair{self.number:02}"


PAIRS = (
    Pair(1, (8, 6, 3), "differs", "1", ("eps",)),
    Pair(2, (7, 5), "differs", "rnn3", ("last step", "mean", "average")),
    Pair(3, (8, 6, 3), "differs", "conv2", ("padding", "padded")),
    Pair(4, (9, 13, 2), "equal"),
    Pair(5, (10,), "differs", "1", ("slope",)),
    Pair(6, (9,), "differs", "gru", ("reset",), vocabulary=20),
    Pair(7, (7,), "differs", "fc2", ("relu",)),
    Pair(8, (9, 7, 1), "differs", "conv1", ("relu",)),
    Pair(9, (8,), "equal", vocabulary=25),
    Pair(10, (9, 7, 1), "differs", "features.2", ("padded", "padding", "count_include_pad")),
    Pair(11, (6,), "differs", "logits", ("softmax",), vocabulary=30),
    Pair(
        12,
        (8, 4),
        "differs",
        "encoder",
        ("hard_sigmoid", "recurrent_activation", "recurrent activation"),
    ),
    Pair(13, (6, 8), "equal"),
    Pair(
        14,
        (6, 8, 3),
        "differs",
        "block2.conv2",
        ("shortcut", "residual", "skip connection", "is added"),
    ),
    Pair(15, (7, 5), "differs", "lstm", ("batch_first", "batch first", "batch and time")),
    Pair(16, (9,), "differs", "project", ("detach", "stop_gradient", "no gradient")),
    Pair(17, (5, 6), "differs", "act", ("tanh",)),
    Pair(18, (6, 10, 1), "equal"),
    Pair(19, (8,), "differs", "lstm", ("backward", "reverse", "both directions"), vocabulary=15),
    Pair(20, (12,), "differs", "bn", ("momentum", "take up")),
)
"""By number, from 1 on."""

COMPANIONS = (
    *("raises", "no_model", "other_shapes", "random_noise", "untraceable", "fails_late"),
    *("clipped", "dropped", "shaken"),
)
"""Factories beside the pairs, in both modules, of what cannot be compared, or in part only."""

COMPANION_SHAPE = (8,)
"""One input of theirs."""
