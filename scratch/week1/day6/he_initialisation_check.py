"""How `he_initialisation` is checked: its numbers are random, so their size is looked at."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake

ASKED = ((3, 5), (400, 100), (400, 100), (100, 400), (3, 8000), (20, 1500))
FORM = "return one array of floating-point numbers"
SHAPE = "the shape is {got}, not {wanted}: a row for each input, a column for each unit"
AGAIN = "two calls give the same weights: draw anew in each call, and set no seed in the function"
ALIKE = "all weights are the same, so all units would stay the same: draw them at random"
UNITS = "all units have the same weights, and would stay the same: draw every weight by itself"
REPEATED = "the same numbers come again and again: draw every weight by itself"
NOT_NORMAL = (
    "the standard deviation is right, the distribution is not a normal one: np.random.randn draws "
    "from it"
)
POSITIVE = "the mean is not 0: np.random.randn draws on both sides of it, np.random.rand does not"
UNSCALED = "the standard deviation is 1 whatever the size: multiply by sqrt(2 / fan_in)"
FAN_OUT = "the standard deviation is sqrt(2 / fan_out): what counts is fan_in"
NO_TWO = "the standard deviation is sqrt(1 / fan_in): ReLU cuts half away, hence the 2"
NO_ROOT = "2 / fan_in is the variance: the standard deviation is its square root"
DIVIDED = "you divide by sqrt(2 / fan_in): multiply"
GLOROT = "sqrt(2 / (fan_in + fan_out)) is Glorot's rule: He's has fan_in alone"
OTHER = "the standard deviation for fan_in {fan_in} is {got:.3g}; it must be {wanted:.3g}"
KNOWN = (
    (UNSCALED, lambda fan_in, fan_out: 1.0),
    (FAN_OUT, lambda fan_in, fan_out: (2 / fan_out) ** 0.5),
    (NO_TWO, lambda fan_in, fan_out: (1 / fan_in) ** 0.5),
    (NO_ROOT, lambda fan_in, fan_out: 2 / fan_in),
    (DIVIDED, lambda fan_in, fan_out: (fan_in / 2) ** 0.5),
    (GLOROT, lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5),
)
"""Other sizes, as functions of fan_in and fan_out."""


def probe(answer, ask: Ask) -> None:
    """A small table for the shape, then some that are large enough to be measured."""
    for fan_in, fan_out in ASKED:
        ask(answer.he_initialisation, fan_in, fan_out)


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the weights, if anything is."""
    drawn = [answer.value for answer in answers]
    for wanted, W in zip(ASKED, drawn, strict=True):
        if not isinstance(W, np.ndarray) or W.dtype.kind != "f":
            return FORM
        if W.shape != wanted:
            return SHAPE.format(got=W.shape, wanted=wanted)
    if any(np.ptp(W) == 0 for W in drawn):
        return ALIKE
    if np.array_equal(drawn[1], drawn[2]):
        return AGAIN
    if any(not np.ptp(W, axis=1).any() for W in drawn):
        return UNITS
    if any(len(np.unique(W)) < 0.9 * W.size for W in drawn):
        return REPEATED
    if any(abs(W.mean()) > 0.05 * W.std() for W in drawn[1:]):
        return POSITIVE
    if all(
        near(W, (2 / fan_in) ** 0.5) for (fan_in, _), W in zip(ASKED[1:], drawn[1:], strict=True)
    ):
        return None if all(map(normal, drawn[1:])) else NOT_NORMAL
    for says, size in KNOWN:
        if all(near(W, size(*fans)) for fans, W in zip(ASKED[1:], drawn[1:], strict=True)):
            return says
    sizes = [(2 / fan_in) ** 0.5 for fan_in, _ in ASKED]
    first = next(i for i, W in enumerate(drawn) if i and not near(W, sizes[i]))
    return OTHER.format(fan_in=ASKED[first][0], got=drawn[first].std(), wanted=sizes[first])


def near(W: np.ndarray, size: float) -> bool:
    """Whether that is their standard deviation: of 24,000 numbers it is hardly ever off by 2 %."""
    return bool(abs(W.std() / size - 1) < 0.05)


def normal(W: np.ndarray) -> bool:
    """Whether 4.6 % of the numbers, or nearly so, are beyond two standard deviations."""
    return bool(0.038 < np.mean(np.abs(W) > 2 * W.std()) < 0.054)


exercise = Exercise(
    title="He's initial weights",
    page="theory/initial-values.md",
    hints=(
        "Draw standard normal numbers of the right shape, then bring them to the right size.",
        "Variance 2 / fan_in: (2) of theory/initial-values.md. np.random.randn(rows, columns) has "
        "variance 1, and a factor c makes it c^2.",
        "normal numbers with fan_in rows and fan_out columns, times the root of (2 over fan_in)",
    ),
    mistakes=(
        Mistake(FAN_OUT, {"2 / fan_in": "2 / fan_out"}),
        Mistake(NO_TWO, {"2 / fan_in": "1 / fan_in"}),
        Mistake(NO_ROOT, {"np.sqrt(2 / fan_in)": "2 / fan_in"}),
        Mistake(DIVIDED, {"* np.sqrt": "/ np.sqrt"}),
        Mistake(GLOROT, {"2 / fan_in": "2 / (fan_in + fan_out)"}),
        Mistake(UNSCALED, {" * np.sqrt(2 / fan_in)": ""}),
        Mistake(POSITIVE, {"randn": "rand"}),
        Mistake(
            REPEATED,
            {"np.random.randn(fan_in, fan_out)": "np.sign(np.random.randn(fan_in, fan_out))"},
        ),
        Mistake(
            UNITS,
            {
                "np.random.randn(fan_in, fan_out)": (
                    "np.repeat(np.random.randn(fan_in, 1), fan_out, axis=1)"
                )
            },
        ),
        Mistake(
            NOT_NORMAL,
            {
                "np.random.randn(fan_in, fan_out)": (
                    "np.random.uniform(-(3**0.5), 3**0.5, (fan_in, fan_out))"
                )
            },
        ),
        Mistake(ALIKE, {"np.random.randn(fan_in, fan_out)": "np.ones((fan_in, fan_out))"}),
        Mistake(AGAIN, {"return np": "np.random.seed(0)\n    return np"}),
        Mistake(
            SHAPE.format(got=(5, 3), wanted=(3, 5)),
            {"randn(fan_in, fan_out)": "randn(fan_out, fan_in)"},
        ),
    ),
    judge=judge,
    read_next="theory/initial-values.md, 'Worked example': a signal through twenty layers",
)
