"""One neuron: it adds up its weighted inputs and its bias, and applies its activation.

    z = inputs[0] * weights[0] + inputs[1] * weights[1] + ... + bias
    output = sigmoid(z)

Write it with a loop over the inputs, or with `np.dot`; both are right.
"""

import numpy as np

from scratch.week1.day1.sigmoid import sigmoid


def neuron(inputs, weights, bias):
    """Return the output of one sigmoid neuron: a single number between 0 and 1.

    `inputs` and `weights` are arrays of shape (D,), one weight for each input; `bias` is a number.
    """
    # <solution>
    z = np.dot(inputs, weights) + bias
    return sigmoid(z)
    # </solution>
