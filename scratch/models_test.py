"""The perceptrons build on any shape, and learn; so do the small networks on what they are for."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import data as data_sets
from brain import names, spec
from brain.engine import Network, build
from brain.testing.learning_suite import Learning
from brain.training import train as train_on
from scratch import models

Array = NDArray[Any]
Make = Callable[..., spec.Model]

EVERY: dict[str, Make] = {
    name: make
    for name, make in inspect.getmembers(models, inspect.isfunction)
    if make.__module__ == models.__name__ and not name.startswith("_")
}
OTHERS = ("digits_cnn", "char_rnn_small")
MODELS = {name: make for name, make in EVERY.items() if name not in OTHERS}
SHAPES = [(5,), (4, 3), (4, 4, 2)]
LOSSES: list[tuple[spec.Loss, int]] = [
    (spec.SoftmaxCrossEntropy(), 3),
    (spec.BinaryCrossEntropy(), 1),
    (spec.MeanSquaredError(), 2),
]
SAMPLES, BATCH = 60, 20


def data(shape: tuple[int, ...], loss: spec.Loss, outputs: int) -> tuple[Array, Array]:
    """Targets that follow from x by a random matrix, so that they can be learnt."""
    random = np.random.default_rng(11)
    x = random.standard_normal((SAMPLES, *shape))
    z = x.reshape(SAMPLES, -1) @ random.standard_normal((math.prod(shape), outputs))
    match loss:
        case spec.SoftmaxCrossEntropy():
            return x, z.argmax(axis=1)
        case spec.BinaryCrossEntropy():
            return x, (z > 0).astype(np.int64)
    return x, z / z.std()


def train(net: Network, x: Array, y: Array, epochs: int) -> None:
    for _ in range(epochs):
        for start in range(0, SAMPLES, BATCH):
            net.train_step(x[start : start + BATCH], y[start : start + BATCH])


def test_every_model_has_a_name_in_the_table() -> None:
    made = {f"scratch.models:{name}" for name in EVERY}
    listed = {entry.where for entry in names.MODELS.values()}
    assert made <= listed
    assert {where for where in listed if where.startswith("scratch.")} == made


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_the_defaults_are_those_of_mnist(make: Make) -> None:
    model = make()
    assert model.input_shape == (28, 28, 1)
    assert model.output_shape == (10,)
    assert model.loss == spec.SoftmaxCrossEntropy()
    assert names.MODELS[model.name].where == f"scratch.models:{make.__name__}"
    assert build(model).predict(np.zeros((2, 28, 28, 1))).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("softmax_regression", 784 * 10 + 10),
        ("mlp", (784 * 128 + 128) + (128 * 10 + 10)),
        ("mlp_tanh", (784 * 32 + 32) + (32 * 24 + 24) + (24 * 10 + 10)),
        ("mlp_dropout", (784 * 256 + 256) + (256 * 128 + 128) + (128 * 10 + 10)),
    ],
)
def test_the_number_of_parameters(name: str, parameters: int) -> None:
    infos = MODELS[name]().parameters().values()
    assert sum(math.prod(info.shape) for info in infos) == parameters


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("loss", "outputs"), LOSSES, ids=lambda value: getattr(value, "kind", ""))
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_they_learn(make: Make, loss: spec.Loss, outputs: int, shape: tuple[int, ...]) -> None:
    net = build(make(shape, outputs, loss), optimizer=spec.Adam(0.02))
    x, y = data(shape, loss, outputs)
    before = net.evaluate(x, y)
    train(net, x, y, epochs=20)
    after = net.evaluate(x, y)
    assert after["loss"] < 0.75 * before["loss"]
    assert after[loss.metric] > before[loss.metric]


@pytest.mark.parametrize(
    ("make", "rows", "wanted"),
    [(models.digits_cnn, "digits", 0.9), (models.char_rnn_small, "theory", 0.2)],
)
def test_the_small_networks_learn_what_they_are_for(make: Make, rows: str, wanted: float) -> None:
    if not data_sets.describe(rows).available():
        pytest.skip(f"the data set {rows} is not here")
    found = data_sets.load(rows)
    model = make(found.input_shape, found.outputs)
    assert names.MODELS[model.name].where == f"scratch.models:{make.__name__}"
    net = build(model, optimizer=spec.Adam(0.01))
    for step in train_on(net, found, batch_size=32, epochs=2):
        metrics = step.metrics
    assert metrics["accuracy"] > wanted


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_the_same_training_gives_the_same_bits(make: Make) -> None:
    x, y = data((4, 3), spec.SoftmaxCrossEntropy(), 3)
    runs = []
    for _ in range(2):
        net = build(make((4, 3), 3), seed=5, optimizer=spec.Adam(0.005, clip_norm=1.0))
        train(net, x, y, epochs=3)
        runs.append((net.parameters(), net.optimizer_state(), net.predict(x)))
    for one, other in zip(runs[0][:2], runs[1][:2], strict=True):
        assert list(one) == list(other)
        for name, array in one.items():
            np.testing.assert_array_equal(array, other[name])
    np.testing.assert_array_equal(runs[0][2], runs[1][2])


class TestLearning(Learning):
    engine = "numpy"
