"""One learner at work: their folder, the tasks of a track, checks and hints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from brain.errors import UserError
from brain.learn.checking import Checker, Result
from brain.learn.courses import TRACKS, Task, found, own_track, tasks
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.tracks.table import ROOT

FOLDER = "exercises"


class Session:
    """What every `brain learn` command works with; a `with` block ends its processes.

    `track` is the one to work on, that of the branch where none is named. At first use its stubs
    are written: `new` are those. The exercises are those in `root`.
    """

    def __init__(
        self, folder: Path | None = None, track: str | None = None, root: Path = ROOT
    ) -> None:
        every = tasks(root)
        if not every:
            raise UserError("there are no exercises on this branch: git switch Scratch.")
        self.track = named(track, every)
        self.tasks = [task for task in every if task.track == self.track]
        self.every = every
        self.folder = Folder(folder or default_folder())
        self.new = self.folder.start(self.tasks)
        self.rooms = Rooms()
        self.checker = Checker(self.folder, self.rooms, every)

    def meant(self, names: Sequence[str]) -> list[Task]:
        """The tasks that are named: this track's first, then any; nothing named: the next one."""
        if list(names) == ["all"]:
            return self.tasks
        if not names:
            return [self.following() or self.tasks[-1]]
        try:
            chosen = found(names, self.tasks)
        except UserError:
            chosen = found(names, self.every)
        self.new += self.folder.start(chosen)
        return chosen

    def following(self, after: Task | None = None) -> Task | None:
        """The first task that has not passed, from the one after `after`, then from the start."""
        place = self.tasks.index(after) + 1 if after in self.tasks else 0
        order = [*self.tasks[place:], *self.tasks[:place]]
        return next((task for task in order if not self.folder.passed(task)), None)

    def check(self, chosen: Iterable[Task], again: bool = False) -> Iterable[Result]:
        """Check tasks, one after another."""
        for task in chosen:
            yield self.checker.check(task, again)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.rooms.close()


def named(track: str | None, every: Sequence[Task]) -> str:
    """The folder of a track, from its folder's or its branch's name."""
    there = {task.track for task in every}
    if track is None:
        own = own_track()
        return own if own in there else next(name for name in TRACKS if name in there)
    short = {"pytorch": "torch_nn", "pytorchnn": "torch_nn", "torch": "torch_nn", "tf": "tf_nn",
             "tensorflow": "tf_nn", "tensorflownn": "tf_nn"}  # fmt: skip
    plain = "".join(c for c in track.lower() if c.isalnum())
    folder = short.get(plain) or next((n for n in there if n.replace("_", "") == plain), track)
    if folder not in there:
        from brain.errors import unknown

        if folder in TRACKS:
            says = "not on this branch; `brain tracks list` names the one that has them"
            raise UserError(f"the exercises of {folder} are {says}.")
        raise unknown("track", track, there)
    return folder


def default_folder() -> Path:
    """`exercises/` of the clone that this is, else of the current folder."""
    return (
        ROOT if (ROOT / "tracks.toml").exists() and (ROOT / ".git").exists() else Path()
    ) / FOLDER
