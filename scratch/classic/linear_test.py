"""Linear regression: against scikit-learn, against itself, and where it has no single answer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from brain.errors import UserError
from brain.randomness import generator
from scratch.classic.linear import LinearRegression, safe_rate
from scratch.testing.tables import CLASSES, NUMBERS, table

DRAW = generator(0, "linear regression tests")
X, Y = DRAW.standard_normal((40, 3)), DRAW.standard_normal(40)


@pytest.mark.parametrize("ridge", [0.0, 2.5])
@pytest.mark.parametrize("name", [*CLASSES, NUMBERS])
def test_exact_solution_is_scikit_learns(name: str, ridge: float) -> None:
    x, y = table(name)
    from sklearn import linear_model

    theirs = linear_model.Ridge(ridge, solver="svd") if ridge else linear_model.LinearRegression()
    theirs.fit(x, y)
    ours = LinearRegression(ridge).fit(x, y)
    np.testing.assert_allclose(ours.weight, theirs.coef_, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(ours.bias, theirs.intercept_, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=1e-6, atol=1e-6)
    assert ours.score(x, y) == pytest.approx(theirs.score(x, y), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "ridge"),
    [("iris", 0.0), ("wine", 0.0), (NUMBERS, 0.0), ("breast_cancer", 50.0), ("digits", 50.0)],
)
def test_descent_comes_to_scikit_learns_solution(name: str, ridge: float) -> None:
    """To a gradient of 1e-8. Without a ridge the valleys of the last two take a million steps."""
    x, y = table(name, standard=True)
    from sklearn import linear_model

    theirs = linear_model.Ridge(ridge, solver="svd") if ridge else linear_model.LinearRegression()
    theirs.fit(x, y)
    ours = LinearRegression(ridge, "descent")
    *_, last = ours.steps(x, y)
    assert last.metrics["gradient"] <= 1e-8
    np.testing.assert_allclose(ours.weight, theirs.coef_, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(ours.bias, theirs.intercept_, rtol=1e-6, atol=1e-6)


def test_several_targets_are_as_many_regressions() -> None:
    y = DRAW.standard_normal((40, 2))
    both = LinearRegression(0.5).fit(X, y)
    walked = LinearRegression(0.5, "descent").fit(X, y)
    for m in range(2):
        one = LinearRegression(0.5).fit(X, y[:, m])
        np.testing.assert_allclose(both.weight[:, m], one.weight, atol=1e-12)
        np.testing.assert_allclose(walked.weight[:, m], one.weight, atol=1e-7)
    assert both.predict(X).shape == (40, 2)


def test_a_singular_matrix_gives_the_shortest_of_the_best_weights() -> None:
    one = LinearRegression().fit(X[:, :1], Y)
    twice = LinearRegression().fit(np.repeat(X[:, :1], 2, axis=1), Y)
    np.testing.assert_allclose(twice.weight, np.repeat(one.weight / 2, 2), atol=1e-12)
    np.testing.assert_allclose(twice.predict(np.ones((1, 2))), one.predict([[1.0]]), atol=1e-12)


def test_fewer_rows_than_columns_are_met_exactly() -> None:
    model = LinearRegression().fit(X[:2], Y[:2])
    np.testing.assert_allclose(model.predict(X[:2]), Y[:2], atol=1e-12)


def test_a_column_that_does_not_vary_gets_no_weight() -> None:
    model = LinearRegression().fit(np.column_stack([X, np.full(40, 7.0)]), Y)
    assert abs(model.weight[3]) < 1e-12
    np.testing.assert_allclose(model.weight[:3], LinearRegression().fit(X, Y).weight, atol=1e-12)
    for constant in (1.0, 0.1):  # the mean of ten times 0.1 is not 0.1
        nothing = LinearRegression().fit(np.full((10, 2), constant), np.arange(10))
        assert nothing.weight.tolist() == [0, 0]
        assert nothing.bias == pytest.approx(4.5)


def test_descent_with_the_safe_rate_never_climbs_and_with_twice_of_it_diverges() -> None:
    losses = [tick.loss for tick in LinearRegression(method="descent").steps(X, Y)]
    assert all(b <= a * (1 + 1e-12) for a, b in pairwise(losses))
    rate = safe_rate(X)
    with pytest.raises(UserError, match=r"diverged with the rate .* take a smaller one"):
        LinearRegression(method="descent", lr=2.1 * rate).fit(X, Y)


def test_steps_can_be_watched() -> None:
    model = LinearRegression(method="descent", max_steps=5, tolerance=0)
    seen = [(tick.step, tick.steps, model.weight[0]) for tick in model.steps(X, Y)]
    assert [step for step, _, _ in seen] == [1, 2, 3, 4, 5]
    assert {steps for _, steps, _ in seen} == {5}
    assert len({weight for _, _, weight in seen}) == 5


def test_whether_it_converged() -> None:
    assert LinearRegression().fit(X, Y).converged
    assert LinearRegression(method="descent").fit(X, Y).converged
    assert not LinearRegression(method="descent", max_steps=5).fit(X, Y).converged


def test_score_where_the_targets_do_not_vary() -> None:
    model = LinearRegression().fit(X, np.full(40, 2.0))
    assert model.score(X, np.full(40, 5.0)) == 0


def test_a_method_that_does_not_exist() -> None:
    with pytest.raises(UserError, match="did you mean 'descent'"):
        LinearRegression(method="decent")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="ridge must be a number from 0"):
        LinearRegression(-1)
