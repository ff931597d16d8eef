"""One epoch: each batch is looked at once, and after each there is a step.

The model is linear, one neuron without an activation, and its prediction for a batch is X w + b. An
error is a prediction minus its target, and the loss of a batch the mean of its squared errors.

For each batch, in this order: the errors, the loss, the gradients dw and db of this loss, and then
the steps of w and b. Both gradients are taken before either of the two moves.
"""

import numpy as np

from scratch.week1.day5.sgd_update import sgd_update


def linear_epoch(batches, w, b, learning_rate):
    """Return w and b after the epoch, and the list of losses: each batch's, before its step.

    `batches` is a list of pairs (X, y) of the shapes (n, D) and (n,), of which the last may be
    shorter. `w` has the shape (D,), `b` is a number.
    """
    losses = []
    for X, y in batches:
        # <solution>
        errors = X @ w + b - y
        losses.append(np.mean(errors**2))
        dw = 2 / len(X) * X.T @ errors
        db = 2 / len(X) * np.sum(errors)
        w = sgd_update(w, dw, learning_rate)
        b = sgd_update(b, db, learning_rate)
        # </solution>
    return w, b, losses
