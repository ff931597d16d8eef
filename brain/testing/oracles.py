"""What is right for a file, found without the readers: by the words of its format."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from brain import spec
from brain.engine import Network
from brain.testing.originals import RECORDS, WANTED


def check_declared(declared: Any, content: bytes) -> None:
    """It survives its own text, and says everything that the file says."""
    text = spec.to_json(declared)
    again = spec.from_json(type(declared), text)
    assert again == declared
    assert spec.to_json(again) == text
    assert says(json.loads(text), json.loads(content))


def says(whole: Any, part: Any) -> bool:
    """Whether all that stands in a JSON value stands in another, in the same places."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and says(whole[key], part[key]) for key in part)
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(says, whole, part))
    if isinstance(whole, float) and type(part) is int:
        return float(part) == whole
    return type(part) is type(whole) and bool(part == whole)


def stored(content: bytes) -> dict[str, tuple[str, list[int], bytes]]:
    """The dtype, shape and bytes of each array in a safetensors file: those between its offsets."""
    length = 8 + int.from_bytes(content[:8], "little")
    fields = json.loads(content[8:length])
    fields.pop("__metadata__", None)
    places = {name: slice(*(length + n for n in f["data_offsets"])) for name, f in fields.items()}
    return {name: (f["dtype"], f["shape"], content[places[name]]) for name, f in fields.items()}


def check_arrays(arrays: dict[str, Any], content: bytes) -> None:
    found = stored(content)
    assert arrays.keys() == found.keys()
    for name, (_, shape, values) in found.items():
        assert list(arrays[name].shape) == shape
        assert arrays[name].tobytes() == values


def check_network(net: Network, content: bytes) -> None:
    """Its arrays are finite, and of the shapes that its model has."""
    arrays, wanted = net.parameters(), net.model.parameters()
    assert {name: array.shape for name, array in arrays.items()} == {
        name: info.shape for name, info in wanted.items()
    }
    for array in (*arrays.values(), *net.optimizer_state().values()):
        assert np.isfinite(array).all()


def check_network_of(net: Network, content: bytes) -> None:
    """And its arrays are those that the file has."""
    check_network(net, content)
    arrays = net.parameters() | net.optimizer_state()
    for name, (dtype, _, values) in stored(content).items():
        assert dtype != "F32" or arrays[name].tobytes() == values


def check_idx(array: Any, content: bytes) -> None:
    whole = gzip.decompress(content)
    assert array.dtype == np.uint8
    assert array.shape == struct.unpack(">3I", whole[4:16])
    assert array.tobytes() == whole[16:]


def check_cifar(part: tuple[Any, Any], content: bytes) -> None:
    x, y = part
    records = np.frombuffer(bz2.decompress(content), np.uint8).reshape(RECORDS, 3073)
    assert (y == records[:, 0]).all()
    assert y.max() <= 9
    planes = records[:, 1:].reshape(RECORDS, 3, 32, 32)
    assert np.array_equal(np.rint(x * 255), planes.transpose(0, 2, 3, 1))


def check_series(series: tuple[Any, Any], content: bytes) -> None:
    times, values = series
    assert times.shape == values.shape
    assert (np.diff(times) > np.timedelta64(0)).all()
    assert np.isfinite(values).all()
    assert len(values) < len(content.decode("utf-8-sig").splitlines())


def check_files(paths: tuple[Path, ...], content: bytes) -> None:
    assert [path.read_bytes() for path in paths] == list(WANTED.values())


def check_input(shape: spec.Shape) -> Callable[[Any, bytes], None]:
    def check(x: Any, content: bytes) -> None:
        assert x.shape[1:] == shape
        assert np.isfinite(x).all()
        assert len(shape) == 1 or (x.min() >= 0 and x.max() <= 1)
        if content[:8] == b"\x93NUMPY\1\0":
            check_npy(x, content)
        elif len(shape) == 1 and b'"' not in content and content[:1] != b"\x93":
            cells = re.split(r"[,\r\n]+", content.decode("utf-8-sig").strip("\r\n"))
            assert x.ravel().tolist() == np.array(cells[-x.size :]).astype("f4").tolist()

    return check


def check_npy(x: Any, content: bytes) -> None:
    start = 10 + int.from_bytes(content[8:10], "little")
    if b"'<f8', 'fortran_order': False" in content[:start]:
        assert (np.frombuffer(content, "<f8", x.size, start).astype("f4") == x.ravel()).all()
