"""A small progress bar for downloads and unpacking, drawn by rich."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """Counts bytes; `total` is how many there will be, 0 when that is not known."""

    def __init__(self, progress: Progress, label: str) -> None:
        self.total = 0
        self._progress = progress
        self._task = progress.add_task(label, total=None)

    def update(self, count: int) -> None:
        """`count` more bytes have come."""
        self._progress.update(self._task, advance=count, total=self.total or None)

    def reset(self) -> None:
        """Count from nothing again."""
        self._progress.update(self._task, completed=0)


@contextmanager
def progress_bar(label: str) -> Iterator[Bar]:
    """A bar on stderr while the block runs; nothing is drawn where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as progress:
        yield Bar(progress, label)
