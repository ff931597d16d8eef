"""Overfitting on purpose: a network that knows its own digits by heart, and few others.

Give it so few samples, and so many hidden units, that it can remember each one by itself: of its
own it reads all, of those that it never saw far fewer. Find such a number of samples.
"""

from scratch.week1.day3.one_hot import one_hot
from scratch.week1.day7.train_digits import train_digits


def overfit(X, labels):
    """Return a network, and how many digits it was trained on: the first `count` of `X`.

    `X` has the shape (N, 64), `labels` (N,). Choose a `count` of at least 10, at least 64 hidden
    units, and epochs and a learning rate that bring it to read all of its own.
    """
    # <solution>
    count = 20
    network, _ = train_digits(X[:count], one_hot(labels[:count], 10), 100, 300, 0.5)
    return network, count
    # </solution>


if __name__ == "__main__":
    import numpy as np

    from scratch.week1.day6.accuracy import accuracy
    from scratch.week1.day7.digits import digits
    from scratch.week1.day7.hold_out import hold_out

    X, labels, X_test, labels_test = hold_out(*digits(), 0.2, np.random.default_rng(0))
    network, count = overfit(X, labels)
    print(f"of its {count} digits it reads    {accuracy(network, X[:count], labels[:count]):.1%}")
    print(f"of digits it never saw  {accuracy(network, X_test, labels_test):.1%}")
