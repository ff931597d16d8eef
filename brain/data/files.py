"""Finding a data set's files: the folder `BRAIN_DATA`, then the user's cache, then a download.

Both folders are laid out as `<data set's folder>/<file>`, and a file may stand there plain or
compressed. The cache never holds a bad or half a file: a download goes to a temporary file, which
takes its name only when its SHA-256 is the published one.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path

from brain.data.progress import progress_bar
from brain.data.sources import SOURCES, Source
from brain.errors import UserError

OPENERS: dict[str, Callable[[Path], BufferedIOBase]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}

# Seconds to wait for a connection, and for the next bytes of an answer.
TIME_LIMIT = (10.0, 30.0)
# How often the round of mirrors is made before giving up.
ROUNDS = 2


def locate(name: str) -> tuple[Path, ...] | None:
    """The files of data set `name`, in the order of its source; None if one is not here yet."""
    source = SOURCES[name]
    paths = [_find(source.folder, file) for file in source.checksums]
    found = tuple(path for path in paths if path is not None)
    return found if len(found) == len(paths) else None


def fetch(name: str) -> tuple[Path, ...]:
    """The files of data set `name`, in the order of its source; what is missing is downloaded.

    A file that no mirror gives, or that cannot be kept, is a UserError that says what to do.
    """
    source = SOURCES[name]
    found = (_published(source, file) for file in source.checksums)
    return tuple(
        path or _download(name, source, file)
        for path, file in zip(found, source.checksums, strict=True)
    )


def _published(source: Source, file: str) -> Path | None:
    """Where `file` stands already; a UserError if a compressed one is not the published file."""
    path = _find(source.folder, file)
    if path is not None and path.name == file:
        with path.open("rb") as opened:
            checksum = hashlib.file_digest(opened, "sha256").hexdigest()
        if checksum != source.checksums[file]:
            raise damaged(path, "it is not the published file (its SHA-256 is another)")
    return path


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


def damaged(path: Path, reason: str) -> UserError:
    """The error for a file that is not what it should be."""
    return UserError(
        f"cannot read {path}: {reason}; replace the file, or remove it to have it downloaded anew."
    )


def _open_plain(path: Path) -> BufferedIOBase:
    return path.open("rb")


def _find(folder: str, file: str) -> Path | None:
    """Where `file` stands already, plain before compressed."""
    plain = file.removesuffix(".gz").removesuffix(".bz2")
    for root in (user_folder, cache_folder):
        above = root()
        for suffix in ("", *OPENERS):
            # Unlike Path.is_file, this takes a folder that may not be entered for an absent one.
            if above and os.path.isfile(path := above / folder / (plain + suffix)):
                return path
    return None


def _download(name: str, source: Source, file: str) -> Path:
    """Bring `file` into the cache from the first mirror that gives it whole."""
    import requests  # what pooch downloads with

    failures: dict[str, str] = {}
    for mirror in source.mirrors * ROUNDS:
        try:
            return _retrieve(mirror + file, source.checksums[file], cache_folder() / source.folder)
        except requests.HTTPError as error:
            failures[mirror] = f"answered {getattr(error.response, 'status_code', 'an error')}"
        except requests.Timeout:
            failures[mirror] = "did not answer in time"
        except requests.RequestException:
            failures[mirror] = "could not be reached"
        except ValueError:
            failures[mirror] = "gave a file with another checksum"
        except OSError as error:
            raise UserError(
                f"cannot keep {source.folder}/{file} in the cache ({cache_folder()}): "
                f"{error.strerror or error}; make room for it there, or set BRAIN_DATA to a "
                "folder that holds it."
            ) from error
    raise _not_found(name, source, file, failures)


def _retrieve(address: str, checksum: str, folder: Path) -> Path:
    """Download `address` into `folder` under its own name; the file is there whole or not at all.

    Raises what pooch and requests raise: ValueError for a wrong checksum, RequestException for a
    failure on the network, another OSError for one on the disk.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    file = address.rpartition("/")[2]
    with progress_bar(file) as bar:
        downloader = pooch.HTTPDownloader(
            progressbar=bar,
            chunk_size=2**16,
            timeout=TIME_LIMIT,
            # A server must not repack what it sends: the checksum is that of the file as it is.
            headers={"Accept-Encoding": "identity"},
        )
        path = pooch.retrieve(
            address, f"sha256:{checksum}", fname=file, path=folder, downloader=downloader
        )
    return Path(path)


def _not_found(name: str, source: Source, file: str, failures: dict[str, str]) -> UserError:
    user = user_folder()
    tried = ", ".join(f"{mirror} {failure}" for mirror, failure in failures.items())
    return UserError(
        f"the data set {name!r} needs {source.folder}/{file}, which is neither in BRAIN_DATA "
        f"({user or 'not set'}) nor in the cache ({cache_folder()}), and cannot be downloaded: "
        f"{tried}; connect to the network, or set BRAIN_DATA to a folder that holds it."
    )
