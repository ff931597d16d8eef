"""Perceptrons, as specs that fit any rows of numbers; a small network for images, one for text.

Each takes the shape of one sample, the number of outputs and the loss; the perceptrons' defaults
are MNIST's.
"""

from __future__ import annotations

from brain import spec

MNIST = (28, 28, 1)
DIGITS = (8, 8, 1)
TEXT, CHARACTERS = (64,), 65


def _model(
    name: str,
    input_shape: spec.Shape,
    hidden: tuple[spec.Layer, ...],
    outputs: int,
    loss: spec.Loss | None,
) -> spec.Model:
    return spec.Model(
        name=name,
        input_shape=input_shape,
        layers=(spec.Flatten(), *hidden, spec.Dense(outputs, init=spec.init.Glorot())),
        loss=loss or spec.SoftmaxCrossEntropy(),
    )


def softmax_regression(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """One Dense layer: logistic regression with as many classes as there are outputs."""
    return _model("softmax-regression", input_shape, (), outputs, loss)


def mlp(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """784-128-10 on MNIST: one hidden layer of ReLU units (Nielsen, chapter 1, with ReLU)."""
    return _model("mlp", input_shape, (spec.Dense(128), spec.ReLU()), outputs, loss)


def mlp_tanh(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """Two narrow hidden layers of tanh units, initialised for them (Glorot and Bengio 2010)."""
    glorot = spec.init.Glorot()
    hidden = (spec.Dense(32, init=glorot), spec.Tanh(), spec.Dense(24, init=glorot), spec.Tanh())
    return _model("mlp-tanh", input_shape, hidden, outputs, loss)


def mlp_dropout(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """Two wide hidden layers with dropout, 0.2 and 0.5 (Srivastava et al. 2014, section 6.1)."""
    hidden = (
        spec.Dropout(0.2),
        spec.Dense(256),
        spec.ReLU(),
        spec.Dropout(0.5),
        spec.Dense(128),
        spec.ReLU(),
        spec.Dropout(0.5),
    )
    return _model("mlp-dropout", input_shape, hidden, outputs, loss)


def mlp_residual(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """A stem and two residual blocks of GELU layers, the second one narrowing (He et al. 2016)."""
    hidden = (
        spec.Dense(96),
        spec.Residual((spec.Dense(64), spec.GELU(), spec.Dense(96))),
        spec.Residual(
            body=(spec.Sequential((spec.Dense(80), spec.SiLU())), spec.Dense(48)),
            shortcut=(spec.Dense(48, bias=False),),
        ),
        spec.LeakyReLU(0.1),
    )
    return _model("mlp-residual", input_shape, hidden, outputs, loss)


def digits_cnn(
    input_shape: spec.Shape = DIGITS, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """Two convolutions and a pooling, for digits of 8x8: LeNet (LeCun et al. 1998), made small."""
    return spec.Model(
        name="digits-cnn",
        input_shape=input_shape,
        layers=(
            spec.Conv2D(8, padding="same"),
            spec.ReLU(),
            spec.MaxPool2D(2),
            spec.Conv2D(16, padding="same"),
            spec.ReLU(),
            spec.Flatten(),
            spec.Dense(outputs, init=spec.init.Glorot()),
        ),
        loss=loss or spec.SoftmaxCrossEntropy(),
    )


def char_rnn_small(
    input_shape: spec.Shape = TEXT, outputs: int = CHARACTERS, loss: spec.Loss | None = None
) -> spec.Model:
    """One recurrent layer reads ids and foretells the next, at each step (Elman 1990)."""
    return spec.Model(
        name="char-rnn-small",
        input_shape=input_shape,
        layers=(
            spec.Embedding(outputs, 16),
            spec.RNN(32, return_sequences=True),
            spec.Dense(outputs, init=spec.init.Glorot()),
        ),
        loss=loss or spec.SoftmaxCrossEntropy(),
    )
