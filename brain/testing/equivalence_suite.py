"""What every engine must pass; its tests subclass these classes and name the engine.

    class TestEquivalence(Equivalence):
        engine = "torch"

Each check holds the engine against the NumPy engine, which computes the same in plain sight.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, example, optimizers
from brain.compare.judge import compare_model
from brain.compare.report import differences
from brain.compare.tolerances import backward_budget, error
from brain.engine import Network, build
from brain.names import MODELS, look_up
from brain.passes import Trace
from brain.randomness import generator
from brain.testing.here import workers

Array = NDArray[Any]
Arrays = dict[str, Array]


def declared(base: type) -> set[type]:
    """Every class that `brain.spec` offers under `base`: all its layers, or losses, and so on."""
    offered = (getattr(spec, name) for name in spec.__all__)
    return {c for c in offered if isinstance(c, type) and issubclass(c, base) and is_dataclass(c)}


def worst(got: Arrays, wanted: Arrays) -> tuple[float, str]:
    """The largest error and its name; names, shapes and dtypes have to be the same."""
    assert set(got) == set(wanted), f"other names: {sorted(set(got) ^ set(wanted))}"
    for name, array in got.items():
        kinds = (array.shape, array.dtype), (wanted[name].shape, wanted[name].dtype)
        assert kinds[0] == kinds[1], f"{name}: shape and dtype {kinds[0]}, not {kinds[1]}"
    return max((error(got[name], wanted[name]), name) for name in wanted)


def assert_close(got: Arrays, wanted: Arrays, tolerance: float) -> None:
    largest, name = worst(got, wanted)
    assert largest <= tolerance, f"{name} is off by {largest:.1e}, more than {tolerance:.1e}"


def assert_same(got: Arrays, wanted: Arrays) -> None:
    """Equal bit for bit."""
    for name in got.keys() | wanted.keys():
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name, strict=True)


def everything(net: Network) -> Arrays:
    """Copies of all that training changes."""
    return {**net.parameters(), **net.state(), **net.optimizer_state()}


def flattened(trace: Trace) -> Arrays:
    """A trace as one dictionary of arrays."""
    arrays = {f"output of {name}": array for name, array in trace.outputs.items()}
    arrays |= {f"gradient of {name}'s output": a for name, a in trace.d_outputs.items()}
    arrays |= {f"gradient of {name}": a for name, a in trace.d_parameters.items()}
    if trace.d_input is not None:
        arrays["gradient of the input"] = trace.d_input
    if trace.loss is not None:
        arrays["loss"] = np.array(trace.loss)
    return arrays


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
        # 1e-12 proves the formulas: 4500 times the eps of float64, for sums of at most 40 terms.
        tolerance = (
            1e-12 if dtype == "float64" else backward_budget(model.walk(), len(given.x), dtype)
        )
        for drive in ({}, {"y": given.y}, {"dy": given.dy}):
            ours = net.trace(given.x, **drive, training=training)
            theirs = reference.trace(given.x, **drive, training=training)
            assert_close(flattened(ours), flattened(theirs), tolerance)
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
        nudged = given.x + 1e-12 * generator(0, "nudge").standard_normal(given.x.shape)
        for network in (net, reference):
            network.load_parameters(given.parameters)
        ours, theirs = (n.predict(nudged) - n.predict(given.x) for n in (net, reference))
        # Outputs near 1 are rounded by 1e-16, 1e-4 of the movement; float32 would not move.
        assert error(ours, theirs) < 1e-2


STEPS = (1, 10, 100)
"""After how many steps two trajectories are compared."""

EVERY_OPTIMIZER = pytest.mark.parametrize("optimizer", optimizers().values(), ids=optimizers())


def small(name: str) -> spec.Model:
    """A model by name, for 3 classes of a 3 by 2 image with 2 channels."""
    return look_up("model", name, MODELS)(input_shape=(3, 2, 2), outputs=3)


def batches(model: spec.Model) -> list[tuple[Array, Array]]:
    """40 samples in batches of 13: the last one holds a single sample."""
    given = example(model, samples=40)
    return [(given.x[i : i + 13], given.y[i : i + 13]) for i in range(0, 40, 13)]


def walk(net: Network, first: int, last: int) -> None:
    """Steps `first` to `last`, exclusive, of the training that all trajectories share."""
    data = batches(net.model)
    for step in range(first, last):
        net.train_step(*data[step % len(data)])


class Trajectories:
    """Training, step by step: parameters and the optimizer's memory together."""

    engine: ClassVar[str]

    @EVERY_OPTIMIZER
    @pytest.mark.parametrize("name", ["mlp-dropout", "mlp-residual"])
    def test_float64_stays_together(self, name: str, optimizer: spec.Optimizer) -> None:
        model = small(name)
        net, reference = (
            build(model, e, seed=5, dtype="float64", optimizer=optimizer)
            for e in (self.engine, "numpy")
        )
        done = 0
        for steps in STEPS:
            for network in (net, reference):
                walk(network, done, steps)
            done = steps
            # A step rounds by 1e-16 and training may amplify that; a wrong constant shows by 1e-6.
            assert_close(everything(net), everything(reference), 1e-9)

    @EVERY_OPTIMIZER
    @pytest.mark.parametrize("name", ["mlp-dropout", "mlp-residual"])
    def test_no_optimizer_leaves_its_budget(self, name: str, optimizer: spec.Optimizer) -> None:
        self.judge(small(name), optimizer)

    @pytest.mark.parametrize("model", [c for c in CASES if c.parameters()], ids=lambda m: m.name)
    def test_no_case_leaves_its_budget(self, model: spec.Model) -> None:
        self.judge(model, optimizers()["nesterov"])

    def judge(self, model: spec.Model, optimizer: spec.Optimizer) -> None:
        """Outputs, loss, gradients, parameters after 1, 10, 100 steps, in both dtypes."""
        dtypes = ["float64", "float32"]
        verdicts, _ = compare_model(model, workers(self.engine), dtypes, optimizer, 100)
        for verdict in verdicts:
            assert verdict.equal, differences([verdict])
            assert verdict.dtype == "float32" or verdict.quantities["step 100"].error < 1e-9

    @EVERY_OPTIMIZER
    def test_another_engine_takes_over(self, optimizer: spec.Optimizer) -> None:
        model = small("mlp-dropout")
        net, reference = (
            build(model, e, seed=5, dtype="float64", optimizer=optimizer)
            for e in (self.engine, "numpy")
        )
        walk(reference, 0, 10)
        net.load_parameters(reference.parameters())
        net.load_optimizer_state(reference.optimizer_state())
        assert_same(everything(net), everything(reference))
        for network in (net, reference):
            walk(network, 10, 20)
        assert_close(everything(net), everything(reference), 1e-10)  # ten roundings of 1e-16

    @EVERY_OPTIMIZER
    def test_five_and_five_steps_are_ten(self, optimizer: spec.Optimizer) -> None:
        whole, first, second = (
            build(small("mlp-dropout"), self.engine, seed=5, optimizer=optimizer) for _ in range(3)
        )
        walk(whole, 0, 10)
        walk(first, 0, 5)
        second.load_parameters(first.parameters())
        second.load_optimizer_state(first.optimizer_state())
        walk(second, 5, 10)
        assert_same(everything(second), everything(whole))

    @EVERY_OPTIMIZER
    def test_no_gradient_moves_nothing_by_clipping(self, optimizer: spec.Optimizer) -> None:
        """A gradient of length zero is left alone: no 0 / 0."""
        model = spec.Model("still", (3,), (spec.Dense(2),), spec.MeanSquaredError())
        net, reference = (
            build(model, e, dtype="float64", optimizer=optimizer) for e in (self.engine, "numpy")
        )
        for network in (net, reference):
            network.train_step(np.zeros((4, 3)), np.zeros((4, 2)))
        assert_close(everything(net), everything(reference), 1e-12)
