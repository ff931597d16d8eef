"""Truncated backpropagation through time: a long text read in order, in windows.

The state at the end of a window is where the next one begins, and no gradient flows back into the
window before. R. J. Williams and J. Peng, "An efficient gradient-based algorithm for on-line
training of recurrent network trajectories", Neural Computation 2 (1990); theory/memory.md (7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from brain.engine import Network
from brain.errors import UserError
from brain.parameters import Arrays
from brain.stage import Tick

Array = NDArray[Any]


def windows_in_order(ids: Array, streams: int, window: int) -> Iterator[tuple[Array, Array]]:
    """Windows x and their next characters y, `(streams, window)` each, that follow each other.

    The text `ids (M,)` is cut into `streams` equal parts, which are read side by side; what is left
    over at the end of a part, less than a window, is not read. UserError for a text too short.
    """
    long = (len(ids) - 1) // streams
    if long < window:
        raise UserError(
            f"{len(ids)} characters are too few for {streams} streams of {window} steps: take "
            "fewer streams or a shorter window."
        )
    x, y = (ids[k : k + streams * long].reshape(streams, long) for k in (0, 1))
    for start in range(0, long - window + 1, window):
        part = slice(start, start + window)
        yield x[:, part], y[:, part]


def learn(
    net: Network, ids: Array, streams: int, epochs: int, carried: bool = True
) -> Iterator[Tick]:
    """Train on a text in order, in windows of the model's length; yields a `Tick` a step.

    With `carried` each window begins with the state that the one before left, and each epoch with
    zeros; without, every window begins with zeros. theory/memory.md (7)
    """
    window = net.model.input_shape[0]
    steps = epochs * (((len(ids) - 1) // streams) // window)
    done = 0
    for _ in range(epochs):
        state: Arrays = {}
        for x, y in windows_in_order(ids, streams, window):
            loss, after = net.train_step(x, y, carry=state)
            state = after if carried else {}
            done += 1
            yield Tick(done, steps, float(loss))


def from_zeros(net: Network, ids: Array) -> float:
    """Nats a character of a text in windows of the model's length, each read from zeros.

    `rnn.language.held_out` judges with the state carried from end to end instead.
    """
    x, y = next(windows_in_order(ids, 1, len(ids) - 1))
    window = net.model.input_shape[0]
    whole = x.shape[1] // window * window
    x, y = (a[0, :whole].reshape(-1, window) for a in (x, y))
    return net.evaluate(x, y)["loss"]
