"""Backward through softmax and cross-entropy together.

Forward, the last layer's numbers Z became probabilities P = softmax(Z), and the loss is the mean
over the N samples of -log p(right class). Each of these two steps has a complicated gradient. In
their product nearly everything cancels: a short formula in P and the targets is left, which the
day's page gives. Remember that the loss is a mean.
"""


def softmax_gradient(predictions, targets):
    """Return dZ, of shape (N, K).

    `predictions` are the probabilities, of shape (N, K): N samples, K classes. `targets` are
    one-hot, of the same shape: each row is 1 at the right class and 0 elsewhere.
    """
    # <solution>
    samples = len(predictions)
    return (predictions - targets) / samples
    # </solution>
