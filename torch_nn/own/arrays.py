"""The arrays of a user's own PyTorch layers by canonical name: read, written, their gradients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from brain.errors import UserError, unknown
from brain.parameters import Arrays
from torch_nn.own.axes import CELLS, CONVOLUTIONS, RECURRENT
from torch_nn.own.layers import one_way

Array = NDArray[Any]


@dataclass(frozen=True)
class Slot:
    """A canonical array: which of PyTorch's it is, and how its axes are turned.

    `second` is another array that is added to it, as PyTorch's recurrent layers have two biases;
    `leading` is how many axes of length 1 come first. Where PyTorch has none, `attribute` is empty
    and the array is `length` times the number `value`, which it stands for.
    """

    name: str
    attribute: str
    turn: tuple[int, ...] = ()
    second: str = ""
    leading: int = 0
    length: int = 0
    value: float = 0.0

    def canonical(self, array: torch.Tensor) -> torch.Tensor:
        array = array.permute(self.turn) if self.turn else array
        return array.reshape((1,) * self.leading + array.shape)

    def read(self, module: nn.Module) -> torch.Tensor:
        """The canonical array as it is now."""
        if not self.attribute:
            return torch.full((self.length,), self.value)
        array = getattr(module, self.attribute).detach()
        if self.second:
            array = array + getattr(module, self.second).detach()
        return self.canonical(array)

    def write(self, module: nn.Module, array: torch.Tensor) -> None:
        """Set PyTorch's array to a canonical one, whose shape and value were checked."""
        if not self.attribute:
            return
        own = getattr(module, self.attribute)
        if self.turn:
            array = array.permute([self.turn.index(i) for i in range(array.ndim)])
        array = array.reshape(own.shape)
        if hasattr(module, "parametrizations") and self.attribute in module.parametrizations:
            setattr(module, self.attribute, array.to(own.dtype))
            return
        own.copy_(array)
        if self.second:
            getattr(module, self.second).zero_()


def parameter_slots(module: Any, ndim: int) -> list[Slot]:
    """A layer's trainable arrays that have a canonical name; `ndim` is that of its input."""
    if isinstance(module, nn.Linear):
        return own(module, Slot("weight", "weight", (1, 0)), Slot("bias", "bias"))
    if isinstance(module, CONVOLUTIONS):
        turn = (*range(2, module.weight.ndim), 1, 0)  # (out, in, kh, kw) to (kh, kw, in, out)
        return own(module, Slot("weight", "weight", turn), Slot("bias", "bias"))
    if isinstance(module, nn.modules.batchnorm._BatchNorm):
        return scale_and_shift(module, module.num_features)
    if isinstance(module, nn.LayerNorm) and len(module.normalized_shape) == 1:
        return scale_and_shift(module, module.normalized_shape[0])
    if isinstance(module, nn.modules.instancenorm._InstanceNorm | nn.GroupNorm):
        return own(module, Slot("gamma", "weight"), Slot("beta", "bias"))
    if isinstance(module, nn.RMSNorm) and len(module.normalized_shape) == 1:
        return own(module, Slot("gamma", "weight"))
    if isinstance(module, nn.Embedding | nn.EmbeddingBag):
        return [Slot("weight", "weight")]
    if isinstance(module, nn.PReLU):
        return [Slot("alpha", "weight", leading=max(ndim - 2, 0))]
    if isinstance(module, RECURRENT):
        return recurrent_slots(module)
    if isinstance(module, CELLS):
        return gated(module, "", "", isinstance(module, nn.GRUCell))
    return []


def own(module: nn.Module, *slots: Slot) -> list[Slot]:
    """The slots whose arrays a layer has."""
    return [slot for slot in slots if getattr(module, slot.attribute) is not None]


def scale_and_shift(module: Any, channels: int) -> list[Slot]:
    """Ones and zeros stand for a scale and a shift that are not there."""
    found = []
    for name, attribute, value in (("gamma", "weight", 1.0), ("beta", "bias", 0.0)):
        there = getattr(module, attribute, None) is not None
        found.append(Slot(name, attribute if there else "", length=channels, value=value))
    return found


def recurrent_slots(module: Any) -> list[Slot]:
    gru = isinstance(module, nn.GRU)
    if not module.bidirectional:
        return gated(module, "", "_l0", gru)
    inner = one_way(module).short_name + "1"
    return [
        *gated(module, f"forward.{inner}.", "_l0", gru),
        *gated(module, f"backward.{inner}.", "_l0_reverse", gru),
    ]


def gated(module: Any, prefix: str, end: str, gru: bool) -> list[Slot]:
    """One direction of a recurrent layer: one bias, the sum of two, except in GRU."""
    found = [
        Slot(f"{prefix}weight", f"weight_ih{end}", (1, 0)),
        Slot(f"{prefix}recurrent_weight", f"weight_hh{end}", (1, 0)),
    ]
    wide = len(getattr(module, f"weight_ih{end}"))
    one, two = (f"bias_ih{end}", f"bias_hh{end}") if module.bias else ("", "")
    found.append(Slot(f"{prefix}bias", one, second="" if gru else two, length=wide))
    if gru:
        found.append(Slot(f"{prefix}recurrent_bias", two, length=wide))
    return found


def state_slots(module: Any) -> list[Slot]:
    """A layer's running statistics; zeros and ones stand for those that it does not keep."""
    if not isinstance(module, nn.modules.batchnorm._BatchNorm):
        return []
    kept, channels = module.running_mean is not None, module.num_features
    return [
        Slot(name, name if kept else "", length=channels, value=value)
        for name, value in (("running_mean", 0.0), ("running_var", 1.0))
    ]


def unmapped(module: nn.Module, slots: Iterable[Slot]) -> list[str]:
    """A layer's trainable arrays that none of the slots covers, by PyTorch's names."""
    known = {name for slot in slots for name in (slot.attribute, slot.second)}
    known |= {f"parametrizations.{name}." for name in known if name}
    return [
        name
        for name, _ in module.named_parameters()
        if name not in known and not name.startswith(tuple(k for k in known if k.endswith(".")))
    ]


@torch.no_grad()
def write(module: nn.Module, name: str, ndim: int, parameters: Arrays, state: Arrays) -> None:
    """Set arrays by canonical name, all or none; UserError for a name, shape or value it has not.

    `name` is the layer's in errors.
    """
    ready: list[tuple[Slot, torch.Tensor]] = []
    for what, slots, given in (
        ("parameter", parameter_slots(module, ndim), parameters),
        ("running statistic", state_slots(module), state),
    ):
        known = {slot.name: slot for slot in slots}
        for key, array in given.items():
            if key not in known:
                raise unknown(f"{what} of {name}", key, known)
            ready.append((known[key], _checked(known[key], module, name, array)))
    for slot, tensor in ready:
        slot.write(module, tensor)


def _checked(slot: Slot, module: nn.Module, name: str, array: Array) -> torch.Tensor:
    wanted = slot.read(module)
    found = torch.as_tensor(np.ascontiguousarray(array))
    if found.shape != wanted.shape:
        raise UserError(
            f"{name}: its {slot.name} is {tuple(wanted.shape)}, not {tuple(found.shape)}."
        )
    if not slot.attribute and not torch.equal(found.to(wanted.dtype), wanted):
        raise UserError(f"{name} has no {slot.name}: it cannot be other than {slot.value:g}.")
    return found


def gradients(slots: Iterable[Slot], module: nn.Module, found: Mapping[int, Any]) -> Arrays:
    """The gradient of every canonical array, from those of PyTorch's by id.

    Zeros where none comes; an array that PyTorch does not have has no gradient either.
    """
    arrays = {}
    for slot in slots:
        if slot.attribute:
            gradient = found.get(id(getattr(module, slot.attribute)))
            if gradient is None:
                arrays[slot.name] = numpy(torch.zeros_like(slot.read(module)))
            else:
                arrays[slot.name] = numpy(slot.canonical(gradient.to_dense()))
    return arrays


def numpy(tensor: torch.Tensor) -> Array:
    """A copy as NumPy's, C-ordered."""
    array: Array = tensor.detach().resolve_conj().numpy()
    return array.copy(order="C")
