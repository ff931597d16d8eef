"""A batch normalisation from the pages, or from PyTorch, as a Keras layer.

The same layer, under the same names, with other meanings. What the pages and PyTorch call
`momentum` is the share of the batch's statistics that is taken up; in Keras it is the share of the
old ones that is kept. And Keras's `epsilon` is 1e-3 unless given. A Keras layer has no weights
before it was built.
"""

import keras


def keras_batchnorm(gamma, beta, mean, variance, momentum, eps):
    """Return a built `keras.layers.BatchNormalization` for inputs (N, C), which holds these.

    `gamma` and `beta` are the scale and the shift, `mean` and `variance` the running statistics,
    four NumPy arrays (C,); `momentum` is the share that is taken up.
    """
    # <solution>
    layer = keras.layers.BatchNormalization(momentum=1 - momentum, epsilon=eps)
    layer.build((None, len(gamma)))
    layer.set_weights([gamma, beta, mean, variance])
    return layer
    # </solution>
