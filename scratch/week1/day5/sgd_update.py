"""One step of gradient descent.

dW says by how much the loss would rise if W rose. So W goes the other way, by the learning rate:

    W_new = W_old - learning_rate * dW
"""


def sgd_update(W, dW, learning_rate):
    """Return the new weights. `W` and `dW` are numbers, or arrays of one shape; both stay as is."""
    # <solution>
    return W - learning_rate * dW
    # </solution>
