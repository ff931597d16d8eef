"""The equations of embedding.md, held against the code."""

from __future__ import annotations

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.embedding import d_embedding, embedding
from theory.equations import Array, near, normal, same, slope

LAYER = spec.Embedding(vocab=5, dim=3)
W, DY = normal("table", 5, 3), normal("table dy", 2, 4, 3)
IDS = np.array([[4, 1, 1, 0], [1, 4, 2, 2]])  # 3 does not occur
ONE_HOT = np.eye(5)[IDS]


def read(w: Array = W) -> Array:
    return embedding(LAYER, {"weight": w}, IDS, Context())[0]


def test_embedding_1_forward() -> None:
    same(read(), [[[W[k, j] for j in range(3)] for k in row] for row in IDS])


def test_embedding_2_as_a_product() -> None:
    same(read(), ONE_HOT @ W)


def test_embedding_3_gradient_of_the_table() -> None:
    gradient = d_embedding(LAYER, {"weight": W}, IDS, DY, Context())[1]["weight"]
    same(gradient, [(DY * np.equal(IDS, v)[..., None]).sum(axis=(0, 1)) for v in range(5)])
    same(gradient, np.einsum("ntv,ntj->vj", ONE_HOT, DY))
    near(gradient, slope(lambda w: np.sum(DY * read(w)), W))
