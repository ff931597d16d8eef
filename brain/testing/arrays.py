"""Named arrays held against each other: what a network holds, what a trace shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.compare.tolerances import error
from brain.engine import Network
from brain.passes import Trace

Array = NDArray[Any]
Arrays = dict[str, Array]


def worst(got: Arrays, wanted: Arrays, at_least: Mapping[str, float]) -> tuple[float, str]:
    """The largest error and its name; names, shapes and dtypes have to be the same.

    `at_least` says how large an array would be if nothing in its sums cancelled.
    """
    assert set(got) == set(wanted), f"other names: {sorted(set(got) ^ set(wanted))}"
    for name, array in got.items():
        kinds = (array.shape, array.dtype), (wanted[name].shape, wanted[name].dtype)
        assert kinds[0] == kinds[1], f"{name}: shape and dtype {kinds[0]}, not {kinds[1]}"
    return max((error(got[name], wanted[name], at_least.get(name, 0.0)), name) for name in wanted)


def assert_close(
    got: Arrays, wanted: Arrays, tolerance: float, at_least: Mapping[str, float] | None = None
) -> None:
    largest, name = worst(got, wanted, at_least or {})
    assert largest <= tolerance, f"{name} is off by {largest:.1e}, more than {tolerance:.1e}"


def assert_same(got: Arrays, wanted: Arrays) -> None:
    """Equal bit for bit."""
    for name in got.keys() | wanted.keys():
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name, strict=True)


def everything(net: Network) -> Arrays:
    """Copies of all that training changes."""
    return {**net.parameters(), **net.state(), **net.optimizer_state()}


def flattened(trace: Trace) -> Arrays:
    """A trace as one dictionary of arrays."""
    arrays = {f"output of {name}": array for name, array in trace.outputs.items()}
    arrays |= {f"gradient of {name}'s output": a for name, a in trace.d_outputs.items()}
    arrays |= {f"gradient of {name}": a for name, a in trace.d_parameters.items()}
    if trace.d_input is not None:
        arrays["gradient of the input"] = trace.d_input
    if trace.loss is not None:
        arrays["loss"] = np.array(trace.loss)
    return arrays
