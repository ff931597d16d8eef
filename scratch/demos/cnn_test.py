"""The demo reads digits, its saliency is a gradient, and the same bits are drawn twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from brain.engine import build
from brain.randomness import generator
from scratch.demos import cnn
from scratch.models import digits_cnn
from scratch.testing.staged import repeats


def test_it_reads_digits_and_draws_the_same_twice(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    kinds = ("loss", "confusion", "worst", "saliency", "filters", "weights")
    said = repeats(cnn.run, tmp_path, *(f"cnn-{kind}.png" for kind in kinds))
    right = dict(re.findall(r"([\w-]+) +reads ([\d.]+)% of", said))
    assert float(right["digits-cnn"]) > 90
    assert float(right["softmax-regression"]) > 80


def test_saliency_is_how_a_score_changes_with_a_pixel() -> None:
    net = build(digits_cnn(), "numpy", dtype="float64", seed=2)
    x = generator(0, "saliency").uniform(0, 1, (2, 8, 8, 1))
    labels = np.array([3, 7])
    maps = cnn.saliency(net, x, labels)
    assert maps.shape == (2, 8, 8)
    step = np.zeros_like(x)
    step[1, 4, 5, 0] = 1e-6
    change = (net.predict(x + step) - net.predict(x - step))[1, 7] / 2e-6
    assert change != 0
    assert maps[1, 4, 5] == pytest.approx(abs(change), rel=1e-6)
