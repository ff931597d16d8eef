"""A user's own PyTorch model, asked pass by pass: what each layer holds, takes and gives.

Nothing of the user's code is rewritten: hooks on the layers see what goes in and comes out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.nn.utils import parametrize

from brain.compare.own.leaves import Array, OwnModel, Pass, made
from brain.errors import UserError, brief, unknown
from brain.parameters import Arrays
from torch_nn.own import arrays as own_arrays
from torch_nn.own.arrays import numpy, parameter_slots, state_slots
from torch_nn.own.axes import RECURRENT, canonical, class_name, layouts, led_back, orders
from torch_nn.own.calls import Throughout, stacked, tensor_of, unchanged
from torch_nn.own.layers import stock, told
from torch_nn.own.trace import Tracer

OPTION = "--torch"

NO_LAYERS = (
    *(nn.Identity, nn.Flatten, nn.Unflatten, nn.modules.dropout._DropoutNd),
    *(nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict),
    nn.modules.loss._Loss,
)
"""What is no layer of its own: it computes nothing, or what it holds is called instead."""


class TorchOwnModel(OwnModel):
    """A PyTorch model; parameters and running statistics are afterwards as they were."""

    framework = "PyTorch"

    def __init__(self, factory: str, dtype: str, seed: int) -> None:
        super().__init__(factory, dtype, seed)
        self.said = f"{OPTION} {factory}"
        self.number = {"float32": torch.float32, "float64": torch.float64}[dtype]
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002  # what a user's factory may draw from
        # made in PyTorch's own dtype, so that a factory that sets a seed draws what it always does
        self.model = self._opened(made(OPTION, factory, nn.Module, "an nn.Module"))
        with self._computing():
            self.model.to(device="cpu", dtype=self.number)
        for module in list(self.model.modules()):
            if isinstance(module, RECURRENT) and stock(module) and module.num_layers > 1:
                stacked(module)
        self.tracer = Tracer(self._layers(), self.said)
        self._ways: dict[tuple[Any, ...], int] = {}

    # Making it

    def _opened(self, model: nn.Module) -> nn.Module:
        """The modules inside of what torch.compile made; UserError for TorchScript."""
        model = _uncompiled(model)
        for name, module in list(model.named_modules()):
            if isinstance(module, torch.jit.ScriptModule):
                raise UserError(
                    f"{self.said}: {name or 'the model'} is a ScriptModule, into which nobody can "
                    "look; give the nn.Module that it was made of."
                )
            module._compiled_call_impl = None
            for key, child in module._modules.items():
                if child is not None:
                    module._modules[key] = _uncompiled(child)
        return model

    def _layers(self) -> dict[nn.Module, str]:
        """The layers by name, in the order in which the model holds them."""
        found: dict[nn.Module, str] = {}

        def walk(module: nn.Module, name: str) -> None:
            parts = module._modules.items()
            inside = {k: m for k, m in parts if m is not None and k != "parametrizations"}
            split = isinstance(module, RECURRENT) and "0" in inside
            if inside and (split or not stock(module)):
                for key, child in inside.items():
                    walk(child, f"{name}.{key}" if name else key)
            elif not isinstance(module, NO_LAYERS) and not _zeros(module):
                found.setdefault(module, name or class_name(module))

        walk(self.model, "")
        return found

    # A pass

    def run(self, x: Array, training: bool, dy: Array | None = None) -> Pass:
        if any(is_lazy(p) for p in self.model.parameters()):
            self._settle(x)
        ways = list(self._inputs(x))
        given, layout = ways[self._likeliest(x, ways) if len(ways) > 1 else 0]
        found, self.tracer = self._traced(given, layout, training, dy)
        if not found.leaves:
            raise UserError(f"{self.said}: {found.stopped or 'no layer was called'}")
        return found

    def _likeliest(self, x: Array, ways: list[tuple[torch.Tensor, str]]) -> int:
        """Which way of giving the input leads furthest, tried once for each shape of a sample.

        Where two axes are as long and might be taken for one another, the one that the first layer
        sees as it is.
        """
        key = x.dtype.kind, x.shape[1:]
        if key not in self._ways:
            ranks: list[tuple[bool, bool, int]] = []
            for given, layout in ways:
                found, _ = self._traced(given, layout, False, None)
                same = bool(found.leaves) and np.array_equal(found.leaves[0].x, found.x)
                ranks.append((not found.stopped, same, len(found.leaves)))
                if not found.stopped and (same or x.shape[1] != x.shape[-1]):
                    break
            self._ways[key] = ranks.index(max(ranks))
        return self._ways[key]

    def _inputs(self, x: Array) -> Iterator[tuple[torch.Tensor, str]]:
        """The ways in which the model may want its input, the likeliest first."""
        if x.dtype.kind not in "fiub":
            raise UserError(f"{self.said}: it is given numbers, not {x.dtype}.")
        layers = self._layers()
        if x.dtype.kind != "f":
            yield led_back(torch.as_tensor(x.astype(np.int64)), "last", x.ndim), "last"
            if any(isinstance(m, nn.Embedding | nn.EmbeddingBag) for m in layers):
                return
        given = torch.as_tensor(np.ascontiguousarray(x)).to(self.number)
        likely = ("first", "last") if x.ndim > 3 else ("last",)
        if x.ndim == 3 and isinstance(next(iter(layers), None), nn.Conv1d | nn.BatchNorm1d):
            likely = ("last", "first")
        for layout in likely:
            yield led_back(given, layout, x.ndim), layout

    def _traced(
        self, given: torch.Tensor, layout: str, training: bool, dy: Array | None
    ) -> tuple[Pass, Tracer]:
        """One pass on the input as it is; how far it came."""
        tracer = Tracer(self._layers(), self.said)
        with self._computing() as mode, unchanged(self.model):
            mode.held = self._prepared(training)
            tracer.watch(training)
            begin = given.clone().requires_grad_(given.is_floating_point())
            x = numpy(canonical(begin, layout))
            tracer.known.append((x, layout, tuple(given.shape)))
            found = Pass(tracer.leaves, x, None, held=mode.held)
            try:
                out = tensor_of(self.model(begin.clone()))
                if out is None:
                    raise UserError("the model gave no tensor")
            except Exception as error:  # anything that a user's code may raise
                found.stopped = tracer.told_of(error)
                return found, tracer
            tracer.finish()
            kind = tracer.layout(out, orders(out.ndim))
            found.output = numpy(canonical(out, kind))
            if dy is not None:
                self._back(found, tracer, begin, layout, out, kind, dy)
            found.loose = self._loose(tracer)
            found.idle = [name for m, name in tracer.names.items() if m not in tracer.called]
        return found, tracer

    def _back(
        self,
        found: Pass,
        tracer: Tracer,
        begin: torch.Tensor,
        layout: str,
        out: torch.Tensor,
        kind: str,
        dy: Array,
    ) -> None:
        """The gradients of sum(output * dy)."""
        assert found.output is not None
        if dy.shape != found.output.shape:
            raise UserError(f"{self.said}: dy is {dy.shape}, the output {found.output.shape}.")
        back = led_back(torch.as_tensor(dy).to(out.dtype), kind, out.ndim)
        wanted = [begin, *tracer.wanted()]
        try:
            gradients = _gradients(out, back, wanted)
        except RuntimeError as error:
            raise UserError(f"{self.said}: there is no way back: {brief(error)}") from None
        if begin.is_floating_point():
            gradient = gradients.get(id(begin))
            gradient = torch.zeros_like(begin) if gradient is None else gradient
            found.d_input = numpy(canonical(gradient, layout))
        tracer.take(gradients)

    def _loose(self, tracer: Tracer) -> list[str]:
        """The parameters that belong to no layer."""
        owned = {id(p) for m in tracer.names if m not in tracer.passed for p in m.parameters()}
        return [k for k, p in self.model.named_parameters() if id(p) not in owned]

    def _settle(self, x: Array) -> None:
        """Layers that wait for their first input have one, so that they know their shapes."""
        before = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        with self._computing(), torch.no_grad():
            for given, _ in self._inputs(x):
                try:
                    self.model(given)
                    break
                except Exception:  # told by the pass that follows
                    continue
        for module, mode in before:
            module.training = mode

    # One layer

    def write(self, name: str, parameters: Arrays, state: Arrays) -> None:
        module = self._module(name)
        call = self.tracer.calls.get(name)
        with self._computing():
            label = f"{self.said}: {name}"
            own_arrays.write(module, label, call.leaf.x.ndim if call else 2, parameters, state)

    def alone(
        self,
        name: str,
        x: Array,
        dy: Array,
        parameters: Arrays,
        state: Arrays,
        training: bool,
    ) -> Arrays:
        module, call = self._module(name), self.tracer.calls.get(name)
        with self._computing(), unchanged(self.model, module):
            self._prepared(training)
            own_arrays.write(module, f"{self.said}: {name}", x.ndim, parameters, state)
            given = torch.as_tensor(np.ascontiguousarray(x))
            given = given.to(self.number if x.dtype.kind == "f" else torch.int64)
            given.requires_grad_(given.is_floating_point())
            layout = call.layout if call else layouts(module, x.ndim)[-1]
            raw = led_back(given, layout, x.ndim)
            try:
                out = tensor_of(call.again(raw) if call else module(raw))
            except Exception as error:  # numbers that the layer cannot take
                raise UserError(f"{self.said}: {name}: {brief(error)}") from None
            assert out is not None
            kind = told(module, layout, tuple(raw.shape), tuple(out.shape)).out
            back = torch.as_tensor(np.ascontiguousarray(dy)).to(out.dtype)
            slots = parameter_slots(module, x.ndim)
            tensors = [getattr(module, slot.attribute) for slot in slots if slot.attribute]
            gradients = _gradients(out, led_back(back, kind, out.ndim), [given, *tensors])
            found = {"output": numpy(canonical(out, kind))}
            if given.is_floating_point():
                gradient = gradients.get(id(given))
                found["d_input"] = numpy(torch.zeros_like(given) if gradient is None else gradient)
            for key, array in own_arrays.gradients(slots, module, gradients).items():
                found[f"d_{key}"] = array
            if training:
                for slot in state_slots(module):
                    found[f"next {slot.name}"] = numpy(slot.read(module))
        return found

    def _module(self, name: str) -> nn.Module:
        found = {known: module for module, known in self._layers().items()}
        base = name.rpartition("#")[0] or name
        if base not in found:
            raise unknown(f"layer of {self.said}", name, found)
        return found[base]

    # How it computes

    @contextmanager
    def _computing(self) -> Iterator[Throughout]:
        """Everything in the dtype that was asked for, gradients on, random functions held still."""
        before = torch.get_default_dtype()
        torch.set_default_dtype(self.number)
        try:
            mode = Throughout(self.number)
            with torch.enable_grad(), mode, parametrize.cached():
                yield mode
        finally:
            torch.set_default_dtype(before)

    def _prepared(self, training: bool) -> list[str]:
        """The mode set, and what is random held still: its names."""
        self.model.train(training)
        held = []
        for name, module in self.model.named_modules():
            shown = name or class_name(module)
            if isinstance(module, nn.modules.dropout._DropoutNd):
                held += [shown] * (module.training and module.p > 0)
                module.training = False
            elif isinstance(module, nn.RReLU):
                held += [shown] * module.training
                module.training = False
            elif isinstance(module, nn.MultiheadAttention) or (
                isinstance(module, RECURRENT) and module.num_layers > 1
            ):
                held += [shown] * (module.training and module.dropout > 0)
                module.dropout = 0.0
        return held


def _gradients(
    out: torch.Tensor, back: torch.Tensor, wanted: list[torch.Tensor]
) -> dict[int, torch.Tensor]:
    """The gradients of sum(out * back), by the id of what they are of; none where none comes."""
    unique = list({id(t): t for t in wanted if t.requires_grad}.values())
    if not (unique and out.requires_grad):
        return {}
    found = torch.autograd.grad(out, unique, grad_outputs=back, allow_unused=True)
    return {id(t): g for t, g in zip(unique, found, strict=True) if g is not None}


def _uncompiled(module: nn.Module) -> nn.Module:
    inside = module.__dict__.get("_modules", {}).get("_orig_mod")
    return inside if isinstance(inside, nn.Module) else module


def _zeros(module: nn.Module) -> bool:
    """Whether a module puts zeros around what it is given."""
    return isinstance(module, nn.modules.padding._ConstantPadNd) and module.value == 0
