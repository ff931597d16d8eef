"""Files that are written: whole or not at all, and refused before the work, not after."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brain.errors import UserError


class writing:  # noqa: N801 (used as `with writing(path)`)
    """Make the folder of `path`; a failure to write there is one sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.__exit__(type(error), error, None)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, OSError):
            raise UserError(f"cannot write {self.path}: {error.strerror or error}.") from None


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A path to write to, with the same suffix; it becomes `path` when the block ends well.

    What stood at `path` stays as it was until then, and for good if the block fails or is
    interrupted. A link is followed, not replaced.
    """
    target = Path(path)
    if not target.name:
        raise UserError(f"cannot write {os.fspath(path)!r}: this names no file.")
    if target.exists() and not target.is_file():
        raise UserError(f"cannot write {target}: it is there already, and is no ordinary file.")
    with writing(Path(path)), aside(target.resolve()) as partial:
        yield partial


@contextmanager
def aside(target: Path, lasting: bool = True) -> Iterator[Path]:
    """As `replacing`, for a target in a folder that is there; a failure to write is an OSError.

    What need not be `lasting`, since it is looked at again and can be had anew, is not waited for.
    """
    partial = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.partial{target.suffix}")
    try:
        yield partial
        if lasting:
            sync(partial)  # what is renamed must not be empty after a loss of power
        os.replace(partial, target)
        if lasting:
            sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; text as UTF-8."""
    with replacing(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def sync(path: Path) -> None:
    """Make what was done to a file or folder last; Windows has no such call for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, pattern: str, age: float = 3600.0) -> None:
    """Remove what writers that died left in `folder`: names like `pattern`, `age` seconds old."""
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > age:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def check_writable(path: Path) -> None:
    """Raise the sentence now if `path` could not be written later; leaves no file behind."""
    with writing(path):
        if path.exists() and not path.is_file():
            raise UserError(f"cannot write {path}: it is there already, and is no ordinary file.")
        if path.exists():
            path.open("a").close()
        else:
            with tempfile.TemporaryFile(dir=path.parent):
                pass


def check_folder(folder: Path) -> None:
    """Make `folder`, or raise the sentence that says why it cannot be written to."""
    with writing(folder):
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # of a name that nobody else has
            pass
