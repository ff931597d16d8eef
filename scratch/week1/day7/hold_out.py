"""Some samples are put aside, and never trained on: only they can say what a network has learned.

A network that knows its own samples by heart may know nothing else. So the samples are shuffled
once, and a share of them is held out for a test.
"""


def hold_out(X, labels, share, generator):
    """Return X_train, labels_train, X_test and labels_test.

    `X` has the shape (N, D), `labels` (N,). The test gets `round(share * N)` samples, the training
    all others, drawn by `generator` (its `permutation(n)` gives a random order). Every label stays
    with its sample. `X` and `labels` stay as they are.
    """
    # <solution>
    order = generator.permutation(len(X))
    count = round(share * len(X))
    test, train = order[:count], order[count:]
    return X[train], labels[train], X[test], labels[test]
    # </solution>
