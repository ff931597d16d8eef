"""The equations of seeing.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from scratch.seeing import saliency, score_gradient, scores
from theory.equations import Array, near, normal, same, slope

ABSENT = "the folder cnn/ is not on this branch"
gradcam = pytest.importorskip("cnn.gradcam", reason=ABSENT).gradcam
maximisation = pytest.importorskip("cnn.maximisation", reason=ABSENT)
occlusion = pytest.importorskip("cnn.occlusion", reason=ABSENT).occlusion
receptive = pytest.importorskip("cnn.receptive", reason=ABSENT)
gradients = pytest.importorskip("cnn.saliency", reason=ABSENT)

LAYERS = (
    spec.Conv2D(3, kernel=2),
    spec.Tanh(),
    spec.Conv2D(2, kernel=2, padding=1),
    spec.Softplus(),
    spec.Flatten(),
    spec.Dense(3),
)
MODEL = spec.Model("small", (4, 5, 2), LAYERS, spec.SoftmaxCrossEntropy())
X, BASELINE = normal("seen", 4, 5, 2), normal("baseline", 4, 5, 2)
CLASS = 1


def network() -> Any:
    net = build(MODEL, dtype="float64")
    values = {n: normal(n, *info.shape) / 2 for n, info in MODEL.parameters().items()}
    net.load_parameters(values)
    return net


NET = network()


def score(x: Array) -> float:
    return float(NET.predict(x[None])[0, CLASS])


def gradient(x: Array) -> Array:
    return score_gradient(NET, x[None], CLASS)[0]


def test_seeing_1_gradient_of_a_score() -> None:
    near(gradient(X), slope(score, X))


def test_seeing_2_saliency() -> None:
    g = slope(score, X)
    wanted = [[max(abs(g[h, w, 0]), abs(g[h, w, 1])) for w in range(5)] for h in range(4)]
    near(saliency(NET, X[None], CLASS)[0], np.array(wanted))


def test_seeing_3_smoothgrad() -> None:
    sigma = 0.1 * (X.max() - X.min())
    noise = [sigma * generator(0, "smoothgrad", i).standard_normal((1, 4, 5, 2))[0] for i in (0, 1)]
    wanted = (gradient(X + noise[0]) + gradient(X + noise[1])) / 2
    same(gradients.smoothgrad(NET, X[None], CLASS, samples=2, noise=0.1)[0], wanted)


def test_seeing_4_5_integrated_gradients_are_an_integral_and_complete() -> None:
    """The integral by Gauss's rule with 24 points, exact to rounding on a way so smooth."""
    points, weights = np.polynomial.legendre.leggauss(24)
    way = X - BASELINE
    integral = sum(
        w / 2 * gradient(BASELINE + (p + 1) / 2 * way) for p, w in zip(points, weights, strict=True)
    )
    near((way * integral).sum(), score(X) - score(BASELINE))
    many = gradients.integrated_gradients(NET, X[None], CLASS, BASELINE, steps=2000)
    np.testing.assert_allclose(many[0], way * integral, atol=6.5e-6)  # (25 / 2000)^2 / 24
    off = gradients.missing(NET, X[None], CLASS, many, BASELINE)[0]
    same(off, many.sum() - (score(X) - score(BASELINE)))
    assert abs(off) < 4e-5


def test_seeing_6_the_sum_that_stands_for_the_integral() -> None:
    way, m = X - BASELINE, 5
    wanted = way / m * sum(gradient(BASELINE + (i - 0.5) / m * way) for i in range(1, m + 1))
    same(gradients.integrated_gradients(NET, X[None], CLASS, BASELINE, steps=m)[0], wanted)


def test_seeing_7_8_gradcam() -> None:
    trace = NET.trace(X[None], dy=np.eye(3)[[CLASS]])
    a, slopes = trace.outputs["tanh1"][0], trace.d_outputs["tanh1"][0]
    rows, columns, channels = a.shape
    alpha = [
        sum(slopes[p, q, f] for p in range(rows) for q in range(columns)) / (rows * columns)
        for f in range(channels)
    ]
    wanted = np.array(
        [
            [max(0.0, sum(alpha[f] * a[p, q, f] for f in range(channels))) for q in range(columns)]
            for p in range(rows)
        ]
    )
    assert wanted.any()
    same(gradcam(NET, X[None], CLASS, "tanh1")[0], wanted)


def test_seeing_7_8_before_global_pooling_the_map_is_the_score() -> None:
    layers = (spec.Conv2D(2), spec.GlobalAvgPool2D(), spec.Dense(3))
    net = build(spec.Model("m", (4, 5, 2), layers, spec.SoftmaxCrossEntropy()), dtype="float64")
    maps = net.trace(X[None]).outputs["conv1"][0]  # (2, 3, 2)
    alpha = net.parameters()["dense1.weight"][:, CLASS] / 6
    same((maps * alpha).sum(), scores(net, X[None], CLASS)[0])
    same(gradcam(net, X[None], CLASS, "conv1")[0], np.maximum((maps * alpha).sum(axis=-1), 0))


def test_seeing_9_occlusion() -> None:
    drops = []  # one square of 4 fits on 4 rows, two on 5 columns
    for column in (0, 1):
        covered = X.copy()
        covered[0:4, column : column + 4] = 0.3
        drops.append(score(X) - score(covered))
    found = occlusion(NET, X[None], CLASS, size=4, stride=1, fill=0.3)[0]
    middle = (drops[0] + drops[1]) / 2
    wanted = np.array([[drops[0], middle, middle, middle, drops[1]]] * 4)
    same(found, wanted)


def test_seeing_10_a_step_up() -> None:
    g, r = normal("up", 1, 4, 5, 2), 0.5
    x = generator(0, "in the middle").uniform(0.4, 0.6, (1, 4, 5, 2))
    ascent = maximisation.Ascent(rate=0.01, decay=0.2)
    step = 0.01 * g / np.sqrt((g**2).sum() / 40)
    same(maximisation.climbed(x, g, np.full_like(x, r), ascent), r + 0.8 * (x - r + step))


def test_seeing_11_a_blur() -> None:
    point = np.zeros((1, 1, 9, 1))
    point[0, 0, 4] = 1
    j = np.arange(-3, 4)
    bell = np.exp(-(j**2) / 2) / np.exp(-(j**2) / 2).sum()
    same(maximisation.blurred(point, 1.0)[0, 0, 1:8, 0], bell)


def test_seeing_12_13_14_receptive_fields() -> None:
    layers = (
        spec.Conv2D(2, kernel=4, stride=2, padding=1),
        spec.Conv2D(2, kernel=3, dilation=2, padding="same"),
        spec.AvgPool2D(3),
    )
    model = spec.Model("m", (24, 24, 1), layers, spec.MeanSquaredError())
    r, j, u = 1, 1, 0
    steps = ((4, 2, 1, 1), (3, 1, 2, 2), (3, 3, 1, 0))  # k, s, d, t
    for (k, s, d, t), field in zip(steps, receptive.receptive_fields(model).values(), strict=True):
        r, j, u = r + (k - 1) * d * j, j * s, u - t * j
        assert (field.size, field.jump, field.start) == (r, j, (u, u))


def test_seeing_15_both_branches() -> None:
    body = receptive.Field("body", 7, 2, (-3, -1))
    shortcut = receptive.Field("shortcut", 3, 2, (1, -4))
    both = receptive.united("sum", body, shortcut)
    assert both.start == (-3, -4)
    assert both.size == max(-3 + 7 + 3, 1 + 3 + 3, -1 + 7 + 4, -4 + 3 + 4)


def test_seeing_16_the_effective_field() -> None:
    pictures = normal("pictures", 3, 4, 5, 2)

    def unit(x: Array) -> Array:
        return NET.trace(x[None]).outputs["softplus1"][0, 2, 1].sum()

    slopes = np.array([slope(unit, x) for x in pictures])
    seen = receptive.effective(NET, pictures, "softplus1", (2, 1))
    near(seen, np.abs(slopes).sum(axis=3).mean(axis=0))
