"""The folder of saved runs: versions are written whole, and found by name.

A version is written into a folder of another name, through to the disk, and then renamed. The
operating system lets only one writer take a name, so any number may save at once; the others take
the next number. Nothing is ever written into a version that stands.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from brain.engine import Network
from brain.errors import UserError, unknown
from brain.outputs import check_folder, sweep, sync, writing
from brain.store.run import Run
from brain.store.version import Saved, contents, read, read_run

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
VERSION = re.compile(r"\d{4,9}")


class Store:
    """The versions under one folder, `models/` unless another is given."""

    def __init__(self, root: str | os.PathLike[str] = "models") -> None:
        self.root = Path(root)

    def check(self, name: str) -> None:
        """Raise the sentence now if nothing could be saved under `name` later."""
        check_folder(self._named(name))

    def save(self, name: str, run: Run, net: Network) -> str:
        """Save a network and the record of its run as the next version of `name`; the reference.

        Raises UserError, and leaves every version as it was, for values that are not finite and
        for a disk that is full or cannot be written to.
        """
        folder = self._named(name)
        files = contents(run, net)
        with writing(folder):
            folder.mkdir(exist_ok=True)
            sweep(folder, ".*.partial")
            return f"{name}/{_written(folder, files)}"

    def open(self, reference: str) -> Saved:
        """The version that `reference` names, checked against its sums.

        `NAME` is the version that was saved last, `NAME/3` the third. A path to the folder of a
        version, or of a name, is taken too where nothing here is called so. Raises UserError for
        what is not there, is damaged, or is of a newer format.
        """
        for _ in range(10):
            name, folder = self.find(reference)
            try:
                return read(name, folder)
            except FileNotFoundError as error:
                if folder.is_dir():  # the version stands, and something is missing in it
                    raise UserError(f"{folder} is damaged: {error.filename} is missing.") from None
                # it was removed after a newer one was written: look again
        raise UserError(f"the run {reference!r} was removed while it was read; try again.")

    def find(self, reference: str) -> tuple[str, Path]:
        """The whole reference of a version, `NAME/0003`, and its folder; UserError for none."""
        name, _, version = reference.rstrip("/").partition("/")
        names, path = self.names(), Path(reference)
        if name not in names and os.path.isdir(path):
            whole = path.resolve()
            if os.path.isfile(path / "run.json") or VERSION.fullmatch(whole.name):
                return f"{whole.parent.name}/{whole.name}", path
            if beside := Store(whole.parent).versions(whole.name):
                return f"{whole.name}/{beside[-1]}", path / beside[-1]
        if name not in names and os.path.exists(reference):
            kind = "folder" if os.path.isdir(path) else "file"
            raise UserError(f"{reference} is a {kind}, and no saved run; `brain runs` lists those.")
        if not names:
            raise UserError(
                f"there is no saved run in {self.root}/; save one with: brain train mlp --save"
            )
        if name not in names:
            raise unknown("run", name, names)
        versions = self.versions(name)
        wanted = version or max(versions, key=int, default="")
        for there in versions:
            if wanted.isdecimal() and int(wanted) == int(there):
                return f"{name}/{there}", self.root / name / there
        raise unknown(f"version of {name}", version, versions)

    def listed(self) -> Iterator[tuple[str, Run | UserError]]:
        """Every version's reference and record, without its arrays; or what is wrong with it."""
        for name in self.names():
            for version in self.versions(name):
                try:
                    yield f"{name}/{version}", read_run(self.root / name / version)
                except UserError as error:
                    yield f"{name}/{version}", error
                except FileNotFoundError as error:
                    if (self.root / name / version).is_dir():  # else it was removed just now
                        yield f"{name}/{version}", UserError(f"{error.filename} is missing.")

    def names(self) -> list[str]:
        """The names under which something is saved, sorted."""
        return sorted(p.name for p in _folders(self.root, NAME) if self.versions(p.name))

    def versions(self, name: str) -> list[str]:
        """The versions of `name`, oldest first."""
        return sorted((p.name for p in _folders(self.root / name, VERSION)), key=int)

    def remove(self, reference: str, run: Run | None = None) -> None:
        """Remove the version `NAME/0003` of this store; it is whole until it is gone.

        With `run`, only if it is that run's: its number may have gone to another since.
        """
        name, _, version = reference.partition("/")
        if version not in self.versions(name):
            raise unknown(f"version of {name}", version, self.versions(name))
        folder = self.root / name / version
        if run and read_run(folder) != run:
            return
        going = folder.with_name(f".{secrets.token_hex(8)}.partial")
        with writing(folder):
            os.rename(folder, going)
        shutil.rmtree(going, ignore_errors=True)

    def _named(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise UserError(
                f"a run cannot be named {name!r}: use letters, digits, '.', '_' and '-', at most "
                "100, a letter or digit first."
            )
        return self.root / name


def _written(folder: Path, files: Mapping[str, bytes]) -> str:
    """Write the files of a new version, whole or not at all; its number."""
    partial = folder / f".{secrets.token_hex(8)}.partial"
    try:
        partial.mkdir()
        for file, content in files.items():
            (partial / file).write_bytes(content)
            sync(partial / file)
            if (partial / file).read_bytes() != content:
                raise OSError(0, f"{file} does not read back as it was written")
        sync(partial)
        return _renamed(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _renamed(partial: Path, folder: Path) -> str:
    """Give a version the first free number after the newest."""
    number = max((int(path.name) for path in _folders(folder, VERSION)), default=0)
    while True:
        number += 1
        target = folder / f"{number:04}"
        try:
            os.rename(partial, target)
        except OSError:
            if not os.path.lexists(target):
                raise
            continue  # another writer has taken the number
        sync(folder)
        return target.name


def _folders(root: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    """The folders in `root` whose whole name is as `pattern` says; none if there is no root."""
    try:
        with os.scandir(root) as entries:
            found = [e.name for e in entries if pattern.fullmatch(e.name) and e.is_dir()]
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"cannot read {root}: {error.strerror or error}.") from None
    yield from (root / name for name in found)
