"""Slope and curvature of a function.

Going backward is a computation too, and a second tape around the first can write it down: the
gradient of the gradient is the second derivative. f works on each number of x by itself, so the
gradient of the sum of its results holds the slope at each number.
"""

import tensorflow as tf


def second_derivative(f, x):
    """Return f'(x) and f''(x), two tensors of the shape of `x`, a tensor of floats.

    `f` is computed number by number. Where it is linear, f'' is 0.
    """
    # <solution>
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    curvature = outer.gradient(slope, x, unconnected_gradients="zero")
    return slope, curvature
    # </solution>
