"""A table of vectors, a row for each token id: N batch, T time, V vocabulary, D width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context

Array = NDArray[Any]
Params = dict[str, Any]


def plain_embedding(params: Params, ids: Array) -> Array:
    """The rows of `weight (V, D)` for `ids (N, T)`, one after another. theory/embedding.md (1)"""
    weight = params["weight"]
    y = np.zeros((*ids.shape, weight.shape[1]), dtype=weight.dtype)
    for place in np.ndindex(ids.shape):
        for j in range(weight.shape[1]):
            y[place][j] = weight[ids[place], j]
    return y


def plain_d_embedding(params: Params, ids: Array, dy: Array) -> Params:
    """The derivative of `plain_embedding`: a row collects from every place it was read. (3)"""
    dweight = np.zeros_like(params["weight"])
    for place in np.ndindex(ids.shape):
        for j in range(dweight.shape[1]):
            dweight[ids[place], j] += dy[place][j]
    return {"weight": dweight}


@dataclass(frozen=True)
class Rows:
    """Rows of a table that nobody has read yet: what stands for `table[ids]`, `(N, T, D)`.

    A recurrent layer multiplies them all with one matrix; with a small table it is less work to
    multiply the table, and to read the rows of the product.
    """

    table: Array  # (V, D)
    ids: Array  # (N, T)

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.ids.shape, self.table.shape[1])


def embedding(
    spec: spec.Embedding, params: Params, ids: Array, context: Context
) -> tuple[Array, Array]:
    return params["weight"][ids], ids  # theory/embedding.md (1)  (N, T, D)


def unread_embedding(
    spec: spec.Embedding, params: Params, ids: Array, context: Context
) -> tuple[Rows, Array]:
    return Rows(params["weight"], ids), ids  # (N, T, D), as a layer behind may read it


def d_embedding(
    spec: spec.Embedding, params: Params, ids: Array, dy: Array, context: Context
) -> tuple[None, Params]:
    if dy.ndim == 2:  # of `Rows`: the gradient of the whole table
        return None, {"weight": dy}
    # An id may occur often, and `dweight[ids] += dy` would add its last place alone.
    columns = np.arange(spec.dim, like=ids)
    cells = (ids[..., None] * spec.dim + columns).reshape(-1)  # where each number of dy belongs
    dweight = np.bincount(cells, weights=dy.reshape(-1), minlength=spec.vocab * spec.dim)
    dweight = dweight.reshape(spec.vocab, spec.dim).astype(dy.dtype)  # it sums in float64
    return None, {"weight": dweight}  # (3)  (V, D); ids have no derivative
