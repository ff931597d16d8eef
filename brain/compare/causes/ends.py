"""Why two engines part at the loss, or where a state is carried: each is run alone in both."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from brain.compare.causes import carried, losses
from brain.compare.causes.finder import INHERITED, UNKNOWN
from brain.compare.causes.loss_mistakes import GRADIENT, Judged
from brain.compare.findings import Verdict
from brain.compare.gather import REFERENCE, Runs
from brain.parameters import Arrays

LOSS = "the loss"
STATE = "forward, with a carried state"
RIGHT = "the loss alone is right"


def mistaken_loss(runs: Runs, verdict: Verdict) -> str:
    """The cause where `verdict.first` is the loss or the loss, backward."""
    last, dtype = runs.model.nodes[-1].name, verdict.dtype
    output = runs.trace(REFERENCE, dtype, [last])["outputs"][last]
    given = Judged(runs.model.loss, output, runs.example.y)

    def ask(engine: str, one: Judged) -> Arrays:
        return called(runs, engine, "losses", one, dtype)

    theirs = ask(verdict.engine, given)
    found = losses.diagnose(given, theirs, lambda one: ask(REFERENCE, one), dtype)
    if found.local:
        return str(found)
    trace = runs.trace(verdict.engine, dtype, [last])
    inside = {"loss": trace["loss"], GRADIENT: trace["d_outputs"][last]}
    found = losses.diagnose(given, inside, lambda one: ask(REFERENCE, one), dtype)
    if not found.local:
        return RIGHT
    return f"{str(found) if found.causes else UNKNOWN}, though {RIGHT}"


def mistaken_state(runs: Runs, verdict: Verdict) -> str:
    """The cause where a recurrent layer takes up its state wrongly, or leaves it behind wrongly."""
    name, dtype = verdict.first.partition(",")[0], verdict.dtype
    layer = runs.alone(name, dtype, training=False)
    state = {
        key.rpartition(".")[2]: array
        for key, array in runs.example.carry.items()
        if key.rpartition(".")[0] == name
    }
    given = carried.Carried(layer.layer, layer.shape, layer.x, layer.parameters, state)

    def ask(engine: str, one: carried.Carried) -> Arrays:
        return called(runs, engine, "carried", one, dtype)

    theirs = ask(verdict.engine, given)
    found = carried.diagnose(given, theirs, lambda one: ask(REFERENCE, one), dtype)
    return str(found) if found.local else INHERITED


def called(runs: Runs, engine: str, module: str, given: Any, dtype: str) -> Arrays:
    """`quantities` of a module, with one engine: what comes out of the loss, or of the layer."""
    found: Arrays = runs.workers[engine].call(
        f"brain.compare.causes.{module}:quantities",
        **{field.name: getattr(given, field.name) for field in fields(given)},
        dtype=dtype,
        device="cpu" if engine == REFERENCE else runs.device,
    )
    return found
