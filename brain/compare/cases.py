"""The one list of cases that every check walks through.

A case is a small model; whoever adds a layer adds one here, and the gradient check, each engine's
equivalence, the store and the file format are tested on it. Shapes are never square and no eps is
tiny, which would let wrong code pass; `brain.compare.examples` draws the numbers.
"""

from __future__ import annotations

from brain import spec


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
    _case("sigmoid-behind", (4,), spec.Dense(3), spec.Sigmoid(), spec.Dense(5)),
    _case("tanh", (3, 5), spec.Tanh()),
    _case("softplus", (3, 5), spec.Softplus()),
    _case("softplus-behind", (5,), spec.Dense(4), spec.Softplus(), spec.Dense(3)),
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
    _case("conv", (5, 7, 2), spec.Conv2D(4)),
    _case("conv-no-bias", (6, 4, 3), spec.Conv2D(2, kernel=2, bias=False)),
    _case("conv-same", (5, 4, 2), spec.Conv2D(3, kernel=4, padding="same")),
    _case("conv-same-stride", (6, 7, 2), spec.Conv2D(3, stride=2, padding="same")),
    _case("conv-padding", (4, 5, 2), spec.Conv2D(3, stride=2, padding=2)),
    _case("conv-padding-wide", (2, 3, 1), spec.Conv2D(2, kernel=2, padding=3)),
    _case("conv-dilation", (7, 6, 2), spec.Conv2D(3, kernel=2, dilation=3)),
    _case("conv-dilation-same", (5, 6, 2), spec.Conv2D(3, dilation=2, padding="same")),
    _case("conv-groups", (5, 4, 4), spec.Conv2D(6, stride=2, padding=1, groups=2)),
    _case("conv-groups-dilation", (5, 6, 6), spec.Conv2D(9, 2, dilation=2, padding=1, groups=3)),
    _case("conv-depthwise", (4, 5, 3), spec.Conv2D(6, kernel=2, padding="same", groups=3)),
    _case("conv-pointwise", (4, 5, 3), spec.Conv2D(2, kernel=1, stride=2)),
    _case("conv-gaps", (7, 8, 2), spec.Conv2D(3, kernel=2, stride=3)),
    _case("max-pool", (5, 7, 3), spec.MaxPool2D()),
    _case("max-pool-three", (7, 9, 2), spec.MaxPool2D(3)),
    _case("max-pool-overlap", (6, 5, 2), spec.MaxPool2D(3, stride=2, padding=1)),
    _case("max-pool-same", (5, 6, 2), spec.MaxPool2D(3, stride=2, padding="same")),
    _case("max-pool-padding-wide", (4, 5, 2), spec.MaxPool2D(3, stride=1, padding=2)),
    _case("max-pool-behind", (6, 5, 2), spec.Conv2D(3, padding="same"), spec.MaxPool2D(2, 1)),
    _case("avg-pool", (5, 7, 3), spec.AvgPool2D()),
    _case("avg-pool-three", (7, 9, 2), spec.AvgPool2D(3)),
    _case("avg-pool-overlap", (6, 5, 2), spec.AvgPool2D(3, stride=2, padding=1)),
    _case("avg-pool-same", (5, 6, 2), spec.AvgPool2D(3, stride=2, padding="same")),
    _case("avg-pool-padding-wide", (4, 5, 2), spec.AvgPool2D(3, stride=1, padding=2)),
    _case("global-avg-pool", (3, 4, 5), spec.GlobalAvgPool2D()),
    _case("global-avg-pool-behind", (4, 3, 2), spec.Conv2D(5, 2), spec.GlobalAvgPool2D()),
    _case(
        "conv-network",
        (8, 7, 1),
        spec.Conv2D(3, padding="same"),
        spec.Tanh(),
        spec.AvgPool2D(2),
        spec.Residual((spec.Conv2D(4, padding=1), spec.SiLU(), spec.Conv2D(3, padding="same"))),
        spec.MaxPool2D(2, stride=1),
        spec.Flatten(),
        spec.Dense(4),
        loss=spec.SoftmaxCrossEntropy(),
    ),
    _case("batchnorm", (5,), spec.BatchNorm(momentum=0.3, eps=0.1)),
    _case("batchnorm-over-sequence", (4, 3), spec.BatchNorm(eps=0.2), spec.Dense(5)),
    _case("batchnorm-over-image", (3, 2, 5), spec.BatchNorm(momentum=1.0), spec.ReLU()),
    _case(
        "batchnorm-after-bias",
        (4,),
        spec.Dense(6),
        spec.BatchNorm(eps=0.1),
        spec.Tanh(),
        spec.Dense(3),
        loss=spec.SoftmaxCrossEntropy(),
    ),
    _case(
        "batchnorm-twice",
        (3, 5),
        spec.BatchNorm(momentum=0.2, eps=0.1),
        spec.Dense(4, bias=False),
        spec.BatchNorm(eps=0.3),
    ),
    _case(
        "residual-batchnorm",
        (5,),
        spec.Residual((spec.BatchNorm(eps=0.1), spec.Tanh(), spec.Dense(4), spec.Dense(5))),
    ),
    _case("layernorm", (5,), spec.LayerNorm(eps=0.1)),
    _case("layernorm-over-image", (3, 2, 5), spec.LayerNorm(), spec.Dense(4)),
    _case("layernorm-behind", (4, 3), spec.Dense(6), spec.LayerNorm(eps=0.2), spec.GELU()),
    _case("embedding", (4,), spec.Embedding(6, 3)),
    _case(
        "embedding-nested",
        (4,),
        spec.Sequential((spec.Embedding(9, 3), spec.LayerNorm(eps=0.1))),
        spec.Flatten(),
        spec.Dense(5),
        loss=spec.SoftmaxCrossEntropy(),
    ),
    _case("embedding-batchnorm", (3,), spec.Embedding(5, 4), spec.BatchNorm(eps=0.1), spec.SiLU()),
    _case("cross-entropy", (5,), spec.Dense(4), loss=spec.SoftmaxCrossEntropy()),
    _case("cross-entropy-sequence", (3, 5), spec.Dense(4), loss=spec.SoftmaxCrossEntropy()),
    _case("binary-one-unit", (5,), spec.Dense(1), loss=spec.BinaryCrossEntropy()),
    _case("binary-many-labels", (5,), spec.Dense(3), loss=spec.BinaryCrossEntropy()),
    _case("binary-sequence", (4, 5), spec.Dense(1), loss=spec.BinaryCrossEntropy()),
    _case("squared-error-sequence", (4, 5), spec.Dense(2)),
    _case("rnn", (5, 3), spec.RNN(4)),
    _case("rnn-sequences", (4, 5), spec.RNN(3, return_sequences=True)),
    _case("rnn-relu", (6, 3), spec.RNN(5, activation="relu", return_sequences=True)),
    _case("lstm", (5, 3), spec.LSTM(4)),
    _case("lstm-sequences", (4, 5), spec.LSTM(3, return_sequences=True)),
    _case("gru", (5, 3), spec.GRU(4)),
    _case("gru-sequences", (4, 5), spec.GRU(3, return_sequences=True)),
    _case("recurrent-one-unit", (3, 1), spec.LSTM(1, return_sequences=True)),
    _case(
        "recurrent-stacked",
        (4, 3),
        spec.LSTM(5, return_sequences=True),
        spec.Sequential((spec.Dropout(0.3), spec.GRU(2, return_sequences=True))),
        spec.RNN(4),
        spec.Dense(3),
    ),
    _case(
        "recurrent-residual",
        (5, 3),
        spec.Residual((spec.LSTM(4, return_sequences=True), spec.GRU(3, return_sequences=True))),
        spec.LSTM(2, return_sequences=True),
    ),
    _case(
        "recurrent-classes",
        (6,),
        spec.Embedding(7, 3),
        spec.GRU(5, return_sequences=True),
        spec.Dense(4),
        loss=spec.SoftmaxCrossEntropy(),
    ),
    _case("bidirectional", (5, 3), spec.Bidirectional(spec.LSTM(4))),
    _case("bidirectional-rnn", (4, 3), spec.Bidirectional(spec.RNN(5, return_sequences=True))),
    _case(
        "bidirectional-stacked",
        (4, 3),
        spec.Bidirectional(spec.LSTM(2, return_sequences=True)),
        spec.Bidirectional(spec.GRU(3, return_sequences=True)),
        spec.LSTM(5),
    ),
)
"""Several small models a layer and a loss; names are unique."""

VANISHING = {
    "batchnorm-after-bias": "dense1.bias",
    "batchnorm-twice": "batchnorm1.beta",
}
"""Where a gradient is zero by theory in training: BatchNorm takes away again what this adds."""


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
