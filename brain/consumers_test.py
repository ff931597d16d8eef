"""What is done with a stream of steps: bars, logs, stopping; and that they chain."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from brain.consumers import SPARKS, early_stopping, log, progress, sparkline
from brain.stage import Tick
from brain.testing.refusals import refusal
from brain.training import Step

PER_EPOCH = 3


class Loss:
    """A loss that knows whether it was read."""

    def __init__(self, value: float) -> None:
        self.value, self.read = value, False

    def __float__(self) -> float:
        self.read = True
        return self.value


def stream(values: list[float], metric: str = "loss") -> Iterator[Step]:
    """`PER_EPOCH` steps for each of `values`, which is the metric at the end of its epoch."""
    steps = PER_EPOCH * len(values)
    for number in range(1, steps + 1):
        epoch = (number - 1) // PER_EPOCH
        metrics = {metric: values[epoch]} if number % PER_EPOCH == 0 else {}
        yield Step(number, steps, epoch + 1, Loss(1 / number), number / 100, metrics)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_they_chain_and_pass_every_step_on(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    steps = list(stream([3, 2, 1]))
    passed = list(
        early_stopping(progress(log(iter(steps), path), "x", Console(file=io.StringIO())))
    )
    assert len(passed) == 9
    assert all(a is b for a, b in zip(passed, steps, strict=True))
    assert len(lines(path)) == 9


# log


def test_the_log_has_a_line_for_every_step(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "run.jsonl"
    list(log(stream([0.5, 0.25]), path))
    written = lines(path)
    assert [line["step"] for line in written] == [1, 2, 3, 4, 5, 6]
    assert [line["epoch"] for line in written] == [1, 1, 1, 2, 2, 2]
    assert [line["loss"] for line in written] == [1 / n for n in range(1, 7)]
    assert [line["seconds"] for line in written] == [n / 100 for n in range(1, 7)]
    assert [line.get("metrics") for line in written] == [
        None, None, {"loss": 0.5}, None, None, {"loss": 0.25},
    ]  # fmt: skip


def test_the_log_is_whole_when_its_reader_leaves(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    for step in log(stream([1, 1, 1]), path, every=1000):
        if step.step == 5:
            break
    assert [line["step"] for line in lines(path)] == [1, 2, 3, 4, 5]


def test_the_log_is_whole_when_the_training_fails(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"

    def failing() -> Iterator[Step]:
        for step in stream([1, 1]):
            if step.step == 5:
                raise ZeroDivisionError("planted")
            yield step

    with pytest.raises(ZeroDivisionError, match="planted"):
        list(log(failing(), path, every=1000))
    assert [line["step"] for line in lines(path)] == [1, 2, 3, 4]


def test_the_log_is_whole_when_the_training_is_stopped_early(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    list(early_stopping(log(stream([1, 2, 3, 4]), path, every=1000), patience=1))
    assert len(lines(path)) == 2 * PER_EPOCH


def test_losses_are_not_read_at_every_step(tmp_path: Path) -> None:
    path, steps = tmp_path / "run.jsonl", []
    for step in log(stream([1]), path, every=2):
        steps.append(step)
        read = [s.loss.read for s in steps if isinstance(s.loss, Loss)]
        assert read == {1: [False], 2: [True, True], 3: [True, True, True]}[step.step]


def test_a_log_that_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    list(log(stream([1, 2]), path))
    list(log(stream([1]), path))
    assert len(lines(path)) == PER_EPOCH


def test_a_training_that_goes_on_continues_its_log(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    list(log(stream([1, 2, 3]), path))
    before = lines(path)
    with path.open("a") as file:
        file.write('{"step": 10, "los')  # killed while it was written
    list(log([s for s in stream([1, 2, 3, 4]) if s.step > 5], path, first_step=5))
    assert lines(path)[:9] == before
    assert [line["step"] for line in lines(path)] == list(range(1, 4 * PER_EPOCH + 1))
    list(log(iter(()), tmp_path / "new.jsonl", first_step=5))
    assert lines(tmp_path / "new.jsonl") == []


@pytest.mark.parametrize("content", ["[1]\n", "notes\n", "{}\n", '{"step": "x"}\n', "\xff\n"])
def test_what_is_no_log_is_not_continued(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content)
    text = refusal(lambda: list(log(stream([1]), path, first_step=2)))
    assert text == f"{path} is no log of a training; give another file."
    assert path.read_text() == content


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "run.jsonl"):
        text = refusal(lambda path=path: next(log(stream([1]), path)))  # type: ignore[misc]
        assert text.startswith(f"cannot write {path}: ")


# early_stopping


@pytest.mark.parametrize(
    ("values", "patience", "epochs"),
    [
        ([5, 4, 3, 2, 1], 1, 5),
        ([5, 6, 7, 8, 9], 1, 2),
        ([5, 6, 7, 8, 9], 3, 4),
        ([5, 5, 5, 5], 2, 3),  # as good as before is no improvement
        ([5, 6, 4, 5, 6, 7], 2, 5),  # waiting starts anew
        ([5, 6, 4, 5, 3, 4, 2], 2, 7),
        ([-1, -2, -1, -1], 2, 4),
    ],
)
def test_it_stops_at_the_right_epoch(values: list[float], patience: int, epochs: int) -> None:
    steps = list(early_stopping(stream(values), patience=patience))
    assert steps[-1].epoch == epochs
    assert len(steps) == epochs * PER_EPOCH


def test_it_can_wait_for_a_higher_metric() -> None:
    values = [0.5, 0.6, 0.4, 0.5, 0.9]

    def epochs(higher: bool) -> int:
        found = early_stopping(stream(values, "accuracy"), "accuracy", 2, higher_is_better=higher)
        return list(found)[-1].epoch

    assert epochs(True) == 4
    assert epochs(False) == 5


def test_no_more_is_computed_after_it_stops() -> None:
    taken: list[int] = []

    def counted() -> Iterator[Step]:
        for step in stream([1, 2, 3]):
            taken.append(step.step)
            yield step

    list(early_stopping(counted(), patience=1))
    assert taken == list(range(1, 2 * PER_EPOCH + 1))


def test_early_stopping_refuses() -> None:
    assert "not 0" in refusal(lambda: list(early_stopping(stream([1]), patience=0)))
    text = refusal(lambda: list(early_stopping(stream([1], "r2"), metric="accuracy")))
    assert "'accuracy'" in text
    assert "r2" in text


def test_a_metric_that_is_not_a_number_counts_as_no_improvement() -> None:
    assert list(early_stopping(stream([1, math.nan, 2, 0]), patience=2))[-1].epoch == 3


# progress


def test_a_terminal_sees_a_bar() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    assert len(list(progress(stream([0.5], "accuracy"), "two spirals", console))) == PER_EPOCH
    shown = screen.getvalue()
    assert "two spirals" in shown
    assert f"{PER_EPOCH}/{PER_EPOCH}" in shown
    assert f"loss {1 / PER_EPOCH:.4f}" in shown
    assert "accuracy 0.5000" in shown
    assert "steps/s" in shown


def test_a_terminal_sees_the_losses_so_far() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    list(progress(stream([0.5]), "two spirals", console))
    assert re.search(rf"[▁-█·]{{{SPARKS}}} loss ", screen.getvalue())


def test_what_is_told_stays_and_what_is_not_is_taken_away() -> None:
    def last(told: bool) -> str:
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=120, color_system=None)
        list(progress(stream([0.5]), "two spirals", console, told=told))
        return screen.getvalue().rpartition("loss")[2]

    assert "\x1b[2K" in last(told=False)  # lines are erased after the last state was shown
    assert "\x1b[2K" not in last(told=True)


def test_no_terminal_is_told_of_each_quarter() -> None:
    screen = io.StringIO()
    steps = list(progress(stream([1, 2]), "[spirals]", Console(file=screen, width=40), told=True))
    said = screen.getvalue().splitlines()
    assert len(said) == 4
    assert said[-1].startswith(f"[spirals]: step {len(steps)} of {len(steps)}, loss ")


def test_the_last_step_of_a_training_that_ends_early_is_shown() -> None:
    ticks = [Tick(n, 1000, 1 / n) for n in range(1, 7)]
    told = io.StringIO()
    assert list(progress(ticks, "Newton", Console(file=told), told=True)) == ticks
    assert told.getvalue() == "Newton: step 6 of 1000, loss 0.1667\n"
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    list(progress(ticks, "Newton", console, told=True))
    assert "6/1000" in screen.getvalue()
    assert "loss 0.1667" in screen.getvalue()


@pytest.mark.parametrize(
    ("values", "blocks"),
    [
        ([], ""),
        ([1.0], "▁"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([7, 0, math.nan, math.inf, 7], "█▁··█"),
        ([math.nan], "·"),
    ],
)
def test_a_sparkline(values: list[float], blocks: str) -> None:
    assert sparkline(values) == blocks


def test_no_terminal_sees_nothing_and_no_loss_is_read() -> None:
    screen, console = io.StringIO(), Console(file=io.StringIO())
    console.file = screen
    steps = list(progress(stream([1, 2]), "two spirals", console))
    assert screen.getvalue() == ""
    assert not any(s.loss.read for s in steps if isinstance(s.loss, Loss))


def test_nothing_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    list(progress(stream([1, 2])))
    assert capsys.readouterr().out == ""


def test_the_bar_is_taken_down_when_the_training_fails() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)

    def failing() -> Iterator[Step]:
        yield from stream([1])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(progress(failing(), "spirals", console))
    assert "\x1b[?25h" in screen.getvalue()  # the cursor is shown again
