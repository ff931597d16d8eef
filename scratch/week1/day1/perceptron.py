"""The perceptron, the neuron of 1958: it decides, yes or no.

    z = inputs[0] * weights[0] + inputs[1] * weights[1] + ... + bias
    output = 1 if z is above 0, else 0

At z = 0 exactly the output is 0.
"""

import numpy as np


def perceptron(inputs, weights, bias):
    """Return 1 or 0. `inputs` and `weights` are arrays of shape (D,), `bias` is a number."""
    # <solution>
    z = np.dot(inputs, weights) + bias
    return 1 if z > 0 else 0
    # </solution>
