"""Twenty small models as users write them, ports of those in torch_nn/testing/pairs.py.

Four ports are right; sixteen have one mistake each, which the comment of `pairNN` names for the
reader. Nothing that runs tells it: layers have the names that a user would give them, others in
the two. `brain/testing/pairs.py` says what each pair takes and what must be found. At the foot are
models that cannot be compared.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


def pair01() -> keras.Model:
    # BatchNorm's eps: 1e-5 in PyTorch, Keras's default 1e-3 here.
    return keras.Sequential(
        [
            layers.Conv2D(6, 3, padding="same"),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def pair02() -> keras.Model:
    # The last step in PyTorch, the mean over time here.
    series = keras.Input((7, 5))
    x = layers.GRU(8, return_sequences=True, name="first")(series)
    x = layers.GRU(8, return_sequences=True, name="second")(x)
    x = layers.GRU(6, return_sequences=True, name="third")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(series, layers.Dense(2, name="prediction")(x))


class SmallNet(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Conv2D(8, 3, padding="same", activation="relu")
        self.second = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(16, activation="relu")
        self.scores = layers.Dense(5)

    def call(self, images: Any) -> Any:
        x = self.second(self.first(images))
        return self.scores(self.hidden(self.flatten(x)))


def pair03() -> keras.Model:
    # Stride 2: padding=1 in PyTorch, "same" here, which pads an even size at the far end alone.
    return SmallNet()


def pair04() -> keras.Model:
    # Equal: padding=1 with stride 2 against ZeroPadding2D, torch.cat, two orders of Flatten.
    image = keras.Input((9, 13, 2))
    x = layers.ZeroPadding2D(1)(image)
    x = layers.Conv2D(6, 3, strides=2, activation="relu", name="entry")(x)
    x = layers.Conv2D(4, 1, activation="tanh", name="pointwise")(x)
    x = layers.Concatenate()([layers.MaxPooling2D(2)(x), layers.AveragePooling2D(2)(x)])
    x = layers.Flatten()(x)
    x = layers.Dense(12, activation="relu", name="dense_a")(x)
    return keras.Model(image, layers.Dense(4, name="dense_b")(x))


def pair05() -> keras.Model:
    # LeakyReLU's slope: 0.01 in PyTorch, Keras's default 0.3 here.
    return keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(16),
            layers.LeakyReLU(),
            layers.Dense(12),
            layers.LeakyReLU(),
            layers.Dense(3),
        ]
    )


def pair06() -> keras.Model:
    # The reset gate after the product in PyTorch, before it here (reset_after=False).
    return keras.Sequential(
        [
            layers.Embedding(20, 6, name="tokens"),
            layers.GRU(8, reset_after=False, name="reader"),
            layers.Dense(3, name="classifier"),
        ]
    )


class Regressor(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.d1 = layers.Dense(16, activation="relu")
        self.d2 = layers.Dense(16)
        self.d3 = layers.Dense(8, activation="tanh")
        self.d4 = layers.Dense(1)
        self.dropout = layers.Dropout(0.25)

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.dropout(self.d1(x), training=training)
        x = self.dropout(self.d2(x), training=training)
        return self.d4(self.d3(x))


def pair07() -> keras.Model:
    # The second ReLU is forgotten here.
    return Regressor()


class ConvBN(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.conv_a = layers.Conv2D(6, 3, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.conv_b = layers.Conv2D(8, 3)
        self.classify = layers.Dense(4)

    def call(self, x: Any, training: bool = False) -> Any:
        x = ops.relu(self.norm(self.conv_a(x), training=training))
        x = ops.relu(self.conv_b(x))
        return self.classify(ops.mean(x, axis=(1, 2)))


def pair08() -> keras.Model:
    # ReLU before BatchNorm in PyTorch, after it here.
    return ConvBN()


def pair09() -> keras.Model:
    # Equal: h[-1] of two stacked layers against return_sequences=False, two biases against one.
    return keras.Sequential(
        [
            layers.Embedding(25, 6),
            layers.LSTM(7, return_sequences=True),
            layers.Dropout(0.2),
            layers.LSTM(7),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )


def pair10() -> keras.Model:
    # Average pooling: padded cells are counted in PyTorch, and not here.
    return keras.Sequential(
        [
            keras.Input((9, 7, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="c1"),
            layers.AveragePooling2D(3, strides=2, padding="same", name="s2"),
            layers.Conv2D(6, 3, activation="relu", name="c3"),
            layers.Flatten(),
            layers.Dense(5, name="f4"),
        ]
    )


def pair11() -> keras.Model:
    # Scores in PyTorch, a softmax of them here.
    words = keras.Input((6,), dtype="int32")
    x = layers.Embedding(30, 8, name="vectors")(words)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(12, activation="relu", name="fc")(x)
    return keras.Model(words, layers.Dense(4, activation="softmax", name="label")(x))


def pair12() -> keras.Model:
    # The gates' sigmoid: exact in PyTorch, hard_sigmoid here.
    return keras.Sequential(
        [
            layers.LSTM(8, recurrent_activation="hard_sigmoid", return_sequences=True),
            layers.LSTM(6, recurrent_activation="hard_sigmoid"),
            layers.Dense(1),
        ]
    )


class MLP(layers.Layer):
    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.inner = layers.Dense(width, activation="relu")
        self.outer = layers.Dense(dim)

    def call(self, x: Any) -> Any:
        return self.outer(self.inner(x))


class Mixer(keras.Model):
    def __init__(self, steps: int = 6, dim: int = 8) -> None:
        super().__init__()
        self.ln_time = layers.LayerNormalization(epsilon=1e-5)
        self.mix_time = MLP(10, steps)
        self.ln_features = layers.LayerNormalization(epsilon=1e-5)
        self.mix_features = MLP(12, dim)
        self.classifier = layers.Dense(3)

    def call(self, x: Any) -> Any:
        y = self.mix_time(ops.transpose(self.ln_time(x), (0, 2, 1)))
        x = x + ops.transpose(y, (0, 2, 1))
        x = x + self.mix_features(self.ln_features(x))
        return self.classifier(ops.mean(x, axis=1))


def pair13() -> keras.Model:
    # Equal: Linear along time by permute, residuals, LayerNorm with the same eps.
    return Mixer()


def pair14() -> keras.Model:
    # The second block's shortcut is forgotten here.
    image = keras.Input((6, 8, 3))
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv0")(image)
    y = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv1a")(x)
    y = layers.Conv2D(6, 3, padding="same", name="conv1b")(y)
    x = layers.ReLU()(layers.add([y, x]))
    y = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv2a")(x)
    y = layers.Conv2D(6, 3, padding="same", name="conv2b")(y)
    x = layers.ReLU()(y)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(4, name="classes")(x))


def pair15() -> keras.Model:
    # batch_first=True is forgotten in PyTorch.
    return keras.Sequential([layers.LSTM(8, name="memory"), layers.Dense(3, name="readout")])


class Gated(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = layers.Dense(12, activation="tanh")
        self.features = layers.Dense(8)
        self.attention = layers.Dense(8, activation="sigmoid")
        self.scores = layers.Dense(3)

    def call(self, x: Any) -> Any:
        h = self.features(self.trunk(x))
        return self.scores(h * self.attention(h))


def pair16() -> keras.Model:
    # The gate's input is detached in PyTorch, and not here: outputs are equal, gradients are not.
    return Gated()


def pair17() -> keras.Model:
    # GELU: the tanh form in PyTorch, the exact one here.
    tokens = keras.Input((5, 6))
    y = layers.LayerNormalization(epsilon=1e-5)(tokens)
    y = layers.Dense(24, activation="gelu", name="expand")(y)
    y = layers.Dense(6, name="contract")(y)
    x = layers.Add()([tokens, y])
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(2, name="answer")(x))


def pair18() -> keras.Model:
    # Equal: a column of pixels is one step, read in another order, which the GRU's weight makes
    # up for; the last states of both directions.
    image = keras.Input((6, 10, 1))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Reshape((5, 3 * 4))(x)
    x = layers.Bidirectional(layers.GRU(7))(x)
    return keras.Model(image, layers.Dense(5)(x))


def pair19() -> keras.Model:
    # out[:, -1] takes the backward direction's first step in PyTorch, Keras its last one here.
    return keras.Sequential(
        [
            layers.Embedding(15, 5, name="words"),
            layers.Bidirectional(layers.LSTM(6), name="context"),
            layers.Dense(4, name="tags"),
        ]
    )


def pair20() -> keras.Model:
    # BatchNorm takes up 0.1 of each batch in PyTorch, 0.01 here: only running statistics differ.
    inputs = keras.Input((12,))
    x = layers.Dense(10)(inputs)
    x = layers.BatchNormalization(epsilon=1e-5)(x)
    x = layers.Activation("relu")(x)
    return keras.Model(inputs, layers.Dense(2)(x))


# What cannot be compared, or only in part; each takes 8 features


def raises() -> keras.Model:
    raise ValueError("no weights here")


def no_model() -> Any:
    return 3


def other_shapes() -> keras.Model:
    return keras.Sequential([layers.Dense(7, activation="relu"), layers.Dense(3)])


class Noisy(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(6, activation="relu")
        self.result = layers.Dense(3)

    def call(self, x: Any) -> Any:
        h = self.hidden(x)
        return self.result(h + 0.1 * keras.random.normal(ops.shape(h), dtype=h.dtype))


def random_noise() -> keras.Model:
    return Noisy()


class Spectral(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(6)
        self.result = layers.Dense(3)

    def call(self, x: Any) -> Any:
        real, imaginary = ops.rfft(self.hidden(x))
        return self.result(ops.sqrt(real**2 + imaginary**2))


def untraceable() -> keras.Model:
    return Spectral()


class FailsLate(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(6, activation="relu")
        self.result = layers.Dense(3)
        self.result.build((None, 5))

    def call(self, x: Any) -> Any:
        return self.result(self.hidden(x))


def fails_late() -> keras.Model:
    return FailsLate()


def clipped() -> keras.Model:
    # ReLU in the place of ReLU6.
    return keras.Sequential(
        [keras.Input((8,)), layers.Dense(10, activation="relu"), layers.Dense(2)]
    )


def dropped() -> keras.Model:
    # Dropout as a layer; the gradient goes all the way.
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(10, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(6, activation="tanh"),
            layers.Dense(2),
        ]
    )


def shaken() -> keras.Model:
    # Without the noise.
    return keras.Sequential([keras.Input((8,)), layers.Dense(10), layers.Dense(2)])
