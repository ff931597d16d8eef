"""Who computes the workload is let through, and who computes something else is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.agreement import judged, reference
from benchmarks.workloads import Workload, cnn_mnist, lstm_char, mlp_small, scaled
from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.names import ENGINES
from brain.testing.present import needs

SMALL = {
    "mlp": scaled(mlp_small(), 8, 0.25),
    "cnn": scaled(cnn_mnist(), 4, 0.25),
    "lstm": scaled(lstm_char(), 4, 0.125),
}


def computed(workload: Workload, **changed: Any) -> dict[str, Any]:
    """What NumPy in float32 has of a workload, its model or optimizer `changed`."""
    needs("numpy", ENGINES)
    given = example(workload.model, workload.batch_size)
    optimizer = changed.get("optimizer", workload.optimizer)
    net = build(changed.get("model", workload.model), "numpy", optimizer=optimizer)
    net.load_parameters(given.parameters)
    outputs = net.predict(given.x)
    net.train_step(given.x, given.y)
    return {"outputs": outputs, "parameters": net.parameters()}


def exact(workload: Workload) -> dict[str, Any]:
    needs("numpy", ENGINES)
    return reference("numpy", workload)


@pytest.mark.parametrize("name", SMALL)
def test_float32_agrees_by_far(name: str) -> None:
    workload = SMALL[name]
    verdict = judged(workload, "float32", **computed(workload), exact=exact(workload))
    assert verdict.agrees
    assert verdict.sentence == "agrees"
    assert verdict.error < verdict.budget < 0.03


@pytest.mark.parametrize("rate", [0.0095, 0.0105])
def test_another_learning_rate_does_not(rate: float) -> None:
    workload = SMALL["cnn"]
    found = computed(workload, optimizer=spec.SGD(rate, momentum=0.9))
    verdict = judged(workload, "float32", **found, exact=exact(workload))
    assert not verdict.agrees
    assert "the step of" in verdict.sentence
    assert verdict.error == pytest.approx(0.05, rel=0.01)


def test_another_formula_does_not() -> None:
    workload = SMALL["mlp"]
    first, _, last = workload.model.layers
    model = replace(workload.model, layers=(first, spec.GELU(), last))
    found = computed(workload, model=model)
    assert not judged(workload, "float32", **found, exact=exact(workload)).agrees


def test_coarser_products_agree_only_where_they_are_said_to_be() -> None:
    """Inputs rounded to TF32's ten bits, as its products round them."""
    workload = SMALL["mlp"]
    found, right = computed(workload), exact(workload)
    noise = 1 + 2.0**-11 * np.sign(found["outputs"] - found["outputs"].mean())
    found["outputs"] = found["outputs"] * noise
    assert not judged(workload, "float32", **found, exact=right).agrees
    assert judged(workload, "tf32", **found, exact=right).agrees


def test_where_rounding_could_be_anything_nothing_agrees() -> None:
    """A reference that does not move leaves nothing to measure an error by."""
    workload = SMALL["mlp"]
    right = exact(workload)
    right["parameters"] = {name: a + 1e-12 for name, a in right["start"].items()}
    found = {"outputs": right["outputs"], "parameters": right["start"]}
    verdict = judged(workload, "float32", **found, exact=right)
    assert not verdict.agrees
    assert verdict.sentence.startswith("nothing can be told of the step of ")


def test_what_is_not_finite_does_not() -> None:
    workload = SMALL["mlp"]
    found = computed(workload)
    found["outputs"][0, 0] = np.nan
    verdict = judged(workload, "float32", **found, exact=exact(workload))
    assert not verdict.agrees
    assert verdict.where == "the outputs"
