"""Start values follow their distribution and their name alone; only whole sets of arrays go in."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain import spec
from brain.parameters import checked, draw, initial_parameters
from brain.randomness import generator
from brain.testing.model_strategies import models
from brain.testing.refusals import refusal

FLOAT32 = np.dtype(np.float32)
WIDE = (300, 500)


def drawn(init: spec.init.Initializer, shape: tuple[int, ...] = WIDE) -> np.ndarray:
    info = spec.ParameterInfo(shape, init, shape[0], shape[-1])
    return draw(info, generator(3, "test"))


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize(
    ("kind", "variance"), [(spec.init.He, 2 / 300), (spec.init.Glorot, 2 / 800)]
)
def test_variance_of_he_and_glorot(
    kind: type[spec.init.He], distribution: str, variance: float
) -> None:
    values = drawn(kind(distribution))  # type: ignore[arg-type]
    n, kurtosis = values.size, {"normal": 3.0, "uniform": 1.8}[distribution]
    # The sample variance of n draws strays by sigma^2 sqrt((kurtosis - 1) / n); four times that.
    assert values.var() == pytest.approx(variance, rel=4 * math.sqrt((kurtosis - 1) / n))
    assert abs(values.mean()) < 4 * math.sqrt(variance / n)
    fourth = np.mean(values**4) / values.var() ** 2
    assert fourth == pytest.approx(kurtosis, rel=0.05)  # 3 and 1.8 are 40 % apart
    if distribution == "uniform":
        assert np.abs(values).max() <= math.sqrt(3 * variance)


def test_normal_uniform_and_constant() -> None:
    values = drawn(spec.init.Normal(0.2))
    assert values.std() == pytest.approx(0.2, rel=4 / math.sqrt(2 * values.size))
    values = drawn(spec.init.Uniform(-0.5, 2.0))
    assert -0.5 <= values.min() < -0.49
    assert 1.99 < values.max() <= 2.0
    assert values.mean() == pytest.approx(0.75, abs=4 * 2.5 / math.sqrt(12 * values.size))
    assert (drawn(spec.init.Constant(-1.5)) == -1.5).all()
    assert (drawn(spec.init.Normal(0.0)) == 0).all()
    assert (drawn(spec.init.Uniform(0.3, 0.3)) == 0.3).all()


@pytest.mark.parametrize("shape", [(9, 4), (4, 9), (5, 5), (1, 6), (6, 1), (3, 2, 5), (2, 2, 3)])
@pytest.mark.parametrize("gain", [1.0, 1.7])
def test_orthogonal_rows_or_columns(shape: tuple[int, ...], gain: float) -> None:
    weight = drawn(spec.init.Orthogonal(gain), shape)
    assert weight.shape == shape
    matrix = weight.reshape(-1, shape[-1])
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows < columns else matrix.T @ matrix
    # Sums of at most a dozen products of numbers up to gain.
    np.testing.assert_allclose(product, gain**2 * np.eye(len(product)), atol=1e-14)


def test_orthogonal_is_uniform_over_rotations() -> None:
    # Without the sign of R's diagonal, LAPACK's first entry would always have one sign.
    signs = [
        np.sign(draw(spec.ParameterInfo((2, 2), spec.init.Orthogonal(), 2, 2), generator(s, "q")))
        for s in range(64)
    ]
    for entry in np.array(signs).reshape(64, 4).T:
        assert 12 < (entry > 0).sum() < 52  # five standard deviations, 4 each, about 32


def mlp(*layers: spec.Layer) -> spec.Model:
    return spec.Model("m", (5,), layers, spec.MeanSquaredError())


@given(models(), st.integers(0, 2**64))
def test_initial_values_have_the_models_names_and_shapes(model: spec.Model, seed: int) -> None:
    values = initial_parameters(model, seed)
    infos = model.parameters()
    assert list(values) == list(infos)
    for name, array in values.items():
        assert array.shape == infos[name].shape
        assert array.dtype == np.float64
        assert np.isfinite(array).all()


def test_the_seed_decides() -> None:
    model = mlp(spec.Dense(4), spec.Dense(3, init=spec.init.Orthogonal()))
    first, again, other = (initial_parameters(model, seed) for seed in (7, 7, 8))
    for name in ("dense1.weight", "dense2.weight"):
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != other[name]).all()
    assert not first["dense1.bias"].any()


def test_another_layer_leaves_the_others_values() -> None:
    few = initial_parameters(mlp(spec.Dense(4), spec.Dense(5), spec.Dense(3)))
    more = initial_parameters(
        mlp(
            spec.Dense(4),
            spec.Residual((spec.Dense(4),)),
            spec.Dense(5),
            spec.ReLU(),
            spec.Dense(3),
        )
    )
    for name, array in few.items():
        np.testing.assert_array_equal(more[name], array)
    assert len(more) == len(few) + 2


def test_layers_of_one_shape_start_differently() -> None:
    values = initial_parameters(mlp(spec.Dense(5), spec.Dense(5), spec.Residual((spec.Dense(5),))))
    weights = [values[f"{n}.weight"] for n in ("dense1", "dense2", "residual1.body.dense1")]
    assert (weights[0] != weights[1]).all()
    assert (weights[0] != weights[2]).all()


WANTED = {"a.weight": (2, 3), "a.bias": (3,)}


def whole() -> dict[str, object]:
    return {"a.weight": np.ones((2, 3)), "a.bias": np.zeros(3)}


def test_checked_gives_copies_in_the_wanted_order() -> None:
    bias = np.zeros(3, np.float32)
    arrays = {"a.bias": bias, "a.weight": [[1, 2, 3], [4, 5, 6]]}
    result = checked(arrays, WANTED, "parameter", FLOAT32)
    assert list(result) == list(WANTED)
    assert {array.dtype for array in result.values()} == {FLOAT32}
    result["a.bias"][:] = 7
    assert not bias.any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"a.wieght": np.ones((2, 3))}, ["unknown parameter 'a.wieght'", "'a.weight'?"]),
        ({"a.bias": None}, ["'a.bias'"]),
        ({"a.bias": np.zeros(4)}, ["'a.bias'", "(4,)", "(3,)"]),
        ({"a.bias": np.zeros((3, 1))}, ["'a.bias'", "(3, 1)"]),
        ({"a.bias": 1.0}, ["'a.bias'", "()"]),
        ({"a.weight": np.ones((3, 2))}, ["'a.weight'", "(3, 2)", "(2, 3)"]),
        ({"a.bias": [1.0, np.nan, 0.0]}, ["'a.bias'", "not finite"]),
        ({"a.bias": [1.0, 0.0, -np.inf]}, ["'a.bias'", "not finite"]),
        ({"a.bias": ["a", "b", "c"]}, ["'a.bias'", "wanted real numbers"]),
        ({"a.bias": [1j, 0, 0]}, ["'a.bias'", "complex128"]),
        ({"a.bias": [True, False, True]}, ["'a.bias'", "bool"]),
        ({"a.bias": [None, 1, 2]}, ["'a.bias'", "object"]),
    ],
)
def test_checked_refuses(changes: Mapping[str, object], words: list[str]) -> None:
    text = refusal(lambda: checked(whole() | dict(changes), WANTED, "parameter", FLOAT32))
    assert all(word in text for word in words), text


def test_checked_refuses_what_is_missing_or_too_much() -> None:
    assert "parameter 'a.weight' is missing" in refusal(
        lambda: checked({"a.bias": np.zeros(3)}, WANTED, "parameter", FLOAT32)
    )
    text = refusal(lambda: checked(whole(), {}, "running statistic", FLOAT32))
    assert text == "there is no running statistic here."
    assert checked({}, {}, "parameter", FLOAT32) == {}


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_checked_refuses_what_float32_cannot_hold() -> None:
    arrays = whole() | {"a.bias": [1e300, 0, 0]}
    assert checked(arrays, WANTED, "parameter", np.dtype(np.float64))["a.bias"][0] == 1e300
    assert "not finite in float32" in refusal(lambda: checked(arrays, WANTED, "parameter", FLOAT32))


def test_checked_refuses_rows_of_unequal_length() -> None:
    arrays = whole() | {"a.weight": [[1, 2, 3], [4, 5]]}
    assert "'a.weight'" in refusal(lambda: checked(arrays, WANTED, "parameter", FLOAT32))


@pytest.mark.parametrize("layer", [spec.RNN(6), spec.LSTM(6), spec.GRU(6)], ids=repr)
def test_each_gates_recurrent_weight_begins_orthogonal(layer: spec.Layer) -> None:
    model = spec.Model("m", (4, 3), (layer,), spec.MeanSquaredError())
    (weight,) = (a for k, a in initial_parameters(model).items() if "recurrent_weight" in k)
    gates = np.split(weight, weight.shape[1] // 6, axis=1)
    for number, gate in enumerate(gates):
        np.testing.assert_allclose(gate.T @ gate, np.eye(6), atol=1e-14)
        for other in gates[:number]:
            assert not np.allclose(gate, other)
