"""A window that shows a training while it runs, where there is a display.

The one place that opens windows; every figure that is kept is drawn off screen (`brain.plots`).
It asks for no terminal: who runs a demo from an editor, or keeps its output in a file, sees it too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

import matplotlib as mpl
from matplotlib.backends.registry import BackendFilter, backend_registry
from matplotlib.figure import Figure

from brain import plots

if TYPE_CHECKING:
    from rich.console import Console

    from brain.consumers import Watched

T = TypeVar("T", bound="Watched")

TITLE = "Inside AI's Brain"
PAUSE = 0.3  # seconds between two drawings, at the least
TOOLKITS = ("_tkinter", "PySide6", "PyQt6", "PySide2", "PyQt5", "gi", "wx")
NO_TOOLKIT = (
    "No window: this Python has no toolkit that draws one; pip install PySide6 brings one, "
    "and so does the system's package python3-tk."
)
told: list[str] = []
"""What was said already: it holds for every training of the process."""
STYLE = {**plots.STYLE, "figure.figsize": (7, 5), "figure.constrained_layout.use": True}


def shown(
    steps: Iterable[T],
    title: str,
    console: Console,
    draw: Callable[[Figure], None] | None = None,
) -> Generator[T, None, None]:
    """Pass on the steps; now and then `draw(figure)` fills the window's empty figure anew.

    By default the loss so far is drawn. Without a display, or once the window was closed, nothing;
    where there is one but nothing to open a window with, a line on the console says so.
    """
    pyplot = _pyplot(console)
    losses: list[float] = []

    def draw_loss(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(range(1, len(losses) + 1), losses, color=plots.BLUE)
        axes.set(title=f"{title}: loss of each batch", xlabel="training step", ylabel="loss")

    due, drawn = 0.0, 0
    for step in steps:
        yield step
        losses.append(float(step.loss))
        if pyplot and time.perf_counter() >= due:
            began, first = time.perf_counter(), not drawn
            pyplot, drawn = _redrawn(pyplot, console, draw or draw_loss, first), len(losses)
            now = time.perf_counter()
            due = now + max(PAUSE, 4 * (now - began))  # a fifth of the time at most goes to it
    if pyplot and drawn < len(losses):
        _redrawn(pyplot, console, draw or draw_loss, first=False)


def hold(console: Console) -> None:
    """Leave the last drawing open until its window is closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot and pyplot.get_fignums():
        console.print("Close the window to end.")
        pyplot.show()


def _pyplot(console: Console) -> Any:
    """The part of matplotlib that opens windows; None where it can open none."""
    try:  # a backend that the user chose and that does not work is an ImportError
        interactive = BackendFilter.INTERACTIVE
        names = backend_registry.list_builtin(interactive)  # type: ignore[no-untyped-call]
        if mpl.get_backend().lower() not in names:
            _tell_if_no_toolkit(console)
            return None
        from matplotlib import pyplot
    except ImportError:
        return None
    return pyplot


def _tell_if_no_toolkit(console: Console) -> None:
    """Say, once, what is missing where there is a display and nothing draws windows on it."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and not any(map(find_spec, TOOLKITS)) and not told:
        told.append(NO_TOOLKIT)
        console.print(NO_TOOLKIT, markup=False, highlight=False, soft_wrap=True)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def _redrawn(pyplot: Any, console: Console, draw: Callable[[Figure], None], first: bool) -> Any:
    """Draw in the window, which the first drawing opens; None once there is no window."""
    if not first and not pyplot.fignum_exists(TITLE):
        return None  # the user closed it
    try:
        figure = pyplot.figure(TITLE, clear=True)
        figure.canvas.manager.show()
    except Exception as error:  # a backend raises what it likes
        mpl.use("agg")  # for what is watched next, too
        said = str(error).strip().partition("\n")[0]
        console.print(f"No window: {said}", markup=False, highlight=False, soft_wrap=True)
        return None
    draw(figure)
    figure.canvas.draw_idle()
    figure.canvas.flush_events()
    return pyplot
