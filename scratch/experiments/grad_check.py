"""Every derivative of the engine against a central difference, number by number.

    dL/dw = (L(w + h) - L(w - h)) / 2h + O(h^2)

A large h errs by h^2 times a third derivative, a small one by the rounding of L over h; in between
lies the best that can be had, near h = 1e-5 in float64. C. M. Bishop, "Pattern Recognition and
Machine Learning" (2006), section 5.3.3, equation 5.69.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.table import Table

from brain import plots, spec
from brain.alone import main
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import example
from brain.engine import build
from brain.stage import Stage, Tick

Array = NDArray[Any]

STEP = 1e-5
BOUND = 1e-7
"""A right derivative stays far below it; a wrong one is off by a hundredth or more."""
STEPS = np.logspace(0, -12, 25)
SMOOTH = "sigmoid-behind"  # the small model on which h is varied: no bend to stumble over


class Check(NamedTuple):
    """How far numeric and analytic gradients are apart in one small model."""

    model: spec.Model
    numbers: int  # how many derivatives were compared
    error: float  # the worst array's |numeric - analytic| / |analytic|; infinite where it is NaN


def run(stage: Stage) -> None:
    """Check every small model of `brain.compare.cases`; `quick`, the first one of each layer."""
    models = first_of_each() if stage.quick else CASES
    checks: list[Check] = []

    def one_by_one() -> Iterator[Tick]:
        for number, model in enumerate(models, start=1):
            checks.append(check(model))
            yield Tick(number, len(models), checks[-1].error)

    for _ in stage.watch(one_by_one(), "derivatives"):
        pass
    worst = by_layer(checks)
    table = Table("layer", "models", "derivatives", "worst relative error")
    for name, found in worst.items():
        numbers, error = sum(c.numbers for c in found), max(c.error for c in found)
        table.add_row(name, str(len(found)), f"{numbers:,}", f"{error:.1e}")
    stage.console.print(table)
    top = max(checks, key=lambda check: check.error)
    verdict = "every derivative is right" if top.error < BOUND else "a derivative is WRONG"
    stage.say(f"{verdict}: the worst is off by {top.error:.1e} ({top.model.name})")
    (smooth,) = (model for model in CASES if model.name == SMOOTH)
    stage.picture("grad_check-errors", draw(worst, [check(smooth, h).error for h in STEPS]))


def check(model: spec.Model, h: float = STEP) -> Check:
    """All derivatives by a model's parameters, and by its first sample, in float64."""
    net, values = build(model, dtype="float64"), example(model)

    def loss(x: Array = values.x, **changed: Array) -> float:
        net.load_parameters({**values.parameters, **changed})
        return float(net.trace(x, values.y, training=True, layers=()).loss or 0)

    net.load_parameters(values.parameters)
    trace = net.trace(values.x, values.y, training=True)
    pairs = []
    for name, array in values.parameters.items():
        if name != VANISHING.get(model.name):  # zero by theory: rounding is all there is

            def moved(w: Array, name: str = name) -> float:
                return loss(**{name: w})

            pairs.append((trace.d_parameters[name], slopes(moved, array, h)))
    if trace.d_input is not None:  # token ids have no derivative
        rest = values.x[1:]
        first = slopes(lambda x: loss(np.concatenate([x, rest])), values.x[:1], h)
        pairs.append((trace.d_input[:1], first))
    with np.errstate(divide="ignore", invalid="ignore"):
        worst = np.max([np.linalg.norm(n - a) / np.linalg.norm(a) for a, n in pairs])  # keeps NaN
    error = float(worst) if np.isfinite(worst) else np.inf
    return Check(model, sum(a.size for a, _ in pairs), error)


def slopes(f: Callable[[Array], float], x: Array, h: float) -> Array:
    """The central difference of f at `x`, one number of it at a time."""
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = h
        gradient[place] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def layers_of(model: spec.Model) -> list[str]:
    """The kinds of layers in a model, nests and what is in them."""
    return sorted({type(node.layer).__name__ for node in model.walk()})


def first_of_each() -> list[spec.Model]:
    """The first model in `CASES` of each kind of layer."""
    first: dict[str, spec.Model] = {}
    for model in CASES:
        for name in layers_of(model):
            first.setdefault(name, model)
    return [model for model in CASES if model in first.values()]


def by_layer(checks: Sequence[Check]) -> dict[str, list[Check]]:
    """The checks in which each kind of layer took part, by its name."""
    names = sorted({name for check in checks for name in layers_of(check.model)})
    return {name: [c for c in checks if name in layers_of(c.model)] for name in names}


def draw(worst: Mapping[str, Sequence[Check]], errors: Sequence[float]) -> Figure:
    """The error of every model, by layer; and how it depends on h."""
    fig, (left, right) = plots.figure(11, 6.2, ncols=2)
    for row, found in enumerate(worst.values()):
        left.plot([c.error for c in found], [row] * len(found), "o", color=plots.BLUE, alpha=0.6)
    left.axvline(BOUND, color="black", linestyle="--")
    title = f"Each small model, h = {STEP:.0e}; dashed: the bound"
    left.set(title=title, xlabel="relative error", xscale="log")
    left.set_yticks(range(len(worst)), list(worst))
    left.set_ylim(len(worst) - 0.4, -0.6)
    right.loglog(STEPS, errors, "o-", color=plots.BLUE, label="error")
    best = STEPS[int(np.argmin(errors))]
    wide, narrow = STEPS[STEPS > 1e-4], STEPS[STEPS < 1e-6]
    top = errors[4] * (wide / STEPS[4]) ** 2
    right.loglog(wide, top, "--", color=plots.ORANGE, label="h², the formula's")
    eps = np.finfo(float).eps
    right.loglog(narrow, eps / narrow, ":", color=plots.GREEN, label="2.2e-16 / h, the rounding's")
    title = f"Why h is {STEP:.0e}: here {best:.0e} is best"
    right.set(title=title, xlabel="step h", ylabel="relative error")
    right.legend(frameon=False)
    fig.suptitle("Derivatives by hand against central differences")
    return fig


if __name__ == "__main__":
    main(run)
