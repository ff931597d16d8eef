"""How a user's own PyTorch model is called: in one dtype, without chance, and left as it was."""

from __future__ import annotations

import copy
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from torch.overrides import TorchFunctionMode

from torch_nn.own.axes import RECURRENT


class Argument(NamedTuple):
    """An argument of a function: where it stands, its name, its default."""

    place: int
    name: str
    usual: Any

    def of(self, args: Any, kwargs: Any) -> Any:
        return args[self.place] if len(args) > self.place else kwargs.get(self.name, self.usual)

    def given(self, value: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments of a call with this one."""
        if len(args) > self.place:
            return (*args[: self.place], value, *args[self.place + 1 :]), kwargs
        return args, {**kwargs, self.name: value}


class Chance(NamedTuple):
    """What a random function is told as, what makes it random, and how much it drops if told."""

    said: str
    switch: Argument
    share: Argument | None = None


SHARE = Argument(1, "p", 0.5)
RANDOM: dict[Any, Chance] = {
    **{
        f: Chance("F.dropout", Argument(2, "training", True), SHARE)
        for f in (F.dropout, F.dropout1d, F.dropout2d, F.dropout3d)
    },
    **{
        f: Chance("F.dropout", Argument(2, "training", False), SHARE)
        for f in (F.alpha_dropout, F.feature_alpha_dropout)
    },
    **{
        f: Chance("F.dropout", Argument(2, "train", False), SHARE)
        for f in (
            *(torch.dropout, torch.alpha_dropout),
            *(torch.feature_dropout, torch.feature_alpha_dropout),
            *(torch.dropout_, torch.alpha_dropout_),
            *(torch.feature_dropout_, torch.feature_alpha_dropout_),
            torch.native_dropout,
        )
    },
    F.scaled_dot_product_attention: Chance("F.dropout", Argument(4, "dropout_p", 0.0)),
    F.multi_head_attention_forward: Chance(
        "F.dropout", Argument(13, "training", True), Argument(10, "dropout_p", 0.0)
    ),
    **{
        f: Chance("F.rrelu", Argument(3, "training", False))
        for f in (F.rrelu, torch.rrelu, torch.rrelu_)
    },
}
"""PyTorch's own functions that draw random numbers in training."""


class Throughout(TorchFunctionMode):
    """One dtype throughout, also where the user's code asks for a narrower one: `x.float()`.

    PyTorch's own random functions do what they do in evaluation; `held` is told which.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype
        self.held: list[str] = []
        self.narrow = {torch.float16, torch.bfloat16, torch.float32} - {dtype}
        self.casts = {torch.Tensor.half: 1, torch.Tensor.bfloat16: 1}
        if dtype == torch.float64:
            self.casts[torch.Tensor.float] = 1

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func in self.casts:
            return args[0].to(self.dtype)
        kwargs = kwargs or {}
        if func in RANDOM:
            args, kwargs = self._still(RANDOM[func], args, kwargs)
        swapped = {k: self._wide(v) for k, v in kwargs.items()}
        return func(*map(self._wide, args), **swapped)

    def _still(self, chance: Chance, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments of a call, without what makes it random."""
        said, switch, share = chance
        random = switch.of(args, kwargs) and (share is None or share.of(args, kwargs))
        if random and said not in self.held:
            self.held.append(said)
        return switch.given(type(switch.usual)(), args, kwargs)

    def _wide(self, value: Any) -> Any:
        return self.dtype if isinstance(value, torch.dtype) and value in self.narrow else value


@contextmanager
def unchanged(model: nn.Module, written: nn.Module | None = None) -> Iterator[None]:
    """Whatever happens to a model is undone: hooks, modes, attributes, the numbers in its arrays.

    Of the numbers, those of `written` alone, where no others will change.
    """
    kept = [(m.__dict__, dict(m.__dict__)) for m in model.modules()]
    inside = [(v, copy.copy(v)) for d, _ in kept for v in d.values() if type(v) in CONTAINERS]
    owner = model if written is None else written
    arrays = [(t, t.detach().clone()) for t in (*owner.parameters(), *owner.buffers())]
    try:
        yield
    finally:
        for container, before in (*kept, *inside):
            container.clear()
            (container.update if hasattr(container, "update") else container.extend)(before)
        with torch.no_grad():
            for tensor, numbers in arrays:
                tensor.copy_(numbers)


CONTAINERS = (dict, OrderedDict, list, set, deque)


def stacked(module: Any) -> None:
    """Let a recurrent module of several layers call one stock module a layer: `0`, `1`, ...

    They hold the same parameters, and it gives what it gave, without dropout between the layers.
    """
    cls = next(cls for cls in RECURRENT if isinstance(module, cls))
    ways = 2 if module.bidirectional else 1
    more: dict[str, Any] = {"nonlinearity": module.nonlinearity} if cls is nn.RNN else {}
    if module.proj_size:
        more["proj_size"] = module.proj_size
    for number in range(module.num_layers):
        wide = ways * (module.proj_size or module.hidden_size) if number else module.input_size
        one = cls(
            wide,
            module.hidden_size,
            bias=module.bias,
            batch_first=module.batch_first,
            bidirectional=module.bidirectional,
            device="meta",
            **more,
        )
        for name in list(one._parameters):
            setattr(one, name, getattr(module, name.replace("_l0", f"_l{number}")))
        module.add_module(str(number), one)
    module.forward = partial(_layer_by_layer, module, ways)


def _layer_by_layer(module: Any, ways: int, x: Any, hx: Any = None) -> Any:
    ends = []
    for number in range(module.num_layers):
        part = slice(number * ways, (number + 1) * ways)
        begin = None
        if hx is not None:
            begin = tuple(h[part] for h in hx) if isinstance(hx, tuple) else hx[part]
        x, end = module._modules[str(number)](x, begin)
        ends.append(end)
    if isinstance(ends[0], tuple):
        return x, tuple(torch.cat(parts) for parts in zip(*ends, strict=True))
    return x, torch.cat(ends)


def packed(raw: torch.Tensor, lengths: torch.Tensor) -> PackedSequence:
    return pack_padded_sequence(raw, lengths, batch_first=True, enforce_sorted=False)


def tensor_of(value: Any) -> torch.Tensor | None:
    """The first tensor in what a layer or a model gives; a packed sequence is padded."""
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, PackedSequence):
        return pad_packed_sequence(value, batch_first=True)[0]
    inside = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, tuple | list | Mapping):
        return next((t for t in map(tensor_of, inside) if t is not None), None)
    return None


def cloned(value: Any) -> Any:
    """The same with every tensor copied: whoever works on it in place spoils no record."""
    if isinstance(value, torch.Tensor):
        return value.clone()
    if type(value) in (tuple, list):
        return type(value)(map(cloned, value))
    if type(value) in (dict, OrderedDict):
        return type(value)((k, cloned(v)) for k, v in value.items())
    return value
