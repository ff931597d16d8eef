"""When are two results equal? The error that is measured, and the budget it is held against.

**The error** of `a` against the reference `b` is

    ||a - b||_2 / max(||b||_2, S / sqrt(n))

where S is the norm of the sums' absolute addends and n the number of addends in each sum. For
ordinary sums, whose addends have random signs, S / sqrt(n) is about ||b|| itself and nothing
changes. It matters when a sum vanishes by theory (the gradient of a bias before BatchNorm): there
`b` is rounding noise, nobody's noise is like another's, and the size such a sum would have had is
what its error must be measured by.

**The budget of one pass** is `SAFETY * eps * sum over the layers passed of sqrt(n)`: the rounding
error of a sum of n terms grows like sqrt(n) * eps with overwhelming probability (Higham and Mary,
"A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41, 2019, theorem
2.4), and the errors of layers that follow each other add up. A layer never counts for less than
`ELEMENTARY` terms, because an elementary function may be a few units in the last place off. A
BatchNorm in training adds up the batch and its positions, there and back, however short a sample
is; in evaluation it adds up nothing.

That holds where no ReLU unit is left to rounding, for which an example is chosen. Among the twelve
million units of resnet-20 on 64 samples some are nearer to 0 than float32 can tell, and two right
engines have them on different sides: the gradient goes through such a unit in one and not in the
other. Which they are is seen in the outputs. So where a layer's outputs are equal within rounding,
its turned units have a share of its gradient by which any gradient behind it may be off; the shares
of several layers add up as their squares do, for one has nothing to do with another. Every
gradient's budget grows by `SAFETY` times the whole.

**The budget of many steps** cannot be derived: training amplifies rounding by a factor that is the
model's own. So it is measured in the same run, on the reference alone: four times the distance
between its float32 and its float64 trajectory, scaled by eps for other dtypes. It is the largest
distance of three float32 runs, two of them from a start moved by one rounding. Both are shown.

That distance does not grow evenly, it jumps. A ReLU unit whose input is so near zero that rounding
decides its side has a gradient in one run and none in the other. One run of resnet-8 in float32
stays within 2e-6 of float64 for 33 steps; then one of 221,184 units falls on the other side, and
conv1.weight is 5e-5 off after that step, 3e-3 after 100. resnet-20 may meet its first such unit in
step 4, and is about 3e-2 off after 100; with SiLU, smooth at zero, in place of ReLU it stays within
2e-6 all the way.

Which run jumps, and when, is chance: of k + 1 right runs each is as likely as any other to be the
furthest. So an engine that goes further than three, but only after steps, is held against more runs
before it is said to differ: at most 19 in all, so that a right engine is wronged in one model of 20
even where jumps are all that there is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec

Array = NDArray[Any]

SAFETY = 4.0
ELEMENTARY = 16
STEPS_FACTOR = 4.0


def eps(dtype: str) -> float:
    """The distance from 1 to the next number of `dtype`."""
    return float(np.finfo(dtype).eps)


def error(a: Array, b: Array, addends: float = 0.0, terms: int = 1) -> float:
    """The error of `a` against the reference `b`, both of any shape; infinite where not finite.

    `addends` is S, `terms` is n of the module's text; without them the plain relative error.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return math.inf
    difference = float(np.linalg.norm((a - b).ravel()))
    size = max(float(np.linalg.norm(b.ravel())), addends / math.sqrt(terms))
    if size == 0.0:
        return 0.0 if difference == 0.0 else math.inf
    return difference / size


def apart(a: Array, b: Array, dtype: str) -> tuple[float, float, str]:
    """How far `a` is from `b` at most: absolute, in units in the last place, and at which index.

    The unit is that of the largest number of `b` in `dtype`: next to zero any number is many of its
    own units away, which says nothing.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or not a.size:
        return math.inf if a.shape != b.shape else 0.0, math.inf, ""
    with np.errstate(invalid="ignore"):
        difference = np.asarray(np.abs(a - b))
    difference[~np.isfinite(difference)] = math.inf
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    most, largest = float(difference[place]), float(np.abs(b).max())
    unit = float(np.spacing(np.asarray(largest, dtype))) if math.isfinite(largest) else math.nan
    return most, most / unit, f"[{', '.join(map(str, place))}]" if place else ""


def forward_budget(nodes: Iterable[spec.Node], dtype: str, samples: int = 0) -> float:
    """The budget of an output that has passed through `nodes`.

    `samples` is the batch of a pass in training; 0 is a pass in evaluation.
    """
    return SAFETY * eps(dtype) * sum(_growth(node, samples) for node in nodes)


def backward_budget(nodes: Iterable[spec.Node], samples: int, dtype: str) -> float:
    """The budget of any gradient of a model with these `nodes`: the way there and back.

    The way back sums over each layer's outputs that an input takes part in, and once over the batch
    and its positions.
    """
    nodes = list(nodes)
    there = sum(_growth(node, samples) for node in nodes)
    back = sum(
        math.sqrt(max(_fan_out(node), _batch_sum(node, samples), ELEMENTARY)) for node in nodes
    )
    positions = max(math.prod(node.output_shape[:-1]) for node in nodes)
    return SAFETY * eps(dtype) * (there + back + math.sqrt(samples * positions))


def steps_budget(distance: float, dtype: str) -> float:
    """The budget after some steps, from the reference's float32 to float64 `distance` there."""
    return STEPS_FACTOR * distance * eps(dtype) / eps("float32")


def turned_budget(share: float) -> float:
    """What a gradient's budget grows by for that `share` of a gradient in turned ReLU units."""
    return SAFETY * share


def _fan_out(node: spec.Node) -> int:
    """How many outputs an input takes part in: those of its position, and more by a kernel."""
    return max([node.output_shape[-1], *(info.fan_out for info in node.parameters.values())])


def _batch_sum(node: spec.Node, samples: int) -> int:
    """How many numbers of one channel a layer adds up in training, over the batch."""
    return samples * math.prod(node.input_shape[:-1]) if node.layer.over_batch else 0


def _growth(node: spec.Node, samples: int) -> float:
    terms = node.layer.sum_length(node.input_shape)
    return math.sqrt(max(terms, _batch_sum(node, samples), ELEMENTARY))
