"""How `sample_character` is checked."""

from numbers import Integral

import numpy as np

from brain.learn import Ask, Exercise, Mistake

LAST = 1 - 2**-53
"""The largest float64 below 1; ten times 0.1, added up, comes to no more."""


def probe(answer, ask: Ask) -> None:
    """Probabilities 0.2, 0.5, 0.3, cooled and heated; any; overflowing logits; where shares end."""
    logits = np.log(np.array([0.2, 0.5, 0.3]))
    for temperature, u in ((1.0, 0.4), (1.0, 0.1), (1.0, 0.9), (0.5, 0.12), (0.5, 0.7), (4.0, 0.3)):
        ask(answer.sample_character, logits, temperature, u)
    for temperature in (0.3, 0.7, 1.0, 2.0):
        some = 2 * ask.draw.standard_normal(12)
        for u in ask.draw.random(5):
            ask(answer.sample_character, some, temperature, float(u))
    ask(answer.sample_character, np.array([999.0, 1000.0, 1001.0]), 0.5, 0.5)
    for some, u in ((np.zeros(4), 0.25), (np.array([-1000.0, 0.0]), 0.0), (np.zeros(10), LAST)):
        number = ask(answer.sample_character, some, 1.0, u)
    ask.note("whether it is an integer", isinstance(number, Integral))


exercise = Exercise(
    title="Drawing a character",
    page="theory/language.md",
    hints=(
        "Two parts: probabilities from logits, and a character from probabilities. For the "
        "second, where does each share end?",
        "p_i = e^(z_i / T) / sum_j e^(z_j / T): theory/language.md (9). np.cumsum gives where "
        "the shares end.",
        "z = logits by temperature; e = exp of (z minus its largest); ends = running sum of e "
        "by its sum; return how many ends are not above u, but at most the last id",
    ),
    mistakes=(
        Mistake(
            "the temperature is not used: divide the logits by it",
            {"logits / temperature": "logits / 1"},
        ),
        Mistake(
            "the logits are multiplied with the temperature: divide them, so that a low one "
            "makes the likely likelier",
            {"logits / temperature": "logits * temperature"},
        ),
        Mistake(
            "the likeliest is always taken: draw by u",
            {"min(int(np.sum(shares <= u)), len(logits) - 1)": "int(np.argmax(z))"},
        ),
        Mistake(
            "u is compared with each probability, not with where the shares end: take the "
            "running sum",
            {"np.cumsum(e / e.sum())": "e / e.sum()"},
        ),
        Mistake(
            "it is the character before the one in whose share u lies",
            {"int(np.sum(shares <= u))": "max(int(np.sum(shares <= u)) - 1, 0)"},
        ),
        Mistake(
            "large logits overflow: subtract the largest before taking exponentials",
            {"z - z.max()": "z"},
        ),
        Mistake(
            "a number where one share ends belongs to the next: else u = 0 may draw a character of "
            "probability 0",
            {"shares <= u": "shares < u"},
        ),
        Mistake(
            "rounding may leave the last share's end a little below 1, and u above it: that is "
            "still the last character",
            {"min(int(np.sum(shares <= u)), len(logits) - 1)": "int(np.sum(shares <= u))"},
        ),
        Mistake(
            "the id is a float: return an integer",
            {
                "min(int(np.sum(shares <= u)), len(logits) - 1)": "min("
                "float(np.sum(shares <= u)), len(logits) - 1.0)"
            },
        ),
        Mistake(
            "the exponentials are not divided by their sum: shares end at 1",
            {"e / e.sum()": "e"},
        ),
        Mistake(
            "the shares are laid out from the likeliest on: they are in the order of the ids",
            {
                "z = logits / temperature": (
                    "order = np.argsort(-logits)\n    z = logits[order] / temperature"
                ),
                "min(int(np.sum(shares <= u)), len(logits) - 1)": (
                    "int(order[min(int(np.sum(shares <= u)), len(logits) - 1)])"
                ),
            },
        ),
        Mistake(
            "the probabilities are divided by the temperature: divide the logits, before softmax",
            {"logits / temperature": "logits / 1", "e / e.sum()": "e / e.sum() / temperature"},
        ),
        Mistake(
            "it is the character after the one in whose share u lies: ids are counted from 0",
            {"min(int(np.sum(shares <= u)), len(logits) - 1)": "int(np.sum(shares <= u)) + 1"},
        ),
        Mistake(
            "u is compared with one probability after the other: add them up on the way",
            {
                "min(int(np.sum(shares <= u)), len(logits) - 1)": (
                    "next((k for k, p in enumerate(e / e.sum()) if u < p), len(logits) - 1)"
                )
            },
        ),
        Mistake(
            "these are the probabilities: return the id of the one character that u draws",
            {"min(int(np.sum(shares <= u)), len(logits) - 1)": "e / e.sum()"},
        ),
    ),
    read_next=(
        "brain/sampling.py, `Sampling`: with a cut to the likeliest, and ties that engines agree on"
    ),
)
