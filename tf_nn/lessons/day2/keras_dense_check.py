"""How `keras_dense` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Shapes and start values; then outputs and gradients for numbers that are put in."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(int(ask.draw.integers(2**31)))
    layer = answer.KerasDense(2)
    x = tf.constant([[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]])
    layer(x)
    shapes = sorted((tuple(v.shape) for v in layer.trainable_variables), key=len)
    ask.note("shapes of layer.trainable_variables, the shorter first", shapes)
    ask.note("layer.bias at first", layer.bias)
    layer.kernel.assign([[1.0, -1.0], [2.0, 0.5], [0.0, 3.0]])
    layer.bias.assign([0.5, -0.5])
    ask(layer, x)

    layer = answer.KerasDense(5)
    x, w, b = (
        tf.constant(ask.draw.standard_normal(shape), tf.float32) for shape in ((3, 4), (4, 5), 5)
    )
    layer(x)
    layer.kernel.assign(w)
    layer.bias.assign(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(ask(layer, x) ** 2)
    gradients = tape.gradient(loss, [layer.kernel, layer.bias])
    ask.note("the gradients of layer.kernel and layer.bias", gradients)

    layer = answer.KerasDense(200)
    layer(tf.ones((1, 100)))
    drawn = np.array(layer.kernel) / np.sqrt(2 / (100 + 200))
    ask.note("the mean of a kernel (100, 200) by Glorot's rule", round(float(drawn.mean()), 1))
    spread = round(float(drawn.std()), 1)
    ask.note("its standard deviation by that of Glorot's rule, to one digit", spread)


exercise = Exercise(
    title="A dense layer as a Keras layer",
    page="theory/dense.md",
    hints=(
        "The kernel's two lengths: one is known in `__init__`, one only in `build`.",
        "Equation (1) of theory/dense.md. `self.add_weight(shape=..., initializer=...)` makes a "
        'weight; the rules are "glorot_uniform", equation (4) of theory/initial-values.md, and '
        '"zeros".',
        "build: kernel = a weight of (last length of the input, units), drawn; bias = a weight of "
        "(units,), zeros. call: x times kernel plus bias",
    ),
    mistakes=(
        Mistake(
            "the kernel is kept as (out, in), as PyTorch does: in Keras it is (in, out)",
            {
                "(input_shape[-1], self.units)": "(self.units, input_shape[-1])",
                "x @ self.kernel": 'keras.ops.einsum("nd,hd->nh", x, self.kernel)',
            },
        ),
        Mistake("the bias is left out of `call`", {" + self.bias": ""}),
        Mistake(
            "the bias begins at other values than 0",
            {'initializer="zeros"': 'initializer="ones"'},
        ),
        Mistake(
            "the bias is drawn at random: it begins at 0",
            {'initializer="zeros", ': 'initializer="random_normal", '},
        ),
        Mistake(
            "the kernel begins at 0: all its units would learn the same",
            {'initializer="glorot_uniform"': 'initializer="zeros"'},
        ),
        Mistake(
            "the kernel's weights begin alike, so its units would learn the same: draw them",
            {'initializer="glorot_uniform"': 'initializer="ones"'},
        ),
        Mistake(
            "the kernel is drawn by He's rule: Glorot's has the variance 2 / (inputs + units)",
            {'initializer="glorot_uniform"': 'initializer="he_uniform"'},
        ),
        Mistake(
            "the kernel has the same standard deviation whatever its shape: Glorot's rule goes by "
            "the numbers of inputs and units",
            {'initializer="glorot_uniform"': 'initializer="random_normal"'},
        ),
        Mistake(
            "the kernel is not trainable, so no training will move it",
            {'name="kernel"': 'name="kernel", trainable=False'},
        ),
        Mistake(
            "x and the kernel are multiplied in the wrong order",
            {"x @ self.kernel": "self.kernel @ x"},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8, and sums of few products follow
    read_next="tf_nn/layers.py, `dense`: how keras.layers.Dense is fed here",
)
