"""One walk through a user's Keras model, with every leaf's input and output kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from keras import activations, layers
from keras.layers import Layer

from brain.compare.own.leaves import Array
from brain.errors import UserError
from tf_nn.own.activations import told_activation
from tf_nn.own.layers import RANDOM, is_leaf, split, steps_alone, told
from tf_nn.own.made import as_graph, named
from tf_nn.own.recurrent import CELLS
from tf_nn.own.told import Told

X = object()
"""Stands for the input in the arguments of a recorded call."""

PART = ".activation"
"""What the activation of a `Dense` or a convolution is called, after the layer's name."""


@dataclass
class Call:
    """One call of a leaf: what it was given besides `x`, and what its variables held before."""

    name: str
    layer: Layer
    function: Callable[..., Any] | None
    """The layer's activation where this is the leaf; None where the layer itself is."""
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    told: Told
    x: tf.Tensor
    y: tf.Tensor
    training: bool
    before: dict[int, Array] = field(default_factory=dict)
    mask: Any = None

    @property
    def kind(self) -> str:
        """The framework's class."""
        return "Activation" if self.function else type(self.layer).__name__


class Trace:
    """Keeps each leaf's calls while it is entered. `ids`: the model was given whole numbers.

    `prefix` begins the sentences of errors.
    """

    def __init__(self, model: Layer, training: bool, ids: bool, prefix: str) -> None:
        self.training, self.ids, self.prefix = training, ids, prefix
        self.names = named(model)
        self.calls: list[Call] = []
        self.called: set[int] = set()
        self.held: list[str] = []
        self.refused: UserError | None = None
        self.at = ""
        self._counts: dict[str, int] = {}
        self._in_leaf, self._modes = False, [training]
        self._original: Callable[..., Any] = Layer.__call__

    def __enter__(self) -> Trace:
        self._original = Layer.__call__
        trace = self
        Layer.__call__ = lambda layer, *args, **kwargs: trace._call(layer, args, kwargs)
        return self

    def __exit__(self, *_: object) -> None:
        Layer.__call__ = self._original

    def again(self, layer: Layer, *args: Any, **kwargs: Any) -> Any:
        """Call a leaf without keeping anything, its randomness held still."""
        with self, self.still(layer), as_graph(layer):
            self._in_leaf = True
            return layer(*args, **kwargs)

    def name(self, layer: Layer) -> str:
        """What a layer is called; one that Keras does not know to be in the model, by itself."""
        return self.names.setdefault(id(layer), (layer.name, layer))[0]

    def _call(self, layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        x = args[0] if args else next(iter(kwargs.values()), None)
        if not _numbers(tf.nest.flatten(x)[0] if x is not None else x):
            return self._original(layer, *args, **kwargs)
        self.called.add(id(layer))
        if isinstance(layer, RANDOM):
            if getattr(layer, "rate", getattr(layer, "stddev", 1)):
                self._hold(self.name(layer))
            return self._original(layer, *args, **{**kwargs, "training": False})
        if steps_alone(layer):
            return self._call(layer.layer, (x,), {})
        mode = kwargs.get("training")
        self._modes.append(self._modes[-1] if mode is None else bool(mode))
        try:
            with self.still(layer):
                if self._in_leaf or not _numbers(x) or not is_leaf(layer):
                    return self._original(layer, *args, **kwargs)
                if _tensors(args, kwargs) > 1 and not isinstance(layer, CELLS):
                    return self._original(layer, *args, **kwargs)
                return self._leaf(layer, x, args, kwargs)
        finally:
            self._modes.pop()

    def _hold(self, name: str) -> None:
        if name not in self.held:
            self.held.append(name)

    @contextlib.contextmanager
    def still(self, layer: Layer) -> Iterator[None]:
        """No dropout inside recurrent layers; put back afterwards."""
        kept = []
        for part in layer._flatten_layers() if is_leaf(layer) else []:
            if "recurrent_dropout" not in vars(part):  # it is no cell
                continue
            for name in ("dropout", "recurrent_dropout"):
                if rate := vars(part)[name]:
                    self._hold(f"{self.name(layer)}.{name}")
                    kept.append((part, name, rate))
                    vars(part)[name] = 0.0
        try:
            yield
        finally:
            for part, name, rate in kept:
                vars(part)[name] = rate

    def _leaf(self, layer: Layer, x: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        name = self.at = self._numbered(self.name(layer))
        fresh = self._fresh(name, layer, x)
        given = swapped(args, kwargs, lambda a: fresh if a is x else a)
        before = {id(v): v.numpy() for v in layer.variables} if layer.built else {}

        def record(y: Any) -> None:
            call = self._recorded(name, layer, None, given, fresh, self._tensor(name, y))
            call.before, call.mask = before, kwargs.get("mask", mask_of(x))
            self.calls.append(call)

        own, splits = getattr(layer, "activation", None), split(layer)
        splits &= own is not activations.linear
        self._in_leaf = True
        try:
            if splits:
                vars(layer)["activation"] = _Activation(self, layer, name, record)
            with as_graph(layer):
                result = self._original(layer, *given[0], **given[1])
        finally:
            self._in_leaf = False
            if splits:
                vars(layer)["activation"] = own
        if not splits:
            record(first_of(result))
        self.at = ""
        return result

    def _tensor(self, name: str, y: Any) -> tf.Tensor:
        if not tf.is_tensor(y):
            self.refuse(f"{name} gives a {type(y).__name__}, not a tensor.")
        return y

    def _recorded(
        self,
        name: str,
        layer: Layer,
        function: Any,
        given: tuple[tuple[Any, ...], dict[str, Any]],
        x: tf.Tensor,
        y: tf.Tensor,
    ) -> Call:
        args, kwargs = swapped(given[0], given[1], lambda a: X if a is x else a)
        double = x.dtype == tf.float64
        found = told_activation(function, double) if function else told(layer, tuple(x.shape))
        return Call(name, layer, function, args, kwargs, found, x, y, self._modes[-1])

    def _numbered(self, name: str) -> str:
        self._counts[name] = count = self._counts.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def _fresh(self, name: str, layer: Layer, x: Any) -> tf.Tensor:
        """A tensor of the leaf's own, so that its gradient is that of this call alone."""
        found = tf.convert_to_tensor(x)
        if isinstance(layer, layers.Embedding) and found.dtype.is_floating:
            whole = self.ids and bool(tf.reduce_all(tf.round(found) == found))
            if not whole:
                self.refuse(f"{name}, an Embedding, is given numbers with a point, not token ids.")
            found = tf.cast(found, tf.int32)
        fresh = tf.identity(found)
        if (mask := mask_of(x)) is not None:
            fresh._keras_mask = mask
        return fresh

    def refuse(self, why: str) -> None:
        """Raise a UserError, and remember it: a model may catch what is raised inside."""
        self.refused = UserError(f"{self.prefix}: {why}")
        raise self.refused


class _Activation:
    """Stands for the activation of a layer while it is called: what goes in is the layer's own."""

    def __init__(
        self, trace: Trace, layer: Layer, name: str, record: Callable[[tf.Tensor], None]
    ) -> None:
        self.trace, self.layer, self.name, self.record = trace, layer, name, record
        self.own = layer.activation

    def __call__(self, z: tf.Tensor) -> Any:
        if not _numbers(z):
            return self.own(z)
        self.record(z)
        z = tf.identity(z)
        base, number, count = self.name.partition("#")
        name = self.trace.at = f"{base}{PART}{number}{count}"
        y = self.trace._tensor(name, self.own(z))
        layer = isinstance(self.own, Layer) and is_leaf(self.own)
        told, function = (self.own, None) if layer else (self.layer, self.own)
        self.trace.calls.append(self.trace._recorded(name, told, function, ((z,), {}), z, y))
        return y


def swapped(
    args: tuple[Any, ...], kwargs: dict[str, Any], change: Callable[[Any], Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, each as `change` has it."""
    return tuple(change(a) for a in args), {k: change(a) for k, a in kwargs.items()}


def first_of(result: Any) -> Any:
    """The first tensor of what a layer gives."""
    while isinstance(result, list | tuple) and result:
        result = result[0]
    return result


def mask_of(x: Any) -> Any:
    """Keras's mask of a tensor, None where it has none."""
    return getattr(x, "_keras_mask", None)


def _numbers(x: Any) -> bool:
    """Whether it is an array in a pass with values: Keras also calls layers to learn shapes."""
    return tf.executing_eagerly() and (
        isinstance(x, np.ndarray) or (tf.is_tensor(x) and hasattr(x, "numpy"))
    )


def _tensors(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """How many inputs a call has; masks and initial states are none."""
    rest = {k: v for k, v in kwargs.items() if "mask" not in k and k != "initial_state"}
    found = [a for a in tf.nest.flatten((args, rest)) if _numbers(a)]
    return len({id(a) for a in found})
