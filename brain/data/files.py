"""Finding a data set's files: the folder `BRAIN_DATA`, then the user's cache, then a download.

Both folders are laid out as `<data set's folder>/<file>`, and a file may stand there plain or
compressed, or in the archive in which it is published. The cache never holds a bad or half a file:
what is downloaded or unpacked goes to a temporary file, which takes its name only when its SHA-256
is the published one. An archive that was downloaded is removed when it is unpacked.
"""

from __future__ import annotations

import bz2
import gzip
import os
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path

from brain.data.archives import LARGEST_MEMBER, Damaged, keep, members, sha256
from brain.data.progress import Bar, progress_bar
from brain.data.sources import SOURCES, Source
from brain.errors import UserError, brief
from brain.outputs import sweep

OPENERS: dict[str, Callable[[Path], BufferedIOBase]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}

# How often the round of mirrors is made before giving up.
ROUNDS = 2


def locate(name: str) -> tuple[Path, ...] | None:
    """Where the files of data set `name` lie, in the order of its source; None if one does not.

    A file that is not unpacked yet lies in its archive.
    """
    source = SOURCES[name]
    archive = _find_archive(source)
    paths = [_find(source.folder, file) or archive for file in source.checksums]
    found = tuple(path for path in paths if path is not None)
    return found if len(found) == len(paths) else None


def fetch(name: str) -> tuple[Path, ...]:
    """The files of data set `name`, in the order of its source; what is missing is downloaded.

    A file that is published plain and stands in BRAIN_DATA compressed is unpacked into the cache
    once, where that can be written. A file that no mirror gives, or that cannot be kept, is a
    UserError that says what to do.
    """
    source = SOURCES[name]
    paths = {file: _published(source, file) for file in source.checksums}
    missing = [file for file, path in paths.items() if path is None]
    if missing and source.archive:
        _from_archive(name, source, source.archive, missing)
    else:
        for file in missing:
            _download(name, source, file)
    return tuple(path or _kept(source, file) for file, path in paths.items())


def user_folder() -> Path | None:
    """The folder that `BRAIN_DATA` names; None when it is not set, a UserError when it is none."""
    value = os.environ.get("BRAIN_DATA")
    if not value:
        return None
    folder = Path(value)
    if not folder.is_absolute():
        raise UserError(f"BRAIN_DATA must be an absolute path, not {value!r}.")
    if not os.path.isdir(folder):
        raise UserError(f"BRAIN_DATA must name a folder that exists; {value!r} does not.")
    return folder


def cache_folder() -> Path:
    """The user's cache for this project, which need not exist."""
    import pooch

    return Path(pooch.os_cache("inside-ai-brain"))


@contextmanager
def reading(path: Path) -> Iterator[BufferedIOBase]:
    """`path` open for reading, uncompressed by its suffix; a fault in it is a UserError."""
    try:
        with OPENERS.get(path.suffix, _open_plain)(path) as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(path, str(error) or type(error).__name__) from error


class DamagedFileError(UserError):
    """A file is not what it should be; `reason` says how, without the advice for a data set's."""

    reason = ""


def damaged(path: Path, reason: str) -> DamagedFileError:
    """The error for a file of a data set that is not what it should be."""
    error = DamagedFileError(
        f"cannot read {path}: {brief(reason)}; replace the file, or remove it to have it "
        "downloaded anew."
    )
    error.reason = brief(reason)
    return error


def _open_plain(path: Path) -> BufferedIOBase:
    return path.open("rb")


def _find(folder: str, file: str) -> Path | None:
    """Where `file` stands already, plain before compressed."""
    plain = file.removesuffix(".gz").removesuffix(".bz2")
    return _first(folder, [plain + suffix for suffix in ("", *OPENERS)])


def _find_archive(source: Source) -> Path | None:
    return _first(source.folder, [source.archive]) if source.archive else None


def _first(folder: str, names: Collection[str]) -> Path | None:
    for root in (user_folder, cache_folder):
        above = root()
        for name in names:
            # Unlike Path.is_file, this takes a folder that may not be entered for an absent one.
            if above and os.path.isfile(path := above / folder / name):
                return path
    return None


def _kept(source: Source, file: str) -> Path:
    return cache_folder() / source.folder / file


def _published(source: Source, file: str) -> Path | None:
    """Where `file` stands already; a UserError if it is not the published one.

    What is published compressed and stands there plain is taken as it is: its sum is not known.
    """
    path = _find(source.folder, file)
    if path is None:
        return None
    try:
        good = path.name != file or sha256(path) == source.checksums[file]
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if not good:
        raise damaged(path, "it is not the published file (its SHA-256 is another)")
    return _unpacked(source, file, path) if path.name.startswith(f"{file}.") else path


def _unpacked(source: Source, file: str, path: Path) -> Path:
    """The plain copy in the cache of the compressed `path`, made now or earlier.

    Where the cache cannot be written, `path` itself: it is read where it lies, only slower.
    """
    kept, checksum = _kept(source, file), source.checksums[file]
    try:
        if not os.path.isfile(kept) or sha256(kept) != checksum:
            with progress_bar(f"unpacking {path.name}") as bar:
                keep(kept, _pieces(path, bar), checksum)
    except Damaged as error:
        raise damaged(path, str(error)) from error
    except OSError:
        return path
    return kept


def _pieces(path: Path, bar: Bar) -> Iterator[bytes]:
    """The content of the compressed `path`, counted by `bar`."""
    left = LARGEST_MEMBER
    with reading(path) as file:
        while piece := file.read(2**20):
            left -= len(piece)
            if left < 0:
                raise Damaged(f"it unpacks to more than {LARGEST_MEMBER:,} bytes")
            bar.update(len(piece))
            yield piece


def _download(name: str, source: Source, file: str) -> None:
    """Bring a `file` that is published by itself into the cache."""
    published, checksum = source.published.get(file, file), f"sha256:{source.checksums[file]}"

    def take(mirror: str) -> None:
        _retrieve(mirror + published, checksum, _kept(source, file), source.largest)

    _from_mirrors(name, source, file, take)


def _from_archive(name: str, source: Source, archive: str, files: Collection[str]) -> None:
    """Bring `files` into the cache out of their archive, which is downloaded unless it is here."""
    here = _find_archive(source)
    if here:
        try:
            with _keeping(source, archive):
                _unpack(here, source, files)
        except Damaged as error:
            raise damaged(here, str(error)) from error
        return

    def take(mirror: str) -> None:
        folder = cache_folder() / source.folder
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            path = Path(temporary, archive)
            _retrieve(mirror + archive, source.archive_checksum, path, source.largest)
            _unpack(path, source, files)

    _from_mirrors(name, source, archive, take)


def _unpack(archive: Path, source: Source, files: Collection[str]) -> None:
    wanted = {source.published.get(file, file): file for file in files}
    with progress_bar(f"unpacking {archive.name}") as bar:
        for member, content in members(archive, wanted):
            file = wanted[member]
            keep(_kept(source, file), [content], source.checksums[file])
            bar.update(len(content))


def _from_mirrors(name: str, source: Source, file: str, take: Callable[[str], None]) -> None:
    """Bring `file` into the cache by the first mirror of which `take` makes a whole one."""
    from brain.data.download import Failure  # and with it requests, which takes its time

    failures: dict[str, str] = {}
    for mirror in source.mirrors * ROUNDS:
        try:
            with _keeping(source, file):
                return take(mirror)
        except Failure as failure:
            failures[mirror] = str(failure)
        except Damaged as error:
            failures[mirror] = f"gave a damaged file ({error})"
    tried = ", ".join(f"{mirror} {failure}" for mirror, failure in failures.items())
    raise UserError(
        f"the data set {name!r} needs {source.folder}/{file}, which is neither in BRAIN_DATA "
        f"({user_folder() or 'not set'}) nor in the cache ({cache_folder()}), and cannot be "
        f"downloaded: {tried}; connect to the network, or set BRAIN_DATA to a folder that holds it."
    )


def _retrieve(address: str, checksum: str | None, path: Path, largest: int) -> None:
    """Download `address` to `path`, which is there whole or not at all.

    `checksum` is `algorithm:digest`. A Failure is the server's, an OSError the disk's.
    """
    import pooch

    from brain.data.download import Failure, download

    pooch.get_logger().setLevel("WARNING")
    sweep(path.parent, "tmp*")  # of downloads that were killed
    with progress_bar(path.name) as bar:

        def downloader(address: str, partial: str, _: object) -> None:
            download(address, partial, largest, bar)

        try:
            pooch.retrieve(address, checksum, path.name, path.parent, downloader=downloader)
        except ValueError as error:
            raise Failure("gave a file with another checksum") from error


@contextmanager
def _keeping(source: Source, file: str) -> Iterator[None]:
    """A disk that does not take `file` is a UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"cannot keep {source.folder}/{file} in the cache ({cache_folder()}): "
            f"{error.strerror or error}; make room for it there, or set BRAIN_DATA to a folder "
            "that holds it."
        ) from error
