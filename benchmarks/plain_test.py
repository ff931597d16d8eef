"""The plain code computes each family of workloads as NumPy does; each framework in its process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.agreement import judged, reference
from benchmarks.places import MADE, QUIET, engine_of
from benchmarks.workloads import Workload, scaled
from brain.names import CONTENDERS, ENGINES, WORKLOADS, look_up
from brain.testing.present import needs
from brain.testing.refusals import refusal
from brain.worker import Worker

FAMILIES = ["mlp-small", "cnn-cifar", "resnet-cifar", "rnn-char", "lstm-char", "gru-char"]
STOCK = ["torch-eager", "torch_nn", "tf-graph", "tf_nn"]


def small(name: str) -> Workload:
    """A narrow version of a workload with a batch of four."""
    needs(name, WORKLOADS)
    return scaled(look_up("workload", name, WORKLOADS)(), 4, 0.25)


def first(worker: Worker, contender: str, workload: Workload, device: str = "cpu") -> Any:
    """What a contender has of its first pass and step."""
    given: dict[str, Any] = {"contender": contender, "workload": workload, "device": device}
    return worker.call(MADE, precision="float32", cold=True, **given)


@pytest.fixture(scope="module", params=["torch", "tensorflow"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    needs(request.param, ENGINES)
    with Worker(request.param, threads=1, environment=QUIET) as made:
        yield made


@pytest.mark.parametrize("name", FAMILIES)
def test_it_agrees_with_numpy(worker: Worker, name: str) -> None:
    needs("numpy", ENGINES)
    workload = small(name)
    exact = reference("numpy", workload)
    for contender in (name for name in STOCK if engine_of(name) == worker.engine):
        made = first(worker, contender, workload)
        outputs, parameters = made["outputs"], made["parameters"]
        verdict = judged(workload, "float32", outputs, parameters, exact)
        assert verdict.agrees, f"{contender}: {verdict.sentence}"
        found = worker.call("benchmarks.timing:turn", phase="step", seconds=0.01)
        assert found["seconds"]


def test_xla_agrees_too(worker: Worker) -> None:
    if worker.engine != "tensorflow":
        pytest.skip("XLA is TensorFlow's")
    workload = small("mlp-small")
    made = first(worker, "tf-xla", workload)
    exact = reference("numpy", workload)
    assert judged(workload, "float32", made["outputs"], made["parameters"], exact).agrees


def test_a_framework_has_its_process_to_itself(worker: Worker) -> None:
    loaded = set(worker.call("benchmarks.testing.made:packages"))
    assert len(loaded & {"torch", "tensorflow"}) == 1


def test_a_device_that_is_not_there_is_one_sentence(worker: Worker) -> None:
    (contender, *_) = (name for name in STOCK if engine_of(name) == worker.engine)
    said = refusal(lambda: first(worker, contender, small("mlp-small"), device="tpu"))
    assert "has no device 'tpu' here; it has: cpu" in said


def test_compiling_without_a_compiler_is_one_sentence() -> None:
    needs("torch", ENGINES)
    needs("torch-compiled", CONTENDERS)
    with Worker("torch", environment={"PATH": ""}) as worker:
        said = refusal(lambda: first(worker, "torch-compiled", small("mlp-small")))
    assert said == "torch.compile needs a C++ compiler, such as g++, and none is here."
