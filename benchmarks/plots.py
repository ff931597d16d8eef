"""Results as pictures: bars by workload and contender, and how times grow with batch and width.

Colours tell the frameworks apart, hatches and dashes what is done in them (`brain/plots.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import LogLocator, NullLocator

from benchmarks.report import BASES, Line, lines
from benchmarks.results import Results
from brain.plots import BLUE, GREEN, ORANGE, STYLE, figure, save

LOOKS: Mapping[str, dict[str, Any]] = {
    "numpy": {"color": BLUE},
    "torch-eager": {"color": ORANGE},
    "torch-compiled": {"color": ORANGE, "hatch": "///", "alpha": 0.65},
    "torch_nn": {"color": ORANGE, "hatch": "...", "alpha": 0.4},
    "tf-graph": {"color": GREEN},
    "tf-xla": {"color": GREEN, "hatch": "///", "alpha": 0.65},
    "tf_nn": {"color": GREEN, "hatch": "...", "alpha": 0.4},
}
MARKS = dict(zip(LOOKS, "osDvosD", strict=True))
DASHES = {"cpu": "-", "cuda": "--", "mps": ":"}

Series = dict[tuple[str, str], list[Line]]
"""By device with precision, and contender: lines from the smallest size to the largest."""


def draw(results: Results, folder: Path, stem: str = "", device: str | None = None) -> list[Path]:
    """Every picture that the results give, in `folder`; their paths.

    `step-cpu-float32.png` for each device, precision and phase with two workloads or more;
    `batch-mlp-wide.png`, `width-mlp-wide.png` for what was measured at several. Those of one
    `device` alone, if it is named; a picture with several devices belongs to the last.
    """
    found = [line for rows in results.groups().values() for line in lines(rows) if line.row.agrees]
    paths = []
    places = dict.fromkeys((x.row.device, x.row.precision, x.phase) for x in found)
    for place in places:
        here = [x for x in found if (x.row.device, x.row.precision, x.phase) == place]
        here = [x for x in here if x.row.width == 1 and x.against]
        several = all(len({of(x) for x in here}) > 1 for of in (_workload, _contender))
        if several and device in (None, place[0]):
            path = folder / f"{stem}{place[2]}-{place[0]}-{place[1]}.png"
            paths.append(bars(path, here, f"{place[2]}, {place[0]}"))
    for workload in dict.fromkeys(map(_workload, found)):
        own = [x for x in found if _workload(x) == workload and x.phase == "step"]
        last = own[-1].row.device if own else None
        for what in ("batch", "width") if device in (None, last) else ():
            if (points := series(own, what)) and max(map(len, points.values())) > 2:
                path = folder / f"{stem}{what}-{workload}.png"
                paths.append(scaling(path, points, workload, what))
    return paths


def _workload(line: Line) -> str:
    return line.row.workload


def _contender(line: Line) -> str:
    return line.row.contender


def series(found: Sequence[Line], what: str) -> Series:
    """The lines along batch size or width, by device and contender; the other one stays."""
    kept = [x for x in found if x.row.width == 1] if what == "batch" else []
    if what == "width":
        sizes = [x.row.batch_size for x in found if x.row.width != 1]
        kept = [x for x in found if x.row.batch_size in sizes]
    points: Series = {}
    for line in sorted(kept, key=lambda x: (x.row.batch_size, x.row.width)):
        name = f"{line.row.device} {line.row.precision}"
        points.setdefault((name, line.row.contender), []).append(line)
    return points


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def bars(path: Path, found: Sequence[Line], title: str) -> Path:
    """Ratios to the base, a group of bars a workload, from 1 up or down; marks are quartiles."""
    workloads = list(dict.fromkeys(line.row.workload for line in found))
    measured = [name for name in LOOKS if any(x.row.contender == name for x in found)]
    base = next((name for name in BASES if name in measured), measured[0])
    contenders = [name for name in measured if name != base]
    fig, axes = figure(max(7.0, 1.6 + 1.15 * len(workloads)), 4.1)
    width = 0.84 / len(contenders)
    for number, name in enumerate(contenders):
        own = {x.row.workload: x.against for x in found if x.row.contender == name and x.against}
        aside = (number - (len(contenders) - 1) / 2) * width
        at = [place + aside for place, w in enumerate(workloads) if w in own]
        spreads = [own[w] for w in workloads if w in own]
        middles = np.array([s.median for s in spreads])
        marks = [middles - [s.low for s in spreads], [s.high for s in spreads] - middles]
        look = {"bottom": 1.0, "edgecolor": "white", "linewidth": 0.4, **LOOKS[name]}
        axes.bar(at, middles - 1.0, width, label=name, **look)
        axes.errorbar(at, middles, yerr=marks, fmt="none", ecolor="black", elinewidth=0.9)
    axes.axhline(1, color="black", linewidth=0.8, label=base)
    axes.set(
        title=f"{title}: ratios to {base}, medians and quartiles; below the line is faster",
        ylabel=f"time / that of {base}",
        yscale="log",
    )
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xticks(range(len(workloads)), workloads)
    axes.grid(axis="x", visible=False)
    handles, labels = axes.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return save(fig, path)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def scaling(path: Path, points: Series, workload: str, what: str) -> Path:
    """Samples a second against the batch size, or milliseconds of a step against the width."""
    fig, axes = figure(7.2, 4.4)
    batch = what == "batch"
    for (place, name), found in points.items():
        x = [_size(line, what) for line in found]
        sizes = np.array([1e-3 if not batch else line.row.batch_size for line in found])
        times = np.array([(s.time.low, s.time.median, s.time.high) for s in found]).T
        low, middle, high = sizes / times if batch else times / sizes
        colour = LOOKS[name]["color"]
        look = {"marker": MARKS[name], "linestyle": DASHES[place.partition(" ")[0]]}
        label = f"{name}, {place}"
        axes.plot(x, middle, label=label, color=colour, markersize=4, linewidth=1.4, **look)
        axes.fill_between(x, low, high, color=colour, alpha=0.12)
    if batch and (size := gpu_wins_from(points)):
        label = "the GPU wins from here"
        axes.axvline(size, color="black", linewidth=1, linestyle="-.", label=label)
    axes.set(
        title=f"{workload}: a training step at several {'batch sizes' if batch else 'widths'}",
        xlabel="samples in a batch" if batch else "hidden units, by the workload's own",
        ylabel="samples a second" if batch else "milliseconds a step",
        xscale="log",
        yscale="log",
    )
    ticks = sorted({_size(line, what) for found in points.values() for line in found})
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.tick_params(axis="x", which="minor", bottom=False)
    fig.legend(loc="outside right center", frameon=False, fontsize=8)
    return save(fig, path)


def _size(line: Line, what: str) -> float:
    return line.row.batch_size if what == "batch" else line.row.width


def gpu_wins_from(points: Series) -> int | None:
    """The batch size from which on the best on a GPU outruns the best on a CPU.

    None where it never does, or one of them was not measured.
    """
    best: dict[int, dict[str, float]] = {}
    for (place, _), found in points.items():
        device = place.partition(" ")[0]
        for line in found:
            here = best.setdefault(line.row.batch_size, {})
            here[device] = max(here.get(device, 0.0), line.samples)
    both = {size: here for size, here in sorted(best.items()) if {"cpu", "cuda"} <= set(here)}
    won = None
    for size, here in reversed(both.items()):
        if here["cuda"] <= here["cpu"]:
            break
        won = size
    return won
