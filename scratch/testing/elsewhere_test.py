"""The engine computes on arrays that are elsewhere what it computes on NumPy's, to the last bit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.examples import Example, example
from brain.engine import Network, build
from brain.passes import DeferredLoss
from scratch.devices import DEVICES
from scratch.testing.cupy_names import AS_NUMPY, OWN_ARGUMENTS, UFUNCS
from scratch.testing.elsewhere import Elsewhere, RefusedError, StandIn

PLACES = ["cpu", "elsewhere"]
RULES = optimizers()


@pytest.fixture(autouse=True)
def elsewhere() -> Iterator[None]:
    with patch.dict(DEVICES, elsewhere=StandIn):
        yield


def network(model: spec.Model, device: str, dtype: str, rule: str = "nesterov") -> Network:
    threads = 1 if device == "cpu" else None  # nothing is split there, so no sum is cut in two
    net = build(model, dtype=dtype, device=device, optimizer=RULES[rule], threads=threads)
    values = example(model)
    net.load_parameters(values.parameters)
    net.load_state(values.state)
    return net


def assert_same(found: Any, wanted: Any, name: object = "") -> None:
    """The same numbers, in plain arrays."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted)
        for key in wanted:
            assert_same(found[key], wanted[key], key)
    elif isinstance(wanted, list):
        assert_same(dict(enumerate(found)), dict(enumerate(wanted)), name)
    elif isinstance(wanted, np.ndarray):
        assert type(found) is np.ndarray, name
        np.testing.assert_array_equal(found, wanted, err_msg=str(name))
    else:
        assert found == wanted, name


def everything(net: Network, values: Example) -> dict[str, Any]:
    """All that a network answers: passes, training, evaluation, carried states."""
    x, y, carry = values.x, values.y, values.carry
    traces = {
        "training": net.trace(x, y, training=True),
        "evaluation": net.trace(x, y),
        "cotangent": net.trace(x, dy=values.dy),
    }
    found: dict[str, Any] = {name: vars(trace) for name, trace in traces.items()}
    found["losses"] = [float(net.train_step(x, y)) for _ in range(2)]
    batch = net.prepare(x, y)
    found["prepared"] = float(net.train_step(batch))
    found["carried"] = [*net.train_step(x, y, carry=carry), *net.train_step(x, y, carry={})]
    found["predicted"] = net.predict(x, batch_size=3)
    found["with carry"], found["after"] = net.predict(x, 3, carry=carry, return_carry=True)
    found["evaluated"] = net.evaluate(batch)
    found["gradients"] = net.loss_and_gradients(x, y)[1]
    found |= {"parameters": net.parameters(), "state": net.state()}
    return found | {"memory": net.optimizer_state()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_every_case_computes_the_same_elsewhere(model: spec.Model, dtype: str) -> None:
    here, there = (everything(network(model, at, dtype), example(model)) for at in PLACES)
    assert_same(there, here)


@pytest.mark.parametrize("rule", RULES)
def test_every_optimizer_moves_the_same_elsewhere(rule: str) -> None:
    (model,) = (model for model in CASES if model.name == "conv-network")
    here, there = (everything(network(model, at, "float32", rule), example(model)) for at in PLACES)
    assert_same(there, here)


def test_arrays_stay_elsewhere() -> None:
    (model,) = (model for model in CASES if model.name == "recurrent-classes")
    values, net = example(model), network(model, "elsewhere", "float32")
    batch = net.prepare(values.x, values.y)
    assert type(batch.x) is type(batch.y) is Elsewhere
    with patch.object(Elsewhere, "get", side_effect=AssertionError("fetched on the way")):
        loss = net.train_step(batch)
    assert isinstance(loss, DeferredLoss)
    assert 0 < float(loss) < 10


def test_saved_values_are_taken_up_elsewhere() -> None:
    (model,) = (model for model in CASES if model.name == "batchnorm-after-bias")
    values = example(model)
    trained, fresh = network(model, "cpu", "float64"), network(model, "elsewhere", "float64")
    trained.train_step(values.x, values.y)
    fresh.load_parameters(trained.parameters())
    fresh.load_state(trained.state())
    fresh.load_optimizer_state(trained.optimizer_state())
    for net in (trained, fresh):
        net.train_step(values.x, values.y)
    assert_same(fresh.parameters(), trained.parameters())
    assert_same(fresh.optimizer_state(), trained.optimizer_state())


# The stand-in itself: what it lets through is the claim's worth

A: Any = Elsewhere(np.arange(6.0).reshape(2, 3))
REFUSALS: dict[str, Callable[[], object]] = {
    "becoming NumPy's": lambda: np.asarray(A),
    "a plain array beside it": lambda: A + np.ones(3),
    "a plain array before it": lambda: np.ones(3) * A,
    "a plain array in place": lambda: A.__iadd__(np.ones(3)),
    "in place into a plain array": lambda: np.ones((2, 3)).__iadd__(A),
    "into a plain array": lambda: np.exp(A, out=np.ones((2, 3))),
    "a plain array assigned": lambda: A.__setitem__(0, np.ones(3)),
    "assigned to a plain array": lambda: np.ones((2, 3)).__setitem__(..., A),
    "a plain array joined": lambda: np.concatenate((A, np.ones((2, 3)))),
    "a plain index": lambda: A[np.array([0, 1])],
    "a mask as an index": lambda: A[A > 2],
    "one place twice": lambda: A.__setitem__(Elsewhere(np.array([1, 1])), 0),
    "a look at a value": lambda: bool(A[0, 0] > 1),
    "a value as a number of items": lambda: range(A[0, 0]),
    "a method of a ufunc": lambda: np.add.reduce(A),
    "scattered sums": lambda: np.add.at(A, 0, 1),
    "where=": lambda: np.sum(A, where=A > 1),
    "where= of a ufunc": lambda: np.exp(A, where=A > 1),
    "take's mode": lambda: np.take(A, 0, mode="clip"),
    "clip's new names": lambda: np.clip(A, min=0),
    "np.ones, to which NumPy adds device=": lambda: np.ones(3, like=A),
    "a function that CuPy lacks": lambda: np.insert(A, 0, 1),
    "a room that CuPy lacks": lambda: np.linalg.norm(A),
    "a ufunc that CuPy lacks": lambda: np.spacing(A),
    "a product with a number": lambda: np.matmul(A, 2),
    "a product into its factor": lambda: np.matmul(A[:, :2], A[:, :2], out=A[:, :2]),
    "a shifted copy onto itself": lambda: np.add(A[:, 1:], 1, out=A[:, :2]),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_refuses(name: str) -> None:
    before = A.get()
    with pytest.raises((RefusedError, TypeError)):
        REFUSALS[name]()
    np.testing.assert_array_equal(A.get(), before)


def test_it_answers() -> None:
    plain = np.arange(6.0).reshape(2, 3)
    there: Any = Elsewhere(plain.copy())
    index: Any = Elsewhere(np.array([1, 0]))
    answers = {
        "one number": (there[1, 2], np.array(5.0)),
        "numbers": (2 * there - np.float64(1), 2 * plain - 1),
        "places": (there[index], plain[[1, 0]]),
        "where": (np.where(there > 2, 1, there), np.where(plain > 2, 1, plain)),
        "windows": (
            sliding_window_view(there, (1, 2), axis=(0, 1)),
            sliding_window_view(plain, (1, 2), axis=(0, 1)),
        ),
        "like": (np.arange(3, dtype=np.float32, like=there), np.arange(3, dtype=np.float32)),
    }
    for name, (found, wanted) in answers.items():
        assert type(found) is Elsewhere, name
        np.testing.assert_array_equal(found.get(), wanted, err_msg=name)
    assert np.add(there, 1, out=there) is there
    there[index] += 1
    np.testing.assert_array_equal(there.get(), plain + 2)


def test_the_table_is_cupys() -> None:
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")

    def arguments(function: Any) -> tuple[str, ...]:
        return tuple(inspect.signature(function).parameters)

    for name in UFUNCS:
        assert isinstance(getattr(cupy, name), (cupy.ufunc, type(cupy.matmul))), name
    for name in AS_NUMPY:
        assert arguments(getattr(cupy, name)) == arguments(getattr(np, name)), name
    for name, wanted in OWN_ARGUMENTS.items():
        assert arguments(getattr(cupy, name)) == wanted, name
    for name in dir(Elsewhere):
        assert name.startswith("_") or hasattr(cupy.ndarray, name), name
