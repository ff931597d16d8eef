"""Files that a command is to write: whether it can is found out before the work, not after."""

from __future__ import annotations

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


def check_writable(path: Path) -> None:
    """Raise the sentence now if `path` could not be written later; leaves no file behind."""
    with writing(path):
        existed = path.exists()
        path.open("a").close()
        if not existed:
            path.unlink()


def check_folder(folder: Path) -> None:
    """Make `folder`, or raise the sentence that says why it cannot be written to."""
    check_writable(folder / ".writable")
