"""The equations of autodiff.md, held against the code."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from brain.stage import Stage
from scratch.neurons import graph
from scratch.neurons.scalar import Value
from theory.equations import near, same, slope

A, B = 1.3, -0.7


def operation(make: Callable[..., Value], operands: tuple[float, ...], *wanted: float) -> None:
    """Hold an operation's value, and the slopes on its lines, against the page's."""
    values = [Value(number) for number in operands]
    made = make(*values)
    data, *slopes = wanted
    same(made.data, data)
    assert [parent for parent, _ in made.parents] == values
    same([on_line for _, on_line in made.parents], slopes)
    near(slopes, slope(lambda x: make(*(Value(number) for number in x)).data, np.array(operands)))


def test_autodiff_1_sum_and_difference() -> None:
    operation(lambda a, b: a + b, (A, B), A + B, 1, 1)
    operation(lambda a, b: a - b, (A, B), A - B, 1, -1)


def test_autodiff_2_product() -> None:
    operation(lambda a, b: a * b, (A, B), A * B, B, A)


@pytest.mark.parametrize("p", [3, 2, 1, 0.5, -1, -2.5])
def test_autodiff_3_power(p: float) -> None:
    operation(lambda a: a**p, (A,), A**p, p * A ** (p - 1))


def test_autodiff_4_exponential() -> None:
    operation(lambda a: a.exp(), (A,), math.exp(A), math.exp(A))


def test_autodiff_5_logarithm() -> None:
    operation(lambda a: a.log(), (A,), math.log(A), 1 / A)


def test_autodiff_6_tanh() -> None:
    operation(lambda a: a.tanh(), (B,), math.tanh(B), 1 - math.tanh(B) ** 2)


def test_autodiff_7_relu() -> None:
    operation(lambda a: a.relu(), (A,), A, 1)
    operation(lambda a: a.relu(), (B,), 0, 0)


def test_autodiff_8_the_result_itself() -> None:
    y = Value(A) * Value(B)
    y.backward()
    assert y.grad == 1


def test_autodiff_9_a_sum_over_all_ways() -> None:
    a, b = Value(A), Value(B)
    u, v = a * b, a.exp()
    y = u * v + a * a
    y.backward()
    same((u.grad, v.grad), (v.data, u.data))
    same(a.grad, u.grad * B + v.grad * math.exp(A) + A + A)
    same(b.grad, u.grad * A)
    near(a.grad, slope(lambda x: x * B * np.exp(x) + x * x, np.array(A)))


def test_the_figure_is_what_is_drawn_today(tmp_path: Path) -> None:
    kept = Path(__file__).parent / "figures" / "autodiff.png"
    with Image.open(kept) as image:
        by = image.info["Software"]
    if not by.startswith(f"Matplotlib version{mpl.__version__},"):
        pytest.skip(f"the figure was drawn by {by}, and here is {mpl.__version__}")
    stage = Stage(tmp_path)
    graph.run(stage)
    (drawn,) = stage.paths
    before, today = imread(kept), imread(drawn)
    assert before.shape == today.shape
    assert np.abs(before - today).mean() < 1e-3  # a font's edges may differ by a shade
