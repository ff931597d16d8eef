"""The window shows the steps that pass through it, and is never in their way."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console

from brain import window
from brain.stage import Tick

CONSOLE = Console(file=io.StringIO())
TICKS = [Tick(n, 5, 1 / n) for n in range(1, 6)]


class Screen:
    """Stands in for pyplot on a display: one figure, which a user may close."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.closed = False
        self.shown = 0

    def figure(self, name: str, clear: bool) -> Figure:
        figure = Figure()
        FigureCanvasAgg(figure).manager = SimpleNamespace(show=lambda: None)  # type: ignore[assignment]
        self.figures.append(figure)
        return figure

    def fignum_exists(self, name: str) -> bool:
        return not self.closed

    def get_fignums(self) -> list[int]:
        return [] if self.closed or not self.figures else [1]

    def show(self) -> None:
        self.shown += 1


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    screen = Screen()
    monkeypatch.setattr(window, "_pyplot", lambda console: screen)
    monkeypatch.setattr(window, "PAUSE", 0.0)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", screen)
    return screen


def test_the_first_and_the_last_step_are_drawn(screen: Screen) -> None:
    assert list(window.shown(TICKS, "spirals", CONSOLE)) == TICKS
    first, last = (screen.figures[n].axes[0] for n in (0, -1))
    assert np.asarray(first.lines[0].get_ydata()).tolist() == [1.0]
    assert np.asarray(last.lines[0].get_ydata()).tolist() == [1 / n for n in range(1, 6)]
    assert last.get_title() == "spirals: loss of each batch"
    assert (last.get_xlabel(), last.get_ylabel()) == ("training step", "loss")


def test_the_last_step_of_a_training_that_ends_early_is_drawn(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "PAUSE", 60.0)
    assert list(window.shown(iter(TICKS[:3]), "spirals", CONSOLE)) == TICKS[:3]
    drawn = [np.asarray(figure.axes[0].lines[0].get_ydata()).tolist() for figure in screen.figures]
    assert drawn == [[1.0], [1.0, 1 / 2, 1 / 3]]


def test_a_backend_that_cannot_be_loaded_is_one_line(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figure(name: str, clear: bool) -> Figure:
        raise RuntimeError("The WebAgg backend requires Tornado.\nmore")

    used: list[str] = []
    monkeypatch.setattr(mpl, "use", used.append)
    monkeypatch.setattr(screen, "figure", figure)
    console = Console(file=io.StringIO())
    assert list(window.shown(TICKS, "spirals", console)) == TICKS
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "No window: The WebAgg backend requires Tornado.\n"
    assert used == ["agg"]  # what is watched next does not try again


def test_a_demo_may_draw_what_it_has_seen(screen: Screen) -> None:
    seen: list[int] = []

    def draw(figure: Figure) -> None:
        figure.suptitle(f"after {seen[-1]}")

    for tick in window.shown(TICKS, "spirals", CONSOLE, draw):
        seen.append(tick.step)
    titles = [figure.get_suptitle() for figure in screen.figures]
    assert (titles[0], titles[-1]) == ("after 1", "after 5")


def test_a_window_that_was_closed_stays_closed(screen: Screen) -> None:
    for tick in window.shown(TICKS, "spirals", CONSOLE):
        screen.closed = tick.step >= 2
    assert len(screen.figures) == 1


def test_it_waits_for_a_window_to_be_closed_and_for_nothing_else(screen: Screen) -> None:
    console = Console(file=io.StringIO())
    window.hold(console)
    assert screen.shown == 0
    list(window.shown(TICKS, "spirals", CONSOLE))
    window.hold(console)
    assert screen.shown == 1


@pytest.mark.parametrize("backend", ["agg", "TkAgg"])
def test_without_a_display_the_steps_pass_all_the_same(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    def no_display(*_: Any, **__: Any) -> str:
        if backend == "agg":
            return backend
        raise ImportError("Cannot load backend 'TkAgg': 'headless' is currently running")

    monkeypatch.setattr(mpl, "get_backend", no_display)
    assert window._pyplot(CONSOLE) is None
    assert list(window.shown(TICKS, "spirals", CONSOLE)) == TICKS


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY", None])
@pytest.mark.parametrize("toolkits", [[], ["PyQt6"]])
def test_a_display_and_no_toolkit_is_one_line_for_all_trainings(
    monkeypatch: pytest.MonkeyPatch, display: str | None, toolkits: list[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if display:
        monkeypatch.setenv(display, ":7")
    monkeypatch.setattr(mpl, "get_backend", lambda: "agg")
    monkeypatch.setattr(window, "find_spec", lambda name: name in toolkits)
    monkeypatch.setattr(window, "told", [])
    console = Console(file=io.StringIO(), width=40)
    for _ in range(2):
        assert list(window.shown(TICKS, "spirals", console)) == TICKS
    assert isinstance(console.file, io.StringIO)
    missing = display and not toolkits
    assert console.file.getvalue() == (f"{window.NO_TOOLKIT}\n" if missing else "")
