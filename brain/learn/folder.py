"""A learner's folder: the stubs in it, what they wrote, what passed. Nothing of theirs is lost."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brain import regions
from brain.errors import UserError, brief
from brain.learn.courses import Task
from brain.outputs import write_whole

PROGRESS = ".progress.json"
BACKUPS = ".backups"
MOST_KEPT = 100
"""Copies of one exercise."""
MOST = 2**20
"""Bytes of a file that is read; a solution has some hundreds."""


class UnreadableError(UserError):
    """A learner's file that is not there, or is no text."""


@dataclass
class Folder:
    """`exercises/` of one learner. Where `remembers` is off, it is a stranger's: nothing in it is
    believed or written, and no link is followed."""

    path: Path
    remembers: bool = True
    _known: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.remembers:
            self._known = self._read_progress()

    def file(self, task: Task) -> Path:
        """Where the learner's file of a task is."""
        return self.path / task.place

    def text(self, task: Task) -> str:
        """What the learner wrote. Raises UnreadableError, with what to do."""
        file, reset = self.file(task), f"`brain learn reset {task.name}`"
        try:
            real = file.resolve(strict=True)
            if not self.remembers and real != self.path.resolve() / task.place:
                raise UnreadableError(f"{task.place} is a link, which is not followed here.")
            if not real.is_file():
                raise UnreadableError(f"{file} is no ordinary file: move it away, then {reset}.")
            if file.stat().st_size > MOST:
                raise UnreadableError(f"{file} is larger than a megabyte: {reset} writes it anew.")
            return file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise UnreadableError(f"{file} is not there: {reset} writes it anew.") from None
        except UnicodeDecodeError as error:
            raise UnreadableError(
                f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8, or {reset}."
            ) from None
        except (OSError, RuntimeError) as error:  # a link that leads to itself among them
            raise UnreadableError(f"cannot read {file}: {brief(error)}.") from None

    def start(self, tasks: Iterable[Task]) -> list[Task]:
        """Write the stubs of tasks that this folder has never held; returns those."""
        known_already = self._known.get("written", [])
        new = [task for task in tasks if task.place not in known_already]
        written = [task for task in new if not self.file(task).exists()]
        for task in written:
            write_whole(self.file(task), regions.stub(task.solution))
        if new:
            with self._noting() as known:
                known.setdefault("written", []).extend(task.place for task in new)
        return written

    def reset(self, task: Task) -> Path | None:
        """Write a stub anew; where the learner's file went that stood there, if one did.

        Raises UserError where a folder stands there, or a link.
        """
        if self.file(task).is_symlink():
            raise UserError(f"{self.file(task)} is a link: remove it first.")
        backup = self.keep(task)
        write_whole(self.file(task), regions.stub(task.solution))
        with self._noting() as known:
            known.setdefault("passed", {}).pop(task.place, None)
        return backup

    def keep(self, task: Task, content: bytes | None = None) -> Path | None:
        """Copy what the learner wrote, or `content`, into `.backups/`, unless it is the bare stub;
        the newest hundred of an exercise are kept. Returns the copy, or the one that was there."""
        if content is None:
            if not self.file(task).is_file():
                return None
            content = self.file(task).read_bytes()
        lines = content.decode("utf-8", "replace").replace("\r\n", "\n")
        if lines == regions.stub(task.solution):
            return None
        copies = self.copies(task)
        if same := next((copy for copy in copies if copy.read_bytes() == content), None):
            now = time.time_ns()
            os.utime(same, ns=(now, now))
            return same
        for old in copies[MOST_KEPT - 1 :]:
            old.unlink()
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        backup = self.path / BACKUPS / task.place
        backup = backup.with_name(f"{backup.stem}.{stamp}.py")
        for number in range(2, 10**6):
            if not backup.exists():
                break
            backup = backup.with_name(f"{task.name}.{stamp}-{number}.py")
        write_whole(backup, content)
        now = time.time_ns()  # finer than what the system notes: the order of two in a moment
        os.utime(backup, ns=(now, now))
        return backup

    def copies(self, task: Task) -> list[Path]:
        """The copies in `.backups/` of what a learner wrote, the newest first."""
        place = self.path / BACKUPS / task.place
        copies = place.parent.glob(f"{task.name}.*.py")
        return sorted(copies, key=lambda copy: copy.stat().st_mtime_ns, reverse=True)

    def passed(self, task: Task) -> bool:
        """Whether the file, as it is, passed the check, as it is."""
        known = self._known.get("passed", {}).get(task.place)
        try:
            return known is not None and known == key(task, self.text(task))
        except UnreadableError:
            return False

    def remember(self, task: Task, text: str, passed: bool) -> None:
        """Note how a check went, and keep what was checked: git, for one, overwrites an ignored
        file with one of a branch."""
        if self.remembers:
            self.keep(task, text.encode())
        mark = key(task, text) if passed else None
        if self._known.get("passed", {}).get(task.place) == mark:
            return
        with self._noting() as known:
            if mark:
                known.setdefault("passed", {})[task.place] = mark
            else:
                known.setdefault("passed", {}).pop(task.place, None)

    def hint(self, task: Task) -> int:
        """Count a hint: which of the three comes now, from 0."""
        with self._noting() as known:
            seen = known.setdefault("hints", {})
            number: int = min(seen.get(task.place, 0), 2)
            seen[task.place] = number + 1
        return number

    def _read_progress(self) -> dict[str, Any]:
        file = self.path / PROGRESS
        try:
            known = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (ValueError, OSError, RecursionError):
            known = None
        if not isinstance(known, dict) or not well_formed(known):
            raise UserError(f"{file} is damaged: delete it, and `brain learn check all` fills it.")
        return known

    @contextmanager
    def _noting(self) -> Iterator[dict[str, Any]]:
        """What is known, to be changed and saved. It is read anew: `brain learn` may run twice."""
        if self.remembers:
            self._known = self._read_progress()
        yield self._known
        if self.remembers:
            write_whole(self.path / PROGRESS, json.dumps(self._known, indent=1) + "\n")


def well_formed(known: dict[str, Any]) -> bool:
    """Whether what was read from a file of progress can be worked with."""
    written, passed, hints = (known.get(name) for name in ("written", "passed", "hints"))
    return (
        (written is None or (isinstance(written, list) and all_are(str, written)))
        and (passed is None or (isinstance(passed, dict) and all_are(str, passed.values())))
        and (hints is None or (isinstance(hints, dict) and all_are(int, hints.values())))
        and all(number >= 0 for number in (hints or {}).values())
    )


def all_are(kind: type, values: Iterable[object]) -> bool:
    """Whether all values are of one kind."""
    return all(type(value) is kind for value in values)


def key(task: Task, text: str) -> str:
    """What passed: this text, by this check with what it shares, beside this solution.

    An earlier exercise that it builds on is none of it: that one is checked for itself.
    """
    beside = sorted(task.path.parent.parent.glob("*.py"))
    parts = (text.encode(), task.check.read_bytes(), task.solution.encode(),
             *(path.read_bytes() for path in beside))  # fmt: skip
    return hashlib.blake2b(b"\0".join(parts), digest_size=16).hexdigest()
