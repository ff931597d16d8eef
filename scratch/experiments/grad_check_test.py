"""Right derivatives pass, a wrong one is found, and every layer is among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES
from scratch.experiments import grad_check
from scratch.layers import LAYERS
from scratch.testing.staged import quick, repeats


def test_every_layer_is_checked_and_right(tmp_path: Path) -> None:
    said = repeats(grad_check.run, tmp_path, "grad_check-errors.png")
    for layer in LAYERS:
        assert f" {layer.__name__} " in said
    assert "every derivative is right" in said


def test_a_wrong_derivative_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[Any, Any] = LAYERS
    forward, backward, *rest = table[spec.GELU]

    def wrong(*arguments: object) -> object:
        dx, gradients = backward(*arguments)
        return 1.001 * dx, gradients

    monkeypatch.setitem(table, spec.GELU, (forward, wrong, *rest))
    _, said = quick(grad_check.run, tmp_path)
    assert "a derivative is WRONG" in said
    assert "(gelu-erf)" in said


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_derivative_that_is_no_number_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: float
) -> None:
    table: dict[Any, Any] = LAYERS
    forward, backward, *rest = table[spec.Dense]

    def spoilt(*arguments: object) -> object:
        dx, gradients = backward(*arguments)
        return dx, {**gradients, "bias": gradients["bias"] + bad}

    monkeypatch.setitem(table, spec.Dense, (forward, spoilt, *rest))
    _, said = quick(grad_check.run, tmp_path)
    assert "a derivative is WRONG: the worst is off by inf" in said


def test_all_numbers_of_all_parameters_and_of_one_sample_are_compared() -> None:
    (dense,) = (model for model in CASES if model.name == "dense")
    found = grad_check.check(dense)
    assert found.numbers == 5 * 3 + 3 + 5
    assert 0 < found.error < grad_check.BOUND


def test_slopes() -> None:
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    found = grad_check.slopes(lambda x: float(np.sum(x**2)), x, 1e-5)
    np.testing.assert_allclose(found, 2 * x, rtol=1e-9)
