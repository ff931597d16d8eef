"""What every engine promises of recurrent states; its tests subclass `Carrying`.

class TestCarrying(Carrying):
    engine = "torch"
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import optimizers
from brain.compare.examples import example
from brain.compare.tolerances import error
from brain.engine import Network, build
from brain.testing.arrays import assert_close, assert_same, everything, flattened
from brain.testing.refusals import refusal

Array = NDArray[Any]

KINDS = (spec.RNN(4), spec.RNN(4, activation="relu"), spec.LSTM(4), spec.GRU(4))


def sequences(layer: Any) -> Any:
    return replace(layer, return_sequences=True)


def stacked(time: int) -> spec.Model:
    """Every kind, one inside a chain and one inside a block, over `(time, 3)`."""
    layers = (
        spec.LSTM(5, return_sequences=True),
        spec.Sequential((spec.Dropout(0.3), spec.GRU(2, return_sequences=True))),
        spec.Residual((spec.RNN(2, return_sequences=True),)),
        spec.Dense(3),
    )
    return spec.Model("stacked", (time, 3), layers, spec.MeanSquaredError())


NAMES = ["lstm1.hidden", "lstm1.cell", "sequential1.gru1.hidden", "residual1.body.rnn1.hidden"]
ADAM = optimizers()["adam"]


class Carrying:
    """States in and out, in float64 unless a test says otherwise."""

    engine: ClassVar[str]

    def net(self, model: spec.Model, engine: str = "", **options: Any) -> Network:
        net = build(model, engine or self.engine, **{"dtype": "float64", **options})
        net.load_parameters(example(model).parameters)  # the same for every length
        return net

    def both(self, model: spec.Model, **options: Any) -> tuple[Network, Network]:
        return self.net(model, **options), self.net(model, "numpy", **options)

    @pytest.mark.parametrize("lengths", [(2, 5), (6, 1), (1, 1, 5)], ids=str)
    def test_pieces_are_the_whole(self, lengths: tuple[int, ...]) -> None:
        x = example(stacked(7)).x
        whole, last = self.net(stacked(7)).predict(x, return_carry=True)
        carry: dict[str, Array] = {}
        outputs, done = [], 0
        for length in lengths:
            piece = x[:, done : done + length]
            output, carry = self.net(stacked(length)).predict(piece, carry=carry, return_carry=True)
            outputs.append(output)
            done += length
        assert error(np.concatenate(outputs, axis=1), whole) < 1e-14
        assert list(last) == list(carry) == NAMES == list(stacked(7).carry())
        assert_close(carry, last, 1e-14)

    def test_states_are_numpys(self) -> None:
        model = stacked(4)
        x = example(model).x
        net, reference = self.both(model)
        for start in ({}, self.states(model), {"lstm1.cell": self.states(model)["lstm1.cell"]}):
            (y, after), (y0, after0) = (
                n.predict(x, carry=start, return_carry=True) for n in (net, reference)
            )
            assert error(y, y0) < 1e-12
            assert_close(after, after0, 1e-12)

    @staticmethod
    def states(model: spec.Model, samples: int = 7) -> dict[str, Array]:
        random = np.random.default_rng(4)
        return {k: random.standard_normal((samples, *s)) for k, s in model.carry().items()}

    def test_a_state_changes_what_follows_and_zeros_do_not(self) -> None:
        model = stacked(4)
        net, x = self.net(model), example(model).x
        plain = net.predict(x)
        states = self.states(model)
        zeros = {name: np.zeros_like(array) for name, array in states.items()}
        np.testing.assert_array_equal(net.predict(x, carry=zeros), plain)
        for name, array in states.items():
            assert error(net.predict(x, carry={name: array}), plain) > 1e-3, name
        np.testing.assert_array_equal(net.predict(x), plain)  # nothing stays

    def test_batches_take_their_own_rows(self) -> None:
        model = stacked(4)
        net, x, states = self.net(model), example(model).x, self.states(model)
        whole, parts = (
            net.predict(x, batch_size, states, return_carry=True) for batch_size in (256, 3)
        )
        assert error(parts[0], whole[0]) < 1e-14
        assert_close(parts[1], whole[1], 1e-14)

    def test_states_are_copies_of_their_dtype(self) -> None:
        model = stacked(4)
        given, states = example(model), self.states(model)
        net = self.net(model, dtype="float32")
        kept = {name: array.copy() for name, array in states.items()}
        _, after = net.predict(given.x, carry=states, return_carry=True)
        _, trained = net.train_step(given.x, given.y, carry=states)
        for name, array in (*after.items(), *trained.items()):
            assert array.dtype == np.float32, name
            array[...] = 7
        assert_same(states, kept)
        assert np.isfinite(net.predict(given.x)).all()

    @pytest.mark.parametrize("optimizer", [spec.SGD(0.1, momentum=0.9), ADAM], ids=repr)
    def test_truncated_training_is_numpys(self, optimizer: spec.Optimizer) -> None:
        """Ten windows of one long sequence, the state handed from each to the next."""
        model = stacked(4)
        net, reference = self.both(model, optimizer=optimizer, seed=5)
        carries: list[dict[str, Array]] = [{}, {}]
        for window in range(10):
            given = example(model, samples=6, seed=window)
            losses = []
            for i, network in enumerate((net, reference)):
                loss, carries[i] = network.train_step(given.x, given.y, carry=carries[i])
                losses.append(float(loss))
            assert losses[0] == pytest.approx(losses[1], rel=1e-11)
        assert list(carries[0]) == NAMES
        assert_close(carries[0], carries[1], 1e-11)  # ten steps, each amplifying 1e-16 a little
        assert_close(everything(net), everything(reference), 1e-11)

    def test_training_without_a_state_gives_the_loss_alone(self) -> None:
        model = stacked(4)
        given = example(model)
        plain, zero = self.net(model), self.net(model)
        loss, after = zero.train_step(given.x, given.y, carry={})
        assert plain.train_step(given.x, given.y) == loss
        assert list(after) == NAMES
        assert_same(everything(plain), everything(zero))

    @pytest.mark.parametrize("layer", KINDS, ids=repr)
    @pytest.mark.parametrize(("samples", "time"), [(1, 4), (3, 1), (1, 1)])
    def test_one_sample_and_one_step(self, layer: Any, samples: int, time: int) -> None:
        for one in (layer, sequences(layer), spec.Bidirectional(sequences(layer))):
            model = spec.Model("m", (time, 3), (one,), spec.MeanSquaredError())
            given = example(model, samples)
            ours, theirs = (
                flattened(n.trace(given.x, given.y, training=True)) for n in self.both(model)
            )
            assert_close(ours, theirs, 1e-12)

    @pytest.mark.parametrize("layer", KINDS, ids=repr)
    def test_the_twin_is_the_layer_on_the_turned_sequence(self, layer: Any) -> None:
        """A trace shows it in the order in which it reads; the output has it turned back."""
        name = layer.short_name + "1"
        for one in (layer, sequences(layer)):
            both = spec.Bidirectional(one)
            model = spec.Model("m", (5, 3), (both,), spec.MeanSquaredError())
            given = example(model)
            outputs = self.net(model).trace(given.x).outputs
            for place, x in (("forward", given.x), ("backward", given.x[:, ::-1])):
                alone = spec.Model("a", (5, 3), (one,), spec.MeanSquaredError())
                net, start = self.net(alone), f"bidirectional1.{place}."
                net.load_parameters(
                    {k.removeprefix(start): a for k, a in given.parameters.items() if start in k}
                )
                assert error(outputs[start + name], net.predict(x)) < 1e-14
            ahead, twin = (outputs[f"bidirectional1.{p}.{name}"] for p in ("forward", "backward"))
            turned = twin[:, ::-1] if one.return_sequences else twin
            wanted = np.concatenate((ahead, turned), axis=-1)
            np.testing.assert_array_equal(outputs["bidirectional1"], wanted)

    def test_nothing_is_carried_into_both_ways(self) -> None:
        layers = (spec.Bidirectional(spec.GRU(4, return_sequences=True)), spec.LSTM(2))
        model = spec.Model("m", (5, 3), layers, spec.MeanSquaredError())
        net, x = self.net(model), example(model).x
        _, after = net.predict(x, return_carry=True)
        assert list(after) == ["lstm1.hidden", "lstm1.cell"]
        name = "bidirectional1.forward.gru1.hidden"
        assert name in refusal(lambda: net.predict(x, carry={name: np.zeros((7, 4))}))

    def test_a_model_without_memory_hands_on_nothing(self) -> None:
        model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
        net, given = self.net(model), example(model)
        assert net.predict(given.x, return_carry=True)[1] == {}
        assert net.train_step(given.x, given.y, carry={})[1] == {}
        text = refusal(lambda: net.predict(given.x, carry={"rnn1.hidden": np.zeros((7, 2))}))
        assert "carries no state: it has no recurrent layers" in text

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("lstm1.hidden", np.zeros((7, 4)), "lstm1.hidden has shape (7, 4); wanted (7, 5)"),
            ("lstm1.cell", np.zeros((6, 5)), "lstm1.cell has shape (6, 5); wanted (7, 5)"),
            ("lstm1.cell", np.zeros((9, 5)), "lstm1.cell has shape (9, 5); wanted (7, 5)"),
            ("lstm1.cell", 0.0, "lstm1.cell has shape (); wanted (7, 5)"),
            ("lstm1.hiden", np.zeros((7, 5)), "lstm1.hidden"),
            ("lstm1.hidden", np.full((7, 5), np.nan), "NaN"),
            ("lstm1.hidden", [[1.0], [1.0, 2.0]], "lstm1.hidden: its rows differ in length"),
            ("lstm1.hidden", np.full((7, 5), "a"), "wanted real numbers"),
        ],
        ids=["units", "too few", "too many", "scalar", "name", "nan", "ragged", "text"],
    )
    def test_a_wrong_state_is_one_sentence(self, name: str, value: Any, said: str) -> None:
        model = stacked(4)
        net, given = self.net(model), example(model)
        before = everything(net)
        assert said in refusal(lambda: net.predict(given.x, carry={name: value}))
        assert said in refusal(lambda: net.predict(given.x, 3, {name: value}))
        assert said in refusal(lambda: net.predict(net.prepare(given.x), carry={name: value}))
        assert said in refusal(lambda: net.train_step(given.x, given.y, {name: value}))
        assert_same(everything(net), before)
