"""Computed waves obey their equations, and are the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from brain.data import load, series, waves
from brain.errors import UserError

NAMES = ("sine", "mackey_glass")


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_decides_every_number(name: str) -> None:
    options = {"noise": 0.1} if name == "sine" else {}
    first, again, other = (series(name, seed=seed, n=60, **options) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.values, again.values)
    assert not np.array_equal(first.values, other.values)
    np.testing.assert_array_equal(first.times, np.arange(60))


@pytest.mark.parametrize("name", NAMES)
def test_windows_of_a_wave_are_those_of_its_series(name: str) -> None:
    data = load(name, n=200, length=8, horizon=3, test_fraction=0.25, seed=2)
    assert (data.name, data.input_shape, data.outputs) == (name, (8, 1), 3)
    assert data.scaling is not None
    values = series(name, n=200, seed=2).values
    np.testing.assert_allclose(data.scaling.undo(data.y_test[0]), values[150:153], atol=1e-6)
    np.testing.assert_allclose(data.scaling.undo(data.x_train[5, :, 0]), values[5:13], atol=1e-6)


def test_the_sine_has_its_frequency_and_its_noise() -> None:
    wave = series("sine", n=500, frequency=0.1)
    assert wave.period == pytest.approx(10)
    np.testing.assert_allclose(wave.values[10:], wave.values[:-10], atol=1e-12)
    assert np.abs(np.fft.rfft(wave.values)).argmax() == 50  # cycles in 500 steps
    noise = series("sine", n=20_000, noise=0.2).values - series("sine", n=20_000).values
    assert noise.std() == pytest.approx(0.2, rel=0.02)


def gain(x: np.ndarray) -> np.ndarray:
    return 0.2 * x / (1 + x**10)


def test_mackey_glass_is_exact_until_twice_the_delay() -> None:
    tau, start = 17, 0.7
    x = np.array(waves.delayed_growth(start, tau, 2 * tau))
    assert len(x) == 2 * tau * waves.STEPS + 1

    def early(t: np.ndarray) -> np.ndarray:  # the delayed term is constant until t = tau
        level = 10 * gain(np.array(start))
        return level + (start - level) * np.exp(-0.1 * t)

    t = np.arange(tau * waves.STEPS + 1) / waves.STEPS
    np.testing.assert_allclose(x[: len(t)], early(t), atol=1e-9)
    # Then dx/dt + 0.1 x is known: x(tau + s) = exp(-0.1 s) (x(tau) + integral of
    # exp(0.1 r) gain(early(r)) for r from 0 to s), here by Simpson's rule in small steps.
    fine = np.linspace(0, tau, 2 * 10_000 + 1)
    f = np.exp(0.1 * fine) * gain(early(fine))
    integral = np.sum(f[:-1:2] + 4 * f[1::2] + f[2::2]) * (fine[1] - fine[0]) / 3
    assert x[-1] == pytest.approx(np.exp(-0.1 * tau) * (x[tau * waves.STEPS] + integral), abs=1e-9)


def test_mackey_glass_is_of_order_four(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = {}
    for steps in (5, 10, 80):
        monkeypatch.setattr(waves, "STEPS", steps)
        ends[steps] = waves.delayed_growth(1.2, 17, 60)[-1]
    coarse, fine = (abs(ends[steps] - ends[80]) for steps in (5, 10))
    assert 0 < fine < 1e-6
    assert coarse / fine == pytest.approx(16, rel=0.25)


def test_mackey_glass_is_chaotic_for_a_delay_of_17_and_dies_out_for_a_short_one() -> None:
    wild = series("mackey_glass", n=1000).values
    assert 0.2 < wild.min() < 0.6
    assert 1.2 < wild.max() < 1.4
    one, other = (np.array(waves.delayed_growth(1.2 + d, 17, 3000)) for d in (0, 1e-6))
    assert np.abs(one - other)[:200].max() < 1e-5
    assert np.abs(one - other)[-2000:].max() > 0.1
    np.testing.assert_allclose(series("mackey_glass", tau=2, n=50).values, 1, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("sine", "n", 19),
        ("sine", "frequency", 0.5),
        ("sine", "frequency", 0),
        ("sine", "noise", float("nan")),
        ("mackey_glass", "n", 100_001),
        ("mackey_glass", "tau", 0),
        ("mackey_glass", "tau", 17.5),
        *((name, "seed", value) for name in NAMES for value in (-1, 0.5)),
    ],
)
def test_an_option_out_of_its_range_is_refused_by_name(
    name: str, option: str, value: object
) -> None:
    for action in (load, series):
        with pytest.raises(UserError, match=f"^{option} must be a .*number from"):
            action(name, **{option: value})  # type: ignore[arg-type]
