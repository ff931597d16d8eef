"""Named arrays as safetensors: proven to read back as they were, and checked when they are read.

https://huggingface.co/docs/safetensors: a header of JSON, then the bytes of each array. No code
can hide in such a file, unlike in a pickle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from brain.errors import UserError, brief

Array = NDArray[Any]


def packed(arrays: Mapping[str, Array]) -> bytes:
    """The arrays as the bytes of a safetensors file.

    Written and read back before they are given out: some versions of safetensors write the memory
    of a transposed array as it lies, under the transposed shape.
    """
    # np.array, not ascontiguousarray: that one makes a number of no axes into a row of one
    ordered = {name: np.array(array, order="C") for name, array in arrays.items()}
    content = save(ordered)
    again = unpacked(content, "what was just packed")
    for name, array in arrays.items():
        same = again[name].dtype == array.dtype and again[name].shape == array.shape
        if not (same and again[name].tobytes() == np.asarray(array).tobytes()):
            raise RuntimeError(f"safetensors does not read {name!r} back as it was written")
    return content


def unpacked(content: bytes, source: str) -> dict[str, Array]:
    """The arrays in the bytes of a safetensors file; `source` names it in errors."""
    try:
        return load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise UserError(f"{source} holds no arrays that can be read ({brief(error)}).") from None
