"""The whole way forward: from a batch of samples to one number that says how wrong it is.

    A1 = relu(X W1 + b1)
    P  = softmax(A1 W2 + b2)
    loss = cross_entropy(P, targets)

It is day 2's network with today's activations. All four functions are yours already.
"""

from scratch.week1.day2.dense import dense
from scratch.week1.day3.cross_entropy import cross_entropy
from scratch.week1.day3.relu import relu
from scratch.week1.day3.softmax import softmax


def forward(X, W1, b1, W2, b2, targets):
    """Return `(P, loss)`: the probabilities, of shape (N, K), and one number.

    `X` has the shape (N, D), `W1` (D, H), `b1` (H,), `W2` (H, K), `b2` (K,); `targets` are one-hot
    rows of shape (N, K).
    """
    # <solution>
    A1 = relu(dense(X, W1, b1))
    P = softmax(dense(A1, W2, b2))
    return P, cross_entropy(P, targets)
    # </solution>
