"""A user's own Keras model, read pass by pass: `KerasOwnModel`.

How the model is made is in `made.py`, how a pass is followed in `trace.py`, what a layer is
in `layers.py`.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Layer

from brain.compare.own.leaves import Array, Leaf, OwnModel, Pass, made
from brain.errors import UserError, brief, unknown
from brain.parameters import Arrays
from tf_nn.own.layers import split
from tf_nn.own.made import is_float, kept, leaves_of, retyped, settings
from tf_nn.own.told import Slot, Told
from tf_nn.own.trace import Call, Trace, X, first_of, swapped

Slots = Mapping[str, Slot]


class KerasOwnModel(OwnModel):
    """A `keras.Model` or layer, its leaves named by Keras's names: `block.dense`.

    `Dense(activation="relu")` is two leaves, `dense` and `dense.activation`.
    """

    framework = "Keras"

    def __init__(self, factory: str, dtype: str, seed: int) -> None:
        super().__init__(factory, dtype, seed)
        self._prefix = f"--keras {factory}"
        self._calls: dict[str, Call] = {}
        self._fixed: dict[str, bool] = {}
        self._built = False
        with settings(dtype):
            keras.utils.set_random_seed(seed)
            self.model = made("--keras", factory, Layer, "a Keras model")
            retyped(self.model, dtype)

    # Passes

    def run(self, x: Array, training: bool, dy: Array | None = None) -> Pass:
        with settings(self.dtype), kept(self.model):
            given = tf.constant(x, self.dtype if x.dtype.kind == "f" else tf.int32)
            self._build(given)
            trace = Trace(self.model, training, x.dtype.kind != "f", self._prefix)
            variables = [v for v in self.model.variables if is_float(v)]
            y, stopped = None, ""
            with tf.GradientTape() as tape:
                for watched in [given, *(v.value for v in variables)]:
                    if watched.dtype.is_floating:
                        tape.watch(watched)
                with trace:
                    try:
                        y = self._output(self._whole(given, training))
                    except Exception as error:  # anything that a user's model may raise
                        stopped = self._stopped(trace, error, x)
            found = Pass([], given.numpy(), None, held=trace.held, stopped=stopped)
            gradients: dict[int, Array] = {}
            if dy is not None and y is not None:
                gradients, found.d_input = self._gradients(tape, trace, variables, given, y, dy)
            if y is not None:
                found.output = _array(y.numpy(), self.dtype)
            self._tell(found, trace, gradients, dy is not None and not stopped)
        return found

    def _whole(self, given: tf.Tensor, training: bool) -> Any:
        """The model's own output; its images are channels first if its layers take them so."""
        if self._first and given.shape.rank == 4:
            given = tf.transpose(given, (0, 3, 1, 2))
        return self.model(given, training=training)

    @property
    def _first(self) -> bool:
        return any(
            getattr(layer, "data_format", "") == "channels_first"
            for _, layer in leaves_of(self.model)
        )

    def _output(self, found: Any) -> tf.Tensor:
        """The model's output; of several the first."""
        while isinstance(found, Mapping | list | tuple) and found:
            found = next(iter(found.values())) if isinstance(found, Mapping) else first_of(found)
        if not tf.is_tensor(found):
            raise UserError(f"{self._prefix}: it gives a {type(found).__name__}, not a tensor.")
        return found

    def _stopped(self, trace: Trace, error: Exception, x: Array) -> str:
        """Why a pass came to no end, as words; UserError where there is nothing else to tell."""
        if trace.refused is not None or isinstance(error, UserError):
            raise trace.refused or error from None
        said = _said(error)
        if not trace.calls:
            where = f" in {trace.at}" if trace.at else ""
            raise UserError(
                f"{self._prefix}: it cannot take an input of shape {x.shape} and type {x.dtype}: "
                f"{said}{where}"
            ) from None
        where = f", in {trace.at}" if trace.at else ""
        return f"after {trace.calls[-1].name}{where}: {said}"

    def _build(self, given: tf.Tensor) -> None:
        """Have every variable made, by a pass in evaluation, if one is lacking."""
        unbuilt = [layer for layer in self.model._flatten_layers() if not layer.built]
        if not unbuilt or self._built:
            return
        self._built = True
        trace = Trace(self.model, False, not given.dtype.is_floating, self._prefix)
        with trace, kept(self.model), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of layers that are never built
            with contextlib.suppress(Exception):  # the pass itself tells
                self._whole(given, False)
        for layer in unbuilt:
            if getattr(layer, "stateful", False) and layer.built:
                layer.reset_state()

    def _gradients(
        self,
        tape: tf.GradientTape,
        trace: Trace,
        variables: list[Any],
        given: tf.Tensor,
        y: tf.Tensor,
        dy: Array,
    ) -> tuple[dict[int, Array], Array | None]:
        """Those of sum(y * dy): of variables and of leaves' inputs, by identity; of the input."""
        xs = [call.x for call in trace.calls if call.x.dtype.is_floating]
        own = [given] if given.dtype.is_floating else []
        if dy.shape != tuple(y.shape):
            raise UserError(f"{self._prefix}: dy has shape {dy.shape}, its output {y.shape}.")
        arrays = self._back(tape, y, [*(v.value for v in variables), *xs, *own], dy)
        keys = [id(source) for source in (*variables, *xs)]
        return dict(zip(keys, arrays, strict=False)), arrays[-1] if own else None

    def _back(self, tape: tf.GradientTape, y: tf.Tensor, sources: list[Any], dy: Array) -> Any:
        """The gradients of sum(y * dy); zeros of what it does not depend on."""
        try:
            found = tape.gradient(
                y,
                sources,
                output_gradients=tf.constant(dy, y.dtype),
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
        except Exception as error:  # an operation may have no gradient on a CPU
            raise UserError(f"{self._prefix}: it has no gradient here: {_said(error)}") from None
        # of an Embedding, rows and their ids come
        return [tf.convert_to_tensor(g).numpy() for g in found]

    def _tell(self, found: Pass, trace: Trace, gradients: dict[int, Array], backward: bool) -> None:
        """Fill in the leaves, and what the model holds besides them."""
        seen: set[tuple[int, bool]] = set()
        for call in trace.calls:
            self._calls[call.name] = call
            if call.training != trace.training:
                self._fixed[call.name] = call.training
            leaf = self._leaf(call, trace.training)
            if backward:
                if call.x.dtype.is_floating:
                    leaf.d_x = self._canonical(call.told, gradients[id(call.x)], call.x.shape.rank)
                if (id(call.layer), bool(call.function)) not in seen:
                    leaf.gradients = {
                        name: _gradient(slot, gradients)
                        for name, slot in call.told.parameters.items()
                    }
            seen.add((id(call.layer), bool(call.function)))
            found.leaves.append(leaf)
        recorded = {id(call.layer) for call in trace.calls}
        own = leaves_of(self.model)
        found.idle = [name for name, layer in own if id(layer) not in trace.called]
        told = [c.layer for c in trace.calls] + [
            layer for _, layer in own if id(layer) not in trace.called | recorded
        ]
        owned = {id(v) for layer in told for v in layer.weights}
        if not found.stopped:
            found.loose = [v.path for v in self.model.weights if id(v) not in owned]
        for call in trace.calls:  # the tensors have served
            call.x = call.y = None

    def _leaf(self, call: Call, training: bool) -> Leaf:
        told, rank = call.told, call.x.shape.rank
        x = self._canonical(told, call.x.numpy(), rank)
        y = self._canonical(told, call.y.numpy(), rank, out=True)

        def read(slots: Slots, values: Callable[[Any], Array]) -> Arrays:
            return {name: slot.of(_value(slot, values)) for name, slot in slots.items()}

        def before(variable: Any) -> Array:
            return call.before.get(id(variable), variable.numpy())

        leaf = Leaf(
            call.name,
            call.kind,
            told.label,
            told.layer if _fits(told, x, y) else None,
            x,
            y,
            options={**told.options, **self._options(call, training)},
            parameters=read(told.parameters, before),
            state=read(told.state, before),
            unmapped=_unmapped(call),
        )
        if training:
            leaf.next_state = read(told.state, lambda variable: variable.numpy())
        return leaf

    def _options(self, call: Call, training: bool) -> dict[str, str]:
        """What is otherwise about this very call."""
        found = {}
        if call.training != training and (call.told.state or call.told.layer is None):
            found["training"] = str(call.training)
        if call.kwargs.get("initial_state") is not None:
            found["initial state"] = "given"
        if call.mask is not None and getattr(call.layer, "_call_has_mask_arg", False):
            hidden = np.size(call.mask) - np.count_nonzero(call.mask)
            if hidden:
                found["mask"] = f"{hidden} of {np.size(call.mask)} are masked"
        return found

    def _canonical(self, told: Told, array: Array, rank: int, out: bool = False) -> Array:
        """An input or output of a leaf, images channels last."""
        return _array(_led(told, tf.constant(array), rank, out).numpy(), self.dtype)

    # Leaves by themselves

    def write(self, name: str, parameters: Arrays, state: Arrays) -> None:
        """Set a leaf's arrays; a GRU with `reset_after=False` adds `recurrent_bias` to its bias."""
        told = self._found(name).told
        given = [(parameters, told.parameters), (state, told.state)]
        for arrays, slots in given:
            for key, array in arrays.items():
                self._fitting(name, key, np.asarray(array), slots)
        for arrays, slots in given:
            for key, slot in slots.items():  # in this order: a sum begins with its first part
                if key in arrays and slot.variable is not None:
                    value = np.asarray(arrays[key], self.dtype)
                    slot.variable.assign(slot.put(slot.variable.numpy(), value))

    def _found(self, name: str) -> Call:
        if name not in self._calls:
            raise unknown(f"layer of {self._prefix}", name, self._calls)
        return self._calls[name]

    def _fitting(self, name: str, key: str, array: Array, slots: Slots) -> None:
        if key not in slots:
            known = f"it has {', '.join(slots)}" if slots else "it has none of that kind"
            raise UserError(f"{self._prefix}: {name} has no {key}; {known}.")
        now = slots[key].of(_value(slots[key], lambda variable: variable.numpy()))
        if array.shape != now.shape:
            raise UserError(
                f"{self._prefix}: {key} of {name} has shape {now.shape}, not {array.shape}."
            )
        if slots[key].variable is None and not np.array_equal(array, now):
            raise UserError(
                f"{self._prefix}: {name} was made without a {key}, which counts as "
                f"{now.flat[0]:g} everywhere, and cannot take other values."
            )

    def alone(
        self,
        name: str,
        x: Array,
        dy: Array,
        parameters: Arrays,
        state: Arrays,
        training: bool,
    ) -> Arrays:
        call = self._found(name)
        told, variables = call.told, [v for v in call.layer.variables if is_float(v)]
        with settings(self.dtype), kept(self.model), kept(call.layer):
            self.write(name, parameters, state)
            given = tf.constant(x, self.dtype if x.dtype.kind == "f" else tf.int32)
            with tf.GradientTape() as tape:
                for watched in [given, *(v.value for v in variables)]:
                    if watched.dtype.is_floating:
                        tape.watch(watched)
                turned = told.first and given.shape.rank == 4
                own = tf.transpose(given, (0, 3, 1, 2)) if turned else given
                y = _led(told, self._called(call, own, training), given.shape.rank, out=True)
            floats = [given] if given.dtype.is_floating else []
            arrays = self._back(tape, y, [*(v.value for v in variables), *floats], dy)
            by_id = dict(zip((id(v) for v in variables), arrays, strict=False))
            found = {"output": y.numpy()} | ({"d_input": arrays[-1]} if floats else {})
            found |= {f"d_{k}": _gradient(told.parameters[k], by_id) for k in parameters}
            if training:
                found |= {f"next {k}": s.of(s.variable.numpy()) for k, s in told.state.items()}
        return {key: _array(array, self.dtype) for key, array in found.items()}

    def _called(self, call: Call, x: tf.Tensor, training: bool) -> tf.Tensor:
        """What a leaf gives for `x`, called as it was in the last pass."""
        if call.function is not None:
            return call.function(x)
        mode = self._fixed.get(call.name, training)
        args, kwargs = swapped(call.args, call.kwargs, lambda a: x if a is X else a)
        if call.mask is not None and "mask" not in kwargs:
            x._keras_mask = call.mask
        layer, trace = call.layer, Trace(self.model, mode, False, self._prefix)
        own = getattr(layer, "activation", None)
        try:
            if split(layer):
                vars(layer)["activation"] = keras.activations.linear
            return first_of(trace.again(layer, *args, **{**kwargs, "training": mode}))
        finally:
            if split(layer):
                vars(layer)["activation"] = own


def _said(error: Exception) -> str:
    """What an error says, without the names of TensorFlow's own nodes."""
    return f"{type(error).__name__}: {brief(re.sub(r'{{.*?}} ', '', str(error)))}"


def _value(slot: Slot, values: Callable[[Any], Array]) -> Array | None:
    return None if slot.variable is None else values(slot.variable)


def _gradient(slot: Slot, gradients: Mapping[int, Array]) -> Array:
    """Of a parameter; zeros for one that the layer has not."""
    if slot.standing is not None:
        return np.zeros_like(slot.standing)
    return slot.of(gradients[id(slot.variable)])


def _unmapped(call: Call) -> list[str]:
    """A leaf's arrays that are told nowhere."""
    if call.function is not None:
        return []
    told = {id(s.variable) for s in (call.told.parameters | call.told.state).values()}
    inner = getattr(call.layer, "activation", None)
    told |= {id(v) for v in inner.weights} if isinstance(inner, Layer) else set()
    return [
        v.path.rpartition(f"{call.layer.name}/")[2].replace("/", ".")
        for v in call.layer.weights
        if id(v) not in told
    ]


def _fits(told: Told, x: Array, y: Array) -> bool:
    """Whether the declaration gives such an output for such an input."""
    if told.layer is None:
        return True
    try:
        return told.layer.output_shape(x.shape[1:]) == y.shape[1:]
    except UserError:  # token ids without a batch
        return False


def _led(told: Told, array: tf.Tensor, rank: int, out: bool) -> tf.Tensor:
    """A leaf's input or (`out`) output with images channels last; `rank` is that of its input."""
    if told.first and array.shape.rank == rank == 4:
        array = tf.transpose(array, (0, 2, 3, 1))
    if told.flat and out:
        array = tf.reshape(array, (array.shape[0], -1))  # (N, C)
    return array


def _array(array: Array, dtype: str) -> Array:
    """What TensorFlow gave as a C-ordered array; floating-point numbers in `dtype`."""
    found = np.ascontiguousarray(array)
    return found.astype(dtype, copy=False) if found.dtype.kind == "f" else found
