"""Every random number of the project, by name: what is drawn depends on its label alone.

A counter-based generator (Philox; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
SC 2011) is a pure function of a key and a counter. The key is made from the seed and from the
name of what is drawn, so adding a layer, or leaving one out, changes no other layer's numbers,
and no engine's order of work can matter.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, label: str, counter: int = 0) -> np.random.Generator:
    """A fresh generator for `label` (say `"initial dense1.weight"`), at `counter` (say, a step).

    Equal arguments give the same stream on every machine; different ones, unrelated streams.
    """
    digest = hashlib.blake2b(label.encode(), digest_size=8, salt=b"brain").digest()
    key = np.array([seed % 2**64, int.from_bytes(digest, "little")], dtype=np.uint64)
    # The counter's low half counts draws; the high half is ours, so two steps never overlap.
    start = np.array([0, 0, counter % 2**64, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=start))


def dropout_mask(
    seed: int, step: int, layer: str, shape: tuple[int, ...], rate: float, dtype: np.dtype
) -> NDArray[np.floating]:
    """The mask of one dropout layer at one step: 0, or 1 / (1 - rate) where a unit stays.

    `shape` is `(N, ...)`. Row i depends on (seed, step, layer, i) alone: the mask of a part of a
    batch, taken from its start, is the start of the batch's mask. Inverted scaling: Srivastava
    et al., "Dropout", JMLR 15 (2014), section 10.
    """
    draws = generator(seed, f"dropout {layer}", step).random(shape, dtype=np.float32)
    return np.multiply(draws >= rate, 1.0 / (1.0 - rate), dtype=dtype)
