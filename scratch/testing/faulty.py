"""NumPy engines with one fault each: what a comparison must find. Not for use; for its tests.

Each is given by its import path, `scratch.testing.faulty:WrongSign`, and differs from
`NumpyNetwork` in the one place that its name and its docstring say. Faults in a layer are in the
one called `dense2` or `leakyrelu1`, whatever the model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, SupportsFloat
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import scratch.engine
from brain import spec
from brain.parameters import Arrays
from brain.passes import Trace
from scratch.context import Context
from scratch.dense import d_dense, dense
from scratch.engine import NumpyNetwork
from scratch.layers import LAYERS, activation, d_activation, d_chain, d_residual, named
from scratch.losses import LOSSES, softmax_cross_entropy
from scratch.optimizers import OPTIMIZERS, Memory, clip_scale

Array = NDArray[Any]


class Clean(NumpyNetwork):
    """No fault; the base of all others, which say in `fault` what is put in place of what."""

    def fault(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def _make(self) -> None:
        with self.fault():
            super()._make()

    def _forward(self, *arguments: Any) -> tuple[Array, SupportsFloat | None, Arrays]:
        with self.fault():
            return super()._forward(*arguments)

    def _train_step(self, *arguments: Any) -> tuple[SupportsFloat, Arrays]:
        with self.fault():
            return super()._train_step(*arguments)

    def _trace(self, *arguments: Any) -> Trace:
        with self.fault():
            return super()._trace(*arguments)


def in_table(table: Any, key: Any, value: Any) -> AbstractContextManager[Any]:
    """`value` in place of `table[key]`, for the time of one call."""
    return patch.dict(table, {key: value})


# Faults on the way there


def _output(change: Callable[[Mapping[str, Array], Array], Array]) -> Any:
    """The lines of `LAYERS` for Dense with `change(params, z)` as the output of dense2."""

    def forward(layer: spec.Dense, params: Any, x: Array, context: Context) -> tuple[Array, Array]:
        z, cache = dense(layer, params, x, context)
        return (change(params, z) if context.name.endswith("dense2") else z), cache

    return forward, d_dense


class NoBias(Clean):
    """dense2 leaves its bias out."""

    def fault(self) -> AbstractContextManager[Any]:
        return in_table(LAYERS, spec.Dense, _output(lambda params, z: z - params["bias"]))


class Tiny(Clean):
    """The output of dense2 is too large by 1e-9 of itself."""

    def fault(self) -> AbstractContextManager[Any]:
        return in_table(LAYERS, spec.Dense, _output(lambda params, z: z * (1 + 1e-9)))


class NotANumber(Clean):
    """One output of dense2 is NaN."""

    def fault(self) -> AbstractContextManager[Any]:
        def spoilt(params: Mapping[str, Array], z: Array) -> Array:
            z = z.copy()
            z.flat[0] = np.nan
            return z

        return in_table(LAYERS, spec.Dense, _output(spoilt))


def _steep(layer: spec.LeakyReLU) -> spec.LeakyReLU:
    return spec.LeakyReLU(layer.slope + 1e-6)


class Slope(Clean):
    """The slope of LeakyReLU is 1e-6 more, in both directions."""

    def fault(self) -> AbstractContextManager[Any]:
        def forward(layer: Any, params: Any, x: Array, context: Context) -> tuple[Array, Any]:
            return activation(_steep(layer), params, x, context)

        return in_table(LAYERS, spec.LeakyReLU, (forward, _d_steep))


class Predicts(Clean):
    """Right in training, 1e-9 off in evaluation."""

    def _forward(self, *arguments: Any) -> tuple[Array, SupportsFloat | None, Arrays]:
        output, loss, after = super()._forward(*arguments)
        return output * (1 + 1e-9), loss, after


class BatchInEvaluation(Clean):
    """BatchNorm uses the statistics of the batch in evaluation too."""

    def fault(self) -> AbstractContextManager[Any]:
        forward, *others = LAYERS[spec.BatchNorm]

        def always(layer: Any, params: Any, x: Array, context: Context) -> tuple[Array, Any]:
            with patch.object(context.run, "training", True):
                return forward(layer, params, x, context)

        return in_table(LAYERS, spec.BatchNorm, (always, *others))


class NoCarry(Clean):
    """Every sequence begins with a state of zeros, whatever is carried into it."""

    def _forward(self, batch: Any, carry: Arrays) -> tuple[Array, SupportsFloat | None, Arrays]:
        return super()._forward(batch, {name: np.zeros_like(a) for name, a in carry.items()})


class LosesCarry(Clean):
    """The state after a sequence is left behind nowhere."""

    def _forward(self, *arguments: Any) -> tuple[Array, SupportsFloat | None, Arrays]:
        output, loss, _ = super()._forward(*arguments)
        return output, loss, {}


# Faults on the way back


def _d_steep(
    layer: Any, params: Any, cache: Any, dy: Array, context: Context
) -> tuple[Array, dict[str, Any]]:
    return d_activation(_steep(layer), params, cache, dy, context)


class BackwardSlope(Clean):
    """The derivative alone of LeakyReLU has a slope that is 1e-6 more."""

    def fault(self) -> AbstractContextManager[Any]:
        return in_table(LAYERS, spec.LeakyReLU, (LAYERS[spec.LeakyReLU][0], _d_steep))


def _gradient(change: Callable[[Any, dict[str, Any]], tuple[Any, dict[str, Any]]]) -> Any:
    """The lines of `LAYERS` for Dense with `change(dx, grads)` from dense2."""

    def backward(
        layer: spec.Dense, params: Any, x: Array, dz: Array, context: Context
    ) -> tuple[Any, dict[str, Any]]:
        dx, grads = d_dense(layer, params, x, dz, context)
        return change(dx, grads) if context.name.endswith("dense2") else (dx, grads)

    return dense, backward


class WrongSign(Clean):
    """The gradient of dense2's bias has the wrong sign."""

    def fault(self) -> AbstractContextManager[Any]:
        turned = _gradient(lambda dx, grads: (dx, {**grads, "bias": -grads["bias"]}))
        return in_table(LAYERS, spec.Dense, turned)


class TinyGradient(Clean):
    """What dense2 passes back is too large by 1e-9 of itself."""

    def fault(self) -> AbstractContextManager[Any]:
        larger = _gradient(lambda dx, grads: (None if dx is None else dx * (1 + 1e-9), grads))
        return in_table(LAYERS, spec.Dense, larger)


class NoSecondWay(Clean):
    """What Residual passes back lacks the share of the shortcut."""

    def fault(self) -> AbstractContextManager[Any]:
        def backward(
            layer: Any, params: Any, caches: Any, dy: Array, context: Context
        ) -> tuple[Any, dict[str, Any]]:
            wanted, grads = d_residual(layer, params, caches, dy, context)
            inner = context.inside("body")
            dx, _ = d_chain(named(layer.body), params["body"], caches[0], dy, inner)
            return (None if wanted is None else dx), grads

        return in_table(LAYERS, spec.Residual, (LAYERS[spec.Residual][0], backward))


class NotDivided(Clean):
    """The gradient of the loss is that of the sum, not of the mean."""

    def fault(self) -> AbstractContextManager[Any]:
        def loss(logits: Array, labels: Array) -> tuple[Array, Array]:
            value, d_logits = softmax_cross_entropy(logits, labels)
            return value, d_logits * len(logits)

        return in_table(LOSSES, spec.SoftmaxCrossEntropy, loss)


class WrongLoss(Clean):
    """The loss is 1e-9 too large; its gradient is right."""

    def fault(self) -> AbstractContextManager[Any]:
        def loss(logits: Array, labels: Array) -> tuple[Array, Array]:
            value, d_logits = softmax_cross_entropy(logits, labels)
            return value * (1 + 1e-9), d_logits

        return in_table(LOSSES, spec.SoftmaxCrossEntropy, loss)


# Faults in the step


class Runaway(Clean):
    """From step 20 on, every step adds 1000 to every weight."""

    def _train_step(self, *arguments: Any) -> tuple[SupportsFloat, Arrays]:
        found = super()._train_step(*arguments)
        if self.step >= 19:
            self.load_parameters({name: w + 1000 for name, w in self.parameters().items()})
        return found


class MomentumForm(Clean):
    """The learning rate is inside the velocity, as Keras has it; equal only while it is fixed."""

    def fault(self) -> AbstractContextManager[Any]:
        def sgd(
            optimizer: spec.SGD, w: Array, g: Array, memory: Memory, lr: float, step: int
        ) -> None:
            v = memory["velocity"]
            v *= optimizer.momentum
            v += lr * g
            w -= lr * g + optimizer.momentum * v if optimizer.nesterov else v

        return in_table(OPTIMIZERS, spec.SGD, sgd)


class EpsInside(Clean):
    """Adam's eps is under the root."""

    def fault(self) -> AbstractContextManager[Any]:
        def adam(
            optimizer: spec.Adam, w: Array, g: Array, memory: Memory, lr: float, step: int
        ) -> None:
            m, v = memory["first_moment"], memory["second_moment"]
            m += (1 - optimizer.beta1) * (g - m)
            v += (1 - optimizer.beta2) * (g * g - v)
            m_hat = m / (1 - optimizer.beta1 ** (step + 1))
            v_hat = v / (1 - optimizer.beta2 ** (step + 1))
            w -= lr * m_hat / np.sqrt(v_hat + optimizer.eps**2)

        return in_table(OPTIMIZERS, spec.Adam, adam)


class DecayBeforeClip(Clean):
    """The weight decay is added before the gradient is clipped."""

    def fault(self) -> AbstractContextManager[Any]:
        def apply(
            optimizer: spec.Optimizer,
            parameters: dict[str, Array],
            gradients: dict[str, Array],
            memory: dict[str, Memory],
            lr: float,
            step: int,
        ) -> None:
            decayed = {k: g + optimizer.weight_decay * parameters[k] for k, g in gradients.items()}
            scale = clip_scale(optimizer.clip_norm, decayed)
            for name, w in parameters.items():
                g = decayed[name] * scale
                OPTIMIZERS[type(optimizer)](optimizer, w, g, memory[name], lr, step)

        return patch.object(scratch.engine, "apply", apply)


class ClipsEachAlone(Clean):
    """Every gradient is clipped by its own norm, not by that of all together."""

    def fault(self) -> AbstractContextManager[Any]:
        def scale(clip_norm: float | None, gradients: dict[str, Array]) -> float:
            for g in gradients.values():
                g *= min(1.0, (clip_norm or math.inf) / float(np.linalg.norm(g)))
            return 1.0

        return patch("scratch.optimizers.clip_scale", scale)
