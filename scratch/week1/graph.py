"""The picture of day 4: f = (x + y) * z at (-2, 5, -4), its values and its slopes.

`python -m scratch.week1.graph` draws it, to outputs/ or to where `--out` says.
"""

from __future__ import annotations

from brain.alone import main
from brain.stage import Stage
from scratch.neurons.graph import draw
from scratch.neurons.scalar import Value


def run(stage: Stage) -> None:
    """Draw the graph, and say what its slopes are."""
    x, y, z = (Value(v, name=n) for v, n in ((-2, "x"), (5, "y"), (-4, "z")))
    q = x + y
    q.name = "q"
    f = q * z
    f.name = "f"
    f.backward()
    stage.say(f"f = {f.data:g}; df/dx = {x.grad:g}, df/dy = {y.grad:g}, df/dz = {z.grad:g}")
    stage.picture("day4-graph", draw(f, "f = (x + y) z: values run right, gradients back left"))


if __name__ == "__main__":
    main(run)
