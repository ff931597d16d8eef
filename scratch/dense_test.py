"""Dense computes no more than is asked; its loops are held against it in testing/plain_test.py."""

from __future__ import annotations

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.dense import d_dense


def test_no_gradient_of_the_input_is_computed_unasked() -> None:
    context = Context()
    context.wants_dx = False
    params = {"weight": np.ones((2, 3)), "bias": np.ones(3)}
    dx, grads = d_dense(spec.Dense(3), params, np.ones((4, 2)), np.ones((4, 3)), context)
    assert dx is None
    np.testing.assert_array_equal(grads["bias"], [4, 4, 4])
