"""The equations of linear-regression.md, held against the code."""

from __future__ import annotations

import numpy as np

from scratch.classic.linear import LinearRegression, safe_rate
from theory.equations import Array, near, normal, same, slope

X, Y, W, B = normal("x", 7, 3), normal("y", 7), normal("w", 3), np.array(0.3)
RIDGE = 1.7
A, T = X - X.mean(axis=0), Y - Y.mean()


def at(w: Array = W, b: Array = B, ridge: float = 0.0) -> LinearRegression:
    """The model with these weights and this bias."""
    model = LinearRegression(ridge).fit(X, Y)
    model.weight, model.bias = w, b
    return model


def loss(w: Array = W, b: Array = B, ridge: float = 0.0) -> float:
    return at(w, b, ridge).loss_and_gradient(X, Y)[0]


def decomposed() -> tuple[Array, Array, Array]:
    """U, the singular values and V of A, from the eigenvectors of its products."""
    squares, v = np.linalg.eigh(A.T @ A)
    s = np.sqrt(squares)
    return A @ v / s, s, v


def test_linear_regression_1_the_line() -> None:
    same(at().predict(X), [sum(x[i] * W[i] for i in range(3)) + B for x in X])


def test_linear_regression_2_mean_squared_error() -> None:
    same(loss(), sum((X[n] @ W + B - Y[n]) ** 2 for n in range(7)) / 7)


def test_linear_regression_3_gradient_of_the_weights() -> None:
    _, dw, _ = at().loss_and_gradient(X, Y)
    same(dw, 2 / 7 * sum(X[n] * (X[n] @ W + B - Y[n]) for n in range(7)))
    near(dw, slope(lambda w: loss(w=w), W))


def test_linear_regression_4_gradient_of_the_bias() -> None:
    _, _, db = at().loss_and_gradient(X, Y)
    same(db, 2 / 7 * sum(X[n] @ W + B - Y[n] for n in range(7)))
    near(db, slope(lambda b: loss(b=b), B))


def test_linear_regression_5_the_bias_of_the_exact_solution() -> None:
    for ridge in (0, RIDGE):
        model = LinearRegression(ridge).fit(X, Y)
        same(model.bias, Y.mean() - X.mean(axis=0) @ model.weight)
        same(np.sum(model.predict(X) - Y), 0)


def test_linear_regression_6_normal_equations() -> None:
    w = LinearRegression().fit(X, Y).weight
    same(A.T @ A @ w, A.T @ T)
    same(A.T @ (A @ w - T), np.zeros(3))


def test_linear_regression_7_singular_values() -> None:
    u, s, v = decomposed()
    same(LinearRegression().fit(X, Y).weight, v @ ((u.T @ T) / s))
    wide = np.column_stack([X, X[:, 0] + X[:, 1]])  # a mixture: the shortest of many solutions
    w = LinearRegression().fit(wide, Y).weight
    same(w, np.linalg.pinv(wide - wide.mean(axis=0)) @ T)
    same(w @ [1, 1, 0, -1], 0)  # no share in the direction that changes nothing


def test_linear_regression_8_ridge() -> None:
    same(loss(ridge=RIDGE), loss() + RIDGE * sum(W**2) / 7)
    _, dw, _ = at(ridge=RIDGE).loss_and_gradient(X, Y)
    same(dw, 2 / 7 * (X.T @ (X @ W + B - Y) + RIDGE * W))
    near(dw, slope(lambda w: loss(w=w, ridge=RIDGE), W))


def test_linear_regression_9_exact_solution_with_a_ridge() -> None:
    w = LinearRegression(RIDGE).fit(X, Y).weight
    u, s, v = decomposed()
    same(w, v @ (s / (s**2 + RIDGE) * (u.T @ T)))
    same(A.T @ A @ w + RIDGE * w, A.T @ T)


def test_linear_regression_10_descent() -> None:
    model = LinearRegression(RIDGE, "descent", lr=0.05, max_steps=2, tolerance=0)
    steps = model.steps(X, Y)
    next(steps)
    w, b = model.weight, model.bias
    _, dw, db = model.loss_and_gradient(X, Y)
    next(steps)
    same(model.weight, w - 0.05 * dw)
    same(model.bias, b - 0.05 * db)


def test_linear_regression_11_safe_rate() -> None:
    with_ones = np.column_stack([X, np.ones(7)])
    largest = np.linalg.eigvalsh(with_ones.T @ with_ones).max()
    same(1 / safe_rate(X, RIDGE), 2 / 7 * (largest + RIDGE))
    ridges = np.diag([RIDGE] * 3 + [0.0])  # the bias is free, so the curvature is no larger
    assert np.linalg.eigvalsh(2 / 7 * (with_ones.T @ with_ones + ridges)).max() <= 1 / safe_rate(
        X, RIDGE
    )
