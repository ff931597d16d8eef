"""One saved version: what its files hold, and how they are checked when they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain import spec
from brain.engine import Network, build
from brain.errors import UserError, shown, unknown
from brain.names import ENGINES
from brain.parameters import checked
from brain.store.arrays import Array, packed, unpacked
from brain.store.run import Run

SPEC, RUN, SUMS = "spec.json", "run.json", "SHA256SUMS"
WEIGHTS, OPTIMIZER = "weights.safetensors", "optimizer.safetensors"


class NotFiniteError(UserError):
    """A network whose numbers are not finite is not saved."""


@dataclass(frozen=True)
class Saved:
    """A version, read and checked: nothing in it is damaged or half there."""

    reference: str
    folder: Path
    run: Run
    weights: dict[str, Array]  # parameters and running statistics
    optimizer_state: dict[str, Array]  # its memory, and the step count

    @property
    def name(self) -> str:
        """The name that it is a version of."""
        return self.reference.partition("/")[0]

    def network(
        self, engine: str | None = None, device: str | None = None, dtype: str | None = None
    ) -> Network:
        """The network as it was when it was saved, on an engine and a device as `place` has them.

        Raises UserError where the arrays are not those of the model: missing, unknown, of another
        shape, or not finite.
        """
        recipe = self.run.recipe
        engine, device = self.place(engine, device)
        dtype = recipe.dtype if dtype is None else dtype
        if dtype not in ("float32", "float64"):
            raise unknown("dtype", dtype, ("float32", "float64"))
        statistics = recipe.model.state()
        weights = {k: v for k, v in self.weights.items() if k not in statistics}
        wanted = {name: info.shape for name, info in recipe.model.parameters().items()}
        with self._fitting():  # before it is built: a model in a file may ask for any memory
            checked(weights, wanted, "parameter", np.dtype(dtype))
        net = build(
            recipe.model,
            engine,
            seed=recipe.seed,
            dtype=dtype,
            device=device,
            optimizer=recipe.optimizer,
        )
        with self._fitting():
            net.load_parameters(weights)
            net.load_state({k: v for k, v in self.weights.items() if k in statistics})
            net.load_optimizer_state(self.optimizer_state)
            if net.step != self.run.step:
                raise UserError(f"its record is of step {self.run.step}, its arrays of {net.step}.")
        return net

    def place(self, engine: str | None = None, device: str | None = None) -> tuple[str, str]:
        """Where to compute: by default as it was trained; in another engine, on the CPU.

        An engine of somebody's own is a module that is run, so that its name has to be given: a
        file alone never decides what is run.
        """
        if engine is None and self.run.engine not in ENGINES:
            raise UserError(
                f"{self.reference} was trained by the engine {shown(self.run.engine)}: name it, or "
                "another, with --engine."
            )
        engine = self.run.engine if engine is None else engine
        if device is None:
            device = self.run.device if engine == self.run.engine else "cpu"
        return engine, device

    @contextmanager
    def _fitting(self) -> Iterator[None]:
        try:
            yield
        except UserError as error:
            raise UserError(f"{self.folder} does not fit its own model: {error}") from None


def contents(run: Run, net: Network) -> dict[str, bytes]:
    """The files of a version; NotFiniteError for values that are not finite."""
    if run.step != net.step:
        raise UserError(
            f"the record of the run is of step {run.step}, and the network has {net.step} steps "
            "behind it: nothing was saved."
        )
    weights, state = {**net.parameters(), **net.state()}, net.optimizer_state()
    for name, array in (weights | state).items():
        if not np.isfinite(array).all():
            raise NotFiniteError(
                f"{name} is not finite at step {run.step}: the training has diverged, and nothing "
                "was saved."
            )
    files = {
        SPEC: spec.to_json(run.recipe.model).encode(),
        WEIGHTS: packed(weights),
        OPTIMIZER: packed(state),
        RUN: spec.to_json(run).encode(),
    }
    return {**files, SUMS: _sums(files)}


def read(reference: str, folder: Path) -> Saved:
    """The version in `folder`, checked against its sums.

    Raises FileNotFoundError for a file that is missing and UserError for one that is damaged, of a
    newer format, or cannot be read.
    """
    files = {file: _read(folder / file) for file in (SPEC, WEIGHTS, OPTIMIZER, RUN, SUMS)}
    sums = files.pop(SUMS).splitlines()
    for file, content in files.items():
        if _sums({file: content}).rstrip() not in sums:
            raise UserError(
                f"{folder} is damaged: {file} is not what was saved (its SHA-256 is another); use "
                "another version, or remove this one."
            )
    run = spec.from_json(Run, files[RUN], str(folder / RUN))
    if spec.from_json(spec.Model, files[SPEC], str(folder / SPEC)) != run.recipe.model:
        raise UserError(f"{folder}: {SPEC} and {RUN} hold two different models.")
    weights, state = (unpacked(files[file], str(folder / file)) for file in (WEIGHTS, OPTIMIZER))
    return Saved(reference, folder, run, weights, state)


def read_run(folder: Path) -> Run:
    """The record in a version's folder; raises as `read` does. The arrays are not looked into."""
    content, sums = _read(folder / RUN), _read(folder / SUMS).splitlines()
    run = spec.from_json(Run, content, str(folder / RUN))
    if _sums({RUN: content}).rstrip() not in sums:
        raise UserError(f"{folder / RUN} is not what was saved (its SHA-256 is another).")
    for file in (SPEC, WEIGHTS, OPTIMIZER):
        (folder / file).stat()
    return run


def _sums(files: Mapping[str, bytes]) -> bytes:
    """The checksums of some files, as `sha256sum` prints them."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {file}\n" for file, content in files.items())
    return "".join(lines).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}.") from None
