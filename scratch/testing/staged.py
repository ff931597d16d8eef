"""Running a demo or an experiment for a test: quickly, on a stage of its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from brain.stage import Stage

PNG, GIF = b"\x89PNG\r\n", b"GIF8"


def quick(run: Callable[[Stage], None], out: Path, seed: int = 0) -> tuple[list[Path], str]:
    """The files that a quick run wrote, and what it said."""
    screen = io.StringIO()
    stage = Stage(out, seed=seed, quick=True, console=Console(file=screen, width=200))
    run(stage)
    return stage.paths, screen.getvalue()


def repeats(run: Callable[[Stage], None], folder: Path, *names: str) -> str:
    """Run twice: the pictures `names`, the same bits and the same words; what was said."""
    (one, said), (again, said_again) = quick(run, folder / "one"), quick(run, folder / "again")
    assert [path.relative_to(folder / "one").as_posix() for path in one] == list(names)
    assert said == said_again
    for path, twin in zip(one, again, strict=True):
        if path.is_dir():  # a saved network: the demo's own test looks into it
            continue
        picture = path.read_bytes()
        assert picture.startswith(GIF if path.suffix == ".gif" else PNG)
        assert picture == twin.read_bytes(), f"{path.name} is drawn in two ways"
    return said
