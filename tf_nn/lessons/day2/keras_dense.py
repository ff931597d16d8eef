"""A dense layer as a Keras layer.

A Keras layer is made before anyone knows how long its inputs are. `build` is called once, at the
first input, with the input's shape, and makes the weights by `self.add_weight`, which is how Keras
finds them later: a plain `tf.Variable` would be computed with, and never trained.
"""

import keras


class KerasDense(keras.layers.Layer):
    """A dense layer. `kernel` (D, units) is drawn by Glorot's rule, `bias` (units,) begins at 0."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        """Make `self.kernel` and `self.bias`, given the shape (N, D) of the input."""
        # <solution>
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        # </solution>

    def call(self, x):
        """Return Z (N, units)."""
        # <solution>
        return x @ self.kernel + self.bias
        # </solution>
