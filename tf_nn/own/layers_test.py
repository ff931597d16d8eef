"""Every layer of Keras's is told as what it computes: by itself it equals NumPy's layer."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers as kl

import scratch.engine  # noqa: F401  # the reference, reached by name
from brain import spec
from brain.compare.causes.alone import quantities
from brain.compare.own.leaves import Leaf, Pass
from brain.errors import UserError
from tf_nn.own.model import KerasOwnModel

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(6, 5))
IMAGES = RANDOM.normal(size=(3, 7, 7, 4))
STEPS = RANDOM.normal(size=(3, 5, 4))
IDS = RANDOM.integers(1, 9, (3, 6))


def own(factory: Any, dtype: str = "float64", seed: int = 0) -> KerasOwnModel:
    """A reader of what a factory makes, reached by name as a user's would be."""
    module = types.ModuleType("own_models")
    module.made = factory  # type: ignore[attr-defined]
    sys.modules["own_models"] = module
    return KerasOwnModel("own_models:made", dtype, seed)


def chain(*layers: Any) -> Callable[[], Any]:
    """A factory; the layers are made when it is called, so that they get its dtype."""
    return lambda: keras.Sequential([make() for make in layers])


def drawn(arrays: dict[str, np.ndarray], seed: int = 1) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        k: random.uniform(0.5, 1.5, a.shape) if k.endswith("var") else random.normal(size=a.shape)
        for k, a in arrays.items()
    }


def worst(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> float:
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        assert found[name].shape == array.shape, name
        assert found[name].dtype == array.dtype, name
    return max(float(np.abs(found[name] - wanted[name]).max()) for name in wanted)


def against_numpy(model: KerasOwnModel, leaf: Leaf, training: bool = True) -> float:
    """How far a leaf by itself is from NumPy's layer of its declaration, with drawn numbers."""
    assert leaf.layer is not None
    random = np.random.default_rng(2)
    x = leaf.x if leaf.x.dtype.kind == "i" else random.normal(size=leaf.x.shape)
    dy, parameters, state = random.normal(size=leaf.y.shape), leaf.parameters, leaf.state
    found = model.alone(leaf.name, x, dy, drawn(parameters), drawn(state), training)
    shape = leaf.x.shape[1:]
    return worst(
        found,
        quantities("numpy", leaf.layer, shape, x, dy, drawn(parameters), drawn(state), training),
    )


STOCK: dict[str, tuple[Callable[[], Any], np.ndarray, spec.Layer]] = {
    "Dense": (lambda: kl.Dense(3), ROWS, spec.Dense(3)),
    "Dense of steps": (lambda: kl.Dense(3, use_bias=False), STEPS, spec.Dense(3, bias=False)),
    "TimeDistributed": (lambda: kl.TimeDistributed(kl.Dense(3)), STEPS, spec.Dense(3)),
    "Conv2D": (lambda: kl.Conv2D(4, 3), IMAGES, spec.Conv2D(4, 3, 1, "valid")),
    "Conv2D same": (
        lambda: kl.Conv2D(4, 2, strides=2, padding="same", use_bias=False),
        IMAGES,
        spec.Conv2D(4, 2, 2, "same", bias=False),
    ),
    "Conv2D dilated": (
        lambda: kl.Conv2D(4, 3, dilation_rate=2),
        IMAGES,
        spec.Conv2D(4, 3, dilation=2),
    ),
    "Conv2D groups": (lambda: kl.Conv2D(6, 3, groups=2), IMAGES, spec.Conv2D(6, 3, groups=2)),
    "Depthwise": (
        lambda: kl.DepthwiseConv2D(3, depth_multiplier=2, strides=2),
        IMAGES,
        spec.Conv2D(8, 3, 2, groups=4),
    ),
    "MaxPool": (lambda: kl.MaxPooling2D(3, 2, "same"), IMAGES, spec.MaxPool2D(3, 2, "same")),
    "AvgPool": (
        lambda: kl.AveragePooling2D(2, padding="same"),
        IMAGES,
        spec.AvgPool2D(2, 2, "same"),
    ),
    "GlobalAvgPool": (lambda: kl.GlobalAveragePooling2D(), IMAGES, spec.GlobalAvgPool2D()),
    "GlobalAvgPool kept": (
        lambda: kl.GlobalAveragePooling2D(keepdims=True),
        IMAGES,
        spec.GlobalAvgPool2D(),
    ),
    "BatchNorm": (lambda: kl.BatchNormalization(), IMAGES, spec.BatchNorm(0.01, 1e-3)),
    "BatchNorm rows": (
        lambda: kl.BatchNormalization(momentum=0.7, epsilon=1e-5),
        ROWS,
        spec.BatchNorm(0.3, 1e-5),
    ),
    "LayerNorm": (lambda: kl.LayerNormalization(), STEPS, spec.LayerNorm(1e-3)),
    "Embedding": (lambda: kl.Embedding(9, 4), IDS, spec.Embedding(9, 4)),
    "RNN": (lambda: kl.SimpleRNN(3), STEPS, spec.RNN(3)),
    "RNN relu": (
        lambda: kl.SimpleRNN(3, "relu", return_sequences=True),
        STEPS,
        spec.RNN(3, "relu", True),
    ),
    "LSTM": (lambda: kl.LSTM(3), STEPS, spec.LSTM(3)),
    "LSTM whole": (lambda: kl.LSTM(3, return_sequences=True), STEPS, spec.LSTM(3, True)),
    "LSTM of a cell": (lambda: kl.RNN(kl.LSTMCell(3)), STEPS, spec.LSTM(3)),
    "GRU": (lambda: kl.GRU(3, dropout=0.5), STEPS, spec.GRU(3)),
    "GRU whole": (lambda: kl.GRU(3, return_sequences=True), STEPS, spec.GRU(3, True)),
    "Bidirectional": (
        lambda: kl.Bidirectional(kl.LSTM(3)),
        STEPS,
        spec.Bidirectional(spec.LSTM(3)),
    ),
    "Bidirectional GRU": (
        lambda: kl.Bidirectional(kl.GRU(3, return_sequences=True, recurrent_dropout=0.5)),
        STEPS,
        spec.Bidirectional(spec.GRU(3, True)),
    ),
    "ReLU": (lambda: kl.ReLU(), ROWS, spec.ReLU()),
    "relu": (lambda: kl.Activation("relu"), ROWS, spec.ReLU()),
    "LeakyReLU": (lambda: kl.LeakyReLU(0.25), ROWS, spec.LeakyReLU(0.25)),
    "ELU": (lambda: kl.ELU(0.3), ROWS, spec.ELU(0.3)),
    "SiLU": (lambda: kl.Activation("silu"), ROWS, spec.SiLU()),
    "Sigmoid": (lambda: kl.Activation("sigmoid"), ROWS, spec.Sigmoid()),
    "Tanh": (lambda: kl.Activation(tf.nn.tanh), ROWS, spec.Tanh()),
    "Softplus": (lambda: kl.Activation("softplus"), ROWS, spec.Softplus()),
    "Softmax": (lambda: kl.Softmax(), STEPS, spec.Softmax()),
    "softmax": (lambda: kl.Activation("softmax"), ROWS, spec.Softmax()),
}


def only(found: Pass) -> Leaf:
    (leaf,) = found.leaves
    return leaf


@pytest.mark.parametrize("case", STOCK)
def test_a_stock_layer_is_its_declaration(case: str) -> None:
    make, x, layer = STOCK[case]
    model = own(chain(make))
    leaf = only(model.run(x, True))
    assert leaf.layer == layer
    assert leaf.label == layer.kind
    assert (leaf.options, leaf.unmapped) == ({}, [])
    assert against_numpy(model, leaf) < 1e-12
    assert against_numpy(model, leaf, training=False) < 1e-12


ROUNDED: dict[str, tuple[Callable[[], Any], spec.Layer]] = {
    "LeakyReLU": (lambda: kl.LeakyReLU(), spec.LeakyReLU(0.3)),
    "leaky_relu": (lambda: kl.Activation("leaky_relu"), spec.LeakyReLU(0.2)),
    "ReLU with a slope": (lambda: kl.ReLU(negative_slope=0.1), spec.LeakyReLU(0.1)),
    "gelu": (lambda: kl.Activation("gelu"), spec.GELU()),
    "ops.gelu": (lambda: kl.Activation(keras.ops.gelu), spec.GELU("tanh")),
}


@pytest.mark.parametrize("case", ROUNDED)
def test_constants_in_float32_are_told_where_they_are(case: str) -> None:
    make, layer = ROUNDED[case]
    model = own(chain(make))
    leaf = only(model.run(ROWS, True))
    assert (leaf.layer, leaf.options) == (layer, {"constants": "float32"})
    assert 1e-11 < against_numpy(model, leaf) < 1e-6
    assert only(own(chain(make), "float32").run(ROWS, True)).options == {}


RESIZED: dict[str, tuple[Callable[[], Any], bool]] = {
    "UpSampling2D": (lambda: kl.UpSampling2D(3), False),
    "UpSampling2D bilinear": (lambda: kl.UpSampling2D(3, interpolation="bilinear"), True),
    "UpSampling2D bicubic": (lambda: kl.UpSampling2D(3, interpolation="bicubic"), True),
    "Resizing": (lambda: kl.Resizing(5, 9), True),
    "Resizing nearest": (lambda: kl.Resizing(5, 9, interpolation="nearest"), False),
}


@pytest.mark.parametrize("case", RESIZED)
def test_images_are_resized_in_float32(case: str) -> None:
    make, rough = RESIZED[case]
    leaf = only(own(chain(make)).run(IMAGES, True))
    assert np.array_equal(leaf.y, leaf.y.astype(np.float32)) == rough
    assert (leaf.options.get("constants") == "float32") == rough
    single = only(own(chain(make), "float32").run(IMAGES.astype(np.float32), True))
    assert "constants" not in single.options


OPTIONS: dict[str, tuple[Callable[[], Any], np.ndarray, dict[str, str]]] = {
    "LSTM": (
        lambda: kl.LSTM(3, activation="relu", recurrent_activation="hard_sigmoid", use_bias=False),
        STEPS,
        {"activation": "relu", "recurrent_activation": "hard_sigmoid", "bias": "None"},
    ),
    "backwards": (lambda: kl.GRU(3, go_backwards=True), STEPS, {"go_backwards": "True"}),
    "GRU": (
        lambda: kl.GRU(3, reset_after=False, activation="sigmoid"),
        STEPS,
        {"reset_after": "False", "activation": "sigmoid"},
    ),
    "no bias": (
        lambda: kl.GRU(3, use_bias=False),
        STEPS,
        {"bias": "None", "recurrent_bias": "None"},
    ),
    "RNN": (lambda: kl.SimpleRNN(3, "sigmoid"), STEPS, {"activation": "sigmoid"}),
    "sum": (
        lambda: kl.Bidirectional(kl.LSTM(3, activation="relu"), merge_mode="sum"),
        STEPS,
        {"merge_mode": "sum", "activation": "relu"},
    ),
    "norm": (
        lambda: kl.LayerNormalization(center=False),
        STEPS,
        {"beta": "None"},
    ),
    "plain norm": (
        lambda: kl.LayerNormalization(center=False, scale=False),
        STEPS,
        {"gamma": "None", "beta": "None"},
    ),
    "still": (lambda: kl.BatchNormalization(momentum=1.0), ROWS, {"momentum": "0.0"}),
    "batch": (
        lambda: kl.BatchNormalization(scale=False, center=False, trainable=False),
        ROWS,
        {"gamma": "None", "beta": "None", "trainable": "False"},
    ),
    "axis": (lambda: kl.Softmax(axis=1), STEPS, {"axis": "1"}),
    "limits": (
        lambda: kl.ReLU(max_value=5, threshold=0.1),
        ROWS,
        {"max_value": "5", "threshold": "0.1"},
    ),
    "mask_zero": (lambda: kl.Embedding(9, 4, mask_zero=True), IDS, {"mask_zero": "True"}),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_what_the_declaration_cannot_say_is_an_option(case: str) -> None:
    make, x, options = OPTIONS[case]
    model = own(chain(make))
    found = model.run(x, True)
    found = model.run(x, True, drawn({"dy": found.output})["dy"])  # type: ignore[dict-item]
    leaf = only(found)
    assert (leaf.layer is None) == ("merge_mode" in options)  # its output has another width
    assert leaf.options == options
    assert leaf.gradients.keys() == leaf.parameters.keys()
    again = model.alone(leaf.name, leaf.x, leaf.y * 0 + 1, leaf.parameters, leaf.state, True)
    np.testing.assert_array_equal(again["output"], leaf.y)
    for name in {"gamma", "beta", "bias"} & options.keys():
        value = 1.0 if name == "gamma" else 0.0
        assert (leaf.parameters[name] == value).all()
        assert not leaf.gradients[name].any()
        model.write(leaf.name, {name: leaf.parameters[name]}, {})
        with pytest.raises(UserError, match=f"{leaf.name} was made without a {name}"):
            model.write(leaf.name, {name: leaf.parameters[name] + 1}, {})


@pytest.mark.parametrize(
    ("make", "x", "label", "arrays", "unmapped"),
    [
        (lambda: kl.Conv2D(4, (3, 2)), IMAGES, "Conv2D", {"weight": (3, 2, 4, 4), "bias": (4,)}, 0),
        (
            lambda: kl.Conv2DTranspose(5, 3),
            IMAGES,
            "Conv2DTranspose",
            {"weight": (3, 3, 5, 4), "bias": (5,)},
            0,
        ),
        (lambda: kl.Conv1D(5, 2), STEPS, "Conv1D", {"weight": (2, 4, 5), "bias": (5,)}, 0),
        (
            lambda: kl.DepthwiseConv1D(2, depth_multiplier=2),
            STEPS,
            "Conv1D",
            {"weight": (2, 1, 8), "bias": (8,)},
            0,
        ),
        (lambda: kl.SeparableConv2D(5, 3), IMAGES, "SeparableConv2D", {}, 3),
        (
            lambda: kl.GroupNormalization(2),
            IMAGES,
            "GroupNormalization",
            {"gamma": (4,), "beta": (4,)},
            0,
        ),
        (lambda: kl.RMSNormalization(), STEPS, "RMSNormalization", {"gamma": (4,)}, 0),
        (lambda: kl.PReLU(shared_axes=[1, 2]), IMAGES, "PReLU", {"alpha": (1, 1, 4)}, 0),
        (
            lambda: kl.LayerNormalization(axis=[1, 2]),
            STEPS,
            "LayerNorm",
            {"gamma": (5, 4), "beta": (5, 4)},
            0,
        ),
        (lambda: kl.BatchNormalization(renorm=True), ROWS, "BatchNormalization", {}, 7),
        (lambda: kl.EinsumDense("ab,bc->ac", 3), ROWS, "EinsumDense", {}, 1),
        (lambda: kl.ConvLSTM2D(2, 2), IMAGES[:, None], "ConvLSTM2D", {}, 3),
        (lambda: kl.RNN([kl.GRUCell(2), kl.GRUCell(3)]), STEPS, "RNN", {}, 6),
        (lambda: kl.TimeDistributed(kl.Conv1D(2, 2)), IMAGES, "TimeDistributed", {}, 2),
        (lambda: kl.GlobalMaxPooling2D(), IMAGES, "GlobalMaxPooling2D", {}, 0),
        (lambda: kl.MaxPooling1D(), STEPS, "MaxPooling1D", {}, 0),
        (lambda: kl.ReLU(max_value=6), ROWS, "ReLU6", {}, 0),
        (lambda: kl.Activation("hard_silu"), ROWS, "Hardswish", {}, 0),
        (lambda: kl.Activation(lambda x: x * x), ROWS, "Activation", {}, 0),
        (lambda: kl.Rescaling(0.1), ROWS, "Rescaling", {}, 0),
        (lambda: kl.Masking(), STEPS, "Masking", {}, 0),
        (lambda: kl.UpSampling2D(), IMAGES, "UpSampling2D", {}, 0),
    ],
)
def test_a_layer_without_a_declaration(
    make: Callable[[], Any],
    x: np.ndarray,
    label: str,
    arrays: dict[str, tuple[int, ...]],
    unmapped: int,
) -> None:
    model = own(chain(make))
    leaf = only(model.run(x, False))
    assert (leaf.layer, leaf.label) == (None, label)
    assert {name: a.shape for name, a in leaf.parameters.items()} == arrays
    assert len(leaf.unmapped) == unmapped
    given = drawn(leaf.parameters)
    dy = np.ones_like(leaf.y)
    before = model.alone(leaf.name, leaf.x, dy, leaf.parameters, {}, False)
    np.testing.assert_array_equal(before["output"], leaf.y)
    model.write(leaf.name, given, {})
    written = only(model.run(x, False))
    assert not arrays or worst(written.parameters, given) == 0.0


@pytest.mark.parametrize(
    "make",
    [
        *(lambda: kl.Flatten(), lambda: kl.Reshape((7, 28)), lambda: kl.Permute((3, 1, 2))),
        *(lambda: kl.Identity(), lambda: kl.Dropout(0.5), lambda: kl.SpatialDropout2D(0.5)),
        *(lambda: kl.GaussianNoise(1.0), lambda: kl.ZeroPadding2D(), lambda: kl.RandomFlip()),
        *(lambda: kl.Activation("linear"), lambda: kl.Lambda(lambda x: x + 1)),
    ],
)
def test_what_is_no_leaf(make: Callable[[], Any]) -> None:
    model = own(chain(make))
    found, again = model.run(IMAGES, True), model.run(IMAGES, True)
    assert found.leaves == []
    np.testing.assert_array_equal(found.output, again.output)
