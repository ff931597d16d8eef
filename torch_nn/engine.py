"""The PyTorch engine: a `Network` around an `nn.Module` and a `torch.optim` optimizer."""

from __future__ import annotations

from typing import Any, SupportsFloat

import numpy as np
import torch

from brain.engine import Network
from brain.errors import UserError, shown
from brain.parameters import Arrays
from brain.passes import Batch, DeferredLoss, Trace
from torch_nn.layers import LAYOUTS, NAMES, MaskedDropout, chain
from torch_nn.losses import LOSSES
from torch_nn.norms import BatchNorm
from torch_nn.optimizers import MEMORY, OPTIMIZERS, clip
from torch_nn.recurrent import Recurrent


def _as_it_is(array: torch.Tensor) -> torch.Tensor:
    return array


class TorchNetwork(Network):
    """A network in PyTorch; TF32 is off, so that float32 means float32 on a GPU too."""

    engine = "torch"

    def _make(self) -> None:
        self._torch_device = _device(self.device, self.dtype)
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        self._torch_dtype = getattr(torch, self.dtype.name)
        # On no device nothing is drawn: values come from brain.parameters, and the user's random
        # state stays as it is.
        with torch.device("meta"):
            module = chain(self.model.nodes).to(self._torch_dtype)
        self._module = module.to_empty(device=self._torch_device)
        for buffer in self._module.buffers():
            buffer.zero_()  # there was anything in it
        self._find_parameters()
        self._dropout = [
            (n, m) for n, m in self._module.named_modules() if isinstance(m, MaskedDropout)
        ]
        carrying = {key.rpartition(".")[0] for key in self.model.carry()}
        self._recurrent = [
            (n, m)
            for n, m in self._module.named_modules()
            if isinstance(m, Recurrent) and n in carrying
        ]
        self._norms = [m for m in self._module.modules() if isinstance(m, BatchNorm)]
        self._loss = LOSSES[type(self.model.loss)]
        groups = [{"params": self._parameters}]
        self._optimizer = OPTIMIZERS[type(self.optimizer)](self.optimizer, groups)
        self._write_memory({k: np.zeros(s, self.dtype) for k, s in self._memory_shapes.items()})

    def _find_parameters(self) -> None:
        """By canonical name: each parameter of the module, and how it lies there."""
        theirs = dict(self._module.named_parameters())
        self._named, self._layouts = {}, {}
        for node in self.model.walk():
            for name in node.parameters:
                key, own = f"{node.name}.{name}", (type(node.layer), name)
                self._named[key] = theirs[f"{node.name}.{NAMES.get(own, name)}"]
                self._layouts[key] = LAYOUTS.get(own, (_as_it_is, _as_it_is))
        self._parameters = list(self._named.values())

    # Values

    def _to_torch(self, name: str, array: np.ndarray) -> torch.Tensor:
        return self._layouts[name][0](self._place(array))

    def _to_canonical(self, name: str, tensor: torch.Tensor) -> np.ndarray:
        return np.array(self._layouts[name][1](tensor.detach()).cpu().numpy(), order="C")

    def _read_parameters(self) -> Arrays:
        return {name: self._to_canonical(name, self._named[name]) for name in self._shapes}

    @torch.no_grad()
    def _write_parameters(self, arrays: Arrays) -> None:
        for name, array in arrays.items():
            self._named[name].copy_(self._to_torch(name, array))

    def _read_state(self) -> Arrays:
        buffers = dict(self._module.named_buffers())
        return {name: _numpy(buffers[name]) for name in self._state_shapes}

    @torch.no_grad()
    def _write_state(self, arrays: Arrays) -> None:
        buffers = dict(self._module.named_buffers())
        for name, array in arrays.items():
            buffers[name].copy_(self._place(array))

    def _read_memory(self) -> Arrays:
        state = self._optimizer.state
        return {
            f"{name}.{kept}": self._to_canonical(name, state[self._named[name]][MEMORY[kept]])
            for name in self._shapes
            for kept in self.optimizer.remembers
        }

    def _write_memory(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            parameter = self._named[name]
            state = self._optimizer.state[parameter]
            # as the parameter lies, channels_last or not
            state[MEMORY[kept]] = torch.empty_like(parameter).copy_(self._to_torch(name, array))
            state["step"] = torch.tensor(float(self.step))  # PyTorch counts for each parameter

    def _place(self, array: np.ndarray) -> torch.Tensor:
        # PyTorch warns of memory that it must not write to, though it only reads it here.
        writeable = array if array.flags.writeable else array.copy()
        return torch.from_numpy(writeable).to(self._torch_device)

    def _fetch(self, placed: torch.Tensor) -> np.ndarray:
        return placed.cpu().numpy()

    # Computing

    def _set(self, training: bool, masks: dict[str, Any], carry: Arrays) -> None:
        if self._module.training != training:  # `train` walks all modules, 3 % of a small step
            self._module.train(training)
        for name, module in self._dropout:
            module.mask = masks.get(name)
        for name, layer in self._recurrent:
            own = {key: a for key, a in carry.items() if key.rpartition(".")[0] == name}
            layer.carry = {k.rpartition(".")[2]: self._place(a) for k, a in own.items()}

    def _after(self) -> dict[str, torch.Tensor]:
        """The recurrent state that the last pass left."""
        return {f"{n}.{k}": a for n, m in self._recurrent for k, a in m.after.items()}

    @torch.no_grad()
    def _forward(
        self, batch: Batch, carry: Arrays
    ) -> tuple[np.ndarray, SupportsFloat | None, dict[str, torch.Tensor]]:
        self._set(training=False, masks={}, carry=carry)
        output = self._module(batch.x)
        loss = None if batch.y is None else self._loss(output, batch.y).item()
        return np.array(output.cpu().numpy()), loss, self._after()

    def _train_step(
        self, batch: Batch, masks: dict[str, Any], lr: float, carry: Arrays
    ) -> tuple[SupportsFloat, dict[str, torch.Tensor]]:
        self._set(training=True, masks=masks, carry=carry)
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(self._module(batch.x), batch.y)
        if self._parameters:  # a model may have none
            torch.autograd.backward(loss)
        if self.optimizer.clip_norm is not None:
            clip(self._parameters, self.optimizer.clip_norm)
        for group in self._optimizer.param_groups:
            group["lr"] = lr
        self._optimizer.step()
        for norm in self._norms:
            norm.take_up()
        return DeferredLoss(loss.detach().item), self._after()

    def _trace(
        self,
        batch: Batch,
        dy: torch.Tensor | None,
        masks: dict[str, Any],
        training: bool,
        keep: frozenset[str],
        wants_d_input: bool,
    ) -> Trace:
        self._set(training, masks, self._carry({}, batch.samples))
        wants_d_input = wants_d_input and self.model.ids is None
        x = batch.x.detach().requires_grad_(wants_d_input)
        kept: dict[str, torch.Tensor] = {}
        with _recording(self._module, keep, kept):
            output = self._module(x)
        trace = Trace()
        objective = None if dy is None else (output * dy).sum()
        if batch.y is not None:
            objective = self._loss(output, batch.y)
            trace.loss = objective.item()
        trace.outputs = {name: _numpy(tensor) for name, tensor in kept.items()}
        wanted = [*self._parameters, *kept.values(), *([x] if wants_d_input else [])]
        if objective is not None and wanted:
            gradients = iter(torch.autograd.grad(objective, wanted))
            d_named = {name: next(gradients) for name in self._named}
            trace.d_parameters = {n: self._to_canonical(n, d_named[n]) for n in self._shapes}
            trace.d_outputs = {name: _numpy(next(gradients)) for name in kept}
            trace.d_input = _numpy(next(gradients)) if wants_d_input else None
        return trace


class _recording:  # noqa: N801 (used as `with _recording(...)`)
    """Keep each named module's output; a view of its own, for two layers may share a tensor."""

    def __init__(
        self, module: torch.nn.Module, keep: frozenset[str], kept: dict[str, torch.Tensor]
    ) -> None:
        self._hooks = [
            part.register_forward_hook(self._hook(name, kept))
            for name, part in module.named_modules()
            if name in keep
        ]

    @staticmethod
    def _hook(name: str, kept: dict[str, torch.Tensor]) -> Any:
        def hook(module: torch.nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
            kept[name] = output.view_as(output)
            return kept[name]

        return hook

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None:
        for hook in self._hooks:
            hook.remove()


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return np.array(tensor.detach().cpu().numpy(), order="C")


def _device(name: str, dtype: np.dtype) -> torch.device:
    there = ["cpu"]
    if torch.cuda.is_available():
        there += ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        there += ["mps"]
    if name not in there:
        raise UserError(f"PyTorch has no device {shown(name)} here; it has: {', '.join(there)}.")
    if name == "mps" and dtype == np.float64:
        raise UserError("PyTorch has no float64 on 'mps': use float32, or device 'cpu'.")
    return torch.device(name)
