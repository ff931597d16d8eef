"""How `clip_norm` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Lengths that are known by heart, then too long ones, short ones, and zeros."""
    ask(answer.clip_norm, [np.array([3.0, 0.0]), np.array([-4.0])], 1.0)
    ask(answer.clip_norm, [np.array([3.0, 0.0]), np.array([-4.0])], 10.0)
    some = [ask.draw.standard_normal(shape) for shape in ((3, 4), (4, 4), (4,))]
    ask(answer.clip_norm, [4 * g for g in some], 2.0)
    ask(answer.clip_norm, [g / 10 for g in some], 2.0)
    ask(answer.clip_norm, [np.zeros((2, 3)), np.zeros(3)], 2.0)


exercise = Exercise(
    title="Clipping by the norm",
    page="theory/optimizers.md",
    hints=(
        "Two things: how long all of them are together, and the factor. When shall the factor "
        "be 1?",
        "g becomes g times min(1, c / ||g||), with ||g|| the length of all gradients as one "
        "vector: theory/optimizers.md (11).",
        "norm = the root of the sum, over all arrays, of all squares; if norm is more than the "
        "limit the factor is limit divided by norm, else 1; return every array times the factor",
    ),
    mistakes=(
        Mistake(
            "each array is shortened by itself, which changes the direction: take the length of "
            "all of them together",
            {
                "return [scale * g for g in gradients]": (
                    "return [g * (limit / max(limit, np.sqrt(np.sum(np.square(g))))) for g in "
                    "gradients]"
                )
            },
        ),
        Mistake(
            "single numbers are cut off at the limit, which changes the direction: multiply all "
            "of them with one factor",
            {"scale * g": "np.clip(g, -limit, limit)"},
        ),
        Mistake(
            "short gradients are made longer: the factor is never more than 1, and a length of "
            "0 is left alone",
            {"if norm > limit else 1.0": "if norm > 0 else 1.0"},
        ),
        Mistake(
            "the root is missing: the length is the root of the sum of squares",
            {
                "np.sqrt(sum(np.sum(np.square(g)) for g in gradients))": (
                    "sum(np.sum(np.square(g)) for g in gradients)"
                )
            },
        ),
        Mistake(
            "the absolute values are added up: the length is the root of the sum of squares",
            {
                "np.sqrt(sum(np.sum(np.square(g)) for g in gradients))": (
                    "sum(np.sum(np.abs(g)) for g in gradients)"
                )
            },
        ),
        Mistake(
            "the lengths of the arrays are added up: add the squares of all, then take one root",
            {
                "np.sqrt(sum(np.sum(np.square(g)) for g in gradients))": (
                    "sum(np.sqrt(np.sum(np.square(g))) for g in gradients)"
                )
            },
        ),
        Mistake(
            "the length is the largest number of all: it is the root of the sum of squares",
            {
                "np.sqrt(sum(np.sum(np.square(g)) for g in gradients))": (
                    "max(np.max(np.abs(g)) for g in gradients)"
                )
            },
        ),
        Mistake(
            "the gradients are brought to length 1: the limit is missing in the factor",
            {"limit / norm": "1 / norm"},
        ),
        Mistake(
            "the gradients are never shortened",
            {"scale * g": "1.0 * g"},
        ),
        Mistake(
            "the factor is upside down: limit by length",
            {"limit / norm": "norm / limit"},
        ),
        Mistake(
            "the factor is used on gradients of any length, also where it is above 1 or "
            "divides by 0: only those that are longer than the limit are shortened",
            {"limit / norm if norm > limit else 1.0": "limit / norm"},
        ),
        Mistake(
            "the squares are averaged: they are added up before the root",
            {
                "np.sqrt(sum(np.sum(np.square(g)) for g in gradients))": (
                    "np.sqrt(sum(np.sum(np.square(g)) for g in gradients) / sum(g.size for g "
                    "in gradients))"
                )
            },
        ),
    ),
    read_next="theory/optimizers.md, 'Clipping', and rnn/clipping.py: what it does to a training",
)
