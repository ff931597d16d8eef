"""Whatever a server does, a download ends: whole, from the next mirror, or in one sentence."""

from __future__ import annotations

import errno
import hashlib
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.data import download, files
from brain.data.progress import Bar
from brain.data.sources import SOURCES, Source
from brain.errors import UserError
from brain.testing.misbehaving import WAYS, Server, kept, only_cache, serving

# Not a whole number of anything that a download counts in.
CONTENT = bytes(range(256)) * 800 + b"and a tail"
CHECKSUMS = {"file.bin": hashlib.sha256(CONTENT).hexdigest()}
LARGEST = 2**20

# Ways that end in the whole file, though the server is asked more than once in some.
WHOLE = [
    *("good", "whole", "elsewhere", "cuts", "cuts_then_starts_anew", "cuts_then_errs", "stalls"),
    *("long", "no_length", "absurd_length", "negative_length", "gigantic_length", "chunked"),
]
# Ways that end in words.
REFUSED = {
    "always_cuts": "broke off again and again",
    "long_and_whole": "broke off again and again",
    "chunked_and_cut": "broke off again and again",
    "short": "gave a file with another checksum",
    "wrong": "gave a file with another checksum",
    "two_lengths": "gave an answer that makes no sense",
    "missing": "answered 404",
    "broken": "answered 500",
    "empty": "answered 204",
    "loop": "redirected without end",
    "nowhere": "gave an answer that makes no sense",
    "no_network": "gave an answer that makes no sense",
    "endless_redirect": "sent more than 1,048,576 bytes",
    "garbage": "gave no proper answer",
    "hangs_up": "gave no proper answer",
    "silent": "did not answer in time",
    "drips": "sent it too slowly",
    "drips_head": "did not answer in time",
    "endless": "sent more than 1,048,576 bytes",
    "endless_head": "gave no proper answer",
    "endless_continue": "sent more than 1,048,576 bytes",
}
WAITING = {"stalls", "silent", "drips", "drips_head"}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return only_cache(tmp_path / "cache", monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving({"file.bin": CONTENT}) as server:
        yield server


def publish(monkeypatch: pytest.MonkeyPatch, server: Server, *ways: str) -> None:
    """A data set with a mirror for each way; the waiting is short where a server lets us wait."""
    server.asked.clear()
    if WAITING & set(ways):
        monkeypatch.setattr(download, "SILENCE", 0.3)
    mirrors = tuple(f"{server.address}{way}/" for way in ways)
    monkeypatch.setitem(SOURCES, "tiny", Source("tiny", mirrors, CHECKSUMS, largest=LARGEST))


def test_every_way_is_tried() -> None:
    assert {*WHOLE, *REFUSED} == set(WAYS)


@pytest.mark.parametrize("way", WHOLE)
def test_the_file_comes_whole(
    way: str, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, way)
    (path,) = files.fetch("tiny")
    assert path.read_bytes() == CONTENT
    assert kept(cache) == ["file.bin"]
    assert server.asked[way] < download.ATTEMPTS


@pytest.mark.parametrize("way", REFUSED)
def test_the_sentence_says_what_the_server_did(
    way: str, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, way)
    monkeypatch.setattr(files, "ROUNDS", 1)
    before = threading.active_count()
    with pytest.raises(UserError) as caught:
        files.fetch("tiny")
    assert f"/{way}/ {REFUSED[way]};" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kept(cache) == []
    assert threading.active_count() <= before + 1  # the server may still see to its end


@pytest.mark.parametrize("way", REFUSED)
def test_the_next_mirror_makes_it_good(
    way: str, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, way, "good")
    (path,) = files.fetch("tiny")
    assert path.read_bytes() == CONTENT
    assert kept(cache) == ["file.bin"]


def test_a_body_is_resumed_and_not_sent_again(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, "cuts")
    counted: list[int] = []
    monkeypatch.setattr(Bar, "update", lambda bar, count: counted.append(count))
    files.fetch("tiny")
    assert sum(counted) == len(CONTENT)
    assert server.asked["cuts"] > 1


def test_how_long_a_server_may_take_follows_from_what_it_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    waits: list[float] = []

    class Socket:
        def settimeout(self, seconds: float) -> None:
            waits.append(seconds)

    monkeypatch.setattr(download, "monotonic", lambda: clock[0])
    raw = io.BytesIO(bytes(10 * download.SLOWEST))
    patience = download._Patience(2**20, Socket(), raw)  # type: ignore[arg-type]
    for second, size in ((0, 1), (10, 5 * download.SLOWEST), (20, 1), (30, 1)):
        clock[0] = second
        assert len(patience.read(size)) == size
    # seconds left: all; 10 less; 10 less, of which 5 were bought back; 10 less
    assert waits == pytest.approx([30, 20, 15, 5], abs=1e-2)
    clock[0] = 36
    with pytest.raises(TimeoutError):
        patience.read(1)


def test_an_interrupt_leaves_nothing_behind(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, "good")

    def interrupt(bar: Bar, count: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.fetch("tiny")
    assert kept(cache) == []


def test_a_full_disk_is_named_and_left_clean(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, content: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    publish(monkeypatch, server, "good", "good")
    monkeypatch.setattr(download, "open", Full, raising=False)
    with pytest.raises(UserError, match=f"cannot keep tiny/file.bin .*{cache}.* No space left"):
        files.fetch("tiny")
    assert kept(cache) == []
    assert server.asked["good"] == 1  # another mirror makes no room


def test_two_processes_at_once(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server, "cuts")
    code = (
        "import sys; from pathlib import Path; from brain.data import files, sources;"
        f"files.cache_folder = lambda: Path({str(cache)!r});"
        f"sources.SOURCES['tiny'] = sources.{SOURCES['tiny']!r};"
        "print(files.fetch('tiny')[0].read_bytes() == bytes(range(256)) * 800 + b'and a tail')"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)
    ]
    assert [process.communicate()[0] for process in processes] == [b"True\n"] * 2
    assert kept(cache) == ["file.bin"]
