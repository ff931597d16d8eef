"""Logistic regression: against scikit-learn, both solved to a gradient of 1e-8."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from brain.errors import UserError
from brain.randomness import generator
from scratch.classic.logistic import LogisticRegression
from scratch.testing.tables import CLASSES, table

DRAW = generator(0, "logistic regression tests")
X = DRAW.standard_normal((60, 3))
TWO = (X[:, 0] + DRAW.standard_normal(60) > 0).astype(int)
THREE = TWO + (X[:, 1] + DRAW.standard_normal(60) > 0.5)


@pytest.mark.parametrize("standard", [False, True], ids=["as measured", "standard"])
@pytest.mark.parametrize("name", CLASSES)
def test_the_solution_is_scikit_learns(name: str, standard: bool) -> None:
    x, y = table(name, standard=standard)
    from sklearn import linear_model

    theirs = linear_model.LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-10)
    theirs.fit(x, y)
    ours = LogisticRegression(l2=2)
    *_, last = ours.steps(x, y)
    assert last.metrics["gradient"] <= 1e-8
    np.testing.assert_allclose(ours.weight.T, theirs.coef_, rtol=1e-6, atol=1e-6)
    free = np.mean(theirs.intercept_ - ours.bias) if len(ours.bias) > 1 else 0.0  # a common shift
    np.testing.assert_allclose(ours.bias + free, theirs.intercept_, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        ours.predict_log_proba(x), theirs.predict_log_proba(x), rtol=1e-6, atol=1e-6
    )
    assert ours.predict(x).tolist() == theirs.predict(x).tolist()
    assert ours.score(x, y) == theirs.score(x, y)


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_descent_comes_to_newtons_solution(y: np.ndarray) -> None:
    newton, descent = LogisticRegression(1.0), LogisticRegression(1.0, "descent", tolerance=1e-7)
    few, many = list(newton.steps(X, y)), list(descent.steps(X, y))
    np.testing.assert_allclose(newton.weight, descent.weight, atol=1e-5)
    assert len(few) < 10 < len(many)
    assert many[-1].metrics["gradient"] <= 1e-7


@pytest.mark.parametrize("method", ["newton", "descent"])
def test_the_loss_never_climbs(method: str) -> None:
    model = LogisticRegression(0.1, method, max_steps=40)  # type: ignore[arg-type]
    losses = [tick.loss for tick in model.steps(1000 * X, THREE)]
    assert all(b <= a + 1e-12 for a, b in pairwise(losses))


def test_two_classes_by_the_sigmoid_and_classes_of_any_name() -> None:
    model = LogisticRegression().fit(X, np.where(TWO, 7, -2))
    p = 1 / (1 + np.exp(-(X @ model.weight[:, 0] + model.bias)))
    np.testing.assert_allclose(model.predict_proba(X), np.stack([1 - p, p], axis=1), atol=1e-12)
    assert model.predict(X).tolist() == np.where(p > 0.5, 7, -2).tolist()


def test_classes_that_a_line_parts_without_a_price_end_next_to_certainty() -> None:
    model = LogisticRegression(l2=0).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    np.testing.assert_allclose(model.predict_proba([[0.0], [3.0]]), [[1, 0], [0, 1]], atol=1e-6)


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_columns_that_depend_on_each_other_or_do_not_vary(y: np.ndarray) -> None:
    alone = LogisticRegression(l2=0).fit(X, y)
    more = LogisticRegression(l2=0).fit(np.column_stack([X, X[:, 0], np.zeros(60)]), y)
    np.testing.assert_allclose(more.weight[3], more.weight[0], atol=1e-7)
    np.testing.assert_allclose(more.weight[4], 0, atol=1e-12)
    wide = np.column_stack([X, X[:, 0], np.zeros(60)])
    np.testing.assert_allclose(more.predict_proba(wide), alone.predict_proba(X), atol=1e-7)


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
def test_a_price_leaves_a_column_that_does_not_vary_without_a_weight(y: np.ndarray) -> None:
    constant = np.column_stack([X, np.full(60, 0.1)])
    np.testing.assert_allclose(LogisticRegression(l2=1).fit(constant, y).weight[3], 0, atol=1e-7)
    assert np.abs(LogisticRegression(l2=0).fit(constant, y).weight[3]).max() > 1e-3


def test_whether_it_converged() -> None:
    assert LogisticRegression().fit(X, THREE).converged
    assert LogisticRegression(1.0, "descent").fit(X, THREE).converged
    short = LogisticRegression(0.01, "descent", max_steps=3)
    *_, last = short.steps(1000 * X, THREE)
    assert last.metrics["gradient"] > 1e-3
    assert not short.converged


@pytest.mark.parametrize("method", ["newton", "descent"])
def test_a_loss_that_is_not_finite(method: str) -> None:
    model = LogisticRegression(1.0, method)  # type: ignore[arg-type]
    steps = model.steps(X, THREE)
    next(steps)
    model._theta = np.full_like(model._theta, 1e200)  # a place that no step leads to
    with pytest.raises(UserError, match=r"the loss is (inf|nan) .* at step 2"):
        next(steps)


def test_scores_far_apart_do_not_overflow() -> None:
    model = LogisticRegression().fit(X, THREE)
    log_p = model.predict_log_proba(1e6 * X)
    assert np.isfinite(log_p).all()
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1)


def test_a_method_that_does_not_exist() -> None:
    with pytest.raises(UserError, match="did you mean 'newton'"):
        LogisticRegression(method="newtons")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="l2 must be a number from 0"):
        LogisticRegression(-1)
