"""Networks, losses, optimizers and schedules as frozen declarations; no framework, no arithmetic.

    from brain import spec

    model = spec.Model(
        name="mlp", input_shape=(28, 28, 1),
        layers=(spec.Flatten(), spec.Dense(128), spec.ReLU(), spec.Dense(10)),
        loss=spec.SoftmaxCrossEntropy(),
    )
    print(model)                     # a table: layer, output shape, parameters, FLOPs
    model.save("mlp.json")           # and spec.load_model("mlp.json") == model

Initialisers are in `spec.init` (`spec.Dense(10, init=spec.init.Glorot())`), because `Constant` is
also a schedule.
"""

from brain.spec import initializers as init
from brain.spec.activations import (
    ELU,
    GELU,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from brain.spec.augmentations import Augmentation, Crop, Cutout, Flip, Shift
from brain.spec.files import FORMAT, from_json, load, save, to_json
from brain.spec.images import AvgPool2D, Conv2D, GlobalAvgPool2D, MaxPool2D
from brain.spec.layers import Dense, Dropout, Flatten, Layer, ParameterInfo, Shape, named
from brain.spec.losses import BinaryCrossEntropy, Loss, MeanSquaredError, SoftmaxCrossEntropy
from brain.spec.model import Model, Node, load_model
from brain.spec.nests import Bidirectional, Residual, Sequential
from brain.spec.norms import BatchNorm, LayerNorm
from brain.spec.optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSprop
from brain.spec.recipe import Recipe, steps_in
from brain.spec.recurrent import GRU, LSTM, RNN, Embedding, Recurrent
from brain.spec.schedules import (
    Constant,
    Cosine,
    Exponential,
    LinearWarmup,
    OneCycle,
    Schedule,
    Step,
)
from brain.spec.table import describe

__all__ = [
    "ELU",
    "FORMAT",
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "SGD",
    "Activation",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Augmentation",
    "AvgPool2D",
    "BatchNorm",
    "Bidirectional",
    "BinaryCrossEntropy",
    "Constant",
    "Conv2D",
    "Cosine",
    "Crop",
    "Cutout",
    "Dense",
    "Dropout",
    "Embedding",
    "Exponential",
    "Flatten",
    "Flip",
    "GlobalAvgPool2D",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "LinearWarmup",
    "Loss",
    "MaxPool2D",
    "MeanSquaredError",
    "Model",
    "Node",
    "OneCycle",
    "Optimizer",
    "ParameterInfo",
    "RMSprop",
    "ReLU",
    "Recipe",
    "Recurrent",
    "Residual",
    "Schedule",
    "Sequential",
    "Shape",
    "Shift",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Softplus",
    "Step",
    "Tanh",
    "describe",
    "from_json",
    "init",
    "load",
    "load_model",
    "named",
    "save",
    "steps_in",
    "to_json",
]
