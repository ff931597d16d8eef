"""What a probe heard, as text between two processes.

The text comes from a process that ran a learner's file, so reading it can do nothing but give
numbers, text and lists, or fail. Tensors of a framework become arrays.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from brain.errors import brief, shown
from brain.learn.exercise import Answer

KINDS = {"b": "?", "i": "<i8", "u": "<i8", "f": "<f8"}
"""The dtype that arrays of each kind travel in."""
MOST = 2**20
"""Numbers in one answer."""
DEEPEST = 20
"""Lists in lists in one answer."""


class Odd(str):
    """What is neither number, text, array nor a list of such: as Python writes it."""


def packed(answers: Sequence[Answer]) -> str:
    """Answers as JSON."""
    return json.dumps([[a.label, words(a.value), a.lengths, a.changes] for a in answers])


def unpacked(text: bytes) -> list[Answer]:
    """The answers of `packed`. Raises ValueError for anything else."""
    try:
        return [Answer(str(label), value(what), tuple(int(n) for n in lengths), bool(changes))
                for label, what, lengths, changes in json.loads(text)]  # fmt: skip
    except (TypeError, KeyError, RecursionError, OverflowError) as error:
        raise ValueError(brief(error)) from None


def words(heard: Any, depth: int = 0) -> Any:
    """One value, as JSON can write it."""
    if depth > DEEPEST:
        return {"odd": f"{type(heard).__name__}, too deep in others"}
    if heard is None or type(heard) in (bool, str):
        return heard
    if isinstance(heard, int | float) and not isinstance(heard, np.generic):
        heard = int(heard) if isinstance(heard, int) else float(heard)
        if type(heard) is float or abs(heard) < 2**63:
            return heard
        return math.inf if heard > 0 else -math.inf
    if type(heard) is dict:
        return {"dict": [[words(k, depth + 1), words(v, depth + 1)] for k, v in heard.items()]}
    if type(heard) in (list, tuple):
        return {type(heard).__name__: [words(part, depth + 1) for part in heard]}
    array = as_array(heard)
    if array is None or array.dtype.kind not in KINDS or array.size > MOST:
        return {"odd": odd(heard, array)}
    data = np.ascontiguousarray(array, dtype=KINDS[array.dtype.kind])
    if isinstance(heard, np.generic):
        return data.item()
    return {
        "array": base64.b64encode(data.tobytes()).decode(),
        "dtype": data.dtype.str,
        "shape": array.shape,
    }


def odd(heard: Any, array: np.ndarray | None) -> str:
    """What a value is that is neither number, text, array of numbers nor a list of such."""
    if array is None:
        return f"{type(heard).__name__}: {shown(heard)}"
    if array.dtype.kind in KINDS:
        return f"an array of {array.size:,} numbers: too many to be looked at"
    return f"an array of dtype {array.dtype}: {shown(heard)}"


def as_array(heard: Any) -> np.ndarray | None:
    """An array, or a tensor of PyTorch's or TensorFlow's, as a plain array; else None."""
    if isinstance(heard, np.ndarray | np.generic):
        return np.array(heard, subok=False)
    if type(heard).__module__.partition(".")[0] in ("torch", "tensorflow", "keras"):
        heard = heard.detach().cpu() if hasattr(heard, "detach") else heard
        return np.array(heard.numpy(), subok=False) if hasattr(heard, "numpy") else None
    return None


def value(words: Any, depth: int = 0) -> Any:
    """The value that `words` wrote."""
    if depth > DEEPEST + 1:
        raise ValueError("lists in lists without end")
    if not isinstance(words, dict):
        if isinstance(words, list) or (type(words) is int and abs(words) >= 2**63):
            raise ValueError("a bare list, or a number that no array holds")
        return words
    if "array" in words:
        raw = np.frombuffer(base64.b64decode(words["array"]), dtype=checked(words["dtype"]))
        if max(words["shape"], default=0) > MOST:
            raise ValueError("an axis without end")
        return raw.reshape([int(n) for n in words["shape"]])
    if "dict" in words:
        return {value(k, depth + 1): value(v, depth + 1) for k, v in words["dict"]}
    if "odd" in words:
        return Odd(brief(words["odd"]))
    parts = [value(part, depth + 1) for part in words["list" if "list" in words else "tuple"]]
    return parts if "list" in words else tuple(parts)


def checked(dtype: str) -> str:
    """A dtype that `words` writes, or ValueError."""
    if dtype not in {np.dtype(kind).str for kind in KINDS.values()}:
        raise ValueError(f"no dtype {dtype!r}")
    return dtype


def told(heard: Any, most: int = 300) -> str:
    """A value for a human: arrays by their numbers, cut short."""
    if isinstance(heard, np.ndarray):
        with np.printoptions(precision=5, suppress=True, threshold=20, edgeitems=3, linewidth=88):
            text = str(heard)
        return text if len(text) <= most else text[: most - 4] + " ..."
    if isinstance(heard, float):
        return f"{heard:.6g}"
    if isinstance(heard, tuple | list):
        inner = ", ".join(told(part, most) for part in heard)
        comma = "," if len(heard) == 1 else ""
        text = f"({inner}{comma})" if isinstance(heard, tuple) else f"[{inner}]"
        return text if len(text) <= most else text[: most - 4] + " ..."
    if isinstance(heard, Mapping):
        text = "; ".join(f"{told(key, 30)}: {told(part, 60)}" for key, part in heard.items())
        return text if len(text) <= most else text[: most - 4] + " ..."
    if callable(heard):
        return getattr(heard, "__name__", type(heard).__name__)
    return str(heard) if isinstance(heard, Odd) else shown(heard, most)
