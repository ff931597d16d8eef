"""The figures of what a network sees, in the style of `brain.plots`: arrays in, figures out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from brain.pictures import COLOURS, MARKERS
from brain.plots import STYLE, figure
from cnn.breakdown import FAMILIES, Stop
from cnn.embedding import Components
from cnn.maps import strongest
from cnn.receptive import Field, effective_size
from scratch.image_pictures import filters, picture
from scratch.pictures import confusion

Array = NDArray[Any]

TEN: tuple[Any, ...] = tuple(mpl.colormaps["tab10"].colors)  # type: ignore[attr-defined]
"""A colour for each of ten classes."""
FAMILY_COLOURS = dict(zip((*FAMILIES, "other"), (*COLOURS[:6], "#999999"), strict=True))


def kernels(image: Array, weights: Array, answers: Array, title: str) -> Figure:
    """The first layer's kernels `(K, k, k, C)` over their `answers (H, W, K)` to an image.

    Its channels are counted as everywhere here, from 0.
    """
    fig = filters(image, weights, answers, title)
    named = [axes for axes in fig.axes if axes.get_title().startswith("filter ")]
    for channel, axes in enumerate(named):
        axes.set_title(f"channel {channel}", fontsize=9)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def layer_by_layer(image: Array, maps: Mapping[str, Array], title: str, count: int = 8) -> Figure:
    """The channels `(H, W)` of each layer's `maps (H, W, C)` that vary most over one image.

    Every map has its own scale, dark to bright from its smallest value to its largest, which the
    figure says.
    """
    size = count + 3.4, 1.12 * len(maps) + 0.8
    fig, grid = figure(*size, ncols=2, nrows=len(maps), width_ratios=(1, count), squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    picture(grid[0, 0], image, "the picture")
    for (_, axes), (layer, channels) in zip(grid, maps.items(), strict=True):
        height, width, many = channels.shape
        tall = 0.9 * height / width
        for place, channel in enumerate(strongest(channels, count)):
            look: dict[str, Any] = {"cmap": "cividis", "interpolation": "nearest"}
            axes.imshow(channels[..., channel], extent=(place, place + 0.9, 0, tall), **look)
            axes.text(place, tall + 0.02, f"channel {channel}", fontsize=7, va="bottom")
        axes.set(xlim=(0, count), ylim=(0, tall + 0.16))
        name = f"{layer}\n{height}x{width},\n{many} channels"
        axes.text(-0.1, tall / 2, name, fontsize=8, ha="right", va="center")
    scale = "each map by its own scale, from its smallest value (dark) to its largest (bright)"
    fig.suptitle(f"{title};\n{scale}")
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def gallery(images: Array, titles: Sequence[str], title: str, columns: int = 5) -> Figure:
    """Images `(N, H, W, C)` one after another, each under its title."""
    lines = -(-len(images) // columns)
    size = 1.45 * columns + 0.3, 1.6 * lines + 0.6
    fig, grid = figure(*size, nrows=lines, ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, name in zip(grid.flat, images, titles, strict=False):
        picture(axes, image, name)
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def patches(found: Mapping[str, Sequence[Array]], title: str) -> Figure:
    """For each layer a row of images `(h, w, C)`, one for each of its first channels."""
    columns = max(map(len, found.values()))
    size = 1.35 * columns + 1.6, 1.5 * len(found) + 0.6
    fig, grid = figure(*size, nrows=len(found), ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for line, (layer, images) in zip(grid, found.items(), strict=True):
        for channel, (axes, image) in enumerate(zip(line, images, strict=False)):
            picture(axes, image, f"channel {channel}")
        height, width = images[0].shape[:2]
        lines = layer.replace(".", ".\n")
        name = f"{lines}\n{height}x{width} pixels"
        look: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 8}
        line[0].text(-0.1, 0.5, name, transform=line[0].transAxes, **look)
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def confused(truth: Array, answers: Array, classes: Sequence[str], title: str) -> Figure:
    """The confusion matrix, with room for long names of classes."""
    side = max(5.4, 0.52 * len(classes) + 1.6)
    fig, axes = figure(side, side - 0.3)
    confusion(axes, truth, answers, classes, title)
    if max(map(len, classes)) > 3:
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def embedding(
    found: Components, labels: Array, classes: Sequence[str], layer: str, title: str
) -> Figure:
    """Pictures in the plane of the two first components, and what share each component holds."""
    fig, (plane, bars) = figure(10, 5.4, ncols=2, width_ratios=(2.2, 1))
    for label, name in enumerate(classes):
        across, up = found.scores[labels == label].T
        look: dict[str, Any] = {
            "color": TEN[label % len(TEN)],
            "marker": MARKERS[label % len(MARKERS)],
        }
        plane.scatter(across, up, s=18, alpha=0.8, linewidth=0, label=name, **look)
    shares = found.explained
    plane.set(
        title=f"the two directions in which {layer} varies most",
        xlabel=f"component 1 ({shares[0]:.1%} of the variance)",
        ylabel=f"component 2 ({shares[1]:.1%} of the variance)",
    )
    shown = shares[:12]
    numbers = np.arange(1, len(shown) + 1)
    bars.bar(numbers, shown, color=COLOURS[0], label="each component")
    bars.plot(numbers, shown.cumsum(), color=COLOURS[4], marker="o", markersize=4, label="so far")
    bars.set(title="explained variance", xlabel="component", ylabel="share", ylim=(0, 1.02))
    bars.xaxis.set_major_locator(MaxNLocator(integer=True))
    bars.yaxis.set_major_formatter(PercentFormatter(1))
    bars.legend(loc="center right")
    handles, labels = plane.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=5, markerscale=1.6)
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def way_through(stops: Sequence[Stop], title: str) -> Figure:
    """For every layer its operations, parameters, and what came out: size, and zeros if any."""
    rows = np.arange(len(stops))
    colours = [FAMILY_COLOURS[stop.family] for stop in stops]
    shown: list[tuple[list[float], str, str]] = [
        ([stop.flops / 1e3 for stop in stops], "operations\n(thousand FLOPs)", "symlog"),
        ([stop.parameters for stop in stops], "parameters", "symlog"),
        ([stop.size for stop in stops], "size of the output\n(root mean square)", "linear"),
    ]
    if any(stop.zeros for stop in stops):  # tanh gives none
        shown.append(([100 * stop.zeros for stop in stops], "zeros in the output (%)", "linear"))
    size = 2.75 * len(shown), 0.19 * len(stops) + 2.2
    fig, panels = figure(*size, ncols=len(shown), sharey=True)
    for axes, (values, label, scale) in zip(panels, shown, strict=True):
        axes.barh(rows, values, color=colours, height=0.75)
        axes.set(xlabel=label, xscale=scale)
        if scale == "symlog":
            _thin_out(axes, max(values))
        axes.grid(visible=False, axis="y")
    if len(shown) > 3:
        panels[3].set_xlim(0, 100)
    names = [f"{stop.name}  {'x'.join(map(str, stop.shape))}" for stop in stops]
    panels[0].set_yticks(rows, names, fontsize=8)
    panels[0].set_ylim(len(stops) - 0.4, -0.6)
    used = dict.fromkeys(stop.family for stop in stops)
    handles = [Patch(color=FAMILY_COLOURS[name], label=name) for name in used]
    fig.legend(handles=handles, loc="outside lower center", ncols=len(used))
    fig.suptitle(title)
    return fig


def _thin_out(axes: Axes, largest: float) -> None:
    """Ticks of a symmetric logarithmic axis that do not touch: 0, then every other power of 10."""
    last = max(math.floor(math.log10(largest)), 0) if largest > 0 else 0
    powers = range(last, 0, -2 if last > 2 else -1)
    axes.set_xticks([0, *(10.0**power for power in sorted(powers))])


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def fields(
    image: Array,
    seen: Mapping[str, Array],
    theoretical: Mapping[str, Field],
    places: Mapping[str, tuple[int, int]],
    title: str,
    columns: int = 5,
) -> Figure:
    """What the middle unit of each layer can see (a frame) and does see (bright), layer by layer.

    `seen (H, W)` is scaled by its root, so that its weak parts show; `image (H, W, C)` comes first.
    """
    panels = len(seen) + 1
    columns = min(columns, panels)
    lines = -(-panels // columns)
    fig, grid = figure(2.1 * columns, 2.5 * lines + 0.9, nrows=lines, ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    picture(grid[0, 0], image, "a picture")
    shown = frames(grid.flat[1:], seen, theoretical, places)
    fig.colorbar(shown, ax=grid, label="root of the share\nof the largest gradient", shrink=0.8)
    frame = Patch(fill=False, edgecolor=COLOURS[1], linewidth=1.6, label="what a unit can see")
    fig.legend(handles=[frame], loc="outside lower center")
    fig.suptitle(title)
    return fig


def frames(
    panels: Iterable[Axes],
    seen: Mapping[str, Array],
    theoretical: Mapping[str, Field],
    places: Mapping[str, tuple[int, int]],
) -> Any:
    """Fill a panel for each layer, as `fields` says; what a colour bar is made for."""
    for axes, (layer, heat) in zip(panels, seen.items(), strict=False):
        share = np.sqrt(heat / (heat.max() or 1))
        shown = axes.imshow(share, cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
        field = theoretical[layer]
        rows, columns = field.pixels(places[layer], heat.shape[:2])
        size = columns.stop - columns.start, rows.stop - rows.start
        corner = columns.start - 0.5, rows.start - 0.5
        look: dict[str, Any] = {"edgecolor": COLOURS[1], "linewidth": 1.6}
        axes.add_patch(Rectangle(corner, *size, fill=False, **look))
        sizes = f"can see {field.size}, does {effective_size(heat):.1f}"
        axes.set_title(f"{layer}\n{sizes}", fontsize=9)
        axes.set_axis_off()
    return shown
