"""What `brain.engine.Network` promises, as tests; an engine's own tests subclass `Contract`.

class TestContract(Contract):
    engine = "torch"
"""

from __future__ import annotations

import random
import warnings
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.examples import Example, example
from brain.compare.tolerances import error
from brain.engine import Network, build
from brain.errors import UserError
from brain.passes import DeferredLoss
from brain.testing.arrays import assert_close, assert_same, everything, flattened
from brain.testing.trajectory_suite import small

Array = NDArray[Any]

ADAM = optimizers()["adam"]
JUDGED = [case for case in CASES if case.name in ("binary-one-unit", "cross-entropy-sequence")]
JUDGED += [case for case in CASES if case.name in ("binary-many-labels", "residual-nested")]


class Contract:
    """Every promise, on the model with dropout and an optimizer with memory."""

    engine: ClassVar[str]

    def net(self, model: spec.Model | None = None, **options: Any) -> Network:
        return build(model or small("mlp-dropout"), self.engine, **{"optimizer": ADAM, **options})

    def trained(self, **options: Any) -> tuple[Network, Example]:
        """A network after two steps, so that its memory and step count hold something."""
        net = self.net(**options)
        given = example(net.model)
        for _ in range(2):
            net.train_step(given.x, given.y)
        return net, given

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_a_seed_gives_numpys_start_bit_for_bit(self, dtype: str) -> None:
        reference = build(small("mlp-dropout"), "numpy", seed=7, dtype=dtype, optimizer=ADAM)
        net = self.net(seed=7, dtype=dtype)
        assert_same(everything(net), everything(reference))
        assert list(net.parameters()) == list(reference.parameters())
        assert list(net.optimizer_state()) == list(reference.optimizer_state())

    def test_what_comes_out_is_a_copy(self) -> None:
        net, given = self.trained()
        before, answer = everything(net), net.predict(given.x)
        trace = net.trace(given.x, given.y)
        returned = [everything(net), net.loss_and_gradients(given.x, given.y)[1], flattened(trace)]
        returned += [{"predict": net.predict(given.x), "proba": net.predict_proba(given.x)}]
        for array in (array for arrays in returned for array in arrays.values()):
            array[...] = 7
        assert_same(everything(net), before)
        np.testing.assert_array_equal(net.predict(given.x), answer)

    def test_what_goes_in_is_copied_and_left_alone(self) -> None:
        net, given = self.trained()
        kept, memory, x, y = net.parameters(), net.optimizer_state(), given.x.copy(), given.y.copy()
        net.load_parameters(kept)
        net.load_optimizer_state(memory)
        before = everything(net)
        for array in (*kept.values(), *memory.values()):
            array[...] = 7
        assert_same(everything(net), before)
        net.train_step(x, y)
        net.trace(x, y, training=True)
        np.testing.assert_array_equal(x, given.x)
        np.testing.assert_array_equal(y, given.y)

    def test_read_only_and_scattered_arrays_are_taken_in_silence(self) -> None:
        net, given = self.trained()
        x, y = given.x.astype(np.float32), given.y.copy()
        x.flags.writeable = y.flags.writeable = False
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = net.predict(x)
            net.train_step(x, y)
            net.trace(x, y)
            net.prepare(x[::-1], y[::2].repeat(2)[: len(y)])
        assert answer.shape == (len(x), 3)

    def test_loading_is_all_or_nothing(self) -> None:
        net, _ = self.trained()
        before, state = net.parameters(), net.optimizer_state()
        last = list(before)[-1]
        for broken in (
            {name: array + 1 for name, array in before.items() if name != last},
            {**{name: array + 1 for name, array in before.items()}, "dense9.weight": np.ones(2)},
            {**{name: array + 1 for name, array in before.items()}, last: before[last][:-1]},
            {**{name: array + 1 for name, array in before.items()}, last: before[last] * np.nan},
        ):
            with pytest.raises(UserError, match=r"dense\d\.\w+"):
                net.load_parameters(broken)
        for broken in (
            {**state, "step": np.array(1.5)},
            {**state, "step": np.array(9), f"{last}.first_moment": np.ones(77)},
            {name: array for name, array in state.items() if name != f"{last}.second_moment"},
        ):
            with pytest.raises(UserError):
                net.load_optimizer_state(broken)
        assert_same(everything(net), {**before, **state})

    @pytest.mark.parametrize("model", JUDGED, ids=lambda model: model.name)
    def test_predictions_and_scores_are_numpys(self, model: spec.Model) -> None:
        given = example(model, samples=11)
        net, reference = (build(model, e, dtype="float64") for e in (self.engine, "numpy"))
        for network in (net, reference):
            network.load_parameters(given.parameters)
        assert error(net.predict(given.x, batch_size=4), reference.predict(given.x)) < 1e-12
        if model.loss.labels:
            ours, theirs = (network.predict_proba(given.x) for network in (net, reference))
            assert error(ours, theirs) < 1e-12
        else:
            with pytest.raises(UserError, match="predict"):
                net.predict_proba(given.x)
        for size in (4, 256):
            ours_, theirs_ = (n.evaluate(given.x, given.y, size) for n in (net, reference))
            assert ours_ == pytest.approx(theirs_, rel=1e-12)
        assert net.score(given.x, given.y) == ours_[model.loss.metric]

    def test_a_prepared_batch_is_taken_everywhere(self) -> None:
        net, given = self.trained()
        batch, unlabelled = net.prepare(given.x, given.y), net.prepare(given.x)
        for ask in (net.predict, net.predict_proba):
            np.testing.assert_array_equal(ask(batch), ask(given.x))
            np.testing.assert_array_equal(ask(unlabelled), ask(given.x))
        assert net.evaluate(batch) == net.evaluate(given.x, given.y)
        assert net.score(batch) == net.score(given.x, given.y)
        loss, gradients = net.loss_and_gradients(batch)
        plain_loss, plain_gradients = net.loss_and_gradients(given.x, given.y)
        assert loss == plain_loss
        assert_same(gradients, plain_gradients)
        assert_same(flattened(net.trace(batch)), flattened(net.trace(given.x, given.y)))
        for ask_loss in (net.evaluate, net.loss_and_gradients, net.train_step):
            with pytest.raises(UserError, match="targets are missing"):
                ask_loss(unlabelled)

    def test_the_loss_of_a_prepared_batch_is_fetched_late(self) -> None:
        net, given = self.trained(dtype="float64")
        batch = net.prepare(given.x, given.y)
        wanted = net.loss_and_gradients(batch)[0]
        loss = net.train_step(batch)
        assert isinstance(loss, DeferredLoss)
        assert isinstance(net.train_step(given.x, given.y), float)
        assert float(loss) == pytest.approx(wanted, rel=1e-12)  # two steps back, not overwritten

    def test_batches_of_any_size_follow_each_other(self) -> None:
        net, reference = (self.net(dtype="float64"), self.net(dtype="float64"))
        reference = build(net.model, "numpy", dtype="float64", optimizer=ADAM)
        for samples in (7, 1, 30, 2):
            given = example(net.model, samples)
            losses = [network.train_step(given.x, given.y) for network in (net, reference)]
            assert losses[0] == pytest.approx(losses[1], rel=1e-12)
            assert net.predict(given.x).shape == (samples, 3)
        assert_close(everything(net), everything(reference), 1e-12)

    @pytest.mark.parametrize("device", ["abacus", "cpu:x", "cuda:99", "CPU", ""])
    def test_an_absent_device_is_one_sentence(self, device: str) -> None:
        with pytest.raises(UserError, match="cpu") as caught:
            self.net(device=device)
        message = str(caught.value)
        assert repr(device) in message
        assert "\n" not in message
        assert message.endswith(".")

    def test_no_random_state_is_touched(self) -> None:
        """Neither Python's nor NumPy's; the framework's own stands in the engine's tests."""
        drawn = []
        for disturb in (lambda: None, self.trained):
            random.seed(1)
            np.random.seed(1)  # noqa: NPY002
            disturb()
            drawn.append((random.random(), np.random.random()))  # noqa: NPY002
        assert drawn[0] == drawn[1]

    def test_gradients_are_the_next_steps_and_change_nothing(self) -> None:
        net, given = self.trained(optimizer=spec.SGD(1.0, momentum=0.5), dtype="float64")
        before = everything(net)
        _, gradients = net.loss_and_gradients(given.x, given.y)
        assert_same(net.loss_and_gradients(given.x, given.y)[1], gradients)
        net.trace(given.x, given.y, training=True)
        net.evaluate(given.x, given.y)
        assert_same(everything(net), before)
        net.train_step(given.x, given.y)
        for name, g in gradients.items():  # v <- v / 2 + g, with the masks of the very same step
            velocity = 0.5 * before[f"{name}.velocity"] + g
            assert error(net.parameters()[name], before[name] - velocity) < 1e-12

    def test_a_trace_in_training_leaves_no_mask_behind(self) -> None:
        net, given = self.trained()
        answer = net.predict(given.x)
        masked = net.trace(given.x, given.y, training=True).outputs
        assert error(masked["dense3"], answer) > 0.1
        np.testing.assert_array_equal(net.predict(given.x), answer)
        np.testing.assert_array_equal(net.trace(given.x).outputs["dense3"], answer)

    def test_a_trace_keeps_the_layers_that_were_named(self) -> None:
        net, given = self.trained()
        whole, part = net.trace(given.x, given.y), net.trace(given.x, given.y, layers=["relu1"])
        assert set(part.outputs) == set(part.d_outputs) == {"relu1"}
        np.testing.assert_array_equal(part.d_outputs["relu1"], whole.d_outputs["relu1"])
        with pytest.raises(UserError, match="relu9"):
            net.trace(given.x, layers=["relu9"])

    def test_a_model_without_parameters_is_a_model(self) -> None:
        """A layer alone is how it is re-run in isolation."""
        model = spec.Model("alone", (3,), (spec.Tanh(),), spec.MeanSquaredError())
        given = example(model)
        net = self.net(model)
        assert net.loss_and_gradients(given.x, given.y) == (net.train_step(given.x, given.y), {})
        assert net.optimizer_state() == {"step": 1}
