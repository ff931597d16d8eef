"""A neuron as a logic gate, by weights that you choose yourself.

Your neuron of the task before has two inputs, each 0 or 1. Choose its two weights and its bias so
that its output is AND: nearly 1 (above 0.9) when both inputs are 1, and nearly 0 (below 0.1) for
the other three pairs.

    inputs    0 0   0 1   1 0   1 1
    AND        0     0     0     1

Nothing is to be computed here: think, choose three numbers, and return them.
"""


def and_gate():
    """Return `(weights, bias)`: a list of two weights, and a number."""
    # <solution>
    weights = [10, 10]
    bias = -15
    return weights, bias
    # </solution>
