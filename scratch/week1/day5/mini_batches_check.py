"""How `mini_batches` is checked: every order is right, so the batches are looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake

ASKED = ((7, 3, 1), (11, 4, 2), (11, 4, 2), (11, 4, 3), (6, 3, 4), (5, 8, 5))
"""How many samples there are, the size of a batch, and the generator's seed."""
ORDERS = 200
"""Orders of six samples in batches of two, each by a generator of its own."""
RARE, OFTEN = 8, 70
"""An order by chance has a sample at a place, or one after another, about 33 times of 200."""
FORM = "return a list of pairs (X_batch, y_batch), both of them arrays"
LAZY = "it yields its batches: return them in a list"
LOST = "the last, short batch is lost: 7 samples in batches of 3 are 3, 3 and 1"
PARTED = "a sample has lost its own target: X and y must be put in the same order"
TWICE = "some samples are there twice and others not at all: draw an order without repetition"
IN_ORDER = "the samples are not shuffled: draw an order from the generator first"
BLOCKS = "whole batches are shuffled: shuffle the samples, then cut"
OWN_DICE = "the same generator gives another order each time: draw from the one that is given"
OWN_SEED = "two different generators give the same order: draw from the one that is given"
INSIDE = "no sample ever leaves its batch: shuffle all of them first, then cut"
UNEVEN = (
    "the samples are hardly shuffled: each must be able to get to any place; `permutation` gives "
    "such an order"
)
ROTATED = (
    "samples that follow each other in the data still do so in the batches: each must be able to "
    "follow any other one; `permutation` gives such an order"
)
CHANGED = "X or y is shuffled in place: the caller's arrays must stay as they are"


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """n samples that can be told apart, each with 10 times its number for a target."""
    number = np.arange(n, dtype=float)
    return np.column_stack([number, number / 100]), 10 * number


def asked() -> list[tuple[int, int, int]]:
    """All that is asked for, the many orders last."""
    return [*ASKED, *((6, 2, 100 + i) for i in range(ORDERS))]


def probe(answer, ask: Ask) -> None:
    """Batches that fit and that do not, from generators alike and different; then many orders."""
    for n, size, seed in asked():
        ask(answer.mini_batches, *samples(n), size, np.random.default_rng(seed))


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the batches, if anything is."""
    orders = []
    for (n, size, _), answer in zip(asked(), answers, strict=True):
        if says := misshapen(answer.value, n, size):
            return says
        pairs = [(np.asarray(x), np.asarray(y)) for x, y in answer.value]
        X, y = (np.concatenate(part) for part in zip(*pairs, strict=True))
        if not np.array_equal(10 * X[:, 0], y):
            return PARTED
        if not np.array_equal(np.sort(y), 10 * np.arange(n)):
            return TWICE
        orders.append((y / 10).astype(int).tolist())
    if any(answer.changes for answer in answers):
        return CHANGED
    if all(order == sorted(order) for order in orders):
        return IN_ORDER
    if all(is_block(y) for answer in answers for _, y in answer.value):
        return BLOCKS
    if orders[1] != orders[2]:
        return OWN_DICE
    return unshuffled(np.array(orders[len(ASKED) :]))


def unshuffled(orders: np.ndarray) -> str | None:
    """What is wrong with many orders of six samples, `(ORDERS, 6)`, taken together."""
    if not np.ptp(orders, axis=0).any():
        return OWN_SEED
    if (orders // 2 == np.arange(6) // 2).all():
        return INSIDE
    at, after = np.zeros((6, 6)), np.zeros((6, 6))
    for order in orders:
        at[order, np.arange(6)] += 1
        after[order[1:], order[:-1]] += 1
    for counts, says in ((at.ravel(), UNEVEN), (after[~np.eye(6, dtype=bool)], ROTATED)):
        if counts.min() < RARE or counts.max() > OFTEN:
            return says
    return None


def misshapen(batches: Any, n: int, size: int) -> str | None:
    """What is wrong with batches before their numbers are looked at."""
    if str(batches).startswith("generator"):
        return LAZY
    if not isinstance(batches, list | tuple) or not all(is_pair(batch) for batch in batches):
        return FORM
    lengths = [len(x) for x, _ in batches]
    wanted = [size] * (n // size) + [n % size] * (n % size > 0)
    if lengths == wanted:
        return None
    if lengths == [size] * (n // size):
        return LOST
    return f"{n} samples in batches of {size} must have the lengths {wanted}; yours have {lengths}"


def is_block(targets: np.ndarray) -> bool:
    """Whether the samples with these targets follow one another in the data."""
    return bool(np.all(np.diff(targets) == 10))


def is_pair(batch: Any) -> bool:
    """Whether it is a table with two columns, and as many targets."""
    if not isinstance(batch, list | tuple) or len(batch) != 2:
        return False
    x, y = batch
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        return False
    return x.ndim == 2 and y.ndim == 1 and x.shape[1] == 2 and len(x) == len(y)


exercise = Exercise(
    title="Mini-batches",
    page="theory/optimizers.md",
    hints=(
        "Shuffle numbers, not samples: one order serves X and y.",
        "theory/optimizers.md, 'What it is for': the gradient of a batch is an estimate. X[order] "
        "puts rows in an order; X[a : b] may reach beyond the end, and is then shorter.",
        "draw an order of N; put X and y in it; for each start from 0 in steps of size, cut both "
        "from start to start + size, and collect the pairs",
    ),
    mistakes=(
        Mistake(LOST, {"range(0, len(X), size)": "range(0, len(X) - size + 1, size)"}),
        Mistake(PARTED, {"X, y = X[order], y[order]": "X = X[order]"}),
        Mistake(IN_ORDER, {"X, y = X[order], y[order]": ""}),
        Mistake(TWICE, {"permutation(len(X))": "integers(0, len(X), len(X))"}),
        Mistake(
            BLOCKS,
            {
                "X, y = X[order], y[order]": "",
                "starts = range(0, len(X), size)": (
                    "whole = (len(X) - 1) // size\n"
                    "    starts = [i * size for i in [*generator.permutation(whole), whole]]"
                ),
            },
        ),
        Mistake(OWN_DICE, {"generator.permutation": "__import__('numpy').random.permutation"}),
        Mistake(
            OWN_SEED,
            {"generator.permutation": "__import__('numpy').random.default_rng(0).permutation"},
        ),
        Mistake(
            INSIDE,
            {
                "generator.permutation(len(X))": (
                    "[i for start in range(0, len(X), size) "
                    "for i in generator.permutation(range(start, min(start + size, len(X))))]"
                )
            },
        ),
        Mistake(
            ROTATED,
            {
                "order = generator.permutation(len(X))": (
                    "first = generator.integers(len(X))\n"
                    "    order = [*range(first, len(X)), *range(first)]"
                )
            },
        ),
        Mistake(
            UNEVEN,
            {
                "order = generator.permutation(len(X))": (
                    "order, (i, j) = list(range(len(X))), generator.integers(0, len(X), 2)\n"
                    "    order[i], order[j] = order[j], order[i]"
                )
            },
        ),
        Mistake(
            FORM, {"(X[start : start + size], y[start : start + size])": "X[start : start + size]"}
        ),
        Mistake(LAZY, {"return [": "return (", "in starts]": "in starts)"}),
        Mistake(CHANGED, {"X, y = X[order], y[order]": "X[:], y[:] = X[order], y[order]"}),
    ),
    judge=judge,
    read_next="brain/training.py, `batches`: the project's own, by seed and epoch",
)
