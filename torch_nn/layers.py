"""One binding a layer: the `nn.Module` for it, and how its parameters lie in PyTorch.

No default of PyTorch's is inherited in silence: what a module could choose is written down here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from brain import spec
from torch_nn import images
from torch_nn.norms import BatchNorm
from torch_nn.recurrent import Bidirectional, gru, lstm, rnn


class MaskedDropout(nn.Module):
    """Dropout by a mask that `brain` draws, because PyTorch's own draws are its own."""

    mask: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if self.mask is None else x * self.mask


class Residual(nn.Module):
    """body(x) + shortcut(x)."""

    def __init__(self, body: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.body(x) + self.shortcut(x)
        return y


class Softplus(nn.Module):
    """log(1 + exp(x)).

    `nn.Softplus` returns x itself above a threshold, 20 by default, which is off by 2e-9 there.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.softplus(x, beta=1.0, threshold=40.0)


def chain(nodes: tuple[spec.Node, ...]) -> nn.Sequential:
    """The modules of a chain under the names they have in the spec.

    So PyTorch's own names, `residual1.body.dense1.weight`, are the canonical ones.
    """
    return nn.Sequential(
        OrderedDict(
            (node.name.rpartition(".")[2], LAYERS[type(node.layer)](node.layer, node))
            for node in nodes
        )
    )


def dense(layer: spec.Dense, node: spec.Node) -> nn.Module:
    return nn.Linear(node.input_shape[-1], layer.units, bias=layer.bias)


def batchnorm(layer: spec.BatchNorm, node: spec.Node) -> nn.Module:
    return BatchNorm(node.input_shape[-1], momentum=layer.momentum, eps=layer.eps)


def layernorm(layer: spec.LayerNorm, node: spec.Node) -> nn.Module:
    return nn.LayerNorm(node.input_shape[-1], eps=layer.eps, elementwise_affine=True, bias=True)


def embedding(layer: spec.Embedding, node: spec.Node) -> nn.Module:
    return nn.Embedding(
        layer.vocab,
        layer.dim,
        padding_idx=None,
        max_norm=None,
        scale_grad_by_freq=False,
        sparse=False,
    )


def gelu(layer: spec.GELU, node: spec.Node) -> nn.Module:
    return nn.GELU(approximate={"erf": "none", "tanh": "tanh"}[layer.form])


def residual(layer: spec.Residual, node: spec.Node) -> nn.Module:
    return Residual(chain(node.nests["body"]), chain(node.nests["shortcut"]))


def bidirectional(layer: spec.Bidirectional, node: spec.Node) -> nn.Module:
    return Bidirectional(chain(node.nests["forward"]), chain(node.nests["backward"]))


LAYERS: dict[type[spec.Layer], Callable[..., nn.Module]] = {
    spec.Dense: dense,
    spec.Conv2D: images.conv2d,
    spec.MaxPool2D: images.MaxPool2D,
    spec.AvgPool2D: images.AvgPool2D,
    spec.GlobalAvgPool2D: lambda layer, node: images.GlobalAvgPool2D(),
    spec.Flatten: lambda layer, node: nn.Flatten(start_dim=1),
    spec.Dropout: lambda layer, node: MaskedDropout(),
    spec.Identity: lambda layer, node: nn.Identity(),
    spec.ReLU: lambda layer, node: nn.ReLU(),
    spec.LeakyReLU: lambda layer, node: nn.LeakyReLU(negative_slope=layer.slope),
    spec.ELU: lambda layer, node: nn.ELU(alpha=layer.alpha),
    spec.GELU: gelu,
    spec.SiLU: lambda layer, node: nn.SiLU(),
    spec.Sigmoid: lambda layer, node: nn.Sigmoid(),
    spec.Tanh: lambda layer, node: nn.Tanh(),
    spec.Softplus: lambda layer, node: Softplus(),
    spec.Softmax: lambda layer, node: nn.Softmax(dim=-1),
    spec.BatchNorm: batchnorm,
    spec.LayerNorm: layernorm,
    spec.Embedding: embedding,
    spec.Sequential: lambda layer, node: chain(node.nests[""]),
    spec.Residual: residual,
    spec.RNN: rnn,
    spec.LSTM: lstm,
    spec.GRU: gru,
    spec.Bidirectional: bidirectional,
}
"""Each: `binding(layer, node)`, the layer's declaration and its place."""

NAMES: dict[tuple[type[spec.Layer], str], str] = {
    (spec.LayerNorm, "gamma"): "weight",
    (spec.LayerNorm, "beta"): "bias",
    **{
        (layer, name): f"stock.{theirs}_l0"
        for layer in (spec.RNN, spec.LSTM, spec.GRU)
        for name, theirs in (
            ("weight", "weight_ih"),
            ("recurrent_weight", "weight_hh"),
            ("bias", "bias_ih"),
            ("recurrent_bias", "bias_hh"),  # GRU's alone; for the others a buffer of zeros
        )
    },
}
"""What a module calls a parameter, where that is not the canonical name."""


def transposed(array: torch.Tensor) -> torch.Tensor:
    """`nn.Linear` keeps (out, in), the canonical form is (in, out)."""
    return array.T


Layout = tuple[Callable[[torch.Tensor], torch.Tensor], Callable[[torch.Tensor], torch.Tensor]]

LAYOUTS: dict[tuple[type[spec.Layer], str], Layout] = {
    (spec.Dense, "weight"): (transposed, transposed),
    # (4H, D) and (4H, H), say; the gates are in the canonical order, in LSTM and GRU alike
    **{
        (layer, name): (transposed, transposed)
        for layer in (spec.RNN, spec.LSTM, spec.GRU)
        for name in ("weight", "recurrent_weight")
    },
    (spec.Conv2D, "weight"): (images.filters_first, images.filters_last),
}
"""Where PyTorch's layout is another: (canonical to PyTorch, PyTorch to canonical)."""
