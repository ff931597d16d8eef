"""The one list of cases that every check walks through, and the numbers it is checked with.

A case is a small model; whoever adds a layer adds one here, and the gradient check, each engine's
equivalence and the file format are tested on it. The numbers avoid what lets wrong code pass:
no zero biases, no square shapes, no batch of one, no cotangent of ones, no tiny eps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.parameters import Arrays
from brain.randomness import generator

Array = NDArray[Any]


@dataclass(frozen=True)
class Example:
    """Values for one model: parameters, a batch, a cotangent of its output. Floats are float64
    that float32 holds exactly, so that a float32 and a float64 run start from the same numbers."""

    parameters: Arrays
    x: Array
    y: Array
    dy: Array


def example(model: spec.Model, samples: int = 7, seed: int = 0) -> Example:
    """Random values for `model`, every one of them drawn by name from `seed`.

    Weights have the scale of Glorot's rule, whatever the model asks for, so that signals neither
    die nor explode; everything else has a standard deviation near 1, biases 0.5.
    """

    def normal(label: str, shape: tuple[int, ...], scale: float = 1.0) -> Array:
        draws = scale * generator(seed, f"example {label}").standard_normal(shape)
        return draws.astype(np.float32).astype(np.float64)

    parameters = {
        name: normal(name, info.shape, 0.5 if len(info.shape) == 1 else _scale(info))
        for name, info in model.parameters().items()
    }
    x = normal("x", (samples, *model.input_shape))
    dy = normal("dy", (samples, *model.output_shape))
    return Example(parameters, x, targets(model, samples, seed), dy)


def targets(model: spec.Model, samples: int, seed: int = 0) -> Array:
    """Random targets: labels from every class, or numbers."""
    random, shape = generator(seed, "example y"), (samples, *model.target_shape)
    if model.loss.labels:
        return random.integers(0, model.loss.classes(model.output_shape), shape)
    return random.standard_normal(shape).astype(np.float32).astype(np.float64)


def _scale(info: spec.ParameterInfo) -> float:
    return float(np.sqrt(2 / (info.fan_in + info.fan_out)))


def _case(
    name: str, input_shape: spec.Shape, *layers: spec.Layer, loss: spec.Loss | None = None
) -> spec.Model:
    return spec.Model(name, input_shape, layers, loss or spec.MeanSquaredError())


CASES: tuple[spec.Model, ...] = (
    _case("dense", (5,), spec.Dense(3)),
    _case("dense-no-bias", (4,), spec.Dense(6, bias=False)),
    _case("dense-over-sequence", (3, 5), spec.Dense(4)),
    _case("dense-over-image", (3, 2, 5), spec.Dense(4)),
    _case("flatten", (3, 4, 2), spec.Flatten(), spec.Dense(5)),
    _case("flatten-flat", (6,), spec.Flatten()),
    _case("dropout", (5, 3), spec.Dropout(0.3)),
    _case("dropout-zero", (5,), spec.Dropout(0.0)),
    _case("dropout-twice", (9,), spec.Dropout(0.5), spec.Dense(7), spec.Dropout(0.2)),
    _case("identity", (5,), spec.Identity()),
    _case("relu", (3, 5), spec.ReLU()),
    _case("leaky-relu", (5,), spec.LeakyReLU()),
    _case("leaky-relu-steep", (3, 5), spec.LeakyReLU(0.3)),
    _case("elu", (5,), spec.ELU()),
    _case("elu-alpha", (3, 5), spec.ELU(0.7)),
    _case("gelu-erf", (3, 5), spec.GELU()),
    _case("gelu-tanh", (3, 5), spec.GELU("tanh")),
    _case("silu", (3, 5), spec.SiLU()),
    _case("sigmoid", (3, 5), spec.Sigmoid()),
    _case("tanh", (3, 5), spec.Tanh()),
    _case("softplus", (3, 5), spec.Softplus()),
    _case("softmax", (6,), spec.Softmax()),
    _case("softmax-over-sequence", (4, 3), spec.Softmax()),
    _case("sequential", (5,), spec.Sequential((spec.Dense(4), spec.Tanh())), spec.Dense(3)),
    _case("sequential-nested", (5,), spec.Sequential((spec.Sequential((spec.Dense(4),)),))),
    _case("residual", (5,), spec.Residual((spec.Dense(5), spec.Tanh()))),
    _case(
        "residual-shortcut",
        (5,),
        spec.Residual((spec.Dense(4), spec.SiLU(), spec.Dense(3)), (spec.Dense(3, bias=False),)),
    ),
    _case("residual-identity-body", (5,), spec.Residual((spec.Identity(),)), spec.Dense(2)),
    _case(
        "residual-nested",
        (4,),
        spec.Dense(5),
        spec.Residual((spec.Residual((spec.Dropout(0.4), spec.Dense(5))), spec.GELU())),
    ),
    _case("cross-entropy", (5,), spec.Dense(4), loss=spec.SoftmaxCrossEntropy()),
    _case("cross-entropy-sequence", (3, 5), spec.Dense(4), loss=spec.SoftmaxCrossEntropy()),
    _case("binary-one-unit", (5,), spec.Dense(1), loss=spec.BinaryCrossEntropy()),
    _case("binary-many-labels", (5,), spec.Dense(3), loss=spec.BinaryCrossEntropy()),
    _case("binary-sequence", (4, 5), spec.Dense(1), loss=spec.BinaryCrossEntropy()),
    _case("squared-error-sequence", (4, 5), spec.Dense(2)),
)
"""Several small models a layer and a loss; names are unique."""


def optimizers(steps: int = 100) -> dict[str, spec.Optimizer]:
    """Every optimizer with everything on: a schedule, weight decay, clipping, a large eps."""

    def rate(lr: float) -> spec.Schedule:
        return spec.LinearWarmup(5, spec.Cosine(lr, steps, final_lr=lr / 10))

    return {
        "sgd": spec.SGD(rate(0.05), weight_decay=0.01, clip_norm=0.5),
        "momentum": spec.SGD(rate(0.02), momentum=0.9, weight_decay=0.01, clip_norm=0.5),
        "nesterov": spec.SGD(
            rate(0.02), momentum=0.9, nesterov=True, weight_decay=0.01, clip_norm=0.5
        ),
        "adagrad": spec.AdaGrad(rate(0.02), eps=1e-3, weight_decay=0.01, clip_norm=0.5),
        "rmsprop": spec.RMSprop(rate(0.002), eps=1e-3, weight_decay=0.01, clip_norm=0.5),
        "adam": spec.Adam(rate(0.005), eps=1e-3, weight_decay=0.01, clip_norm=0.5),
        "adamw": spec.AdamW(rate(0.005), eps=1e-3, weight_decay=0.1, clip_norm=0.5),
    }
