"""Scores, their gradients and the rows that are most wrong; what cannot be asked is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from scratch.models import digits_cnn
from scratch.seeing import most_wrong, picked, saliency, score_gradient, scores

NET = build(digits_cnn(), "numpy", dtype="float64", seed=2)
X = generator(0, "saliency").uniform(0, 1, (2, 8, 8, 1))


def test_saliency_is_how_a_score_changes_with_a_pixel() -> None:
    maps = saliency(NET, X, np.array([3, 7]))
    assert maps.shape == (2, 8, 8)
    step = np.zeros_like(X)
    step[1, 4, 5, 0] = 1e-6
    change = (NET.predict(X + step) - NET.predict(X - step))[1, 7] / 2e-6
    assert change != 0
    assert maps[1, 4, 5] == pytest.approx(abs(change), rel=1e-6)


def test_of_several_channels_the_largest_counts() -> None:
    net = build(digits_cnn((8, 8, 3)), dtype="float64")
    x = generator(1, "colours").uniform(0, 1, (2, 8, 8, 3))
    gradient = score_gradient(net, x, 4)
    np.testing.assert_array_equal(saliency(net, x, 4), np.abs(gradient).max(axis=3))


def test_many_pictures_are_taken_piece_by_piece() -> None:
    x = generator(2, "many").uniform(0, 1, (300, 8, 8, 1))
    labels = np.arange(300) % 10
    alone = score_gradient(NET, x[299:], labels[299:])
    np.testing.assert_allclose(score_gradient(NET, x, labels)[299:], alone, rtol=1e-12)


def test_one_class_for_all_or_one_for_each() -> None:
    one = scores(NET, X, 3)
    np.testing.assert_array_equal(one, NET.predict(X)[:, 3])
    np.testing.assert_array_equal(scores(NET, X, [3, 3]), one)


def test_one_unit_for_two_classes_has_a_score_for_each() -> None:
    model = digits_cnn(outputs=1, loss=spec.BinaryCrossEntropy())
    net = build(model, dtype="float64")
    outputs = net.predict(X)[:, 0]
    np.testing.assert_array_equal(scores(net, X, [0, 1]), [-outputs[0], outputs[1]])
    np.testing.assert_allclose(score_gradient(net, X, 0), -score_gradient(net, X, 1))
    assert "2 classes, 0 to 1" in refusal(lambda: picked(model, 2, 1))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (10, "there is no class 10: model 'digits-cnn' has 10 classes, 0 to 9"),
        (-1, "there is no class -1"),
        ([1, 12], "there is no class 12"),
        (0.5, "there is no class 0.5"),
        ([1, 2, 3], "labels has shape (3,); wanted one class, or 2"),
        ("one", "labels holds"),
    ],
)
def test_a_class_that_does_not_exist_is_refused(labels: Any, said: str) -> None:
    assert said in refusal(lambda: saliency(NET, X, labels))
    assert said in refusal(lambda: scores(NET, X, labels))


def test_a_model_without_classes_has_no_score() -> None:
    for model in (
        digits_cnn(loss=spec.MeanSquaredError()),
        spec.Model("steps", (5, 3), (spec.Dense(4),), spec.SoftmaxCrossEntropy()),
    ):
        assert "does not give one class" in refusal(lambda model=model: picked(model, 0, 2))  # type: ignore[misc]


@pytest.mark.parametrize("shape", [(2, 9, 8, 1), (2, 8, 8, 3), (8, 8, 1), (2, 64)])
def test_pictures_of_another_size_are_refused(shape: tuple[int, ...]) -> None:
    text = refusal(lambda: saliency(NET, np.zeros(shape), 0))
    assert text.startswith(f"x has shape {shape}, but the input of model 'digits-cnn' wants")


def test_the_most_wrong_come_first() -> None:
    p = np.array([[0.9, 0.1], [0.3, 0.7], [0.6, 0.4], [0.5, 0.5]])
    np.testing.assert_array_equal(most_wrong(p, np.array([1, 1, 0, 0]), 3), [0, 3, 2])
