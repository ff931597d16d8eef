"""Two layers in a row: the first one's outputs are the second one's inputs.

    A1 = sigmoid(X W1 + b1)
    A2 = sigmoid(A1 W2 + b2)

Your `dense` and your `sigmoid` do all of it.
"""

from scratch.week1.day1.sigmoid import sigmoid
from scratch.week1.day2.dense import dense


def two_layers(X, W1, b1, W2, b2):
    """Return A2, of shape (N, K).

    `X` has the shape (N, D), `W1` (D, H), `b1` (H,), `W2` (H, K) and `b2` (K,).
    """
    # <solution>
    A1 = sigmoid(dense(X, W1, b1))
    A2 = sigmoid(dense(A1, W2, b2))
    return A2
    # </solution>
