"""The measuring: one process a contender, all of a workload's alive at once and asked in turns.

Turns, because a machine is never quiet: what slows one contender in a round slows the others in it,
so the ratio within a round is steadier than any time. The order of a round is shuffled anew.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.agreement import judged
from benchmarks.figures import settled
from benchmarks.machine import pinned
from benchmarks.places import MADE, QUIET, check_device, check_memory, engine_of, peak, places
from benchmarks.results import Phase, Results, Row
from benchmarks.workloads import Workload
from brain.errors import UserError, WorkerError, brief
from brain.worker import Worker

PAUSE = 0.15
"""Seconds before a turn: a thread pool spins for a while when its work is done.

Measured on two cores after steps of mlp-wide: in such a pause NumPy's process used 1 ms of a
processor, PyTorch's 5 ms, TensorFlow's none; later than that none of them used any.
"""
EPOCH_ROUNDS = 3
STARTS = 3
QUICK_STEPS = 40

NO_CACHE = {"TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"}

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Asked:
    """What is to be measured, and how long."""

    workloads: list[Workload]
    contenders: list[str]
    phases: list[str]
    devices: list[str]
    precisions: list[str]
    threads: int
    rounds: int
    turn: float
    seed: int = 0
    quick: bool = False


def measure(
    asked: Asked, results: Results, path: Path, tell: Tell
) -> Generator[list[Row], None, None]:
    """Measure, a workload after the other; yields the rows of each as soon as they are whole.

    `results` grows, and is written to `path`, after each phase of a workload. Closing the
    generator, as Ctrl-C does, writes what there is.
    """
    found = places(asked.devices, asked.precisions)
    for device, _ in found:
        for workload in asked.workloads:
            check_memory(workload, device, len(asked.contenders))
        check_device(device, asked.contenders, asked.workloads[0])
    try:
        for device, precision in found:
            for workload in asked.workloads:
                tell(f"the peak of {device}, {precision}")
                for place, rate in peak(device, precision, asked.threads).items():
                    results.peaks[place] = max(rate, results.peaks.get(place, 0.0))
                group = _Group(asked, workload, device, precision, tell)
                for _ in group.measured(results.rows):
                    results.save(path)
                yield group.rows
        results.complete = True
    finally:
        results.save(path)


class _Group:
    """The contenders of one workload on one device."""

    def __init__(
        self, asked: Asked, workload: Workload, device: str, precision: str, tell: Tell
    ) -> None:
        self.asked, self.workload, self.tell = asked, workload, tell
        self.where = {"device": device, "precision": precision}
        self.environment = QUIET | pinned(asked.threads)
        flops = {phase: workload.flops(phase) for phase in ("forward", "step")}
        named = (workload.name, workload.batch_size, workload.width, device, precision)
        self.rows = [Row(*named, contender, flops) for contender in asked.contenders]
        self.alive: dict[str, tuple[Worker, Row]] = {}

    def measured(self, into: list[Row]) -> Iterator[None]:
        """Measure; yields whenever there is something new in the rows, which go `into`."""
        into += self.rows
        with ExitStack() as stack:
            self._make(stack)
            yield
            for phase in self.asked.phases:
                if phase in ("forward", "step", "place"):
                    self._in_turns(phase, self.asked.rounds, self._turn)
                elif phase == "epoch" and self.workload.data:
                    self._in_turns(phase, min(EPOCH_ROUNDS, self.asked.rounds), self._epoch)
                yield
        if "start" in self.asked.phases:
            self._starts()
            yield

    def _make(self, stack: ExitStack) -> None:
        given: dict[str, Any] = {"workload": self.workload, "seed": self.asked.seed}
        self.tell(f"{self.workload.name}: the reference")
        with Worker("numpy", environment=self.environment) as worker:
            exact = worker.call("benchmarks.agreement:reference", **given)
        for row in self.rows:
            self.tell(f"{self.workload.name}: {row.contender} is made")
            worker = stack.enter_context(
                Worker(engine_of(row.contender), environment=self.environment)
            )
            with _excused(row, worker):
                given |= {"contender": row.contender, **self.where}
                made = worker.call(MADE, **given)
                outputs, parameters = made["outputs"], made["parameters"]
                found = judged(self.workload, row.precision, outputs, parameters, exact)
                row.agrees, row.verdict = found.agrees, found.sentence
                row.first, row.memory, row.notes = made["seconds"], made["memory"], made["notes"]
                self.alive[row.contender] = (worker, row)

    def _in_turns(self, phase: str, rounds: int, one: Callable[[str, Worker, Phase], None]) -> None:
        shuffler = random.Random(f"{self.asked.seed} {self.workload.name} {phase}")
        for _, row in self.alive.values():
            row.phases[phase] = Phase()
        for number in range(rounds):
            order = list(self.alive)
            shuffler.shuffle(order)
            for name in order:
                worker, row = self.alive[name]
                told = f"round {number + 1} of at most {rounds}, {name}"
                self.tell(f"{row.title}, {phase}: {told}")
                time.sleep(PAUSE)
                with _excused(row, worker):
                    one(phase, worker, row.phases[phase])
            self.alive = {n: (w, row) for n, (w, row) in self.alive.items() if not row.absent}
            timed = [row.phases[phase].seconds for _, row in self.alive.values()]
            if not timed or settled(timed):
                return

    def _turn(self, phase: str, worker: Worker, kept: Phase) -> None:
        found = worker.call("benchmarks.timing:turn", phase=phase, seconds=self.asked.turn)
        kept.seconds.append(found["seconds"])
        kept.joules += found["joules"]

    def _epoch(self, phase: str, worker: Worker, kept: Phase) -> None:
        found = worker.call(
            "benchmarks.timing:epoch",
            seed=self.asked.seed,
            number=len(kept.seconds),
            steps=QUICK_STEPS if self.asked.quick else None,
        )
        kept.seconds.append([found["seconds"]])
        kept.steps, kept.whole, kept.loss = found["steps"], found["of"], found["loss"]

    def _starts(self) -> None:
        """Cold starts: a fresh process each time, with nothing that was compiled before."""
        for number in range(1 if self.asked.quick else STARTS):
            for row in random.Random(number).sample(self.rows, len(self.rows)):
                if row.absent:
                    continue
                self.tell(f"{row.title}, start {number + 1}: {row.contender}")
                time.sleep(PAUSE)
                begun = time.perf_counter()
                environment = {**self.environment, **NO_CACHE}
                with Worker(engine_of(row.contender), environment=environment) as worker:
                    given: dict[str, Any] = {"workload": self.workload, "seed": self.asked.seed}
                    given |= {"contender": row.contender, "cold": True, **self.where}
                    spent = worker.call(MADE, **given)["seconds"]
                    spent["whole"] = time.perf_counter() - begun
                row.starts.append(spent)


@contextmanager
def _excused(row: Row, worker: Worker) -> Iterator[None]:
    """A contender that cannot, or fails, is left out with the reason; the others go on."""
    try:
        yield
    except UserError as error:
        row.absent = str(error)
    except WorkerError as error:
        row.absent = f"it failed: {brief(str(error).strip().rpartition(chr(10))[2])}"
    if row.absent:
        worker.close()
