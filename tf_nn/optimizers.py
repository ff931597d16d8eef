"""The optimizers in TensorFlow operations, traced into the training step.

Keras's own fit none of the adaptive or momentum forms: RMSprop and AdaGrad put eps inside the
root, Adam adds it before the second bias correction, and SGD keeps the learning rate inside the
velocity, which is another path as soon as the rate changes.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from brain import spec

Memory = dict[str, tf.Variable]


def sgd(
    rule: spec.SGD, w: tf.Variable, g: tf.Tensor, memory: Memory, lr: tf.Tensor, step: tf.Tensor
) -> None:
    if rule.momentum:
        g_now = g
        g = memory["velocity"].assign(rule.momentum * memory["velocity"] + g)
        if rule.nesterov:
            g = g_now + rule.momentum * g
    w.assign_sub(lr * g)


def adagrad(
    rule: spec.AdaGrad, w: tf.Variable, g: tf.Tensor, memory: Memory, lr: tf.Tensor, step: tf.Tensor
) -> None:
    s = memory["sum_of_squares"].assign_add(tf.square(g))
    w.assign_sub(lr * g / (tf.sqrt(s) + rule.eps))


def rmsprop(
    rule: spec.RMSprop, w: tf.Variable, g: tf.Tensor, memory: Memory, lr: tf.Tensor, step: tf.Tensor
) -> None:
    s = memory["mean_square"]
    s = s.assign(rule.rho * s + (1 - rule.rho) * tf.square(g))
    w.assign_sub(lr * g / (tf.sqrt(s) + rule.eps))


def adam(
    rule: spec.Adam | spec.AdamW,
    w: tf.Variable,
    g: tf.Tensor,
    memory: Memory,
    lr: tf.Tensor,
    step: tf.Tensor,
) -> None:
    m, v = memory["first_moment"], memory["second_moment"]
    m = m.assign(rule.beta1 * m + (1 - rule.beta1) * g)
    v = v.assign(rule.beta2 * v + (1 - rule.beta2) * tf.square(g))
    # in float64: 1 - 0.999 has four right digits in float32
    count = tf.cast(step, tf.float64) + 1
    m_scale = tf.cast(1 / (1 - tf.pow(tf.constant(rule.beta1, tf.float64), count)), w.dtype)
    v_scale = tf.cast(1 / (1 - tf.pow(tf.constant(rule.beta2, tf.float64), count)), w.dtype)
    w.assign_sub(lr * m_scale * m / (tf.sqrt(v_scale * v) + rule.eps))


def adamw(
    rule: spec.AdamW, w: tf.Variable, g: tf.Tensor, memory: Memory, lr: tf.Tensor, step: tf.Tensor
) -> None:
    w.assign_sub(lr * rule.weight_decay * w)
    adam(rule, w, g, memory, lr, step)


def apply(
    rule: spec.Optimizer,
    variables: dict[str, tf.Variable],
    gradients: list[tf.Tensor],
    memory: dict[str, Memory],
    lr: tf.Tensor,
    step: tf.Tensor,
) -> None:
    """One step on all variables: clip, add the weight decay, then the optimizer's own rule."""
    if rule.clip_norm is not None:
        # A norm of zero gives infinity, of which the minimum is 1: nothing to clip.
        norm = tf.linalg.global_norm(gradients)
        gradients = [g * tf.minimum(rule.clip_norm / norm, 1) for g in gradients]
    coupled_decay = 0.0 if isinstance(rule, spec.AdamW) else rule.weight_decay
    for (name, w), g in zip(variables.items(), gradients, strict=True):
        if coupled_decay:
            g = g + coupled_decay * w
        OPTIMIZERS[type(rule)](rule, w, g, memory[name], lr, step)


OPTIMIZERS: dict[type[spec.Optimizer], Callable[..., None]] = {
    spec.SGD: sgd,
    spec.AdaGrad: adagrad,
    spec.RMSprop: rmsprop,
    spec.Adam: adam,
    spec.AdamW: adamw,
}
