"""Bringing one file over HTTP from a server that may be slow, broken or lying.

Whatever the server does, `download` ends: with what it sent in a file (whose checksum is the
caller's to look at), or with a `Failure` that says what the server did instead.
"""

from __future__ import annotations

import io
from functools import partial
from http.client import HTTPResponse
from socket import socket
from time import monotonic
from typing import Any, BinaryIO

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from brain.data.progress import Bar

CONNECT = 10.0  # seconds to wait for a connection
SILENCE = 30.0  # seconds of silence for which a server is given up
SLOWEST = 2**13  # bytes a second: a server that stays below for SILENCE seconds is given up
ATTEMPTS = 10  # how often a body that broke off is asked for, each time from where it stopped


class Failure(Exception):  # noqa: N818 (it says what a server did, and is no fault of ours)
    """What a server did instead of sending the file, in words that follow its address."""


class _BrokenOff(Exception):  # noqa: N818
    """The body has ended too early, and its rest may be asked for."""


def download(address: str, path: str, largest: int, bar: Bar) -> None:
    """Write to `path` the body with which `address` answers, resumed where it breaks off.

    A Failure says what a server does that gives no file, or more than `largest` bytes. n bytes
    take at most SILENCE + n / SLOWEST seconds. An OSError is one of the disk.
    """
    with open(path, "wb") as file:
        for _ in range(ATTEMPTS):
            try:
                return _receive(address, file, largest, bar)
            except _BrokenOff:
                continue
    raise Failure("broke off again and again")


def _receive(address: str, file: BinaryIO, largest: int, bar: Bar) -> None:
    """Append to `file` what it lacks: all, or the rest after an earlier attempt."""
    start = file.tell()
    # A server must not repack what it sends: the checksum is that of the file as it is.
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with requests.Session() as session:
            session.max_redirects = 5
            session.mount("http://", _Adapter(largest))
            session.mount("https://", _Adapter(largest))
            options: dict[str, Any] = {"timeout": (CONNECT, SILENCE), "stream": True}
            with session.get(address, headers=headers, **options) as response:
                if response.status_code == 416 and start:
                    return  # there is no rest: the length announced before was wrong
                _go_to_start(response, file, bar)
                _write(response, file, bar)
    # ValueError: what requests and urllib raise for an address that cannot be parsed.
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise Failure(_words(error)) from error


def _go_to_start(response: requests.Response, file: BinaryIO, bar: Bar) -> None:
    """Put `file` where the body of `response` starts; no body of a file is a Failure."""
    part = response.headers.get("Content-Range", "")
    if response.status_code == 206 and part.startswith(f"bytes {file.tell()}-"):
        return
    if response.status_code not in (200, 206):
        raise Failure(f"answered {response.status_code}")
    file.seek(0)
    file.truncate()
    bar.reset()
    if response.status_code == 206:
        raise _BrokenOff  # another part than the one asked for


def _write(response: requests.Response, file: BinaryIO, bar: Bar) -> None:
    start = file.tell()
    announced = response.raw.length_remaining
    bar.total = start + announced if announced else 0
    try:
        # Unlike read, read1 does not wait until it has all that it was asked for, so that what
        # came before a break is kept.
        while piece := response.raw.read1(2**16, decode_content=False):
            file.write(piece)
            bar.update(len(piece))
    except ReadTimeoutError as error:
        if file.tell() - start < SILENCE * SLOWEST:
            raise Failure("sent it too slowly") from error
        raise _BrokenOff from error  # it was fast, and may be so again
    except ProtocolError as error:
        raise _BrokenOff from error


class _Adapter(HTTPAdapter):
    """Connections whose answers are read with _Patience."""

    def __init__(self, largest: int) -> None:
        super().__init__()
        self._largest = largest

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        made = staticmethod(partial(_Response, self._largest))
        pool.ConnectionCls = type("Patient", (pool.ConnectionCls,), {"response_class": made})
        return pool


class _Response(HTTPResponse):
    """An answer, head and body, in which every byte is read with _Patience."""

    def __init__(self, largest: int, sock: socket, **kwargs: Any) -> None:
        super().__init__(sock, **kwargs)
        self.fp = io.BufferedReader(_Patience(largest, sock, self.fp.detach()))


class _Patience(io.RawIOBase):
    """Reads from a socket for SILENCE seconds; every SLOWEST bytes buy back one of them.

    So silence and dripping end alike, in the head of an answer too, where the time limit of
    requests is one for each byte.
    """

    def __init__(self, largest: int, sock: socket, raw: io.RawIOBase) -> None:
        self._largest, self._left = largest, largest
        self._socket, self._raw = sock, raw
        self._until = monotonic() + SILENCE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        count = self._raw.readinto(buffer) or 0
        self._until = min(self._until + count / SLOWEST, monotonic() + SILENCE)
        self._left -= count
        if self._left < 0:
            raise Failure(f"sent more than {self._largest:,} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _words(error: Exception) -> str:
    """What `error`, or the one it wraps, says of a server; the first line of WORDS that fits."""
    errors = (error, *error.args[:1])
    fitting = (words for words, kinds in WORDS.items() if any(isinstance(e, kinds) for e in errors))
    return next(fitting, "gave an answer that makes no sense")


WORDS: dict[str, tuple[type[Exception], ...]] = {
    "did not answer in time": (requests.Timeout, ReadTimeoutError),
    "redirected without end": (requests.TooManyRedirects,),
    "could not be reached securely": (requests.exceptions.SSLError,),
    "could not be reached through the proxy": (requests.exceptions.ProxyError,),
    "gave no proper answer": (ProtocolError,),
    "could not be reached": (requests.ConnectionError,),
}
