"""Two models held against each other, both in NumPy: where they part, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.own.held import Comparison, Held
from brain.compare.own.sides import Side
from brain.errors import UserError
from brain.names import ENGINES
from brain.testing.present import needs
from brain.worker import Worker

READER = "brain.compare.own.declared:DeclaredModel"
MSE = spec.MeanSquaredError()
IMAGE, SEQUENCE, ROW = (8, 6, 3), (7, 4), (5,)


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Worker]]:
    needs("numpy", ENGINES)
    found = [Worker("numpy", threads=1) for _ in range(3)]
    yield found
    for worker in found:
        worker.close()


class Desk:
    """Holds two chains of layers against each other."""

    def __init__(self, workers: list[Worker], folder: Path) -> None:
        self.workers, self.folder = workers, folder

    def side(self, number: int, shape: Any, layers: Any, seed: int = 0) -> Side:
        model = spec.Model(f"model{number}", shape, tuple(layers), MSE)
        path = self.folder / f"{number}.json"
        spec.save(model, path)
        return Side(self.workers[number], self.workers[2], READER, str(path), "float64", seed)

    def held(self, shape: Any, mine: Any, theirs: Any, **options: Any) -> Held:
        given = options.pop("given", {})
        x: Any = np.random.default_rng(0).standard_normal((6, *shape))
        if shape == (9,):
            x = np.random.default_rng(0).integers(0, 12, (6, 9))
        sides = self.side(0, shape, mine), self.side(1, shape, theirs, options.pop("seed", 1))
        return Comparison(*sides, x, given, **options).run()


@pytest.fixture
def desk(workers: list[Worker], tmp_path: Path) -> Desk:
    return Desk(workers, tmp_path)


D, R = spec.Dense, spec.ReLU()
CONV = spec.Conv2D(4, 3, padding=1)
TOP = (spec.Flatten(), D(3))

EQUAL: dict[str, tuple[Any, Any, Any]] = {
    "rows": (ROW, (D(7), R, D(3)), (D(7), R, D(3))),
    "images": (
        IMAGE,
        (CONV, spec.BatchNorm(), R, spec.MaxPool2D(2), *TOP),
        (CONV, spec.BatchNorm(), spec.MaxPool2D(2), R, *TOP),
    ),
    "a shift that vanishes": (
        ROW,
        (D(7), spec.BatchNorm(), D(6), spec.BatchNorm(), R, D(3)),
        (D(7), spec.BatchNorm(), D(6), spec.BatchNorm(), R, D(3)),
    ),
    "padding": (
        (9, 7, 3),
        (spec.Conv2D(4, 3, 2, padding=1), *TOP),
        (spec.Conv2D(4, 3, 2, padding="same"), *TOP),
    ),
    "residual": (
        IMAGE,
        (CONV, spec.Residual((CONV, R, CONV)), *TOP),
        (CONV, spec.Residual((CONV, R, CONV)), *TOP),
    ),
    "ids": (
        (9,),
        (spec.Embedding(12, 4), spec.LSTM(5, return_sequences=True), spec.GRU(3), D(2)),
        (spec.Embedding(12, 4), spec.LSTM(5, return_sequences=True), spec.GRU(3), D(2)),
    ),
    "both ways": (
        SEQUENCE,
        (spec.Bidirectional(spec.LSTM(3)), D(2)),
        (spec.Bidirectional(spec.LSTM(3)), D(2)),
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_models_have_nothing_to_tell(desk: Desk, name: str) -> None:
    """Other weights at first: they are copied."""
    found = desk.held(*EQUAL[name])
    assert (found.verdict.answer, found.verdict.first, found.verdict.cause) == ("equal", "", "")
    assert not found.unpaired
    assert not found.uncopied
    assert {"outputs", "outputs in training", "gradients"} <= set(found.verdict.quantities)


FAULTS: dict[str, tuple[Any, Any, Any, str, str]] = {
    "eps": (
        IMAGE,
        (CONV, spec.BatchNorm(eps=1e-5), R, *TOP),
        (CONV, spec.BatchNorm(eps=1e-3), R, *TOP),
        "batchnorm1, forward, in evaluation",
        "NumPy (2): eps is 0.001, not 1e-05",
    ),
    "momentum": (
        IMAGE,
        (CONV, spec.BatchNorm(momentum=0.1), R, *TOP),
        (CONV, spec.BatchNorm(momentum=0.01), R, *TOP),
        "batchnorm1, its running statistics",
        "NumPy (2): momentum is 0.01, not 0.1",
    ),
    "an activation forgotten": (
        ROW,
        (D(7), R, D(6), R, D(3)),
        (D(7), R, D(6), D(3)),
        "between dense2 and dense3, in evaluation",
        "NumPy (2) lacks ReLU (relu2)",
    ),
    "an activation more": (
        ROW,
        (D(7), R, D(3)),
        (D(7), R, D(3), spec.Softmax()),
        "between dense2 and the output, in evaluation",
        "NumPy (2) has an additional Softmax (softmax1)",
    ),
    "a slope": (
        ROW,
        (D(7), spec.LeakyReLU(0.01), D(3)),
        (D(7), spec.LeakyReLU(0.3), D(3)),
        "leakyrelu1, forward, in evaluation",
        "NumPy (2): slope is 0.3, not 0.01",
    ),
    "another activation": (
        ROW,
        (D(7), spec.Tanh(), D(3)),
        (D(7), spec.Sigmoid(), D(3)),
        "between dense1 and dense2, in evaluation",
        "NumPy (2) has Sigmoid (sigmoid1) where NumPy has Tanh (tanh1)",
    ),
    "two layers exchanged": (
        IMAGE,
        (CONV, spec.BatchNorm(), R, *TOP),
        (CONV, R, spec.BatchNorm(), *TOP),
        "between conv1 and batchnorm1, in evaluation",
        "NumPy (2) has an additional ReLU (relu1): it stands after batchnorm1 in NumPy",
    ),
    "pooling": (
        IMAGE,
        (CONV, spec.MaxPool2D(2), *TOP),
        (CONV, spec.AvgPool2D(2), *TOP),
        "between conv1 and dense1, in evaluation",
        "NumPy (2) has AvgPool2D (avgpool1) where NumPy has MaxPool2D (maxpool1)",
    ),
    "dilation": (
        IMAGE,
        (spec.Conv2D(4, 3, padding="same"), *TOP),
        (spec.Conv2D(4, 3, padding="same", dilation=2), *TOP),
        "conv1, forward, in evaluation",
        "NumPy (2): dilation is 2, not 1",
    ),
    "a shortcut forgotten": (
        IMAGE,
        (CONV, spec.Residual((CONV, R)), *TOP),
        (CONV, spec.Sequential((CONV, R)), *TOP),
        "between residual1.body.conv1 and dense1, in evaluation",
        "NumPy (2) lacks a shortcut: sum with what goes into residual1.body.conv1",
    ),
    "another norm": (
        ROW,
        (D(7), spec.LayerNorm(), D(3)),
        (D(7), spec.BatchNorm(), D(3)),
        "layernorm1, forward, in evaluation",
        "it is a LayerNorm in NumPy, a BatchNorm in NumPy (2)",
    ),
    "gelu": (
        ROW,
        (D(7), spec.GELU("erf"), D(3)),
        (D(7), spec.GELU("tanh"), D(3)),
        "gelu1, forward, in evaluation",
        "NumPy (2): form is 'tanh', not 'erf'",
    ),
    "an activation inside": (
        SEQUENCE,
        (spec.RNN(5), D(3)),
        (spec.RNN(5, activation="relu"), D(3)),
        "rnn1, forward, in evaluation",
        "NumPy (2): activation is 'relu', not 'tanh'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_where_they_part_and_why(desk: Desk, name: str) -> None:
    *models, first, cause = FAULTS[name]
    found = desk.held(*models)
    assert found.verdict.answer == "differs"
    assert found.verdict.first == first
    assert cause in found.verdict.cause


class TestPartial:
    """What can be compared is, and what cannot is told."""

    def test_shapes_that_cannot_match(self, desk: Desk) -> None:
        found = desk.held(ROW, (D(7), R, D(6), R, D(2)), (D(7), R, D(9), R, D(2)))
        assert found.verdict.answer == "differs"
        assert "their shapes cannot match" in found.verdict.cause
        assert (
            "weight is (7, 6) in dense2 of NumPy, (7, 9) in dense2 of NumPy (2)"
            in found.uncopied[0]
        )
        assert found.rows[0].evaluation.answer == "equal"  # type: ignore[union-attr]

    def test_a_layer_without_a_counterpart(self, desk: Desk) -> None:
        found = desk.held(ROW, (D(7), R, D(7), R, D(3)), (D(7), R, D(3)))
        assert found.verdict.answer == "differs"
        assert found.unpaired == [
            "dense2 of NumPy (Dense; weight (7, 7), bias (7,)) has no counterpart in NumPy (2)"
        ]
        assert "NumPy (2) lacks Dense (dense2)" in found.verdict.cause


def test_weights_that_are_kept_are_compared(desk: Desk) -> None:
    layers = (D(7), R, D(3))
    assert desk.held(ROW, layers, layers, copies=False, seed=0).verdict.answer == "equal"
    found = desk.held(ROW, layers, layers, copies=False, seed=1).verdict
    assert (found.answer, found.first) == ("differs", "dense1, forward, in evaluation")
    assert "other numbers in weight" in found.cause


def gates(arrays: Any, order: tuple[int, ...]) -> Any:
    """The blocks of gates in another order, in every array."""
    blocks = {k: np.split(a, len(order), axis=-1) for k, a in arrays.items()}
    return {k: np.concatenate([parts[i] for i in order], axis=-1) for k, parts in blocks.items()}


def rows(arrays: Any) -> Any:
    """Those of an image's numbers read channels first."""
    weight = arrays["weight"].reshape(8, 6, 4, -1).transpose(2, 0, 1, 3)
    return {**arrays, "weight": weight.reshape(arrays["weight"].shape)}


PORTED: dict[str, tuple[Any, Any, str, Any, str]] = {
    "gates": (
        SEQUENCE,
        (spec.LSTM(5), D(3)),
        "lstm1",
        lambda arrays: gates(arrays, (0, 1, 3, 2)),
        "NumPy (2), in its own arrays: the gates are in the order i, f, o, g",
    ),
    "not turned over": (
        ROW,
        (D(7), R, D(7), R, D(3)),
        "dense2",
        lambda arrays: {**arrays, "weight": arrays["weight"].T.copy()},
        "NumPy (2), in its own arrays: weight is transposed",
    ),
    "channels first": (
        IMAGE,
        (CONV, R, spec.Flatten(), D(3)),
        "dense1",
        rows,
        "NumPy (2): the rows of weight are in another order",
    ),
}


@pytest.mark.parametrize("name", PORTED)
def test_weights_that_were_ported_wrongly(desk: Desk, name: str) -> None:
    shape, layers, layer, wrong, cause = PORTED[name]
    sides = desk.side(0, shape, layers), desk.side(1, shape, layers)
    x = np.random.default_rng(0).standard_normal((6, *shape))
    sides[1].look(x)
    (own,) = (leaf.parameters for leaf in sides[1].leaves if leaf.name == layer)
    drawn = np.random.default_rng(1)
    full = {k: drawn.standard_normal(array.shape) for k, array in own.items()}
    for side, arrays in zip(sides, (full, wrong(full)), strict=True):
        side.worker.call("brain.compare.own.work:written", name=layer, parameters=arrays, state={})
    found = Comparison(*sides, x, {}, copies=False).run().verdict
    assert found.first == f"{layer}, forward, in evaluation"
    assert cause in found.cause


def test_evaluation_alone(desk: Desk) -> None:
    _, mine, theirs, _, _ = FAULTS["momentum"]
    found = desk.held(IMAGE, mine, theirs, training=False)
    assert found.verdict.answer == "equal"
    assert set(found.verdict.quantities) == {"outputs"}


def test_pairs_that_are_given(desk: Desk) -> None:
    layers = (D(5), R, D(5), R, D(5))
    found = desk.held(ROW, layers, layers, given={"dense1": "dense3", "dense3": "dense1"})
    assert [(row.mine, row.theirs) for row in found.rows] == [
        ("dense1", "dense3"),
        ("dense2", "dense2"),
        ("dense3", "dense1"),
    ]
    assert found.verdict.answer == "differs"


def test_a_loss_is_compared_and_gone_back_from(desk: Desk) -> None:
    layers, y = (D(7), R, D(3)), np.random.default_rng(5).standard_normal((6, 3))
    found = desk.held(ROW, layers, layers, loss=MSE, targets=y)
    assert found.verdict.quantities["loss"].answer == "equal"
    assert found.loss["NumPy"] > 0
    with pytest.raises(UserError, match="targets"):
        desk.held(ROW, layers, layers, loss=MSE, targets=y[:, :2])
