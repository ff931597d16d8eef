"""What every engine must pass; its tests subclass these classes and name the engine.

    class TestEquivalence(Equivalence):
        engine = "torch"

Each check holds the engine against the NumPy engine, which computes the same in plain sight.
"""

from __future__ import annotations

import math
from dataclasses import asdict, is_dataclass
from typing import ClassVar

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import example
from brain.compare.runs import addends
from brain.compare.tolerances import backward_budget, error
from brain.engine import build
from brain.passes import Trace
from brain.randomness import generator
from brain.testing.arrays import assert_close, flattened


def declared(base: type) -> set[type]:
    """Every class that `brain.spec` offers under `base`: all its layers, or losses, and so on."""
    offered = (getattr(spec, name) for name in spec.__all__)
    return {c for c in offered if isinstance(c, type) and issubclass(c, base) and is_dataclass(c)}


def sizes(model: spec.Model, trace: Trace) -> dict[str, float]:
    """How large a gradient that vanishes by theory would otherwise be: S / sqrt(n)."""
    name = VANISHING.get(model.name, "")
    if name not in trace.d_parameters:
        return {}
    given, (layer, _, key) = example(model), name.rpartition(".")
    found = addends("numpy", model, given.parameters, given.x, asdict(trace))[layer]
    return {f"gradient of {name}": found[key] / math.sqrt(found["rows"])}


ACTIVATIONS = sorted(
    {layer for case in CASES for layer in case.layers if isinstance(layer, spec.Activation)},
    key=repr,
)


class Equivalence:
    """Every case of `CASES`: all that a trace shows, for the loss and for a cotangent."""

    engine: ClassVar[str]

    @pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    @pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
    def test_traces_agree(self, model: spec.Model, dtype: str, training: bool) -> None:
        given = example(model)
        net, reference = (build(model, e, seed=3, dtype=dtype) for e in (self.engine, "numpy"))
        for network in (net, reference):
            network.load_parameters(given.parameters)
            network.load_state(given.state)
        # 1e-12 proves the formulas: 4500 times the eps of float64, for sums of at most 40 terms.
        tolerance = (
            1e-12 if dtype == "float64" else backward_budget(model.walk(), len(given.x), dtype)
        )
        for drive in ({}, {"y": given.y}, {"dy": given.dy}):
            ours = net.trace(given.x, **drive, training=training)
            theirs = reference.trace(given.x, **drive, training=training)
            assert_close(flattened(ours), flattened(theirs), tolerance, sizes(model, theirs))
            assert list(ours.d_parameters) == list(theirs.d_parameters)

    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    @pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)
    def test_activations_agree_at_the_edges(self, layer: spec.Layer, dtype: str) -> None:
        edges = np.array([0.0, -0.0, 1e-30, 1e-4, 0.5, 4.1, 5.95, 20.5, 36.5, 88.5, 104.5, 1e4])
        x = np.stack([edges, -edges])
        dy = generator(0, "dy").standard_normal(x.shape)
        model = spec.Model("edges", edges.shape, (layer,), spec.MeanSquaredError())
        ours, theirs = (
            flattened(build(model, e, dtype=dtype).trace(x, dy=dy)) for e in (self.engine, "numpy")
        )
        # an ulp or two of each factor; x * P(x) cancels on the left, where |x| is the measure
        allowed = 8 * np.finfo(dtype).eps * np.maximum(1, np.abs(x))
        for name, array in theirs.items():
            assert np.isfinite(array).all(), name
            assert (np.abs(ours[name] - array) <= allowed).all(), (name, ours[name], array)

    @pytest.mark.parametrize("loss", [spec.SoftmaxCrossEntropy(), spec.BinaryCrossEntropy()])
    def test_sure_answers_cost_what_they_should(self, loss: spec.Loss) -> None:
        """Logits of 1e4, right and wrong: the loss is their size, not infinite and not clipped."""
        model = spec.Model("sure", (2,), (spec.Identity(),), loss)
        x = 1e4 * np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
        y = np.array([0, 0, 1] if model.target_shape == () else [[1, 1], [0, 1], [0, 0]])
        ours, theirs = (
            flattened(build(model, e, dtype="float64").trace(x, y)) for e in (self.engine, "numpy")
        )
        assert theirs["loss"] > 1e3
        assert_close(ours, theirs, 1e-12)

    @pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
    def test_float64_is_float64_all_the_way(self, model: spec.Model) -> None:
        given = example(model)
        net, reference = (build(model, e, dtype="float64") for e in (self.engine, "numpy"))
        nudge = 1e-12 * generator(0, "nudge").standard_normal(given.x.shape)
        moved = []
        for network in (net, reference):
            network.load_parameters(given.parameters)
            before = network.predict(given.x)
            if model.ids is None:
                moved.append(network.predict(given.x + nudge) - before)
            else:  # token ids have nothing between them: the parameters are moved
                nudged = {name: array + 1e-12 for name, array in given.parameters.items()}
                network.load_parameters(nudged)
                moved.append(network.predict(given.x) - before)
        ours, theirs = moved
        # Outputs near 1 are rounded by 1e-16, 1e-4 of the movement; float32 would not move.
        assert error(ours, theirs) < 1e-2
