"""The week's goal: your network learns to read.

The data set is small enough to be one batch, so that an epoch is one step. Every hundredth epoch
the loss is noted: if it does not fall, something is wrong, and you know early.
"""

from scratch.week1.day3.cross_entropy import cross_entropy
from scratch.week1.day6.neural_net import NeuralNetwork


def train_digits(X, y, hidden_size, epochs, learning_rate):
    """Return a new network, trained on `X`, (N, D), and one-hot `y`, (N, K), and a list of losses.

    The list has the losses of the epochs 0, 100, 200 and so on, each the cross-entropy on `X` from
    before that epoch's step: ten numbers for 1000 epochs, one for a single epoch.
    """
    # <solution>
    network = NeuralNetwork(X.shape[1], hidden_size, y.shape[1])
    losses = []
    for epoch in range(epochs):
        P = network.forward(X)
        if epoch % 100 == 0:
            losses.append(cross_entropy(P, y))
        network.backward(X, y, learning_rate)
    return network, losses
    # </solution>


if __name__ == "__main__":
    import numpy as np

    from scratch.week1.day3.one_hot import one_hot
    from scratch.week1.day6.accuracy import accuracy
    from scratch.week1.day7.digits import digits
    from scratch.week1.day7.hold_out import hold_out

    X, labels, X_test, labels_test = hold_out(*digits(), 0.2, np.random.default_rng(0))
    network, losses = train_digits(X, one_hot(labels, 10), 32, 1000, 0.5)
    for number, loss in enumerate(losses):
        print(f"epoch {100 * number:4}  loss {loss:.4f}")
    print(f"of its own digits it reads  {accuracy(network, X, labels):.1%}")
    print(f"of digits it never saw      {accuracy(network, X_test, labels_test):.1%}")
