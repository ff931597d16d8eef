"""What units can see by arithmetic is where the gradients of real networks are not zero."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from brain.testing.shapes import residual
from cnn import models
from cnn.receptive import Field, effective, effective_size, middle, receptive_fields, united
from scratch.models import mlp

Layers = tuple[spec.Layer, ...]
BLOCK = spec.Residual(
    (spec.Conv2D(2, stride=2, padding=1), spec.Tanh(), spec.Conv2D(2, padding="same")),
    (spec.Conv2D(2, kernel=1, stride=2),),
)
STACKS: dict[str, tuple[spec.Shape, Layers]] = {
    "valid": ((19, 17, 2), (spec.Conv2D(2, kernel=4), spec.Tanh(), spec.Conv2D(2, kernel=3))),
    "same": ((19, 17, 2), (spec.Conv2D(2, kernel=4, padding="same"), spec.AvgPool2D(3))),
    "same with strides": (
        (18, 17, 1),  # the padding before is not the same on both axes
        (spec.Conv2D(2, kernel=4, stride=3, padding="same"), spec.Conv2D(2, padding=2)),
    ),
    "dilated": ((21, 20, 1), (spec.Conv2D(2, dilation=2), spec.Conv2D(2, dilation=3))),
    "pools": (
        (20, 21, 1),
        (spec.Conv2D(2), spec.AvgPool2D(3, stride=2, padding="same"), spec.Conv2D(3, padding=1)),
    ),
    "maximum": (
        (16, 16, 1),
        (spec.Conv2D(2, padding=1), spec.MaxPool2D(3, stride=2), spec.Conv2D(2)),
    ),
    "residual": ((20, 20, 1), (spec.Conv2D(2, padding=1), BLOCK, spec.Tanh())),
    "wide shortcut": (
        (16, 16, 1),
        (spec.Residual((spec.Conv2D(2, kernel=1),), (spec.Conv2D(2, kernel=5, padding=2),)),),
    ),
    "chain": ((14, 14, 1), (spec.Sequential((spec.Conv2D(2), spec.ReLU(), spec.Conv2D(2))),)),
}


@pytest.mark.parametrize("name", STACKS)
def test_arithmetic_is_the_support_of_the_gradient(name: str) -> None:
    """A box around the pixels that have a gradient at some of many pictures."""
    shape, layers = STACKS[name]
    model = spec.Model("m", shape, layers, spec.MeanSquaredError())
    net = build(model, dtype="float64", seed=2)
    x = generator(0, "support").standard_normal((24, *shape))
    size = shape[0], shape[1]
    fields = receptive_fields(model)
    assert list(fields)[-1] == model.nodes[-1].name
    for node in model.nodes:
        rows, columns, _ = node.output_shape
        for place in {(0, 0), middle(net, node.name), (rows - 1, columns - 1), (1, columns // 3)}:
            seen = effective(net, x, node.name, place) > 0
            box = [np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0)]
            wanted = fields[node.name].pixels(place, size)
            assert [slice(a[0], a[-1] + 1) for a in box] == list(wanted), (node.name, place)


def test_known_fields() -> None:
    lenet = receptive_fields(models.lenet())
    assert {name: (f.size, f.jump) for name, f in lenet.items()} == {
        "conv1": (5, 1),
        "tanh1": (5, 1),
        "avgpool1": (6, 2),
        "conv2": (14, 2),
        "tanh2": (14, 2),
        "avgpool2": (16, 4),
    }
    assert lenet["avgpool2"].start == (-2, -2)
    resnet = list(receptive_fields(models.resnet_20()).values())[-1]
    # windows of 3: 8 on units that are a pixel apart, 6 on units 2 apart, 5 on units 4 apart
    assert (resnet.size, resnet.jump) == (1 + 2 * (1 + 6 + 1) + 2 * 2 * (5 + 1) + 2 * 4 * 5, 4)


def test_what_is_inside_a_block_has_its_own_field() -> None:
    fields = receptive_fields(residual())
    assert fields["residual1.body.conv1"].size == 5
    assert fields["residual1.shortcut.conv1"].size == 3
    assert fields["residual1"].size == fields["residual1.body.conv2"].size == 9
    assert "globalavgpool1" not in fields


def test_branches_that_move_by_other_steps_are_refused() -> None:
    one, other = Field("a", 3, 1), Field("b", 3, 2)
    assert "no one receptive field" in refusal(lambda: united("residual1", one, other))


def test_the_effective_field_of_ones_is_a_count_of_ways() -> None:
    """Two sums of three in a row: 1, 2, 3, 2, 1 ways, along both axes."""
    layers = (spec.Conv2D(1, bias=False), spec.Conv2D(1, bias=False))
    model = spec.Model("ones", (7, 7, 1), layers, spec.MeanSquaredError())
    net = build(model, dtype="float64")
    ones = {name: np.ones((3, 3, 1, 1)) for name in net.parameters()}
    net.load_parameters(ones)
    seen = effective(net, np.zeros((40, 7, 7, 1)), "conv2")
    ways = np.array([0, 1, 2, 3, 2, 1, 0])
    np.testing.assert_allclose(seen, np.outer(ways, ways))
    assert effective_size(seen) == 5
    assert effective_size(np.where(seen > 3, seen, 0.01)) == np.sqrt(9)


def test_what_cannot_be_asked_is_refused() -> None:
    net, x = build(residual()), np.zeros((2, 12, 12, 3))
    assert "no convolution" in refusal(lambda: receptive_fields(mlp()))
    text = refusal(lambda: effective(net, x, "residual1", (6, 0)))
    assert text == "layer 'residual1' gives images of 6 by 6: there is no place (6, 0)."
    assert "no image" in refusal(lambda: effective(net, x, "dense1"))
    assert "unknown layer" in refusal(lambda: effective(net, x, "conv5"))
    assert "x has shape" in refusal(lambda: effective(net, x[:, :9], "conv1"))
