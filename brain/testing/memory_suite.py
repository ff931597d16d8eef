"""What every engine must show of its memory: NumPy's states, gates and gradients, in float64.

class TestMemory(Memory):
    engine = "torch"

The functions that show them are in rnn/, which a track's branch may lack: then the tests skip.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.engine import Network, build
from brain.testing.arrays import assert_close

KINDS = (spec.RNN(5), spec.RNN(5, activation="relu"), spec.LSTM(5), spec.GRU(5))
GATES = {"RNN": "", "LSTM": "ifgo", "GRU": "rzn"}
TIGHT = 1e-12  # a few roundings of 1e-16 a step, over ten steps


def needed(module: str) -> Any:
    """A module of rnn/, or the test is skipped."""
    return pytest.importorskip(module, reason="the folder rnn/ is not on this branch")


def models(layer: Any) -> tuple[spec.Model, spec.Model, spec.Model]:
    """Numbers with one answer, ids with one a step, and a layer inside two nests."""
    each = replace(layer, return_sequences=True)
    mse, entropy = spec.MeanSquaredError(), spec.SoftmaxCrossEntropy()
    block = spec.Residual((spec.Sequential((spec.LayerNorm(), each)), spec.Dense(3)))
    return (
        spec.Model("one", (9, 3), (layer, spec.Dense(2)), mse),
        spec.Model("text", (9,), (spec.Embedding(6, 4), each, each, spec.Dense(6)), entropy),
        spec.Model("nest", (9, 3), (spec.Dense(3), block, spec.Dense(2)), mse),
    )


class Memory:
    """States, gates and gradients over time, of any model with a recurrent layer."""

    engine: ClassVar[str]

    def both(self, model: spec.Model) -> tuple[Network, Network]:
        ours, theirs = (build(model, e, dtype="float64") for e in (self.engine, "numpy"))
        for net in (ours, theirs):
            net.load_parameters(example(model).parameters)
        return ours, theirs

    @pytest.mark.parametrize("layer", KINDS, ids=repr)
    def test_states_and_gates_are_numpys(self, layer: Any) -> None:
        reading = needed("rnn.reading")
        for model in models(layer):
            given, nets = example(model), self.both(model)
            for node in model.walk():
                if not isinstance(node.layer, spec.Recurrent):
                    continue
                ours, theirs = (reading.read(net, given.x, node.name) for net in nets)
                assert ours.states.shape == (len(given.x), 9, 5)
                assert list(ours.gates) == list(GATES[layer.kind])
                assert_close(arrays(ours), arrays(theirs), TIGHT)

    @pytest.mark.parametrize("layer", KINDS, ids=repr)
    def test_a_longer_text_is_read_the_same(self, layer: Any) -> None:
        reading = needed("rnn.reading")
        _, model, _ = models(layer)
        ids = np.random.default_rng(3).integers(0, 6, (2, 31))
        ours, theirs = (reading.read(net, ids) for net in self.both(model))
        assert ours.states.shape == (2, 31, 5)
        assert_close({"h": ours.states}, {"h": theirs.states}, 1e-11)  # thirty steps

    @pytest.mark.parametrize("layer", KINDS, ids=repr)
    def test_gradients_over_time_are_numpys(self, layer: Any) -> None:
        gradients = needed("rnn.gradients")
        for model in models(layer):
            given = example(model)
            ours, theirs = (gradients.over_time(net, given.x, given.y) for net in self.both(model))
            assert ours.layer == theirs.layer
            assert (theirs.inputs > 0).any()
            assert_close(
                {"inputs": ours.inputs, "end": ours.end},
                {"inputs": theirs.inputs, "end": theirs.end},
                TIGHT,
            )

    def test_text_learnt_in_order_ends_with_numpys_weights(self) -> None:
        truncation = needed("rnn.truncation")
        model = models(spec.LSTM(5))[1]
        ids = np.random.default_rng(2).integers(0, 6, 140)
        nets = self.both(model)
        losses = [[tick.loss for tick in truncation.learn(net, ids, 3, 2)] for net in nets]
        assert len(losses[0]) == 2 * 5
        assert losses[0] == pytest.approx(losses[1], rel=1e-11)
        assert_close(nets[0].parameters(), nets[1].parameters(), 1e-11)


def arrays(reading: Any) -> dict[str, Any]:
    """The states and gates of a reading by name, and an LSTM's cell."""
    cells = {} if reading.cells is None else {"c": reading.cells}
    return {"h": reading.states, **reading.gates, **cells}
