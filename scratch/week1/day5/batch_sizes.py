"""Batch, mini-batch and stochastic: the same descent with batches of three sizes.

With all samples in one batch, an epoch is one exact step. With one sample in each batch it is N
hasty steps; with a few samples in each, something between. After the same number of epochs, which
of them has the lowest loss?
"""

import numpy as np

from scratch.week1.day5.linear_epoch import linear_epoch
from scratch.week1.day5.mini_batches import mini_batches


def batch_sizes(X, y, sizes, epochs, learning_rate, shuffled):
    """Return a dictionary: for each size the list of losses, one after each epoch.

    A loss is the mean squared error on all of `X`, (N, D), and `y`, (N,). For every size w and b
    begin at 0. `shuffled(X, y, size)` returns a list of batches, in another order at each call:
    call it once for each epoch.
    """
    paths = {}
    for size in sizes:
        losses = []
        # <solution>
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(epochs):
            w, b, _ = linear_epoch(shuffled(X, y, size), w, b, learning_rate)
            losses.append(np.mean((X @ w + b - y) ** 2))
        # </solution>
        paths[size] = losses
    return paths


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.standard_normal((1000, 3))
    y = X @ [1.0, -2.0, 0.5] + 3 + 0.5 * rng.standard_normal(1000)

    def by_my_dice(X, y, size):
        return mini_batches(X, y, size, rng)

    for size, losses in batch_sizes(X, y, (1000, 32, 1), 5, 0.01, by_my_dice).items():
        print(f"{size:5}", " ".join(f"{loss:8.4f}" for loss in losses))
