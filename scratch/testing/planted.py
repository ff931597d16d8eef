"""NumPy engines with one planted fault each, of many kinds in many layers: what a finder must name.

`FAULTS` lists them with the model they are shown on, the layer that is at fault, and a word of the
cause; `OTHERS` have no known cause, `LOSSES` are in the loss, `CARRIED` in a state that is carried.
An engine's own name says nothing: `scratch.testing.planted:Fault07`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.parameters import Arrays
from brain.spec.images import windows
from scratch.context import Context
from scratch.layers import LAYERS
from scratch.losses import LOSSES as SCRATCH_LOSSES
from scratch.testing.faulty import Clean, in_table

Array = NDArray[Any]
Fault = Callable[[], AbstractContextManager[Any]]
SQUARED = spec.MeanSquaredError()
MARK = spec.init.Normal(0.5)
"""The Dense layer that is at fault begins with these: each model has several of them."""


@dataclass(frozen=True)
class Planted:
    """A fault: where it is put, on what model it shows, what must be found; no word: unknown."""

    kind: str
    fault: Fault
    model: spec.Model
    layer: str
    cause: str = ""


# How faults are put in the place of a layer's functions


def at_fault(layer: Any) -> bool:
    return not isinstance(layer, spec.Dense) or layer.init == MARK


def given(
    kind: type[spec.Layer],
    change: Callable[[Any, Arrays, Array], tuple[Any, Arrays, Array]],
    back: Callable[[Array | None, Arrays], tuple[Array | None, Arrays]] = lambda dx, g: (dx, g),
) -> Fault:
    """The layer is given something else, there and back; `back` leads the gradients back."""
    forward, backward, *rest = LAYERS[kind]

    def there(layer: Any, params: Arrays, x: Array, context: Context) -> Any:
        if at_fault(layer):
            layer, params, x = change(layer, params, x)
        return forward(layer, params, x, context)

    def away(layer: Any, params: Arrays, cache: Any, dy: Array, context: Context) -> Any:
        if not at_fault(layer):
            return backward(layer, params, cache, dy, context)
        layer, params, _ = change(layer, params, np.zeros((1,)))
        return back(*backward(layer, params, cache, dy, context))

    return lambda: in_table(LAYERS, kind, (there, away, *rest))


def option(kind: type[spec.Layer], **options: Any) -> Fault:
    """The layer has other options."""
    return given(kind, lambda layer, params, x: (replace(layer, **options), params, x))


def array(
    kind: type[spec.Layer],
    name: str,
    way: Callable[[Array], Array],
    back: Callable[[Array], Array] | None = None,
) -> Fault:
    """A parameter lies otherwise; its gradient is led back as it would be by autograd."""

    def returned(dx: Array | None, grads: Arrays) -> tuple[Array | None, Arrays]:
        return dx, {**grads, name: (back or way)(grads[name])}

    return given(
        kind, lambda layer, params, x: (layer, {**params, name: way(params[name])}, x), returned
    )


def output(kind: type[spec.Layer], way: Callable[[Any, Arrays, Array, Array], Array]) -> Fault:
    """The layer gives `way(layer, params, x, y)` for y."""
    forward, *rest = LAYERS[kind]

    def there(layer: Any, params: Arrays, x: Array, context: Context) -> Any:
        y, cache = forward(layer, params, x, context)
        return (way(layer, params, x, y) if at_fault(layer) else y), cache

    return lambda: in_table(LAYERS, kind, (there, *rest))


def passed_back(
    kind: type[spec.Layer],
    way: Callable[[Any, Arrays, Array, Array, Array | None, Arrays], tuple[Any, Arrays]],
) -> Fault:
    """On the way back the layer gives `way(layer, params, x, dy, dx, grads)` for dx and grads."""
    forward, backward, *rest = LAYERS[kind]

    def there(layer: Any, params: Arrays, x: Array, context: Context) -> Any:
        y, cache = forward(layer, params, x, context)
        return y, (x.copy(), cache)

    def away(layer: Any, params: Arrays, cache: Any, dy: Array, context: Context) -> Any:
        x, inner = cache
        dy = dy.copy()
        dx, grads = backward(layer, params, inner, dy.copy(), context)
        return way(layer, params, x, dy, dx, grads) if at_fault(layer) else (dx, grads)

    following = [lambda layer, state, cache: rest[0](layer, state, cache[1])] if rest else []
    return lambda: in_table(LAYERS, kind, (there, away, *following))


def gradient(kind: type[spec.Layer], name: str, way: Callable[[Array], Array]) -> Fault:
    """One gradient is another; `input` is that of the input."""

    def changed(
        layer: Any, params: Arrays, x: Array, dy: Array, dx: Array | None, grads: Arrays
    ) -> Any:
        if name == "input":
            return (None if dx is None else way(dx)), grads
        return dx, {**grads, name: way(grads[name])}

    return passed_back(kind, changed)


def taken_up(way: Callable[[Any, Arrays, Arrays], Arrays]) -> Fault:
    """The running statistics of BatchNorm are `way(layer, old, new)`."""
    forward, backward, following = LAYERS[spec.BatchNorm]

    def after(layer: Any, state: Arrays, cache: Any) -> Arrays:
        return way(layer, state, following(layer, state, cache))

    return lambda: in_table(LAYERS, spec.BatchNorm, (forward, backward, after))


# The models that they are shown on: the layer at fault is neither the first nor the last


def model(shape: tuple[int, ...], *layers: spec.Layer, loss: spec.Loss = SQUARED) -> spec.Model:
    return spec.Model("shown", shape, layers, loss)


DENSE = model(
    (5,),
    spec.Dense(6),
    spec.Tanh(),
    spec.Dense(6, init=MARK),
    spec.Tanh(),
    spec.Dense(3),
)
ACTIVE = {
    kind: model((5,), spec.Dense(6), kind, spec.Dense(3))
    for kind in (
        spec.LeakyReLU(),
        spec.GELU(),
        spec.ELU(),
        spec.Sigmoid(),
        spec.Softmax(),
        spec.Tanh(),
        spec.Softplus(),
    )
}
IMAGES = model(
    (7, 6, 3),
    spec.Dense(3),
    spec.Tanh(),
    spec.Conv2D(3, 3, padding="same"),
    spec.Tanh(),
    spec.Flatten(),
    spec.Dense(2),
)
STRIDED = model(
    (8, 6, 2),
    spec.Dense(2),
    spec.Conv2D(3, 3, stride=2, padding="same"),
    spec.Tanh(),
    spec.Flatten(),
    spec.Dense(2),
)
MAXIMUM = model(
    (7, 5, 2), spec.Dense(3), spec.MaxPool2D(3, 2, "same"), spec.Flatten(), spec.Dense(2)
)
MEAN = model((7, 5, 2), spec.Dense(3), spec.AvgPool2D(3, 2, "same"), spec.Flatten(), spec.Dense(2))
WHOLE = model((4, 5, 2), spec.Dense(3), spec.Tanh(), spec.GlobalAvgPool2D(), spec.Dense(2))
BATCH = model(
    (4, 5, 3), spec.Dense(4), spec.BatchNorm(), spec.Tanh(), spec.Flatten(), spec.Dense(2)
)
LAYER = model((4, 5), spec.Dense(6), spec.LayerNorm(), spec.Tanh(), spec.Flatten(), spec.Dense(2))
TOKENS = model((6,), spec.Embedding(4, 3), spec.Tanh(), spec.Flatten(), spec.Dense(2))


def sequence(layer: spec.Layer) -> spec.Model:
    return model((6, 4), spec.Dense(5), spec.Tanh(), layer, spec.Tanh(), spec.Dense(2))


RNN = sequence(spec.RNN(5, return_sequences=True))
LSTM = sequence(spec.LSTM(5, return_sequences=True))
GRU = sequence(spec.GRU(5, return_sequences=True))
TWO_WAYS = model((5,), spec.Dense(6), spec.Residual((spec.Dense(6), spec.Tanh())), spec.Dense(2))


def blocks(*order: int) -> Callable[[Array], Array]:
    """A way to lay the gates of an array in another order."""
    return lambda a: np.concatenate([np.split(a, len(order), -1)[i] for i in order], -1)


def gates(kind: type[spec.Layer], *order: int) -> Fault:
    """Every array of a layer has its gates in another order."""
    there, back = blocks(*order), blocks(*map(int, np.argsort(order)))

    def all_of(arrays: Arrays, way: Callable[[Array], Array]) -> Arrays:
        return {name: way(array) for name, array in arrays.items()}

    return given(
        kind,
        lambda layer, params, x: (layer, all_of(params, there), x),
        lambda dx, grads: (dx, all_of(grads, back)),
    )


def shifted(x: Array) -> Array:
    """An image whose windows will lie a cell lower."""
    y = np.zeros_like(x)
    y[:, :-1] = x[:, 1:]
    return y


def halves(a: Array) -> Array:
    return a[::-1, ::-1]


def normalised(x: Array, axes: tuple[int, ...], eps: float, ddof: int = 0) -> Array:
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True, ddof=ddof)
    return (x - mean) / np.sqrt(var + eps)


def norm(way: Callable[[Array, float], Array]) -> Callable[[Any, Arrays, Array, Array], Array]:
    return lambda layer, params, x, y: way(x, layer.eps) * params["gamma"] + params["beta"]


def outside(x: Array, eps: float) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / (x.std(axis=-1, keepdims=True) + eps)


def constants(axes: tuple[int, ...]) -> Callable[..., tuple[Array, Arrays]]:
    """The way back of a norm whose mean and variance are taken for constants."""

    def way(layer: Any, params: Arrays, x: Array, dy: Array, dx: Any, grads: Arrays) -> Any:
        inv = 1 / np.sqrt(x.var(axis=axes, keepdims=True) + layer.eps)
        return dy * params["gamma"] * inv, grads

    return way


def windowed(layer: Any, x: Array, take: Any) -> Array:
    """3 by 3 windows with a stride of 2 and the padding of "same" filled with zeros."""
    rows, columns = (windows(n, layer.size, layer.step, layer.padding)[1:] for n in x.shape[1:3])
    padded = np.pad(x, ((0, 0), rows, columns, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return take(view[:, ::2, ::2], axis=(-2, -1))


def last_use(layer: Any, params: Arrays, x: Array, dy: Array, dx: Any, grads: Arrays) -> Any:
    weight = np.zeros_like(params["weight"])
    weight[x.ravel()] = dy.reshape(-1, dy.shape[-1])
    return dx, {"weight": weight}


def without_row(weight: Array) -> Array:
    weight = weight.copy()
    weight[0] = 0
    return weight


def opened(bias: Array) -> Array:
    """The forget gate's bias, 1 more."""
    return bias + np.repeat([0.0, 1.0, 0.0, 0.0], len(bias) // 4)


def same(a: Array) -> Array:
    return a


FAULTS: list[Planted] = [
    Planted(
        "dropped bias",
        array(spec.Dense, "bias", np.zeros_like, same),
        DENSE,
        "dense2",
        "bias is left out",
    ),
    Planted(
        "doubled bias",
        array(spec.Dense, "bias", lambda b: 2 * b),
        DENSE,
        "dense2",
        "bias is added twice",
    ),
    Planted(
        "transposed",
        array(spec.Dense, "weight", np.transpose),
        DENSE,
        "dense2",
        "weight is transposed",
    ),
    Planted("sign back", gradient(spec.Dense, "bias", np.negative), DENSE, "dense2", "wrong sign"),
    Planted(
        "not divided",
        gradient(spec.Dense, "weight", lambda g: 7 * g),
        DENSE,
        "dense2",
        "not divided by the 7 samples",
    ),
    Planted(
        "missing gradient",
        gradient(spec.Dense, "input", np.zeros_like),
        DENSE,
        "dense2",
        "is missing",
    ),
    Planted(
        "turned kernel", array(spec.Conv2D, "weight", halves), IMAGES, "conv1", "true convolution"
    ),
    Planted(
        "transposed",
        array(spec.Conv2D, "weight", lambda w: w.swapaxes(0, 1)),
        IMAGES,
        "conv1",
        "rows and columns are exchanged",
    ),
    Planted(
        "transposed",
        array(spec.Conv2D, "weight", lambda w: w.swapaxes(2, 3)),
        IMAGES,
        "conv1",
        "filters are exchanged",
    ),
    Planted(
        "dropped bias",
        array(spec.Conv2D, "bias", np.zeros_like, same),
        IMAGES,
        "conv1",
        "bias is left out",
    ),
    Planted("padding", option(spec.Conv2D, padding=1), STRIDED, "conv1", "padding is 1"),
    Planted(
        "off by one",
        given(spec.Conv2D, lambda layer, p, x: (layer, p, shifted(x) if x.ndim > 1 else x)),
        IMAGES,
        "conv1",
        "a cell lower",
    ),
    Planted(
        "turned kernel", gradient(spec.Conv2D, "weight", lambda g: halves(g)), IMAGES, "conv1", ""
    ),
    Planted(
        "padding value",
        output(spec.MaxPool2D, lambda layer, p, x, y: windowed(layer, x, np.max)),
        MAXIMUM,
        "maxpool1",
        "taken for 0",
    ),
    Planted(
        "padding value",
        output(spec.AvgPool2D, lambda layer, p, x, y: windowed(layer, x, np.mean)),
        MEAN,
        "avgpool1",
        "padded cells are counted",
    ),
    Planted(
        "reduction",
        output(spec.GlobalAvgPool2D, lambda layer, p, x, y: x.sum((1, 2))),
        WHOLE,
        "globalavgpool1",
        "sum",
    ),
    Planted("eps", option(spec.BatchNorm, eps=1e-3), BATCH, "batchnorm1", "eps is 0.001"),
    Planted(
        "variance bias",
        output(spec.BatchNorm, norm(lambda x, eps: normalised(x, (0, 1, 2), eps, 1))),
        BATCH,
        "batchnorm1",
        "n - 1",
    ),
    Planted(
        "wrong axis",
        output(spec.BatchNorm, norm(lambda x, eps: normalised(x, (0,), eps))),
        BATCH,
        "batchnorm1",
        "over the axes 0 ",
    ),
    Planted(
        "stale statistics",
        taken_up(lambda layer, old, new: {**new, "running_var": old["running_var"]}),
        BATCH,
        "batchnorm1",
        "running variance stays",
    ),
    Planted(
        "momentum",
        taken_up(lambda layer, old, new: {k: old[k] + (new[k] - old[k]) * 9 for k in old}),
        BATCH,
        "batchnorm1",
        "0.9",
    ),
    Planted(
        "constants back",
        passed_back(spec.BatchNorm, constants((0, 1, 2))),
        BATCH,
        "batchnorm1",
        "taken for constants",
    ),
    Planted(
        "eps place",
        output(spec.LayerNorm, norm(outside)),
        LAYER,
        "layernorm1",
        "outside of the root",
    ),
    Planted(
        "constants back",
        passed_back(spec.LayerNorm, constants((-1,))),
        LAYER,
        "layernorm1",
        "taken for constants",
    ),
    Planted(
        "wrong axis",
        output(spec.LayerNorm, norm(lambda x, eps: normalised(x, (1, 2), eps))),
        LAYER,
        "layernorm1",
        "over the axes 1, 2",
    ),
    Planted(
        "off by one",
        given(spec.Embedding, lambda layer, p, x: (layer, p, (x + 1) % layer.vocab)),
        TOKENS,
        "embedding1",
        "one too large",
    ),
    Planted("overwritten", passed_back(spec.Embedding, last_use), TOKENS, "embedding1", "last use"),
    Planted(
        "not learned",
        gradient(spec.Embedding, "weight", without_row),
        TOKENS,
        "embedding1",
        "row 0",
    ),
    Planted("activation", option(spec.RNN, activation="relu"), RNN, "rnn1", "activation is relu"),
    Planted(
        "transposed",
        array(spec.RNN, "recurrent_weight", np.transpose),
        RNN,
        "rnn1",
        "recurrent_weight is transposed",
    ),
    Planted(
        "no state",
        array(spec.RNN, "recurrent_weight", np.zeros_like, same),
        RNN,
        "rnn1",
        "recurrent_weight is left out",
    ),
    Planted("gate order", gates(spec.LSTM, 0, 1, 3, 2), LSTM, "lstm1", "i, f, o, g"),
    Planted(
        "forget bias",
        array(spec.LSTM, "bias", opened, same),
        LSTM,
        "lstm1",
        "1 is added to the forget",
    ),
    Planted(
        "dropped bias",
        array(spec.LSTM, "bias", np.zeros_like, same),
        LSTM,
        "lstm1",
        "bias is left out",
    ),
    Planted("gate order", gates(spec.GRU, 1, 0, 2), GRU, "gru1", "z, r, n"),
    Planted(
        "dropped bias",
        array(spec.GRU, "recurrent_bias", np.zeros_like, same),
        GRU,
        "gru1",
        "recurrent_bias is left out",
    ),
    Planted(
        "slope",
        option(spec.LeakyReLU, slope=0.3),
        ACTIVE[spec.LeakyReLU()],
        "leakyrelu1",
        "slope is 0.3",
    ),
    Planted(
        "slope",
        option(spec.LeakyReLU, slope=0.0123),
        ACTIVE[spec.LeakyReLU()],
        "leakyrelu1",
        "slope is 0.0123",
    ),
    Planted("form", option(spec.GELU, form="tanh"), ACTIVE[spec.GELU()], "gelu1", "form is tanh"),
    Planted("alpha", option(spec.ELU, alpha=0.3), ACTIVE[spec.ELU()], "elu1", "alpha is 0.3"),
    Planted(
        "no derivative",
        passed_back(spec.Sigmoid, lambda layer, p, x, dy, dx, g: (dy, g)),
        ACTIVE[spec.Sigmoid()],
        "sigmoid1",
        "derivative is left out",
    ),
    Planted(
        "wrong axis",
        output(spec.Softmax, lambda layer, p, x, y: np.exp(x) / np.exp(x).sum(0)),
        ACTIVE[spec.Softmax()],
        "softmax1",
        "axis 0",
    ),
    Planted(
        "flatten order",
        output(spec.Flatten, lambda layer, p, x, y: x.transpose(0, 3, 1, 2).reshape(len(x), -1)),
        MAXIMUM,
        "flatten1",
        "C, H, W",
    ),
    Planted(
        "missing way",
        passed_back(
            spec.Residual, lambda layer, p, x, dy, dx, g: (None if dx is None else dx - dy, g)
        ),
        TWO_WAYS,
        "residual1",
        "shortcut is left out",
    ),
    Planted(
        "missing way",
        output(spec.Residual, lambda layer, p, x, y: y - x),
        TWO_WAYS,
        "residual1",
        "shortcut is left out",
    ),
]
"""Every fault whose cause is known to the finder, and one whose name need not be the same."""


def engine(number: int) -> type[Clean]:
    """The engine with one of the faults."""
    return type(f"Fault{number:02}", (Clean,), {"fault": lambda self: FAULTS[number].fault()})


globals().update({f"Fault{number:02}": engine(number) for number in range(len(FAULTS))})


def one_sample(a: Array) -> Array:
    """Everything as it is but for the first sample, which is 0."""
    a = a.copy()
    a[0] = 0
    return a


def hard(x: Array) -> Array:
    return np.clip(0.2 * x + 0.5, 0, 1)


def noisy(a: Array) -> Array:
    return a * (1 + 1e-6 * np.sin(np.arange(a.size)).reshape(a.shape))


def lost(a: Array) -> Array:
    """One number of many is another."""
    a = a.copy()
    a.flat[a.size // 2] += 0.25
    return a


OTHERS: list[Planted] = [
    Planted(
        "a sample is lost",
        output(spec.Dense, lambda layer, p, x, y: one_sample(y)),
        DENSE,
        "dense2",
    ),
    Planted(
        "clipped",
        gradient(spec.Dense, "weight", lambda g: np.clip(g, -0.01, 0.01)),
        DENSE,
        "dense2",
    ),
    Planted("one weight", array(spec.Conv2D, "weight", lost, same), IMAGES, "conv1"),
    Planted("noise", output(spec.Conv2D, lambda layer, p, x, y: noisy(y)), IMAGES, "conv1"),
    Planted(
        "hard",
        output(spec.Sigmoid, lambda layer, p, x, y: hard(x)),
        ACTIVE[spec.Sigmoid()],
        "sigmoid1",
    ),
    Planted(
        "by 1.702",
        output(spec.GELU, lambda layer, p, x, y: x / (1 + np.exp(-1.702 * x))),
        ACTIVE[spec.GELU()],
        "gelu1",
    ),
    Planted(
        "clipped",
        output(spec.BatchNorm, lambda layer, p, x, y: np.clip(y, -1, 1)),
        BATCH,
        "batchnorm1",
    ),
    Planted("noise back", gradient(spec.LayerNorm, "input", noisy), LAYER, "layernorm1"),
    Planted("one row", array(spec.Embedding, "weight", lost, same), TOKENS, "embedding1"),
    Planted("one gate", array(spec.LSTM, "recurrent_weight", lost, same), LSTM, "lstm1"),
    Planted("clipped", gradient(spec.GRU, "input", lambda g: np.clip(g, -0.01, 0.01)), GRU, "gru1"),
]
"""Faults that the finder knows nothing of: it must name the layer, and no cause."""

globals().update(
    {
        f"Other{number:02}": type(
            f"Other{number:02}", (Clean,), {"fault": lambda self, f=fault: f.fault()}
        )
        for number, fault in enumerate(OTHERS)
    }
)


# Faults in the loss: value and gradient, or one of the two, are another's


def judged(
    kind: type[spec.Loss], way: Callable[[Array, Array, Array, Array], tuple[Any, Array]]
) -> Fault:
    """The loss gives `way(output, target, value, gradient)` for its value and its gradient."""
    own = SCRATCH_LOSSES[kind]

    def loss(output: Array, target: Array) -> tuple[Any, Array]:
        value, gradient = own(output, target)
        return way(output, target, value, gradient)

    return lambda: in_table(SCRATCH_LOSSES, kind, loss)


def classes(z: Array, labels: Array) -> tuple[Array, Array]:
    """Probabilities `(..., K)`, and the labels as they should be."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True), np.eye(z.shape[-1])[labels]


def softmax_twice(z: Array, labels: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    p, wanted = classes(z, labels)
    q, _ = classes(p, labels)
    g = (q - wanted) / labels.size
    return -np.mean(np.log((q * wanted).sum(-1))), p * (g - (g * p).sum(-1, keepdims=True))


def clipped_classes(z: Array, labels: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    p, wanted = classes(z, labels)
    of_label = (p * wanted).sum(-1, keepdims=True)
    inside = (of_label >= 1e-7) & (of_label <= 1 - 1e-7)
    return -np.mean(np.log(np.clip(of_label, 1e-7, 1 - 1e-7))), gradient * inside


def no_softmax(z: Array, labels: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    _, wanted = classes(z, labels)
    return -(z * wanted).sum() / labels.size, -wanted / labels.size


def smooth(share: float) -> Callable[..., tuple[Any, Array]]:
    def way(z: Array, labels: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
        p, wanted = classes(z, labels)
        wanted = (1 - share) * wanted + share / z.shape[-1]
        return -(wanted * np.log(p)).sum() / labels.size, (p - wanted) / labels.size

    return way


def shaken(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def clipped_binary(z: Array, y: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    p = np.clip(shaken(z), 1e-7, 1 - 1e-7)
    inside = p == shaken(z)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), gradient * inside


def slope_left_in(z: Array, y: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    return value, gradient * shaken(z) * (1 - shaken(z))


def mean_absolute(a: Array, b: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    return np.mean(np.abs(a - b)), np.sign(a - b) / a.size


def mean_huber(a: Array, b: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    d = np.abs(a - b)
    return np.mean(np.where(d < 1, d**2 / 2, d - 0.5)), np.clip(a - b, -1, 1) / a.size


def one_sample_less(a: Array, b: Array, value: Any, gradient: Array) -> tuple[Any, Array]:
    d = (a - b) * (np.arange(len(a)) > 0).reshape(-1, *[1] * (a.ndim - 1))
    return np.mean(d**2), 2 * d / d.size


def times(of_value: float, of_gradient: float) -> Callable[..., tuple[Any, Array]]:
    return lambda a, b, value, gradient: (of_value * value, of_gradient * gradient)


LABELS, TRUTHS = spec.SoftmaxCrossEntropy(), spec.BinaryCrossEntropy()
FOUR = model((5,), spec.Dense(6), spec.Tanh(), spec.Dense(4), loss=LABELS)
EVERY_STEP = model((3, 5), spec.Dense(6), spec.Tanh(), spec.Dense(4), loss=LABELS)
TWO_TRUTHS = model((5,), spec.Dense(6), spec.Tanh(), spec.Dense(2), loss=TRUTHS)
DOUBLED = (spec.Residual((spec.Identity(),)),) * 6
SURE = {
    loss: model((5,), spec.Dense(6), spec.Tanh(), spec.Dense(3), *DOUBLED, loss=loss)
    for loss in (LABELS, TRUTHS)
}
"""Models whose outputs are so large that probabilities come near to 0 and 1."""

CROSS, TRUE, SQUARE = spec.SoftmaxCrossEntropy, spec.BinaryCrossEntropy, spec.MeanSquaredError
LOSS, BACK = "the loss", "the loss, backward"
LOSSES: list[Planted] = [
    Planted(
        "sum", judged(CROSS, lambda z, y, v, g: (len(z) * v, len(z) * g)), FOUR, LOSS, "is the sum"
    ),
    Planted(
        "not divided", judged(CROSS, times(1, 7)), FOUR, BACK, "on the way back, it is the sum"
    ),
    Planted(
        "positions summed", judged(CROSS, times(3, 3)), EVERY_STEP, LOSS, "3 positions of a sample"
    ),
    Planted("sign back", judged(CROSS, times(1, -1)), FOUR, BACK, "it has the wrong sign"),
    Planted("base", judged(CROSS, times(1 / np.log(2), 1 / np.log(2))), FOUR, LOSS, "is to base 2"),
    Planted(
        "eps added",
        judged(
            CROSS,
            lambda z, y, v, g: (-np.mean(np.log((np.prod(classes(z, y), 0)).sum(-1) + 1e-7)), g),
        ),
        EVERY_STEP,
        LOSS,
        "1e-07 is added to the probabilities; its gradient is right",
    ),
    Planted(
        "clipped",
        judged(CROSS, clipped_classes),
        SURE[LABELS],
        LOSS,
        "clipped to [1e-07, 1 - 1e-07]",
    ),
    Planted(
        "softmax twice", judged(CROSS, softmax_twice), EVERY_STEP, LOSS, "softmax is taken twice"
    ),
    Planted("no softmax", judged(CROSS, no_softmax), FOUR, LOSS, "without softmax"),
    Planted("smoothed", judged(CROSS, smooth(0.1)), FOUR, LOSS, "smoothed by 0.1"),
    Planted("smoothed", judged(CROSS, smooth(0.037)), EVERY_STEP, LOSS, "smoothed by 0.037"),
    Planted("times", judged(CROSS, times(1 + 1e-9, 1)), FOUR, LOSS, "1.000000001 times"),
    Planted(
        "clipped",
        judged(TRUE, clipped_binary),
        SURE[TRUTHS],
        LOSS,
        "clipped to [1e-07, 1 - 1e-07]",
    ),
    Planted(
        "slope left in",
        judged(TRUE, slope_left_in),
        TWO_TRUTHS,
        BACK,
        "derivative of the sigmoid is left in",
    ),
    Planted("half", judged(SQUARE, times(0.5, 0.5)), DENSE, LOSS, "it is halved"),
    Planted("half", judged(SQUARE, times(0.5, 1)), DENSE, LOSS, "halved; its gradient is right"),
    Planted("positions summed", judged(SQUARE, times(3, 3)), DENSE, LOSS, "3 positions of a"),
    Planted("other loss", judged(SQUARE, mean_absolute), DENSE, LOSS, "absolute error"),
    Planted("other loss", judged(SQUARE, mean_huber), DENSE, LOSS, "Huber"),
    Planted(
        "two faults",
        judged(SQUARE, times(0.5, -1)),
        DENSE,
        LOSS,
        "it is halved; on the way back, it has the wrong sign",
    ),
    Planted("one sample less", judged(SQUARE, one_sample_less), DENSE, LOSS),
    Planted("noise back", judged(CROSS, lambda z, y, v, g: (v, noisy(g))), EVERY_STEP, BACK),
]
"""Faults in the loss; those without a word are unknown."""


# Faults in how a recurrent layer takes up its state, or leaves it behind


def states(
    take: Callable[[Callable[[str], Array], str], Array | None] | None = None,
    leave: Callable[[Callable[[str], Array], str, Array], Array | None] | None = None,
) -> Fault:
    """lstm1, gru1 or rnn1 begins with `take(own, key)`, and leaves `leave(own, key, state)`.

    `own` gives each state that is carried in by its key; None is none.
    """
    carried, hand_on = Context.carried, Context.hand_on

    def own(context: Context) -> Callable[[str], Array]:
        return lambda key: context.run.carry[f"{context.name}.{key}"]

    def begun(context: Context, key: str) -> Array | None:
        return take(own(context), key) if take else carried(context, key)

    def left(context: Context, key: str, array: Array) -> None:
        array_or_none = leave(own(context), key, array) if leave else array
        if array_or_none is not None:
            hand_on(context, key, array_or_none)

    return lambda: patch.multiple(Context, carried=begun, hand_on=left)


OTHER = {"hidden": "cell", "cell": "hidden"}


def swapped_after() -> AbstractContextManager[Any]:
    """What is left behind as the hidden state is the cell, and the other way round."""
    hand_on = Context.hand_on

    def left(context: Context, key: str, array: Array) -> None:
        hand_on(context, OTHER[key], array)

    return patch.object(Context, "hand_on", left)


CARRIED: list[Planted] = [
    Planted("not taken up", states(lambda own, key: None), LSTM, "lstm1", "is not taken up"),
    Planted("not taken up", states(lambda own, key: None), RNN, "rnn1", "is not taken up"),
    Planted(
        "exchanged",
        states(lambda own, key: own(OTHER[key])),
        LSTM,
        "lstm1",
        "exchanged where they are taken up",
    ),
    Planted("exchanged", swapped_after, LSTM, "lstm1", "exchanged where they are left behind"),
    Planted(
        "only hidden",
        states(lambda own, key: own(key) if key == "hidden" else None),
        LSTM,
        "lstm1",
        "only the hidden state is taken up",
    ),
    Planted(
        "only cell comes back",
        states(leave=lambda own, key, a: a if key == "cell" else own(key)),
        LSTM,
        "lstm1",
        "only the cell state is left behind; the other is the one before",
    ),
    Planted(
        "after is before",
        states(leave=lambda own, key, a: own(key)),
        GRU,
        "gru1",
        "is the one before it",
    ),
    Planted("left nowhere", states(leave=lambda own, key, a: None), GRU, "gru1", "nowhere"),
    Planted(
        "first for all",
        states(lambda own, key: np.broadcast_to(own(key)[:1], own(key).shape)),
        GRU,
        "gru1",
        "begins with the state of the first",
    ),
    Planted(
        "other order",
        states(leave=lambda own, key, a: np.roll(a, 2, axis=0)),
        RNN,
        "rnn1",
        "another order of the samples: 5, 6, 0, 1, 2, 3, 4",
    ),
    Planted("taken twice", states(lambda own, key: 2 * own(key)), GRU, "gru1", "is taken twice"),
    Planted("noise", states(lambda own, key: noisy(own(key))), LSTM, "lstm1"),
    Planted("clipped", states(leave=lambda own, key, a: np.clip(a, -0.1, 0.1)), GRU, "gru1"),
]
"""Faults in a state that is carried; those without a word are unknown."""

globals().update(
    {
        f"{name}{number:02}": type(
            f"{name}{number:02}", (Clean,), {"fault": lambda self, f=fault: f.fault()}
        )
        for name, table in (("Loss", LOSSES), ("Carried", CARRIED))
        for number, fault in enumerate(table)
    }
)
