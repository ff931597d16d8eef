"""How a perceptron learns: one step of Rosenblatt's rule.

It is shown one sample and told what its output should be, the `target`, 0 or 1. With

    error = target - output         (1, 0 or -1)

each weight moves by learning_rate * error * its own input, and the bias by learning_rate * error.
Where the output was right, the error is 0 and nothing moves.
"""

from scratch.week1.day1.perceptron import perceptron


def perceptron_step(inputs, weights, bias, target, learning_rate):
    """Return the new `(weights, bias)` after one sample.

    `inputs` and `weights` are arrays of shape (D,), the others are numbers. The array `weights`
    itself stays as it was: a new one is returned.
    """
    # <solution>
    error = target - perceptron(inputs, weights, bias)
    new_weights = weights + learning_rate * error * inputs
    new_bias = bias + learning_rate * error
    return new_weights, new_bias
    # </solution>
