"""Backward through one layer, Z = X W + b.

The gradient dZ arrives from behind, of the shape of Z. Three things are asked for: how the loss
changes with each weight, with each bias, and with each input, which is what the layer before needs.

    dW = X^T dZ        db = the sum of dZ over the samples        dX = dZ W^T

Each has the shape of what it belongs to. Where you are in doubt, the shapes leave one arrangement.
"""


def layer_gradient(dZ, X, W):
    """Return dW, db, dX: the shapes (D, H), (H,) and (N, D).

    `dZ` has the shape (N, H), `X` (N, D) and `W` (D, H): N samples, D inputs, H units.
    """
    # <solution>
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    dX = dZ @ W.T
    return dW, db, dX
    # </solution>
