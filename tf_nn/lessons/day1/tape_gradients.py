"""The slopes of two results at once, by a `GradientTape`.

A tape writes down what is computed while it runs, for the tensors that it watches: variables by
itself, constants when it is told to. Afterwards `tape.gradient(result, inputs)` walks back. A tape
is used up by that, unless it is `persistent`. An input that a result does not depend on has the
gradient None, which is to say 0.
"""

import tensorflow as tf


def tape_gradients(f, x, y):
    """Return ((du/dx, du/dy), (dv/dx, dv/dy)), plain numbers, for (u, v) = f(x, y).

    `f` takes two tensors and returns two; `x` and `y` are numbers, whole ones too.
    """
    # <solution>
    inputs = [tf.constant(float(x)), tf.constant(float(y))]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        results = f(*inputs)
    rows = [tape.gradient(one, inputs, unconnected_gradients="zero") for one in results]
    return tuple(tuple(float(slope) for slope in row) for row in rows)
    # </solution>
