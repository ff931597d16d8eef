"""A training step as a graph.

`tf.function` runs the Python code once for each shape and dtype of its arguments, writes down the
operations, and from then on runs those alone. What is Python happens at that first time only: a
Python number that is counted up stays in the graph as it was then. What is to change between two
steps has to be a `tf.Variable`. (`autograph=False`: no `if` or `for` of Python becomes an
operation.)
"""

import tensorflow as tf


def make_step(weight, bias, rate):
    """Return a function `step(x, y)` that trains the variables `weight` (D, H) and `bias` (H,).

    Its loss, which it returns as it was before the step, is the mean of (X W + b - Y) ** 2 over
    all numbers. The rate of step t, counted from 0, is `rate` / (1 + t).
    """
    done = tf.Variable(0.0)  # steps

    @tf.function(autograph=False)
    def step(x, y):
        # <solution>
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ weight + bias - y) ** 2)
        d_weight, d_bias = tape.gradient(loss, (weight, bias))
        now = rate / (1.0 + done)
        weight.assign_sub(now * d_weight)
        bias.assign_sub(now * d_bias)
        done.assign_add(1.0)
        return loss
        # </solution>

    return step
