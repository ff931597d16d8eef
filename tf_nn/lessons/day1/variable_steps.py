"""Gradient descent on a `tf.Variable`.

Tensors cannot be changed; a variable can, by `assign`, `assign_add` and `assign_sub`, and a tape
watches it by itself. Each step computes the loss f(w) under a new tape and moves w against its
gradient.
"""

import tensorflow as tf


def variable_steps(f, start, rate, steps):
    """Return a list of the losses before each step, as numbers, and w after the last step.

    `f` takes w (D,) and returns a loss; `start` is a tensor (D,), and so is the w that is returned.
    """
    w = tf.Variable(start)
    losses = []
    for _ in range(steps):
        # <solution>
        with tf.GradientTape() as tape:
            loss = f(w)
        losses.append(float(loss))
        w.assign_sub(rate * tape.gradient(loss, w))
        # </solution>
    return losses, tf.convert_to_tensor(w)
