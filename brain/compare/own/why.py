"""Why two models part where they part first: a layer's own doing, or what is between two layers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Alone
from brain.compare.causes.finder import INHERITED, UNKNOWN, budget, diagnose
from brain.compare.own.leaves import Array, Leaf, Pass
from brain.compare.own.sides import (
    FOLLOWED_NOT,
    RECURRENT,
    Item,
    Side,
    end,
    ending,
    sequences,
)
from brain.compare.places import mapped
from brain.compare.tolerances import error
from brain.errors import UserError
from brain.parameters import Arrays
from brain.randomness import generator


@dataclass(frozen=True)
class Parting:
    """Where two models part first: at a `layer` (its output, its input being the same), `between`
    what comes before and this layer (or the output), `backward`, in running `statistics`, or one
    `stopped`. `mine` and `theirs` are the layer's places."""

    kind: str
    mine: int
    theirs: int
    training: bool
    who: str = ""


Explained = tuple[str, str, list[list[float]]]
"""Where they part, why, and where in the array they do."""


class Why:
    """Finds the cause. `anchors` are the paired layers: of either model, its place in the other."""

    def __init__(
        self,
        mine: Side,
        theirs: Side,
        anchors: tuple[Mapping[int, int], Mapping[int, int]],
        dtype: str,
    ) -> None:
        self.mine, self.theirs, self.dtype = mine, theirs, dtype
        self.anchors = anchors
        self.titles = mine.title, theirs.title
        self.dy: Array | None = None
        """The gradient of the output with which the models go back."""
        self.factor = 1.0
        """By how much the input was larger where they parted."""

    def explained(self, parting: Parting, runs: tuple[Pass, Pass], random: str) -> Explained:
        """What there is to say of a parting, with the passes in which it showed."""
        where, why = "", ""
        lying: list[list[float]] = []
        mode = "in training" if parting.training else "in evaluation"
        if parting.kind == "stopped":
            side = self.mine if parting.who == self.mine.title else self.theirs
            return f"after {side.leaves[-1].name}", f"{side.title}: {side.seen.stopped}", []
        if parting.kind == "between":
            where, why = self._between(parting)
            lying = self._map(parting, runs, "x")
            where = f"{where}, {mode}"
        else:
            leaf = runs[0].leaves[parting.mine]
            where = leaf.name
            if parting.kind == "layer":
                where += f", forward, {mode}"
                why = self._layer(parting, runs, ("output",))
                lying = self._map(parting, runs, "y")
            elif parting.kind == "backward":
                where, why = self._backward(parting, runs)
            else:
                where += ", its running statistics"
                why = self._layer(parting, runs, ("next ",))
        return where, random or why, lying

    def _map(self, parting: Parting, runs: tuple[Pass, Pass], what: str) -> list[list[float]]:
        arrays = []
        for run, i in zip(runs, (parting.mine, parting.theirs), strict=True):
            array = getattr(run.leaves[i], what) if i < len(run.leaves) else run.output
            if array is None:
                return []
            arrays.append(array)
        if what == "y" and arrays[0].ndim != arrays[1].ndim:  # a recurrent layer's end, and all
            label = runs[0].leaves[parting.mine].label
            arrays = [end(a, label) if a.ndim == 3 else a for a in arrays]
        return mapped(arrays[1], arrays[0])

    def doubts(self) -> list[str]:
        """Where two models that gave the same take steps of other names."""
        found = []
        ends = len(self.mine.leaves), len(self.theirs.leaves)
        for a, b in (*self.anchors[0].items(), ends):
            mine, theirs = (
                side.path(i, lambda j, own=own: j in own)  # type: ignore[misc]
                for side, i, own in zip((self.mine, self.theirs), (a, b), self.anchors, strict=True)
                if i < len(side.ways)
            )
            if None not in (mine[0], theirs[0]):
                parting = Parting("between", a, b, training=False)
                if line := self._route(parting, mine[1], theirs[1]):
                    found.append(line)
        return found

    # A layer by itself

    def _layer(self, parting: Parting, runs: tuple[Pass, Pass], quantities: tuple[str, ...]) -> str:
        """Why two layers that are given the same give something else."""
        a, b = (run.leaves[i] for run, i in zip(runs, (parting.mine, parting.theirs), strict=True))
        if a.y.shape != b.y.shape and not {a.label, b.label} <= set(RECURRENT):
            return self._declared(a, b) or f"its output is {_shape(a.y)} in {self._pair(a, b)}"
        ends = not (sequences(a.layer) and sequences(b.layer))
        dy = generator(0, "cotangent").standard_normal(a.y.shape).astype(self.dtype)
        if ends and dy.ndim == 3:
            dy = dy[:, -1]
        given = a.x, dy, a.parameters, a.state, parting.training
        own = self.mine.alone(parting.mine, *given, ends=ends)
        try:
            other = self.theirs.alone(parting.theirs, *given, ends=ends)
        except UserError as refused:  # arrays that it cannot take: as it is, then
            other = {"output": end(b.y, b.label) if ends and b.y.ndim == 3 else b.y}
            return self._named(a, b, own, other, given, ends, quantities) or str(refused)
        found = self._named(a, b, own, other, given, ends, quantities)
        if found:
            return found
        if error(other["output"], own["output"]) <= 1e-9 and quantities == ("output",):
            return self._own_arrays(a, b, given, ends) or f"{UNKNOWN}, though {INHERITED}"
        return UNKNOWN

    def _named(
        self,
        a: Leaf,
        b: Leaf,
        own: Arrays,
        other: Arrays,
        given: Any,
        ends: bool,
        quantities: tuple[str, ...],
    ) -> str:
        """What sets either layer apart from the first one's declaration; empty if nothing known."""
        if a.layer is None:
            return self._declared(a, b) or self._options(a, b)
        alone = _alone(a.layer, given, ends)
        try:
            right = self._ask(alone)
        except UserError:
            return self._declared(a, b) or self._options(a, b)
        said = []
        for title, leaf, found in zip(self.titles, (a, b), (own, other), strict=True):
            found = {k: v for k, v in found.items() if k in right and k.startswith(quantities)}
            if why := self._against(alone, right, leaf, found):
                said.append(f"{title}: {why}")
        if said and all(UNKNOWN in why for why in said):
            return self._declared(a, b) or self._options(a, b) or UNKNOWN
        return "; ".join(why for why in said if UNKNOWN not in why)

    def _against(self, alone: Alone, right: Arrays, leaf: Leaf, found: Arrays) -> str:
        """What sets what a layer gives apart from what the declaration gives."""
        bounds = {name: self._bound(alone, name, leaf) for name in found}
        if all(error(found[k], right[k]) <= bounds[k] for k in found):
            return ""
        for layer in halfway(alone.layer, leaf.layer) if leaf.layer is not None and found else ():
            try:
                there = self._ask(replace(alone, layer=layer))
            except UserError:
                continue
            if all(error(found[k], there.get(k, right[k])) <= bounds[k] for k in found):
                return differing(alone.layer, layer)
        return str(diagnose(alone, found, self._ask, self.dtype))

    def _bound(self, alone: Alone, name: str, leaf: Leaf) -> float:
        rough = leaf.options.get("constants") == "float32"
        return budget(alone, name, "float32" if rough else self.dtype)

    def _declared(self, a: Leaf, b: Leaf) -> str:
        """In what the declarations of two layers differ, whatever the numbers say."""
        if a.label != b.label:
            return f"it is {_a(a.label)} in {self.titles[0]}, {_a(b.label)} in {self.titles[1]}"
        if a.layer is not None and b.layer is not None:
            why = differing(a.layer, b.layer)
            return f"{self.titles[1]}: {why}" if why else ""
        return ""

    def _options(self, a: Leaf, b: Leaf) -> str:
        """What a layer does otherwise than its declaration says, as its framework tells."""
        said = [
            f"{title}: {', '.join(f'{k} is {v}' for k, v in leaf.options.items())}"
            for title, leaf in zip(self.titles, (a, b), strict=True)
            if leaf.options and leaf.options != {"constants": "float32"}
        ]
        return "; ".join(said)

    def _own_arrays(self, a: Leaf, b: Leaf, given: Any, ends: bool) -> str:
        """What is wrong with the arrays of a layer that computes right: they were kept, not copied.

        A known mistake explains them, or another order of rows; else which they are is told.
        """
        if a.layer is not None:
            alone = _alone(a.layer, given, ends)
            theirs = end(b.y, b.label) if ends and b.y.ndim == 3 else b.y
            found = diagnose(alone, {"output": theirs}, self._ask, self.dtype)
            if found.causes:
                return f"{self.titles[1]}, in its own arrays: {found}"
        apart = [
            k
            for k, array in {**a.parameters, **a.state}.items()
            if error({**b.parameters, **b.state}.get(k, np.zeros(0)), array) > 1e-9
        ]
        if not apart:
            return ""
        if "weight" in apart and _same_rows(a.parameters["weight"], b.parameters.get("weight")):
            return (
                f"{self.titles[1]}: the rows of weight are in another order, as where a Flatten "
                "reads C, H, W in one model and H, W, C in the other"
            )
        sizes = [error(b.parameters[k], a.parameters[k]) for k in apart if k in b.parameters]
        rounded = max(sizes, default=1.0) < 1e-6
        hint = ", by as much as float32 rounds: try --dtype float32" if rounded else ""
        return f"other numbers in {', '.join(apart)}: {self._pair(a, b)} differ{hint}"

    def _ask(self, alone: Alone) -> Arrays:
        found: Arrays = self.mine.numpy.call(
            "brain.compare.causes.alone:quantities",
            **{field.name: getattr(alone, field.name) for field in fields(alone)},
            dtype=self.dtype,
        )
        return found

    def _pair(self, a: Leaf, b: Leaf) -> str:
        return f"{a.name} of {self.titles[0]} and {b.name} of {self.titles[1]}"

    # The way back

    def _backward(self, parting: Parting, runs: tuple[Pass, Pass]) -> tuple[str, str]:
        a = runs[0].leaves[parting.mine]
        if (why := self._layer(parting, runs, ("d_",))) and not why.startswith(UNKNOWN):
            return f"{a.name}, backward", why
        if cut := self._cut(parting, runs):
            source, title = cut
            return (
                f"between {a.name} and {source}, backward",
                f"{title}: no gradient comes back from {source} to {a.name}, as if it were "
                "detached there (detach, stop_gradient)",
            )
        b = runs[1].leaves[parting.theirs]
        return f"after {a.name}, backward", self._options(a, b) or UNKNOWN

    def _cut(self, parting: Parting, runs: tuple[Pass, Pass]) -> tuple[str, str] | None:
        """What passes no gradient back to a layer in one of the models, and in which.

        Every way on from the layer is tried: is its share what the two gradients differ by?
        """
        place = parting.mine
        leaf, other = runs[0].leaves[place], runs[1].leaves[parting.theirs]
        pairs = {k: (g, other.gradients[k]) for k, g in leaf.gradients.items()}
        apart = {k: a - b for k, (a, b) in pairs.items() if a.any() or b.any()}
        for i, way in enumerate(self.mine.ways):
            if not way.known or f"out {place}" not in way.sources:
                continue
            dy = self._led_back(i, leaf.y, runs[0])
            if dy is None or dy.shape != leaf.y.shape:
                continue
            share = self.mine.alone(place, leaf.x, dy, leaf.parameters, leaf.state, training=True)
            name = runs[0].leaves[i].name if i < len(runs[0].leaves) else "the output"
            for sign, title in ((1, self.titles[1]), (-1, self.titles[0])):
                if apart and all(
                    error(sign * d, share[f"d_{k}"]) <= 1e-9 for k, d in apart.items()
                ):
                    return name, title
        return None

    def _led_back(self, i: int, y: Array, run: Pass) -> Array | None:
        """The gradient of what leaf `i` is made of, `y`, by that leaf; None where it is unknown."""
        dy = run.leaves[i].d_x if i < len(run.leaves) else self.dy
        given = [y]
        for step in self.mine.ways[i].steps:
            if step.layer is not None:
                x = given[-1]
                given.append(self._ask(Alone(step.layer, tuple(x.shape[1:]), x, step.y))["output"])
            elif step.label == "sum":
                given.append(step.y)
            else:
                return None
        for step, x in zip(reversed(self.mine.ways[i].steps), reversed(given[:-1]), strict=True):
            if step.layer is not None and dy is not None:
                dy = self._ask(Alone(step.layer, tuple(x.shape[1:]), x, dy)).get("d_input")
        return dy

    # Between two layers

    def _between(self, parting: Parting) -> tuple[str, str]:
        for side in (self.mine, self.theirs):
            side.look_again(self.factor)  # the weights are others by now
        start, mine = self.mine.path(parting.mine, lambda j: j in self.anchors[0])
        begin, theirs = self.theirs.path(parting.theirs, lambda j: j in self.anchors[1])
        to = (
            self.mine.leaves[parting.mine].name
            if parting.mine < len(self.mine.leaves)
            else "the output"
        )
        source = "the input" if start in (-1, None) else self.mine.leaves[start].name
        where = f"between {source} and {to}" if start is not None else f"before {to}"
        for title, items in zip(self.titles, (mine, theirs), strict=True):
            if any(item.label == FOLLOWED_NOT for item in items):
                return where, f"{UNKNOWN}: what {title} does there could not be followed"
        if start is not None and begin is not None:
            match = self.anchors[0].get(start, -1)
            if match != begin:
                other = "the input" if begin == -1 else self.theirs.leaves[begin].name
                why = self._route(parting, mine, theirs) or (
                    f"{self.titles[0]} goes on from {source}, {self.titles[1]} from {other}"
                )
                return where, why
        if found := self._steps(mine, theirs):
            name, why = found
            return (f"{name}, forward" if name else where), why
        return where, self._route(parting, mine, theirs) or UNKNOWN

    def _steps(self, mine: list[Item], theirs: list[Item]) -> tuple[str, str] | None:
        """Of the same steps the first that gives something else: its name, and why."""
        if [i.label for i in mine] != [i.label for i in theirs]:
            return None
        for a, b in zip(mine, theirs, strict=True):
            if a.y.shape != b.y.shape or error(b.y, a.y) > 1e-9:
                return a.name, self._item(a, b)
        return None

    def _route(self, parting: Parting, mine: list[Item], theirs: list[Item]) -> str:
        """In what two ways from one layer to the next differ."""
        one, two = ([i.label for i in items] for items in (mine, theirs))
        said = []
        first, second = self.titles
        for what, i, j, k, m in difflib.SequenceMatcher(None, one, two, False).get_opcodes():
            old, new = " and ".join(map(str, mine[i:j])), " and ".join(map(str, theirs[k:m]))
            if what == "delete":
                said.append(f"{second} lacks {old}{self._later(parting, 1, mine[i:j])}")
            elif what == "insert":
                later = self._later(parting, 0, theirs[k:m])
                said.append(f"{second} has an additional {new}{later}")
            elif what == "replace":
                said.append(f"{second} has {new} where {first} has {old}")
        return "; ".join(said)

    def _later(self, parting: Parting, which: int, items: list[Item]) -> str:
        """Whether a model has these steps after the next layer instead."""
        side = (self.mine, self.theirs)[which]
        place = (parting.mine, parting.theirs)[which]
        later = (i for i in self.anchors[which] if i > place)
        for i in (*later, len(side.ways) - 1):
            start, found = side.path(i, lambda j: j in self.anchors[which])
            if start == place:
                labels = [item.label for item in found]
                if any(item.label in labels for item in items):
                    return f": it stands after {side.leaves[place].name} in {side.title}"
                return ""
        return ""

    def _item(self, a: Item, b: Item) -> str:
        """In what two steps of one kind differ that are given the same."""
        if a.layer is None or b.layer is None:
            return f"{a.label}: {UNKNOWN}"
        dy = generator(0, "cotangent").standard_normal(a.y.shape).astype(self.dtype)
        alone = Alone(a.layer, tuple(a.x.shape[1:]), a.x, dy)
        said = []
        right = self._ask(alone)
        for title, item in zip(self.titles, (a, b), strict=True):
            leaf = Leaf(item.name, item.label, item.label, item.layer, item.x, item.y, item.options)
            if why := self._against(alone, right, leaf, {"output": item.y}):
                options = [f"{k} is {v}" for k, v in item.options.items()]
                why = ", ".join(options) if UNKNOWN in why and options else why
                said.append(f"{title}: {why}")
        return "; ".join(said) or UNKNOWN


def halfway(mine: spec.Layer, theirs: spec.Layer) -> Iterator[spec.Layer]:
    """`mine` with one option of `theirs` after the other, and at last `theirs` itself."""
    if hasattr(mine, "return_sequences") or hasattr(mine, "layer"):
        theirs = ending(theirs, sequences(mine)) if type(mine) is type(theirs) else theirs
    if mine == theirs:
        return
    if type(mine) is type(theirs):
        for field in fields(mine):  # type: ignore[arg-type]
            value = getattr(theirs, field.name)
            if value != getattr(mine, field.name) and field.name != "return_sequences":
                with suppress(UserError):
                    yield replace(mine, **{field.name: value})  # type: ignore[type-var]
    yield theirs


def differing(mine: spec.Layer, theirs: spec.Layer) -> str:
    """In which options two declarations of one kind differ; empty if in none."""
    if type(mine) is not type(theirs):
        return f"it computes {theirs.kind}, not {mine.kind}"
    if hasattr(mine, "layer"):  # Bidirectional: what it holds
        return differing(mine.layer, theirs.layer)  # type: ignore[attr-defined]
    return ", ".join(
        f"{field.name} is {getattr(theirs, field.name)!r}, not {getattr(mine, field.name)!r}"
        for field in fields(mine)  # type: ignore[arg-type]
        if field.name not in ("init", "recurrent_init", "bias_init")
        and getattr(theirs, field.name) != getattr(mine, field.name)
        and field.name != "return_sequences"
    )


def _alone(layer: spec.Layer, given: Any, ends: bool) -> Alone:
    """A layer with what it is given; `ends`: it is to give its end alone."""
    x, dy, parameters, state, training = given
    layer = ending(layer, all_steps=False) if ends else layer
    return Alone(layer, tuple(x.shape[1:]), x, dy, dict(parameters), dict(state), training)


def _same_rows(a: Array, b: Array | None) -> bool:
    """Whether two weights have the same rows, in whatever order."""
    if b is None or a.shape != b.shape or a.ndim != 2:
        return False
    return np.allclose(a[np.lexsort(a.T)], b[np.lexsort(b.T)], rtol=1e-6, atol=0)


def _shape(array: Array) -> str:
    return str(tuple(array.shape[1:]))


def _a(word: str) -> str:
    return f"{'an' if word[:1].upper() in 'AEIOU' else 'a'} {word}"
