"""Which Keras layers are leaves, and what each is in the canonical form.

A class of the user's own counts as Keras's where it changes nothing but how it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import activations, layers
from keras.layers import Layer

from brain import spec
from brain.errors import UserError
from tf_nn.own.activations import ROUNDED, told_elementwise
from tf_nn.own.recurrent import CELLS, told_both_ways, told_cell, told_recurrent
from tf_nn.own.told import Slot, Told, absent, keras_class, shaped

# Which layers are told


RANDOM = (
    *(layers.Dropout, layers.AlphaDropout, layers.GaussianDropout, layers.GaussianNoise),
    *(kind for name, kind in vars(layers).items() if name.startswith("Random")),
    *(
        getattr(layers, name)
        for name in ("RandAugment", "AugMix", "MixUp", "CutMix")
        if hasattr(layers, name)
    ),
)
"""Layers that draw random numbers in training; held still, and no leaves."""

PASSED = (
    *(layers.InputLayer, layers.Identity, layers.Flatten, layers.Reshape, layers.Permute),
    *(layers.RepeatVector, layers.ActivityRegularization, layers.Lambda),
    *(layers.ZeroPadding1D, layers.ZeroPadding2D, layers.ZeroPadding3D),
    *(layers.Cropping1D, layers.Cropping2D, layers.Cropping3D),
)
"""No leaves: what they do is found out from values."""

WHOLE = (layers.RNN, layers.Bidirectional, layers.MultiHeadAttention, layers.GroupQueryAttention)
"""Leaves although they hold layers."""

SPLIT = (
    *(layers.Dense, layers.EinsumDense, layers.Conv1D, layers.Conv2D, layers.Conv3D),
    *(layers.DepthwiseConv1D, layers.DepthwiseConv2D),
    *(layers.SeparableConv1D, layers.SeparableConv2D),
    *(layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
)
"""Layers with an `activation`, which is a leaf of its own."""

PER_STEP = (layers.Dense, layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU)
"""Layers that `TimeDistributed` adds nothing to: they take each step by itself anyway."""


def inside(layer: Layer) -> list[Layer]:
    """The layers that a layer holds itself."""
    held: list[Layer] = layer._flatten_layers(include_self=False, recursive=False)
    return held


def split(layer: Layer) -> bool:
    """Whether a layer is told without its activation."""
    return isinstance(layer, SPLIT) and keras_class(layer) is not None


def steps_alone(layer: Layer) -> bool:
    """Whether a `TimeDistributed` is its inner layer, given all steps at once."""
    if not isinstance(layer, layers.TimeDistributed):
        return False
    return isinstance(layer.layer, PER_STEP + RANDOM) and keras_class(layer.layer) is not None


def is_leaf(layer: Layer) -> bool:
    """Whether a layer is told by itself, if it is given one tensor."""
    if isinstance(layer, PASSED + RANDOM) or steps_alone(layer):
        return False
    if isinstance(layer, (*WHOLE, *CELLS, layers.TimeDistributed)) or split(layer):
        return True
    if isinstance(layer, layers.Activation) and layer.activation is activations.linear:
        return False
    return not inside(layer)


# What they are told as


def told(layer: Layer, shape: tuple[int, ...]) -> Told:
    """A leaf in the canonical form, for an input of `shape`, the batch axis included."""
    kind = keras_class(layer)
    found = Told(None, type(layer).__name__)
    if kind and not _altered(layer):
        found = _told(layer, shape) or Told(None, kind.__name__)
    if getattr(layer, "stateful", False):
        found.options["stateful"] = "True"
    return found


def _altered(layer: Layer) -> bool:
    """Whether a kernel is no variable as it stands: LoRA and quantisation."""
    return bool(getattr(layer, "lora_enabled", False) or getattr(layer, "quantization_mode", None))


def _told(layer: Layer, shape: tuple[int, ...]) -> Told | None:
    match layer:
        case layers.Dense():
            return Told(
                spec.Dense(layer.units, bias=layer.use_bias), "Dense", parameters=_kernel(layer)
            )
        case layers.Conv2D():
            return _conv(layer, layer.filters, layer.groups, _kernel(layer))
        case layers.DepthwiseConv2D():
            return _depthwise(layer)
        case layers.MaxPooling2D():
            return _pool(layer, spec.MaxPool2D)
        case layers.AveragePooling2D():
            return _pool(layer, spec.AvgPool2D)
        case layers.GlobalAveragePooling2D():
            return Told(
                spec.GlobalAvgPool2D(), "GlobalAvgPool2D", first=_first(layer), flat=layer.keepdims
            )
        case layers.BatchNormalization():
            return _batchnorm(layer, shape)
        case layers.LayerNormalization():
            return _layernorm(layer, shape)
        case layers.Embedding():
            options = {"mask_zero": "True"} if layer.mask_zero else {}
            made = spec.Embedding(layer.input_dim, layer.output_dim)
            return Told(made, "Embedding", options, {"weight": Slot(layer.embeddings)})
        case layers.Bidirectional():
            return told_both_ways(layer)
        case layers.RNN():
            return told_recurrent(layer)
        case layer if isinstance(layer, CELLS):
            return told_cell(layer)
    return told_elementwise(layer, len(shape)) or _undeclared(layer)


def _kernel(layer: Layer) -> dict[str, Slot]:
    found = {"weight": Slot(layer.kernel)}
    return found | ({"bias": Slot(layer.bias)} if layer.use_bias else {})


def _first(layer: Layer) -> bool:
    return layer.data_format == "channels_first"


def _window(label: str, make: Callable[..., spec.Layer], sides: dict[str, tuple[str, Any]]) -> Told:
    """A layer over windows, which are square in a declaration; an option says so where not."""
    lengths, options = {}, {}
    for name, (word, value) in sides.items():
        lengths[name], *_ = each = (value,) if isinstance(value, int) else tuple(value)
        if len(set(each)) > 1:
            options[word] = str(each)
    try:
        layer = None if options else make(**lengths)
    except UserError:  # a stride and a dilation
        layer, options = None, {word: str(value) for word, value in sides.values()}
    return Told(layer, label, options)


def _conv(layer: Layer, filters: int, groups: int, parameters: dict[str, Slot]) -> Told:
    found = _window(
        "Conv2D",
        lambda **sides: spec.Conv2D(
            filters, padding=layer.padding, groups=groups, bias=layer.use_bias, **sides
        ),
        {
            "kernel": ("kernel_size", layer.kernel_size),
            "stride": ("strides", layer.strides),
            "dilation": ("dilation_rate", layer.dilation_rate),
        },
    )
    found.parameters, found.first = parameters, _first(layer)
    return found


def _depthwise(layer: Layer) -> Told:
    """A convolution with a group for each channel: `(k, k, C, m)` is `(k, k, 1, C * m)`."""
    rows, columns, channels, times = layer.kernel.shape
    slots = _kernel(layer) | {"weight": shaped(layer.kernel, (rows, columns, 1, channels * times))}
    return _conv(layer, channels * times, channels, slots)


def _pool(layer: Layer, kind: type[spec.MaxPool2D] | type[spec.AvgPool2D]) -> Told:
    found = _window(
        kind.__name__,
        lambda **sides: kind(padding=layer.padding, **sides),
        {"size": ("pool_size", layer.pool_size), "stride": ("strides", layer.strides)},
    )
    found.first = _first(layer)
    return found


def _scaled(layer: Layer, options: dict[str, str], width: int) -> dict[str, Slot]:
    """The vectors of a norm; one that it has not is told as what it amounts to."""
    given = {"gamma": (layer.gamma, 1.0), "beta": (layer.beta, 0.0)}
    return {
        name: absent(name, layer, width, options, value) if own is None else Slot(own)
        for name, (own, value) in given.items()
    }


def _batchnorm(layer: Layer, shape: tuple[int, ...]) -> Told | None:
    """Keras's momentum is the share of the old statistics, the declaration's that of the new."""
    if layer.renorm:
        return None
    rank, share = len(shape), round(1 - layer.momentum, 15)
    axis = layer.axis % rank
    options = {} if layer.trainable else {"trainable": "False"}
    if not 0 < share <= 1:
        options["momentum"], share = str(share), 0.1
    last = axis == rank - 1 or (axis == 1 and rank == 4)
    if not last:
        options["axis"] = str(axis)
    return Told(
        spec.BatchNorm(share, layer.epsilon) if last and layer.epsilon > 0 else None,
        "BatchNorm",
        options,
        _scaled(layer, options, shape[axis]),
        {"running_mean": Slot(layer.moving_mean), "running_var": Slot(layer.moving_variance)},
        first=last and axis != rank - 1,
    )


def _layernorm(layer: Layer, shape: tuple[int, ...]) -> Told | None:
    if layer.rms_scaling:
        return None
    axes = [axis % len(shape) for axis in layer.axis]
    if axes == [len(shape) - 1]:
        made = spec.LayerNorm(layer.epsilon) if layer.epsilon > 0 else None
        options: dict[str, str] = {}
        slots = _scaled(layer, options, shape[-1])
        return Told(made, "LayerNorm", options, slots)
    return Told(None, "LayerNorm", {"axis": str(axes), "eps": str(layer.epsilon)}, _vectors(layer))


def _vectors(layer: Layer) -> dict[str, Slot]:
    own = {name: getattr(layer, name) for name in ("gamma", "beta")}
    return {name: Slot(array) for name, array in own.items() if array is not None}


# Layers without a declaration


WORTH = (
    *("strides", "padding", "dilation_rate", "groups", "pool_size", "epsilon", "axis", "size"),
    *("interpolation", "scale", "offset", "mask_value", "equation"),
)
"""The attributes that say what such a layer computes."""


def _undeclared(layer: Layer) -> Told:
    """Their arrays as Keras has them, where PyTorch's are the same but for the order of axes."""
    found = Told(None, getattr(keras_class(layer), "__name__", ""))
    found.options = {name: str(vars(layer)[name]) for name in WORTH if name in vars(layer)}
    match layer:
        case layers.DepthwiseConv1D():
            size, channels, times = layer.kernel.shape
            weight = {"weight": shaped(layer.kernel, (size, 1, channels * times))}
            found.label, found.parameters = "Conv1D", _kernel(layer) | weight
            found.options["groups"] = str(channels)
        case (
            layers.Conv1D()
            | layers.Conv3D()
            | layers.Conv1DTranspose()
            | layers.Conv2DTranspose()
            | layers.Conv3DTranspose()
        ):
            found.parameters = _kernel(layer)
        case layers.GroupNormalization():
            found.parameters = _vectors(layer)
        case layers.RMSNormalization():
            found.parameters = {"gamma": Slot(layer.scale)}
        case layers.PReLU():
            found.parameters = {"alpha": Slot(layer.alpha)}
        case layers.Rescaling() | layers.Normalization() if layer.compute_dtype == "float64":
            found.options |= ROUNDED
        case layers.UpSampling2D() | layers.Resizing() if layer.compute_dtype == "float64":
            if layer.interpolation != "nearest":  # TensorFlow resizes in float32
                found.options |= ROUNDED
    return found
