"""The TensorFlow engine: a `Network` around Keras layers, with its passes traced into graphs."""

from __future__ import annotations

import contextlib
from typing import Any, SupportsFloat

import numpy as np
import tensorflow as tf

from brain.engine import Network
from brain.errors import UserError, shown
from brain.parameters import Arrays
from brain.passes import Batch, DeferredLoss, Trace
from tf_nn.layers import Chain
from tf_nn.losses import LOSSES
from tf_nn.optimizers import apply
from tf_nn.passes import Pass


class TensorFlowNetwork(Network):
    """A network in TensorFlow; TF32 is off, so that float32 means float32 on a GPU too."""

    engine = "tensorflow"

    def _make(self) -> None:
        self._tf_device = _device(self.device)
        tf.config.experimental.enable_tensor_float_32_execution(False)
        with tf.device(self._tf_device):
            self._chain = Chain(self.model.nodes, self.dtype.name)
            self._memory = {
                name: {
                    kept: tf.Variable(tf.zeros(shape, self.dtype), trainable=False)
                    for kept in self.optimizer.remembers
                }
                for name, shape in self._shapes.items()
            }
        self._loss = LOSSES[type(self.model.loss)]
        # The batch axis is left open, so that the last short batch needs no second graph.
        given = self.dtype if self.model.ids is None else tf.int64
        x = tf.TensorSpec((None, *self.model.input_shape), given)
        kind = tf.int64 if self.model.loss.labels else self.dtype
        y = tf.TensorSpec((None, *self.model.target_shape), kind)
        masks = {
            name: tf.TensorSpec((None, *shape), self.dtype)
            for name, (_, shape) in self._dropouts.items()
        }
        carry = {
            name: tf.TensorSpec((None, *shape), self.dtype)
            for name, shape in self.model.carry().items()
        }
        number, whole = tf.TensorSpec((), self.dtype), tf.TensorSpec((), tf.int64)
        self._predict = tf.function(
            self._predict_graph, input_signature=[x, carry], autograph=False
        )
        self._step_graph = tf.function(
            self._step, input_signature=[x, y, masks, carry, number, whole], autograph=False
        )

    # Values

    def _read_parameters(self) -> Arrays:
        return {name: np.array(v.numpy()) for name, v in self._chain.variables.items()}

    def _write_parameters(self, arrays: Arrays) -> None:
        for name, array in arrays.items():
            self._chain.variables[name].assign(array)

    def _read_state(self) -> Arrays:
        return {name: np.array(v.numpy()) for name, v in self._chain.state.items()}

    def _write_state(self, arrays: Arrays) -> None:
        for name, array in arrays.items():
            self._chain.state[name].assign(array)

    def _read_memory(self) -> Arrays:
        return {
            f"{name}.{kept}": np.array(variable.numpy())
            for name, memory in self._memory.items()
            for kept, variable in memory.items()
        }

    def _write_memory(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            self._memory[name][kept].assign(array)

    def _place(self, array: np.ndarray) -> tf.Tensor:
        with tf.device(self._tf_device):
            return tf.constant(array)

    def _fetch(self, placed: tf.Tensor) -> np.ndarray:
        array: np.ndarray = placed.numpy()
        return array

    # Computing

    def _predict_graph(
        self, x: tf.Tensor, carry: dict[str, tf.Tensor]
    ) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        run = Pass(carry=carry)
        return self._chain(x, run), run.after

    def _step(
        self,
        x: tf.Tensor,
        y: tf.Tensor,
        masks: dict[str, tf.Tensor],
        carry: dict[str, tf.Tensor],
        lr: tf.Tensor,
        step: tf.Tensor,
    ) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        variables, run = self._chain.variables, Pass(True, masks, carry)
        with tf.GradientTape() as tape:
            loss = self._loss(self._chain(x, run), y)
        # of an Embedding, rows and their ids come: made whole, for norms and memories
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, list(variables.values()))]
        apply(self.optimizer, variables, gradients, self._memory, lr, step)
        for name, value in run.state.items():
            self._chain.state[name].assign(value)
        return loss, run.after

    def _forward(
        self, batch: Batch, carry: Arrays
    ) -> tuple[np.ndarray, SupportsFloat | None, dict[str, tf.Tensor]]:
        with tf.device(self._tf_device):
            output, after = self._predict(batch.x, _tensors(carry))
            loss = None if batch.y is None else float(self._loss(output, batch.y))
        return np.array(output.numpy()), loss, after

    def _train_step(
        self, batch: Batch, masks: dict[str, Any], lr: float, carry: Arrays
    ) -> tuple[SupportsFloat, dict[str, tf.Tensor]]:
        with tf.device(self._tf_device):
            rate, step = tf.constant(lr, self.dtype), tf.constant(self.step, tf.int64)
            loss, after = self._step_graph(batch.x, batch.y, masks, _tensors(carry), rate, step)
        return DeferredLoss(loss.numpy), after

    def _trace(
        self,
        batch: Batch,
        dy: tf.Tensor | None,
        masks: dict[str, Any],
        training: bool,
        keep: frozenset[str],
        wants_d_input: bool,
    ) -> Trace:
        kept: dict[str, tf.Tensor] = {}

        def record(name: str, y: tf.Tensor) -> tf.Tensor:
            if name in keep:
                y = kept[name] = tf.identity(y)  # a tensor of its own, for two may share one
            return y

        trace, wants_d_input = Trace(), wants_d_input and self.model.ids is None
        carry = _tensors(self._carry({}, batch.samples))
        with tf.device(self._tf_device), tf.GradientTape() as tape:
            if wants_d_input:
                tape.watch(batch.x)
            output = self._chain(batch.x, Pass(training, masks, carry, record))
            objective = None if dy is None else tf.reduce_sum(output * dy)
            if batch.y is not None:
                objective = self._loss(output, batch.y)
                trace.loss = float(objective)
        trace.outputs = _numpy(kept)
        if objective is not None:
            x = {"input": batch.x} if wants_d_input else {}
            d_parameters, d_kept, d_input = tape.gradient(
                objective, [dict(self._chain.variables), kept, x]
            )
            trace.d_parameters, trace.d_outputs = _numpy(d_parameters), _numpy(d_kept)
            trace.d_input = _numpy(d_input).get("input")
        return trace


def _tensors(arrays: Arrays) -> dict[str, tf.Tensor]:
    return {name: tf.constant(array) for name, array in arrays.items()}


def _numpy(tensors: dict[str, tf.Tensor]) -> dict[str, np.ndarray]:
    # an Embedding's gradient comes as rows and their ids
    return {name: tf.convert_to_tensor(tensor).numpy() for name, tensor in tensors.items()}


def _device(name: str) -> str:
    for gpu in tf.config.list_physical_devices("GPU"):
        # take memory as it is needed: by default TensorFlow takes all of it, from others too
        with contextlib.suppress(RuntimeError):  # it has been in use already
            tf.config.experimental.set_memory_growth(gpu, True)
    there = {"cpu": "/CPU:0"}
    there |= {"cuda": "/GPU:0"} if tf.config.list_physical_devices("GPU") else {}
    if name not in there:
        raise UserError(f"TensorFlow has no device {shown(name)} here; it has: {', '.join(there)}.")
    return there[name]
