"""A stand-in for CuPy: arrays that are somewhere else, as strict as those of a GPU, or stricter.

They answer NumPy's protocols, with what CuPy has (`cupy_names.py`) and nothing else; they never
become NumPy's by themselves, and are never mixed with NumPy's. So code that runs on them hands
everything on to whoever made its arrays. What is only slow or undefined on a GPU is refused too: a
look at a value on the way, a write to one place from two, a product into its own factors.

What it cannot show: rounding, speed, memory, and faults of CuPy's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from scratch.devices import Device
from scratch.testing.cupy_names import AS_NUMPY, OWN_ARGUMENTS, UFUNCS

Array = NDArray[Any]
NUMBER = (bool, int, float, np.generic)
WINDOWS = "numpy.lib.stride_tricks", "sliding_window_view"


class RefusedError(TypeError):
    """What CuPy would not do, or not in time."""


class Elsewhere(NDArrayOperatorsMixin):
    """An array with CuPy's methods, as far as the layers need them; more can be added."""

    __slots__ = ("_data",)

    def __init__(self, data: Array) -> None:
        self._data = data

    # What it is

    shape = property(lambda self: self._data.shape)
    dtype = property(lambda self: self._data.dtype)
    ndim = property(lambda self: self._data.ndim)
    size = property(lambda self: self._data.size)
    T = property(lambda self: Elsewhere(self._data.T))

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Elsewhere]:
        return (self[i] for i in range(len(self)))

    # The ways out: the two that are asked for, and those that would wait without being asked

    def get(self) -> Array:
        return self._data.copy()

    def __float__(self) -> float:
        return float(self._data)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise RefusedError(
            "an array that is elsewhere is not looked at on the way: use get() or float"
        )

    __array__ = __bool__ = __int__ = __index__ = __complex__ = __contains__ = _refuse
    __hash__ = _refuse

    # Methods, with CuPy's arguments

    def reshape(self, *shape: Any, order: Any = "C") -> Elsewhere:
        return _wrapped(self._data.reshape(*shape, order=order))

    def transpose(self, *axes: Any) -> Elsewhere:
        return _wrapped(self._data.transpose(*axes))

    def swapaxes(self, axis1: int, axis2: int) -> Elsewhere:
        return _wrapped(self._data.swapaxes(axis1, axis2))

    def ravel(self, order: Any = "C") -> Elsewhere:
        return _wrapped(self._data.ravel(order=order))

    def copy(self, order: Any = "C") -> Elsewhere:
        return _wrapped(self._data.copy(order=order))

    def astype(self, dtype: Any, order: Any = "K", copy: bool = True) -> Elsewhere:
        return _wrapped(self._data.astype(dtype, order=order, copy=copy))

    def sum(self, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Elsewhere:
        return _wrapped(self._data.sum(axis, dtype, keepdims=keepdims))

    def mean(self, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Elsewhere:
        return _wrapped(self._data.mean(axis, dtype, keepdims=keepdims))

    def max(self, axis: Any = None, keepdims: bool = False) -> Elsewhere:
        return _wrapped(self._data.max(axis, keepdims=keepdims))

    def min(self, axis: Any = None, keepdims: bool = False) -> Elsewhere:
        return _wrapped(self._data.min(axis, keepdims=keepdims))

    # Places

    def __getitem__(self, key: Any) -> Elsewhere:
        return _wrapped(self._data[_place(key)])  # one number is an array, as with CuPy

    def __setitem__(self, key: Any, value: Any) -> None:
        place = _place(key)
        if any(isinstance(part, np.ndarray) for part in place):
            counts = np.zeros(self.shape, np.int64)
            np.add.at(counts, place, 1)
            if counts.max(initial=0) > 1:
                raise RefusedError("which of two numbers stays in one place is undefined elsewhere")
        _no_overlap(self._data[place], value, "an assignment")
        self._data[place] = _bare(value)

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method != "__call__" or name not in UFUNCS or not options.keys() <= {"out", "dtype"}:
            asked = name if method == "__call__" else f"{name}.{method}"
            raise RefusedError(f"CuPy has no {asked} with {sorted(options)}")
        (out,) = options.pop("out", (None,))
        if not isinstance(out, Elsewhere | None):
            raise RefusedError(f"{name} would write into an array of NumPy's")
        product = ufunc.signature is not None
        for given in inputs:
            if product and not isinstance(given, Elsewhere):
                raise RefusedError(f"{name} takes no numbers")
            if out is not None:
                _no_overlap(out._data, given, name, same_place=not product)
        if out is None:
            return _wrapped(ufunc(*map(_bare, inputs), **options))
        ufunc(*map(_bare, inputs), out=out._data, **options)
        return out

    def __array_function__(
        self, function: Callable[..., Any], types: Any, inputs: Any, options: Any
    ) -> Any:
        name, known = function.__name__, function.__module__ == "numpy"
        if known and name in OWN_ARGUMENTS:
            arguments = OWN_ARGUMENTS[name]
            if len(inputs) > len(arguments) or not options.keys() <= set(arguments):
                raise RefusedError(f"CuPy's {name} takes {arguments}, not {sorted(options)}")
        elif not (known and name in AS_NUMPY) and (function.__module__, name) != WINDOWS:
            raise RefusedError(f"CuPy has no {function.__module__}.{name}")
        out = options.get("out")
        if not isinstance(out, Elsewhere | None):
            raise RefusedError(f"{name} would write into an array of NumPy's")
        if out is not None:
            for given in inputs:
                _no_overlap(out._data, given, name)
        found = function(*map(_bare, inputs), **{key: _bare(v) for key, v in options.items()})
        return _wrapped(found) if out is None else out


def _bare(given: Any) -> Any:
    """The data of what is elsewhere; anything of NumPy's is refused."""
    if isinstance(given, Elsewhere):
        return given._data
    if isinstance(given, np.ndarray):
        raise RefusedError("an array of NumPy's among those that are elsewhere")
    if isinstance(given, list | tuple):
        return type(given)(_bare(one) for one in given)
    return given


def _wrapped(found: Any) -> Any:
    if isinstance(found, np.ndarray | np.generic):
        return Elsewhere(np.asarray(found))
    return tuple(map(_wrapped, found)) if isinstance(found, tuple | list) else found


def _place(key: Any) -> tuple[Any, ...]:
    """An index for NumPy that never gives a bare number."""
    parts = key if isinstance(key, tuple) else (key,)
    for part in parts:
        whole = isinstance(part, int | slice | None) or part is Ellipsis
        if not whole and not (isinstance(part, Elsewhere) and part.dtype.kind in "iu"):
            raise RefusedError(
                f"an index of kind {type(part).__name__}: how many it picks is unknown"
            )
    bare = tuple(_bare(part) for part in parts)
    return bare if Ellipsis in [p for p in bare if p is Ellipsis] else (*bare, Ellipsis)


def _no_overlap(out: Array, given: Any, name: str, same_place: bool = True) -> None:
    """CuPy reads and writes in any order; NumPy copies first what it would overwrite."""
    if isinstance(given, Elsewhere) and np.may_share_memory(out, given._data):
        same = (out.__array_interface__["data"], out.shape, out.strides) == (
            given._data.__array_interface__["data"],
            given.shape,
            given._data.strides,
        )
        if not (same and same_place) and np.shares_memory(out, given._data):
            raise RefusedError(f"{name} reads what it overwrites")


class StandIn(Device):
    """The device where such arrays are."""

    def place(self, array: Array) -> Elsewhere:
        return Elsewhere(array.copy())

    def fetch(self, placed: Elsewhere) -> Array:
        return placed.get()
