"""The yardstick in TensorFlow: each workload in plain Keras layers, with Keras's own optimizer.

Nothing of `tf_nn` is used. A step is a GradientTape inside one `tf.function`.
"""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from benchmarks.contender import Array, Contender
from benchmarks.plain_tensorflow_models import MODELS, read, write
from benchmarks.workloads import Workload
from brain import spec
from brain.errors import UserError
from brain.parameters import Arrays


class Graph(Contender):
    """Plain Keras layers, traced into graphs."""

    xla: ClassVar[bool] = False

    def __init__(self, workload: Workload, device: str, precision: str) -> None:
        super().__init__(workload, device, precision)
        self.place_of = tf_device(device)
        tf.config.experimental.enable_tensor_float_32_execution(precision == "tf32")
        policy = "mixed_bfloat16" if precision == "bf16" else "float32"
        keras.mixed_precision.set_global_policy(policy)
        with tf.device(self.place_of):
            self.model, self.layers = MODELS[workload.family](workload.model, workload.batch_size)
            self.optimizer = sgd(workload.optimizer)
            self.optimizer.build(self.model.trainable_variables)
        self._predict = tf.function(self._forward_graph, jit_compile=self.xla)
        self._learn = tf.function(self._step_graph, jit_compile=self.xla)
        self._last: tf.Tensor | None = None

    def _forward_graph(self, x: tf.Tensor) -> tf.Tensor:
        return self.model(x, training=False)

    def _step_graph(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = tf.cast(self.model(x, training=True), tf.float32)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(losses)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def load(self, parameters: Arrays) -> None:
        arrays = iter(parameters.values())
        for layer in self.layers:
            write(layer, list(islice(arrays, len(read(layer)))))

    def parameters(self) -> Arrays:
        arrays = (array for layer in self.layers for array in read(layer))
        return dict(zip(self.workload.model.parameters(), arrays, strict=True))

    def place(self, x: Array, y: Array) -> tuple[tf.Tensor, tf.Tensor]:
        x = x if self.workload.model.ids else np.asarray(x, np.float32)
        with tf.device(self.place_of):
            return tf.constant(x), tf.constant(y)

    def forward(self, batch: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        with tf.device(self.place_of):
            self._last = self._predict(batch[0])
        return self._last

    def step(self, batch: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        with tf.device(self.place_of):
            self._last = self._learn(*batch)
        return self._last

    def wait(self) -> None:
        if self._last is not None:
            self._last.numpy()  # a device works off its queue in order

    def fetch(self, outputs: tf.Tensor) -> Array:
        return tf.cast(outputs, tf.float32).numpy()

    def notes(self) -> dict[str, Any]:
        return {"threads": threads()}

    def device_memory(self) -> int | None:
        return device_memory(self.device)


class Compiled(Graph):
    """The same compiled by XLA."""

    xla = True


def sgd(rule: spec.Optimizer) -> keras.optimizers.Optimizer:
    """Keras's own optimizer; workloads have no other."""
    if not isinstance(rule, spec.SGD):
        raise UserError(f"the plain code is written for SGD, not for {rule}.")
    return keras.optimizers.SGD(learning_rate=rule.rate(0), momentum=rule.momentum)


def tf_device(name: str) -> str:
    """TensorFlow's name for a device; UserError for one that is not there."""
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:  # take memory as it is needed, not all of it at once
        with contextlib.suppress(RuntimeError):  # it has been in use already
            tf.config.experimental.set_memory_growth(gpu, True)
    there = {"cpu": "/CPU:0", **({"cuda": "/GPU:0"} if gpus else {})}
    if name not in there:
        raise UserError(f"TensorFlow has no device {name!r} here; it has: {', '.join(there)}.")
    return there[name]


def threads() -> int:
    """How many threads one operation of TensorFlow's uses."""
    # 0 stands for what the environment says
    asked = tf.config.threading.get_intra_op_parallelism_threads()
    return asked or int(os.environ.get("TF_NUM_INTRAOP_THREADS", os.cpu_count() or 1))


def device_memory(device: str) -> int | None:
    """The most bytes that TensorFlow's tensors have had on a CUDA device at once."""
    return tf.config.experimental.get_memory_info("GPU:0")["peak"] if device == "cuda" else None
