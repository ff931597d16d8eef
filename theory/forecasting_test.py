"""The equations of forecasting.md, held against the code."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

pytest.importorskip("rnn", reason="the folder rnn/ is not on this branch")

from brain.data import Dataset, Series
from brain.randomness import generator
from rnn.forecasting import measures
from rnn.forecasting.backtest import draws, limits, origins
from rnn.forecasting.forecasters import Array, Autoregression, Naive, Windowed
from rnn.forecasting.preparation import Preparation
from scratch.classic.linear import LinearRegression
from theory.equations import normal, same

T, N, SEASON, LENGTH = 60, 44, 4, 6  # the training part is the first N values
VALUES = np.exp(0.02 * np.arange(T) + 0.3 * normal("series", T))
SERIES = Series("drawn", "Drawn", VALUES, np.arange(T, dtype=float), "m", SEASON)
LOGS = Preparation("log", SEASON)
# windows are kept in float32, as all data are
single = partial(np.testing.assert_allclose, rtol=1e-6, atol=1e-6)
TRUTH, SAID = normal("truth", 9, 3), normal("said", 9, 3)


class Bent(Windowed):
    """A fixed function of the window in the place of a network."""

    name = "bent"

    def _learn(self, data: Dataset) -> None:
        self.data = data

    def _answer(self, x: Array) -> Array:
        return np.stack([g(x, k) for k in range(self.outputs)], axis=1)


def g(x: Array, k: int) -> Array:
    return np.tanh(x[..., -1] - 0.5 * x[..., -3]) + 0.1 * k * x[..., 0]


def z() -> tuple[Array, float, float]:
    """The whole series by (1) and (3), with its mean and deviation on the training part."""
    w = np.array([math.log(VALUES[t]) - math.log(VALUES[t - SEASON]) for t in range(SEASON, T)])
    mu = sum(w[: N - SEASON]) / (N - SEASON)
    sigma = math.sqrt(sum((w[: N - SEASON] - mu) ** 2) / (N - SEASON))
    return np.concatenate([np.full(SEASON, np.nan), (w - mu) / sigma]), mu, sigma


def test_forecasting_1_differences_of_logarithms() -> None:
    w = [math.log(VALUES[t]) - math.log(VALUES[t - SEASON]) for t in range(SEASON, T)]
    same(LOGS.apply(SERIES).values, w)


def test_forecasting_2_taken_back() -> None:
    prepared, y = normal("prepared", 6), list(VALUES[:N])
    for h in range(6):
        y.append(math.exp(prepared[h] + math.log(y[N + h - SEASON])))
    same(LOGS.undo(prepared[None], VALUES[None, :N])[0], y[N:])


def test_forecasting_3_4_scaled_windows_of_the_training_part() -> None:
    scaled, mu, sigma = z()
    data = Bent(LOGS, LENGTH, 3).windows(SERIES, N)
    assert data.scaling is not None
    same((data.scaling.mean, data.scaling.deviation), (mu, sigma))
    rows = [(scaled[t - LENGTH : t], scaled[t : t + 3]) for t in range(SEASON + LENGTH, N - 3 + 1)]
    single(data.x_train[:, :, 0], [x for x, _ in rows])
    single(data.y_train, [u for _, u in rows])


def test_forecasting_5_recursive() -> None:
    scaled, mu, sigma = z()
    model = Bent(LOGS, LENGTH).fit(SERIES, N)
    known = list(scaled[:N])
    for _ in range(7):
        known.append(float(g(np.array(known[-LENGTH:]), 0)))
    single(model.forecast(SERIES, np.array([N]), 7), undone(np.array(known[N:]), mu, sigma))


def test_forecasting_6_direct() -> None:
    scaled, mu, sigma = z()
    model = Bent(LOGS, LENGTH, 7).fit(SERIES, N)
    once = np.array([g(scaled[N - LENGTH : N], k) for k in range(7)])
    single(model.forecast(SERIES, np.array([N]), 7), undone(once, mu, sigma))


def undone(scaled: Array, mu: float, sigma: float) -> Array:
    return LOGS.undo((mu + sigma * scaled)[None], VALUES[None, :N])


def test_forecasting_7_8_naive_and_seasonal_naive() -> None:
    for m in (1, SEASON):
        said = Naive(m).fit(SERIES, N).forecast(SERIES, np.array([N, N + 5]), 10)
        for row, n in enumerate((N, N + 5)):
            # y_1 is the first value, VALUES[0]
            same(said[row], [VALUES[n + h - m * math.ceil(h / m) - 1] for h in range(1, 11)])


def test_forecasting_9_autoregression() -> None:
    model = Autoregression(LOGS, LENGTH, 3).fit(SERIES, N)
    data = model.windows(SERIES, N)
    x, u, p = data.x_train[:, :, 0].astype(float), data.y_train, model.order
    line = LinearRegression(model.ridge).fit(x[:, LENGTH - p :], u)
    a, b = line.weight[::-1], line.bias  # a_1 weighs the newest value
    scaled, mu, sigma = z()
    said = [b[k] + sum(a[i - 1, k] * scaled[N - i] for i in range(1, p + 1)) for k in range(3)]
    single(model.forecast(SERIES, np.array([N]), 3), undone(np.array(said), mu, sigma))


def test_forecasting_10_11_mean_errors() -> None:
    for h in range(3):
        missed = [abs(TRUTH[n, h] - SAID[n, h]) for n in range(9)]
        same(measures.mae(TRUTH, SAID)[h], sum(missed) / 9)
        same(measures.rmse(TRUTH, SAID)[h], math.sqrt(sum(e * e for e in missed) / 9))
    assert measures.rmse(TRUTH, SAID, None) >= measures.mae(TRUTH, SAID, None)


def test_forecasting_12_13_scaled_errors() -> None:
    q = sum(abs(VALUES[t] - VALUES[t - SEASON]) for t in range(SEASON, N)) / (N - SEASON)
    same(measures.naive_error(VALUES[:N], SEASON), q)
    scaled = measures.mase(TRUTH, SAID, VALUES[:N], SEASON)
    same(scaled, np.mean(np.abs(TRUTH - SAID), axis=0) / q)
    # of the naive forecast itself, one step ahead on the training part, it is 1
    said = Naive(SEASON).forecast(SERIES, np.arange(SEASON, N), 1)
    same(measures.mase(VALUES[SEASON:N, None], said, VALUES[:N], SEASON), 1)


def test_forecasting_14_residuals_are_those_of_a_twin_without_the_last_fifth() -> None:
    found = Bent(LOGS, LENGTH, 2).residuals(SERIES, N)
    inner = N - round(0.2 * N)
    w = LOGS.apply(SERIES).values
    twin = Bent(LOGS, LENGTH, 2).fit(SERIES, inner).scaling
    rows = []
    for t in range(inner - SEASON, N - SEASON - 1):
        x = (w[t - LENGTH : t] - twin.mean) / twin.deviation
        said = [twin.mean + twin.deviation * g(x, k) for k in range(2)]
        rows.append(w[t : t + 2] - said)
    single(found, rows - np.mean(rows, axis=0))


def test_forecasting_15_paths_feed_back_what_was_drawn() -> None:
    scaled, mu, sigma = z()
    model = Bent(LOGS, LENGTH, 2).fit(SERIES, N)
    errors = normal("errors", 3, 3, 2)  # three paths, three blocks of two steps
    found = model.forecast(SERIES, np.array([N]), 5, errors)
    for path in range(3):
        known = list(scaled[:N])
        for block in range(3):
            x = np.array(known[-LENGTH:])
            known += [g(x, k) + errors[path, block, k] / sigma for k in range(2)]
        single(found[path], undone(np.array(known[N : N + 5]), mu, sigma)[0])


def test_forecasting_16_an_interval_leaves_as_many_paths_on_either_side() -> None:
    paths = normal("paths", 2, 402, 3)
    for level, (lower, upper) in limits(paths, (0.8, 0.95)).items():
        outside = math.ceil((1 - level) / 2 * 401)
        assert (np.sum(paths < lower[:, None], axis=1) == outside).all()
        assert (np.sum(paths > upper[:, None], axis=1) == outside).all()


def test_forecasting_17_coverage() -> None:
    lower, upper = TRUTH - normal("below", 9, 3), TRUTH + normal("above", 9, 3)
    for h in range(3):
        held = [1 if lower[n, h] <= TRUTH[n, h] <= upper[n, h] else 0 for n in range(9)]
        same(measures.coverage(TRUTH, lower, upper)[h], sum(held) / 9)
    # truths that are drawn as the paths were are held as often as was asked
    drawn = generator(5, "coverage").standard_normal((4000, 1))
    rows = draws(drawn[:2000], 2000, 200, 1, 0).reshape(2000, 200, 1)
    for level, (low, high) in limits(rows).items():
        assert measures.coverage(drawn[2000:], low, high)[0] == pytest.approx(level, abs=0.03)


def test_forecasting_18_origins() -> None:
    for r in (1, 3):
        wanted = [n for n in range(N, T + 1) if n + 5 <= T and (n - N) % r == 0]
        assert origins(SERIES, N, 5, r).tolist() == wanted
