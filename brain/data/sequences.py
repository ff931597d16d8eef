"""Tasks that only a memory solves: what is asked for at the end was seen long before."""

from __future__ import annotations

import numpy as np

from brain.data.dataset import Dataset, split_rows
from brain.data.options import whole_number
from brain.randomness import generator

ROWS = (20, 100_000)
LETTERS = tuple("abcdefgh")
BLANK, MARKER = len(LETTERS), len(LETTERS) + 1


def adding(
    *, n: int = 2000, length: int = 50, test_fraction: float = 0.2, seed: int = 0
) -> Dataset:
    """Which two numbers were marked, and what is their sum: x `(N, T, 2)`, y `(N, 1)`.

    `n` sequences (20 to 100,000) of `length` T steps (2 to 1,000). x[..., 0] is uniform in [0, 1);
    x[..., 1] is 1 at one step of the first half and at one of the second, else 0; y is the sum of
    the two numbers so marked. Always answering 1 has a mean squared error of 1/6.

    In this form from M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural
    networks", ICML (2016), section 5. The original is S. Hochreiter and J. Schmidhuber, "Long
    short-term memory", Neural Computation 9 (1997), experiment 4: numbers in [-1, 1], marks in
    the first ten steps and in the first half, -1 as the mark of both ends, lengths from T to
    1.1 T, and the target 0.5 + (the sum) / 4.
    """
    whole_number("n", n, *ROWS)
    length = whole_number("length", length, 2, 1000)
    draws = generator(seed, "adding")
    x = np.zeros((n, length, 2), dtype=np.float32)
    x[..., 0] = draws.random((n, length), dtype=np.float32)
    rows, half = np.arange(n), length // 2
    for low, high in ((0, half), (half, length)):
        x[rows, draws.integers(low, high, n), 1] = 1
    y = np.sum(x[..., 0] * x[..., 1], axis=1, keepdims=True)  # (N, 1)
    train, test = split_rows(y, test_fraction, seed, "adding split")
    title = f"Adding: two marked numbers among {length}"
    return Dataset("adding", x[train], y[train], x[test], y[test], "regression", (), title)


def copy(
    *,
    n: int = 2000,
    symbols: int = 10,
    delay: int = 30,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Remember letters through a delay, then write them down: ids x `(N, T)`, labels y `(N, T)`.

    T = `delay` + 2 `symbols`; `n` sequences (20 to 100,000), `symbols` 1 to 100, `delay` 1 to
    1,000. x is `symbols` letters drawn from eight, `delay` - 1 blanks, a marker, `symbols`
    blanks. y is `delay` + `symbols` blanks, then the letters. Without a memory the best loss is
    `symbols` log(8) / T nats a step: blanks first, any letter after the marker. With few symbols
    (8^`symbols` not far above `n`) test rows are among the training rows too.

    M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural networks", ICML (2016),
    section 5, after S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation
    9 (1997); there `symbols` is 10 and `delay` is called T. `classes` name ids and labels alike,
    so the marker is a class that is never the answer.
    """
    whole_number("n", n, *ROWS)
    symbols = whole_number("symbols", symbols, 1, 100)
    delay = whole_number("delay", delay, 1, 1000)
    letters = generator(seed, "copy").integers(len(LETTERS), size=(n, symbols))
    x = np.full((n, delay + 2 * symbols), BLANK)  # (N, T)
    y = x.copy()
    x[:, :symbols] = y[:, -symbols:] = letters
    x[:, symbols + delay - 1] = MARKER
    train, test = split_rows(y, test_fraction, seed, "copy split")
    classes = (*LETTERS, "blank", "marker")
    title = f"Copy: {symbols} letters, remembered for {delay} steps"
    return Dataset("copy", x[train], y[train], x[test], y[test], "classification", classes, title)
