"""Sets that are computed: logic gates, points in the plane, a surface. No file, no network.

Equal options and an equal seed give equal arrays on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data.dataset import Dataset, Task, split_rows
from brain.data.options import real_number, whole_number
from brain.randomness import generator

ROWS = (20, 1_000_000)

GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0), "nand": (1, 1, 1, 0)}


def gate(name: str) -> Dataset:
    """The truth table of a logic gate: x `(4, 2)` of zeros and ones, y `(4,)` of 0 and 1.

    The four rows (00, 01, 10, 11) are all there is, so training and test rows are the same.
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)  # (4, 2)
    y = np.array(GATES[name], dtype=np.int64)  # (4,)
    title = f"The logic gate {name.upper()}"
    return Dataset(name, x, y, x.copy(), y.copy(), "binary", ("false", "true"), title)


def clusters(
    *,
    n: int = 300,
    classes: int = 3,
    spread: float = 0.6,
    test_fraction: float = 0.25,
    seed: int = 0,
) -> Dataset:
    """Round clouds of points, one for each class, their centres on a circle of radius 2.

    `n` points in all (20 to 1,000,000), `classes` of them (2 to 10), each cloud normal with
    standard deviation `spread` (0 to 5) in either direction. x `(N, 2)`, y `(N,)`.
    """
    whole_number("n", n, *ROWS)
    whole_number("classes", classes, 2, 10)
    real_number("spread", spread, 0, 5)
    y = np.arange(n) % classes  # (N,)
    angle = 2 * np.pi * y / classes  # (N,)
    x = 2 * _on_circle(angle) + spread * _noise("clusters", seed, n)  # (N, 2)
    title = f"{classes} clusters, {n} points, spread {spread:g}"
    names = tuple(f"cluster {index}" for index in range(classes))
    return _divided("clusters", x, y, "classification", names, title, test_fraction, seed)


def moons(
    *, n: int = 400, noise: float = 0.15, test_fraction: float = 0.25, seed: int = 0
) -> Dataset:
    """Two half-circles of radius 1, each with an end inside the other: no line divides them.

    `n` points in all (20 to 1,000,000), evenly along the arcs, then moved by normal noise of
    standard deviation `noise` (0 to 1). x `(N, 2)`, y `(N,)`, 0 for the upper moon.
    """
    whole_number("n", n, *ROWS)
    real_number("noise", noise, 0, 1)
    y = np.arange(n) % 2  # (N,)
    angle = np.linspace(0, np.pi, n)  # (N,)
    upper = _on_circle(angle)  # (N, 2)
    lower = np.array([1.0, 0.5]) - upper  # (N, 2)
    x = np.where(y[:, None] == 0, upper, lower) + noise * _noise("moons", seed, n)  # (N, 2)
    title = f"Two moons, {n} points, noise {noise:g}"
    return _divided("moons", x, y, "binary", ("upper", "lower"), title, test_fraction, seed)


def spirals(
    *,
    n: int = 400,
    arms: int = 2,
    turns: float = 1.0,
    noise: float = 0.03,
    test_fraction: float = 0.25,
    seed: int = 0,
) -> Dataset:
    """Arms that wind around one another, from radius 0.1 out to radius 1, one for each class.

    `n` points in all (20 to 1,000,000), `arms` (2 to 10), each making `turns` (0.1 to 5) around
    the middle, then moved by normal noise of standard deviation `noise` (0 to 1). x `(N, 2)`,
    y `(N,)`. Two arms are a binary task, more a classification. After K. J. Lang and
    M. J. Witbrock, "Learning to tell two spirals apart" (1988), whose arms make three turns.
    """
    whole_number("n", n, *ROWS)
    whole_number("arms", arms, 2, 10)
    real_number("turns", turns, 0.1, 5)
    real_number("noise", noise, 0, 1)
    y = np.arange(n) % arms  # (N,)
    radius = np.linspace(0.1, 1, n)[:, None]  # (N, 1)
    angle = 2 * np.pi * (turns * radius[:, 0] + y / arms)  # (N,)
    x = radius * _on_circle(angle) + noise * _noise("spirals", seed, n)  # (N, 2)
    task: Task = "binary" if arms == 2 else "classification"
    names = tuple(f"arm {index}" for index in range(arms))
    title = f"{arms} spirals, {n} points, turns {turns:g}, noise {noise:g}"
    return _divided("spirals", x, y, task, names, title, test_fraction, seed)


def surface(
    *, n: int = 400, noise: float = 0.0, test_fraction: float = 0.25, seed: int = 0
) -> Dataset:
    """The surface x1^2 + x2^2 over the square [-1, 1] x [-1, 1]: a regression.

    `n` points in all (20 to 1,000,000), uniform on the square; normal noise of standard
    deviation `noise` (0 to 1) is added to the height. x `(N, 2)`, y `(N, 1)`.
    """
    whole_number("n", n, *ROWS)
    real_number("noise", noise, 0, 1)
    x = generator(seed, "surface points").uniform(-1, 1, (n, 2))  # (N, 2)
    height = np.sum(x**2, axis=1, keepdims=True)  # (N, 1)
    y = height + noise * _noise("surface", seed, n)[:, :1]  # (N, 1)
    title = f"The surface x1² + x2², {n} points, noise {noise:g}"
    return _divided("surface", x, y, "regression", (), title, test_fraction, seed)


def _on_circle(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points of the unit circle at `angle` (N,), in radians: (N, 2)."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _noise(name: str, seed: int, n: int) -> NDArray[np.float64]:
    """Standard normal draws (N, 2), the same for every amount of noise they are scaled by."""
    return generator(seed, f"{name} noise").standard_normal((n, 2))


def _divided(
    name: str,
    x: NDArray[np.float64],
    y: NDArray[Any],
    task: Task,
    classes: tuple[str, ...],
    title: str,
    test_fraction: float,
    seed: int,
) -> Dataset:
    """The set of these rows, in canonical dtypes, `test_fraction` of them for the test."""
    train, test = split_rows(y, test_fraction, seed, f"{name} split")
    points = x.astype(np.float32)
    y = y.astype(np.float32 if task == "regression" else np.int64)
    return Dataset(name, points[train], y[train], points[test], y[test], task, classes, title)
