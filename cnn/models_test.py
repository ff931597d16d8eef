"""The architectures of the vision track have the shapes and sizes of their papers, and learn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from brain import names, spec
from brain.engine import build
from cnn import models

Make = Callable[..., spec.Model]
MODELS: dict[str, Make] = {
    name: getattr(models, entry.where.partition(":")[2])
    for name, entry in names.MODELS.items()
    if entry.where.startswith("cnn.")
}
NORMALISED = ("vgg-small", "small-cnn", "resnet-8", "resnet-8-wide", "resnet-20")


CONV_NORM = ["Conv2D", "BatchNorm", "ReLU"]
BODY = [*CONV_NORM, "Conv2D", "BatchNorm"]
SAME = ["Residual", *BODY, "ReLU"]
NARROWER = ["Residual", *BODY, "Conv2D", "BatchNorm", "ReLU"]
STAGE = [*CONV_NORM, *CONV_NORM, "MaxPool2D", "Dropout"]
LENET = ["Conv2D", "Tanh", "AvgPool2D"]
KINDS = {
    "conv": ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"],
    "lenet": [*LENET, *LENET, "Flatten", "Dense", "Tanh", "Dense", "Tanh", "Dense"],
    "vgg-small": [*STAGE, *STAGE, "Flatten", "Dense", "ReLU", "Dropout", "Dense"],
    "small-cnn": [
        *2 * CONV_NORM,
        "MaxPool2D",
        *2 * CONV_NORM,
        "MaxPool2D",
        *CONV_NORM,
        "GlobalAvgPool2D",
        "Dense",
    ],
    "resnet-8": [*CONV_NORM, *SAME, *2 * NARROWER, "GlobalAvgPool2D", "Dense"],
    "resnet-8-wide": [*CONV_NORM, *SAME, *2 * NARROWER, "GlobalAvgPool2D", "Dense"],
    "resnet-20": [
        *CONV_NORM,
        *3 * SAME,
        *2 * [*NARROWER, *2 * SAME],
        "GlobalAvgPool2D",
        "Dense",
    ],
}
"""The layers of each model in the order of a walk: a nest, then what is inside it."""


def size(model: spec.Model) -> int:
    return sum(math.prod(info.shape) for info in model.parameters().values())


@pytest.mark.parametrize(("name", "make"), MODELS.items(), ids=MODELS)
def test_the_table_names_the_model_by_its_name(name: str, make: Make) -> None:
    assert make().name == name
    assert make().output_shape == (10,)
    assert make((20, 24, 2), 3, spec.MeanSquaredError()).output_shape == (3,)


@pytest.mark.parametrize("name", MODELS)
def test_each_is_made_of_its_layers(name: str) -> None:
    assert [node.layer.kind for node in MODELS[name]().walk()] == KINDS[name]


def test_vgg_small_drops_more_and_more() -> None:
    walk = models.vgg_small().walk()
    rates = [node.layer.rate for node in walk if isinstance(node.layer, spec.Dropout)]
    assert rates == [0.25, 0.25, 0.5]


def test_lenet_has_the_sizes_of_the_paper() -> None:
    model = models.lenet()
    shapes = [node.output_shape for node in model.nodes]
    assert (28, 28, 6) in shapes
    assert (10, 10, 16) in shapes
    assert (5, 5, 16) in shapes
    # C1 156, C5 48,120, F6 10,164 as in the paper; C3 sees all maps, the output is one Dense layer
    convolutions = (25 + 1) * 6 + (25 * 6 + 1) * 16
    assert size(model) == convolutions + 401 * 120 + 121 * 84 + 85 * 10
    assert size(model) == 61_706


@pytest.mark.parametrize(
    ("name", "layers", "blocks", "width"),
    [("resnet-8", 8, 1, 1), ("resnet-8-wide", 8, 1, 2), ("resnet-20", 20, 3, 1)],
)
def test_a_residual_network_has_as_many_layers_as_it_says(
    name: str, layers: int, blocks: int, width: int
) -> None:
    model = MODELS[name]()
    weighty = [
        node
        for node in model.walk()
        if isinstance(node.layer, spec.Conv2D | spec.Dense) and ".shortcut." not in node.name
    ]
    assert len(weighty) == layers
    shapes = [n.output_shape for n in model.nodes if isinstance(n.layer, spec.Residual)]
    stages = ((32, 32, 16 * width), (16, 16, 32 * width), (8, 8, 64 * width))
    wanted = [shape for shape in stages for _ in range(blocks)]
    assert shapes == wanted


def test_resnet_20_has_the_papers_size() -> None:
    """0.27 million (their table 6); the two projections of option B add 2,560 and their norms."""
    projections = 16 * 32 + 32 * 64 + 2 * (32 + 64)
    assert size(models.resnet_20()) == 269_722 + projections


def test_the_small_cnn_is_small() -> None:
    kernels = 9 * (1 * 16 + 16 * 16 + 16 * 32 + 32 * 32 + 32 * 64)
    norms = 2 * (16 + 16 + 32 + 32 + 64)
    assert size(models.small_cnn()) == kernels + norms + 65 * 10 < 40_000


@pytest.mark.parametrize("name", MODELS)
def test_no_bias_stands_before_a_batchnorm(name: str) -> None:
    def chains(layers: tuple[spec.Layer, ...]) -> list[tuple[spec.Layer, ...]]:
        inside = [nest for layer in layers for nest in layer.nests().values()]
        return [layers, *(chain for nest in inside for chain in chains(nest))]

    followed = [
        layer
        for chain in chains(MODELS[name]().layers)
        for layer, behind in itertools.pairwise(chain)
        if isinstance(behind, spec.BatchNorm)
    ]
    assert bool(followed) == (name in NORMALISED)
    assert not any(getattr(layer, "bias", False) for layer in followed)


@pytest.mark.parametrize(("name", "make"), MODELS.items(), ids=MODELS)
def test_they_learn_a_few_pictures_by_heart(name: str, make: Make) -> None:
    random = np.random.default_rng(5)
    x, y = random.random((12, 14, 16, 2)), np.arange(12) % 3
    net = build(make((14, 16, 2), 3), optimizer=spec.Adam(0.003))
    losses = [float(net.train_step(x, y)) for _ in range(25)]
    assert losses[-1] < 0.7 * losses[0]


def test_what_is_no_image_is_refused() -> None:
    from brain.errors import UserError

    with pytest.raises(UserError, match="takes images"):
        models.lenet((50, 2))
