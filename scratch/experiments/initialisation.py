"""How large the first weights are decides whether a signal crosses a deep network, both ways.

Activations and gradients of twelve hidden layers, by depth, for several schemes; and how well each
then learns. X. Glorot and Y. Bengio (2010), figures 6 and 7; K. He et al. (2015), section 2.2;
theory/initial-values.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.pictures import COLOURS, MARKERS
from brain.stage import Stage
from brain.training import train

DEPTH, WIDTH = 12, 64
ACTIVATIONS: dict[str, type[spec.Layer]] = {"tanh": spec.Tanh, "ReLU": spec.ReLU}
SCHEMES: dict[str, spec.init.Initializer] = {
    "normal, 0.01": spec.init.Normal(0.01),
    "normal, 1": spec.init.Normal(1.0),
    "Glorot": spec.init.Glorot(),
    "He": spec.init.He(),
    "orthogonal": spec.init.Orthogonal(),
}


class Depths(NamedTuple):
    """By hidden layer, the first one first: how large its outputs and their gradients are."""

    outputs: np.ndarray  # (DEPTH,), root mean squares
    gradients: np.ndarray  # (DEPTH,)
    last: np.ndarray  # the outputs of the last hidden layer, (N, WIDTH)


def run(stage: Stage) -> None:
    """Look at each network before its first step, then train it a little."""
    dataset = data.load("moons", n=400, noise=0.1, seed=stage.seed)
    epochs = 4 if stage.quick else 20
    found: dict[str, dict[str, Depths]] = {}
    for activation in ACTIVATIONS:
        found[activation] = {}
        for scheme in SCHEMES:
            optimizer = spec.SGD(0.02, clip_norm=1.0)
            net = build(model(activation, scheme), seed=stage.seed, optimizer=optimizer)
            found[activation][scheme] = depths(net, dataset)
            steps = train(net, dataset, batch_size=20, epochs=epochs, seed=stage.seed)
            *_, step = stage.watch(steps, f"{activation}, {scheme}")
            ratio = found[activation][scheme].outputs[-1] / found[activation][scheme].outputs[0]
            stage.say(
                f"{activation:4}  {scheme:12}  outputs of layer {DEPTH} against layer 1: "
                f"{ratio:7.1e}; after {epochs} epochs {step.metrics['accuracy']:.0%} right"
            )
    stage.picture("initialisation-depth", by_depth(found))
    stage.picture("initialisation-histograms", histograms(found))


def model(activation: str, scheme: str) -> spec.Model:
    """2-64-...-64-1, every hidden layer begun by the same scheme."""
    hidden: list[spec.Layer] = []
    for _ in range(DEPTH):
        hidden += [spec.Dense(WIDTH, init=SCHEMES[scheme]), ACTIVATIONS[activation]()]
    last = spec.Dense(1, init=spec.init.Glorot())
    return spec.Model("deep", (2,), (*hidden, last), spec.BinaryCrossEntropy())


def depths(net: Network, dataset: Dataset) -> Depths:
    """What one pass there and back leaves at the output of every hidden layer's activation."""
    trace = net.trace(dataset.x_train, dataset.y_train)
    names = [node.name for node in net.model.nodes if not isinstance(node.layer, spec.Dense)]
    outputs = [size(trace.outputs[name]) for name in names]
    gradients = [size(trace.d_outputs[name]) for name in names]
    return Depths(np.array(outputs), np.array(gradients), trace.outputs[names[-1]])


def size(array: np.ndarray) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def by_depth(found: dict[str, dict[str, Depths]]) -> Figure:
    """Above, how large the outputs are, layer by layer; below, how large their gradients."""
    fig, grid = plots.figure(10, 6.4, nrows=2, ncols=2, sharex=True, sharey="row")
    layers = np.arange(1, DEPTH + 1)
    for column, (activation, schemes) in enumerate(found.items()):
        for number, (scheme, depth) in enumerate(schemes.items()):
            colour, marker = COLOURS[number], MARKERS[number]
            for axes, values in zip(grid[:, column], depth[:2], strict=True):
                axes.plot(layers, values, color=colour, marker=marker, label=scheme)
        grid[0, column].set(title=f"{activation}: outputs, forwards", yscale="log")
        grid[1, column].set(title=f"{activation}: gradients, backwards", yscale="log")
        grid[1, column].set_xlabel("hidden layer")
    grid[0, 0].set_ylabel("root mean square of outputs")
    grid[1, 0].set_ylabel("root mean square of gradients")
    plots.legend_below(fig, grid[0, 0])
    fig.suptitle(f"{DEPTH} layers of {WIDTH} units before the first step")
    return fig


def histograms(found: dict[str, dict[str, Depths]]) -> Figure:
    """How the outputs of the last hidden layer are spread: dead, saturated or alive."""
    fig, grid = plots.figure(11, 5, nrows=2, ncols=len(SCHEMES))
    for row, (activation, schemes) in enumerate(found.items()):
        for axes, (scheme, depth) in zip(grid[row], schemes.items(), strict=True):
            values = depth.last.ravel()
            share = np.full(values.size, 100 / values.size)
            axes.hist(values, bins=40, weights=share, color=plots.BLUE)
            axes.set_title(f"{activation}, {scheme}", fontsize=9)
            axes.locator_params(axis="x", nbins=3)
            axes.ticklabel_format(axis="x", scilimits=(-2, 3))
        grid[row, 0].set_ylabel("share of outputs (%)")
    for axes in grid[-1]:
        axes.set_xlabel("output")
    fig.suptitle(f"Outputs of hidden layer {DEPTH}, before the first step")
    return fig


if __name__ == "__main__":
    main(run)
