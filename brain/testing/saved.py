"""What tests of the store share: a small training, and faults at every moment of a save."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from brain import data, spec
from brain.checkpoints import Keeper, record, resumed
from brain.data import Dataset
from brain.engine import Network, build
from brain.recipes import data_of, start
from brain.store import Run, Saved, Store
from brain.training import Step


def recipe(seed: int = 0, epochs: int = 3) -> spec.Recipe:
    """A training with everything in it that could be lost: dropout, a schedule, momentum."""
    layers = (spec.Dense(8), spec.ReLU(), spec.Dropout(0.3), spec.Dense(1))
    model = spec.Model("small", (2,), layers, spec.BinaryCrossEntropy())
    rate = spec.LinearWarmup(5, spec.Cosine(0.02, 30))
    return spec.Recipe(
        model=model,
        data="moons",
        optimizer=spec.Adam(rate, weight_decay=0.01, clip_norm=1.0),
        epochs=epochs,
        batch_size=32,
        seed=seed,
    )


def network(given: spec.Recipe, engine: str = "numpy", steps: int = 2) -> tuple[Network, Run]:
    """A recipe's network after some steps on its first rows, and its record."""
    dataset = data.load(given.data)
    net = build(given.model, engine, seed=given.seed, optimizer=given.optimizer, dtype=given.dtype)
    for _ in range(steps):
        net.train_step(dataset.x_train[:32], dataset.y_train[:32])
    return net, replace(record(given, engine, "cpu", dataset), step=steps)


def begun(
    store: Store,
    given: spec.Recipe,
    engine: str = "numpy",
    saved: Saved | None = None,
    every: int | None = None,
    dataset: Dataset | None = None,
) -> tuple[Keeper, Iterator[Step], Network]:
    """A training on an engine, kept in a store as "a"; new, or going on from a saved version."""
    taken = dataset or data_of(given)
    net, steps = start(given, engine, dataset=taken, saved=saved)
    run = resumed(saved, engine, "cpu") if saved else record(given, engine, "cpu", taken)
    keeper = Keeper(store, "a", net, run, every)
    return keeper, keeper.watch(steps), net


def resum(folder: Path) -> None:
    """Write a version's sums anew: what was changed in it now counts as what was saved."""
    lines = []
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        name = line.split("  ")[1]
        lines.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").unlink()  # a new file is written faster than an old one
    (folder / "SHA256SUMS").write_text("".join(lines))


def whole(store: Store) -> dict[str, bytes]:
    """Every version in a store, opened and checked: the bytes of its weights."""
    references = [f"{name}/{version}" for name in store.names() for version in store.versions(name)]
    folders = {reference: store.open(reference).folder for reference in references}
    return {name: (folder / "weights.safetensors").read_bytes() for name, folder in folders.items()}


class Interrupter:
    """Raises KeyboardInterrupt at the n-th line that is run in some files."""

    def __init__(self, at: int, files: tuple[str, ...]) -> None:
        self.at, self.files, self.lines = at, files, 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if not frame.f_code.co_filename.endswith(self.files):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self

    def run(self, function: Callable[[], object]) -> bool:
        """Whether the function was interrupted."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            function()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False


@contextmanager
def not_permitted(folder: Path) -> Iterator[None]:
    """Without the right to write into `folder`; as root, as somebody who has no rights."""
    if os.name == "nt":
        yield
        return
    root, mode = os.geteuid() == 0, folder.stat().st_mode
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(mode)
