"""What threads share is what one thread computes, to rounding, and the same every time."""

from __future__ import annotations

import threading
import time
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
from scratch.engine import NumpyNetwork
from scratch.threads import Team, available, parts, products


@pytest.fixture
def shared() -> Iterator[None]:
    """However little there is to do, and whatever the layers, it is shared."""

    class Always(int):
        def __rfloordiv__(self, other: int) -> int:
            return 1000

    with patch.object(threads, "ENOUGH", Always()):
        yield


def network(model: spec.Model, count: int) -> Network:
    net = build(model, dtype="float64", threads=count, optimizer=spec.SGD(0.01, momentum=0.9))
    net.load_parameters(example(model).parameters)
    net.load_state(example(model).state)
    return net


def learned(model: spec.Model, count: int) -> dict[str, np.ndarray]:
    """Everything a network answers in two steps and a prediction with `count` threads."""
    values, net = example(model), network(model, count)
    losses = [float(net.train_step(values.x, values.y, carry=values.carry)[0]) for _ in range(2)]
    found = {**net.parameters(), **net.state(), **net.optimizer_state()}
    outputs, after = net.predict(values.x, carry=values.carry, return_carry=True)
    loss = net.evaluate(values.x, values.y)["loss"]
    return {**found, **after, "losses": np.array([*losses, loss]), "outputs": outputs}


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("count", [2, 3, 20])  # more than there are samples, too
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_any_number_of_threads_computes_the_same(model: spec.Model, count: int) -> None:
    one, several, again = (learned(model, number) for number in (1, count, count))
    for name, array in one.items():
        np.testing.assert_array_equal(several[name], again[name], err_msg=name)
        if VANISHING.get(model.name, "none") in name:  # moved by 0 by theory, by rounding in fact
            continue
        # sums of at most 150 terms near 1, in another order, through at most four layers
        np.testing.assert_allclose(
            several[name], array, rtol=1e-11, atol=1e-11 * np.abs(array).max(), err_msg=name
        )


@pytest.mark.usefixtures("shared")
def test_every_thread_has_its_part_of_the_batch() -> None:
    seen: dict[int, tuple[int, int]] = {}
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    net = build(model, threads=3)
    assert isinstance(net, NumpyNetwork)
    look = net._loss

    def watched(output: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen[threading.get_ident()] = (len(output), int(y[0, 0]))
        time.sleep(0.05)  # else one thread may do it all
        return look(output, y)

    with patch.object(net, "_loss", watched):
        net.train_step(np.zeros((10, 3)), np.arange(20.0).reshape(10, 2))
    assert sorted(seen.values()) == [(3, 8), (3, 14), (4, 0)]


@pytest.mark.usefixtures("shared")
def test_the_mean_of_a_batch_is_that_of_all_its_parts() -> None:
    model = spec.Model("m", (3,), (spec.BatchNorm(momentum=1.0),), spec.MeanSquaredError())
    x = np.random.default_rng(0).standard_normal((10, 3))
    net = build(model, dtype="float64", threads=3)
    net.train_step(x, x)
    np.testing.assert_allclose(net.state()["batchnorm1.running_mean"], x.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(net.state()["batchnorm1.running_var"], x.var(axis=0), rtol=1e-13)


def test_what_is_little_is_not_shared() -> None:
    """Only convolutions are, and only those with many operations."""
    small = spec.Model(
        "small", (8, 8, 1), (spec.Conv2D(4), spec.Flatten()), spec.MeanSquaredError()
    )
    dense = spec.Model("dense", (2000,), (spec.Dense(2000),), spec.MeanSquaredError())
    large = spec.Model(
        "large", (32, 32, 32), (spec.Conv2D(64), spec.Flatten()), spec.MeanSquaredError()
    )
    sizes = []

    class Watched(Team):
        def __init__(self, size: int = 1) -> None:
            sizes.append(size)
            super().__init__(size)

    with patch("scratch.engine.Team", Watched):
        for model, samples in ((small, 64), (dense, 64), (large, 1), (large, 64)):
            net = build(model, threads=2)
            x, y = (np.zeros((samples, *s)) for s in (model.input_shape, model.output_shape))
            net.evaluate(x, y)
    assert sizes == [1, 1, 1, 2]


@pytest.mark.parametrize("samples", [1, 2, 5, 64])
def test_the_parts_are_the_batch_in_order(samples: int) -> None:
    found = parts(samples, 4)
    assert len(found) == min(samples, 4)
    assert [row for part in found for row in range(samples)[part]] == list(range(samples))
    sizes = [part.stop - part.start for part in found]
    assert max(sizes) - min(sizes) <= 1


def test_products_have_as_many_threads_as_are_asked_for_and_their_own_afterwards() -> None:
    before = available()
    with products(1):
        assert available() == 1
    assert available() == before
    with pytest.raises(ZeroDivisionError), products(before + 1):
        raise ZeroDivisionError
    assert available() == before


def test_a_sum_is_added_up_in_order_and_the_same_for_all() -> None:
    team = Team(3)

    def give(number: int) -> list[float]:
        found = []
        for turn in range(50):
            time.sleep(0.0001 * ((number + turn) % 3))
            found.append(float(team.sum(number, np.array(10.0**number * (turn + 1)))))
        return found

    assert team.run(give) == [[111.0 * (turn + 1) for turn in range(50)]] * 3


def _add_one(team: Team, number: int) -> float:
    return float(team.sum(number, np.ones(())))


def test_callers_at_once_neither_wait_for_ever_nor_leave_blas_changed() -> None:
    """Their teams share a pool's workers, and each sets and restores BLAS's threads."""
    before, sums = available(), list[float]()

    def call() -> None:
        for _ in range(20):
            with products(1):
                team = Team(3)
                sums.extend(team.run(partial(_add_one, team)))

    callers = [threading.Thread(target=call, daemon=True) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert sums == [3.0] * 180
    assert available() == before


def test_a_step_that_is_stopped_while_it_begins_leaves_nobody_waiting() -> None:
    real, calls = threads._pool(2).submit, []

    def stopped(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    team = Team(3)
    with (
        patch.object(threads._pool(2), "submit", stopped),
        pytest.raises(KeyboardInterrupt),
    ):
        team.run(lambda number: team.sum(number, np.ones(1)))
    again = Team(3)
    assert again.run(partial(_add_one, again)) == [3.0] * 3


@pytest.mark.parametrize("guilty", [0, 1, 2])
def test_a_failure_in_any_part_comes_out_though_others_wait(guilty: int) -> None:
    team = Team(3)

    def fails(number: int) -> None:
        if number == guilty:
            raise ZeroDivisionError
        team.sum(number, np.ones(1))

    with pytest.raises(ZeroDivisionError):
        team.run(fails)


@pytest.mark.filterwarnings("error")
def test_other_threads_are_as_quiet_as_the_first() -> None:
    with np.errstate(divide="ignore"):
        Team(2).run(lambda number: np.ones(2) / np.zeros(2))


def test_the_number_of_threads_is_an_option_of_build() -> None:
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    assert build(model, threads=1).threads == 1
    assert build(model).threads is None  # as many as `available`
    for wrong in (0, -1, 1.5, True):
        text = refusal(partial(build, model, threads=wrong))  # type: ignore[arg-type]
        assert text == f"threads must be a whole number, 1 or more, not {wrong!r}."
