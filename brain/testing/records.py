"""The record of a training that was never run, for tests of records and of pages."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from brain import spec
from brain.records import Record
from brain.store import Epoch

MODEL = spec.Model("m", (2,), (spec.Dense(3), spec.Dense(4)), spec.SoftmaxCrossEntropy())


def made(
    name: str = "small", model: spec.Model = MODEL, data: str = "moons", **changes: object
) -> Record:
    """A record of two epochs of `model` on `data`; `changes` are other fields of it."""
    record = Record(
        name=name,
        recipe=spec.Recipe(model, data, spec.SGD(0.1), 2, name=name),
        engine="numpy",
        device="cpu",
        command=f"brain train {name} --seed 0 --engine numpy",
        begun="2026-11-22T00:00:00+00:00",
        seconds=20.0,
        cpu_seconds=31.0,
        load=0.1,
        processor="a processor",
        cores=2,
        threads=2,
        versions={"python": "3.12"},
        parameters=sum(prod(info.shape) for info in model.parameters().values()),
        steps=10,
        epochs=(Epoch(1, {"loss": 2.0}, 12.0), Epoch(2, {"loss": 1.0}, 8.0)),
        test={"loss": 1.0, "accuracy": 0.99},
    )
    return replace(record, **changes)  # type: ignore[arg-type]
