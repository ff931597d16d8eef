"""What a layer of a user's own PyTorch model computes: its declaration, and what that omits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from brain import spec
from brain.errors import UserError
from brain.parameters import Arrays
from torch_nn.own.axes import CONVOLUTIONS, LAST_AXIS, axes, class_name, usual

Array = NDArray[Any]
Options = dict[str, str]


@dataclass
class Told:
    """What a layer is called, its declaration if any, what that does not say, its output's axes."""

    label: str
    layer: spec.Layer | None
    options: Options
    out: str


def stock(module: nn.Module) -> Any:
    """The class of PyTorch's own whose forward a layer runs; None for a user's own."""
    cls: Any
    for cls in type(module).__mro__:
        if cls in TABLE and cls.forward is type(module).forward:
            return cls
    return None


def told(module: nn.Module, layout: str, x: Sequence[int], y: Sequence[int]) -> Told:
    """What a layer is. `x` and `y` are the shapes of PyTorch's own arrays, `layout` that of `x`."""
    out = layout if len(y) == len(x) or isinstance(module, LAST_AXIS) else usual(len(y))
    cls = stock(module)
    if cls is None:
        return Told(class_name(module), None, {}, out)
    label, tell = TABLE[cls]
    options: Options = {}
    if cls in POOLED and set(y[2:]) == {1}:
        label, out = POOLED[cls], "pooled"
    try:
        layer = tell(module, options, layout, x, y)
    except UserError:  # the declaration refuses it: a negative slope, say
        layer = None
    return Told(layer.kind if layer else label, layer, options, out)


def rounded(module: nn.Module) -> bool:
    """Whether PyTorch's gradient has a constant in float32, whatever the dtype: 1/6, 1/alpha."""
    match module:
        case nn.Hardsigmoid():
            return type(module).forward is nn.Hardsigmoid.forward
        case nn.CELU():
            inverse = 1 / module.alpha
            return type(module).forward is nn.CELU.forward and float(np.float32(inverse)) != inverse
    return False


def fits(layer: spec.Layer, x: Array, y: Array, arrays: Arrays) -> bool:
    """Whether a declaration gives `y` for `x` by its shape, and has arrays of these shapes."""
    try:
        (node,) = spec.Model("m", tuple(x.shape[1:]), (layer,), spec.MeanSquaredError()).nodes
    except (UserError, ValueError):
        return False
    wanted = {name: info.shape for name, info in node_arrays(node).items()}
    shapes = {f"{node.name}.{name}": array.shape for name, array in arrays.items()}
    return y.shape[1:] == node.output_shape and shapes == wanted


def node_arrays(node: spec.Node) -> dict[str, spec.ParameterInfo]:
    """The parameters of a node and of all inside it, by name."""
    found = {f"{node.name}.{name}": info for name, info in node.parameters.items()}
    for nested in node.nests.values():
        for inner in nested:
            found |= node_arrays(inner)
    return found


Tell = Callable[[Any, Options, str, Sequence[int], Sequence[int]], spec.Layer | None]


def plainly(make: Callable[[Any], spec.Layer | None]) -> Tell:
    """For layers whose declaration says it all."""
    return lambda m, options, layout, x, y: make(m)


def undeclared(*attributes: str) -> Tell:
    """For layers without a declaration: the attributes that say what they compute."""

    def tell(m: Any, options: Options, *_: Any) -> None:
        options.update({name: str(getattr(m, name)) for name in attributes})

    return tell


def single(options: Options, name: str, value: Any) -> Any:
    """The one number of a pair; an option says so where the two are not the same."""
    if not isinstance(value, tuple | list):
        return value
    if len(set(value)) > 1:
        options[name] = str(tuple(value))
    return value[0]


def conv2d(m: Any, options: Options, *_: Any) -> spec.Layer:
    if m.padding_mode != "zeros":
        options["padding_mode"] = m.padding_mode
    kernel, stride, dilation, padding = (
        single(options, name, value)
        for name, value in (
            ("kernel_size", m.kernel_size),
            ("strides", m.stride),
            ("dilation_rate", m.dilation),
            ("padding", m.padding),
        )
    )
    if stride > 1 and dilation > 1:
        options |= {"strides": str(stride), "dilation_rate": str(dilation)}
    return spec.Conv2D(
        *(m.out_channels, kernel, stride, padding or "valid", dilation, m.groups),
        bias=m.bias is not None,
    )


def pool2d(kind: type[spec.MaxPool2D] | type[spec.AvgPool2D]) -> Tell:
    def tell(m: Any, options: Options, layout: str, x: Any, y: Any) -> spec.Layer:
        stride = m.kernel_size if m.stride is None else m.stride
        size = single(options, "pool_size", m.kernel_size)
        stride = single(options, "strides", stride)
        padding = single(options, "padding", m.padding)
        if single(options, "dilation", getattr(m, "dilation", 1)) > 1:
            options["dilation"] = str(m.dilation)
        layer = kind(size, stride, padding or "valid")
        shape = layer.output_shape((x[2], x[3], x[1])) if len(x) == 4 else ()
        if m.ceil_mode and shape != (y[2], y[3], y[1]):
            options["ceil_mode"] = "True"
        if kind is spec.AvgPool2D and padding and m.count_include_pad:
            options["count_include_pad"] = "True"
        if getattr(m, "divisor_override", None):
            options["divisor_override"] = str(m.divisor_override)
        return layer

    return tell


def adaptive_avg2d(m: Any, options: Options, layout: str, x: Any, y: Any) -> spec.Layer | None:
    (rows, left), (columns, right) = divmod(x[-2], y[-2]), divmod(x[-1], y[-1])
    if tuple(y[2:]) == (1, 1):
        return spec.GlobalAvgPool2D()
    if left or right or rows != columns:
        options["output_size"] = str(tuple(y[2:]))
        return None
    return spec.AvgPool2D(rows)


def batchnorm(m: Any, options: Options, *_: Any) -> spec.Layer:
    absent(m, options, gamma=m.weight, beta=m.bias)
    if m.running_mean is None:
        options["running statistics"] = "None"
        return spec.BatchNorm(m.momentum or 0.1, m.eps)
    if m.momentum is None:
        count = int(m.num_batches_tracked) + (not m.training)  # in training it was counted
        options["momentum"] = f"1 / the number of passes, here 1 / {count}"
        return spec.BatchNorm(1 / count, m.eps)
    if not 0 < m.momentum <= 1:
        options["momentum"] = str(m.momentum)
        return spec.BatchNorm(0.1, m.eps)
    return spec.BatchNorm(m.momentum, m.eps)


def layernorm(m: Any, options: Options, *_: Any) -> spec.Layer | None:
    absent(m, options, gamma=m.weight, beta=m.bias)
    if len(m.normalized_shape) > 1:
        options |= {"normalized_shape": str(m.normalized_shape), "eps": str(m.eps)}
        return None
    return spec.LayerNorm(m.eps)


def absent(m: Any, options: Options, **arrays: Any) -> None:
    options.update({name: "None" for name, array in arrays.items() if array is None})


def embedding(m: Any, options: Options, *_: Any) -> spec.Layer:
    for name in ("padding_idx", "max_norm"):
        if getattr(m, name) is not None:
            options[name] = str(getattr(m, name))
    if m.scale_grad_by_freq:
        options["scale_grad_by_freq"] = "True"
    return spec.Embedding(m.num_embeddings, m.embedding_dim)


def recurrent(m: Any, options: Options, *_: Any) -> spec.Layer | None:
    if not m.bias:
        options["bias"] = "None"
    if m.proj_size:
        options["proj_size"] = str(m.proj_size)
        return None
    layer = one_way(m)
    return spec.Bidirectional(layer) if m.bidirectional else layer


def one_way(m: Any) -> spec.Layer:
    match m:
        case nn.LSTM():
            return spec.LSTM(m.hidden_size, return_sequences=True)
        case nn.GRU():
            return spec.GRU(m.hidden_size, return_sequences=True)
    return spec.RNN(m.hidden_size, m.nonlinearity, return_sequences=True)


def softplus(m: Any, options: Options, *_: Any) -> spec.Layer:
    options["threshold"] = f"{m.threshold:g}, x itself above"
    if m.beta != 1:
        options["beta"] = f"{m.beta:g}"
    return spec.Softplus()


def softmax(m: Any, options: Options, layout: str, x: Any, y: Any) -> spec.Layer:
    dim = m.dim
    if dim is None:  # what PyTorch takes then
        dim = 0 if len(x) in (0, 1, 3) else 1
    axis = axes(layout, len(x)).index(dim % len(x))
    if axis != len(x) - 1:
        options["axis"] = str(axis)
    return spec.Softmax()


def relu6(m: Any, options: Options, *_: Any) -> None:
    """`nn.ReLU6` is a Hardtanh; both say their bounds."""
    options |= {"min_value": str(m.min_val), "max_value": str(m.max_val)}


TABLE: dict[Any, tuple[str, Tell]] = {
    nn.Linear: ("Dense", plainly(lambda m: spec.Dense(m.out_features, m.bias is not None))),
    nn.Conv2d: ("Conv2D", conv2d),
    nn.MaxPool2d: ("MaxPool2D", pool2d(spec.MaxPool2D)),
    nn.AvgPool2d: ("AvgPool2D", pool2d(spec.AvgPool2D)),
    nn.AdaptiveAvgPool2d: ("AdaptiveAveragePooling2D", adaptive_avg2d),
    nn.BatchNorm1d: ("BatchNorm", batchnorm),
    nn.BatchNorm2d: ("BatchNorm", batchnorm),
    nn.BatchNorm3d: ("BatchNorm", batchnorm),
    nn.SyncBatchNorm: ("BatchNorm", batchnorm),
    nn.LayerNorm: ("LayerNorm", layernorm),
    nn.Embedding: ("Embedding", embedding),
    nn.RNN: ("RNN", recurrent),
    nn.LSTM: ("LSTM", recurrent),
    nn.GRU: ("GRU", recurrent),
    nn.ReLU: ("ReLU", plainly(lambda m: spec.ReLU())),
    nn.LeakyReLU: ("LeakyReLU", plainly(lambda m: spec.LeakyReLU(m.negative_slope))),
    nn.ELU: ("ELU", plainly(lambda m: spec.ELU(m.alpha))),
    nn.GELU: (
        "GELU",
        plainly(lambda m: spec.GELU("tanh" if m.approximate == "tanh" else "erf")),
    ),
    nn.SiLU: ("SiLU", plainly(lambda m: spec.SiLU())),
    nn.Sigmoid: ("Sigmoid", plainly(lambda m: spec.Sigmoid())),
    nn.Tanh: ("Tanh", plainly(lambda m: spec.Tanh())),
    nn.Softplus: ("Softplus", softplus),
    nn.Softmax: ("Softmax", softmax),
    nn.Softmax2d: ("Softmax", plainly(lambda m: spec.Softmax())),
    **{
        cls: (label, undeclared("stride", "padding", "dilation", "groups"))
        for cls, label in zip(
            CONVOLUTIONS,
            ("Conv1D", "", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
            strict=True,
        )
        if label
    },
    nn.MaxPool1d: ("MaxPooling1D", undeclared("kernel_size", "stride", "padding")),
    nn.MaxPool3d: ("MaxPooling3D", undeclared("kernel_size", "stride", "padding")),
    nn.AvgPool1d: ("AveragePooling1D", undeclared("kernel_size", "stride", "padding")),
    nn.AvgPool3d: ("AveragePooling3D", undeclared("kernel_size", "stride", "padding")),
    nn.AdaptiveAvgPool1d: ("AdaptiveAveragePooling1D", undeclared("output_size")),
    nn.AdaptiveAvgPool3d: ("AdaptiveAveragePooling3D", undeclared("output_size")),
    nn.AdaptiveMaxPool1d: ("AdaptiveMaxPooling1D", undeclared("output_size")),
    nn.AdaptiveMaxPool2d: ("AdaptiveMaxPooling2D", undeclared("output_size")),
    nn.AdaptiveMaxPool3d: ("AdaptiveMaxPooling3D", undeclared("output_size")),
    nn.GroupNorm: ("GroupNormalization", undeclared("num_groups", "eps")),
    nn.RMSNorm: ("RMSNormalization", undeclared("normalized_shape", "eps")),
    **{
        cls: ("InstanceNorm", undeclared("eps"))
        for cls in (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
    },
    nn.PReLU: ("PReLU", undeclared()),
    nn.MultiheadAttention: ("MultiHeadAttention", undeclared("num_heads")),
    nn.RNNCell: ("SimpleRNNCell", undeclared("nonlinearity")),
    nn.LSTMCell: ("LSTMCell", undeclared()),
    nn.GRUCell: ("GRUCell", undeclared()),
    nn.ReLU6: ("ReLU6", relu6),
    nn.Hardtanh: ("Hardtanh", relu6),
    nn.Upsample: ("UpSampling2D", undeclared("size", "scale_factor", "mode")),
}
"""By PyTorch's class: the label, and what makes the declaration and notes the options."""

POOLED: dict[type, str] = {
    nn.AdaptiveAvgPool1d: "GlobalAveragePooling1D",
    nn.AdaptiveAvgPool2d: "GlobalAvgPool2D",
    nn.AdaptiveAvgPool3d: "GlobalAveragePooling3D",
    nn.AdaptiveMaxPool1d: "GlobalMaxPooling1D",
    nn.AdaptiveMaxPool2d: "GlobalMaxPooling2D",
    nn.AdaptiveMaxPool3d: "GlobalMaxPooling3D",
}
"""What the layers are that pool to a size, where that is a single cell."""
