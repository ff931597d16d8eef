"""What a network knows can be read, put back, and refused whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network, build
from brain.testing.refusals import refusal

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

Array = NDArray[Any]
MODEL = spec.Model(
    "small",
    (4,),
    (
        spec.Dense(6),
        spec.Dropout(0.3),
        spec.Residual((spec.Dense(6), spec.Dropout(0.5), spec.Tanh())),
        spec.Dense(3),
    ),
    spec.SoftmaxCrossEntropy(),
)
WARMUP = spec.LinearWarmup(4, spec.Cosine(0.05, 20))
OPTIMIZERS = {
    "sgd": spec.SGD(WARMUP),
    "momentum": spec.SGD(WARMUP, momentum=0.9, weight_decay=0.01),
    "nesterov": spec.SGD(WARMUP, momentum=0.9, nesterov=True, clip_norm=0.5),
    "adagrad": spec.AdaGrad(WARMUP),
    "rmsprop": spec.RMSprop(WARMUP),
    "adam": spec.Adam(WARMUP),
    "adamw": spec.AdamW(WARMUP),
}
RANDOM = np.random.default_rng(8)
X, Y = RANDOM.standard_normal((9, 4)), RANDOM.integers(0, 3, 9)


def trained(optimizer: spec.Optimizer, steps: int = 5, **options: Any) -> Network:
    net = build(MODEL, optimizer=optimizer, **options)
    for _ in range(steps):
        net.train_step(X, Y)
    return net


def everything(net: Network) -> dict[str, Array]:
    """Copies of all that a network knows, whether or not it gives copies itself."""
    memory = {f"memory {k}": v for k, v in net.optimizer_state().items()}
    return {name: np.array(array) for name, array in (net.parameters() | memory).items()}


def assert_equal(one: dict[str, Array], other: dict[str, Array]) -> None:
    assert list(one) == list(other)
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
        assert array.dtype == other[name].dtype


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_goes_on_bit_by_bit_in_a_fresh_network(name: str, dtype: str) -> None:
    net = trained(OPTIMIZERS[name], dtype=dtype, seed=3)
    parameters, memory = net.parameters(), net.optimizer_state()
    fresh = build(MODEL, optimizer=OPTIMIZERS[name], dtype=dtype, seed=3)
    fresh.load_parameters(parameters)
    fresh.load_optimizer_state(memory)
    assert fresh.step == 5
    for _ in range(5):
        assert net.train_step(X, Y) == fresh.train_step(X, Y)
    assert_equal(everything(net), everything(fresh))


def test_the_step_count_is_part_of_it() -> None:
    # With the step, the dropout masks and the schedule go on; without it, they begin again.
    net = trained(OPTIMIZERS["sgd"])
    fresh = build(MODEL, optimizer=OPTIMIZERS["sgd"])
    fresh.load_parameters(net.parameters())
    assert net.loss_and_gradients(X, Y)[0] != fresh.loss_and_gradients(X, Y)[0]
    fresh.load_optimizer_state({"step": 5})
    assert net.loss_and_gradients(X, Y)[0] == fresh.loss_and_gradients(X, Y)[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_names_and_shapes_of_the_memory(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    net = trained(optimizer, 1)
    memory, shapes = net.optimizer_state(), MODEL.parameters()
    assert memory.pop("step").dtype == np.int64
    assert list(memory) == [f"{p}.{kept}" for p in shapes for kept in optimizer.remembers]
    for key, array in memory.items():
        assert array.shape == shapes[key.rpartition(".")[0]].shape
        assert array.any()
    untouched = build(MODEL, optimizer=optimizer).optimizer_state()
    assert not any(array.any() for array in untouched.values())


def test_what_is_read_is_a_copy() -> None:
    net = trained(OPTIMIZERS["adam"])
    before = everything(net)
    for array in (*net.parameters().values(), *net.optimizer_state().values()):
        array[...] = 7
    for array in (*(t := net.trace(X, Y)).outputs.values(), *t.d_parameters.values()):
        array[...] = 7
    assert_equal(everything(net), before)


def test_what_is_loaded_is_copied() -> None:
    net, source = build(MODEL), trained(OPTIMIZERS["sgd"]).parameters()
    net.load_parameters(source)
    before = everything(net)
    for array in source.values():
        array[...] = 7
    assert_equal(everything(net), before)


def test_gradients_change_nothing() -> None:
    net = trained(OPTIMIZERS["adam"])
    before, output = everything(net), net.predict(X)
    first = net.loss_and_gradients(X, Y)
    again = net.loss_and_gradients(X, Y)
    assert first[0] == again[0]
    assert_equal(first[1], again[1])
    net.trace(X, Y, training=True)
    net.evaluate(X, Y)
    assert_equal(everything(net), before)
    np.testing.assert_array_equal(net.predict(X), output)
    twin = trained(OPTIMIZERS["adam"])
    assert net.train_step(X, Y) == twin.train_step(X, Y)
    assert_equal(everything(net), everything(twin))


def faulty(arrays: dict[str, Array]) -> dict[str, dict[str, Any]]:
    """Sets of arrays of which all but the last one are right."""
    last = list(arrays)[-1]
    changed = {name: array + 1 for name, array in arrays.items()}
    nan = changed[last].copy()
    nan.flat[0] = np.nan
    return {
        "missing": {name: array for name, array in changed.items() if name != last},
        "unknown": changed | {f"{last}x": changed[last]},
        "shape": changed | {last: changed[last][..., None]},
        "nan": changed | {last: nan},
        "inf": changed | {last: nan + np.inf},
        "text": changed | {last: np.full(changed[last].shape, "a")},
    }


@pytest.mark.parametrize("fault", ["missing", "unknown", "shape", "nan", "inf", "text"])
def test_a_load_that_fails_changes_nothing(fault: str) -> None:
    net = trained(OPTIMIZERS["adam"])
    before = everything(net)
    wrong = faulty(net.parameters())[fault]
    assert "dense2.bias" in refusal(lambda: net.load_parameters(wrong))
    assert_equal(everything(net), before)
    memory = net.optimizer_state()
    step = memory.pop("step") + 1
    wrong = faulty(memory)[fault]
    text = refusal(lambda: net.load_optimizer_state({"step": step, **wrong}))
    assert "dense2.bias.second_moment" in text
    assert_equal(everything(net), before)


@pytest.mark.parametrize("step", [None, -1, 1.0, [1], "1", np.array([3])])
def test_the_step_must_be_a_whole_number(step: Any) -> None:
    net = trained(OPTIMIZERS["momentum"])
    before, memory = everything(net), net.optimizer_state()
    if step is None:
        del memory["step"]
    else:
        memory["step"] = step
    memory["dense1.bias.velocity"] = memory["dense1.bias.velocity"] + 1
    assert "'step' must be one whole number" in refusal(lambda: net.load_optimizer_state(memory))
    assert_equal(everything(net), before)


def test_another_optimizers_memory_is_refused() -> None:
    momentum = trained(OPTIMIZERS["momentum"])
    text = refusal(
        lambda: momentum.load_optimizer_state(trained(OPTIMIZERS["adam"]).optimizer_state())
    )
    assert "unknown optimizer state" in text
    text = refusal(
        lambda: trained(OPTIMIZERS["sgd"]).load_optimizer_state(momentum.optimizer_state())
    )
    assert text == "there is no optimizer state here."


def test_a_network_without_running_statistics() -> None:
    net = build(MODEL)
    assert net.state() == {}
    net.load_state({})
    assert "running statistic" in refusal(lambda: net.load_state({"dense1.mean": np.ones(6)}))


def test_parameters_pass_between_dtypes() -> None:
    double = build(MODEL, dtype="float64", seed=9)
    single = build(MODEL, dtype="float32", seed=1)
    single.load_parameters(double.parameters())
    for name, array in single.parameters().items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, double.parameters()[name].astype(np.float32))


def test_the_same_training_gives_the_same_bits() -> None:
    for optimizer in OPTIMIZERS.values():
        assert_equal(everything(trained(optimizer, seed=2)), everything(trained(optimizer, seed=2)))
    one, other = trained(OPTIMIZERS["sgd"], seed=2), trained(OPTIMIZERS["sgd"], seed=4)
    assert (one.parameters()["dense1.weight"] != other.parameters()["dense1.weight"]).all()


def test_the_seed_decides_the_masks_too() -> None:
    one, other = build(MODEL, seed=1), build(MODEL, seed=2)
    other.load_parameters(one.parameters())
    assert one.evaluate(X, Y) == other.evaluate(X, Y)
    assert one.loss_and_gradients(X, Y)[0] != other.loss_and_gradients(X, Y)[0]
