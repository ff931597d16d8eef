"""Where TensorFlow's own habits with images are others, ours follow the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import Example, example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_layer  # noqa: E402

NO_GPU = pytest.mark.skipif(
    bool(tf.config.list_physical_devices("GPU")), reason="on a GPU TensorFlow has these gradients"
)


def one(layer: spec.Layer, *shape: int) -> spec.Model:
    return spec.Model("one", shape, (layer,), spec.MeanSquaredError())


def of_model(engine: str, model: spec.Model, given: Example) -> np.ndarray:
    net = build(model, engine, dtype="float64")
    net.load_parameters(given.parameters)
    return net.predict(given.x)


def gradients(engine: str, model: spec.Model, given: Example) -> np.ndarray:
    """The gradients of the input and of the weight, as one vector."""
    net = build(model, engine, dtype="float64")
    net.load_parameters(given.parameters)
    trace = net.trace(given.x, dy=given.dy)
    assert trace.d_input is not None
    return np.concatenate([trace.d_input.ravel(), trace.d_parameters["conv1.weight"].ravel()])


@pytest.mark.skipif(
    not tf.config.list_physical_devices("GPU"), reason="TF32 is of NVIDIA's GPUs alone"
)
def test_trap_a_convolution_on_a_gpu_is_in_tf32() -> None:
    """As TensorFlow begins, factors are rounded to 10 bits; ours have float32's 23."""
    model = one(spec.Conv2D(8), 9, 9, 8)
    given = example(model)
    net = build(model, "tensorflow", device="cuda")
    net.load_parameters(given.parameters)
    ours = net.predict(given.x)
    x, weight, bias = (tf.constant(a, tf.float32) for a in (given.x, *given.parameters.values()))
    tf.config.experimental.enable_tensor_float_32_execution(True)
    with tf.device("/GPU:0"):
        naive = tf.nn.conv2d(x, weight, strides=1, padding="VALID") + bias
    tf.config.experimental.enable_tensor_float_32_execution(False)
    right = of_model("numpy", model, given)
    assert_trap(naive.numpy(), ours, right, off_by=1e-5, within=1e-6)


@NO_GPU
@pytest.mark.parametrize(
    ("layer", "missing"),
    [
        (spec.Conv2D(6, groups=2), "grouped convolutions are not supported on CPU"),
        (spec.Conv2D(3, dilation=2), "do not yet support dilation rates larger than 1"),
    ],
    ids=["groups", "dilation"],
)
def test_trap_conv2d_has_no_gradient_on_a_cpu(layer: spec.Conv2D, missing: str) -> None:
    """`tf.nn.conv2d` computes them, and refuses the way back; ours knows it."""
    model = one(layer, 6, 7, 4)
    given = example(model)
    x, weight = (tf.constant(a) for a in (given.x, given.parameters["conv1.weight"]))
    with tf.GradientTape() as tape:
        tape.watch(weight)
        z = tf.nn.conv2d(x, weight, strides=1, padding="VALID", dilations=layer.dilation)
    naive = z.numpy() + given.parameters["conv1.bias"]
    assert error(naive, of_model("numpy", model, given)) < 1e-12
    with pytest.raises(
        (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError), match=missing
    ):
        tape.gradient(z, weight)
    right, ours = both("tensorflow", gradients, model, given)
    assert error(ours, right) < 1e-12


def test_trap_one_cell_of_padding_is_not_same() -> None:
    """With a stride, "same" puts the odd cell at the end; padding by hand begins before it."""
    number, same = (spec.Conv2D(3, stride=2, padding=padding) for padding in (1, "same"))
    given = example(one(number, 6, 8, 2))
    layer = keras.layers.Conv2D(3, 3, strides=2, padding="same", dtype="float64")
    layer.build((None, 6, 8, 2))
    layer.set_weights(list(given.parameters.values()))
    naive = layer(given.x).numpy()
    right, ours = both("tensorflow", of_model, one(number, 6, 8, 2), given)
    assert_trap(naive, ours, right, off_by=0.5)
    assert error(naive, of_model("numpy", one(same, 6, 8, 2), given)) < 1e-12


def zeros_around(x: np.ndarray, cells: int) -> Any:
    return keras.layers.ZeroPadding2D(cells, data_format="channels_last", dtype="float64")(x)


def test_trap_mean_counts_cells_that_are_padded_by_hand() -> None:
    """Keras pools with "valid" or "same" alone; with `ZeroPadding2D` the zeros count."""
    x = generator(0, "x").standard_normal((4, 5, 6, 2))
    naive = keras.layers.AveragePooling2D(3, strides=2, dtype="float64")(zeros_around(x, 1))
    right, ours = both("tensorflow", of_layer, spec.AvgPool2D(3, stride=2, padding=1), x)
    assert_trap(naive.numpy(), ours, right, off_by=0.1)


def test_pooling_with_same_sees_real_cells_alone() -> None:
    """Keras agrees: they are neither counted in a mean nor zeros for a maximum."""
    x = generator(0, "x").standard_normal((4, 5, 6, 2)) - 2
    for kind, layer in (
        (keras.layers.AveragePooling2D, spec.AvgPool2D(3, stride=2, padding="same")),
        (keras.layers.MaxPooling2D, spec.MaxPool2D(3, stride=2, padding="same")),
    ):
        naive = kind(3, strides=2, padding="same", dtype="float64")(x).numpy()
        assert error(naive, of_layer("numpy", layer, x)) < 1e-12


def test_trap_maximum_sees_zeros_that_are_padded_by_hand() -> None:
    """0 wins wherever all real cells are negative."""
    x = generator(0, "x").standard_normal((4, 5, 6, 2)) - 2
    naive = keras.layers.MaxPooling2D(3, strides=2, dtype="float64")(zeros_around(x, 1))
    right, ours = both("tensorflow", of_layer, spec.MaxPool2D(3, stride=2, padding=1), x)
    assert_trap(naive.numpy(), ours, right, off_by=0.5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "layer",
    [
        spec.MaxPool2D(),
        spec.MaxPool2D(3, stride=1),
        spec.MaxPool2D(3, stride=2, padding="same"),
        spec.MaxPool2D(3, stride=2, padding=1),
    ],
    ids=repr,
)
def test_of_equal_maxima_the_first_takes_the_gradient(layer: spec.Layer, dtype: str) -> None:
    """TensorFlow agrees on the CPU; were another of them chosen, this test alone would tell."""
    model = one(layer, 9, 11, 5)
    given = example(model)
    x = np.round(given.x) - 2
    ours, right = (
        build(model, e, dtype=dtype).trace(x, dy=given.dy) for e in ("tensorflow", "numpy")
    )
    assert ours.d_input is not None
    assert right.d_input is not None
    np.testing.assert_array_equal(ours.outputs["maxpool1"], right.outputs["maxpool1"])
    # up to nine windows add their gradients in one cell, in another order
    np.testing.assert_allclose(
        ours.d_input, right.d_input, rtol=0, atol=30 * float(np.finfo(dtype).eps)
    )


def test_trap_reduce_max_shares_a_tie() -> None:
    """A maximum over an axis gives each of two equal cells half of the gradient: off by 0.5."""
    x = np.zeros((1, 2, 2, 1))
    with tf.GradientTape() as tape:
        t = tf.constant(x)
        tape.watch(t)
        y = tf.reduce_max(t, axis=(1, 2))
    naive = tape.gradient(y, t).numpy()
    model = one(spec.MaxPool2D(), 2, 2, 1)
    right, ours = (
        build(model, e, dtype="float64").trace(x, dy=np.ones((1, 1, 1, 1))).d_input
        for e in ("numpy", "tensorflow")
    )
    assert right is not None
    assert ours is not None
    assert_trap(naive, ours, right, off_by=0.5)


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2}], ids=str)
def test_a_filter_of_depthwise_sees_the_channel_of_its_group(options: dict[str, Any]) -> None:
    """Filters 0 and 1 are of channel 0, 2 and 3 of channel 1: the order of a reshape, row-major."""
    layer = spec.Conv2D(6, groups=3, **options)
    model = one(layer, 6, 7, 3)
    given = example(model)
    ours = of_model("tensorflow", model, given)
    weight, bias = (given.parameters[f"conv1.{name}"] for name in ("weight", "bias"))
    for f in range(6):
        single = one(spec.Conv2D(1, **options), 6, 7, 1)
        channel = given.x[..., f // 2, None]
        net = build(single, "numpy", dtype="float64")
        net.load_parameters({"conv1.weight": weight[..., f, None], "conv1.bias": bias[f, None]})
        np.testing.assert_allclose(ours[..., f, None], net.predict(channel), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("padding", ["valid", "same", 1])
def test_a_kernel_of_one_cell_with_a_stride_is_numpys(padding: Any) -> None:
    """TensorFlow 2.21's own float32 gradient ends the process here, with three samples."""
    layer = spec.Conv2D(6, kernel=1, stride=2, padding=padding)
    model = spec.Model("m", (12, 12, 4), (layer,), spec.MeanSquaredError())
    given = example(model, samples=3)
    ours, theirs = (build(model, engine) for engine in ("tensorflow", "numpy"))
    for net in (ours, theirs):
        net.load_parameters(given.parameters)
    for _ in range(50):
        found = ours.trace(given.x, dy=given.dy)
    wanted = theirs.trace(given.x, dy=given.dy)
    assert found.d_input is not None
    assert wanted.d_input is not None
    assert error(found.d_input, wanted.d_input) < 1e-5
    for name, gradient in wanted.d_parameters.items():
        assert error(found.d_parameters[name], gradient) < 1e-5
