"""Backward through one layer, Z = X W + b.

The gradient dZ arrives from the layer behind: how the loss changes with each number of Z. Three
things are asked for: how it changes with each weight, dW, with each bias, db, and with each input,
dX, which is what the layer before needs.

Start from one number of Z: the sum of input times weight, plus a bias. On which numbers of Z does a
single weight act? A single bias, a single input? Where one acts on several, its effects add up.
Each gradient has the shape of what it belongs to; if in doubt, write the shapes of dZ, X and W side
by side, and see which products are possible.
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
