"""Which shape does Z = X W + b have? Say it without computing Z.

Most mistakes in a network's code are mistakes in shapes, and whoever reads shapes finds them. You
are given three shapes as tuples, say (3, 4), (4, 5) and (5,), and answer with that of Z, or with
None where the three do not fit together:

  - X has a row for each sample and a column for each feature;
  - W has a row for each feature and a column for each neuron;
  - b has one number for each neuron.
"""


def dense_shape(x_shape, w_shape, b_shape):
    """Return the shape of Z, a tuple of two numbers, or None where the shapes do not fit."""
    # <solution>
    samples, features = x_shape
    rows, neurons = w_shape
    if rows != features or b_shape != (neurons,):
        return None
    return (samples, neurons)
    # </solution>
