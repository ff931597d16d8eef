"""One saved version: what its files hold, and how they are checked when they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain import spec
from brain.engine import Network, build
from brain.errors import UserError
from brain.store.arrays import Array, packed, unpacked
from brain.store.run import Run

SPEC, WEIGHTS, MEMORY, RUN = "spec.json", "weights.safetensors", "optimizer.safetensors", "run.json"
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Saved:
    """A version, read and checked: nothing in it is damaged or half there."""

    reference: str
    folder: Path
    run: Run
    weights: dict[str, Array]  # parameters and running statistics
    memory: dict[str, Array]  # the optimizer's, with the step count

    @property
    def name(self) -> str:
        """The name that it is a version of."""
        return self.reference.partition("/")[0]

    def network(
        self, engine: str | None = None, device: str | None = None, dtype: str | None = None
    ) -> Network:
        """The network as it was when it was saved; by default in the engine that trained it.

        Raises UserError where the arrays are not those of the model: missing, unknown, of another
        shape, or not finite.
        """
        recipe = self.run.recipe
        net = build(
            recipe.model,
            engine or self.run.engine,
            seed=recipe.seed,
            dtype=dtype or recipe.dtype,
            device=device or self.run.device,
            optimizer=recipe.optimizer,
        )
        statistics = recipe.model.state()
        try:
            net.load_parameters({k: v for k, v in self.weights.items() if k not in statistics})
            net.load_state({k: v for k, v in self.weights.items() if k in statistics})
            net.load_optimizer_state(self.memory)
        except UserError as error:
            raise UserError(f"{self.folder} does not fit its own model: {error}") from None
        return net


def contents(run: Run, net: Network) -> dict[str, bytes]:
    """The files of a version; UserError for values that are not finite."""
    weights, memory = {**net.parameters(), **net.state()}, net.optimizer_state()
    for name, array in (weights | memory).items():
        if not np.isfinite(array).all():
            raise UserError(
                f"{name} is not finite at step {run.step}, so nothing was saved: the training "
                "diverged; a smaller learning rate, or a clip_norm, usually mends it."
            )
    files = {
        SPEC: spec.to_json(run.recipe.model).encode(),
        WEIGHTS: packed(weights),
        MEMORY: packed(memory),
        RUN: spec.to_json(run).encode(),
    }
    return {**files, SUMS: _sums(files)}


def read(reference: str, folder: Path) -> Saved:
    """The version in `folder`, checked against its sums.

    Raises FileNotFoundError for a file that is missing and UserError for one that is damaged, of a
    newer format, or cannot be read.
    """
    files = {file: _read(folder / file) for file in (SPEC, WEIGHTS, MEMORY, RUN, SUMS)}
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
    weights, memory = (unpacked(files[file], str(folder / file)) for file in (WEIGHTS, MEMORY))
    return Saved(reference, folder, run, weights, memory)


def read_run(folder: Path) -> Run:
    """The record in a version's folder, without its arrays; raises as `read` does."""
    return spec.from_json(Run, _read(folder / RUN), str(folder / RUN))


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
