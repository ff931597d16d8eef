"""How `keras_batchnorm` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Predictions, outputs in training, the statistics then: two channels, then random three."""
    import tensorflow as tf

    two = (np.array([3.0, 2.0]), np.array([0.0, 1.0]), np.array([1.0, 2.0]), np.array([3.0, 8.0]))
    three = [ask.draw.uniform(0.5, 2, 3) for _ in range(4)]
    x = tf.constant([[1.0, 0.0], [5.0, 4.0], [5.0, 4.0], [9.0, 4.0]])
    random = tf.constant(ask.draw.normal(1, 2, (5, 3)), tf.float32)
    for values, batch, momentum, eps in ((two, x, 0.1, 1.0), (three, random, 0.3, 0.01)):
        layer = answer.keras_batchnorm(*values, momentum, eps)
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        ask.note("its weights", {name: getattr(layer, name) for name in names})
        ask.note("what it predicts", layer(batch, training=False))
        ask.note("its outputs in training", layer(batch, training=True))
        ask.note("its running mean after that", layer.moving_mean)
        ask.note("its running variance after that", layer.moving_variance)


exercise = Exercise(
    title="Batch normalisation into Keras",
    page="theory/rosetta.md",
    hints=(
        "With a momentum of 0.1, a tenth of the batch's mean is taken up. How much is kept?",
        "Equations (8) and (9) of theory/batchnorm.md; the rows 'BatchNorm: ...' of "
        "theory/rosetta.md. `layer.build((None, C))` makes the weights; `layer.weights` shows "
        "their order.",
        "layer = Keras's, with one minus the momentum, and eps; build it for C channels; set its "
        "weights: scale, shift, mean, variance; return it",
    ),
    mistakes=(
        Mistake(
            "the momentum is taken over as it is: in Keras it is the share that is kept",
            {"1 - momentum": "momentum"},
        ),
        Mistake(
            "eps is left at Keras's default of 1e-3: give it the one of the arguments",
            {", epsilon=eps": ""},
        ),
        Mistake(
            "the momentum is left at Keras's default, which keeps 0.99",
            {"momentum=1 - momentum, ": ""},
        ),
        Mistake(
            "scale and shift are exchanged: gamma comes first, then beta",
            {"[gamma, beta, mean, variance]": "[beta, gamma, mean, variance]"},
        ),
        Mistake(
            "mean and variance are exchanged",
            {"[gamma, beta, mean, variance]": "[gamma, beta, variance, mean]"},
        ),
        Mistake(
            "the running statistics are not taken over: they are still 0 and 1",
            {"[gamma, beta, mean, variance]": "[gamma, beta, 0 * mean, 0 * variance + 1]"},
        ),
        Mistake(
            "Keras keeps the running variance, not its root, the standard deviation",
            {"[gamma, beta, mean, variance]": "[gamma, beta, mean, variance**0.5]"},
        ),
        Mistake(
            "the layer has no weights yet: build it for C channels before you set them",
            {"    layer.build((None, len(gamma)))\n": ""},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/batchnorm.md, 'Why it is done so'; then tf_nn/norms.py",
)
