"""Averaged gradients are means of gradients; integrated ones add up to the change of the score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn.saliency import integrated_gradients, missing, smoothgrad
from scratch.models import mlp
from scratch.seeing import score_gradient, scores

NET = build(plain(), dtype="float64", seed=1)
X = shapes().x_test[:3].astype(np.float64)
LABELS = np.array([0, 2, 1])


def test_without_noise_smoothgrad_is_the_gradient() -> None:
    gradient = score_gradient(NET, X, LABELS)
    np.testing.assert_allclose(smoothgrad(NET, X, LABELS, samples=3, noise=0), gradient)


def test_smoothgrad_is_the_mean_over_noise_of_each_pictures_own_range() -> None:
    x = X * np.array([1, 0.5, 0.1]).reshape(3, 1, 1, 1)
    sigma = 0.2 * (x.max(axis=(1, 2, 3)) - x.min(axis=(1, 2, 3))).reshape(3, 1, 1, 1)
    drawn = [generator(7, "smoothgrad", n).standard_normal(x.shape) for n in range(4)]
    wanted = np.mean([score_gradient(NET, x + sigma * d, LABELS) for d in drawn], axis=0)
    found = smoothgrad(NET, x, LABELS, samples=4, noise=0.2, seed=7)
    np.testing.assert_allclose(found, wanted)
    assert not np.allclose(found, score_gradient(NET, x, LABELS))


@pytest.mark.parametrize("baseline", [0.0, 0.3, X[1]], ids=["black", "grey", "another picture"])
def test_integrated_gradients_are_complete(baseline: float) -> None:
    """The midpoint rule errs by 1 / (24 m^2) of a second derivative on the way."""
    change = scores(NET, X, LABELS) - scores(NET, np.zeros_like(X) + baseline, LABELS)
    off = {}
    for steps in (16, 64):
        found = integrated_gradients(NET, X, LABELS, baseline, steps)
        off[steps] = np.abs(missing(NET, X, LABELS, found, baseline)).max()
        np.testing.assert_allclose(found.sum(axis=(1, 2, 3)), change, atol=2 * off[steps] + 1e-12)
    assert off[64] < 1e-4 * np.abs(change).max()
    assert off[64] < off[16] / 12  # four times the steps, a sixteenth of the error


def test_completeness_holds_for_relu_networks_too() -> None:
    net, x = build(residual(), dtype="float64", seed=3), shapes(3).x_test[:3]
    found = integrated_gradients(net, x, LABELS, steps=400)
    change = scores(net, x, LABELS) - scores(net, np.zeros_like(x), LABELS)
    assert (np.abs(missing(net, x, LABELS, found)) < 0.01 * np.abs(change)).all()


def test_of_a_linear_score_one_step_is_enough() -> None:
    model = spec.Model("m", (5, 4, 2), (spec.Flatten(), spec.Dense(3)), spec.SoftmaxCrossEntropy())
    net = build(model, dtype="float64")
    x = generator(0, "linear").uniform(0, 1, (2, 5, 4, 2))
    weight = net.parameters()["dense1.weight"][:, 1].reshape(5, 4, 2)
    np.testing.assert_allclose(integrated_gradients(net, x, 1, steps=1), weight * x)


def test_a_pixel_like_the_baseline_adds_nothing() -> None:
    x = X.copy()
    x[:, 2:5] = 0.25
    found = integrated_gradients(NET, x, LABELS, 0.25, steps=5)
    assert not found[:, 2:5].any()
    assert found[:, 5:].all()


def test_what_cannot_be_asked_is_refused() -> None:
    assert "samples (0)" in refusal(lambda: smoothgrad(NET, X, LABELS, samples=0))
    assert "noise (-1)" in refusal(lambda: smoothgrad(NET, X, LABELS, noise=-1))
    assert "steps (0)" in refusal(lambda: integrated_gradients(NET, X, LABELS, steps=0))
    text = refusal(lambda: integrated_gradients(NET, X, LABELS, np.zeros((3, 9, 1))))
    assert text == "the baseline has shape (3, 9, 1); wanted a number, or an image (12, 12, 1)."


@pytest.mark.parametrize("ask", [smoothgrad, integrated_gradients])
def test_classes_and_pictures_that_do_not_fit_are_refused(ask: Any) -> None:
    assert "no class 3" in refusal(lambda: ask(NET, X, 3))
    for x in (np.zeros((2, 14, 12, 1)), X[..., [0, 0, 0]], X[0], X.reshape(3, -1)):
        assert f"x has shape {x.shape}" in refusal(lambda x=x: ask(NET, x, 0))  # type: ignore[misc]
    assert "no images" in refusal(lambda: ask(build(mlp((4,), 3)), np.zeros((2, 4)), 0))
