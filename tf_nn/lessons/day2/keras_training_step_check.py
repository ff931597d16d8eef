"""How `keras_training_step` is checked."""

from brain.learn import Ask, Exercise, Mistake


class Loss:
    """The mean of (outputs - y) ** 2 / (1 + y ** 2): exchange the two, and it is another number."""

    def __call__(self, y, outputs):
        import tensorflow as tf

        return tf.reduce_mean((outputs - y) ** 2 / (1 + y**2))

    def __repr__(self) -> str:
        return "loss_function"


def probe(answer, ask: Ask) -> None:
    """Three steps of a network with batch normalisation and dropout, and what it predicts."""
    import keras
    import tensorflow as tf

    class Model(keras.Sequential):
        def __repr__(self) -> str:
            return "model"

    class Descent(keras.optimizers.SGD):
        def __repr__(self) -> str:
            return "optimizer"

    def tensor(shape):
        return tf.constant(ask.draw.standard_normal(shape), tf.float32)

    layers = [
        keras.layers.Dense(5),
        keras.layers.BatchNormalization(momentum=0.5),
        keras.layers.Dropout(0.5, seed=7),
        keras.layers.Dense(2),
    ]
    model, x, y = Model(layers), tensor((6, 4)), tensor((6, 2))
    model(x)
    for variable in model.trainable_variables:
        variable.assign(tensor(variable.shape))
    ask(answer.predict, model, x)
    optimizer = Descent(0.1, momentum=0.9)
    for number in (1, 2, 3):
        loss = ask(answer.training_step, model, Loss(), optimizer, x, y)
        ask.note("what kind of value it returns", type(loss).__name__)
        ask.note(f"the trainable variables after step {number}", list(model.trainable_variables))
        ask.note(f"the running mean after step {number}", layers[1].moving_mean)
    ask(answer.predict, model, x)
    ask.note("the running mean after a prediction", layers[1].moving_mean)


exercise = Exercise(
    title="Training and predicting",
    page="theory/batchnorm.md",
    hints=(
        "Look at the running mean after a step: did it move? And after a prediction?",
        "In training batch normalisation is (1) of theory/batchnorm.md and notes (8); at "
        "prediction it is (9). `training=True` and `training=False` say which. The step is (2) of "
        "theory/optimizers.md.",
        "training_step: with a tape: loss of y and the model's outputs in training; gradients for "
        "the trainable variables; apply pairs of gradient and variable; return the loss as a "
        "number. predict: the outputs, not in training",
    ),
    mistakes=(
        Mistake(
            "the step runs as a prediction: no unit is dropped, and no statistics are noted; say "
            "that it is training",
            {"training=True": "training=False"},
        ),
        Mistake(
            "`predict` runs as training: it drops units, and changes the statistics",
            {"training=False": "training=True"},
        ),
        Mistake(
            "the loss has its arguments in the wrong order: y first, then the outputs",
            {"(y, model(x, training=True))": "(model(x, training=True), y)"},
        ),
        Mistake(
            "this is a loss after the step: return the one that the gradients belong to",
            {"return float(loss)": "return float(loss_function(y, model(x, training=True)))"},
        ),
        Mistake(
            "nothing moves: the gradients are computed and not applied",
            {
                "    optimizer.apply_gradients(zip(gradients, model.trainable_variables, "
                "strict=True))\n": ""
            },
        ),
        Mistake(
            "the optimizer's rule is not used, only its rate: this one has momentum; call "
            "`apply_gradients`",
            {
                "    optimizer.apply_gradients(zip(gradients, model.trainable_variables, "
                "strict=True))\n": "    for one, v in zip(gradients, model.trainable_variables):\n"
                "        v.assign_sub(optimizer.learning_rate * one)\n"
            },
        ),
        Mistake(
            "a tensor is returned: a plain number is asked for",
            {"return float(loss)": "return loss"},
        ),
        Mistake(
            "the model is called outside of the tape, which saw nothing",
            {"        loss = loss_function": "        pass\n    loss = loss_function"},
        ),
        Mistake(
            "the pairs are the wrong way round: gradient first, then variable",
            {
                "zip(gradients, model.trainable_variables, strict=True)": "zip("
                "model.trainable_variables, gradients, strict=True)"
            },
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-4,  # float32 rounds at 6e-8, three steps follow, and small numbers divide
    read_next="tf_nn/norms.py: statistics that move in a training step only",
)
