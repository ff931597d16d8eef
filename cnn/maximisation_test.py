"""Climbing raises what it is to raise, step by step as it says, and is the same for a seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual
from cnn.maximisation import Ascent, blurred, climbed, maximise
from cnn.places import up_to
from scratch.models import mlp

NET = build(residual(), dtype="float64", seed=5)
BARE = Ascent(steps=1, rate=0.03, decay=0, blur=0, jitter=0)


@pytest.mark.parametrize(
    ("layer", "units"), [(None, [0, 2]), ("conv1", [3, 1]), ("residual1.body.conv2", [5, 0])]
)
def test_the_answers_rise(layer: str | None, units: list[int]) -> None:
    images, answers = maximise(NET, units, layer, ascent=Ascent(steps=60))
    assert images.shape == (2, 12, 12, 3)
    assert (images.min(), images.max()) >= (0, 0)
    assert images.max() <= 1
    assert answers.shape == (61, 2)
    assert (answers[-1] > answers[0]).all()
    short = NET if layer is None else up_to(NET, layer)
    outputs = short.predict(images)
    own = [outputs[n, ..., unit].mean() for n, unit in enumerate(units)]
    np.testing.assert_allclose(answers[-1], own)


def test_in_the_middle_only_what_that_unit_sees_is_changed() -> None:
    ascent = Ascent(steps=40, blur=0, jitter=0, decay=0)
    images, answers = maximise(NET, [1], "conv1", everywhere=False, ascent=ascent, rest=0.5)
    outputs = up_to(NET, "conv1").predict(images)
    assert answers[-1, 0] == pytest.approx(outputs[0, 6, 6, 1])
    kernel = NET.parameters()["conv1.weight"][..., 1]
    strong = np.abs(kernel) > 0.4 * kernel.std()  # (3, 3, 3)
    np.testing.assert_array_equal(images[0, 5:8, 5:8][strong] > 0.9, kernel[strong] > 0)
    images[0, 5:8, 5:8] = 0.5
    assert np.abs(images - 0.5).max() < 0.3  # the noise of the beginning


def test_units_of_a_dense_layer_can_be_raised() -> None:
    net = build(plain(), dtype="float64")
    images, answers = maximise(net, [6], "dense1", ascent=Ascent(steps=20))
    assert answers[-1, 0] == pytest.approx(up_to(net, "dense1").predict(images)[0, 6])
    assert answers[-1, 0] > answers[0, 0]


def test_a_step_is_up_the_gradient_and_of_the_length_that_was_asked() -> None:
    short = up_to(NET, "conv1")
    still = Ascent(steps=1, rate=1e-12, decay=0, blur=0, jitter=0)
    begin, _ = maximise(NET, [1], "conv1", ascent=still)
    end, _ = maximise(NET, [1], "conv1", ascent=BARE)
    dy = np.zeros((1, *short.model.output_shape))
    dy[..., 1] = 1
    gradient = short.trace(begin, dy=dy).d_input
    assert gradient is not None
    moved = (end - begin).ravel()
    assert np.sqrt(np.mean(moved**2)) == pytest.approx(0.03, rel=1e-6)
    cosine = moved @ gradient.ravel() / np.linalg.norm(moved) / np.linalg.norm(gradient)
    assert cosine == pytest.approx(1)


def test_jitter_asks_at_a_shifted_picture_and_moves_the_gradient_back() -> None:
    """The score is one pixel's: each step raises what lies there in the shifted picture."""
    layers = (spec.Conv2D(1, kernel=1, bias=False), spec.Flatten(), spec.Dense(2, bias=False))
    model = spec.Model("one-pixel", (6, 6, 1), layers, spec.SoftmaxCrossEntropy())
    net = build(model, dtype="float64")
    weight = np.zeros((6, 6, 2))
    weight[2, 3, 0] = 1
    one = np.ones((1, 1, 1, 1))
    net.load_parameters({"conv1.weight": one, "dense1.weight": weight.reshape(36, 2)})
    still, _ = maximise(net, [0], ascent=Ascent(steps=30, decay=0, blur=0, jitter=0))
    moving, _ = maximise(net, [0], ascent=Ascent(steps=30, decay=0, blur=0, jitter=1))
    risen = [np.argwhere(x[0, ..., 0] > 0.9) for x in (still, moving)]
    np.testing.assert_array_equal(risen[0], [[2, 3]])
    assert len(risen[1]) > 1
    assert np.abs(risen[1] - [2, 3]).max() == 1  # spread by the jitter, no further


def test_decay_draws_back_to_what_is_ordinary() -> None:
    x = generator(0, "decay").uniform(0, 1, (2, 4, 4, 1))
    rest, ascent = np.full_like(x, 0.25), Ascent(decay=0.5)
    np.testing.assert_allclose(climbed(x, np.zeros_like(x), rest, ascent), (x + rest) / 2)
    bright = climbed(np.ones_like(x), np.ones_like(x), rest, Ascent(rate=9, decay=0))
    np.testing.assert_array_equal(bright, 1)  # pixels end there


def test_a_blur_keeps_what_is_even_and_spreads_a_point() -> None:
    np.testing.assert_allclose(blurred(np.full((1, 9, 9, 2), 0.3), 1.2), 0.3)
    point = np.zeros((1, 15, 15, 1))
    point[0, 7, 7] = 1
    spread = blurred(point, 0.8)[0, ..., 0]
    assert spread.sum() == pytest.approx(1)
    offset = np.arange(15) - 7
    variance = (spread.sum(axis=0) * offset**2).sum()
    assert variance == pytest.approx(0.8**2, rel=0.02)  # cut off behind three deviations
    np.testing.assert_allclose(spread, spread.T)


def test_a_seed_decides_everything() -> None:
    one, again, other = (
        maximise(NET, [1], ascent=Ascent(steps=4), seed=seed)[0] for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("units", "layer", "said"),
    [
        ([3], None, "there is no class 3"),
        ([4], "conv1", "has 4 channels, 0 to 3: there is no 4"),
        ([0], "conv9", "unknown layer"),
        ([3], "dense1", "has 3 units, 0 to 2"),
        ([], None, "no unit"),
    ],
)
def test_a_unit_that_is_not_there_is_refused(units: Any, layer: str | None, said: str) -> None:
    assert said in refusal(lambda: maximise(NET, units, layer))


@pytest.mark.parametrize(
    "options",
    [{"steps": 0}, {"rate": 0}, {"decay": 1}, {"blur": -1}, {"blur_every": 0}, {"jitter": -1}],
)
def test_an_ascent_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    assert "steps and blur_every must be at least 1" in refusal(lambda: Ascent(**options))


def test_a_network_without_a_convolution_is_refused() -> None:
    assert "no convolution" in refusal(lambda: maximise(build(mlp()), [0]))
