"""Files are found, or downloaded whole, or one sentence says why not."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brain.data import download, files
from brain.data.sources import SOURCES, Source
from brain.errors import UserError
from brain.testing.misbehaving import Server, kept, only_cache, serving

FILES = {"first.gz": gzip.compress(b"one"), "second.bin": b"two" * 100_000}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return only_cache(tmp_path / "cache", monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(FILES) as server:
        yield server


@pytest.fixture
def closed() -> str:
    """An address at which no one listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the set in a BRAIN_DATA, as the user laid it out."""
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path / "mine"))
    (tmp_path / "mine/tiny").mkdir(parents=True)
    return tmp_path / "mine/tiny"


def publish(monkeypatch: pytest.MonkeyPatch, *mirrors: str) -> None:
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setitem(SOURCES, "tiny", Source("tiny", mirrors, checksums))


def test_a_good_mirror_fills_the_cache(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    publish(monkeypatch, server.address + "good/")
    assert files.locate("tiny") is None
    paths = files.fetch("tiny")
    assert paths == (cache / "tiny/first.gz", cache / "tiny/second.bin")
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert files.locate("tiny") == paths
    assert capfd.readouterr() == ("", "")  # neither a log line nor, without a terminal, a bar


def test_the_cache_answers_without_a_network(
    cache: Path, server: Server, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "good/")
    paths = files.fetch("tiny")
    publish(monkeypatch, closed)
    assert files.fetch("tiny") == paths


def test_a_file_may_be_published_under_another_name(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    checksums = {"text.txt": hashlib.sha256(FILES["second.bin"]).hexdigest()}
    source = Source("tiny", (server.address + "good/",), checksums, {"text.txt": "second.bin"})
    monkeypatch.setitem(SOURCES, "tiny", source)
    assert files.fetch("tiny") == (cache / "tiny/text.txt",)
    assert kept(cache) == ["text.txt"]


def test_an_unreachable_mirror_is_passed_over(
    cache: Path, server: Server, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed, server.address + "good/")
    assert len(files.fetch("tiny")) == 2


def test_a_mirror_is_asked_again(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "good/")
    retrieve, attempts = files._retrieve, []

    def fails_once(address: str, checksum: str | None, path: Path, largest: int) -> None:
        attempts.append(address)
        if len(attempts) == 1:
            raise download.Failure("had a bad line")
        retrieve(address, checksum, path, largest)

    monkeypatch.setattr(files, "_retrieve", fails_once)
    assert len(files.fetch("tiny")) == 2
    assert len(attempts) == 3


def test_when_all_fail_one_sentence_says_so_and_nothing_is_kept(
    cache: Path, server: Server, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "missing/", server.address + "wrong/", closed)
    with pytest.raises(UserError) as caught:
        files.fetch("tiny")
    for words in (
        "'tiny'",
        "tiny/first.gz",
        "BRAIN_DATA (not set)",
        str(cache),
        "missing/ answered 404",
        "wrong/ gave a file with another checksum",
        f"{closed} could not be reached",
    ):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kept(cache) == []


def test_a_cache_that_cannot_be_written_is_named(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "good/")
    cache.write_text("a file where a folder should be")
    with pytest.raises(UserError, match=f"cannot keep tiny/first.gz in the cache .{cache}"):
        files.fetch("tiny")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["first", "second.bin"], ("first", "second.bin")),
        (["first.gz", "second.bin"], ("first.gz", "second.bin")),
        (["first", "first.gz", "first.bz2", "second.bin"], ("first", "second.bin")),
        (["first.bz2", "second.bin", "second.bin.bz2"], ("first.bz2", "second.bin")),
    ],
)
def test_the_users_folder_comes_first_plain_or_compressed(
    cache: Path,
    mine: Path,
    names: list[str],
    wanted: tuple[str, ...],
    closed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(monkeypatch, closed)
    for folder in (mine, cache / "tiny"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).write_bytes(FILES.get(name, b"looked at when it is read"))
    assert files.fetch("tiny") == files.locate("tiny") == tuple(mine / name for name in wanted)
    monkeypatch.setenv("BRAIN_DATA", "")
    assert files.fetch("tiny") == tuple(cache / "tiny" / name for name in wanted)


def test_a_file_that_is_not_the_published_one_is_refused(
    cache: Path, mine: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    for name, content in {**FILES, "first.gz": gzip.compress(b"another")}.items():
        (mine / name).write_bytes(content)
    with pytest.raises(UserError, match="it is not the published file"):
        files.fetch("tiny")


def test_a_file_that_cannot_be_read_is_named(
    cache: Path, mine: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    for name, content in FILES.items():
        (mine / name).write_bytes(content)

    def forbidden(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "sha256", forbidden)
    with pytest.raises(UserError, match=rf"cannot read {mine}/first.gz: Permission denied"):
        files.fetch("tiny")


PACKED: dict[str, Callable[[bytes], bytes]] = {".bz2": bz2.compress, ".gz": gzip.compress}


@pytest.mark.parametrize("suffix", PACKED)
def test_what_is_published_plain_is_unpacked_into_the_cache_once(
    suffix: str, cache: Path, mine: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    (mine / "first.gz").write_bytes(FILES["first.gz"])
    (mine / f"second.bin{suffix}").write_bytes(PACKED[suffix](FILES["second.bin"]))
    assert files.locate("tiny") == (mine / "first.gz", mine / f"second.bin{suffix}")
    for _ in range(2):
        assert files.fetch("tiny") == (mine / "first.gz", cache / "tiny/second.bin")
        # What is there is not unpacked again.
        monkeypatch.setitem(files.OPENERS, suffix, None)
    assert (cache / "tiny/second.bin").read_bytes() == FILES["second.bin"]
    assert kept(cache) == ["second.bin"]


def test_a_bad_copy_in_the_cache_is_unpacked_anew(
    cache: Path, mine: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    (mine / "first.gz").write_bytes(FILES["first.gz"])
    (mine / "second.bin.bz2").write_bytes(bz2.compress(FILES["second.bin"]))
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny/second.bin").write_bytes(b"half a fi")
    assert files.fetch("tiny")[1].read_bytes() == FILES["second.bin"]


def test_where_the_cache_cannot_be_written_it_is_read_where_it_lies(
    cache: Path, mine: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    (mine / "first.gz").write_bytes(FILES["first.gz"])
    (mine / "second.bin.bz2").write_bytes(bz2.compress(FILES["second.bin"]))
    cache.write_text("a file where a folder should be")
    assert files.fetch("tiny") == (mine / "first.gz", mine / "second.bin.bz2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bz2.compress(b"another"), "is not the published file"),
        (bz2.compress(FILES["second.bin"])[:-9], "ended before"),
        (b"no bzip2", "Invalid data stream"),
        (bz2.compress(bytes(2000)), "unpacks to more than 1,000 bytes"),
    ],
)
def test_a_packed_file_that_is_not_the_published_one_is_refused(
    content: bytes,
    words: str,
    cache: Path,
    mine: Path,
    closed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(monkeypatch, closed)
    monkeypatch.setattr(files, "LARGEST_MEMBER", 1000)
    (mine / "first.gz").write_bytes(FILES["first.gz"])
    (mine / "second.bin.bz2").write_bytes(content)
    with pytest.raises(UserError, match=f"cannot read {mine}/second.bin.bz2: .*{words}"):
        files.fetch("tiny")
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [("data", "an absolute path"), ("~/data", "an absolute path"), ("/no/such/folder", "exists")],
)
def test_a_users_folder_that_is_none_is_refused(
    value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAIN_DATA", value)
    with pytest.raises(UserError, match=f"BRAIN_DATA must .*{words}"):
        files.locate("mnist")


@pytest.mark.parametrize(
    ("suffix", "content"),
    [("", b"hello"), (".gz", gzip.compress(b"hello", mtime=0)), (".bz2", bz2.compress(b"hello"))],
)
def test_reading_unpacks_by_suffix(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"text{suffix}"
    path.write_bytes(content)
    with files.reading(path) as file:
        assert file.read() == b"hello"
