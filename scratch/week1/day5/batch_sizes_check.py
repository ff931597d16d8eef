"""How `batch_sizes` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """All samples in a batch; then batches of three sizes, two of which leave a short one."""
    sizes = []

    def shuffled(X, y, size):
        """An order that hangs on the size, and on how often that was asked for."""
        sizes.append(size)
        order = np.random.default_rng([size, sizes.count(size)]).permutation(len(X))
        return [(X[order[i : i + size]], y[order[i : i + size]]) for i in range(0, len(X), size)]

    X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0], [-1.0, 0.5], [0.5, 0.0]])
    y = np.array([1.0, 2.0, 0.0, -1.0, 1.5])
    ask(answer.batch_sizes, X, y, (5,), 2, 0.1, shuffled)
    X, y = ask.draw.standard_normal((11, 3)), ask.draw.standard_normal(11)
    sizes.clear()
    ask(answer.batch_sizes, X, y, (4, 11, 1), 4, 0.05, shuffled)
    ask.note("the sizes that `shuffled` was asked for", list(dict.fromkeys(sizes)))


exercise = Exercise(
    title="Batch, mini-batch, stochastic",
    page="theory/optimizers.md",
    hints=(
        "Three lines for an epoch: shuffle into batches, walk through them, look at the loss.",
        "theory/optimizers.md (2): each batch gives one such step, without momentum. The loss "
        "is (2) of theory/linear-regression.md on all samples, after the epoch.",
        "w and b begin at zero; for each epoch: new w and b from your linear_epoch with batches "
        "from shuffled; add the mean squared error on all of X to the losses",
    ),
    mistakes=(
        Mistake(
            "the number of epochs is not the one that is given: go through `epochs` of them",
            {"range(epochs)": "range(3)"},
        ),
        Mistake(
            "the samples are shuffled once for all epochs: shuffle anew in each",
            {
                "for _ in range(epochs):": "batches = shuffled(X, y, size)\n"
                "        for _ in range(epochs):",
                "(shuffled(X, y, size), w": "(batches, w",
            },
        ),
        Mistake(
            "the samples are not shuffled at all: shuffled(X, y, size) gives the batches",
            {
                "shuffled(X, y, size)": (
                    "[(X[i : i + size], y[i : i + size]) for i in range(0, len(X), size)]"
                )
            },
        ),
        Mistake(
            "all sizes get batches of the first size: hand each its own to shuffled(X, y, size)",
            {"shuffled(X, y, size)": "shuffled(X, y, sizes[0])"},
        ),
        Mistake(
            "every epoch is a single batch of all samples: shuffled(X, y, size) cuts them",
            {"shuffled(X, y, size)": "shuffled(X, y, len(X))"},
        ),
        Mistake(
            "every batch is a single sample: shuffled(X, y, size) gives them the size asked for",
            {"shuffled(X, y, size)": "shuffled(X, y, 1)"},
        ),
        Mistake(
            "shuffled is called more often than once in an epoch: keep what the one call returns",
            {"w, b, _ = linear": "shuffled(X, y, size)\n            w, b, _ = linear"},
        ),
        Mistake(
            "only the first batch of each epoch is used: hand the whole list to linear_epoch",
            {"shuffled(X, y, size)": "shuffled(X, y, size)[:1]"},
        ),
        Mistake(
            "a size goes on from the weights of the one before: let each begin at 0",
            {
                "w, b = np.zeros(X.shape[1]), 0.0": (
                    "w, b = (w, b) if paths else (np.zeros(X.shape[1]), 0.0)"
                )
            },
        ),
        Mistake(
            "every epoch begins at 0 again: set w and b to 0 before the epochs",
            {"size), w, b, learning_rate)": "size), w * 0, 0.0, learning_rate)"},
        ),
        Mistake(
            "these are the losses of the batches on the way: after each epoch, that on all samples "
            "is asked for",
            {
                "w, b, _ = linear": "w, b, on_the_way = linear",
                "losses.append(np.mean((X @ w + b - y) ** 2))": "losses += on_the_way",
            },
        ),
        Mistake(
            "that is the mean of the batches' losses, from before their steps: look at all "
            "samples, after the epoch",
            {
                "w, b, _ = linear": "w, b, on_the_way = linear",
                "np.mean((X @ w + b - y) ** 2)": "np.mean(on_the_way)",
            },
        ),
        Mistake(
            "the loss is summed: take the mean of the squared errors",
            {"np.mean((X": "np.sum((X"},
        ),
        Mistake(
            "the loss is noted before the epoch: note it after",
            {
                "w, b, _ = linear": "losses.append(np.mean((X @ w + b - y) ** 2))\n"
                "            w, b, _ = linear",
                "            losses.append(np.mean((X @ w + b - y) ** 2))\n": "",
            },
        ),
        Mistake(
            "w and b stay at 0: keep what linear_epoch returns",
            {"w, b, _ = linear": "linear"},
        ),
        Mistake(
            "the bias is left out of the loss: the model is X w + b",
            {"(X @ w + b - y)": "(X @ w - y)"},
        ),
    ),
    read_next="scratch/experiments/optimizers.py: eight optimizers on one landscape",
)
