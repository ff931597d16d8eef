"""The workloads by name: what is timed."""

from __future__ import annotations

from benchmarks.steps import Workload
from brain import spec


def mlp_small() -> Workload:
    """784-128-10, batch 32: so small that what is measured is mostly an engine's overhead."""
    model = spec.Model(
        name="mlp-small",
        input_shape=(784,),
        layers=(spec.Dense(128), spec.ReLU(), spec.Dense(10)),
        loss=spec.SoftmaxCrossEntropy(),
    )
    return Workload(model, batch_size=32, optimizer=spec.SGD(0.01))
