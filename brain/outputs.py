"""Files that are written: whole or not at all, and refused before the work, not after."""

from __future__ import annotations

import os
import secrets
import tempfile
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
    target = target.resolve()
    partial = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.partial{target.suffix}")
    with writing(Path(path)):
        try:
            yield partial
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; text as UTF-8."""
    with replacing(path) as partial:
        write_through(partial, content.encode() if isinstance(content, str) else content)


def write_through(path: Path, content: bytes) -> None:
    """Write a new file, through to the disk: what is renamed later must not be empty after all."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def check_writable(path: Path) -> None:
    """Raise the sentence now if `path` could not be written later; leaves no file behind."""
    with writing(path):
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
