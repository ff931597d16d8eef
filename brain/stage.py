"""What a demo is given: where its pictures go, how it is watched, and what it has made so far.

def run(stage: Stage) -> None:
    for step in stage.watch(train(net, dataset, epochs=20, seed=stage.seed), "two spirals"):
        ...
    stage.picture("nn-loss", figure)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from brain.consumers import Watched

T = TypeVar("T", bound="Watched")


@dataclass(frozen=True)
class Tick:
    """One step of a training that is not `brain.training`'s: what `Stage.watch` needs of it."""

    step: int  # from 1
    steps: int  # in the whole training
    loss: float
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Stage:
    """What a demo is given: where pictures go, how it is watched, and what it has made so far."""

    out: Path
    seed: int = 0
    quick: bool = False
    console: Console = field(default_factory=Console)
    show: bool = False  # in a window, where there is a display
    paths: list[Path] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Print a line for the reader, as it stands."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def watch(
        self, steps: Iterable[T], title: str, draw: Callable[[Figure], None] | None = None
    ) -> Generator[T, None, None]:
        """Pass on the steps of a training, and show how it goes on: in the terminal, in a window.

        Where a window is open, `draw(figure)` fills its empty figure anew now and then, by default
        with the loss so far. Where there is no terminal, a few lines tell of it.
        """
        from brain.consumers import progress

        watched = progress(steps, title, self.console, told=True)
        if self.show:
            from brain import window

            watched = window.shown(watched, title, self.console, draw)
        yield from watched

    def picture(self, name: str, figure: Figure) -> Path:
        """Write a figure to `out`/`name`.png; its path."""
        from brain import plots

        return self._made(plots.save(figure, self.out / f"{name}.png"))

    def film(
        self,
        name: str,
        frames: int,
        draw: Callable[[Axes, int], None],
        fps: int = 6,
        height: float = 5.2,
    ) -> Path:
        """Write `frames` pictures, each drawn by `draw(axes, number)`, to `out`/`name`.gif."""
        from brain import plots

        return self._made(plots.animate(self.out / f"{name}.gif", frames, draw, fps, height))

    def _made(self, path: Path) -> Path:
        self.paths.append(path)
        return path
