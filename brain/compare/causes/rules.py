"""Mistakes in an optimizer's step: each is tried from the same start, on the same gradients.

The rules are those of theory/optimizers.md, written once more with a place for every mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count, islice
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Array
from brain.engine import build
from brain.parameters import Arrays
from brain.training import batches

USUAL: Mapping[str, tuple[Any, ...]] = {
    "momentum": (0.0, 0.9),
    "nesterov": (False, True),
    "weight_decay": (0.0,),
    "clip_norm": (None,),
    "beta1": (0.9, 0.0),
    "beta2": (0.999, 0.99, 0.9),
    "rho": (0.9, 0.99),
    "eps": (1e-8, 1e-7, 1e-10, 1e-6, 1e-3, 0.0),
}
"""What an option is as a rule, here or in another framework."""


@dataclass(frozen=True)
class Rule:
    """An optimizer with one mistake; the name says it."""

    cause: str
    optimizer: Any
    mistake: str = ""


def rules(optimizer: spec.Optimizer) -> Iterator[Rule]:
    """Every mistake that this optimizer can have."""
    options = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}  # type: ignore[arg-type]
    for option, values in USUAL.items():
        for value in values:
            if option == "nesterov" and not options.get("momentum"):
                continue  # without a velocity there is nothing to look ahead with
            if option in options and value != options[option]:
                shown = "left out" if value in (None, 0.0, False) else f"{value}"
                other = type("Options", (), {**options, option: value})
                yield Rule(f"{option} is {shown}, not {options[option]}", other)
    for mistake, kinds, needs in MISTAKES:
        if isinstance(optimizer, kinds) and all(options.get(name) for name in needs):
            yield Rule(mistake, optimizer, mistake)


ADAMS = (spec.Adam, spec.AdamW)
ROOTS = (*ADAMS, spec.AdaGrad, spec.RMSprop)
MISTAKES: Sequence[tuple[str, Any, tuple[str, ...]]] = (
    ("the learning rate is inside of the velocity", spec.SGD, ("momentum",)),
    ("the gradient is damped by 1 - momentum", spec.SGD, ("momentum",)),
    (
        "the weight decay is added before the gradient is clipped",
        spec.Optimizer,
        ("weight_decay", "clip_norm"),
    ),
    ("the weight decay is halved", spec.Optimizer, ("weight_decay",)),
    ("the weight decay is doubled", spec.Optimizer, ("weight_decay",)),
    (
        "the weight decay is decoupled from the gradient",
        (spec.Adam, spec.AdaGrad, spec.RMSprop),
        ("weight_decay",),
    ),
    ("the weight decay is decoupled from the gradient", spec.SGD, ("weight_decay", "momentum")),
    ("the weight decay is added to the gradient", spec.AdamW, ("weight_decay",)),
    ("the weight decay is not multiplied by the learning rate", spec.AdamW, ("weight_decay",)),
    ("each gradient is clipped by its own norm", spec.Optimizer, ("clip_norm",)),
    ("each number of a gradient is clipped", spec.Optimizer, ("clip_norm",)),
    ("1e-6 is added to the norm that clips", spec.Optimizer, ("clip_norm",)),
    ("eps is inside of the root", ROOTS, ("eps",)),
    ("eps is added before the second moment is corrected", ADAMS, ("eps",)),
    ("no moment is corrected", ADAMS, ()),
    ("the first moment is not corrected", ADAMS, ()),
    ("the second moment is not corrected", ADAMS, ()),
    ("the sum of squares begins at 0.1", spec.AdaGrad, ()),
    ("no root is taken", ROOTS, ()),
    ("the step goes uphill", spec.Optimizer, ()),
    ("the schedule is a step ahead", spec.Optimizer, ()),
    ("the learning rate stays as it begins", spec.Optimizer, ()),
)
"""Its name, the optimizers that can have it, and the options without which it changes nothing."""


def trained(
    engine: str,
    model: spec.Model,
    optimizer: spec.Optimizer,
    parameters: Arrays,
    state: Arrays,
    x: Array,
    y: Array,
    steps: int,
    batch_size: int,
) -> dict[str, Arrays]:
    """The parameters after so many steps with each mistake; the right ones under the name "".

    The gradients are the engine's, in float64. Dropout masks are those of the first step.
    """
    every = (rows for epoch in count() for rows in batches(len(x), batch_size, 0, epoch))
    drawn, found = list(islice(every, steps)), {}
    for rule in (Rule("", optimizer), *rules(optimizer)):
        net = build(model, engine, dtype="float64")
        net.load_parameters(parameters)
        net.load_state(state)
        weights = {name: array.copy() for name, array in net.parameters().items()}
        memory: dict[str, dict[str, Array]] = {name: {} for name in weights}
        for step, rows in enumerate(drawn):
            net.load_parameters(weights)
            _, gradients = net.loss_and_gradients(x[rows], y[rows])
            move(rule, type(optimizer), weights, gradients, memory, step)
        found[rule.cause] = weights
    return found


def move(
    rule: Rule,
    kind: type[spec.Optimizer],
    weights: Arrays,
    gradients: Arrays,
    memory: dict[str, dict[str, Array]],
    step: int,
) -> None:
    """One step of the rule: clip, decay, then the optimizer's own. theory/optimizers.md"""
    o, m = rule.optimizer, rule.mistake
    at = {"the schedule is a step ahead": step + 1, "the learning rate stays as it begins": 0}
    lr = rate(o.lr, at.get(m, step)) * (-1 if m == "the step goes uphill" else 1)
    decay = o.weight_decay * {
        "the weight decay is halved": 0.5,
        "the weight decay is doubled": 2.0,
    }.get(m, 1)
    apart = kind is spec.AdamW and m != "the weight decay is added to the gradient"
    apart |= m == "the weight decay is decoupled from the gradient"
    early = m == "the weight decay is added before the gradient is clipped"
    if early:
        gradients = {name: g + decay * weights[name] for name, g in gradients.items()}
    gradients = clipped(gradients, o.clip_norm, m)
    for name, w in weights.items():
        g = gradients[name]
        if apart:
            share = 1.0 if m == "the weight decay is not multiplied by the learning rate" else lr
            w -= share * decay * w
        elif not early:
            g = g + decay * w
        w -= STEPS[kind](o, m, g, memory[name], lr, step)


def rate(lr: Any, step: int) -> float:
    return float(lr(step) if callable(lr) else lr)


def clipped(gradients: Arrays, norm: float | None, mistake: str) -> Arrays:
    if norm is None:
        return gradients
    if mistake == "each number of a gradient is clipped":
        return {name: np.clip(g, -norm, norm) for name, g in gradients.items()}
    sizes = {name: float(np.linalg.norm(g)) for name, g in gradients.items()}
    whole = float(np.sqrt(sum(size**2 for size in sizes.values())))
    more = 1e-6 if mistake == "1e-6 is added to the norm that clips" else 0.0
    each = mistake == "each gradient is clipped by its own norm"
    return {
        name: g * min(1.0, norm / ((sizes[name] if each else whole) + more))
        for name, g in gradients.items()
    }


def sgd(o: Any, m: str, g: Array, memory: dict[str, Array], lr: float, step: int) -> Array:
    inside = m == "the learning rate is inside of the velocity"
    damped = (1 - o.momentum) if m == "the gradient is damped by 1 - momentum" and step else 1.0
    drive = lr * g if inside else damped * g
    v = memory["v"] = o.momentum * memory.get("v", np.zeros_like(g)) + drive
    moved = drive + o.momentum * v if o.nesterov else v
    return moved if inside else lr * moved


def adam(o: Any, m: str, g: Array, memory: dict[str, Array], lr: float, step: int) -> Array:
    first = memory["m"] = o.beta1 * memory.get("m", np.zeros_like(g)) + (1 - o.beta1) * g
    second = memory["v"] = o.beta2 * memory.get("v", np.zeros_like(g)) + (1 - o.beta2) * g**2
    none = m == "no moment is corrected"
    a = 1.0 if none or m == "the first moment is not corrected" else 1 - o.beta1 ** (step + 1)
    b = 1.0 if none or m == "the second moment is not corrected" else 1 - o.beta2 ** (step + 1)
    if m == "eps is added before the second moment is corrected":
        return lr * np.sqrt(b) / a * first / (np.sqrt(second) + o.eps)
    return lr * first / a / root(second / b, o.eps, m)


def adagrad(o: Any, m: str, g: Array, memory: dict[str, Array], lr: float, step: int) -> Array:
    begin = 0.1 if m == "the sum of squares begins at 0.1" else 0.0
    s = memory["s"] = memory.get("s", np.full_like(g, begin)) + g**2
    return lr * g / root(s, o.eps, m)


def rmsprop(o: Any, m: str, g: Array, memory: dict[str, Array], lr: float, step: int) -> Array:
    s = memory["s"] = o.rho * memory.get("s", np.zeros_like(g)) + (1 - o.rho) * g**2
    return lr * g / root(s, o.eps, m)


def root(square: Array, eps: float, mistake: str) -> Array:
    if mistake == "eps is inside of the root":
        return np.sqrt(square + eps)
    return square + eps if mistake == "no root is taken" else np.sqrt(square) + eps


STEPS: Mapping[Any, Any] = {
    spec.SGD: sgd,
    spec.Adam: adam,
    spec.AdamW: adam,
    spec.AdaGrad: adagrad,
    spec.RMSprop: rmsprop,
}
