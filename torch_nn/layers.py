"""One binding a layer: the `nn.Module` for it, and how its parameters lie in PyTorch.

No default of PyTorch's is inherited in silence: what a module could choose is written down here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from brain import spec


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


def gelu(layer: spec.GELU, node: spec.Node) -> nn.Module:
    return nn.GELU(approximate={"erf": "none", "tanh": "tanh"}[layer.form])


def residual(layer: spec.Residual, node: spec.Node) -> nn.Module:
    return Residual(chain(node.nests["body"]), chain(node.nests["shortcut"]))


LAYERS: dict[type[spec.Layer], Callable[..., nn.Module]] = {
    spec.Dense: dense,
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
    spec.Sequential: lambda layer, node: chain(node.nests[""]),
    spec.Residual: residual,
}
"""Each: `binding(layer, node)`, the layer's declaration and its place."""


def transposed(array: torch.Tensor) -> torch.Tensor:
    """`nn.Linear` keeps (out, in), the canonical form is (in, out)."""
    return array.T


Layout = tuple[Callable[[torch.Tensor], torch.Tensor], Callable[[torch.Tensor], torch.Tensor]]

LAYOUTS: dict[tuple[type[spec.Layer], str], Layout] = {
    (spec.Dense, "weight"): (transposed, transposed),
}
"""Where PyTorch's layout is another: (canonical to PyTorch, PyTorch to canonical)."""
