"""Where arrays lie: on the CPU, or on a CUDA device as CuPy's.

The layers never ask. NumPy hands each call on to whoever made its arguments (`__array_ufunc__`,
`__array_function__`; NumPy's NEP 13, 18 and 35), so the same lines compute on either; what they
make themselves is made like an argument: `np.empty(shape, dtype, like=x)`.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from brain.errors import UserError, shown
from brain.passes import DeferredLoss
from scratch.threads import available, products

Array = NDArray[Any]


class Device(ABC):
    """How arrays come to a device and back, and what is asked of it at a time.

    `threads` share a step (`scratch/threads.py`) unless the user says how many. Where a layer goes
    through a batch in pieces, they are `piece_scale` times as large as a CPU's cache would have
    them.
    """

    threads: int = 1
    piece_scale: int = 1

    @abstractmethod
    def place(self, array: Array) -> Any:
        """NumPy's `array` on the device."""

    @abstractmethod
    def fetch(self, placed: Any) -> Array:
        """What is on the device, in NumPy."""

    def copied(self, placed: Any) -> Array:
        """As `fetch`, but never the array itself."""
        fetched = self.fetch(placed)
        return fetched.copy() if fetched is placed else fetched

    def products(self, threads: int) -> AbstractContextManager[None]:
        """Matrix products with so many threads each, on a device that has any."""
        return nullcontext()

    def later(self, loss: Any) -> SupportsFloat:
        """A loss that is fetched when it is read, so that the next step need not wait for it."""
        return DeferredLoss(partial(float, loss))


class Cpu(Device):
    """Where NumPy computes; arrays are there already."""

    def __init__(self) -> None:
        self.threads = available()

    def place(self, array: Array) -> Array:
        return array

    def fetch(self, placed: Array) -> Array:
        return placed

    def products(self, threads: int) -> AbstractContextManager[None]:
        return products(threads)

    def later(self, loss: Any) -> float:
        return float(loss)


class Cuda(Device):
    """The first CUDA device that the system shows; CUDA_VISIBLE_DEVICES chooses which that is.

    A kernel takes some microseconds to start, however little it does: pieces are large here, and
    no step is shared among threads.
    """

    piece_scale = 2**7

    def __init__(self) -> None:
        self._cupy = _cupy()

    def place(self, array: Array) -> Any:
        return self._cupy.asarray(array)

    def fetch(self, placed: Any) -> Array:
        found: Array = placed.get()
        return found


def _cupy() -> Any:
    """CuPy, once it has computed something; UserError says what it lacks."""
    get = 'pip install "inside-ai-brain[gpu]" (in a clone: pip install -e ".[gpu]")'
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == "cupy"
        why = "is not installed" if absent else f"cannot be loaded ({_first_line(error)})"
        raise UserError(
            f"the numpy engine computes on 'cuda' with CuPy, which {why}: {get}, or take 'cpu'."
        ) from error
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # CuPy's own kinds of error, which it moves between versions
        raise _no_device(_first_line(error)) from error
    if count == 0:
        raise _no_device("there is none")
    try:
        ones = cupy.asarray(np.ones((2, 2), np.float32))
        cupy.exp(cupy.matmul(ones, ones)).get()  # CUDA's compiler and its matrix products
    except Exception as error:
        raise UserError(
            f"CuPy cannot compute on 'cuda' ({_first_line(error)}); CUDA's libraries come with "
            f"{get}, or take 'cpu'."
        ) from error
    return cupy


def _no_device(why: str) -> UserError:
    return UserError(
        f"no CUDA device for the numpy engine on 'cuda' ({why}): it needs an NVIDIA GPU and its "
        "driver; without them, take 'cpu'."
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def device(name: str) -> Device:
    """The device called `name`; UserError where the engine has none such, or it is not there."""
    kind = DEVICES.get(name)
    if kind is None:
        there = " or ".join(repr(known) for known in DEVICES)
        raise UserError(f"the numpy engine computes on {there}, not on {shown(name)}.")
    return kind()


DEVICES: dict[str, type[Device]] = {"cpu": Cpu, "cuda": Cuda}
