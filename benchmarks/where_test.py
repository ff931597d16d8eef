from __future__ import annotations

import numpy as np
import pytest

from benchmarks.where import measured, table


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("mlp-small", {"dense", "d_dense", "rectified", "d_rectified", "apply"}),
        ("cnn-mnist", {"conv2d", "d_conv2d", "max_pool", "d_max_pool", "dense", "apply"}),
        ("rnn-char", {"unread_embedding", "rnn", "d_rnn", "softmax_cross_entropy", "apply"}),
    ],
)
def test_a_steps_time_is_that_of_its_functions(name: str, functions: set[str]) -> None:
    matmul = np.matmul
    found = measured(name, seconds=0.3)
    assert np.matmul is matmul
    assert functions <= set(found.functions)
    # the rest is the walk through the layers, and what profiling adds
    assert 0 < sum(found.functions.values()) < found.step
    assert found.at_peak > 0
    assert 0 < found.in_products < found.step
    row = list(table({name: found}))[2]
    assert row.startswith(f"| {name} | ")
    assert row.count("`") == 2 * min(6, len(found.functions))
