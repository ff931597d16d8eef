"""A data set in small batches, in a new order.

For each epoch the samples are shuffled, and then cut into batches of `size`. What is left over at
the end is a batch, too, a short one: no sample is lost.
"""


def mini_batches(X, y, size, generator):
    """Return a list of pairs (X_batch, y_batch).

    `X` has the shape (N, D), `y` (N,). `generator` is one of NumPy's random generators, say
    `np.random.default_rng(0)`; its `permutation(n)` gives the numbers from 0 to n - 1 in a random
    order. Every sample is in one batch, with its own target. `X` and `y` stay as they are.
    """
    # <solution>
    order = generator.permutation(len(X))
    X, y = X[order], y[order]
    starts = range(0, len(X), size)
    return [(X[start : start + size], y[start : start + size]) for start in starts]
    # </solution>
