"""XOR by three neurons, in two layers, by weights that you choose yourself.

One neuron cannot do it. Two neurons see both inputs; the inputs of a third are their outputs:

    inputs --> first  ---+
                         +--> third --> output
    inputs --> second ---+

    inputs    0 0   0 1   1 0   1 1
    XOR        0     1     1     0

All three are sigmoid neurons. As before, the output must be above 0.9 where it should be 1, and
below 0.1 where it should be 0. Which gate should each of them be? There is more than one way.
"""


def xor_by_hand():
    """Return three neurons `(first, second, third)`, each a pair `(weights, bias)`.

    Weights are lists of two numbers; `third` weighs the outputs of `first` and `second`.
    """
    # <solution>
    first = ([10, 10], -5)  # OR
    second = ([-10, -10], 15)  # NAND
    third = ([10, 10], -15)  # AND
    return first, second, third
    # </solution>
