"""RNN, LSTM and GRU around PyTorch's fused ones, and Bidirectional."""

from __future__ import annotations

import torch
from torch import nn

from brain import spec


class Recurrent(nn.Module):
    """A recurrent layer with a state: it begins with `carry` and leaves `after`.

    Both by local name, `(N, H)` each; both are the engine's to set and to read. What `carry` leaves
    out is zero. No gradient flows through either.
    """

    def __init__(self, stock: nn.RNNBase, keys: tuple[str, ...], return_sequences: bool) -> None:
        super().__init__()
        self.stock, self.keys, self.return_sequences = stock, keys, return_sequences
        self.carry: dict[str, torch.Tensor] = {}
        self.after: dict[str, torch.Tensor] = {}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        zero = x.new_zeros(len(x), self.stock.hidden_size)
        states = tuple(self.carry.get(key, zero)[None] for key in self.keys)  # (1, N, H) each
        y, last = self.stock(x, states if len(states) > 1 else states[0])
        states = last if len(states) > 1 else (last,)
        self.after = {k: a.detach()[0] for k, a in zip(self.keys, states, strict=True)}
        hidden: torch.Tensor = y if self.return_sequences else y[:, -1]
        return hidden  # (N, T, H) or (N, H)


class Bidirectional(nn.Module):
    """A recurrent layer and a twin that reads backwards, side by side on the last axis."""

    def __init__(self, ahead: nn.Sequential, twin: nn.Sequential) -> None:
        super().__init__()
        # The canonical names; `add_module` refuses "forward", because it is a method too.
        self._modules.update(forward=ahead, backward=twin)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ahead, twin = self.children()
        y, z = ahead(x), twin(x.flip(1))
        return torch.cat((y, z.flip(1) if z.dim() == 3 else z), dim=-1)


def _without_second_bias(stock: nn.RNNBase) -> nn.RNNBase:
    """PyTorch adds two biases where we have one: the second becomes a zero that is not trained.

    Were it a parameter, both would get the same gradient, and clipping, weight decay and every
    step would count the bias twice. The engine fills all buffers with zeros.
    """
    del stock.bias_hh_l0
    stock.register_buffer("bias_hh_l0", torch.zeros_like(stock.bias_ih_l0), persistent=False)
    return stock


def rnn(layer: spec.RNN, node: spec.Node) -> nn.Module:
    stock = nn.RNN(
        node.input_shape[-1],
        layer.units,
        num_layers=1,
        nonlinearity=layer.activation,
        bias=True,
        batch_first=True,
        dropout=0.0,
        bidirectional=False,
    )
    return Recurrent(_without_second_bias(stock), ("hidden",), layer.return_sequences)


def lstm(layer: spec.LSTM, node: spec.Node) -> nn.Module:
    stock = nn.LSTM(
        node.input_shape[-1],
        layer.units,
        num_layers=1,
        bias=True,
        batch_first=True,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
    )
    return Recurrent(_without_second_bias(stock), ("hidden", "cell"), layer.return_sequences)


def gru(layer: spec.GRU, node: spec.Node) -> nn.Module:
    stock = nn.GRU(
        node.input_shape[-1],
        layer.units,
        num_layers=1,
        bias=True,
        batch_first=True,
        dropout=0.0,
        bidirectional=False,
    )
    return Recurrent(stock, ("hidden",), layer.return_sequences)
