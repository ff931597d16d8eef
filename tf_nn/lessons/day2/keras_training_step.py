"""A training step and a prediction, of any Keras model.

A model is called with `training=True` or `training=False`: by it dropout drops or not, and batch
normalisation goes by its batch and notes its statistics, or goes by what it noted. Called without
it, a model predicts. Only `model.trainable_variables` have gradients: the noted statistics are
variables too.
"""

import tensorflow as tf


def training_step(model, loss_function, optimizer, x, y):
    """Train `model` on one batch and return the loss before the step, a plain number.

    `loss_function(y, outputs)` returns a tensor without axes: Keras names the targets first.
    `optimizer.apply_gradients` takes pairs (gradient, variable).
    """
    # <solution>
    with tf.GradientTape() as tape:
        loss = loss_function(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)
    # </solution>


def predict(model, x):
    """Return the outputs of `model` for `x` at prediction."""
    # <solution>
    return model(x, training=False)
    # </solution>
