"""Grad-CAM is what its paper says, and the class activation map where there is one."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn.gradcam import enlarged, gradcam
from scratch.models import mlp

X = shapes(3).x_test[:4]
LABELS = np.array([1, 0, 2, 2])


def test_before_global_pooling_it_is_the_class_activation_map() -> None:
    """B. Zhou et al., "Learning Deep Features for Discriminative Localization" (2016)."""
    layers = (spec.Conv2D(6), spec.Tanh(), spec.GlobalAvgPool2D(), spec.Dense(3))
    model = spec.Model("cam", (12, 12, 3), layers, spec.SoftmaxCrossEntropy())
    net = build(model, dtype="float64", seed=2)
    maps = net.trace(X).outputs["tanh1"]  # (4, 10, 10, 6)
    weights = net.parameters()["dense1.weight"][:, LABELS].T  # (4, 6)
    wanted = np.maximum(np.einsum("npqf,nf->npq", maps, weights) / 100, 0)
    np.testing.assert_allclose(gradcam(net, X, LABELS), wanted, atol=1e-15)
    np.testing.assert_array_equal(gradcam(net, X, LABELS), gradcam(net, X, LABELS, "tanh1"))


INSIDE = ("residual1.body.conv2", "residual1.shortcut.conv1", "residual2.body.sequential1.conv1")


@pytest.mark.parametrize("layer", ["conv1", "residual1", *INSIDE])
def test_layers_of_a_residual_network_can_be_asked(layer: str) -> None:
    net = build(residual(), dtype="float64", seed=1)
    trace = net.trace(X, dy=np.eye(3)[LABELS])
    slope = trace.d_outputs[layer].mean(axis=(1, 2))
    wanted = np.einsum("npqf,nf->npq", trace.outputs[layer], slope)
    found = gradcam(net, X, LABELS, layer)
    np.testing.assert_allclose(found, np.maximum(wanted, 0), atol=1e-15)
    assert found.any()


def test_enlarging_keeps_a_plane_and_the_middles_of_cells() -> None:
    np.testing.assert_allclose(enlarged(np.full((2, 3, 4), 5.0), (9, 10)), 5)
    maps = generator(0, "enlarged").normal(size=(2, 3, 4))
    bigger = enlarged(maps, (9, 12))  # each cell three pixels a side
    np.testing.assert_allclose(bigger[:, 1::3, 1::3], maps)
    np.testing.assert_allclose(bigger[:, 1, 2], maps[:, 0, 0] * 2 / 3 + maps[:, 0, 1] / 3)
    np.testing.assert_array_equal(enlarged(maps, (3, 4)), maps)
    np.testing.assert_array_equal(enlarged(np.ones((1, 1, 1)), (4, 6)), np.ones((1, 4, 6)))


def test_what_cannot_be_asked_is_refused() -> None:
    net, x = build(plain()), shapes().x_test[:2]
    assert "gives (7,), no image" in refusal(lambda: gradcam(net, x, 0, "dense1"))
    assert "did you mean 'tanh" in refusal(lambda: gradcam(net, x, 0, "tanh9"))
    assert "no class 4" in refusal(lambda: gradcam(net, x, 4))
    assert "x has shape (4, 12, 12, 3)" in refusal(lambda: gradcam(net, X, 0))
    wide = np.zeros((2, 28, 28, 1))
    assert "no convolution" in refusal(lambda: gradcam(build(mlp()), wide, 0))
