"""Backward through softmax and cross-entropy together.

Forward, the last layer's numbers Z became probabilities P = softmax(Z), and the loss is the mean
over the samples of -log p(right class). Each of the two steps has unpleasant slopes; together,
nearly everything cancels:

    dZ = (P - Y) / N

what the network said, minus what it should have said, over the number of samples.
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
