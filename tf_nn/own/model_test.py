"""A user's own Keras model is told as it is, and is afterwards what it was before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers as kl

import scratch.engine  # noqa: F401  # the reference, reached by name
from brain import spec
from brain.engine import build
from brain.errors import UserError
from tf_nn.own.layers_test import (
    IDS,
    IMAGES,
    ROWS,
    STEPS,
    against_numpy,
    chain,
    drawn,
    only,
    own,
    worst,
)
from tf_nn.own.model import KerasOwnModel


def test_arrays_come_back_as_they_were_written() -> None:
    model = own(
        chain(
            lambda: kl.Conv2D(4, 3, activation="relu"),
            lambda: kl.BatchNormalization(),
            lambda: kl.DepthwiseConv2D(2, depth_multiplier=2),
            lambda: kl.Reshape((16, 8)),
            lambda: kl.Bidirectional(kl.GRU(3, return_sequences=True)),
            lambda: kl.LSTM(3, return_sequences=True),
            lambda: kl.SimpleRNN(2),
            lambda: kl.Dense(2),
        )
    )
    leaves = model.run(IMAGES, False).leaves
    given = {leaf.name: (drawn(leaf.parameters), drawn(leaf.state)) for leaf in leaves}
    for name, (parameters, state) in given.items():
        model.write(name, parameters, state)
    for leaf in model.run(IMAGES, False).leaves:
        for found, wanted in zip((leaf.parameters, leaf.state), given[leaf.name], strict=True):
            assert not wanted or worst(found, wanted) == 0.0


def test_the_one_bias_of_a_gru_that_resets_before() -> None:
    model = own(chain(lambda: kl.GRU(2, reset_after=False)))
    leaf = only(model.run(STEPS, False))
    given = drawn(leaf.parameters)
    model.write(leaf.name, given, {})
    found = only(model.run(STEPS, False)).parameters
    np.testing.assert_array_equal(found["bias"], given["bias"] + given["recurrent_bias"])
    assert not found["recurrent_bias"].any()
    np.testing.assert_array_equal(found["weight"], given["weight"])


NET = spec.Model(
    "net",
    (7, 7, 4),
    (
        *(spec.Conv2D(3, 3, padding="same"), spec.BatchNorm(0.01, 1e-3), spec.ReLU()),
        *(spec.MaxPool2D(2, 2), spec.Flatten(), spec.Dense(4), spec.Tanh(), spec.Dense(2)),
    ),
    spec.MeanSquaredError(),
)


class Net(keras.Model):
    """Subclassed, with a chain inside, and built by its first pass."""

    def __init__(self) -> None:
        super().__init__()
        self.front = keras.Sequential(
            [kl.Conv2D(3, 3, padding="same"), kl.BatchNormalization(), kl.ReLU()]
        )
        self.hidden = kl.Dense(4, activation="tanh")
        self.out = kl.Dense(2)

    def call(self, x: Any) -> Any:
        x = keras.ops.max_pool(self.front(x), 2)
        return self.out(self.hidden(keras.ops.reshape(x, (-1, 27))))


def test_a_whole_model_against_numpy() -> None:
    model = own(Net)
    first = model.run(IMAGES, True)
    names = ["conv1", "batchnorm1", "relu1", "dense1", "tanh1", "dense2"]
    net = build(NET, "numpy", dtype="float64")
    for leaf, name in zip(first.leaves, names, strict=True):
        model.write(leaf.name, drawn(leaf.parameters), drawn(leaf.state))
        net.load_parameters(
            net.parameters() | {f"{name}.{k}": a for k, a in drawn(leaf.parameters).items()}
        )
        net.load_state(net.state() | {f"{name}.{k}": a for k, a in drawn(leaf.state).items()})
    dy = np.random.default_rng(3).normal(size=(3, 2))
    for training in (True, False):
        found, trace = model.run(IMAGES, training, dy), net.trace(IMAGES, dy=dy, training=training)
        assert found.stopped == ""
        assert found.output is not None
        assert found.d_input is not None
        assert np.abs(found.output - trace.outputs["dense2"]).max() < 1e-12
        assert np.abs(found.d_input - trace.d_input).max() < 1e-12
        for leaf, name in zip(found.leaves, names, strict=True):
            assert np.abs(leaf.y - trace.outputs[name]).max() < 1e-12
            for key, array in leaf.gradients.items():
                assert np.abs(array - trace.d_parameters[f"{name}.{key}"]).max() < 1e-12
            dy_own = trace.d_outputs[name]
            alone = model.alone(leaf.name, leaf.x, dy_own, leaf.parameters, leaf.state, training)
            assert leaf.d_x is not None
            assert np.abs(alone["d_input"] - leaf.d_x).max() < 1e-12
            for key, array in leaf.next_state.items():
                np.testing.assert_array_equal(alone[f"next {key}"], array)


def held(model: KerasOwnModel) -> list[np.ndarray]:
    return [v.numpy() for v in model.model.variables]


def test_a_pass_and_a_leaf_alone_leave_the_model_as_it_was() -> None:
    def factory() -> Any:
        inputs = keras.Input((5, 4), batch_size=3)
        x = kl.LSTM(3, stateful=True, return_sequences=True, dropout=0.5)(inputs)
        return keras.Model(inputs, kl.BatchNormalization()(kl.Dropout(0.5)(x)))

    model = own(factory)
    before = held(model)
    settings = keras.config.floatx(), keras.config.dtype_policy().name
    first, second = model.run(STEPS, True), model.run(STEPS, True)
    np.testing.assert_array_equal(first.output, second.output)
    assert [name.rpartition("dropout")[1] for name in first.held] == ["dropout"] * 2
    assert first.leaves[0].options == {"stateful": "True"}
    assert first.leaves[1].next_state["running_mean"].any()
    for leaf in first.leaves:
        given = drawn(leaf.parameters), drawn(leaf.state)
        model.alone(leaf.name, leaf.x, leaf.y, *given, True)
    for array, wanted in zip(held(model), before, strict=True):
        np.testing.assert_array_equal(array, wanted)
    assert model.model.layers[1].cell.dropout == 0.5
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == settings
    assert not tf.config.functions_run_eagerly()


def test_one_layer_called_twice() -> None:
    def factory() -> Any:
        inputs, shared = keras.Input((5,)), kl.Dense(5, activation="tanh", name="fc")
        return keras.Model(inputs, shared(shared(inputs)))

    found = own(factory).run(ROWS, True, np.ones_like(ROWS))
    names = ["fc", "fc.activation", "fc#2", "fc.activation#2"]
    assert [leaf.name for leaf in found.leaves] == names
    assert found.leaves[2].gradients == {}
    both = sum(
        leaf.x.T @ leaf_y.d_x
        for leaf, leaf_y in zip(found.leaves[::2], found.leaves[1::2], strict=True)
    )
    assert np.abs(found.leaves[0].gradients["weight"] - both).max() < 1e-12


def test_the_gradient_of_a_leaf_s_input_leaves_a_shortcut_out() -> None:
    def factory() -> Any:
        inputs = keras.Input((5,))
        return keras.Model(inputs, kl.Add()([inputs, kl.Dense(5, name="fc")(inputs)]))

    found = own(factory).run(ROWS, True, np.ones_like(ROWS))
    leaf = only(found)
    alone = np.ones_like(ROWS) @ leaf.parameters["weight"].T
    assert found.d_input is not None
    assert leaf.d_x is not None
    assert np.abs(leaf.d_x - alone).max() < 1e-12
    assert np.abs(found.d_input - alone - 1).max() < 1e-12


class Odd(keras.Model):
    """A parameter of its own, a layer never called, a class of the user's, an output of two."""

    def __init__(self) -> None:
        super().__init__()
        self.token = self.add_weight(shape=(4,), name="token")
        self.never = kl.Dense(3, name="never")
        self.scale = Scale(name="scale")
        self.attention = kl.MultiHeadAttention(2, 3, dropout=0.5, name="attention")

    def call(self, x: Any) -> Any:
        x = self.scale(x + self.token)
        return {"z": self.attention(x, x), "a": x}


class Scale(kl.Layer):
    def build(self, shape: Any) -> None:
        self.by = self.add_weight(shape=(shape[-1],), name="by", initializer="ones")

    def call(self, x: Any) -> Any:
        return x * self.by


def test_what_lies_beside_the_leaves() -> None:
    model = own(Odd)
    found = model.run(STEPS, True, np.ones_like(STEPS))
    assert [path.rpartition("/")[2] for path in found.loose] == ["token"]
    assert found.idle == ["never"]
    assert [(leaf.name, leaf.kind, leaf.layer) for leaf in found.leaves] == [
        ("scale", "Scale", None),
        ("attention", "MultiHeadAttention", None),
    ]
    assert found.leaves[0].unmapped == ["by"]
    assert len(found.leaves[1].unmapped) == 8
    assert any("dropout" in name for name in found.held)
    np.testing.assert_array_equal(found.output, found.leaves[1].y)
    for leaf in found.leaves:
        alone = model.alone(leaf.name, leaf.x, np.ones_like(leaf.y), {}, {}, True)
        np.testing.assert_array_equal(alone["output"], leaf.y)
    d_x = found.leaves[1].d_x
    assert d_x is not None
    assert np.abs(alone["d_input"] - d_x).max() < 1e-12


def test_a_masked_sequence() -> None:
    def factory() -> Any:
        inputs = keras.Input((6,), dtype="int32")
        x = kl.Embedding(9, 4, mask_zero=True)(inputs)
        return keras.Model(inputs, kl.LSTM(3)(x))

    ids = IDS.copy()
    ids[0, 4:] = 0
    model = own(factory)
    _, leaf = model.run(ids, False).leaves
    assert leaf.options == {"mask": "2 of 18 are masked"}
    alone = model.alone(leaf.name, leaf.x, leaf.y, leaf.parameters, {}, False)
    np.testing.assert_array_equal(alone["output"], leaf.y)
    assert model.run(IDS, False).leaves[1].options == {}


def test_batchnorm_that_the_user_keeps_in_evaluation() -> None:
    class Frozen(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.norm = kl.BatchNormalization()

        def call(self, x: Any) -> Any:
            return self.norm(x, training=False)

    model = own(Frozen)
    leaf = only(model.run(ROWS, True))
    assert leaf.options == {"training": "False"}
    assert not leaf.next_state["running_mean"].any()
    alone = model.alone(leaf.name, leaf.x, leaf.y, leaf.parameters, leaf.state, True)
    np.testing.assert_array_equal(alone["output"], leaf.y)


def test_images_channels_first_are_led_to_channels_last() -> None:
    model = own(
        chain(
            lambda: keras.Input((4, 7, 7)),
            lambda: kl.MaxPooling2D(2, data_format="channels_first", name="pool"),
            lambda: kl.BatchNormalization(axis=1, name="norm"),
            lambda: kl.GlobalAveragePooling2D(data_format="channels_first", name="mean"),
        )
    )
    found = model.run(IMAGES, True)
    found = model.run(IMAGES, True, np.ones_like(found.output))
    np.testing.assert_array_equal(found.leaves[0].x, IMAGES)
    assert found.d_input is not None
    assert found.d_input.shape == IMAGES.shape
    for leaf in found.leaves:
        assert against_numpy(model, leaf) < 1e-12


def test_a_dtype_that_a_model_names_gives_way() -> None:
    def factory() -> Any:
        inputs = keras.Input((5,), dtype="float32")
        hidden = kl.Dense(4, dtype="mixed_float16", activation="tanh")(inputs)
        return keras.Model(inputs, kl.Dense(2, dtype="float32")(hidden))

    model = own(factory)
    found = model.run(ROWS, True, np.ones((6, 2)))
    assert found.output is not None
    assert all(v.dtype == "float64" for v in model.model.weights)
    for leaf in found.leaves:
        assert against_numpy(model, leaf) < 1e-12
    assert own(factory, "float32").run(ROWS, False).output.dtype == np.float32  # type: ignore[union-attr]


def test_the_seed_decides() -> None:
    first, again, other = (
        only(own(chain(lambda: kl.Dense(3)), seed=seed).run(ROWS, False)).y for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_a_model_a_class_and_a_factory_of_a_class_will_do(tmp_path: Path) -> None:
    for given in (Net, lambda: Net, Net()):
        assert len(own(given).run(IMAGES, False).leaves) == 6
    path = tmp_path / "own_file.py"
    path.write_text("import keras\n\ndef model():\n    return keras.layers.Dense(3)\n")
    assert only(KerasOwnModel(f"{path}:model", "float64", 0).run(ROWS, False)).label == "Dense"


def raising() -> Any:
    raise RuntimeError("no such weights")


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (raising, "RuntimeError: no such weights"),
        (lambda: 5, "gave 5, not a Keras model"),
        (lambda: None, "gave None, not a Keras model"),
        (7, "gave 7, not a Keras model"),
    ],
)
def test_a_factory_that_makes_no_model(factory: Any, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        own(factory)
    assert "--keras own_models:made" in str(refused.value)


def test_a_model_that_raises_on_its_way() -> None:
    class Broken(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = kl.Dense(3, name="one"), kl.Conv2D(3, 3, name="two")

        def call(self, x: Any) -> Any:
            return self.two(self.one(x))

    found = own(Broken).run(ROWS, True, np.ones((6, 3)))
    assert [leaf.name for leaf in found.leaves] == ["one"]
    assert found.output is None
    assert found.stopped.startswith("after one, in two: ValueError: ")
    assert "\n" not in found.stopped


def test_an_activation_that_raises() -> None:
    def wrong(x: Any) -> Any:
        return x[:, :, 0]

    model = own(chain(lambda: kl.Dense(3, name="one"), lambda: kl.Dense(3, wrong, name="two")))
    found = model.run(ROWS, True)
    assert [leaf.name for leaf in found.leaves] == ["one", "two"]
    assert found.stopped.startswith("after two, in two.activation: InvalidArgumentError: Index out")
    assert found.loose == []


def test_a_mean_of_single_cells() -> None:
    layer = chain(lambda: kl.GlobalAveragePooling2D(keepdims=True))
    leaf = only(own(layer).run(IMAGES[:, :1, :1], False))
    assert (leaf.layer, leaf.x.shape, leaf.y.shape) == (
        spec.GlobalAvgPool2D(),
        (3, 1, 1, 4),
        (3, 4),
    )


class Telling(kl.Layer):
    def call(self, x: Any) -> Any:
        return {"y": x}


@pytest.mark.parametrize(
    ("factory", "x", "said"),
    [
        (chain(lambda: keras.Input((4,)), lambda: kl.Dense(3)), ROWS, r"shape \(6, 5\).*float64"),
        (chain(lambda: kl.Embedding(9, 4)), IDS + 0.0, "embedding.*is given numbers with a point"),
        (chain(lambda: kl.Embedding(5, 4)), IDS, "cannot take an input.*in embedding"),
        (lambda: Telling(name="tells"), ROWS, "tells gives a dict, not a tensor"),
    ],
)
def test_an_input_that_a_model_cannot_take(
    factory: Callable[[], Any], x: np.ndarray, said: str
) -> None:
    model = own(factory)
    with pytest.raises(UserError, match=said) as refused:
        model.run(x, False)
    assert "\n" not in str(refused.value)


def test_ids_for_a_model_whose_input_has_no_type() -> None:
    found = own(chain(lambda: keras.Input((6,)), lambda: kl.Embedding(9, 4))).run(IDS, False)
    np.testing.assert_array_equal(only(found).x, IDS)
    assert only(found).x.dtype.kind == "i"


def test_writing_what_a_leaf_has_not() -> None:
    model = own(chain(lambda: kl.Dense(3, name="fc")))
    model.run(ROWS, False)
    for name, length, said in (
        ("gamma", 3, "fc has no gamma; it has weight, bias"),
        ("bias", 4, r"bias of fc has shape \(3,\), not \(4,\)"),
    ):
        with pytest.raises(UserError, match=said):
            model.write("fc", {name: np.ones(length)}, {})
    with pytest.raises(UserError, match="'fd'; did you mean 'fc'"):
        model.write("fd", {}, {})


class Wider(kl.Dense):
    """Keras's own, but for how it is made."""

    def __init__(self, units: int, **given: Any) -> None:
        super().__init__(2 * units, **given)


class Doubled(kl.Dense):
    def call(self, x: Any) -> Any:
        return 2 * super().call(x)


def test_a_class_of_the_user_s_is_keras_s_where_it_computes_the_same() -> None:
    model = own(chain(lambda: Wider(2), lambda: Doubled(3, activation="relu")))
    wider, doubled = model.run(ROWS, False).leaves
    assert (wider.kind, wider.layer) == ("Wider", spec.Dense(4))
    assert (doubled.kind, doubled.label, doubled.layer) == ("Doubled", "Doubled", None)
    assert doubled.unmapped == ["kernel", "bias"]
    alone = model.alone(doubled.name, doubled.x, doubled.y, {}, {}, False)
    np.testing.assert_array_equal(alone["output"], doubled.y)


def test_an_activation_that_is_a_layer() -> None:
    model = own(chain(lambda: kl.Dense(3, activation=kl.PReLU("ones"), name="fc")))
    found = model.run(ROWS, True, np.ones((6, 3)))
    dense, act = found.leaves
    assert [(leaf.name, leaf.label) for leaf in found.leaves] == [
        ("fc", "Dense"),
        ("fc.activation", "PReLU"),
    ]
    assert dense.unmapped == []
    assert act.gradients["alpha"].any()
    assert (found.idle, found.loose) == ([], [])
    alone = model.alone("fc.activation", act.x, np.ones_like(act.y), act.parameters, {}, True)
    assert worst({"d_alpha": alone["d_alpha"]}, {"d_alpha": act.gradients["alpha"]}) < 1e-12
    model.write("fc.activation", drawn(act.parameters), {})
    assert np.abs(model.run(ROWS, False).leaves[1].y - act.y).max() > 0.1


def test_a_cell_in_a_loop_of_the_user_s() -> None:
    class Loop(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.cell = kl.LSTMCell(3, dropout=0.5, name="cell")

        def call(self, x: Any) -> Any:
            h = c = keras.ops.zeros((x.shape[0], 3), x.dtype)
            for t in range(x.shape[1]):
                h, (h, c) = self.cell(x[:, t], [h, c])
            return h

    model = own(Loop)
    found = model.run(STEPS, True, np.ones((3, 3)))
    assert [leaf.name for leaf in found.leaves][:2] == ["cell", "cell#2"]
    assert {leaf.label for leaf in found.leaves} == {"LSTMCell"}
    whole = own(chain(lambda: kl.LSTM(3)))
    leaf = only(whole.run(STEPS, True))
    whole.write(leaf.name, found.leaves[0].parameters, {})
    wanted = only(whole.run(STEPS, True, np.ones((3, 3))))
    assert found.output is not None
    assert np.abs(found.output - wanted.y).max() < 1e-12
    assert worst(found.leaves[0].gradients, wanted.gradients) < 1e-12
    assert found.held == ["cell.dropout"]


def test_ids_of_places_are_no_batch() -> None:
    class Placed(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.token, self.place = kl.Embedding(9, 4), kl.Embedding(6, 4)

        def call(self, x: Any) -> Any:
            return self.token(x) + self.place(keras.ops.arange(x.shape[1]))

    token, place = own(Placed).run(IDS, True, np.ones((3, 6, 4))).leaves
    assert token.layer == spec.Embedding(9, 4)
    assert (place.label, place.layer, place.x.shape) == ("Embedding", None, (6,))
    assert (place.gradients["weight"] == 3).all()
