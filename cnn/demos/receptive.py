"""How much of a picture a unit can see, and how much less it does see.

Stacks of 3x3 convolutions with random weights, on noise: what a unit can see grows with the depth,
what moves it with the root of the depth. W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the
Effective Receptive Field in Deep Convolutional Neural Networks" (2016), section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import plots, spec
from brain.alone import main
from brain.engine import build
from brain.pictures import COLOURS, MARKERS
from brain.randomness import generator
from brain.stage import Stage
from cnn import models, pictures
from cnn.receptive import Field, effective, effective_size, middle, receptive_fields
from scratch.pictures import DASHES

Array = NDArray[Any]

SIDE, CHANNELS = 65, 8


def run(stage: Stage) -> None:
    """Draw the arithmetic for the track's models, then the gradients of random stacks."""
    made = (models.lenet(), models.vgg_small(), models.resnet_8(), models.resnet_20())
    stage.picture("receptive-sizes", sizes(made))
    for model in made:
        field = list(receptive_fields(model).values())[-1]
        side = model.input_shape[0]
        sees = f"a last unit can see {field.size} pixels across; there are {side}"
        stage.say(f"{model.name:10} {sees}")
    depths = (1, 2, 4, 8) if stage.quick else (1, 2, 4, 8, 16, 30)
    stage.picture("receptive-effective", measured(stage, depths))


def sizes(made: tuple[spec.Model, ...]) -> Figure:
    """The size of the field behind each convolution and pooling of some models."""
    fig, axes = plots.figure(8, 4.8)
    for number, model in enumerate(made):
        grown = [1]
        for node in model.nodes:
            field = receptive_fields(model).get(node.name)
            if field and field.size > grown[-1]:
                grown.append(field.size)
        look: dict[str, Any] = {"color": COLOURS[number], "marker": MARKERS[number]}
        label = f"{model.name}, pictures of {model.input_shape[0]}"
        axes.plot(range(len(grown)), grown, DASHES[number], label=label, **look)
    axes.axhline(32, color="black", linewidth=1, linestyle=":", label="a picture of 32 ends here")
    axes.set(
        title="What a unit can see grows with every layer that looks around",
        xlabel="layers that look around (a residual block counts as one)",
        ylabel="receptive field (pixels across)",
        yscale="log",
    )
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.legend(frameon=False)
    return fig


def stack(depth: int, bent: bool) -> spec.Model:
    """So many 3x3 convolutions, with ReLU behind each if bent."""
    one = (spec.Conv2D(CHANNELS, padding="same"), *((spec.ReLU(),) if bent else ()))
    shape = (SIDE, SIDE, CHANNELS)
    return spec.Model("stack", shape, one * depth, spec.MeanSquaredError())


def measured(stage: Stage, depths: tuple[int, ...]) -> Figure:
    """What moves the middle unit of each stack, and how that grows with the depth."""
    x = generator(stage.seed, "receptive").standard_normal((4, SIDE, SIDE, CHANNELS))
    seen, fields, places = {}, {}, {}
    found: dict[str, list[float]] = {}
    for bent, name in ((True, "with ReLU"), (False, "linear")):
        found[name] = []
        for depth in depths:
            heats = []
            for draw in range(2 if stage.quick else 6):  # each network is one draw of weights
                net = build(stack(depth, bent), "numpy", seed=stage.seed + draw)
                layer = net.model.nodes[-1].name
                heats.append(effective(net, x, layer))
            heat = np.mean(heats, axis=0)
            found[name].append(effective_size(heat))
            if bent:
                title = f"{depth} layer{'s' * (depth > 1)}"
                seen[title], places[title] = heat, middle(net, layer)
                fields[title] = receptive_fields(net.model)[layer]
        counts = f"what counts is {found[name][-1]:.1f} pixels across behind {depths[-1]} layers"
        stage.say(f"{name:10} {counts}")
    return drawn(seen, fields, places, found, depths)


def drawn(
    seen: dict[str, Array],
    fields: dict[str, Field],
    places: dict[str, tuple[int, int]],
    found: dict[str, list[float]],
    depths: tuple[int, ...],
) -> Figure:
    """The maps of the stacks with ReLU, and the sizes of all against the depth."""
    fig, grid = plots.figure(10.5, 6.8, nrows=2, ncols=1, height_ratios=(1, 1.6))
    place = grid[0].get_subplotspec()
    grid[0].remove()
    panels = [fig.add_subplot(cell) for cell in place.subgridspec(1, len(seen))]
    shown = pictures.frames(panels, seen, fields, places)
    fig.colorbar(shown, ax=panels, label="root of the share\nof the largest", shrink=0.9)
    axes = grid[1]
    axes.plot(depths, [2 * d + 1 for d in depths], color="black", label="can see: 2 L + 1")
    for number, (name, line) in enumerate(found.items()):
        look: dict[str, Any] = {"color": COLOURS[number], "marker": MARKERS[number]}
        axes.plot(depths, line, DASHES[number + 1], label=f"does see, {name}", **look)
    root = found["linear"][-1] * np.sqrt(np.array(depths) / depths[-1])
    axes.plot(depths, root, color="#999999", linewidth=1, label="as the root of L")
    axes.set(
        title="What a unit can see grows with the depth, what moves it more slowly",
        xlabel="layers L (3x3 convolutions, random weights, on noise)",
        ylabel="pixels across",
        xscale="log",
        yscale="log",
        xticks=depths,
        yticks=(3, 5, 10, 20, 40),
    )
    axes.minorticks_off()
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.yaxis.set_major_formatter("{x:.0f}")
    axes.legend(frameon=False)
    fig.suptitle("The middle unit of a stack of convolutions: a frame around what it can see")
    return fig


if __name__ == "__main__":
    main(run)
