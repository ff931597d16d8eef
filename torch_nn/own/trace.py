"""What happens in one pass through a user's own PyTorch model, recorded by hooks on its layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from brain.compare.own.leaves import Array, Leaf
from brain.errors import UserError, brief
from torch_nn.own import arrays as own_arrays
from torch_nn.own.arrays import numpy, parameter_slots, state_slots, unmapped
from torch_nn.own.axes import CELLS, RECURRENT, axes, canonical, class_name, layouts
from torch_nn.own.calls import cloned, packed, tensor_of
from torch_nn.own.layers import fits, rounded, told


@dataclass
class Call:
    """One call of a layer: where its input stands among the arguments, and what else it was given.

    `raw` is the input as the layer takes it, `lengths` those of a packed one; `given` is the user's
    own tensor, which a layer that works in place has to change.
    """

    module: nn.Module
    name: str
    layout: str
    raw: torch.Tensor
    given: Any
    place: int | str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    lengths: torch.Tensor | None = None
    leaf: Any = None  # known when the call is over

    def with_input(self, raw: torch.Tensor) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, another input in the place of the first one."""
        x = raw if self.lengths is None else packed(raw, self.lengths)
        if isinstance(self.module, nn.MultiheadAttention):
            return (x, x, x, *self.args[3:]), self.kwargs
        if isinstance(self.place, str):
            return self.args, {**self.kwargs, self.place: x}
        return (x, *self.args[1:]), self.kwargs

    def again(self, raw: torch.Tensor) -> Any:
        """What the layer gives for another input, all else as it was."""
        args, kwargs = self.with_input(raw)
        return self.module(*args, **kwargs)


class Tracer:
    """The leaves of one pass, in the order of their calls.

    `names` are the model's layers; `called` are those that were called, `passed` those that take
    several inputs and so are no leaves.
    """

    def __init__(self, names: dict[nn.Module, str], said: str) -> None:
        self.names, self.said = names, said
        self.leaves: list[Leaf] = []
        self.calls: dict[str, Call] = {}
        self.called: set[nn.Module] = set()
        self.passed: set[nn.Module] = set()
        self.known: list[tuple[Array, str, tuple[int, ...]]] = []
        self.open: list[tuple[str, Call | None]] = []
        self.owners: dict[int, str] = {}
        self.over = False

    def watch(self, training: bool) -> None:
        """Put the hooks on; whoever calls this takes them off again (`unchanged`)."""
        self.training = training
        self.inplace = {m for m in self.names if getattr(m, "inplace", False) is True}
        for module in self.inplace:
            module.inplace = False
        for module in self.names:
            module.register_forward_pre_hook(self._before, with_kwargs=True)
            module.register_forward_hook(self._after, with_kwargs=True)

    def finish(self) -> None:
        """The way forward is over: running statistics are what they are then."""
        self.over = True
        for call in self.first_calls() if self.training else ():
            slots = state_slots(call.module)
            call.leaf.next_state = {slot.name: numpy(slot.read(call.module)) for slot in slots}

    def first_calls(self) -> list[Call]:
        """One call of each layer."""
        return list({call.module: call for call in reversed(self.calls.values())}.values())

    def told_of(self, error: Exception) -> str:
        """Where the pass stopped, and why."""
        where = f"after {self.leaves[-1].name}" if self.leaves else ""
        if isinstance(error, UserError):
            return f"{where}: {error}" if where else str(error)
        inside = f"in {self.open[-1][0]}" if self.open else ""
        parts = [part for part in (where, inside) if part]
        return ": ".join([", ".join(parts), f"{type(error).__name__}: {brief(error)}"][not parts :])

    # The hooks

    def _before(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        if self.over:  # a second time, on the way back: checkpointing
            return None
        self.called.add(module)
        name = self.names[module]
        kind = class_name(module)
        place, given = _given(args, kwargs)
        if given is None or not _single(module, given, args, kwargs):
            self.passed.add(module)
            self.open.append((f"{name} ({kind})", None))
            return None
        lengths = None
        x = given
        if isinstance(given, PackedSequence):
            x, lengths = pad_packed_sequence(given, batch_first=True)
        self.open.append((f"{name} ({kind}), which was given {tuple(x.shape)}", None))
        if isinstance(module, nn.Embedding | nn.EmbeddingBag):
            _check_ids(f"{name} ({kind})", module, x)
        kept = x.detach().clone() if not x.is_floating_point() else x.clone()
        if kept.is_floating_point() and torch.is_grad_enabled() and not kept.requires_grad:
            kept.requires_grad_()
        layout = "last" if lengths is not None else self.layout(kept, layouts(module, kept.ndim))
        call = Call(module, name, layout, kept, given, place, args, kwargs, lengths)
        call.leaf = self._leaf(call, kind)
        self.open[-1] = (self.open[-1][0], call)
        return call.with_input(kept.clone())

    def _after(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
        if self.over:
            return None
        _, call = self.open.pop()
        if call is None:
            return None
        raw = tensor_of(output)
        if raw is None:
            raise UserError(f"{self.names[module]} gave a {type(output).__name__}, not a tensor.")
        if isinstance(module, nn.AdaptiveAvgPool2d) and raw.shape == call.raw.shape:
            return None
        self._complete(call, raw)
        if module in self.inplace and isinstance(call.given, torch.Tensor):
            return call.given.copy_(raw)  # as the layer would have done
        return cloned(output)

    # What is recorded

    def _leaf(self, call: Call, kind: str) -> Leaf:
        """What is known of a call before it is over."""
        module, x = call.module, numpy(canonical(call.raw, call.layout))
        found = Leaf(call.name, kind, kind, None, x, x)
        slots = parameter_slots(module, x.ndim)
        found.parameters = {slot.name: numpy(slot.read(module)) for slot in slots}
        found.state = {slot.name: numpy(slot.read(module)) for slot in state_slots(module)}
        found.unmapped = unmapped(module, slots)
        return found

    def _complete(self, call: Call, raw: torch.Tensor) -> None:
        """A call is over: its leaf is told and kept."""
        leaf, module = call.leaf, call.module
        this = told(module, call.layout, tuple(call.raw.shape), tuple(raw.shape))
        leaf.y = numpy(canonical(raw, this.out))
        leaf.label, leaf.options = this.label, this.options
        if this.layer and fits(this.layer, leaf.x, leaf.y, leaf.parameters):
            leaf.layer = this.layer
        leaf.options |= self._otherwise(call)
        count = sum(c.module is module for c in self.calls.values())
        if count:
            leaf.name = f"{call.name}#{count + 1}"
        self.leaves.append(leaf)
        self.calls[leaf.name] = call
        self.known.append((leaf.x, call.layout, tuple(call.raw.shape)))
        self.known.append((leaf.y, this.out, tuple(raw.shape)))

    def _otherwise(self, call: Call) -> dict[str, str]:
        """What is unusual about a call or its arrays, whatever the layer's kind."""
        module, found = call.module, {}
        if isinstance(module, RECURRENT) and any(t.any() for t in _tensors(call.args[1:])):
            found["initial state"] = "given"
        if call.lengths is not None:
            found["lengths"] = "of each sequence its own"
        if hasattr(module, "parametrizations"):
            found["parametrized"] = ", ".join(module.parametrizations)
        if call.raw.dtype == torch.float64 and rounded(module):
            found["constants"] = "float32"
        arrays = dict(module.named_parameters())
        if arrays and not any(p.requires_grad for p in arrays.values()):
            found["trainable"] = "False"
        if self.training and state_slots(module) and not module.training:
            found["training"] = "False"
        for key, array in arrays.items():
            if (owner := self.owners.setdefault(id(array), call.name)) != call.name:
                found[key] = f"shared with {owner}"
        return found

    def layout(self, raw: torch.Tensor, allowed: tuple[str, ...]) -> str:
        """In which order a tensor's axes are: as in an earlier one of the same numbers, or else of
        the same shape, or else the last of those `allowed`."""
        if len(allowed) == 1:
            return allowed[0]
        array = numpy(raw)
        for known, own, _ in reversed(self.known):
            for layout in sorted(allowed, key=lambda one: (one != own, one == "time")):
                turned = array.transpose(axes(layout, array.ndim))
                if turned.shape == known.shape and _same(turned, known):
                    return layout
        for _, own, shape in reversed(self.known):
            if shape == array.shape and own in allowed:
                return own
        return allowed[-1]

    # The way back

    def wanted(self) -> list[torch.Tensor]:
        """What gradients are taken of: every leaf's input and arrays."""
        found = [call.raw for call in self.calls.values()]
        for call in self.calls.values():
            slots = parameter_slots(call.module, call.leaf.x.ndim)
            found += [getattr(call.module, slot.attribute) for slot in slots if slot.attribute]
        return found

    def take(self, gradients: Mapping[int, torch.Tensor]) -> None:
        """Give each leaf its own; those of the arrays to the first call of the layer."""
        for call in self.calls.values():
            own = gradients.get(id(call.raw))
            call.leaf.d_x = None if own is None else numpy(canonical(own, call.layout))
        for call in self.first_calls():
            slots = parameter_slots(call.module, call.leaf.x.ndim)
            call.leaf.gradients = own_arrays.gradients(slots, call.module, gradients)


def _tensors(value: Any) -> list[torch.Tensor]:
    """All tensors in the arguments of a call."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, PackedSequence):
        return [value.data]
    inside = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, tuple | list | Mapping):
        return [t for one in inside for t in _tensors(one)]
    return []


def _given(args: Any, kwargs: Any) -> tuple[int | str, Any]:
    """A call's first argument, and where it stands; None where it is no tensor."""
    if args:
        return 0, args[0] if isinstance(args[0], torch.Tensor | PackedSequence) else None
    for key, value in kwargs.items():
        if isinstance(value, torch.Tensor | PackedSequence):
            return key, value
    return 0, None


def _single(module: nn.Module, given: Any, args: Any, kwargs: Any) -> bool:
    """Whether a call has one input; states of a recurrent layer are none."""
    if isinstance(module, (*RECURRENT, *CELLS)):
        return True
    tensors = _tensors((args, kwargs))
    if isinstance(module, nn.MultiheadAttention):
        return len(args) >= 3 and all(t is given for t in args[:3])
    return len(tensors) == 1


def _same(a: Array, b: Array) -> bool:
    """Whether two arrays of one shape are equal; a corner tells most of them apart."""
    corner = np.s_[:1, ..., :1] if a.ndim > 1 else np.s_[:1]
    return np.array_equal(a[corner], b[corner]) and np.array_equal(a, b)


def _check_ids(name: str, module: Any, x: torch.Tensor) -> None:
    if x.is_floating_point():
        kind = str(x.dtype).removeprefix("torch.")
        raise UserError(f"{name} takes token ids, whole numbers, but was given {kind} numbers.")
    if x.numel() and not 0 <= int(x.min()) <= int(x.max()) < module.num_embeddings:
        raise UserError(
            f"{name} takes token ids from 0 to {module.num_embeddings - 1}, but was given "
            f"{int(x.min())} to {int(x.max())}."
        )
