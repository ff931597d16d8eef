"""The demo reads digits, and the same bits are drawn twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scratch.demos import cnn
from scratch.testing.staged import repeats


def test_it_reads_digits_and_draws_the_same_twice(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    kinds = ("loss", "confusion", "worst", "saliency", "filters", "weights")
    said = repeats(cnn.run, tmp_path, *(f"cnn-{kind}.png" for kind in kinds))
    right = dict(re.findall(r"([\w-]+) +reads ([\d.]+)% of", said))
    assert float(right["digits-cnn"]) > 90
    assert float(right["softmax-regression"]) > 80
