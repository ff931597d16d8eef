"""Everything that can be seen of what a saved recurrent network remembers, in pictures.

look(net, dataset, stage)                          # the held-out part of its own text
look(net, dataset, stage, text="To be, or not", unit=7)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data import Dataset, Series, Vocabulary
from brain.engine import Network
from brain.errors import UserError
from brain.outputs import replacing
from brain.scores import probabilities
from brain.stage import Stage
from rnn.cells import Found, interesting
from rnn.colouring import coloured_texts, terminal, web_page
from rnn.forecasting.backtest import Backtest
from rnn.forecasting.figures import one_step
from rnn.forecasting.measures import mae
from rnn.forecasting.study import Trial
from rnn.gradients import at_most, kept, over_time
from rnn.pictures import Left, gate_heatmaps, gradients_left
from rnn.reading import Reading, check_unit, ids_of, read, recurrent_layer, resized
from scratch.sequences import letters, state_heatmap

Array = NDArray[Any]

SHOWN, SHOWN_QUICK = 72, 24  # steps in a picture
SAID = 300  # characters on the terminal
READ, READ_QUICK = 6000, 800  # characters by which cells are found
PANELS, CLEARLY = 4, 0.15  # units in a picture of text, and how well they follow something
JUDGED = 64  # samples whose gradients are measured


def look(
    net: Network,
    dataset: Dataset,
    stage: Stage,
    *,
    text: str | None = None,
    layer: str | None = None,
    unit: int | None = None,
    name: str = "look",
) -> None:
    """Draw the states, gates, coloured text and gradients of `net` while it reads.

    It reads `text`, or the held-out part of `dataset`; a network for numbers reads a sample of its
    own, and of a series its forecasts are drawn beside what came. `layer` is the first recurrent
    one unless named, `unit` the one that follows something the most clearly. Pictures are named
    `name`-states and so on; a page, `name`-text.html, has every character. UserError for a network
    without a recurrent layer, a layer or a unit that is not there, and characters that the model
    never saw.
    """
    node = recurrent_layer(net.model, layer)
    if unit is not None:
        check_unit(node.layer.units, unit, node.name)  # type: ignore[attr-defined]
    if is_text(dataset):
        _look_at_text(net, dataset, stage, text, node.name, unit, name)
    elif text is not None:
        raise UserError(
            f"{net.model.name} was trained on {dataset.name}, which is no text to read."
        )
    else:
        _look_at_rows(net, dataset, stage, node.name, unit or 0, name)
        if dataset.scaling:
            _look_ahead(net, dataset, stage, name)
    _look_back(net, dataset, stage, name)


def is_text(dataset: Dataset) -> bool:
    """Whether a sample is a piece of text: ids of classes that are characters."""
    return dataset.x_test.dtype.kind == "i" and all(len(c) == 1 for c in dataset.classes)


def held_out_text(dataset: Dataset, characters: int) -> Array:
    """The ids of the first characters of a text's test part, from the windows that it is cut into.

    Where windows overlap, only those that follow each other count (`gap` is how many overlap).
    """
    windows = dataset.x_test[:: max(dataset.gap or 1, 1)]
    return windows[: -(-characters // windows.shape[1])].reshape(-1)[:characters]


def _look_at_text(
    net: Network,
    dataset: Dataset,
    stage: Stage,
    text: str | None,
    layer: str,
    unit: int | None,
    name: str,
) -> None:
    vocabulary = Vocabulary("".join(dataset.classes))
    length = READ_QUICK if stage.quick else READ
    ids = held_out_text(dataset, length) if text is None else ids_of(text, vocabulary)
    text = vocabulary.decode(ids)
    reading = read(net, ids[None], layer)
    memory = reading.memory[0]
    found = interesting(memory, text)
    chosen = unit if unit is not None else found[0].unit if found else 0
    for one in found:
        stage.say(
            f"{layer}, unit {one.unit:3} follows {one.what}: correlation {one.correlation:+.2f}"
        )

    shown = SHOWN_QUICK if stage.quick else SHOWN
    start = ids[:shown]
    foretold = _foretold(net, ids[: shown + 1]) if len(ids) > 1 else None
    if foretold is not None:
        foretold = np.append(foretold, 0.0)[: len(start)]
    steps = letters(text[:shown])
    title = f"What {layer} of {net.model.name} remembers while it reads"
    stage.picture(
        f"{name}-states", state_heatmap(reading.states[0, :shown], steps, title, foretold)
    )
    _draw_gates(stage, name, shortened(reading, shown), steps, chosen, net.model.name)
    _colour(stage, name, text, memory, found, chosen, f"{layer} of {net.model.name}")


def _foretold(net: Network, ids: Array) -> Array | None:
    """The probability given to each of `ids (T + 1,)` after the first; None without one a step."""
    z = resized(net, len(ids) - 1).predict(ids[None, :-1])
    if z.ndim != 3:
        return None
    p = probabilities(net.model.loss, z)[0]
    return p[np.arange(len(p)), ids[1:]]


def _colour(
    stage: Stage, name: str, text: str, memory: Array, found: list[Found], unit: int, title: str
) -> None:
    """The text in the colours of the cells that follow something, and of the chosen one."""
    what: dict[int, str] = {unit: ""}  # by unit: one may follow several things
    for one in found:
        if one.unit in what or (len(what) < PANELS and abs(one.correlation) > CLEARLY):
            followed = f"{one.what} ({one.correlation:+.2f})"
            before = what.get(one.unit)
            what[one.unit] = f"{before}, {followed}" if before else f": follows {followed}"
    shown = {f"unit {number}{said}": memory[:, number] for number, said in what.items()}
    lines = 2 if stage.quick else 6
    figure = coloured_texts(text, shown, f"A text, coloured by units of {title}", lines)
    stage.picture(f"{name}-cells", figure)
    stage.say(f"unit {unit} of {title}, character by character (orange 1, blue -1):")
    stage.console.print(terminal(text[:SAID], memory[:SAID, unit]))
    path = stage.out / f"{name}-text.html"
    with replacing(path) as partial:
        page = web_page(text, memory[:, unit], f"Unit {unit} of {title}")
        partial.write_text(page, encoding="utf-8")
    stage.paths.append(path)


def _look_at_rows(
    net: Network, dataset: Dataset, stage: Stage, layer: str, unit: int, name: str
) -> None:
    """The states and gates while one sample of numbers, or of ids that are no text, is read."""
    x = dataset.x_test[:1]
    reading = shortened(read(net, x, layer), 4 * SHOWN)
    steps: Sequence[str] | int = reading.states.shape[1]
    title = f"What {layer} of {net.model.name} remembers of one sample of {dataset.name}"
    stage.picture(f"{name}-states", state_heatmap(reading.states[0], steps, title))
    _draw_gates(stage, name, reading, steps, unit, net.model.name)


def _look_ahead(net: Network, dataset: Dataset, stage: Stage, name: str) -> None:
    """What is foretold of a series' test part, a step before it comes, beside the last value."""
    scaling = dataset.scaling
    assert scaling
    ahead = {net.model.name: net.predict(dataset.x_test), "naive": dataset.x_test[:, -1]}
    truth = scaling.undo(dataset.y_test[:, :1])  # (N, 1), as all of these
    said = {who: scaling.undo(values[:, :1]) for who, values in ahead.items()}
    places = np.arange(len(truth))
    trials = [Trial("", None, Backtest(who, places, truth, z)) for who, z in said.items()]
    off = [f"{mae(truth, z, axis=None):.3g}" for z in said.values()]
    unit = f" ({scaling.unit})" if scaling.unit else ""
    stage.say(f"mean error one step ahead: {net.model.name} {off[0]}, naive {off[1]}{unit}")
    called = f"{net.model.name} on {dataset.name}"
    series = Series(dataset.name, called, truth[:, 0], places + 1.0, scaling.unit, None)
    figure = one_step(series, trials)
    figure.axes[-1].set_xlabel("value of the test part, from its first")
    stage.picture(f"{name}-forecasts", figure)


def _draw_gates(
    stage: Stage,
    name: str,
    reading: Reading,
    steps: Sequence[str] | int,
    unit: int,
    model: str,
) -> None:
    if not reading.gates:
        stage.say(f"{reading.layer} is a plain RNN: it has no gates to be drawn.")
        return
    title = f"The gates of {reading.layer} of {model}, step by step"
    stage.picture(f"{name}-gates", gate_heatmaps(reading, steps, unit, title))


def _look_back(net: Network, dataset: Dataset, stage: Stage, name: str) -> None:
    """How much of the last step's gradient is left at each step before, in the first layer."""
    x, y = dataset.x_test[:JUDGED], dataset.y_test[:JUDGED]
    left = what_is_left(net, x, y)
    share = left.norms[0] / left.norms[-1]
    steps = len(left.norms) - 1
    stage.say(f"{steps} steps back, {share:.1e} of the last step's gradient is left")
    title = f"How far back {net.model.name} can learn: {dataset.name}"
    panels = {"the network as it is": {recurrent_layer(net.model).name: left}}
    stage.picture(f"{name}-gradients", gradients_left(panels, title))


def what_is_left(net: Network, x: Array, y: Array) -> Left:
    """The gradients over time, measured, and what theory says beside them."""
    found = over_time(net, x, y)
    way = kept(net, x)
    gates = None if way is None else way.mean(axis=(0, 2))
    return Left(found.mean, at_most(net, found), gates)


def shortened(reading: Reading, steps: int) -> Reading:
    """The first steps of a reading."""
    gates = {name: gate[:, :steps] for name, gate in reading.gates.items()}
    cells = None if reading.cells is None else reading.cells[:, :steps]
    return Reading(
        reading.layer, reading.inputs[:, :steps], reading.states[:, :steps], gates, cells
    )
