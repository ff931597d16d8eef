"""One picture's way: shapes, costs and sizes are those of the model and of its outputs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn import models
from cnn.breakdown import breakdown, by_family, family

NET = build(residual(), dtype="float64", seed=3)
IMAGE = shapes(3).x_test[0]


def test_every_layer_is_on_the_way_inside_before_the_sum() -> None:
    names = [stop.name for stop in breakdown(NET, IMAGE)]
    assert set(names) == {
        n.name for n in NET.model.walk() if not isinstance(n.layer, spec.Sequential)
    }
    assert names.index("residual1.shortcut.conv1") < names.index("residual1")
    assert names.index("residual1.body.conv2") < names.index("residual1")


def test_zeros_and_sizes_are_those_of_the_outputs() -> None:
    outputs = NET.trace(IMAGE[None]).outputs
    for stop in breakdown(NET, IMAGE):
        values = outputs[stop.name]
        assert values[0].shape == stop.shape
        assert stop.zeros == np.mean(values == 0)
        assert stop.size == pytest.approx(np.sqrt(np.mean(values**2)))
    assert any(stop.zeros > 0.2 for stop in breakdown(NET, IMAGE) if stop.family == "activation")


@pytest.mark.parametrize("model", [plain(3), residual(), models.resnet_8((12, 12, 3), 3)])
def test_costs_add_up_to_the_models(model: spec.Model) -> None:
    totals = by_family(breakdown(build(model), IMAGE)).values()
    assert sum(flops for flops, _ in totals) == model.flops()
    sizes = (math.prod(info.shape) for info in model.parameters().values())
    assert sum(parameters for _, parameters in totals) == sum(sizes)


def test_families() -> None:
    kinds = {
        spec.Conv2D(3): "conv",
        spec.LayerNorm(): "norm",
        spec.GELU(): "activation",
        spec.GlobalAvgPool2D(): "pool",
        spec.Dense(2): "dense",
        spec.Flatten(): "other",
    }
    assert {layer: family(layer) for layer in kinds} == kinds


def test_a_picture_of_another_shape_is_refused() -> None:
    text = refusal(lambda: breakdown(NET, IMAGE[:, :10]))
    assert text.startswith("the picture is (12, 10, 3), but model 'residual' takes (12, 12, 3)")
    assert "without the batch axis" in refusal(lambda: breakdown(NET, IMAGE[None]))
