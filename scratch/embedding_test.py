"""Embedding and ids that never occur; its loops are held against it in testing/plain_test.py."""

from __future__ import annotations

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.embedding import d_embedding

LAYER = spec.Embedding(6, 4)


def test_an_id_that_never_occurs_has_no_gradient() -> None:
    params, x = {"weight": np.ones((6, 4))}, np.array([[0, 1], [1, 1]])
    _, grads = d_embedding(LAYER, params, x, np.ones((2, 2, 4)), Context())
    np.testing.assert_array_equal(grads["weight"][:, 0], [1, 3, 0, 0, 0, 0])
