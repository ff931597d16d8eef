"""One neuron's weighted sum for several samples, twice: in loops, and as a product of arrays.

    z[n] = x[n][0] * w[0] + x[n][1] * w[1] + ... + bias      for each sample n

The first time you are given plain lists, and write two loops, one inside the other. The second time
you are given arrays, and need no loop at all: `@` multiplies and adds up.
"""


def sums_by_loops(inputs, weights, bias):
    """Return a list of N numbers, one sum for each sample.

    `inputs` is a list of N samples, each a list of D numbers; `weights` is a list of D numbers.
    """
    # <solution>
    sums = []
    for sample in inputs:
        z = bias
        for i in range(len(weights)):
            z = z + sample[i] * weights[i]
        sums.append(z)
    return sums
    # </solution>


def sums_by_product(inputs, weights, bias):
    """Return an array of shape (N,), from `inputs` of shape (N, D) and `weights` of shape (D,)."""
    # <solution>
    return inputs @ weights + bias
    # </solution>
