"""A server of files on this machine that misbehaves as it is told, for the tests of downloads.

`<address><way>/<file>` is answered in one of the ways of the table at the foot of this file.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from brain.data import files as data_files
from brain.randomness import generator


def only_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `folder` the cache, with no BRAIN_DATA, and no proxy before a server on this machine."""
    monkeypatch.delenv("BRAIN_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(data_files, "cache_folder", lambda: folder)
    return folder


def kept(folder: Path) -> list[str]:
    """The names of all files in `folder` and below."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[Server]:
    """A server of `files` by name, while the block runs; no thread of it is left behind."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.files = files
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


class Server(ThreadingHTTPServer):
    """Answers each request in a thread, and waits for them when it is closed."""

    daemon_threads = False
    files: Mapping[str, bytes]

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.asked: Counter[str] = Counter()  # how often each way was asked for
        self.stopped = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *arguments: object) -> None:
        """Say nothing: that a client hangs up is what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        """Answer in the way that the path names."""
        _, way, file = self.path.split("/")
        self.server.asked[way] += 1
        self.content = self.server.files[file]
        # Where the client wants to go on: "bytes=123-"
        self.start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        WAYS[way](self)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def head(self, status: int, **headers: object) -> None:
        """Send status line and headers; `Content_Range=x` is `Content-Range: x`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def whole(self) -> None:
        """Answer well, but for the Range, which is passed over."""
        self.head(200, Content_Length=len(self.content))
        self.wfile.write(self.content)

    def rest(self, most: int | None = None, beyond: int = 0) -> None:
        """Answer well, from `start` on; or break off after `most` bytes, or announce too many."""
        rest = self.content[self.start :]
        if self.start and not rest:
            self.head(416)
        elif self.start:
            span = f"bytes {self.start}-{len(self.content) - 1}/{len(self.content)}"
            self.head(206, Content_Length=len(rest) + beyond, Content_Range=span)
        else:
            self.head(200, Content_Length=len(rest) + beyond)
        self.wfile.write(rest[:most])

    def drip(self, content: bytes) -> None:
        """Send a byte every now and then, as long as the client listens."""
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.stopped.wait(0.02):
                return

    def endless(self, piece: bytes) -> None:
        """Send `piece` for ever, as fast as the client takes it."""
        while not self.server.stopped.is_set():
            self.wfile.write(piece)

    def silence(self) -> None:
        """Say nothing more until the client has gone."""
        self.connection.recv(1)


def cuts(request: Handler) -> None:
    """Break off at a random place."""
    place = request.server.asked["cuts"]
    request.rest(most=int(generator(0, "cuts", place).integers(1, len(request.content))))


def cuts_then_starts_anew(request: Handler) -> None:
    """Break off in the middle; then know nothing of the middle, and send the whole."""
    if request.start:
        request.whole()
    else:
        request.rest(most=len(request.content) // 2)


def cuts_then_errs(request: Handler) -> None:
    """Break off in the middle; then send another part than the one asked for."""
    if request.start:
        request.head(206, Content_Range=f"bytes 0-9/{len(request.content)}", Content_Length=10)
        request.wfile.write(request.content[:10])
    elif request.server.asked["cuts_then_errs"] == 1:
        request.rest(most=len(request.content) // 2)
    else:
        request.whole()


def always_cuts(request: Handler) -> None:
    """Break off in the middle, and start anew, every time."""
    request.head(200, Content_Length=len(request.content))
    request.wfile.write(request.content[: len(request.content) // 2])


def stalls(request: Handler) -> None:
    """Send all but the last byte at once, and then nothing; later, send the rest."""
    request.rest(most=None if request.start else -1)
    request.silence()


def short(request: Handler) -> None:
    """Announce fewer bytes than come."""
    request.head(200, Content_Length=len(request.content) - 1)
    request.wfile.write(request.content)


def unlike(length: object) -> Callable[[Handler], None]:
    """The whole, with another length in its head, or none."""

    def answer(request: Handler) -> None:
        request.head(200, **({} if length is None else {"Content_Length": length}))
        request.wfile.write(request.content)

    return answer


def chunked(request: Handler, most: int | None = None) -> None:
    """The whole in pieces of 1,000 bytes, each with its length before it."""
    request.protocol_version = "HTTP/1.1"
    request.head(200, Transfer_Encoding="chunked", Connection="close")
    for start in range(0, len(request.content), 1000)[:most]:
        piece = request.content[start : start + 1000]
        request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    if most is None:
        request.wfile.write(b"0\r\n\r\n")


def wrong(request: Handler) -> None:
    """As many bytes, of which one is another."""
    request.content = bytes([request.content[0] ^ 1]) + request.content[1:]
    request.rest()


def redirects(place: str) -> Callable[[Handler], None]:
    """Send the client on to `place`, where `*` stands for the file."""

    def answer(request: Handler) -> None:
        request.head(302, Location=place.replace("*", request.path.rpartition("/")[2]))

    return answer


def endless_redirect(request: Handler) -> None:
    """Send the client on, with a body that does not end."""
    request.head(302, Location="/good/" + request.path.rpartition("/")[2])
    request.endless(bytes(2**16))


def endless_head(request: Handler) -> None:
    """A head of more and more lines."""
    for number in count():
        request.wfile.write(f"HTTP/1.1 200 OK\r\nX-{number}: x\r\n".encode())


def garbage(request: Handler) -> None:
    """No HTTP at all."""
    request.wfile.write(b"\x00\xff garbage \r\n\r\n" * 100)


def drips(request: Handler) -> None:
    """A good head, and a body that drips."""
    request.head(200, Content_Length=len(request.content))
    request.drip(request.content)


def endless(request: Handler) -> None:
    """A body that does not end."""
    request.head(200)
    request.endless(bytes(2**16))


WAYS: dict[str, Callable[[Handler], None]] = {
    "good": Handler.rest,
    "whole": Handler.whole,
    "cuts": cuts,
    "cuts_then_starts_anew": cuts_then_starts_anew,
    "cuts_then_errs": cuts_then_errs,
    "always_cuts": always_cuts,
    "stalls": stalls,
    "short": short,
    "long": lambda request: request.rest(beyond=10),
    "long_and_whole": lambda request: unlike(len(request.content) + 10)(request),
    "no_length": unlike(None),
    "absurd_length": unlike("many"),
    "negative_length": unlike(-5),
    "gigantic_length": unlike("9" * 5000),
    "two_lengths": unlike("5, 6"),
    "chunked": chunked,
    "chunked_and_cut": lambda request: chunked(request, most=1),
    "wrong": wrong,
    "missing": lambda request: request.head(404),
    "broken": lambda request: request.head(500),
    "empty": lambda request: request.head(204),
    "loop": redirects("/loop/*"),
    "elsewhere": redirects("/good/*"),
    "nowhere": redirects("http://["),
    "no_network": redirects("ftp://127.0.0.1/*"),
    "endless_redirect": endless_redirect,
    "garbage": garbage,
    "hangs_up": lambda request: None,
    "silent": Handler.silence,
    "drips": drips,
    "drips_head": lambda request: request.drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000),
    "endless": endless,
    "endless_head": endless_head,
    "endless_continue": lambda request: request.endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
}
