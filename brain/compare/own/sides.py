"""One of the models that are compared, led to the form in which two frameworks are alike.

The same computation can be written in ways that look different: zeros put around an image before a
convolution, or by it; the last step taken of a sequence, or given back alone; an image's numbers
read channels first into a row, or channels last. Here each is led to one form, so that what still
parts is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from brain import spec
from brain.compare.own.between import FLATTEN, MERGING, RESHAPE, Step, Way
from brain.compare.own.leaves import Array, Leaf, Pass
from brain.compare.own.pairing import holds
from brain.compare.tolerances import error
from brain.errors import UserError
from brain.parameters import Arrays
from brain.spec.images import windows
from brain.worker import Worker

RECURRENT = ("RNN", "LSTM", "GRU", "Bidirectional")
NAMED = (
    *("ReLU6", "Hardswish", "Hardsigmoid", "Hardtanh", "SELU", "CELU", "Mish", "Softsign"),
    *("LogSoftmax", "LogSigmoid", "Hardshrink", "Softshrink", "Tanhshrink", "Threshold", "GLU"),
)
"""Stock layers without a declaration, whose name says what they compute."""

ZEROS = "zeros around: "
ENDS = {"Bidirectional": "last step of both directions"}
FOLLOWED_NOT = "something that could not be followed"


@dataclass
class Item:
    """One step on the way from layer to layer: a layer of the model's own, or what was found."""

    label: str
    layer: spec.Layer | None
    x: Array
    y: Array
    name: str = ""
    options: dict[str, str] = field(default_factory=dict)
    other: str = ""
    """Of what puts two arrays together: where the other one came from."""

    def __str__(self) -> str:
        if self.other:
            shortcut = "a shortcut: " if self.label == "sum" else ""
            return f"{shortcut}{self.label} with {self.other}"
        return f"{self.label} ({self.name})" if self.name else self.label


@dataclass
class Form:
    """How a leaf's arrays are led to the common form.

    `order` says which number of the last axis of `x` comes at each place, `through` whether its
    output and its vectors are in the same order; `zeros` are put around the image by the layer.
    """

    order: Array | None = None
    through: bool = False
    zeros: tuple[int, int, int, int] | None = None


class Side:
    """A model in its worker. `title` is what it is called in the report: `PyTorch`."""

    def __init__(
        self,
        worker: Worker,
        numpy: Worker,
        reader: str,
        factory: str,
        dtype: str,
        seed: int,
    ) -> None:
        self.worker, self.numpy, self.dtype = worker, numpy, dtype
        self.factory = factory
        self.title: str = worker.call(
            f"{WORK}:opened", reader=reader, factory=factory, dtype=dtype, seed=seed
        )
        self.ways: list[Way] = []
        self.forms: list[Form] = []
        self.leaves: list[Leaf] = []
        self.declared: list[spec.Layer | None] = []
        self.seen: Pass
        self.given: Array

    def look(self, x: Array) -> None:
        """Run the model once as it is, and find out what it does between its layers."""
        self.given, self.forms = x, []
        self.seen = self._asked(x, False, None)
        self.leaves = self.seen.leaves
        found = self.numpy.call(
            f"{BETWEEN}:ways",
            x=self.seen.x,
            leaves=[{"x": leaf.x, "y": leaf.y} for leaf in self.leaves],
            output=self.seen.output,
            dtype=self.dtype,
        )
        self.ways = [
            Way(w["sources"], [Step(**step) for step in w["steps"]], w["known"]) for w in found
        ]
        self._name_leaves()
        self._find_forms()
        self.declared = [leaf.layer for leaf in self.leaves]
        for i, form in enumerate(self.forms):
            self._formed(self.leaves[i], form, i)
        for i, leaf in enumerate(self.leaves):
            self._end(i, leaf)

    def look_again(self, factor: float) -> None:
        """The same with other weights than at the first look, and an input that much larger."""
        self.look(self.given if factor == 1.0 else factor * self.given)

    def run(self, x: Array, training: bool, dy: Array | None = None) -> Pass:
        """One pass, its leaves in the common form; those of the first look, as far as it came."""
        found = self._asked(x, training, dy)
        for i, leaf in enumerate(found.leaves[: len(self.forms)]):
            leaf.label, leaf.layer = self.leaves[i].label, self.declared[i]
            self._formed(leaf, self.forms[i], i)
        return found

    def write(self, i: int, parameters: Arrays, state: Arrays) -> list[str]:
        """Set a leaf's arrays, given in the common form; the names of those that it cannot take."""
        name = self.leaves[i].name
        back = self._back(i, {**parameters, **state})
        parts = [{k: back[k] for k in arrays} for arrays in (parameters, state)]
        try:
            self.worker.call(f"{WORK}:written", name=name, parameters=parts[0], state=parts[1])
            return []
        except UserError:
            refused = []
            for key in back:
                one = [{key: back[key]} if key in part else {} for part in parts]
                try:
                    self.worker.call(f"{WORK}:written", name=name, parameters=one[0], state=one[1])
                except UserError:
                    refused.append(key)
            return refused

    def alone(
        self,
        i: int,
        x: Array,
        dy: Array,
        parameters: Arrays,
        state: Arrays,
        training: bool,
        ends: bool = False,
    ) -> Arrays:
        """A leaf by itself, everything in the common form; `ends`: it is to give its end alone."""
        leaf, form = self.leaves[i], self.forms[i]
        back = self._back(i, {**parameters, **state})
        if form.zeros:
            top, bottom, left, right = form.zeros
            x = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
        cut = ends and sequences(leaf.layer)
        if cut:
            dy = spread(dy, x.shape[1], leaf.label)
        if form.order is not None:
            x = _scattered(x, form.order)
            dy = _scattered(dy, form.order) if form.through else dy
        found: Arrays = self.worker.call(
            f"{WORK}:alone",
            name=leaf.name,
            x=x,
            dy=dy,
            parameters={k: back[k] for k in parameters},
            state={k: back[k] for k in state},
            training=training,
        )
        if form.order is not None:
            found = {k: self._ordered(k.removeprefix("d_"), a, form) for k, a in found.items()}
        if form.zeros and "d_input" in found:
            found["d_input"] = _inside(found["d_input"], form.zeros)
        if cut:
            found["output"] = end(found["output"], leaf.label)
        return found

    def sources(self) -> list[int | None]:
        """For each leaf the one with parameters that feeds it; -1: the input, None: not known."""
        return [self.path(i, lambda j: holds(self.leaves[j]))[0] for i in range(len(self.leaves))]

    def path(self, i: int, anchors: Callable[[int], bool]) -> tuple[int | None, list[Item]]:
        """How the input of leaf `i` (the output, after the last) was made, back to an anchor.

        The anchor's place, -1 for the input, None where it could not be followed; and every step.
        """
        way = self.ways[i]
        if not way.known:
            target = self.leaves[i].x if i < len(self.leaves) else self.seen.output
            assert target is not None
            return None, [Item(FOLLOWED_NOT, None, target, target)]
        source = way.sources[0]
        start = -1
        before: list[Item] = []
        begin = self.seen.x
        if source != "input":
            kind, _, number = source.partition(" ")
            j = int(number)
            leaf = self.leaves[j]
            begin = leaf.x if kind == "in" else leaf.y
            if kind == "out" and anchors(j):
                start = j
            else:
                found, before = self.path(j, anchors)
                if found is None:
                    return None, before
                start = found
                if kind == "out":
                    own = Item(leaf.label, leaf.layer, leaf.x, leaf.y, leaf.name, leaf.options)
                    before = [*before, own]
        items = []
        for step in way.steps:
            items.append(Item(step.label, step.layer, begin, step.y))
            begin = step.y
        if len(way.sources) > 1:
            (merging,) = (item for item in items if item.label in MERGING)
            merging.other = self._called(way.sources[1])
        return start, [*before, *items]

    def _called(self, source: str) -> str:
        """A source of a way, in words."""
        kind, _, number = source.partition(" ")
        if kind == "input":
            return "the input"
        does = "goes into" if kind == "in" else "comes out of"
        return f"what {does} {self.leaves[int(number)].name}"

    # How it is led to the common form

    def _asked(self, x: Array, training: bool, dy: Array | None) -> Pass:
        found = self.worker.call(f"{WORK}:ran", x=x, training=training, dy=dy)
        return Pass(**{**found, "leaves": [Leaf(**leaf) for leaf in found["leaves"]]})

    def _name_leaves(self) -> None:
        """Leaves without parameters of kinds that nobody declared: what they compute, by trial."""
        unknown = [
            leaf
            for leaf in self.leaves
            if leaf.layer is None and not holds(leaf) and leaf.label not in NAMED
        ]
        given = [{"x": leaf.x, "y": leaf.y} for leaf in unknown]
        if not given:
            return
        found = self.numpy.call(f"{BETWEEN}:named", leaves=given, dtype=self.dtype)
        for leaf, named in zip(unknown, found, strict=True):
            if named:
                leaf.label, leaf.layer = named
                if leaf.layer is not None and self.dtype == "float64":
                    self._mark_rough(leaf)

    def _mark_rough(self, leaf: Leaf) -> None:
        """Tell a leaf, named by trial, whose own arithmetic is that of float32."""
        shape = tuple(leaf.x.shape[1:])
        alone: Any = {"x": leaf.x, "dy": leaf.y, "parameters": {}, "state": {}, "training": False}
        right = self.numpy.call(
            "brain.compare.causes.alone:quantities", layer=leaf.layer, shape=shape, **alone
        )
        if error(leaf.y, right["output"]) > 1e-12:
            leaf.options["constants"] = "float32"

    def _find_forms(self) -> None:
        """The order in which each leaf's features come, and the zeros that go into it."""
        orders: dict[str, Array | None] = {}
        for i, leaf in enumerate(self.leaves):
            form = Form()
            form.order = self._order(self.ways[i], orders)
            orders[f"in {i}"] = form.order
            if form.order is not None and leaf.label not in ("Dense", *RECURRENT):
                form.through = leaf.x.shape == leaf.y.shape
                if not form.through:
                    form.order = None
            if form.through:
                orders[f"out {i}"] = form.order
            self.forms.append(form)
            self._take_zeros(i, leaf, form)

    def _order(self, way: Way, orders: Mapping[str, Array | None]) -> Array | None:
        """In which order the features come at the end of a way; None where it is the usual one."""
        if not way.known:
            return None
        order = orders.get(way.sources[0]) if len(way.sources) == 1 else None
        x = self._source(way.sources[0])
        for step in way.steps:
            if step.label.startswith(f"{FLATTEN} in the order "):
                order = read_in(step.label.rpartition("order ")[2].split(", "), x.shape[1:])
            elif step.label.startswith(f"{RESHAPE} of ") and step.y.ndim == 3:
                order = steps_read_in(step.label.rpartition("of ")[2].split(", "), x, step.y)
            elif step.label == FLATTEN or step.y.shape != x.shape:
                order = None
            x = step.y
        return order

    def _source(self, ref: str) -> Array:
        kind, _, number = ref.partition(" ")
        if kind == "input":
            return self.seen.x
        leaf = self.leaves[int(number)]
        return leaf.x if kind == "in" else leaf.y

    def _take_zeros(self, i: int, leaf: Leaf, form: Form) -> None:
        """Zeros put around an image before a convolution: the convolution's own padding."""
        way, layer = self.ways[i], leaf.layer
        if not (way.steps and way.steps[-1].label.startswith(ZEROS)):
            return
        if not isinstance(layer, spec.Conv2D) or layer.padding not in ("valid", 0):
            return
        top, bottom, left, right = map(int, way.steps[-1].label.removeprefix(ZEROS).split(", "))
        zeros = top, bottom, left, right
        height, width = _inside(leaf.x, zeros).shape[1:3]
        for padding in ("same", top):
            sides = [
                windows(n, layer.kernel, layer.stride, padding, layer.dilation)[1:]
                for n in (height, width)
            ]
            if [*sides[0], *sides[1]] == list(zeros):
                form.zeros = zeros
                leaf.layer = replace(layer, padding=padding)
                way.steps.pop()
                return

    def _end(self, i: int, leaf: Leaf) -> None:
        """A recurrent layer that gives its end alone: as if all of it were given, and cut then."""
        if leaf.label in RECURRENT and not sequences(leaf.layer):
            for way in self.ways:
                if way.sources[:1] == [f"out {i}"]:
                    way.steps.insert(0, Step(ENDS.get(leaf.label, "last step"), None, leaf.y))

    def _formed(self, leaf: Leaf, form: Form, i: int) -> None:
        if form.zeros:
            leaf.x = _inside(leaf.x, form.zeros)
            leaf.d_x = None if leaf.d_x is None else _inside(leaf.d_x, form.zeros)
        if form.order is not None:
            leaf.x = leaf.x[..., form.order]
            leaf.d_x = None if leaf.d_x is None else leaf.d_x[..., form.order]
            if form.through:
                leaf.y = leaf.y[..., form.order]
            for arrays in (leaf.parameters, leaf.state, leaf.gradients, leaf.next_state):
                for name in arrays:
                    arrays[name] = self._ordered(name, arrays[name], form)

    def _ordered(self, name: str, array: Array, form: Form) -> Array:
        """A leaf's array from the model's own order of features to the usual one."""
        order = form.order
        assert order is not None
        name = name.removeprefix("next ")
        if name == "input" or (form.through and array.shape[-1:] == order.shape):
            return array[..., order]
        if feeds(name) and not form.through:
            return array[order]
        return array

    def _back(self, i: int, arrays: Arrays) -> Arrays:
        """A leaf's parameters and statistics from the usual order of features to its own."""
        order, through = self.forms[i].order, self.forms[i].through
        found = dict(arrays)
        for name, array in arrays.items():
            if order is not None and (through or feeds(name)):
                turned = array if through else array.T
                if turned.shape[-1] == len(order):
                    back = _scattered(turned, order)
                    found[name] = back if through else np.ascontiguousarray(back.T)
        return found


WORK, BETWEEN = "brain.compare.own.work", "brain.compare.own.between"


def sequences(layer: Any) -> bool:
    """Whether a recurrent layer gives all its steps; what is no such layer does."""
    layer = getattr(layer, "layer", layer)
    return getattr(layer, "return_sequences", True)


def ending(layer: Any, all_steps: bool) -> Any:
    """A recurrent layer's declaration that gives all its steps, or its end alone."""
    if hasattr(layer, "layer"):
        return replace(layer, layer=ending(layer.layer, all_steps))
    return replace(layer, return_sequences=all_steps)


def end(y: Array, label: str) -> Array:
    """What a recurrent layer leaves at its end, of all its steps `(N, T, H)`."""
    if label != "Bidirectional":
        return y[:, -1]
    half = y.shape[-1] // 2
    return np.concatenate([y[:, -1, :half], y[:, 0, half:]], axis=-1)


def spread(dy: Array, steps: int, label: str) -> Array:
    """The gradient of all steps from that of the end."""
    found = np.zeros((len(dy), steps, dy.shape[-1]), dy.dtype)
    half = dy.shape[-1] // 2 if label == "Bidirectional" else dy.shape[-1]
    found[:, -1, :half], found[:, 0, half:] = dy[:, :half], dy[:, half:]
    return found


def read_in(letters: list[str], shape: tuple[int, ...]) -> Array:
    """At which place each number of a sample stands when its axes are read in another order."""
    names = {3: "HWC", 2: "TD"}.get(len(shape), "abcdef"[: len(shape)])
    axes = [names.index(letter) for letter in letters]
    places = np.arange(int(np.prod(shape))).reshape([shape[a] for a in axes])
    return places.transpose(np.argsort(axes)).ravel()


def steps_read_in(letters: list[str], x: Array, y: Array) -> Array | None:
    """The same for a sequence made of images, one row or column a step: of each step's numbers."""
    names = {4: "HWC", 3: "TD"}.get(x.ndim, "abcdef"[: x.ndim - 1])
    time, *rest = (names.index(letter) for letter in letters)
    if x.shape[1 + time] != y.shape[1]:
        return None
    kept = sorted(rest)
    places = np.arange(int(np.prod([x.shape[1 + a] for a in rest])))
    shaped = places.reshape([x.shape[1 + a] for a in rest])
    return shaped.transpose([rest.index(a) for a in kept]).ravel()


def feeds(name: str) -> bool:
    """Whether a parameter has a row for each number that goes into its layer."""
    return name == "weight" or name.endswith(".weight")


def _scattered(array: Array, order: Array) -> Array:
    """The inverse of `array[..., order]`."""
    found = np.empty_like(array)
    found[..., order] = array
    return found


def _inside(x: Array, zeros: tuple[int, int, int, int]) -> Array:
    top, bottom, left, right = zeros
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]
