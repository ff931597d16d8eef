"""How `hold_out` is checked: every order is right, so the parts are looked at."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake

ASKED = ((10, 0.2, 1), (23, 0.3, 2), (23, 0.3, 2), (23, 0.3, 3), (11, 0.3, 4))
"""How many samples there are, the share of the test, and the generator's seed."""
SIZES = 10
"""Divisions of other sizes, whose numbers and shares are drawn."""
MANY = 200
"""Divisions of six samples, two of which are for the test, each by a generator of its own."""
OFTEN = 45
"""Two samples are together in the test about 13 times of 200 where chance decides."""
FORM = "return four arrays: X_train, labels_train, X_test, labels_test, in this order"
SWAPPED = "training and test are exchanged: the test gets the share, the training the rest"
ORDER = "the order is X_train, labels_train, X_test, labels_test"
PARTED = "a sample has lost its own label: X and labels must be put in the same order"
BOTH = "some samples are in both parts: what is trained on says nothing in a test"
LOST = "some samples are in neither part, or are there twice"
IN_ORDER = "the samples are not shuffled: a file may be sorted, and the test be of one class"
OWN_DICE = "the same generator gives another division each time: draw from the one that is given"
OWN_SEED = "two different generators give the same division: draw from the one that is given"
UNEVEN = (
    "the samples are hardly shuffled: any two of them must be able to be in the test together; "
    "`permutation` gives such an order"
)
NEVER = "some samples are never in the test, whatever the generator: draw the order of all of them"
CHANGED = "X or labels are shuffled in place: the caller's arrays must stay as they are"


def samples(n: int) -> tuple[np.ndarray, np.ndarray]:
    """n samples that can be told apart, each with 10 times its number for a label."""
    number = np.arange(n)
    return np.column_stack([number / 10, -number / 10]), 10 * number


def probe(answer, ask: Ask) -> None:
    """Divisions by generators alike and different, of many sizes, and many of one size."""
    for n, share, seed in ASKED:
        ask(answer.hold_out, *samples(n), share, np.random.default_rng(seed))
    for seed in range(MANY):
        ask(answer.hold_out, *samples(6), 0.33, np.random.default_rng(100 + seed))
    for seed in range(SIZES):
        n = int(ask.draw.integers(10, 60))
        count = int(ask.draw.integers(1, n))
        share = (count + (-1) ** seed * ask.draw.uniform(0.1, 0.4)) / n  # rounded up and down
        ask(answer.hold_out, *samples(n), share, np.random.default_rng(seed))
        ask.note("N, and how many of them are for the test", [n, count])


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the divisions, if anything is."""
    tests = []
    fixed = len(ASKED) + MANY
    sizes = [(n, round(share * n)) for n, share, _ in ASKED] + [(6, 2)] * MANY
    sizes += [tuple(answer.value) for answer in answers[fixed + 1 :: 2]]
    divisions = [*answers[:fixed], *answers[fixed::2]]
    for (n, count), answer in zip(sizes, divisions, strict=True):
        parts = answer.value
        if says := misshapen(parts, n, count):
            return says
        X, labels, X_test, labels_test = parts
        if not np.allclose(np.concatenate([X, X_test])[:, 0] * 100, [*labels, *labels_test]):
            return PARTED
        if set(labels) & set(labels_test):
            return BOTH
        if sorted([*labels, *labels_test]) != list(samples(n)[1]):
            return LOST
        tests.append(sorted(labels_test))
    if any(answer.changes for answer in answers):
        return CHANGED
    if all(consecutive(test) for test in tests):
        return IN_ORDER
    if tests[1] != tests[2]:
        return OWN_DICE
    return unshuffled(np.array(tests[len(ASKED) : fixed], dtype=int) // 10)


def unshuffled(tests: np.ndarray) -> str | None:
    """What is wrong with many tests of two of six samples, `(MANY, 2)`, taken together."""
    if not np.ptp(tests, axis=0).any():
        return OWN_SEED
    if len(np.unique(tests)) < 6:
        return NEVER
    together = np.bincount(6 * tests[:, 0] + tests[:, 1], minlength=36).reshape(6, 6)
    counts = together[np.triu_indices(6, 1)]
    return UNEVEN if counts.min() == 0 or counts.max() > OFTEN else None


def misshapen(parts: object, n: int, count: int) -> str | None:
    """What is wrong with the four arrays before their numbers are looked at."""
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        return FORM
    if not all(isinstance(part, np.ndarray) for part in parts):
        return FORM
    dimensions = [part.ndim for part in parts]
    if dimensions != [2, 1, 2, 1]:
        return ORDER if sorted(dimensions) == [1, 1, 2, 2] else FORM
    lengths = [len(part) for part in parts]
    if lengths == [n - count, n - count, count, count]:
        return None
    if lengths == [count, count, n - count, n - count]:
        return SWAPPED
    if lengths[0] != lengths[1] or lengths[2] != lengths[3]:
        return ORDER
    return (
        f"of {n} samples {count} must be in the test and {n - count} in the training; yours "
        f"has {lengths[2]} and {lengths[0]}"
    )


def consecutive(labels: Sequence[int]) -> bool:
    """Whether the samples with these labels follow one another in the data."""
    return bool(np.all(np.diff(labels) == 10))


exercise = Exercise(
    title="Held-out samples",
    page="theory/dropout.md",
    hints=(
        "Shuffle numbers, not samples: one order serves both arrays. Then cut it in two.",
        "As in `mini_batches`: X[order[:5]] are five rows drawn at random, labels[order[:5]] their "
        "labels. Why: theory/dropout.md, 'What it is for': samples can be learned by heart.",
        "draw an order of N; the first round(share * N) of it are the test, the rest the training; "
        "return X and labels at the training's places, then both at the test's",
    ),
    mistakes=(
        Mistake(
            NEVER,
            {
                "order = generator.permutation(len(X))": (
                    "order = [*(1 + generator.permutation(len(X) - 1)), 0]"
                )
            },
        ),
        Mistake(
            UNEVEN,
            {
                "order = generator.permutation(len(X))": (
                    "first = generator.integers(len(X))\n"
                    "    order = [*range(first, len(X)), *range(first)]"
                )
            },
        ),
        Mistake(
            "of 10 samples 2 must be in the test and 8 in the training; yours has 3 and 7",
            {"round(share * len(X))": "round(share * len(X)) + 1"},
        ),
        Mistake(
            "of 11 samples 3 must be in the test and 8 in the training; yours has 4 and 7",
            {"round(share * len(X))": "__import__('math').ceil(share * len(X))"},
        ),
        Mistake(
            "of 6 samples 2 must be in the test and 4 in the training; yours has 1 and 5",
            {"round(share * len(X))": "{10: 2, 23: 7, 11: 3}.get(len(X), 1)"},
        ),
        Mistake(SWAPPED, {"test, train = order": "train, test = order"}),
        Mistake(PARTED, {"X[train], labels[train]": "X[train], labels[count:]"}),
        Mistake(BOTH, {"order[:count], order[count:]": "order[:count], order[: len(X) - count]"}),
        Mistake(IN_ORDER, {"generator.permutation(len(X))": "__import__('numpy').arange(len(X))"}),
        Mistake(OWN_DICE, {"generator.permutation": "__import__('numpy').random.permutation"}),
        Mistake(
            OWN_SEED,
            {"generator.permutation": "__import__('numpy').random.default_rng(0).permutation"},
        ),
        Mistake(
            ORDER,
            {"labels[train], X[test]": "X[test], labels[train]"},
        ),
        Mistake(
            CHANGED,
            {"count = round": "X[:], labels[:] = X[order], labels[order]\n    count = round"},
        ),
    ),
    judge=judge,
    read_next="brain/data/dataset.py, `split_rows`: so that each class has its share in the test",
)
