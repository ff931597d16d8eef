"""A dense layer: H neurons that look at the same inputs, and a whole batch at once.

    Z = X W + b

Each row of X is a sample, each column of W a neuron. Z has a row for each sample and a column for
each neuron. The bias b has one number for each neuron; NumPy adds it to every row by itself.
"""


def dense(X, W, b):
    """Return Z, of shape (N, H).

    `X` has the shape (N, D): N samples of D features. `W` has the shape (D, H), `b` the shape (H,).
    """
    # <solution>
    return X @ W + b
    # </solution>
