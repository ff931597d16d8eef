"""What every engine must write; its tests subclass `Writing`.

class TestWriting(Writing):
    engine = "torch"
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from brain import spec
from brain.engine import Network, build
from brain.sampling import NetworkReader, Sampling, prompt_ids, written
from brain.testing.refusals import refusal
from brain.testing.texts import VOCABULARY, writer

LENGTH = 450
GRU = spec.GRU(16, return_sequences=True)
STACKED = (spec.LSTM(16, return_sequences=True), spec.Dropout(0.5), GRU)
WAYS = {
    "rnn, at 0.8": ((spec.RNN(16, return_sequences=True),), Sampling(0.8)),
    "gru, of 5": ((GRU,), Sampling(1.0, top_k=5)),
    "stacked, at 1.3": (STACKED, Sampling(1.3)),
    "stacked, at 0": (STACKED, Sampling(0.0)),
}


class Writing:
    """The same seed gives the same text, whoever computes, in float32."""

    engine: ClassVar[str]

    def net(self, reading: Any, engine: str = "", **options: Any) -> Network:
        """A language model with an opinion: untrained, its logits would be much alike."""
        net = build(writer(reading), engine or self.engine, seed=3, **options)
        start = net.parameters()
        net.load_parameters({**start, "dense1.weight": 6 * start["dense1.weight"]})
        return net

    @pytest.mark.parametrize("way", WAYS)
    def test_it_writes_what_numpy_writes(self, way: str) -> None:
        reading, sampling = WAYS[way]
        prompt = prompt_ids(VOCABULARY, "to be or not")
        texts = [
            list(written(NetworkReader(self.net(reading, e)), prompt, LENGTH, sampling, seed=5))
            for e in (self.engine, "numpy")
        ]
        assert len(texts[0]) == LENGTH
        assert VOCABULARY.decode(texts[0]) == VOCABULARY.decode(texts[1])
        assert len(set(texts[1])) > 1  # not one letter over and over

    def test_a_character_at_a_time_is_the_whole_at_once(self) -> None:
        net = self.net(STACKED, dtype="float64")
        ids = VOCABULARY.encode("to be or not")[: net.model.input_shape[0]]
        reader = NetworkReader(net)
        np.testing.assert_allclose([reader.read(i) for i in ids], net.predict(ids[None])[0], 1e-12)

    def test_it_writes_on_its_own_and_leaves_the_network_as_it_was(self) -> None:
        net = self.net((GRU,))
        before = net.parameters()
        one, other = (
            list(written(NetworkReader(net), [1], 20, Sampling(), seed=2)) for _ in range(2)
        )
        assert one == other
        for name, array in net.parameters().items():
            np.testing.assert_array_equal(array, before[name])

    def test_who_reads_both_ways_cannot_write(self) -> None:
        net = self.net((spec.Bidirectional(GRU),))
        assert "reads from the end too" in refusal(lambda: NetworkReader(net))
