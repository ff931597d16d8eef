"""The graph of a computation, drawn: what `Value.backward` walks through. theory/autodiff.md

`python -m scratch.neurons.graph` draws that of the page's example.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from brain import plots
from brain.alone import main
from brain.errors import UserError
from brain.stage import Stage
from scratch.neurons.scalar import Value, in_order

MOST = 60
WIDTH, HEIGHT = 1.8, 1.05
"""Inches for a column and a row of the drawing."""


def run(stage: Stage) -> None:
    """Draw one neuron with its loss, and say what its gradients are."""
    w, x, b, target = (Value(v, name=n) for v, n in ((0.8, "w"), (1.5, "x"), (-0.2, "b"), (1, "t")))
    loss = ((w * x + b).tanh() - target) ** 2 + 0.1 * w**2
    loss.name = "loss"
    loss.backward()
    stage.say(f"loss {loss.data:.4f}; its slope is {w.grad:.4f} for w and {b.grad:.4f} for b")
    title = "(tanh(w x + b) − t)² + 0.1 w²: values run to the right, gradients back to the left"
    stage.picture("autodiff-graph", draw(loss, title))


def draw(result: Value, title: str) -> Figure:
    """Every number behind `result` as a box with its value and gradient; on each line, its slope.

    A gradient is the sum, over the lines that leave to the right, of slope times gradient there.
    """
    nodes = in_order(result)
    if len(nodes) > MOST:
        raise UserError(f"the graph has {len(nodes)} numbers; more than {MOST} cannot be read.")
    places = laid_out(nodes)
    across = max(x for x, _ in places.values())
    low, high = min(y for _, y in places.values()), max(y for _, y in places.values())
    fig, axes = plots.figure(WIDTH * (across + 1), HEIGHT * (high - low + 1) + 0.4)
    axes.set(title=title, xlim=(-0.5, across + 0.5), ylim=(low - 0.5, high + 0.5))
    axes.set_axis_off()
    boxes = {node: box(axes, node, *places[node]) for node in nodes}
    for node in nodes:
        for parent, slope in node.parents:
            line(axes, boxes[parent], boxes[node], slope)
    return fig


def laid_out(nodes: list[Value]) -> dict[Value, tuple[float, float]]:
    """A column and a row for each: left of all that it goes into, and at their height."""
    goes_into: dict[Value, list[Value]] = {node: [] for node in nodes}
    for node in nodes:
        for parent, _ in node.parents:
            goes_into[parent].append(node)
    steps: dict[Value, int] = {}  # to the result, by the longest way
    for node in reversed(nodes):
        steps[node] = max((steps[after] + 1 for after in goes_into[node]), default=0)
    row = {nodes[-1]: 0.0}
    for distance in range(1, max(steps.values()) + 1):
        column = [node for node in nodes if steps[node] == distance]
        wish = {n: sum(row[after] for after in goes_into[n]) / len(goes_into[n]) for n in column}
        column.sort(key=wish.__getitem__)
        middle = sum(wish.values()) / len(column)
        for place, node in enumerate(column):
            row[node] = middle + place - (len(column) - 1) / 2
    last = max(steps.values())
    return {node: (float(last - steps[node]), row[node]) for node in nodes}


def box(axes: Axes, node: Value, x: float, y: float) -> Text:
    """What the number is called or made by, its value and its gradient."""
    head = " = ".join(part for part in (node.name, node.made_by) if part) or "constant"
    colour = plots.BLUE if node.parents else plots.GREEN
    look = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": colour}
    told = f"{head}\nvalue {node.data:.3f}\ngradient {node.grad:.3f}"
    return axes.text(x, y, told, ha="center", va="center", fontsize=9, bbox=look, zorder=3)


def line(axes: Axes, start: Text, end: Text, slope: float) -> None:
    """From a number's box to that of what it goes into, with the slope between the two.

    A line over several columns hangs through, below the boxes on its way.
    """
    (x, y), (to_x, to_y) = start.get_position(), end.get_position()
    hang = 0.18 if to_x - x > 1 else 0.0
    arrow = {
        "arrowstyle": "-|>",
        "color": plots.GREY,
        "patchA": start.get_bbox_patch(),
        "patchB": end.get_bbox_patch(),
        "connectionstyle": f"arc3,rad={hang}",
    }
    axes.annotate("", (to_x, to_y), (x, y), arrowprops=arrow, zorder=4)
    middle_x = (x + to_x) / 2 + hang / 2 * (to_y - y) * HEIGHT / WIDTH
    middle_y = (y + to_y) / 2 - hang / 2 * (to_x - x) * WIDTH / HEIGHT
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "color": plots.GREY}
    axes.text(middle_x, middle_y, f"{slope:.3g}", zorder=5, bbox=white, **look)


if __name__ == "__main__":
    main(run)
