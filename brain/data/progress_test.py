"""The bar is drawn on a terminal, and nowhere else."""

from __future__ import annotations

import io

import pytest

from brain.data.progress import progress_bar


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(("terminal", "total"), [(True, 1000), (True, 0), (False, 1000)])
def test_the_bar(terminal: bool, total: int, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with progress_bar("pictures.gz") as bar:
        bar.total = total
        bar.update(600)
        bar.update(600)
        bar.reset()
        bar.update(1000)
    assert ("pictures.gz" in screen.getvalue()) == terminal
    assert ("1.0/1.0 kB" in screen.getvalue()) == (terminal and total > 0)
