"""The interface that every engine answers, and `build`, which makes a network by engine name.

Everything in and out of a `Network` is NumPy in the canonical names and layouts; what happens
inside is the engine's own. This file holds what all engines share: checking what comes in, cutting
it into batches, drawing dropout masks, counting steps. An engine adds the methods at its end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, Literal, SupportsFloat, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks, spec
from brain.errors import UserError, unknown
from brain.names import ENGINES, look_up
from brain.parameters import Arrays, checked, initial_parameters, initial_state
from brain.passes import Batch, Trace
from brain.randomness import dropout_mask
from brain.scores import probabilities, score

Array = NDArray[Any]


def build(
    model: spec.Model,
    engine: str = "numpy",
    *,
    seed: int = 0,
    dtype: str = "float32",
    device: str = "cpu",
    optimizer: spec.Optimizer | None = None,
    threads: int | None = None,
) -> Network:
    """A network for `model`, computed by `engine`: numpy, torch, tensorflow, or `module:Class`.

    The seed decides initial values and dropout masks; `dtype` is float32 or float64; `device` is
    cpu, cuda or mps, as far as the engine has it; `optimizer` is SGD(0.1) unless given. `threads`
    is how many the numpy engine computes with, each a part of the batch or of a matrix product:
    unless given, the cores, or OMP_NUM_THREADS; 1 switches it off. Raises UserError for an unknown
    name, an engine that is not installed or a device that is not there.
    """
    network = look_up("engine", engine, ENGINES)
    if not (isinstance(network, type) and issubclass(network, Network)):
        raise UserError(f"{engine!r} is not an engine: it is no subclass of brain.engine.Network.")
    if missing := sorted(network.__abstractmethods__):
        raise UserError(f"{engine!r} is not an engine yet: it has no {missing[0]}.")
    if not isinstance(model, spec.Model):
        raise UserError(f"build takes a brain.spec.Model, not {model!r}.")
    if not isinstance(optimizer, spec.Optimizer | None):
        raise UserError(f"an optimizer is made as spec.Adam(0.001), not {optimizer!r}.")
    asked = {} if threads is None else {"threads": threads}
    return network(model, seed=seed, dtype=dtype, device=device, optimizer=optimizer, **asked)


class Network(ABC):
    """A model with values: it predicts, learns and shows what it computes.

    `x` is `(N, *model.input_shape)`, `y` is `(N, *model.target_shape)`. Wherever both are taken, a
    `Batch` from `prepare` may stand for them. Every fault in them is a UserError.
    """

    engine: ClassVar[str]
    takes_threads: ClassVar[bool] = False

    def __init__(
        self,
        model: spec.Model,
        *,
        seed: int = 0,
        dtype: str = "float32",
        device: str = "cpu",
        optimizer: spec.Optimizer | None = None,
        threads: int | None = None,
    ) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise UserError(f"the seed must be a whole number, 0 or more, not {seed!r}.")
        if dtype not in ("float32", "float64"):
            raise unknown("dtype", dtype, ("float32", "float64"))
        if threads is not None and not self.takes_threads:
            raise UserError(f"threads= is not for the {self.engine} engine: set OMP_NUM_THREADS.")
        if threads is not None and (type(threads) is not int or threads < 1):
            raise UserError(f"threads must be a whole number, 1 or more, not {threads!r}.")
        self.model = model
        self.threads = threads
        self.seed = int(seed)
        self.dtype = np.dtype(dtype)
        self.device = device
        self.optimizer = optimizer or spec.SGD(0.1)
        self.step = 0
        self._dropouts = {
            node.name: (node.layer.rate, node.input_shape)
            for node in model.walk()
            if isinstance(node.layer, spec.Dropout)
        }
        self._fits = (self.engine, device, self.dtype.name, *checks.wanted(model))
        self._shapes = {name: info.shape for name, info in model.parameters().items()}
        self._memory_shapes = {
            f"{name}.{kept}": shape
            for name, shape in self._shapes.items()
            for kept in self.optimizer.remembers
        }
        self._state_shapes = {name: info.shape for name, info in model.state().items()}
        self._carry_shapes = model.carry()
        self._make()
        self.load_parameters(initial_parameters(model, seed))
        self.load_state(initial_state(model))

    # What it knows

    def parameters(self) -> Arrays:
        """Copies of the trainable arrays, by canonical name, in canonical layout."""
        return self._read_parameters()

    def load_parameters(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Replace every parameter; names, shapes and finiteness are checked; all or nothing."""
        self._write_parameters(checked(arrays, self._shapes, "parameter", self.dtype))

    def state(self) -> Arrays:
        """Copies of the running statistics, by canonical name."""
        return self._read_state()

    def load_state(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Replace every running statistic; checked as parameters are; all or nothing."""
        self._write_state(checked(arrays, self._state_shapes, "running statistic", self.dtype))

    def optimizer_state(self) -> dict[str, Array]:
        """The step count, `"step"`, and the optimizer's memory, `"dense1.weight.velocity"`."""
        return {"step": np.array(self.step, dtype=np.int64), **self._read_memory()}

    def load_optimizer_state(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Take up another network's optimizer state, step count included; all or nothing."""
        rest = dict(arrays)
        try:
            step = np.asarray(rest.pop("step", -1))
        except ValueError:  # rows of unequal length
            step = np.empty(2)
        if step.shape != () or step.dtype.kind not in "iu" or step < 0:
            raise UserError("optimizer state 'step' must be one whole number, 0 or more.")
        memory = checked(rest, self._memory_shapes, "optimizer state", self.dtype)
        self.step = int(step)
        self._write_memory(memory)

    # What it computes

    def prepare(self, x: ArrayLike, y: ArrayLike | None = None) -> Batch:
        """Check a batch and put it on the device, so that using it costs no transfer.

        On the CPU it may be the caller's own array: do not change that while the batch is used.
        """
        x = checks.inputs(self.model, x, self.dtype)
        if y is not None:
            y = checks.targets(self.model, y, len(x), self.dtype)
        return self._placed(x, y)

    @overload
    def predict(
        self,
        x: ArrayLike | Batch,
        batch_size: int = 256,
        carry: Mapping[str, ArrayLike] | None = None,
    ) -> Array: ...

    @overload
    def predict(
        self,
        x: ArrayLike | Batch,
        batch_size: int = 256,
        carry: Mapping[str, ArrayLike] | None = None,
        *,
        return_carry: Literal[True],
    ) -> tuple[Array, Arrays]: ...

    def predict(
        self,
        x: ArrayLike | Batch,
        batch_size: int = 256,
        carry: Mapping[str, ArrayLike] | None = None,
        return_carry: bool = False,
    ) -> Array | tuple[Array, Arrays]:
        """The last layer's output, `(N, *model.output_shape)`: logits, for losses on logits.

        `carry` is the recurrent state to begin with, `(N, H)` for each name of `model.carry()`;
        what it leaves out is zero. With `return_carry` the state afterwards comes too, so that a
        long sequence can be given piece by piece.
        """
        given: Arrays = {}
        if carry is not None:
            x = x if isinstance(x, Batch) else checks.inputs(self.model, x, self.dtype)
            given = self._carry(carry, x.samples if isinstance(x, Batch) else len(x))
        outputs, carries, done = [], [], 0
        for batch in self._batches(x, None, batch_size):
            part = slice(done, done + batch.samples)
            begin = self._carry({name: array[part] for name, array in given.items()}, batch.samples)
            output, _, after = self._forward(batch, begin)
            outputs.append(output)
            carries.append(after)
            done = part.stop
        after = {
            name: np.concatenate([self._fetch(c[name]) for c in carries]) for name in carries[0]
        }
        output = np.concatenate(outputs)
        return (output, after) if return_carry else output

    def predict_proba(self, x: ArrayLike | Batch, batch_size: int = 256) -> Array:
        """Class probabilities: softmax of the outputs; `(N, 2)` for one output with a sigmoid."""
        return probabilities(self.model.loss, self.predict(x, batch_size))

    def score(
        self, x: ArrayLike | Batch, y: ArrayLike | None = None, batch_size: int = 256
    ) -> float:
        """The share of right answers, 0 to 1; or R^2 where the loss is MeanSquaredError."""
        return self.evaluate(x, y, batch_size)[self.model.loss.metric]

    def evaluate(
        self, x: ArrayLike | Batch, y: ArrayLike | None = None, batch_size: int = 256
    ) -> dict[str, float]:
        """`{"loss": ..., "accuracy": ...}`, or `"r2"`; evaluation mode, a mean over all samples."""
        outputs, targets, loss, samples = [], [], 0.0, 0
        for batch in self._batches(x, y, batch_size, wants_targets=True):
            output, mean, _ = self._forward(batch, self._carry({}, batch.samples))
            outputs.append(output)
            targets.append(self._fetch(batch.y))
            loss += float(mean) * batch.samples  # type: ignore[arg-type]
            samples += batch.samples
        metric = score(self.model.loss, np.concatenate(outputs), np.concatenate(targets))
        return {"loss": loss / samples, self.model.loss.metric: metric}

    def loss_and_gradients(
        self, x: ArrayLike | Batch, y: ArrayLike | None = None
    ) -> tuple[float, Arrays]:
        """The loss and its gradient for every parameter, as the next step sees them.

        In training mode, with the dropout masks of the current step; nothing changes. Before
        clipping and weight decay.
        """
        batch = self._batch(x, y)
        trace = self._trace(batch, None, self._masks(batch.samples), True, frozenset(), False)
        assert trace.loss is not None
        return trace.loss, trace.d_parameters

    @overload
    def train_step(self, x: ArrayLike | Batch, y: ArrayLike | None = None) -> SupportsFloat: ...

    @overload
    def train_step(
        self, x: ArrayLike | Batch, y: ArrayLike | None, carry: Mapping[str, ArrayLike]
    ) -> tuple[SupportsFloat, Arrays]: ...

    def train_step(
        self,
        x: ArrayLike | Batch,
        y: ArrayLike | None = None,
        carry: Mapping[str, ArrayLike] | None = None,
    ) -> SupportsFloat | tuple[SupportsFloat, Arrays]:
        """One step of the optimizer; the loss before it.

        For a prepared batch the loss stays on the device until `float` reads it (DeferredLoss), so
        that steps can follow each other without waiting. With `carry`, a recurrent state (`{}` is
        all zeros), the state afterwards comes too, through which no gradient flows: truncated
        back-propagation through time (Williams and Peng 1990).
        """
        batch = self._batch(x, y)
        masks, rate = self._masks(batch.samples), self.optimizer.rate(self.step)
        begin = self._carry({} if carry is None else carry, batch.samples)
        loss, after = self._train_step(batch, masks, rate, begin)
        self.step += 1
        loss = loss if isinstance(x, Batch) else float(loss)
        return loss if carry is None else (loss, {n: self._fetch(a) for n, a in after.items()})

    def trace(
        self,
        x: ArrayLike | Batch,
        y: ArrayLike | None = None,
        dy: ArrayLike | None = None,
        training: bool = False,
        layers: Collection[str] | None = None,
    ) -> Trace:
        """Every layer's output and its gradient; see `Trace`. `layers` names those to keep.

        Give the targets `y` for the gradients of the loss, or a cotangent `dy` of the output for
        those of `sum(output * dy)`, or neither for the outputs alone.
        """
        names = {node.name for node in self.model.walk()}
        layers = [layers] if isinstance(layers, str) else layers
        for layer in layers or ():
            if layer not in names:
                raise unknown("layer", layer, names)
        batch = self._prepared(x, y)
        if dy is not None and batch.y is not None:
            raise UserError("trace takes the targets y or the cotangent dy, not both.")
        if dy is not None:
            dy = self._place(checks.cotangent(self.model, dy, batch.samples, self.dtype))
        masks = self._masks(batch.samples) if training else {}
        keep = frozenset(names if layers is None else layers)
        return self._trace(batch, dy, masks, training, keep, True)

    # What they share

    def _carry(self, arrays: Mapping[str, ArrayLike], samples: int) -> Arrays:
        return checks.carry(self.model.name, self._carry_shapes, arrays, samples, self.dtype)

    def _masks(self, samples: int) -> dict[str, Any]:
        return {
            name: self._place(
                dropout_mask(self.seed, self.step, name, (samples, *shape), rate, self.dtype)
            )
            for name, (rate, shape) in self._dropouts.items()
        }

    def _prepared(self, x: ArrayLike | Batch, y: ArrayLike | None) -> Batch:
        if not isinstance(x, Batch):
            return self.prepare(x, y)
        if y is not None:
            raise UserError("a prepared batch has its targets already; leave out y.")
        if x.made_for != self._fits:
            raise UserError(f"this batch was prepared for {x.made_for}, not for {self._fits}.")
        return x

    def _placed(self, x: Array, y: Array | None) -> Batch:
        targets = None if y is None else self._place(y)
        return Batch(self._place(x), targets, len(x), self._fits)

    def _batch(self, x: ArrayLike | Batch, y: ArrayLike | None) -> Batch:
        batch = self._prepared(x, y)
        if batch.y is None:
            raise UserError("targets are missing: give x and y.")
        return batch

    def _batches(
        self, x: ArrayLike | Batch, y: ArrayLike | None, size: int, wants_targets: bool = False
    ) -> Iterator[Batch]:
        if isinstance(x, Batch):
            yield self._batch(x, y) if wants_targets else self._prepared(x, y)
            return
        if size < 1:
            raise UserError(f"batch_size must be at least 1, not {size}.")
        if wants_targets and y is None:
            raise UserError("targets are missing: give x and y.")
        x = checks.inputs(self.model, x, self.dtype)
        if y is not None:
            y = checks.targets(self.model, y, len(x), self.dtype)
        for start in range(0, len(x), size):
            part = slice(start, start + size)
            yield self._placed(x[part], None if y is None else y[part])

    # What an engine adds; arrays are canonical, of self.dtype, and checked

    @abstractmethod
    def _make(self) -> None:
        """Make what the engine computes with; UserError for a device that is not there."""

    @abstractmethod
    def _read_parameters(self) -> Arrays: ...

    @abstractmethod
    def _write_parameters(self, arrays: Arrays) -> None: ...

    def _read_state(self) -> Arrays:
        return {}

    def _write_state(self, arrays: Arrays) -> None:  # noqa: B027 (most models have none)
        """Take up the running statistics."""

    @abstractmethod
    def _read_memory(self) -> Arrays: ...

    @abstractmethod
    def _write_memory(self, arrays: Arrays) -> None: ...

    @abstractmethod
    def _place(self, array: Array) -> Any:
        """`array` on the device."""

    @abstractmethod
    def _fetch(self, placed: Any) -> Array:
        """What `_place` took, back in NumPy."""

    @abstractmethod
    def _forward(
        self, batch: Batch, carry: Arrays
    ) -> tuple[Array, SupportsFloat | None, dict[str, Any]]:
        """Outputs in evaluation mode, the loss if the batch has targets, and the state after it.

        The state stays on the device; `_fetch` makes it NumPy's.
        """

    @abstractmethod
    def _train_step(
        self, batch: Batch, masks: dict[str, Any], lr: float, carry: Arrays
    ) -> tuple[SupportsFloat, dict[str, Any]]:
        """One step; the loss before it, and the recurrent state after it: both on the device."""

    @abstractmethod
    def _trace(
        self,
        batch: Batch,
        dy: Any,
        masks: dict[str, Any],
        training: bool,
        keep: frozenset[str],
        wants_d_input: bool,
    ) -> Trace: ...
