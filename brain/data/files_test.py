"""Files are found, or downloaded whole, or one sentence says why not."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from brain.data import files
from brain.data.sources import SOURCES, Source
from brain.errors import UserError

FILES = {"first.gz": gzip.compress(b"one"), "second.bin": b"two" * 100_000}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no BRAIN_DATA, and no proxy between the test and its server."""
    monkeypatch.delenv("BRAIN_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server of three folders: `good/`; `wrong/`, with other bytes; `empty/`."""
    root = tmp_path / "published"
    for folder, tail in (("good", b""), ("wrong", b"!"), ("empty", None)):
        (root / folder).mkdir(parents=True)
        for name, content in FILES.items():
            if tail is not None:
                (root / folder / name).write_bytes(content + tail)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root))) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


@pytest.fixture
def closed() -> str:
    """An address at which no one listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


def publish(monkeypatch: pytest.MonkeyPatch, *mirrors: str) -> None:
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setitem(SOURCES, "tiny", Source("tiny", mirrors, checksums))


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_good_mirror_fills_the_cache(
    cache: Path, server: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    publish(monkeypatch, server + "good/")
    assert files.locate("tiny") is None
    paths = files.fetch("tiny")
    assert paths == (cache / "tiny/first.gz", cache / "tiny/second.bin")
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert files.locate("tiny") == paths
    assert capfd.readouterr() == ("", "")  # neither a log line nor, without a terminal, a bar


def test_the_cache_answers_without_a_network(
    cache: Path, server: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server + "good/")
    paths = files.fetch("tiny")
    publish(monkeypatch, closed)
    assert files.fetch("tiny") == paths


@pytest.mark.parametrize("first", ["empty/", "wrong/"])
def test_the_second_mirror_makes_good_the_first(
    cache: Path, server: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server + first, server + "good/")
    assert [path.read_bytes() for path in files.fetch("tiny")] == list(FILES.values())
    assert kept(cache) == sorted(FILES)


def test_an_unreachable_mirror_is_passed_over(
    cache: Path, server: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed, server + "good/")
    assert len(files.fetch("tiny")) == 2


def test_a_mirror_is_asked_again(cache: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, server + "good/")
    retrieve, attempts = files._retrieve, []

    def fails_once(address: str, checksum: str, folder: Path) -> Path:
        attempts.append(address)
        if len(attempts) == 1:
            raise ValueError("a bad line")
        return retrieve(address, checksum, folder)

    monkeypatch.setattr(files, "_retrieve", fails_once)
    assert len(files.fetch("tiny")) == 2
    assert len(attempts) == 3


def test_when_all_fail_one_sentence_says_so_and_nothing_is_kept(
    cache: Path, server: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server + "empty/", server + "wrong/", closed)
    with pytest.raises(UserError) as caught:
        files.fetch("tiny")
    for words in (
        "'tiny'",
        "tiny/first.gz",
        "BRAIN_DATA (not set)",
        str(cache),
        "empty/ answered 404",
        "wrong/ gave a file with another checksum",
        f"{closed} could not be reached",
    ):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kept(cache) == []


def test_a_silent_mirror_is_given_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "TIME_LIMIT", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        publish(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(UserError, match="did not answer in time"):
            files.fetch("tiny")
    assert kept(cache) == []


def test_a_cache_that_cannot_be_written_is_named(
    cache: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server + "good/")
    cache.write_text("a file where a folder should be")
    with pytest.raises(UserError, match=f"cannot keep tiny/first.gz in the cache .{cache}"):
        files.fetch("tiny")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["first", "second.bin"], ("first", "second.bin")),
        (["first.gz", "second.bin.bz2"], ("first.gz", "second.bin.bz2")),
        (["first", "first.gz", "first.bz2", "second.bin.gz"], ("first", "second.bin.gz")),
    ],
)
def test_the_users_folder_comes_first_plain_or_compressed(
    cache: Path,
    tmp_path: Path,
    names: list[str],
    wanted: tuple[str, ...],
    closed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(monkeypatch, closed)
    for folder in (tmp_path / "mine/tiny", cache / "tiny"):
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_bytes(FILES.get(name, b"looked at when it is read"))
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path / "mine"))
    assert files.fetch("tiny") == tuple(tmp_path / "mine/tiny" / name for name in wanted)
    monkeypatch.setenv("BRAIN_DATA", "")
    assert files.fetch("tiny") == tuple(cache / "tiny" / name for name in wanted)


def test_a_file_that_is_not_the_published_one_is_refused(
    cache: Path, tmp_path: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, closed)
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    (tmp_path / "tiny").mkdir()
    for name, content in {**FILES, "first.gz": gzip.compress(b"another")}.items():
        (tmp_path / "tiny" / name).write_bytes(content)
    with pytest.raises(UserError, match="it is not the published file"):
        files.fetch("tiny")


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
    [("", b"hello"), (".gz", gzip.compress(b"hello")), (".bz2", bz2.compress(b"hello"))],
)
def test_reading_unpacks_by_suffix(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"text{suffix}"
    path.write_bytes(content)
    with files.reading(path) as file:
        assert file.read() == b"hello"
