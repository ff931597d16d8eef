"""What two processes say to each other: JSON for the words, safetensors for the arrays.

A value may be built from None, numbers, text, lists, dictionaries with text keys, NumPy arrays and
`brain.spec` declarations; it arrives equal, tuples as lists. Nothing is ever unpickled.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import struct
from typing import Any, BinaryIO

import numpy as np
from pydantic import TypeAdapter
from safetensors.numpy import load as unpack_arrays
from safetensors.numpy import save as pack_arrays

_HEAD = struct.Struct("<QQ")  # bytes of JSON, bytes of arrays


def send(stream: BinaryIO, value: Any) -> None:
    """Write one message to a stream."""
    arrays: dict[str, np.ndarray] = {}
    words = json.dumps(_to_words(value, arrays)).encode()
    packed = pack_arrays(arrays)
    stream.write(_HEAD.pack(len(words), len(packed)))
    stream.write(words)
    stream.write(packed)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message from a stream; EOFError when the other side has closed it."""
    words, packed = _HEAD.unpack(_exactly(stream, _HEAD.size))
    text = _exactly(stream, words)
    return _from_words(json.loads(text), unpack_arrays(_exactly(stream, packed)))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the other process has gone")
    return data


def _to_words(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        # safetensors writes a transposed array's memory as it lies: give it a C-ordered one
        arrays[name] = np.array(value, order="C")
        return {"$array": name}
    if dataclasses.is_dataclass(value):
        fields = TypeAdapter(type(value)).dump_python(value, mode="json")
        return {"$spec": fields, "module": type(value).__module__}
    if isinstance(value, dict):
        return {key: _to_words(part, arrays) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_to_words(part, arrays) for part in value]
    return value


def _from_words(words: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(words, list):
        return [_from_words(part, arrays) for part in words]
    if not isinstance(words, dict):
        return words
    if "$array" in words:
        return arrays[words["$array"]]
    if "$spec" in words:
        declared, module = words["$spec"], importlib.import_module(words["module"])
        cls = getattr(module, declared["kind"])
        return TypeAdapter(cls).validate_json(json.dumps(declared))
    return {key: _from_words(part, arrays) for key, part in words.items()}
