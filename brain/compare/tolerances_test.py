"""The error that is measured and the budget it is held against do what their text says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from brain import spec
from brain.compare.tolerances import (
    ELEMENTARY,
    SAFETY,
    apart,
    backward_budget,
    eps,
    error,
    forward_budget,
    steps_budget,
)
from brain.randomness import generator

NUMBERS = st.floats(-1e9, 1e9).filter(lambda number: abs(number) > 1e-9)
VECTORS = hnp.arrays(np.float64, st.integers(1, 20), elements=NUMBERS)
ONE, ZERO, NAN = np.ones(3), np.zeros(3), np.array([1.0, math.nan, 1.0])


def test_the_error_is_relative_to_the_reference() -> None:
    assert error(np.array([1.0, 0.0]), np.array([3.0, 4.0])) == pytest.approx(math.sqrt(20) / 5)
    assert error(np.array([2.0]), np.array([1.0])) == 1.0
    assert error(np.array([1.0]), np.array([2.0])) == 0.5


@given(VECTORS, NUMBERS)
def test_the_error_knows_no_unit(b: np.ndarray, unit: float) -> None:
    a = b * (1 + 1e-3)
    assert error(a, b) == pytest.approx(1e-3, rel=1e-6)
    assert error(unit * a, unit * b) == pytest.approx(error(a, b), rel=1e-6)


@given(VECTORS)
def test_equal_is_no_error(a: np.ndarray) -> None:
    assert error(a, a.copy()) == 0.0
    assert error(a.reshape(1, -1, 1), a.reshape(1, -1, 1)) == 0.0


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (ZERO, ZERO, 0.0),
        (ONE, ZERO, math.inf),
        (ZERO, ONE, 1.0),
        (NAN, ONE, math.inf),
        (ONE, NAN, math.inf),
        (NAN, NAN, math.inf),
        (np.array(math.inf), np.array(math.inf), math.inf),
        (ONE, np.ones(4), math.inf),
        (ONE, np.ones((3, 1)), math.inf),
        (np.ones((2, 3)), np.ones((3, 2)), math.inf),
        (np.zeros((0, 3)), np.zeros((0, 3)), 0.0),
        (np.array(2.0), np.array(2.0), 0.0),
    ],
)
def test_edges(a: np.ndarray, b: np.ndarray, wanted: float) -> None:
    assert error(a, b) == wanted


def test_float32_is_compared_in_float64() -> None:
    a = np.array([1e30, 1e-30], np.float32)
    assert error(a, a) == 0.0
    assert error(a * np.float32(2), a) == pytest.approx(1.0)  # the square would overflow


def test_numbers_of_python_are_taken() -> None:
    assert error(2.0, 1.0) == 1.0  # type: ignore[arg-type]


def test_a_sum_that_vanishes_is_judged_by_what_it_adds_up() -> None:
    """The gradient of a bias before a normalisation: zero by theory, noise in practice."""
    random, n = generator(0, "vanishing sum"), 10_000
    addends = random.standard_normal((n, 8))
    addends -= addends.mean(axis=0)
    backwards, forwards = addends[::-1].cumsum(0)[-1], addends.cumsum(0)[-1]
    size = float(np.linalg.norm(np.abs(addends).sum(axis=0)))
    assert error(backwards, forwards) > 0.1  # nobody's noise is like another's
    budget = SAFETY * eps("float64") * math.sqrt(n)
    assert error(backwards, forwards, size, n) < budget
    assert error(backwards + 1e-3, forwards, size, n) > budget  # a wrong sum still shows


def test_an_ordinary_sum_is_judged_as_before() -> None:
    random, n = generator(0, "ordinary sum"), 400
    addends = random.standard_normal((n, 50))
    total = addends.sum(axis=0)
    size = float(np.linalg.norm(np.abs(addends).sum(axis=0)))
    plain = error(total * (1 + 1e-9), total)
    assert error(total * (1 + 1e-9), total, size, n) == pytest.approx(plain, rel=0.3)


def test_the_size_of_addends_counts_only_where_it_is_larger() -> None:
    a, b = np.array([3.0]), np.array([2.0])
    assert error(a, b, addends=2.0, terms=1) == 0.5
    assert error(a, b, addends=8.0, terms=4) == 0.25
    assert error(a, b, addends=8.0, terms=16) == 0.5
    assert error(np.array([1.0]), np.array([0.0]), addends=4.0, terms=4) == 0.5


def nodes(*layers: spec.Layer, width: int = 5) -> list[spec.Node]:
    return list(spec.Model("m", (width,), layers, spec.MeanSquaredError()).walk())


def test_the_forward_budget_is_the_sum_over_the_layers() -> None:
    dense, relu = nodes(spec.Dense(30), spec.ReLU(), width=99)
    assert forward_budget([dense], "float64") == SAFETY * 2.0**-52 * math.sqrt(99 + 1)
    assert forward_budget([relu], "float64") == SAFETY * 2.0**-52 * math.sqrt(ELEMENTARY)
    assert forward_budget([dense, relu], "float64") == pytest.approx(
        forward_budget([dense], "float64") + forward_budget([relu], "float64")
    )
    assert forward_budget([], "float64") == 0.0


def test_budgets_grow_with_depth_and_width_and_the_batch() -> None:
    deep = nodes(*[spec.Dense(5)] * 9)
    forward = [forward_budget(deep[:i], "float64") for i in range(10)]
    backward = [backward_budget(deep[:i], 7, "float64") for i in range(1, 10)]
    for budgets in (forward, backward):
        assert budgets == sorted(budgets)
        assert len(set(budgets)) == len(budgets)
    narrow, wide = (nodes(spec.Dense(3), width=width) for width in (20, 2000))
    assert forward_budget(wide, "float64") > 5 * forward_budget(narrow, "float64")
    assert backward_budget(narrow, 10_000, "float64") > 5 * backward_budget(narrow, 1, "float64")
    assert backward_budget(deep, 7, "float64") > forward_budget(deep, "float64")


def test_a_sum_over_the_batch_counts_in_training_there_and_back() -> None:
    norm, line = (
        next(iter(spec.Model("m", (30, 2), (layer,), spec.MeanSquaredError()).walk()))
        for layer in (spec.BatchNorm(), spec.LayerNorm())
    )
    one = SAFETY * 2.0**-52
    assert forward_budget([norm], "float64") == one * math.sqrt(ELEMENTARY)  # in evaluation
    assert forward_budget([norm], "float64", 7) == one * math.sqrt(7 * 30)
    assert backward_budget([norm], 7, "float64") == pytest.approx(one * 3 * math.sqrt(7 * 30))
    assert forward_budget([line], "float64", 7) == forward_budget([line], "float64")


def test_a_kernel_sums_over_its_cells_there_and_back() -> None:
    layer = spec.Conv2D(8, kernel=5, padding="same", groups=2)
    (node,) = spec.Model("m", (30, 20, 6), (layer,), spec.MeanSquaredError()).walk()
    one = SAFETY * 2.0**-52
    there, back, batch = 25 * 3 + 1, 25 * 4, 7 * 30 * 20
    assert forward_budget([node], "float64") == one * math.sqrt(there)
    assert backward_budget([node], 7, "float64") == pytest.approx(
        one * sum(math.sqrt(terms) for terms in (there, back, batch))
    )


@pytest.mark.parametrize("samples", [10, 1000])
def test_statistics_of_a_batch_stay_within_their_budget(samples: int) -> None:
    """What the budget claims of BatchNorm: float32 sums over the batch, one after another."""
    x = (generator(0, f"batch {samples}").standard_normal((samples, 20)) + 1).astype(np.float32)
    mean = x.cumsum(axis=0)[-1] / np.float32(samples)
    var = ((x - mean) ** 2).cumsum(axis=0)[-1] / np.float32(samples)
    exact = x.astype(np.float64)
    wanted = (exact - exact.mean(axis=0)) / np.sqrt(exact.var(axis=0) + 0.1)
    (node,) = nodes(spec.BatchNorm(eps=0.1), width=20)
    budget = forward_budget([node], "float32", samples)
    assert error((x - mean) / np.sqrt(var + np.float32(0.1)), wanted) < budget
    unbiased = (exact - exact.mean(axis=0)) / np.sqrt(exact.var(axis=0, ddof=1) + 0.1)
    assert error(unbiased, wanted) > budget


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_budgets_grow_with_eps(dtype: str) -> None:
    ratio = eps(dtype) / eps("float32")
    layers = nodes(spec.Dense(4), spec.Tanh())
    for budget in (
        forward_budget(layers, dtype) / forward_budget(layers, "float32"),
        backward_budget(layers, 3, dtype) / backward_budget(layers, 3, "float32"),
        steps_budget(1e-5, dtype) / steps_budget(1e-5, "float32"),
    ):
        assert budget == pytest.approx(ratio)
    assert eps("float32") == 2.0**-23
    assert eps("float64") == 2.0**-52


def test_the_budget_of_many_steps_is_four_times_what_was_measured() -> None:
    assert steps_budget(1e-5, "float32") == 4e-5
    assert steps_budget(0.0, "float64") == 0.0


@pytest.mark.parametrize("terms", [1, 10, 1000])
def test_rounding_stays_within_its_budget_and_a_wrong_term_does_not(terms: int) -> None:
    """What the budget claims, on the sums it is about: float32 products of random numbers."""
    random = generator(0, f"budget {terms}")
    x, w = random.standard_normal((50, terms)), random.standard_normal((terms, 20))
    x32, w32 = x.astype(np.float32), w.astype(np.float32)
    exact = x32.astype(np.float64) @ w32.astype(np.float64)
    rounded = np.zeros((50, 20), np.float32)
    for i in range(terms):  # one after another, the worst order
        rounded += x32[:, i : i + 1] * w32[i]
    budget = forward_budget(nodes(spec.Dense(20, bias=False), width=terms), "float32")
    size = float(np.linalg.norm(np.abs(x32) @ np.abs(w32)))
    assert error(rounded, exact, size, terms) < budget
    lacking = exact - x32[:, :1] * w32[:1]
    assert error(lacking, exact, size, terms) > budget


def test_how_far_two_arrays_are_apart_at_most() -> None:
    b = np.array([[1.0, -4.0], [0.0, 2.0]])
    a = b.copy()
    a[1, 0] = 3e-7
    most, ulps, place = apart(a, b, "float32")
    assert most == 3e-7
    assert ulps == 3e-7 / np.spacing(np.float32(4))
    assert place == "[1, 0]"
    assert apart(b, b, "float64")[:2] == (0.0, 0.0)
    a[0, 1] = np.nan
    assert apart(a, b, "float64")[::2] == (np.inf, "[0, 1]")
    assert apart(a[0], b, "float64")[0] == np.inf
