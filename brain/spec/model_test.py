"""What follows from a model's layers: names, shapes, parameters, operations, and refusals."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given

from brain import spec
from brain.testing.model_strategies import models
from brain.testing.refusals import refusal

MSE = spec.MeanSquaredError()


def model(*layers: spec.Layer, shape: tuple[int, ...] = (4,), loss: spec.Loss = MSE) -> spec.Model:
    return spec.Model("m", shape, layers, loss)


def test_names_are_kind_and_count_anew_inside_a_nest() -> None:
    block = spec.Residual((spec.Dense(4), spec.ReLU(), spec.Dense(4)), (spec.Dense(4),))
    nested = spec.Sequential((spec.Dense(4), block))
    made = model(spec.Dense(4), block, spec.Dense(4), nested, block)
    assert [node.name for node in made.nodes] == [
        "dense1",
        "residual1",
        "dense2",
        "sequential1",
        "residual2",
    ]
    assert list(made.parameters()) == [
        "dense1.weight",
        "dense1.bias",
        "residual1.body.dense1.weight",
        "residual1.body.dense1.bias",
        "residual1.body.dense2.weight",
        "residual1.body.dense2.bias",
        "residual1.shortcut.dense1.weight",
        "residual1.shortcut.dense1.bias",
        "dense2.weight",
        "dense2.bias",
        "sequential1.dense1.weight",
        "sequential1.dense1.bias",
        "sequential1.residual1.body.dense1.weight",
        "sequential1.residual1.body.dense1.bias",
        "sequential1.residual1.body.dense2.weight",
        "sequential1.residual1.body.dense2.bias",
        "sequential1.residual1.shortcut.dense1.weight",
        "sequential1.residual1.shortcut.dense1.bias",
        "residual2.body.dense1.weight",
        "residual2.body.dense1.bias",
        "residual2.body.dense2.weight",
        "residual2.body.dense2.bias",
        "residual2.shortcut.dense1.weight",
        "residual2.shortcut.dense1.bias",
    ]
    assert made.state() == {}


def test_layer_names_of_every_kind() -> None:
    chain = (spec.LeakyReLU(), spec.GELU(), spec.GELU("tanh"), spec.SiLU(), spec.Softmax())
    names = [name for name, _ in spec.named(chain)]
    assert names == ["leakyrelu1", "gelu1", "gelu2", "silu1", "softmax1"]


@given(models())
def test_names_are_unique_and_shapes_meet(made: spec.Model) -> None:
    names = [node.name for node in made.walk()]
    assert len(set(names)) == len(names)
    for chain in [made.nodes, *(c for node in made.walk() for c in node.nests.values())]:
        for before, after in pairwise(chain):
            assert before.output_shape == after.input_shape
    assert made.nodes[0].input_shape == made.input_shape
    assert made.nodes[-1].output_shape == made.output_shape
    assert all(name.rpartition(".")[0] in names for name in made.parameters())


def test_parameters_of_dense() -> None:
    weight, bias = (
        model(spec.Dense(3, init=spec.init.Normal(0.5)), shape=(7, 5)).parameters().items()
    )
    assert weight == ("dense1.weight", spec.ParameterInfo((5, 3), spec.init.Normal(0.5), 5, 3))
    assert bias[0] == "dense1.bias"
    assert bias[1].shape == (3,)
    assert bias[1].init == spec.init.Constant(0.0)
    assert list(model(spec.Dense(3, bias=False)).parameters()) == ["dense1.weight"]


@pytest.mark.parametrize(
    ("layer", "shape", "flops"),
    [
        # 3 units, each 5 products and 4 sums, and a sum for the bias.
        (spec.Dense(3), (5,), 3 * (5 + 4 + 1)),
        (spec.Dense(3, bias=False), (5,), 3 * (5 + 4)),
        (spec.Dense(1, bias=False), (1,), 1),
        (spec.Dense(3), (7, 2, 5), 7 * 2 * 3 * 10),
        (spec.Flatten(), (7, 2), 0),
        (spec.Dropout(0.5), (7, 2), 0),
        (spec.Identity(), (7, 2), 0),
        (spec.ReLU(), (7, 2), 14),
        (spec.LeakyReLU(), (7, 2), 2 * 14),  # a comparison and a product
        (spec.Tanh(), (7, 2), 14),
        (spec.Sigmoid(), (7,), 4 * 7),  # minus, exp, sum, quotient
        (spec.Softplus(), (7,), 3 * 7),  # exp, sum, log
        (spec.Residual((spec.Dense(5),)), (5,), 5 * 10 + 5),
        (spec.Sequential((spec.Dense(3), spec.ReLU())), (5,), 30 + 3),
    ],
)
def test_operations_by_hand(layer: spec.Layer, shape: tuple[int, ...], flops: int) -> None:
    assert model(layer, shape=shape).flops() == flops


def test_sum_length_is_what_one_output_adds_up() -> None:
    assert spec.Dense(3).sum_length((7, 5)) == 6
    assert spec.Dense(3, bias=False).sum_length((7, 5)) == 5
    assert spec.ReLU().sum_length((7, 5)) == 1


def test_output_and_target_shapes() -> None:
    sequence = model(spec.Dense(3), shape=(6, 5), loss=spec.SoftmaxCrossEntropy())
    assert (sequence.output_shape, sequence.target_shape) == ((6, 3), (6,))
    assert sequence.loss.classes(sequence.output_shape) == 3
    binary = model(spec.Dense(1), loss=spec.BinaryCrossEntropy())
    assert (binary.target_shape, binary.loss.classes(binary.output_shape)) == ((1,), 2)
    numbers = model(spec.Flatten(), shape=(2, 3))
    assert (numbers.output_shape, numbers.target_shape) == ((6,), (6,))
    assert numbers.loss.classes(numbers.output_shape) == 0
    assert math.prod(numbers.output_shape) == 6


def test_a_chain_that_does_not_fit_names_its_layer() -> None:
    narrow = spec.Residual((spec.Dense(3),))
    text = refusal(lambda: model(spec.ReLU(), narrow))
    assert "model 'm', residual1.body: it gives (3,) for (4,), the shortcut (4,)" in text
    text = refusal(lambda: model(spec.Sequential((spec.ReLU(), narrow, narrow))))
    assert "sequential1.residual1.body: it gives (3,)" in text
    text = refusal(lambda: model(spec.Residual((spec.ReLU(),), (spec.ReLU(), narrow))))
    assert "residual1.shortcut.residual1.body: it gives (3,)" in text


def test_a_loss_that_does_not_fit_says_what_to_do() -> None:
    text = refusal(lambda: model(spec.Dense(1), loss=spec.SoftmaxCrossEntropy()))
    assert "at least 2 outputs" in text
    assert "(1,)" in text
    assert "BinaryCrossEntropy" in text


def test_a_layer_alone_refuses_what_it_cannot_take() -> None:
    assert "Dense" in refusal(lambda: spec.Dense(3).output_shape(()))
    assert "Softmax" in refusal(lambda: spec.Softmax().output_shape(()))


def test_empty_nests_are_the_identity() -> None:
    made = model(spec.Sequential(()), spec.Residual(()))
    assert made.output_shape == (4,)
    assert made.flops() == 4  # the addition
    assert made.parameters() == {}
