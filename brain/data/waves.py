"""Series that are computed: a sine wave, and the chaotic Mackey-Glass equation."""

from __future__ import annotations

import numpy as np

from brain.data.dataset import Dataset
from brain.data.options import real_number, whole_number
from brain.data.timeseries import Series, forecasts
from brain.randomness import generator

VALUES = (20, 100_000)

# The steps of the integration in one unit of time, and the units that are left out, in which the
# wave forgets how it began.
STEPS = 10
LEFT_OUT = 300


def sine(*, n: int = 1000, frequency: float = 0.04, noise: float = 0.0, seed: int = 0) -> Series:
    """sin(2 pi `frequency` t) at t = 0, 1, ..., `n` - 1, with normal noise of deviation `noise`.

    `n` is 20 to 100,000, `frequency` 0.001 to 0.25 cycles a step, `noise` 0 to 1.
    """
    whole_number("n", n, *VALUES)
    real_number("frequency", frequency, 0.001, 0.25)
    real_number("noise", noise, 0, 1)
    times = np.arange(n, dtype=np.float64)
    values = np.sin(2 * np.pi * frequency * times)
    values += noise * generator(seed, "sine noise").standard_normal(n)
    title = f"Sine wave, {frequency:g} cycles a step, noise {noise:g}"
    return Series("sine", title, values, times, "", 1 / frequency)


def mackey_glass(*, n: int = 2000, tau: int = 17, seed: int = 0) -> Series:
    """The Mackey-Glass equation at t = 0, 1, ..., `n` - 1: chaotic for the default delay `tau`.

    dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t). `n` is 20 to 100,000, `tau` 1 to 100.
    Before it begins x is constant, drawn from 0.5 to 1.5 by `seed`; the first 300 units of time
    are left out. M. C. Mackey and L. Glass, "Oscillation and chaos in physiological control
    systems", Science 197 (1977), 287-289; the delay of 17 from J. D. Farmer, "Chaotic attractors
    of an infinite-dimensional dynamical system", Physica D 4 (1982).
    """
    whole_number("n", n, *VALUES)
    whole_number("tau", tau, 1, 100)
    start = float(generator(seed, "mackey_glass start").uniform(0.5, 1.5))
    x = delayed_growth(start, tau, LEFT_OUT + n - 1)[LEFT_OUT * STEPS :: STEPS]
    title = f"Mackey-Glass equation, delay {tau}"
    return Series("mackey_glass", title, np.array(x), np.arange(n, dtype=np.float64), "", None)


def delayed_growth(start: float, tau: int, duration: int) -> list[float]:
    """x(t) of the Mackey-Glass equation from t = 0 to `duration`, `STEPS` values a unit of time.

    x(t) = `start` for t <= 0. Runge-Kutta of order 4 needs the delayed term in the middle of a
    step too, long since computed: the cubic through both ends and their slopes gives it there to
    the same order. What breaks the smoothness, the beginning and its echoes, falls on step ends.
    """
    h, delay = 1 / STEPS, tau * STEPS
    x = [start] * (delay + 1)  # from t = -tau on
    middles = [start] * delay  # between each two of x
    for i in range(duration * STEPS):
        now, first, middle, last = x[-1], _gain(x[i]), _gain(middles[i]), _gain(x[i + 1])
        k1 = first - 0.1 * now
        k2 = middle - 0.1 * (now + h / 2 * k1)
        k3 = middle - 0.1 * (now + h / 2 * k2)
        k4 = last - 0.1 * (now + h * k3)
        new = now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        middles.append((now + new) / 2 + h / 8 * (k1 - (last - 0.1 * new)))
        x.append(new)
    return x[delay:]


def _gain(x: float) -> float:
    # Products alone, which round alike on every machine; a library's power may not, and chaos
    # would make of its last bit another series.
    square = x * x
    fourth = square * square
    return 0.2 * x / (1 + fourth * fourth * square)


def sine_forecasts(
    *,
    n: int = 1000,
    frequency: float = 0.04,
    noise: float = 0.0,
    length: int = 25,
    horizon: int = 1,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """`forecasts` of `sine`."""
    series = sine(n=n, frequency=frequency, noise=noise, seed=seed)
    return forecasts(series, length=length, horizon=horizon, test_fraction=test_fraction)


def mackey_glass_forecasts(
    *,
    n: int = 2000,
    tau: int = 17,
    length: int = 25,
    horizon: int = 1,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """`forecasts` of `mackey_glass`."""
    series = mackey_glass(n=n, tau=tau, seed=seed)
    return forecasts(series, length=length, horizon=horizon, test_fraction=test_fraction)
