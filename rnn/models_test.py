"""The architectures of the sequence track: their shapes, their sizes, and that they learn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import names, spec
from brain.engine import build
from brain.errors import UserError
from rnn import models

Make = Callable[..., spec.Model]
MODELS: dict[str, Make] = {
    name: getattr(models, entry.where.partition(":")[2])
    for name, entry in names.MODELS.items()
    if entry.where.startswith("rnn.")
}
CHAR = [name for name in MODELS if name.startswith("char-")]
NUMBERS = [name for name in MODELS if name not in CHAR]
MEMORIES = ["memory-rnn", "memory-lstm", "memory-gru"]

KINDS = {
    "char-rnn": ["Embedding", "RNN", "Dense"],
    "char-lstm": ["Embedding", "LSTM", "Dense"],
    "char-gru": ["Embedding", "GRU", "Dense"],
    "char-gru-wide": ["Embedding", "GRU", "Dropout", "Dense"],
    "char-gru-dropout": ["Embedding", "Dropout", "GRU", "Dropout", "Dense"],
    "char-lstm-stacked": ["Embedding", "LSTM", "Dropout", "LSTM", "Dropout", "Dense"],
    "forecast-rnn": ["RNN", "Dense"],
    "forecast-lstm": ["LSTM", "Dense"],
    "forecast-gru": ["GRU", "Dense"],
    "memory-rnn": ["RNN", "Dense"],
    "memory-lstm": ["LSTM", "Dense"],
    "memory-gru": ["GRU", "Dense"],
    "memory-bilstm": ["Bidirectional", "LSTM", "LSTM", "Dense"],
}
"""The layers of each model in the order of a walk: a nest, then what is inside it."""


@pytest.mark.parametrize("name", MODELS)
def test_each_is_made_of_its_layers(name: str) -> None:
    assert [node.layer.kind for node in MODELS[name]().walk()] == KINDS[name]


@pytest.mark.parametrize("name", CHAR)
def test_a_language_model_answers_at_each_step(name: str) -> None:
    model = MODELS[name]()
    assert (model.name, model.input_shape, model.output_shape) == (name, (64,), (64, 65))
    assert model.ids == 65
    assert MODELS[name]((30,), 9).target_shape == (30,)
    assert not any(isinstance(node.layer, spec.Bidirectional) for node in model.walk())


@pytest.mark.parametrize("name", NUMBERS)
def test_a_sequence_of_numbers_has_one_answer(name: str) -> None:
    model = MODELS[name]()
    assert model.name == name
    assert model.output_shape == (1,)
    assert model.loss == spec.MeanSquaredError()
    assert MODELS[name]((9, 4), 3).output_shape == (3,)


@pytest.mark.parametrize("name", MEMORIES)
def test_ids_have_an_answer_at_each_step(name: str) -> None:
    model = MODELS[name]((50,), 10)
    assert model.ids == 10
    assert model.output_shape == (50, 10)
    assert [node.layer.kind for node in model.walk()] == ["Embedding", *KINDS[name]]
    assert model.loss == spec.SoftmaxCrossEntropy()


@pytest.mark.parametrize(
    ("name", "gates", "biases"), [("rnn", 1, 1), ("lstm", 4, 1), ("gru", 3, 2)]
)
def test_the_number_of_parameters(name: str, gates: int, biases: int) -> None:
    infos = MODELS[f"char-{name}"]().parameters().values()
    recurrent = gates * 128 * (64 + 128 + biases)
    assert sum(math.prod(i.shape) for i in infos) == 65 * 64 + recurrent + 129 * 65


@pytest.mark.parametrize("name", MODELS)
def test_they_learn_a_few_sequences_by_heart(name: str) -> None:
    random = np.random.default_rng(5)
    x: NDArray[Any]
    y: NDArray[Any]
    if name in CHAR:
        x, y = random.integers(0, 7, (6, 8)), random.integers(0, 7, (6, 8))
        net = build(MODELS[name]((8,), 7), optimizer=spec.Adam(0.01))
    else:
        x, y = random.standard_normal((6, 8, 2)), random.standard_normal((6, 1))
        net = build(MODELS[name]((8, 2)), optimizer=spec.Adam(0.01))
    losses = [float(net.train_step(x, y)) for _ in range(40)]
    assert losses[-1] < 0.7 * losses[0]


def test_what_is_no_sequence_is_refused() -> None:
    with pytest.raises(UserError, match="Embedding takes token ids"):
        models.char_lstm((28, 28, 1))
    with pytest.raises(UserError, match="LSTM takes sequences"):
        models.memory_bilstm((50,))
