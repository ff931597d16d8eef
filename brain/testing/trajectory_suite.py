"""What every engine must pass, step by step; its tests subclass the class and name the engine.

class TestTrajectories(Trajectories):
    engine = "torch"
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.examples import example
from brain.compare.judge import compare_model
from brain.compare.report import differences
from brain.compare.tolerances import error
from brain.engine import Network, build
from brain.names import MODELS, look_up
from brain.testing.arrays import assert_close, assert_same, everything
from brain.testing.here import workers

Array = NDArray[Any]

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

    @pytest.mark.parametrize("model", [c for c in CASES if c.state()], ids=lambda m: m.name)
    def test_running_statistics_stay_together(self, model: spec.Model) -> None:
        """Over batches of 13 and of a single sample; and what they give in evaluation."""
        net, reference = (
            build(model, e, dtype="float64", optimizer=spec.SGD(0.05, momentum=0.9))
            for e in (self.engine, "numpy")
        )
        start = example(model)
        for network in (net, reference):
            network.load_parameters(start.parameters)
            network.load_state(start.state)
            walk(network, 0, 100)
        moved = {name: array - start.state[name] for name, array in net.state().items()}
        assert all(np.linalg.norm(array) > 0.1 for array in moved.values())
        # as for float64 above
        assert_close(net.state(), reference.state(), 1e-9)
        assert_close(net.parameters(), reference.parameters(), 1e-9)
        assert error(net.predict(start.x), reference.predict(start.x)) < 1e-9

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
