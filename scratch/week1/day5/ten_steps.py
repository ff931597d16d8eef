"""Ten steps downhill, and what the loss does on the way.

Run it twice when it is done: at a learning rate of 0.1, and at 100.
"""

from scratch.week1.day5.sgd_update import sgd_update


def ten_steps(loss, gradient, W, learning_rate):
    """Return a list of 11 numbers: the loss before the first step, and after each of ten steps.

    `loss` takes weights and returns a number, `gradient` takes weights and returns dW there, of
    their shape. `W` is where the walk begins.
    """
    # <solution>
    losses = [loss(W)]
    for _ in range(10):
        W = sgd_update(W, gradient(W), learning_rate)
        losses.append(loss(W))
    return losses
    # </solution>


if __name__ == "__main__":
    for rate in (0.1, 100):
        print(rate, ten_steps(lambda w: (w - 3) ** 2, lambda w: 2 * (w - 3), 0.0, rate))
