"""The wall of Linux around a process, tried from within one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from brain.learn import landlock
from brain.tracks.table import ROOT

TRIES = {
    "read allowed": "open(allowed + '/file').read()",
    "list allowed": "os.listdir(allowed)",
    "read other": "open(other + '/file').read()",
    "read other through a link": "open(allowed + '/link').read()",
    "list other": "os.listdir(other)",
    "write": "open(allowed + '/file', 'w')",
    "make": "os.mkdir(allowed + '/new')",
    "remove": "os.remove(allowed + '/file')",
    "rename": "os.rename(allowed + '/file', allowed + '/renamed')",
    "run": "subprocess.run([sys.executable, '-c', ''])",
    "forget": "open(os.devnull, 'w').write('x')",
    "in a thread": "[t.start() or t.join() for t in [threading.Thread(target=threaded)]] "
    "and seen and (_ for _ in ()).throw(seen[0])",
}
ALONE = f"""
import os, subprocess, sys, threading
from brain.learn import landlock
allowed, other = sys.argv[1:]
seen = []
def threaded():
    try:
        open(other + "/file")
    except OSError as error:
        seen.append(error)
print(landlock.confine([allowed, allowed + "/missing"]))
for name, what in {TRIES!r}.items():
    try:
        eval(what)
        print(name, "done", sep=": ")
    except OSError as error:
        print(name, error.strerror, sep=": ")
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "file").write_text("x")
    os.symlink(other / "file", allowed / "link")
    return allowed, other


@pytest.mark.skipif(not landlock.version(), reason="this machine keeps no wall (Landlock)")
def test_nothing_but_what_is_allowed_can_be_touched(folders: tuple[Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *folders],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, *lines = done.stdout.splitlines()
    assert first == "True"
    found = dict(line.split(": ", 1) for line in lines)
    may = {name for name, how in found.items() if how == "done"}
    assert may == {"read allowed", "list allowed", "forget"}
    assert {found[name] for name in found.keys() - may} == {"Permission denied"}
    assert sorted(path.name for path in folders[0].iterdir()) == ["file", "link"]


@pytest.mark.skipif(landlock.version() < 4, reason="this machine lets connections be")
def test_no_connection_can_be_made(folders: tuple[Path, Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 5)"
        alone = "import socket; from brain.learn import landlock; landlock.confine([]); "
        done = subprocess.run(
            [sys.executable, "-c", alone + connect],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Permission denied" in done.stderr


def test_a_machine_without_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert landlock.version() == 0
    assert not landlock.confine([])
    monkeypatch.setattr(sys, "platform", "linux")

    def refused(*_: object) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(landlock, "_call", refused)
    assert not landlock.confine([])
