"""A stage keeps what a demo made, shows what it watches, and ends a module that is run alone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from rich.console import Console

from brain import plots, window
from brain.stage import Stage, Tick
from brain.testing.refusals import refusal

ROOT = Path(__file__).resolve().parent.parent

TICKS = [Tick(n, 8, 1 / n, {"accuracy": n / 8} if n % 4 == 0 else {}) for n in range(1, 9)]


def stage(out: Path, **options: Any) -> tuple[Stage, io.StringIO]:
    screen = io.StringIO()
    return Stage(out, console=Console(file=screen, width=100), **options), screen


def test_pictures_and_films_are_written_and_remembered(tmp_path: Path) -> None:
    given, _ = stage(tmp_path / "new")
    figure, axes = plots.figure(2, 2)
    axes.plot([0, 1], label="a line")
    picture = given.picture("demo-line", figure)

    def draw(axes: Axes, number: int) -> None:
        axes.plot([0, number], label="a line")

    film = given.film("demo-lines", 2, draw, fps=2)
    assert given.paths == [picture, film]
    assert picture == tmp_path / "new" / "demo-line.png"
    assert film == tmp_path / "new" / "demo-lines.gif"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert film.read_bytes().startswith(b"GIF8")


def test_what_could_not_be_written_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    given, _ = stage(tmp_path / "file")
    text = refusal(lambda: given.picture("demo-line", plots.figure(1, 1)[0]))
    assert text.startswith(f"cannot write {tmp_path}/file/demo-line.png")
    assert given.paths == []


def test_what_is_said_stands_as_it_is(tmp_path: Path) -> None:
    given, screen = stage(tmp_path)
    given.say("[bold] 12 " + "and so on " * 20)
    assert screen.getvalue() == "[bold] 12 " + "and so on " * 20 + "\n"


def test_watching_passes_the_steps_on_and_tells_of_each_quarter(tmp_path: Path) -> None:
    given, screen = stage(tmp_path)
    assert list(given.watch(TICKS, "two spirals")) == TICKS
    assert screen.getvalue().splitlines() == [
        "two spirals: step 2 of 8, loss 0.5000",
        "two spirals: step 4 of 8, loss 0.2500  accuracy 0.5000",
        "two spirals: step 6 of 8, loss 0.1667  accuracy 0.5000",
        "two spirals: step 8 of 8, loss 0.1250  accuracy 1.0000",
    ]


def test_a_window_is_asked_for_only_where_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def shown(steps: Any, title: str, console: Any, draw: Any) -> Any:
        asked.append(title)
        return steps

    monkeypatch.setattr(window, "shown", shown)
    assert list(stage(tmp_path)[0].watch(TICKS, "hidden")) == TICKS
    assert list(stage(tmp_path, show=True)[0].watch(TICKS, "seen")) == TICKS
    assert asked == ["seen"]


ALONE = '''"""Draws a line."""
from brain.errors import UserError
from brain.alone import main
from brain.stage import Stage


def run(stage: Stage) -> None:
    stage.say(f"seed {stage.seed}, quick {stage.quick}")
    if stage.seed == 9:
        raise UserError("nine is too many.")
    from brain import plots
    stage.picture("line", plots.figure(1, 1)[0])
    if stage.seed == 8:
        raise KeyboardInterrupt


if __name__ == "__main__":
    main(run)
'''


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "line.py").write_text(ALONE)
    return subprocess.run(
        [sys.executable, "-m", "line", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_module_alone_takes_the_options_of_a_demo(tmp_path: Path) -> None:
    ran = alone(tmp_path, "--seed", "3", "--quick", "--out", "here", "--no-show")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "seed 3, quick True\nwrote here/line.png\n" in ran.stdout
    assert " line " in ran.stdout.splitlines()[0]
    assert (tmp_path / "here" / "line.png").is_file()


def test_a_module_alone_ends_as_the_command_does(tmp_path: Path) -> None:
    ran = alone(tmp_path, "--seed", "9")
    assert (ran.returncode, ran.stderr) == (2, "brain: nine is too many.\n")
    ran = alone(tmp_path, "--seed", "8")
    assert (ran.returncode, ran.stderr) == (2, "brain: stopped by Ctrl-C.\n")
    assert ran.stdout.endswith("wrote plots/line.png\n")
    ran = alone(tmp_path, "--help")
    assert ran.returncode == 0
    assert "Draws a line." in ran.stdout
