"""The workloads are what they are said to be, and their operations are counted by hand."""

from __future__ import annotations

import pytest

from benchmarks.workloads import Workload, cnn_mnist, mlp_small, rnn_char, scaled
from brain import data, spec
from brain.names import WORKLOADS, look_up
from brain.testing.present import needs

BATCHES = {
    "mlp-tiny": 4,
    "mlp-small": 32,
    "mlp-wide": 128,
    "cnn-mnist": 32,
    "cnn-cifar": 64,
    "resnet-cifar": 64,
    "rnn-char": 32,
    "lstm-char": 32,
    "gru-char": 32,
    "lstm-wide": 64,
}


def named(name: str) -> Workload:
    needs(name, WORKLOADS)
    made: Workload = look_up("workload", name, WORKLOADS)()
    return made


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_has_its_name_and_batch(name: str) -> None:
    workload = named(name)
    assert workload.name == name
    assert workload.batch_size == BATCHES[name]
    if workload.data is not None:
        described = data.describe(workload.data)
        assert described is not None


def test_all_ten_are_there() -> None:
    assert list(WORKLOADS) == list(BATCHES)


def test_operations_of_a_perceptron() -> None:
    forward = 2 * 784 * 128 + 128 + 2 * 128 * 10  # products and sums, and a ReLU
    assert mlp_small().flops("forward") == 32 * forward
    assert mlp_small().flops("step") == 32 * (3 * forward - 2 * 784 * 128)


def test_a_reader_of_ids_has_no_gradient_of_its_input_to_save() -> None:
    assert rnn_char().flops("step") == 3 * rnn_char().flops("forward")


def test_a_workload_is_made_wider_but_for_its_outputs() -> None:
    wide = scaled(cnn_mnist(), batch_size=5, width=2.0)
    filters = [layer.filters for layer in wide.model.layers if isinstance(layer, spec.Conv2D)]
    assert filters == [32, 64]
    assert wide.model.output_shape == (10,)
    assert (wide.batch_size, wide.width) == (5, 2.0)
    assert wide.memory() > scaled(cnn_mnist(), batch_size=5).memory()


def test_blocks_are_made_wider_too() -> None:
    narrow = scaled(named("resnet-cifar"), width=0.5)
    assert narrow.model.output_shape == (10,)
    assert narrow.model.parameters()["conv1.weight"].shape == (3, 3, 3, 8)
    assert narrow.flops("step") < named("resnet-cifar").flops("step") / 3


def test_memory_grows_with_the_batch() -> None:
    one, many = (scaled(mlp_small(), size).memory() for size in (1, 1000))
    assert one > 3 * 4 * 784 * 128  # weights, gradients, velocities
    assert many - one > 999 * 2 * 4 * (128 + 128 + 10)
