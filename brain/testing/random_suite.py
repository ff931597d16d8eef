"""Whole random models: hypothesis draws a valid spec, and an engine must agree with NumPy's.

    class TestRandomModels(RandomModels):
        engine = "torch"

12 of each family in the tests; with BRAIN_FUZZ, which `nox -s fuzz` sets, 125: 500 in all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.randomness import generator
from brain.spec import to_json
from brain.testing.arrays import Arrays, flattened
from brain.testing.model_strategies import FAMILIES, models_of

MODELS = 125 if "BRAIN_FUZZ" in os.environ else 12
TOLERANCE = 1e-12
NOISE = 1e-14


def each(family: str, check: Callable[[spec.Model], None], count: int = MODELS) -> None:
    """Call `check` with random models of a family: the same ones whatever it is that is checked."""

    @seed(0)
    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),  # to explain a fault takes minutes
        report_multiple_bugs=False,
    )
    @given(models_of(family))
    def checked(model: spec.Model) -> None:
        check(model)

    checked()


class RandomModels:
    """Depth, widths, strides, paddings, recurrent stacks, residual blocks, norms, dropout."""

    engine: ClassVar[str]

    @pytest.mark.parametrize("family", FAMILIES)
    def test_any_model_agrees(self, family: str) -> None:
        each(family, self.agrees)

    def agrees(self, model: spec.Model) -> None:
        """Outputs and gradients in training mode, predictions after a step, in float64."""
        values = example(model)
        ours, theirs = (
            build(model, e, dtype="float64", optimizer=spec.SGD(0.1, momentum=0.9))
            for e in (self.engine, "numpy")
        )
        for net in (ours, theirs):
            net.load_parameters(values.parameters)
        assert_agree(
            flattened(ours.trace(values.x, dy=values.dy, training=True)),
            flattened(theirs.trace(values.x, dy=values.dy, training=True)),
            model,
        )
        for net in (ours, theirs):
            net.train_step(values.x, values.y)
        # one step rounds by lr times what a gradient is off, in parameters of order 1
        assert_agree(ours.state(), theirs.state(), model)
        carry = {
            name: generator(0, f"carry {name}").standard_normal((len(values.x), *shape))
            for name, shape in model.carry().items()
        }
        (y, after), (wanted, wanted_after) = (
            net.predict(values.x, carry=carry, return_carry=True) for net in (ours, theirs)
        )
        assert_agree({"y": y} | after, {"y": wanted} | wanted_after, model, 1e3)


def assert_agree(got: Arrays, wanted: Arrays, model: spec.Model, times: float = 1) -> None:
    """Each array to TOLERANCE of itself, and to NOISE of the largest output, or gradient.

    TOLERANCE is 4500 times the eps of float64, for sums of some hundred terms in four layers. What
    vanishes by theory (the output of a norm over one number, a gradient before a norm) is only the
    rounding noise of what it is made from, 45 times eps of that at most; `addends` would tell its
    size of linear layers and norms alone, so the largest array stands for it.
    """
    assert got.keys() == wanted.keys()
    norms = {name: float(np.linalg.norm(array)) for name, array in wanted.items()}
    for name, array in wanted.items():
        largest = max(n for other, n in norms.items() if other.split()[0] == name.split()[0])
        allowed = times * (TOLERANCE * norms[name] + NOISE * max(largest, 1e-16))
        off = float(np.linalg.norm(got[name] - array))
        assert off <= allowed, f"{name}: {off:.1e}, allowed {allowed:.1e}, in {to_json(model)}"
