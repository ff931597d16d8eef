"""What threads share is what one thread computes, to rounding, and the same every time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from unittest.mock import patch

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import example
from brain.engine import Network, build
from brain.testing.refusals import refusal
from scratch import threads
from scratch.threads import available, split


@pytest.fixture
def shared() -> Iterator[None]:
    """However little there is to do, it is shared."""
    with patch.object(threads, "ENOUGH", 0), patch.object(threads, "FEW", 0):
        yield


def network(model: spec.Model, count: int) -> Network:
    net = build(model, dtype="float64", threads=count, optimizer=spec.SGD(0.01, momentum=0.9))
    net.load_parameters(example(model).parameters)
    net.load_state(example(model).state)
    return net


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("count", [2, 3, 20])  # more than there are samples, too
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_any_number_of_threads_computes_the_same(model: spec.Model, count: int) -> None:
    values = example(model)
    one, several, again = (
        network(model, number).trace(values.x, values.y, training=True)
        for number in (1, count, count)
    )
    assert several.loss == again.loss == pytest.approx(one.loss, rel=1e-13)
    for found, twice, wanted in (
        (several.outputs, again.outputs, one.outputs),
        (several.d_outputs, again.d_outputs, one.d_outputs),
        (several.d_parameters, again.d_parameters, one.d_parameters),
    ):
        for name, array in wanted.items():
            np.testing.assert_array_equal(found[name], twice[name], err_msg=name)
            if name == VANISHING.get(model.name):  # 0 by theory, rounding in fact
                continue
            # sums of at most 150 terms near 1, in another order, through at most four layers
            np.testing.assert_allclose(
                found[name], array, rtol=1e-11, atol=1e-11 * np.abs(array).max(), err_msg=name
            )


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_a_training_in_threads_can_be_repeated(model: spec.Model) -> None:
    values, nets = example(model), (network(model, 2), network(model, 2))
    for net in nets:
        for _ in range(3):
            net.train_step(values.x, values.y)
    first, second = (net.parameters() | net.state() for net in nets)
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


@pytest.mark.usefixtures("shared")
def test_the_mean_of_a_batch_is_that_of_all_its_parts() -> None:
    model = spec.Model("m", (3,), (spec.BatchNorm(momentum=1.0),), spec.MeanSquaredError())
    x = np.random.default_rng(0).standard_normal((10, 3))
    net = build(model, dtype="float64", threads=3)
    net.train_step(x, x)
    np.testing.assert_allclose(net.state()["batchnorm1.running_mean"], x.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(net.state()["batchnorm1.running_var"], x.var(axis=0), rtol=1e-13)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("samples", [1, 2, 5, 64])
def test_the_parts_are_the_batch_in_order(samples: int) -> None:
    parts = split(lambda part, number: (part, number), samples, 1, 4)
    assert [number for _, number in parts] == list(range(min(samples, 4)))
    rows = [row for part, _ in parts for row in range(samples)[part]]
    assert rows == list(range(samples))
    sizes = [part.stop - part.start for part, _ in parts]
    assert max(sizes) - min(sizes) <= 1


def test_what_is_little_is_not_shared() -> None:
    here = threading.get_ident()
    for numbers in (1, threads.ENOUGH - 1):
        found = split(lambda part, _: (part, threading.get_ident()), 8, numbers, 4)
        assert found == [(slice(0, 8), here)]
    found = split(lambda part, _: (part, threading.get_ident()), 8, threads.ENOUGH, 2)
    assert [part for part, _ in found] == [slice(0, 4), slice(4, 8)]
    assert found[0][1] == here != found[1][1]


def test_products_have_one_thread_meanwhile_and_their_own_afterwards() -> None:
    before = available()
    inside = split(lambda part, _: available(), 2, threads.ENOUGH, 2)
    assert inside == [1, 1]
    assert available() == before


@pytest.mark.parametrize("guilty", [0, 1])
def test_a_failure_in_any_part_comes_out_and_leaves_all_as_it_was(guilty: int) -> None:
    def fails(part: slice, number: int) -> None:
        if number == guilty:
            raise ZeroDivisionError

    before = available()
    with pytest.raises(ZeroDivisionError):
        split(fails, 2, threads.ENOUGH, 2)
    assert available() == before


@pytest.mark.filterwarnings("error")
def test_other_threads_are_as_quiet_as_the_first() -> None:
    with np.errstate(divide="ignore"):
        split(lambda part, _: np.ones(2) / np.zeros(2), 2, threads.ENOUGH, 2)


def test_the_number_of_threads_is_an_option_of_build() -> None:
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    assert build(model, threads=1).threads == 1
    assert build(model).threads is None  # as many as `available`
    for wrong in (0, -1, 1.5, True):
        text = refusal(partial(build, model, threads=wrong))  # type: ignore[arg-type]
        assert text == f"threads must be a whole number, 1 or more, not {wrong!r}."
