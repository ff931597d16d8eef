"""Layers are found by name, and a network is cut behind any of them."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual
from cnn import models, places
from scratch.models import mlp

MODELS = [plain(), residual(), models.resnet_8((16, 16, 3)), models.vgg_small((16, 16, 3))]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_network_cut_behind_a_layer_gives_its_output(model: spec.Model) -> None:
    given = example(model, samples=3)
    net = build(model, dtype="float64", seed=4)
    net.load_parameters(given.parameters)
    net.load_state(given.state)
    trace = net.trace(given.x)
    for node in model.walk():
        short = places.up_to(net, node.name)
        np.testing.assert_allclose(short.predict(given.x), trace.outputs[node.name], rtol=1e-9)
    last = model.nodes[-1].name
    assert places.up_to(net, last).model.parameters().keys() == model.parameters().keys()


def test_a_cut_network_is_of_the_same_kind_and_a_copy() -> None:
    net = build(plain(), dtype="float64", threads=1)
    short = places.up_to(net, "conv2")
    assert (type(short), short.dtype, short.threads) == (type(net), net.dtype, 1)
    before = short.parameters()["conv1.weight"]
    net.load_parameters({name: 2 * array for name, array in net.parameters().items()})
    np.testing.assert_array_equal(short.parameters()["conv1.weight"], before)


@pytest.mark.parametrize(
    ("model", "layer"),
    [
        (models.conv(), "relu1"),
        (models.lenet(), "tanh2"),
        (models.vgg_small(), "relu4"),
        (models.resnet_8(), "relu4"),
        (models.resnet_20(), "relu10"),
    ],
)
def test_the_last_images_are_those_before_the_last_pooling(model: spec.Model, layer: str) -> None:
    assert places.last_images(model).name == layer


def test_convolutions_are_found_inside_blocks() -> None:
    names = [node.name for node in places.convolutions(models.resnet_8())]
    assert len(names) == 9  # 7 in the way, 2 in shortcuts
    assert "residual2.shortcut.conv1" in names


def test_what_is_not_there_is_refused() -> None:
    net = build(plain())
    for call in (
        lambda: places.place(net.model, "conv3"),
        lambda: places.up_to(net, "conv3"),
        lambda: places.image_layer(net.model, "conv3"),
    ):
        text = refusal(call)
        assert text.startswith("unknown layer of model 'plain' 'conv3'; did you mean 'conv")
    text = refusal(lambda: places.image_layer(net.model, "dense1"))
    assert text == (
        "layer 'dense1' of model 'plain' gives (7,), no image (H, W, C); the last that does is "
        "'tanh2'."
    )
    node = places.place(net.model, "conv2")
    assert places.unit(node, 4, net.model) == 4
    for number in (5, -1):
        text = refusal(lambda number=number: places.unit(node, number, net.model))  # type: ignore[misc]
        assert f"has 5 channels, 0 to 4: there is no {number}" in text


def test_a_network_without_a_convolution_is_refused() -> None:
    assert "model 'mlp' has no convolution" in refusal(lambda: places.convolutions(mlp()))
    text = refusal(lambda: places.convolutions(mlp((4,), 2)))
    assert text.startswith("model 'mlp' takes (4,), no images (H, W, C)")
    text = refusal(lambda: places.image_layer(mlp(), "dense1"))
    assert text.endswith("nor does any other.")
