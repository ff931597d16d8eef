"""Overfitting on purpose: a network that knows its own digits by heart, and few others.

Give it so few samples, and so many hidden units, that it can memorise each sample by itself. It
then reads all of its own digits, and far fewer of those that it never saw. Find such a number.
"""

from scratch.week1.day3.one_hot import one_hot
from scratch.week1.day7.train_digits import train_digits


def overfit(X, labels):
    """Return a network, and how many digits it was trained on: the first `count` of `X`.

    `X` has the shape (N, 64), `labels` (N,). Choose a `count` of at least 10, at least 64 hidden
    units, and epochs and a learning rate with which it reads all of its own. It must be trained on
    exactly those `count` digits, and read between 20 and 80 % of others that it never saw.
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
