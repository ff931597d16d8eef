"""Keeping a training: the record of how far it has come, and versions of it in a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from brain import spec
from brain.data import Dataset
from brain.engine import Network
from brain.errors import UserError
from brain.recipes import checksum, held_out, steps_of
from brain.store import Epoch, Run, Saved, Store
from brain.store.version import NotFiniteError
from brain.training import Step
from brain.versions import versions


def record(recipe: spec.Recipe, engine: str, device: str, dataset: Dataset) -> Run:
    """The record of a training that has not begun."""
    judged = held_out(dataset, recipe.hold_out, recipe.seed)
    steps = steps_of(recipe, judged)
    run = Run(recipe=recipe, engine=engine, device=device, step=0, steps=steps)
    return replace(
        run,
        classes=dataset.classes,
        versions=versions(engine),
        training_rows=checksum(judged),
        inputs=(float(judged.x_train.min()), float(judged.x_train.max())),
    )


def resumed(saved: Saved, engine: str, device: str) -> Run:
    """The record of a training that goes on from a saved version."""
    run = replace(saved.run, engine=engine, device=device, resumed=saved.reference)
    return replace(run, versions=versions(engine))


class Keeper:
    """Saves the network of a stream of steps, every so many steps and when it is told to.

    keeper = Keeper(Store(), "mlp-moons", net, run, every=100)
    for step in keeper.watch(steps):
        ...
    reference = keeper.finish(net.evaluate(x_test, y_test))

    A checkpoint is a version as any other. One of this training is removed when the next stands;
    versions that were there before it are never touched.
    """

    def __init__(
        self, store: Store, name: str, net: Network, run: Run, every: int | None = None
    ) -> None:
        """`every` is the run's own unless given; UserError at once if nothing could be saved."""
        if every is not None and every < 1:
            raise UserError(f"a checkpoint every {every} steps? It must be 1 or more.")
        store.check(name)
        self.every = every or run.checkpoint_every
        self.store, self.name, self.net = store, name, net
        self.run = replace(run, checkpoint_every=self.every)
        self._checkpoint: tuple[str, Run] | None = None
        self._begun = (run.resumed, run.step) if run.resumed else None

    def watch(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Pass the steps on, and save a checkpoint where one is due.

        None of numbers that are not finite: the last good one stays, and the training, which looks
        at them too, is about to end (brain/divergence.py).
        """
        for step in steps:
            self._note(step)
            if self.every and step.step % self.every == 0 and step.step < step.steps:
                with suppress(NotFiniteError):
                    self._checkpoint = self._save(), self.run
            yield step

    @property
    def last(self) -> tuple[str, int] | None:
        """The newest version of this training that stands, and its step: where it could go on."""
        return (self._checkpoint[0], self._checkpoint[1].step) if self._checkpoint else self._begun

    def stop(self) -> str:
        """Save the training as it stands, to be resumed; the version's reference."""
        return self._save()

    def finish(self, test: Mapping[str, float]) -> str:
        """Save the training as finished, with its metrics on the test rows; the reference."""
        self.run = replace(self.run, finished=True, test=dict(test))
        return self._save()

    def _note(self, step: Step) -> None:
        history = self.run.history
        if step.metrics:
            spent = step.seconds - sum(epoch.seconds for epoch in history)
            history = (*history, Epoch(step.epoch, step.metrics, max(spent, 0.0)))
        self.run = replace(self.run, step=step.step, seconds=step.seconds, history=history)

    def _save(self) -> str:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.run = replace(self.run, saved=now)
        reference = self.store.save(self.name, self.run, self.net)
        if self._checkpoint:
            with suppress(UserError, FileNotFoundError):  # it is gone already, or must stay
                self.store.remove(*self._checkpoint)
            self._checkpoint = None
        return reference
