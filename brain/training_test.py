"""The training loop: which rows make which step, what a step tells, and what it refuses."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain import data, spec, training
from brain.ahead import ahead
from brain.data import Dataset
from brain.engine import Network, build
from brain.testing.refusals import refusal
from brain.training import Step, batches, train

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

POINTS = data.load("clusters", n=40)  # 30 rows to train on, 10 to be judged by


def network(dataset: Dataset = POINTS, **options: Any) -> Network:
    layers = (spec.Dense(6), spec.Dropout(0.2), spec.Tanh(), spec.Dense(dataset.outputs))
    loss: spec.Loss = spec.SoftmaxCrossEntropy()
    if dataset.task == "regression":
        loss = spec.MeanSquaredError()
    return build(spec.Model("small", dataset.input_shape, layers, loss), **options)


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**63), st.integers(0, 1000))
def test_an_epoch_takes_every_row_once(samples: int, size: int, seed: int, epoch: int) -> None:
    parts = list(batches(samples, size, seed, epoch))
    assert sorted(np.concatenate(parts).tolist()) == list(range(samples))
    assert len(parts) == spec.steps_in(samples, size)
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert len(parts[-1]) == (samples % size or size)


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    def order(size: int, seed: int, epoch: int) -> list[int]:
        return np.concatenate(list(batches(50, size, seed, epoch))).tolist()

    first = order(8, 0, 0)
    np.random.default_rng().random()  # some other randomness in between
    assert order(8, 0, 0) == first
    assert order(13, 0, 0) == first  # the batch size cuts the same order elsewhere
    assert order(8, 0, 1) != first
    assert order(8, 1, 0) != first
    assert first != sorted(first)


def test_the_steps_and_what_is_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    net, taken = network(), []
    prepare = net.prepare

    def spy(x: Any, y: Any = None) -> Any:
        taken.append((x, y))
        return prepare(x, y)

    monkeypatch.setattr(net, "prepare", spy)
    steps = list(train(net, POINTS, batch_size=8, epochs=3, seed=5))

    assert [s.step for s in steps] == list(range(1, 13))
    assert [s.epoch for s in steps] == [1] * 4 + [2] * 4 + [3] * 4
    assert {s.steps for s in steps} == {12}
    assert [s.step for s in steps if s.metrics] == [4, 8, 12]
    assert all(set(s.metrics) == {"loss", "accuracy"} for s in steps if s.metrics)
    seconds = [s.seconds for s in steps]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0
    wanted = [rows for epoch in range(3) for rows in batches(30, 8, 5, epoch)]
    for rows, (x, y) in zip(wanted, taken, strict=True):
        np.testing.assert_array_equal(x, POINTS.x_train[rows])
        np.testing.assert_array_equal(y, POINTS.y_train[rows])


def test_a_step_has_the_loss_before_it_and_metrics_after_it() -> None:
    net, twin = network(), network()
    for step in train(net, POINTS, batch_size=16, epochs=2, seed=1):
        rows = [rows for e in range(2) for rows in batches(30, 16, 1, e)][step.step - 1]
        x, y = POINTS.x_train[rows], POINTS.y_train[rows]
        assert float(step.loss) == pytest.approx(twin.loss_and_gradients(x, y)[0], rel=1e-6)
        twin.train_step(x, y)
        if step.metrics:
            assert step.metrics == twin.evaluate(POINTS.x_test, POINTS.y_test)


def test_it_is_lazy_and_can_be_left() -> None:
    net = network()
    stream = train(net, POINTS, batch_size=8, epochs=100)
    assert net.step == 0
    next(stream)
    assert net.step == 1
    del stream
    assert net.step == 1


def test_it_learns() -> None:
    accuracy = [s.metrics["accuracy"] for s in train(network(), POINTS, epochs=40) if s.metrics]
    assert accuracy[-1] > 0.9
    surface = data.load("surface", n=100)
    net = network(surface, optimizer=spec.Adam(0.02))
    scores = [s.metrics["r2"] for s in train(net, surface, batch_size=8, epochs=60) if s.metrics]
    assert scores[-1] > scores[0] + 0.3


def bits(seed: int, order: int) -> tuple[list[float], dict[str, np.ndarray]]:
    net = network(seed=seed, optimizer=spec.Adam(0.01))
    losses = [float(s.loss) for s in train(net, POINTS, batch_size=8, epochs=3, seed=order)]
    return losses, net.parameters()


def test_the_same_seed_gives_the_same_bits() -> None:
    (losses, parameters), (again, same) = bits(3, 4), bits(3, 4)
    assert losses == again
    for name, array in parameters.items():
        assert array.tobytes() == same[name].tobytes()
    assert bits(3, 5)[0] != losses
    assert bits(4, 4)[0] != losses


PICTURES = Dataset(
    "pictures",
    *(np.random.default_rng(3).random((50, 6, 5, 2), dtype=np.float32), np.arange(50) % 3),
    *(np.ones((4, 6, 5, 2), np.float32), np.arange(4) % 3),
    task="classification",
    classes=("a", "b", "c"),
    title="pictures",
)
VARIED = (spec.Crop(2), spec.Flip(), spec.Cutout(3))


def reader() -> Network:
    layers = (spec.Flatten(), spec.Dropout(0.2), spec.Dense(3))
    return build(spec.Model("reader", (6, 5, 2), layers, spec.SoftmaxCrossEntropy()))


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


@pytest.mark.parametrize("augmentation", [VARIED, ()])
@pytest.mark.parametrize("first_step", [0, 5, 7])
def test_prepared_ahead_it_is_the_same_to_the_bit(
    monkeypatch: pytest.MonkeyPatch, augmentation: Any, first_step: int
) -> None:
    def trained(enough: float) -> tuple[list[Any], dict[str, np.ndarray]]:
        net, made = reader(), set[str]()
        prepare = net.prepare

        def spy(x: Any, y: Any = None) -> Any:
            made.add(threading.current_thread().name)
            return prepare(x, y)

        monkeypatch.setattr(net, "prepare", spy)
        monkeypatch.setattr(training, "WORTH_A_THREAD", enough)
        monkeypatch.setattr(training, "ahead", (lambda items: items) if enough > 1 else ahead)
        options: dict[str, Any] = {"batch_size": 8, "epochs": 3, "augmentation": augmentation}
        steps = [(s.step, float(s.loss), s.metrics) for s in
                 train(net, PICTURES, first_step=first_step, **options)]  # fmt: skip
        assert made == ({threading.current_thread().name} if enough > 1 else {"ahead"})
        return steps, net.parameters()

    (steps, parameters), (again, same) = trained(math.inf), trained(0)
    assert len(steps) == 21 - first_step
    assert steps == again
    for name, array in parameters.items():
        assert array.tobytes() == same[name].tobytes()


def test_a_thread_is_for_varied_pictures_and_large_batches_alone() -> None:
    for dataset, options, wanted in (
        (POINTS, {}, 0),
        (PICTURES, {}, 0),
        (PICTURES, {"augmentation": VARIED}, 1),
        (PICTURES, {"batch_size": training.WORTH_A_THREAD // 240 + 1}, 1),
    ):
        net = network() if dataset is POINTS else reader()
        stream = train(net, dataset, epochs=9, **options)
        next(stream)
        assert len(threads()) == wanted
        stream.close()
        assert not threads()


def test_a_training_that_is_left_leaves_no_thread() -> None:
    def left() -> None:
        for step in train(reader(), PICTURES, epochs=9, augmentation=VARIED):
            if step.step == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        left()
    assert not threads()


def test_a_fault_in_a_step_or_in_the_thread_is_raised_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    too_large = (spec.Crop(5),)
    text = refusal(lambda: list(train(reader(), PICTURES, augmentation=too_large)))
    assert "Crop.padding is 5" in text
    assert not threads()
    net, taken = reader(), []

    def failing(*arguments: Any) -> float:
        taken.append(arguments)
        if len(taken) == 3:
            raise RuntimeError("the third step")
        return 0.5

    monkeypatch.setattr(net, "train_step", failing)
    with pytest.raises(RuntimeError, match="the third step"):
        list(train(net, PICTURES, batch_size=8, augmentation=VARIED))
    assert not threads()


def faulty(**arrays: Any) -> Dataset:
    """POINTS with other arrays, as no data set would let itself be made."""
    broken = replace(POINTS)
    for name, array in arrays.items():
        object.__setattr__(broken, name, array)
    return broken


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x_train": np.where(POINTS.x_train > 2, np.nan, POINTS.x_train)}, "NaN"),
        ({"x_train": np.where(POINTS.x_train > 2, np.inf, POINTS.x_train)}, "infinite"),
        ({"x_train": POINTS.x_train[:, :1]}, "wants (N, 2)"),
        ({"x_train": POINTS.x_train[:-1]}, "30 targets, but x holds 29"),
        ({"y_train": POINTS.y_train + 1}, "label 3"),
        ({"y_train": POINTS.y_train - 1}, "label -1"),
    ],
)
def test_faulty_data_are_refused_before_any_step(arrays: dict[str, Any], words: str) -> None:
    net = network()
    assert words in refusal(lambda: next(train(net, faulty(**arrays))))
    assert net.step == 0


def test_data_of_another_task_are_refused() -> None:
    surface = data.load("surface")
    layers = (spec.Dense(2),)
    regressor = spec.Model("two", (2,), layers, spec.MeanSquaredError())
    for model, wanted in ((regressor, "wants (N, 2)"), (network().model, "wants (N,)")):
        net = build(model)
        assert wanted in refusal(lambda net=net: next(train(net, surface)))  # type: ignore[misc]
        assert net.step == 0


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"epochs": 0}, {"epochs": -3}])
def test_no_batches_and_no_epochs_are_refused(options: dict[str, Any]) -> None:
    assert "must be at least 1" in refusal(lambda: next(train(network(), POINTS, **options)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_training_that_diverges_says_so(dtype: str) -> None:
    surface = data.load("surface", n=60)
    net = network(surface, dtype=dtype, optimizer=spec.SGD(1e9))
    text = refusal(lambda: list(train(net, surface, batch_size=8, epochs=50)))
    assert "diverged" in text
    assert "smaller learning rate" in text
    assert "epoch" in text


def test_a_training_that_diverges_in_its_last_step_says_so_too() -> None:
    gate = data.load("xor")  # one step an epoch, whose loss is still finite before it
    layers = (spec.Dense(4), spec.ReLU(), spec.Dense(1))
    model = spec.Model("gate", (2,), layers, spec.BinaryCrossEntropy())
    net = build(model, optimizer=spec.SGD(1e30))
    assert "diverged" in refusal(lambda: list(train(net, gate, epochs=1)))


def test_a_training_that_diverges_gives_no_metrics_that_are_not_numbers() -> None:
    surface, seen = data.load("surface", n=60), list[Step]()
    net = network(surface, optimizer=spec.SGD(30.0))
    stream = train(net, surface, batch_size=50, epochs=1000)
    assert "diverged" in refusal(lambda: seen.extend(iter(stream)))
    assert len(seen) > 1
    assert all(math.isfinite(v) for step in seen for v in step.metrics.values())
