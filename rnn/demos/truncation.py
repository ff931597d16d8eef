"""What truncating costs and what carrying the state gives; and what clipping prevents.

A GRU reads Hamlet in windows of 4, 16 and 64 steps, with and without the state of the window
before: as many steps, and as many characters a step, for each. Then a plain RNN at a high learning
rate, with and without clipping. theory/memory.md (7), (8)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.engine import Network, build
from brain.pictures import COLOURS
from brain.stage import Stage, Tick
from rnn import clipping
from rnn.clipping import Stride
from rnn.language import Parts, held_out, parts
from rnn.truncation import from_zeros, learn, windows_in_order

WINDOWS = (4, 16, 64)
AT_ONCE = 512  # characters a step
CLIP, HIGH = 1.0, 3.0  # the clipping norm, and a learning rate for SGD
STEPS = 400

Array = NDArray[Any]
Nats = dict[int, dict[str, float]]


def run(stage: Stage) -> None:
    """Both experiments, each with its figure."""
    text, instead = data.demo_text()
    if instead:
        stage.say(instead)
    whole = parts(text.name)
    found = truncated(whole, stage)
    stage.picture(
        "truncation-windows", draw_windows(found, f"A GRU trained in windows: {text.title}")
    )
    strides = clipped(whole, stage)
    stage.picture("truncation-clipping", draw_clipping(strides))


def truncated(whole: Parts, stage: Stage) -> Nats:
    """Held-out nats a character by window, for three ways to train and to judge."""
    read = whole.read[: 20 * AT_ONCE] if stage.quick else whole.read
    epochs = 1 if stage.quick else 8
    judged = whole.ids[-whole.judged - 1 :][: 2000 if stage.quick else None]
    found: Nats = {}
    for window in WINDOWS:
        nets = {}
        for carried in (True, False):
            net = made(spec.GRU, window, whole.size, spec.Adam(0.005, clip_norm=1.0), stage.seed)
            steps = learn(net, read, AT_ONCE // window, epochs, carried)
            how = "carried" if carried else "from zeros"
            for _ in stage.watch(steps, f"window {window}, {how}"):
                pass
            nets[carried] = net
        found[window] = {
            "carried": held_out(nets[True], judged, len(judged) - 1).nats,
            "zeros": from_zeros(nets[False], judged),
            "zeros, judged carried": held_out(nets[False], judged, len(judged) - 1).nats,
        }
        said = ", ".join(f"{how} {nats:.3f}" for how, nats in found[window].items())
        stage.say(f"window {window:2}, held-out nats a character: {said}")
    return found


def made(
    kind: type[spec.Layer], window: int, characters: int, optimizer: spec.Optimizer, seed: int
) -> Network:
    """An Embedding of 32 numbers, 64 recurrent units, an answer at each step."""
    layers = (
        spec.Embedding(characters, 32),
        kind(units=64, return_sequences=True),  # type: ignore[call-arg]  # a Recurrent's
        spec.Dense(characters, init=spec.init.Glorot()),
    )
    model = spec.Model("truncation", (window,), layers, spec.SoftmaxCrossEntropy())
    return build(model, seed=seed, optimizer=optimizer)


def clipped(whole: Parts, stage: Stage) -> dict[str, list[Stride]]:
    """The steps of one training with clipping and of one without, on the same batches."""
    steps, window = (40 if stage.quick else STEPS), 64
    found: dict[str, list[Stride]] = {}
    for name, clip in ((f"clipped at {CLIP:g}", CLIP), ("not clipped", None)):
        net = made(spec.RNN, window, whole.size, spec.SGD(HIGH, clip_norm=clip), stage.seed)
        batches = islice(endless(whole.read, window), steps)
        taken: list[Stride] = []
        found[name] = taken
        for _ in stage.watch(ticks(clipping.learn(net, batches), steps, taken), name):
            pass
        last = np.mean([stride.loss for stride in taken[-20:]])
        longest = max(stride.gradient for stride in taken)
        stage.say(
            f"{name}: {last:.3f} nats a character over the last 20 of {len(taken)} steps; the "
            f"longest gradient {longest:.3g}"
        )
    return found


def endless(ids: Array, window: int) -> Iterator[tuple[Array, Array]]:
    """Windows in order, eight side by side, again and again."""
    while True:
        yield from windows_in_order(ids, 8, window)


def ticks(strides: Iterable[Stride], steps: int, taken: list[Stride]) -> Iterator[Tick]:
    """The same for a stage to watch; every stride is put into `taken`."""
    for number, stride in enumerate(strides, 1):
        taken.append(stride)
        yield Tick(number, steps, stride.loss)


def draw_windows(found: Nats, title: str) -> Figure:
    """Held-out nats a character against the window, for each way."""
    ways = {
        "carried": ("trained and judged with the state carried", "o-"),
        "zeros": ("trained and judged in windows from zeros", "s--"),
        "zeros, judged carried": ("trained from zeros, judged with the state carried", "^:"),
    }
    fig, axes = plots.figure(7.5, 4.8)
    for number, (way, (label, look)) in enumerate(ways.items()):
        nats = [found[window][way] for window in found]
        axes.plot(list(found), nats, look, color=COLOURS[number], label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(list(found), [str(window) for window in found])
    axes.set(xlabel="window: steps that a gradient flows back", title=title)
    axes.set_ylabel("held-out loss (nats a character)")
    plots.legend_below(fig, axes, columns=1)
    return fig


def draw_clipping(found: dict[str, list[Stride]]) -> Figure:
    """Loss, length of the gradient and length of the step, for both trainings."""
    fig, grid = plots.figure(8, 7.5, nrows=3, sharex=True)
    for number, (name, strides) in enumerate(found.items()):
        look = {"color": COLOURS[number], "linewidth": 1.2, "alpha": 0.9}
        for axes, values in zip(grid, zip(*strides, strict=True), strict=True):
            axes.plot(range(1, len(values) + 1), values, label=name, **look)
    grid[0].set(title=f"A plain RNN at a learning rate of {HIGH:g} (SGD)")
    grid[0].set(ylabel="training loss\n(nats a character)", yscale="log")
    grid[1].set(ylabel="length of the gradient\nbefore clipping", yscale="log")
    grid[2].set(ylabel="length of the step\nin weight space", yscale="log", xlabel="training step")
    plots.legend_below(fig, grid[0])
    return fig


if __name__ == "__main__":
    main(run)
