"""What every engine inherits: building, checking, batches, predictions, scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network, build
from brain.parameters import initial_parameters
from brain.passes import Batch, DeferredLoss
from brain.testing.refusals import refusal

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

Array = NDArray[Any]


def make(loss: spec.Loss, outputs: int, dropout: float = 0.0, **options: Any) -> Network:
    layers = (spec.Dense(6), spec.Dropout(dropout), spec.Tanh(), spec.Dense(outputs))
    return build(spec.Model("small", (4,), layers, loss), **options)


def classifier(**options: Any) -> Network:
    return make(spec.SoftmaxCrossEntropy(), 3, **options)


def regressor(**options: Any) -> Network:
    return make(spec.MeanSquaredError(), 2, **options)


def binary(**options: Any) -> Network:
    return make(spec.BinaryCrossEntropy(), 1, **options)


def data(samples: int = 11) -> tuple[Array, Array]:
    random = np.random.default_rng(5)
    return random.standard_normal((samples, 4)).astype(np.float32), random.integers(0, 3, samples)


def test_build_starts_from_the_canonical_values() -> None:
    net = classifier(seed=4, dtype="float64")
    wanted = initial_parameters(net.model, 4)
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, wanted[name])
    single = classifier(seed=4)
    assert single.dtype == np.float32  # the default
    for name, array in single.parameters().items():
        np.testing.assert_array_equal(array, wanted[name].astype(np.float32))
    assert net.optimizer == spec.SGD(0.1)
    assert net.engine == "numpy"
    assert net.step == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "float16"}, "unknown dtype 'float16'"),
        ({"dtype": "flaot32"}, "did you mean 'float32'"),
        ({"device": "mps"}, "'mps'"),
        ({"device": "cpuu"}, "'cpuu'"),
        ({"engine": "nunpy"}, "did you mean 'numpy'"),
    ],
)
def test_build_refuses(options: dict[str, str], words: str) -> None:
    assert words in refusal(lambda: classifier(**options))


CALLS: dict[str, Callable[[Network, Any, Any], object]] = {
    "prepare": lambda net, x, y: net.prepare(x, y),
    "train_step": lambda net, x, y: net.train_step(x, y),
    "loss_and_gradients": lambda net, x, y: net.loss_and_gradients(x, y),
    "evaluate": lambda net, x, y: net.evaluate(x, y),
    "score": lambda net, x, y: net.score(x, y),
    "trace": lambda net, x, y: net.trace(x, y),
}


@pytest.mark.parametrize("call", CALLS)
def test_faults_in_the_data_are_refused_everywhere(call: str) -> None:
    net, (x, y) = classifier(), data()
    before = net.parameters(), net.optimizer_state()

    def told(x: Any, y: Any) -> str:
        return refusal(lambda: CALLS[call](net, x, y))

    assert "wants (N, 4)" in told(x[:, :3], y)
    assert "NaN" in told(np.where(x > 1, np.nan, x), y)
    assert "label 3" in told(x, np.where(y == 2, 3, y))
    assert "label -1" in told(x, y - 1)
    assert "fractions" in told(x, y + 0.5)
    assert "y holds 10 targets, but x holds 11" in told(x, y[:-1])
    assert "no samples" in told(x[:0], y[:0])
    assert "wanted real numbers" in told([["a"] * 4], [0])
    assert "rows differ in length" in told([[1, 2, 3, 4], [1]], [0, 1])
    assert_same(net, *before)


def assert_same(net: Network, parameters: dict[str, Array], memory: dict[str, Array]) -> None:
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, parameters[name])
    for name, array in net.optimizer_state().items():
        np.testing.assert_array_equal(array, memory[name])


@pytest.mark.parametrize("call", ["train_step", "loss_and_gradients", "evaluate", "score"])
def test_targets_are_asked_for(call: str) -> None:
    net, (x, _) = classifier(), data()
    assert "targets are missing" in refusal(lambda: CALLS[call](net, x, None))
    assert "targets are missing" in refusal(lambda: CALLS[call](net, net.prepare(x), None))


def test_lists_are_taken_like_arrays() -> None:
    net, (x, y) = classifier(), data(3)
    lists = x.tolist(), y.tolist()
    np.testing.assert_array_equal(net.predict(lists[0]), net.predict(x))
    assert net.evaluate(*lists) == net.evaluate(x, y)
    assert net.train_step(*lists) == classifier().train_step(x, y)


def test_a_prepared_batch_stands_for_x_and_y() -> None:
    net, (x, y) = classifier(dropout=0.4), data()
    batch = net.prepare(x, y)
    assert isinstance(batch, Batch)
    assert batch.samples == len(x)
    np.testing.assert_array_equal(net.predict(batch), net.predict(x))
    np.testing.assert_array_equal(net.predict_proba(batch), net.predict_proba(x))
    assert net.score(batch) == net.score(x, y)
    assert net.evaluate(batch) == net.evaluate(x, y)
    loss, gradients = net.loss_and_gradients(batch)
    other, others = net.loss_and_gradients(x, y)
    assert loss == other
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, others[name])
    twin = classifier(dropout=0.4)
    for _ in range(3):
        assert float(net.train_step(batch)) == twin.train_step(x, y)
    assert_same(net, twin.parameters(), twin.optimizer_state())
    np.testing.assert_array_equal(net.predict(net.prepare(x)), net.predict(x))


def test_trace_takes_a_prepared_batch() -> None:
    net, (x, y) = classifier(), data()
    assert net.trace(net.prepare(x, y)).loss == net.trace(x, y).loss


def test_train_step_gives_the_loss_before_it_as_a_float() -> None:
    net, (x, y) = classifier(), data()
    expected, _ = net.loss_and_gradients(x, y)
    loss = net.train_step(x, y)
    assert type(loss) is float
    assert loss == expected
    assert net.step == 1
    assert net.train_step(x, y) < loss  # type: ignore[operator]
    assert net.step == 2


def test_batches_do_not_change_predictions() -> None:
    net, (x, y) = classifier(dtype="float64"), data()
    whole = net.predict(x)
    assert whole.shape == (11, 3)
    for size in (1, 2, 4, 11, 100):
        # A product of other sizes may add up in another order: some units of 10 terms' rounding.
        np.testing.assert_allclose(net.predict(x, batch_size=size), whole, rtol=1e-13, atol=1e-14)
        assert net.score(x, y, batch_size=size) == net.score(x, y)
    for call in (net.predict, net.predict_proba):
        assert "batch_size must be at least 1, not 0" in refusal(lambda: call(x, batch_size=0))  # noqa: B023
    assert "batch_size" in refusal(lambda: net.evaluate(x, y, batch_size=-1))


@pytest.mark.parametrize("make_net", [classifier, regressor, binary])
def test_an_uneven_last_batch_weighs_what_it_holds(make_net: Callable[..., Network]) -> None:
    net = make_net(dtype="float64")
    x, labels = data()
    y: Array = labels
    if make_net is regressor:
        y = np.random.default_rng(6).standard_normal((11, 2))
    elif make_net is binary:
        y = labels % 2
    whole = net.evaluate(x, y)
    assert list(whole) == ["loss", net.model.loss.metric]
    assert whole["loss"] == net.trace(x, y).loss
    for size in (2, 4, 5, 10):
        # The same eleven losses, added in other groups.
        assert net.evaluate(x, y, batch_size=size)["loss"] == pytest.approx(
            whole["loss"], rel=1e-14
        )
    means = [net.evaluate(x[i : i + 4], y[i : i + 4])["loss"] for i in (0, 4, 8)]
    assert sum(map(float, means)) / 3 != pytest.approx(
        whole["loss"], rel=1e-9
    )  # 4, 4, 3: unweighted is wrong


def test_probabilities_sum_to_one() -> None:
    x, _ = data()
    p = classifier(dtype="float64").predict_proba(x)
    assert p.shape == (11, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(
        p.argmax(axis=1), classifier(dtype="float64").predict(x).argmax(1)
    )
    net = binary(dtype="float64")
    p = net.predict_proba(x)
    assert p.shape == (11, 2)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(p[:, 1:], 1 / (1 + np.exp(-net.predict(x))), rtol=1e-14)
    assert "use predict" in refusal(lambda: regressor().predict_proba(x))


def test_scores_by_hand() -> None:
    x, labels = data()
    net = classifier()
    right = sum(
        int(np.argmax(row)) == label for row, label in zip(net.predict(x), labels, strict=True)
    )
    assert net.score(x, labels) == right / 11
    assert net.evaluate(x, labels)["accuracy"] == right / 11
    numbers = regressor(dtype="float64")
    y = np.random.default_rng(6).standard_normal((11, 2))
    residual = sum(float(e) ** 2 for e in (numbers.predict(x) - y).ravel())
    total = sum(float(e) ** 2 for e in (y - y.mean(axis=0)).ravel())
    assert numbers.score(x, y) == pytest.approx(1 - residual / total, rel=1e-13)
    assert numbers.evaluate(x, y)["r2"] == numbers.score(x, y)


def test_evaluation_drops_nothing() -> None:
    x, y = data()
    dropping, plain = classifier(dropout=0.5), classifier()
    np.testing.assert_array_equal(dropping.predict(x), plain.predict(x))
    assert dropping.evaluate(x, y) == plain.evaluate(x, y)
    assert dropping.loss_and_gradients(x, y)[0] != plain.loss_and_gradients(x, y)[0]


def test_a_deferred_loss_is_fetched_once_and_only_when_read() -> None:
    fetched = []

    def fetch() -> float:
        fetched.append(1)
        return 0.25

    loss = DeferredLoss(fetch)
    assert not fetched
    assert float(loss) == 0.25
    assert f"{loss:.1f}" == "0.2"
    assert repr(loss) == "0.25"
    assert len(fetched) == 1


def test_build_refuses_what_is_no_declaration() -> None:
    assert "'adam'" in refusal(lambda: classifier(optimizer="adam"))
    assert "'mlp'" in refusal(lambda: build("mlp"))  # type: ignore[arg-type]


CROSS = spec.SoftmaxCrossEntropy()
SEVEN_IDS, THREE_IDS = (
    spec.Model("ids", (3,), (spec.Embedding(vocab, 2), spec.Flatten(), spec.Dense(2)), CROSS)
    for vocab in (7, 3)
)
NUMBERS, THREE_CLASSES = (
    spec.Model("numbers", (3,), (spec.Dense(classes),), CROSS) for classes in (2, 3)
)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (SEVEN_IDS, THREE_IDS),
        (SEVEN_IDS, NUMBERS),
        (NUMBERS, SEVEN_IDS),
        (THREE_CLASSES, NUMBERS),
    ],
    ids=["fewer ids", "numbers for ids", "ids for numbers", "fewer classes"],
)
def test_a_prepared_batch_is_not_taken_by_a_model_it_was_not_checked_for(
    here: spec.Model, there: spec.Model
) -> None:
    batch = build(here).prepare(np.array([[0, 1, 2], [2, 1, 0]]), np.array([0, 1]))
    for call in (build(there).predict, build(there).train_step, build(there).trace):
        assert "this batch was prepared for" in refusal(lambda call=call: call(batch))  # type: ignore[misc]
    build(here).train_step(batch)


def test_a_state_to_carry_comes_by_name() -> None:
    net = build(spec.Model("m", (4, 3), (spec.LSTM(2),), spec.MeanSquaredError()))
    x, y = np.ones((2, 4, 3)), np.ones((2, 2))
    wrongs: list[Any] = [np.zeros((2, 2)), [], 0]
    for wrong in wrongs:
        assert "arrays by name" in refusal(lambda w=wrong: net.predict(x, carry=w))  # type: ignore[misc]
        assert "arrays by name" in refusal(lambda w=wrong: net.train_step(x, y, w))  # type: ignore[misc]
