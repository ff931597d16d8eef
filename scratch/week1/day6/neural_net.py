"""The engine: a network with one hidden layer, forward, backward and downhill.

    Z1 = X W1 + b1      A1 = relu(Z1)
    Z2 = A1 W2 + b2     P = softmax(Z2)

The loss is the cross-entropy of P against one-hot targets. Everything that this needs you have
written: here it is put together.
"""

import numpy as np

from scratch.week1.day2.dense import dense
from scratch.week1.day3.relu import relu
from scratch.week1.day3.softmax import softmax
from scratch.week1.day4.layer_gradient import layer_gradient
from scratch.week1.day4.relu_gradient import relu_gradient
from scratch.week1.day4.softmax_gradient import softmax_gradient
from scratch.week1.day5.sgd_update import sgd_update
from scratch.week1.day6.he_initialisation import he_initialisation


class NeuralNetwork:
    """A network of D inputs, H hidden units with ReLU, and K classes."""

    def __init__(self, input_size, hidden_size, output_size):
        """Make W1 (D, H) and W2 (H, K) by He's rule, and b1 (H,) and b2 (K,) of zeros."""
        # <solution>
        self.W1 = he_initialisation(input_size, hidden_size)
        self.b1 = np.zeros(hidden_size)
        self.W2 = he_initialisation(hidden_size, output_size)
        self.b2 = np.zeros(output_size)
        # </solution>

    def forward(self, X):
        """Return the probabilities P, (N, K), for `X`, (N, D); keep what backward needs."""
        # <solution>
        self.Z1 = dense(X, self.W1, self.b1)
        self.A1 = relu(self.Z1)
        self.P = softmax(dense(self.A1, self.W2, self.b2))
        return self.P
        # </solution>

    def backward(self, X, y, learning_rate):
        """Take one step: all four gradients first, then all four updates.

        `X` is the batch that `forward` was given last, `y` its one-hot targets, (N, K).
        """
        # <solution>
        dZ2 = softmax_gradient(self.P, y)
        dW2, db2, dA1 = layer_gradient(dZ2, self.A1, self.W2)
        dZ1 = relu_gradient(dA1, self.Z1)
        dW1, db1, _ = layer_gradient(dZ1, X, self.W1)
        self.W1 = sgd_update(self.W1, dW1, learning_rate)
        self.b1 = sgd_update(self.b1, db1, learning_rate)
        self.W2 = sgd_update(self.W2, dW2, learning_rate)
        self.b2 = sgd_update(self.b2, db2, learning_rate)
        # </solution>
