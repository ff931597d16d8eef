"""Feature maps and first filters are the network's own arrays."""

from __future__ import annotations

import numpy as np

from brain.engine import build
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn.filters import first_filters
from cnn.maps import feature_maps, image_layers, spread, strongest
from scratch.models import mlp

X = shapes(3).x_test[:3]
NET = build(residual())


def test_maps_are_the_layers_outputs_in_order() -> None:
    maps = feature_maps(NET, X)
    assert list(maps) == image_layers(NET)
    assert list(maps)[-1] == "maxpool1"
    outputs = NET.trace(X).outputs
    for layer, found in maps.items():
        np.testing.assert_array_equal(found, outputs[layer])
    inside = "residual1.body.conv2"
    assert feature_maps(NET, X, [inside, "conv1"]).keys() == {inside, "conv1"}


def test_filters_are_the_kernels_one_after_another() -> None:
    name, kernels = first_filters(NET)
    assert (name, kernels.shape) == ("conv1", (4, 3, 3, 3))
    np.testing.assert_array_equal(kernels[2], NET.parameters()["conv1.weight"][..., 2])


def test_the_strongest_channels_vary_most() -> None:
    maps = np.zeros((4, 4, 3))
    maps[0, 0] = [1, 0, 5]
    maps[..., 1] = 7  # the same everywhere: it says nothing of the picture
    np.testing.assert_array_equal(strongest(maps, 2), [2, 0])


def test_layers_are_chosen_evenly_with_both_ends() -> None:
    names = [str(i) for i in range(9)]
    assert spread(names, 3) == ["0", "4", "8"]
    assert spread(names, 20) == names


def test_what_gives_no_image_is_refused() -> None:
    net = build(plain())
    x = shapes().x_test[:2]
    assert "gives (7,), no image" in refusal(lambda: feature_maps(net, x, ["dense1"]))
    assert "unknown layer" in refusal(lambda: feature_maps(net, x, ["conv9"]))
    assert "no layer" in refusal(lambda: feature_maps(net, x, []))
    assert "x has shape (3, 12, 12, 3)" in refusal(lambda: feature_maps(net, X))
    for call in (first_filters, image_layers):
        assert "no convolution" in refusal(lambda call=call: call(build(mlp())))  # type: ignore[misc]
