"""What is told of a layer of a user's own PyTorch model: every stock one, and odd ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.causes.alone import quantities  # noqa: E402
from brain.compare.own.leaves import Array  # noqa: E402
from brain.testing.refusals import refusal  # noqa: E402
from torch_nn.testing.owned import (  # noqa: E402
    IMAGES,
    ROWS,
    SEQUENCES,
    close,
    drawn,
    ids,
    one_thread,  # noqa: F401  # pytest runs it
    only,
    opened,
)

# Every stock layer, alone, is its declaration

SOFTPLUS = {"threshold": "20, x itself above"}

STOCK: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], spec.Layer, dict[str, str]]] = {
    "linear": (lambda: nn.Linear(6, 3), ROWS, spec.Dense(3), {}),
    "linear of sequences": (lambda: nn.Linear(4, 3), SEQUENCES, spec.Dense(3), {}),
    "linear without bias": (lambda: nn.Linear(6, 3, bias=False), ROWS, spec.Dense(3, False), {}),
    "conv": (lambda: nn.Conv2d(4, 6, 3), IMAGES, spec.Conv2D(6), {}),
    "conv, stride and padding": (
        lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False),
        IMAGES,
        spec.Conv2D(6, 3, 2, 1, bias=False),
        {},
    ),
    "conv, same": (
        lambda: nn.Conv2d(4, 6, 4, padding="same", dilation=2),
        (2, 9, 8, 4),
        spec.Conv2D(6, 4, 1, "same", 2),
        {},
    ),
    "conv, groups": (
        lambda: nn.Conv2d(4, 8, 3, groups=4),
        IMAGES,
        spec.Conv2D(8, groups=4),
        {},
    ),
    "max pool": (lambda: nn.MaxPool2d(3, 2, 1), IMAGES, spec.MaxPool2D(3, 2, 1), {}),
    "max pool, ceil without effect": (
        lambda: nn.MaxPool2d(2, ceil_mode=True),
        (2, 6, 4, 3),
        spec.MaxPool2D(2, 2),
        {},
    ),
    "mean pool": (lambda: nn.AvgPool2d(2), IMAGES, spec.AvgPool2D(2, 2), {}),
    "mean pool of real cells": (
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        IMAGES,
        spec.AvgPool2D(3, 2, 1),
        {},
    ),
    "adaptive to one": (lambda: nn.AdaptiveAvgPool2d(1), IMAGES, spec.GlobalAvgPool2D(), {}),
    "adaptive to half": (
        lambda: nn.AdaptiveAvgPool2d((4, 3)),
        (2, 8, 6, 3),
        spec.AvgPool2D(2),
        {},
    ),
    "norm of rows": (lambda: nn.BatchNorm1d(6), ROWS, spec.BatchNorm(), {}),
    "norm of sequences": (
        lambda: nn.BatchNorm1d(4, eps=1e-3, momentum=0.2),
        SEQUENCES,
        spec.BatchNorm(0.2, 1e-3),
        {},
    ),
    "norm of images": (lambda: nn.BatchNorm2d(4), IMAGES, spec.BatchNorm(), {}),
    "norm without scale": (
        lambda: nn.BatchNorm2d(4, affine=False),
        IMAGES,
        spec.BatchNorm(),
        {"gamma": "None", "beta": "None"},
    ),
    "norm, cumulative": (
        lambda: nn.BatchNorm2d(4, momentum=None),
        IMAGES,
        spec.BatchNorm(1.0),
        {"momentum": "1 / the number of passes, here 1 / 1"},
    ),
    "layer norm": (lambda: nn.LayerNorm(4, eps=1e-3), SEQUENCES, spec.LayerNorm(1e-3), {}),
    "layer norm without shift": (
        lambda: nn.LayerNorm(4, bias=False),
        SEQUENCES,
        spec.LayerNorm(),
        {"beta": "None"},
    ),
    "embedding": (lambda: nn.Embedding(11, 4), (3, 5), spec.Embedding(11, 4), {}),
    "rnn": (
        lambda: nn.RNN(4, 3, batch_first=True, nonlinearity="relu"),
        SEQUENCES,
        spec.RNN(3, "relu", return_sequences=True),
        {},
    ),
    "lstm": (
        lambda: nn.LSTM(4, 3, batch_first=True),
        SEQUENCES,
        spec.LSTM(3, return_sequences=True),
        {},
    ),
    "lstm, time first": (lambda: nn.LSTM(4, 3), SEQUENCES, spec.LSTM(3, return_sequences=True), {}),
    "lstm without bias": (
        lambda: nn.LSTM(4, 3, batch_first=True, bias=False),
        SEQUENCES,
        spec.LSTM(3, return_sequences=True),
        {"bias": "None"},
    ),
    "gru": (
        lambda: nn.GRU(4, 3, batch_first=True),
        SEQUENCES,
        spec.GRU(3, return_sequences=True),
        {},
    ),
    "gru, both ways": (
        lambda: nn.GRU(4, 3, batch_first=True, bidirectional=True),
        SEQUENCES,
        spec.Bidirectional(spec.GRU(3, return_sequences=True)),
        {},
    ),
    "rnn, both ways": (
        lambda: nn.RNN(4, 3, batch_first=True, bidirectional=True),
        SEQUENCES,
        spec.Bidirectional(spec.RNN(3, return_sequences=True)),
        {},
    ),
    "relu": (nn.ReLU, ROWS, spec.ReLU(), {}),
    "relu in place": (lambda: nn.ReLU(inplace=True), IMAGES, spec.ReLU(), {}),
    "leaky relu": (lambda: nn.LeakyReLU(0.2), ROWS, spec.LeakyReLU(0.2), {}),
    "elu": (lambda: nn.ELU(0.7), ROWS, spec.ELU(0.7), {}),
    "gelu": (nn.GELU, SEQUENCES, spec.GELU(), {}),
    "gelu, tanh": (lambda: nn.GELU("tanh"), ROWS, spec.GELU("tanh"), {}),
    "silu": (nn.SiLU, ROWS, spec.SiLU(), {}),
    "sigmoid": (nn.Sigmoid, ROWS, spec.Sigmoid(), {}),
    "tanh": (nn.Tanh, ROWS, spec.Tanh(), {}),
    "softplus": (nn.Softplus, ROWS, spec.Softplus(), SOFTPLUS),
    "softmax": (lambda: nn.Softmax(dim=-1), SEQUENCES, spec.Softmax(), {}),
    "softmax over channels": (lambda: nn.Softmax(dim=1), IMAGES, spec.Softmax(), {}),
    "softmax 2d": (nn.Softmax2d, IMAGES, spec.Softmax(), {}),
}


@pytest.mark.parametrize("case", STOCK)
@pytest.mark.parametrize("training", [True, False])
def test_a_stock_layer_is_told_as_what_it_computes(case: str, training: bool) -> None:
    make, shape, layer, options = STOCK[case]
    model, leaf = only(make, shape)
    assert leaf.layer == layer
    assert leaf.label == layer.kind
    assert leaf.options == options
    assert leaf.unmapped == []
    dy, other = drawn(*leaf.y.shape, seed=2), {}
    absent = options.keys() & leaf.parameters.keys()
    for number, (name, array) in enumerate(leaf.parameters.items()):
        other[name] = array if name in absent else drawn(*array.shape, seed=3 + number)
    state = {name: array + 0.25 for name, array in leaf.state.items()}
    found = model.alone(leaf.name, leaf.x, dy, other, state, training)
    right = quantities(
        "numpy", layer, leaf.x.shape[1:], leaf.x, dy, other, state, training, "float64"
    )
    if "next running_var" in right:  # of n - 1 in PyTorch, of n here: torch_nn/norms_test.py
        count = leaf.x.size // leaf.x.shape[-1]
        share = layer.momentum  # type: ignore[attr-defined]
        batch = right["next running_var"] - (1 - share) * state["running_var"]
        right["next running_var"] = right["next running_var"] + batch / (count - 1)
    assert found.keys() == right.keys() - {f"d_{name}" for name in absent}
    for name, array in found.items():
        close(array, right[name])
    after = model.run(leaf.x if leaf.x.dtype.kind == "i" else drawn(*shape), True).leaves[0]
    for name, array in (leaf.parameters | leaf.state).items():
        assert np.array_equal((after.parameters | after.state)[name], array), "alone left a trace"


@pytest.mark.parametrize("case", STOCK)
def test_what_is_written_is_read_again(case: str) -> None:
    make, shape, _, options = STOCK[case]
    model, leaf = only(make, shape)
    written = {
        name: drawn(*array.shape, seed=7)
        for name, array in leaf.parameters.items()
        if name not in options
    }
    state = {name: drawn(*array.shape, seed=8) ** 2 for name, array in leaf.state.items()}
    model.write(leaf.name, written, state)
    x = ids(*shape) if leaf.label == "Embedding" else drawn(*shape)
    after = model.run(x, True).leaves[0]
    for name, array in written.items():
        close(after.parameters[name], array, 1e-15)
    for name, array in state.items():
        assert np.array_equal(after.state[name], array)
        assert not np.array_equal(after.next_state[name], array)


# What no declaration says

ODD: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], str, dict[str, str]]] = {
    "oblong kernel": (
        lambda: nn.Conv2d(4, 3, (1, 3)),
        IMAGES,
        "Conv2D",
        {"kernel_size": "(1, 3)"},
    ),
    "stride and dilation": (
        lambda: nn.Conv2d(4, 3, 2, stride=2, dilation=2),
        IMAGES,
        "Conv2D",
        {"strides": "2", "dilation_rate": "2"},
    ),
    "dilated pool": (lambda: nn.MaxPool2d(2, dilation=2), IMAGES, "MaxPool2D", {"dilation": "2"}),
    "ceil mode": (
        lambda: nn.MaxPool2d(2, ceil_mode=True),
        IMAGES,
        "MaxPool2D",
        {"ceil_mode": "True"},
    ),
    "adaptive": (
        lambda: nn.AdaptiveAvgPool2d((3, 5)),
        IMAGES,
        "AdaptiveAveragePooling2D",
        {"output_size": "(3, 5)"},
    ),
    "slope below 0": (lambda: nn.LeakyReLU(-0.1), ROWS, "LeakyReLU", {}),
    "norm of all axes": (
        lambda: nn.LayerNorm((5, 4)),
        SEQUENCES,
        "LayerNorm",
        {"normalized_shape": "(5, 4)", "eps": "1e-05"},
    ),
    "projection": (
        lambda: nn.LSTM(4, 5, proj_size=2, batch_first=True),
        SEQUENCES,
        "LSTM",
        {"proj_size": "2"},
    ),
    "relu6": (nn.ReLU6, ROWS, "ReLU6", {"min_value": "0.0", "max_value": "6.0"}),
    "hardswish": (nn.Hardswish, ROWS, "Hardswish", {}),
    "conv 1d": (
        lambda: nn.Conv1d(4, 3, 2),
        SEQUENCES,
        "Conv1D",
        {"stride": "(1,)", "padding": "(0,)", "dilation": "(1,)", "groups": "1"},
    ),
    "group norm": (
        lambda: nn.GroupNorm(2, 4),
        IMAGES,
        "GroupNormalization",
        {"num_groups": "2", "eps": "1e-05"},
    ),
    "one maximum": (
        lambda: nn.AdaptiveMaxPool2d(1),
        IMAGES,
        "GlobalMaxPooling2D",
        {"output_size": "1"},
    ),
}

ALMOST: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], spec.Layer, dict[str, str]]] = {
    "padded cells count": (
        lambda: nn.AvgPool2d(3, 2, 1),
        IMAGES,
        spec.AvgPool2D(3, 2, 1),
        {"count_include_pad": "True"},
    ),
    "another divisor": (
        lambda: nn.AvgPool2d(2, divisor_override=3),
        IMAGES,
        spec.AvgPool2D(2, 2),
        {"divisor_override": "3"},
    ),
    "reflected": (
        lambda: nn.Conv2d(4, 3, 3, padding=1, padding_mode="reflect"),
        IMAGES,
        spec.Conv2D(3, 3, 1, 1),
        {"padding_mode": "reflect"},
    ),
    "no statistics": (
        lambda: nn.BatchNorm2d(4, track_running_stats=False),
        IMAGES,
        spec.BatchNorm(),
        {"running statistics": "None"},
    ),
    "another axis": (lambda: nn.Softmax(dim=1), SEQUENCES, spec.Softmax(), {"axis": "1"}),
    "softplus, sharper": (
        lambda: nn.Softplus(beta=2),
        ROWS,
        spec.Softplus(),
        {**SOFTPLUS, "beta": "2"},
    ),
    "padding token": (
        lambda: nn.Embedding(11, 4, padding_idx=0),
        (3, 5),
        spec.Embedding(11, 4),
        {"padding_idx": "0"},
    ),
    "frozen": (
        lambda: nn.Linear(6, 3).requires_grad_(False),
        ROWS,
        spec.Dense(3),
        {"trainable": "False"},
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_a_layer_without_a_declaration_has_a_label(case: str) -> None:
    make, shape, label, options = ODD[case]
    _, leaf = only(make, shape)
    assert leaf.layer is None
    assert (leaf.label, leaf.options) == (label, options)
    if case == "projection":
        assert leaf.unmapped == ["weight_hr_l0"]


@pytest.mark.parametrize("case", ALMOST)
def test_what_a_layer_does_otherwise_is_said(case: str) -> None:
    make, shape, layer, options = ALMOST[case]
    _, leaf = only(make, shape)
    assert (leaf.layer, leaf.options) == (layer, options)


ROUNDED: dict[str, tuple[Callable[[], nn.Module], Callable[[Array], Array], bool]] = {
    "hardsigmoid": (nn.Hardsigmoid, lambda x: np.where(abs(x) < 3, 1 / 6, 0), True),
    "hardswish": (
        nn.Hardswish,
        lambda x: np.where(abs(x) < 3, (2 * x + 3) / 6, x > 0),
        False,
    ),
    "celu": (lambda: nn.CELU(0.3), lambda x: np.exp(np.minimum(x, 0) / 0.3), True),
    "celu, exact": (lambda: nn.CELU(0.25), lambda x: np.exp(np.minimum(x, 0) / 0.25), False),
}


@pytest.mark.parametrize("case", ROUNDED)
def test_constants_in_float32_are_told_where_they_are(case: str) -> None:
    make, slope, rough = ROUNDED[case]
    model, leaf = only(make, ROWS)
    assert leaf.options == ({"constants": "float32"} if rough else {})
    x = 2 * drawn(50, 6)
    found = model.alone(leaf.name, x, np.ones(x.shape), {}, {}, True)["d_input"]
    gap = np.abs(found - slope(x)).max()
    assert 1e-10 < gap < 1e-7 if rough else gap < 1e-14
    single = opened(make, "float32").run(drawn(*ROWS), True)
    assert single.leaves[0].options == {}


def test_a_forward_of_the_users_own_has_its_own_constants() -> None:
    class Own(nn.Hardsigmoid):
        def forward(self, x: Any) -> Any:
            return (x + 3).clamp(0, 6) / 6

    assert only(Own, ROWS)[1].options == {}


def test_kernels_are_in_keras_layout() -> None:
    _, leaf = only(lambda: nn.Conv1d(4, 3, 2), SEQUENCES)
    assert leaf.parameters["weight"].shape == (2, 4, 3)
    right = sum(leaf.x[:, t : 4 + t] @ leaf.parameters["weight"][t] for t in (0, 1))
    close(leaf.y, right + leaf.parameters["bias"])
    _, leaf = only(lambda: nn.ConvTranspose2d(4, 3, (2, 5)), IMAGES)
    assert leaf.parameters["weight"].shape == (2, 5, 3, 4)
    _, leaf = only(lambda: nn.PReLU(4), IMAGES)
    assert leaf.parameters["alpha"].shape == (1, 1, 4)
    close(leaf.y, np.where(leaf.x > 0, leaf.x, leaf.parameters["alpha"] * leaf.x))


def test_an_array_that_is_not_there_takes_what_it_stands_for_alone() -> None:
    model, leaf = only(lambda: nn.LayerNorm(4, elementwise_affine=False), SEQUENCES)
    model.write(leaf.name, {"gamma": np.ones(4), "beta": np.zeros(4)}, {})
    text = refusal(lambda: model.write(leaf.name, {"gamma": np.full(4, 2.0)}, {}))
    assert "LayerNorm has no gamma" in text
    model, leaf = only(lambda: nn.GRU(4, 3, batch_first=True, bias=False), SEQUENCES)
    assert "no recurrent_bias" in refusal(
        lambda: model.write(leaf.name, {"recurrent_bias": np.ones(9)}, {})
    )
