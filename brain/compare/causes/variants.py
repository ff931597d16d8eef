"""Mistakes that a declaration, its arrays or its input can express: the reference is run with them.

Each variant is what the reference is given instead, and how what comes out is led back to the order
of the layer's own arrays. None is tried that would give another shape.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Alone, Array
from brain.errors import UserError
from brain.parameters import Arrays
from brain.spec.activations import Activation

Back = Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Variant:
    """A mistake: what it is called, what the reference is given to make it, and the way back."""

    cause: str
    given: Alone
    back: Back = lambda found: found


def variants(alone: Alone) -> Iterator[Variant]:
    """Every mistake that this layer can have, the more specific before the more general."""
    for family in (options, activations, gates, ways, parameters, kernels, inputs, modes):
        yield from family(alone)


# Options of the declaration

OPTIONS: dict[str, tuple[Any, ...]] = {
    "eps": (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12, 1e-10, 1e-4, 1e-2),
    "slope": (0.01, 0.2, 0.3, 0.1, 0.25, 0.0),
    "alpha": (1.0, 0.3, 0.1, 1.67326324),
    "form": ("erf", "tanh"),
    "activation": ("tanh", "relu"),
    "padding": ("valid", "same", 0, 1, 2, 3),
    "stride": (1, 2, 3),
    "dilation": (1, 2, 3),
    "groups": (1, 2, 3, 4),
    "size": (2, 3),
    "momentum": (0.01, 0.1, 0.9, 0.99),
}
"""What each option is as a rule, here or in another framework."""


def options(alone: Alone) -> Iterator[Variant]:
    """One option has another value: a usual one, or the one that the complement makes."""
    layer = alone.layer
    for option in (field.name for field in fields(layer)):  # type: ignore[arg-type]
        own = getattr(layer, option)
        values = list(OPTIONS.get(option, ()))
        if option == "momentum":
            values.append(1 - own)
        for value in values:
            if value != own and (other := changed(alone, **{option: value})):
                yield Variant(f"{option} is {value}, not {own}", other)


def changed(alone: Alone, **options: Any) -> Alone | None:
    """The same with another declaration, or None where that cannot be or has other shapes."""
    try:
        layer = replace(alone.layer, **options)  # type: ignore[type-var]
        fits = layer.output_shape(alone.shape) == alone.dy.shape[1:]
        shapes = {name: info.shape for name, info in layer.parameters(alone.shape).items()}
    except (UserError, ValueError):
        return None
    fits &= shapes == {name: array.shape for name, array in alone.parameters.items()}
    return replace(alone, layer=layer) if fits else None


ELEMENTWISE = (
    *(spec.Identity(), spec.ReLU(), spec.Tanh(), spec.Sigmoid(), spec.LeakyReLU(), spec.ELU()),
    *(spec.GELU(), spec.GELU("tanh"), spec.SiLU(), spec.Softplus(), spec.Softmax()),
)


def activations(alone: Alone) -> Iterator[Variant]:
    """An activation is another one."""
    if isinstance(alone.layer, Activation):
        for other in ELEMENTWISE:
            if type(other) is not type(alone.layer):
                yield Variant(f"it computes {other.kind}", replace(alone, layer=other))


# Arrays


GATES: dict[type[spec.Layer], str] = {spec.LSTM: "ifgo", spec.GRU: "rzn"}


def gates(alone: Alone) -> Iterator[Variant]:
    """The gates of LSTM or GRU lie in another order, in all arrays or in the biases alone."""
    letters = GATES.get(type(alone.layer), "")
    wholes = tuple(alone.parameters)
    biases = tuple(name for name in wholes if name.endswith("bias"))
    for names, where in ((wholes, ""), (biases, " in the bias"), (wholes[:1], " in the weight")):
        for order in itertools.permutations(range(len(letters))):
            if order == tuple(range(len(letters))):
                continue
            there = permuted(alone.parameters, names, order)
            back = tuple(np.argsort(order))
            yield Variant(
                f"the gates are in the order {', '.join(letters[i] for i in order)}{where}",
                replace(alone, parameters=there),
                lambda found, names=names, back=back: permuted(  # type: ignore[misc]
                    found, tuple(f"d_{name}" for name in names), back
                ),
            )


def permuted(arrays: Arrays, names: tuple[str, ...], order: tuple[int, ...]) -> Arrays:
    """The blocks along the last axis of the arrays named, in another order."""
    found = dict(arrays)
    for name in names:
        blocks = np.split(arrays[name], len(order), axis=-1)
        found[name] = np.concatenate([blocks[i] for i in order], axis=-1)
    return found


def parameters(alone: Alone) -> Iterator[Variant]:
    """A parameter is left out, taken twice, or turned over."""
    for name, array in alone.parameters.items():
        neutral = np.ones_like(array) if name.endswith("gamma") else np.zeros_like(array)
        yield Variant(f"{name} is left out", with_parameter(alone, name, neutral))
        if array.ndim == 1:
            yield Variant(f"{name} is added twice", with_parameter(alone, name, 2 * array))
            yield Variant(f"{name} is subtracted", with_parameter(alone, name, -array))
        elif array.ndim == 2 and array.shape[0] == array.shape[1]:
            yield turned(alone, name, f"{name} is transposed", lambda a: a.T)
        elif array.ndim == 2 and (gated := GATES.get(type(alone.layer))):
            count = len(gated)
            if array.shape[0] * count == array.shape[1]:
                yield turned(
                    alone, name, f"{name} is transposed within each gate", each_gate(count)
                )
        elif array.ndim == 2:
            flat = lambda a: a.T.reshape(a.shape)  # noqa: E731 (copied in the other order)
            yield turned(alone, name, f"{name} is read column by column", flat, unflat)
    if isinstance(alone.layer, spec.LSTM):
        bias = alone.parameters["bias"].copy()
        bias[alone.layer.units : 2 * alone.layer.units] += 1
        yield Variant("1 is added to the forget gate's bias", with_parameter(alone, "bias", bias))


def each_gate(count: int) -> Callable[[Array], Array]:
    return lambda a: np.concatenate([g.T for g in np.split(a, count, axis=-1)], axis=-1)


def unflat(a: Array) -> Array:
    """The inverse of a transposition whose numbers were laid into the old shape."""
    return a.reshape(a.shape[::-1]).T


def with_parameter(alone: Alone, name: str, array: Array) -> Alone:
    return replace(alone, parameters={**alone.parameters, name: array})


def turned(
    alone: Alone,
    name: str,
    cause: str,
    there: Callable[[Array], Array],
    back: Callable[[Array], Array] | None = None,
) -> Variant:
    """A parameter that lies otherwise, and its gradient led back."""
    back, key = back or there, f"d_{name}"
    given = with_parameter(alone, name, np.ascontiguousarray(there(alone.parameters[name])))
    return Variant(cause, given, lambda found: {**found, key: back(found[key])})


def kernels(alone: Alone) -> Iterator[Variant]:
    """A convolution's kernel is turned, transposed, or its channels are in another order."""
    if not isinstance(alone.layer, spec.Conv2D):
        return
    ways: list[tuple[str, Callable[[Array], Array]]] = [
        ("the kernel is turned by 180 degrees, as in a true convolution", lambda a: a[::-1, ::-1]),
        ("the kernel's rows and columns are exchanged", lambda a: a.swapaxes(0, 1)),
        ("the kernel is upside down", lambda a: a[::-1]),
        ("the kernel is mirrored", lambda a: a[:, ::-1]),
        ("the order of the input's channels is reversed", lambda a: a[:, :, ::-1]),
        ("the order of the filters is reversed", lambda a: a[..., ::-1]),
    ]
    if alone.parameters["weight"].shape[2] == alone.parameters["weight"].shape[3]:
        exchanged = lambda a: a.swapaxes(2, 3)  # noqa: E731
        ways.append(("input channels and filters are exchanged", exchanged))
    for cause, way in ways:
        yield turned(alone, "weight", cause, way)


def ways(alone: Alone) -> Iterator[Variant]:
    """One of the two ways of a Residual is left out, where both have layers."""
    layer = alone.layer
    if not (isinstance(layer, spec.Residual) and layer.shortcut):
        return
    for left_out, kept in (("shortcut", "body"), ("body", "shortcut")):
        way = f"{kept}."
        given = replace(
            alone,
            layer=spec.Sequential(getattr(layer, kept)),
            parameters=inside(alone.parameters, way),
            state=inside(alone.state, way),
        )
        yield Variant(
            f"the {left_out} is left out",
            given,
            lambda found, way=way: {  # type: ignore[misc]
                k if k in ("output", "d_input") else k.replace("d_", f"d_{way}", 1): a
                for k, a in found.items()
                if not k.startswith("next ")
            },
        )


def inside(arrays: Arrays, place: str) -> Arrays:
    """The arrays whose names begin with `place`, under what follows."""
    return {k.removeprefix(place): a for k, a in arrays.items() if k.startswith(place)}


# The input, and how the layer is used


def inputs(alone: Alone) -> Iterator[Variant]:
    """The input is read from another end, or a cell beside."""
    if isinstance(alone.layer, spec.Recurrent):
        yield flipped(alone, 1, "the sequence is read from its end")
    if alone.x.ndim == 4:
        if alone.x.shape[1] == alone.x.shape[2] and alone.dy.ndim == 4:
            yield Variant(
                "rows and columns of the image are exchanged",
                replace(alone, x=alone.x.swapaxes(1, 2), dy=alone.dy.swapaxes(1, 2)),
                lambda found: {
                    k: a.swapaxes(1, 2) if k in ("output", "d_input") else a
                    for k, a in found.items()
                },
            )
        for axis, what in ((1, "lower"), (2, "further right")):
            for cells in (1, -1):
                word = what if cells > 0 else {"lower": "higher"}.get(what, "further left")
                yield shifted(alone, axis, cells, f"the windows lie a cell {word}")
        for cells in (1, -1):
            word = "lower and further right" if cells > 0 else "higher and further left"
            both = shifted(alone, 1, cells, "")
            yield replace(
                shifted(both.given, 2, cells, ""),
                cause=f"the windows lie a cell {word}",
                back=lambda found, cells=cells: moved_back(  # type: ignore[misc]
                    moved_back(found, 2, cells), 1, cells
                ),
            )
    if isinstance(alone.layer, spec.Embedding):
        ids = alone.x
        yield Variant("ids are one too large", replace(alone, x=(ids + 1) % alone.layer.vocab))
        yield Variant("ids are one too small", replace(alone, x=(ids - 1) % alone.layer.vocab))


def flipped(alone: Alone, axis: int, cause: str) -> Variant:
    every = alone.dy.ndim == alone.x.ndim
    dy = np.flip(alone.dy, axis) if every else alone.dy

    def back(found: Arrays) -> Arrays:
        keys = ("output", "d_input") if every else ("d_input",)
        return {k: np.flip(a, axis) if k in keys else a for k, a in found.items()}

    return Variant(cause, replace(alone, x=np.flip(alone.x, axis), dy=dy), back)


def shifted(alone: Alone, axis: int, cells: int, cause: str) -> Variant:
    """The input moved against the windows, zeros coming in."""
    given = replace(alone, x=moved(alone.x, axis, -cells))
    return Variant(cause, given, lambda found: moved_back(found, axis, cells))


def moved_back(found: Arrays, axis: int, cells: int) -> Arrays:
    return {k: moved(a, axis, cells) if k == "d_input" else a for k, a in found.items()}


def moved(x: Array, axis: int, cells: int) -> Array:
    """The array a few cells further along an axis, with zeros at the end that was left."""
    out, n = np.zeros_like(x), x.shape[axis]
    to, of = [slice(None)] * x.ndim, [slice(None)] * x.ndim
    to[axis], of[axis] = (
        slice(max(cells, 0), n + min(cells, 0)),
        slice(max(-cells, 0), n - max(cells, 0)),
    )
    out[tuple(to)] = x[tuple(of)]
    return out


def modes(alone: Alone) -> Iterator[Variant]:
    """It is used as in evaluation, or as in training, when it is the other."""
    if alone.state:
        other = "in evaluation" if alone.training else "in training"
        yield Variant(f"it is used as {other}", replace(alone, training=not alone.training))
