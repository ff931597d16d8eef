"""What can be done with a stream of steps: each takes one and passes it on, so that they chain.

steps = train(net, dataset, epochs=20)
for step in early_stopping(progress(log(steps, "run.jsonl")), patience=3):
    ...
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, SupportsFloat, TypeVar

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from brain.errors import UserError
from brain.outputs import write_whole, writing
from brain.training import Step

T = TypeVar("T", bound="Watched")

BLOCKS = "▁▂▃▄▅▆▇█"
SPARKS = 24  # blocks in the line of the losses


class Watched(Protocol):
    """What a step must have to be shown: a `training.Step`, a `stage.Tick`."""

    @property
    def step(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def loss(self) -> SupportsFloat: ...
    @property
    def metrics(self) -> Mapping[str, float]: ...


def progress(
    steps: Iterable[T],
    title: str = "training",
    console: Console | None = None,
    told: bool = False,
) -> Generator[T, None, None]:
    """Show how the steps go on: done, speed, time left; below, the losses so far, newest metric.

    On standard error unless another console is given; nothing where that is no terminal. Where it
    is `told`, the last state stays on the terminal, and elsewhere a line tells of each quarter.
    """
    view = _View(
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=console or Console(stderr=True),
        transient=not told,
    )
    view.disable = not view.console.is_terminal
    with view:
        task = view.add_task(title, total=None, speed="")
        metric, shown, began = "", 0.0, time.perf_counter()
        losses: list[float] = []  # one for each block of the line, as far as the training has come

        def show(step: T) -> None:
            if view.disable and told:
                said = f"{title}: step {step.step} of {step.steps}, loss {float(step.loss):.4f}"
                said = f"{said}  {metric}".rstrip()
                view.console.print(said, markup=False, highlight=False, soft_wrap=True)
            elif not view.disable:
                speed = f"{done / max(time.perf_counter() - began, 1e-9):,.0f} steps/s"
                reached = (step.step - 1) * SPARKS // step.steps + 1
                losses.extend([float(step.loss)] * (reached - len(losses)))
                line = sparkline(losses).ljust(SPARKS, "·")
                view.below = f"{line} loss {float(step.loss):.4f}  {metric}"
                view.update(task, completed=step.step, total=step.steps, speed=speed)

        waiting = None  # the last step, while it is not shown
        for done, step in enumerate(steps, 1):  # noqa: B007 # `show` reads `done`
            now, waiting = time.perf_counter(), step
            if step.metrics:
                metric = "  ".join(f"{k} {v:.4f}" for k, v in step.metrics.items() if k != "loss")
            last = step.step == step.steps
            if _in_quarters(step) if view.disable else last or now - shown > 0.1:
                show(step)
                shown, waiting = now, None
            yield step
        if waiting:  # the training ended before its last step
            show(waiting)


class _View(Progress):
    """A bar with a line of text below it."""

    below = ""

    def get_renderables(self) -> Iterator[RenderableType]:
        yield from super().get_renderables()
        if self.below:
            yield Text(self.below, no_wrap=True, overflow="ellipsis")


def sparkline(values: Sequence[float]) -> str:
    """Each value as a block, from the least to the greatest; a dot for what is no finite number.

    >>> sparkline([8.0, 4.0, 2.0, 1.0, float("nan")])
    '█▄▂▁·'
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    top = len(BLOCKS) - 1
    return "".join(
        BLOCKS[round(top * (value - low) / ((high - low) or 1))] if math.isfinite(value) else "·"
        for value in values
    )


def _in_quarters(step: Watched) -> bool:
    """Whether the step completes a quarter of the training."""
    return 4 * step.step // step.steps > 4 * (step.step - 1) // step.steps


def log(
    steps: Iterable[Step],
    path: str | os.PathLike[str],
    every: int = 100,
    first_step: int = 0,
    checkpoint_every: int | None = None,
) -> Iterator[Step]:
    """Write each step as one line of JSON: step, epoch, loss, seconds, and metrics when it has any.

    Lines are written `every` so many steps, at each epoch's end and before each checkpoint, so that
    reading the losses does not hold up a device at every step. A training that goes on after
    `first_step` continues the log that is there: its lines up to that step are kept.
    """
    target = Path(path)
    if first_step and target.is_file():
        write_whole(target, _lines_until(target, first_step))
    else:
        with writing(target):
            target.open("w").close()
    waiting: list[Step] = []
    try:
        for step in steps:
            waiting.append(step)
            due = checkpoint_every and step.step % checkpoint_every == 0
            if due or step.metrics or len(waiting) >= every:
                _append(target, waiting)
            yield step
    finally:
        _append(target, waiting)


def _lines_until(log_file: Path, last_step: int) -> str:
    kept, last, start = [], 0, '{"step": '
    for line in log_file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
        if not line.endswith("\n") and (line.startswith(start) or start.startswith(line)):
            break  # its writer died while it was written
        try:
            step = json.loads(line)["step"]
            if step > last_step:
                break
            last = step
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{log_file} is no log of a training; give another file.") from None
        kept.append(line)
    if last != last_step:
        raise UserError(
            f"{log_file} ends at step {last}, and the run goes on after step {last_step}: give "
            "another file."
        )
    return "".join(kept)


def _append(target: Path, waiting: list[Step]) -> None:
    lines = "".join(json.dumps(_line(step)) + "\n" for step in waiting)
    waiting.clear()
    # opened and closed each time: a full disk may be noticed only when a file is closed
    with writing(target), target.open("a", encoding="utf-8") as file:
        file.write(lines)


def _line(step: Step) -> dict[str, object]:
    loss = float(step.loss)
    line: dict[str, object] = {
        "step": step.step,
        "epoch": step.epoch,
        "loss": loss if math.isfinite(loss) else None,  # JSON has no word for NaN
        "seconds": round(step.seconds, 6),
    }
    return {**line, "metrics": step.metrics} if step.metrics else line


def early_stopping(
    steps: Iterable[Step],
    metric: str = "loss",
    patience: int = 3,
    higher_is_better: bool = False,
    history: Iterable[Mapping[str, float]] = (),
) -> Iterator[Step]:
    """End the stream when `metric` has not improved for `patience` epochs (Prechelt 1998).

    Train on `dataset.hold_out(0.1)` to judge by rows set aside from the training part; to stop by
    the test part makes its score too good. `history` has the metrics of the epochs before the
    stream begins, where a training goes on.
    """
    if patience < 1:
        raise UserError(f"patience must be at least 1 epoch, not {patience}.")
    best, waited = None, 0

    def over(metrics: Mapping[str, float]) -> bool:
        nonlocal best, waited
        if metric not in metrics:
            raise UserError(f"there is no metric {metric!r}; there are {', '.join(metrics)}.")
        value = metrics[metric] if higher_is_better else -metrics[metric]
        if best is None or value > best:
            best, waited = value, 0
        else:
            waited += 1
        return waited >= patience

    if any(over(metrics) for metrics in history):
        return
    for step in steps:
        yield step
        if step.metrics and over(step.metrics):
            return
