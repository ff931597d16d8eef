"""What is taken for what is counted, and data that do not fit a network are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brain import data, spec
from brain.engine import build
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn.mistakes import Confused, confusion_table, fitting, judged, most_confused
from scratch.models import digits_cnn, mlp


def test_the_table_counts_truth_by_answer() -> None:
    truth, answers = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 0, 2])
    table = confusion_table(truth, answers, 3)
    np.testing.assert_array_equal(table, [[1, 1, 0], [0, 1, 0], [2, 0, 1]])
    assert most_confused(table, 5) == [Confused(2, 0, 2), Confused(0, 1, 1)]
    assert most_confused(table, 1) == [Confused(2, 0, 2)]
    assert most_confused(np.diag([3, 4, 5]), 2) == []


def test_the_answer_is_the_likeliest_class() -> None:
    net, x = build(plain()), shapes().x_test
    answers, p = judged(net, x)
    np.testing.assert_array_equal(answers, net.predict(x).argmax(axis=1))
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)


def test_one_unit_gives_two_classes() -> None:
    net = build(digits_cnn(outputs=1, loss=spec.BinaryCrossEntropy()))
    x = np.random.default_rng(0).random((20, 8, 8, 1))
    answers, p = judged(net, x)
    assert p.shape == (20, 2)
    np.testing.assert_array_equal(answers, net.predict(x)[:, 0] > 0)


def test_labels_that_are_no_classes_are_refused() -> None:
    text = refusal(lambda: confusion_table(np.array([0, 3]), np.array([0, 1]), 3))
    assert text == "truth holds labels from 0 to 3; there are 3 classes, 0 to 2."
    assert "answers holds" in refusal(lambda: confusion_table(np.array([0]), np.array([-1]), 3))


def test_a_model_without_classes_is_refused() -> None:
    net = build(digits_cnn(loss=spec.MeanSquaredError()))
    assert "nothing to confuse" in refusal(lambda: judged(net, np.zeros((1, 8, 8, 1))))
    assert "no images" in refusal(lambda: judged(build(mlp((4,), 2)), np.zeros((1, 4))))


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_of_another_size_or_channels_are_refused(channels: int) -> None:
    fitting(build(plain(channels)), shapes(channels))
    other = build(residual(4 - channels))
    text = refusal(lambda: fitting(other, shapes(channels)))
    assert text.startswith(f"x has shape (1, 12, 12, {channels}), but the input of model")
    small = build(digits_cnn((10, 10, channels), 3))
    text = refusal(lambda: fitting(small, shapes(channels)))
    assert f"wants (N, 10, 10, {channels})" in text


def test_other_classes_are_refused() -> None:
    four = replace(shapes(), classes=("a", "b", "c", "d"))
    text = refusal(lambda: fitting(build(plain()), four))
    assert text.startswith("shapes has 4 classes, and model 'plain' gives (3,)")
    assert "wants (N, 12, 12, 1)" in refusal(lambda: fitting(build(plain()), data.load("moons")))
