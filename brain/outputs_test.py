"""What is written is there whole or not at all, and what stood there stays until then."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest

from brain.errors import UserError
from brain.outputs import check_folder, check_writable, replacing, sweep, sync, write_whole


def everything(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file()}


@pytest.mark.parametrize("content", ["żółw\n", b"\x00\xff", ""])
def test_text_and_bytes_arrive_as_they_are(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    write_whole(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no"), SystemExit(3)])
def test_what_fails_or_is_interrupted_leaves_the_old_file(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted() -> None:
        with replacing(path) as partial:
            partial.write_text("half of the n")
            raise error

    with pytest.raises(type(error)):
        interrupted()
    assert everything(tmp_path) == {"a.txt": "old"}


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for call in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, call, full)
            with pytest.raises(UserError, match=r"cannot write .*a.txt: No space left on device"):
                write_whole(tmp_path / "a.txt", "new")
        assert everything(tmp_path) == {"a.txt": "old"}


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "there" / "a.txt")
    write_whole(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert everything(tmp_path / "there") == {"a.txt": "new"}


def test_the_partial_file_has_the_suffix_that_writers_go_by(tmp_path: Path) -> None:
    with replacing(tmp_path / "a.tar.gz") as partial:
        assert partial.suffix == ".gz"
        assert partial.parent == tmp_path
        partial.write_text("")


@pytest.mark.parametrize("path", ["", ".", "/", "/proc/version", "/dev/null", "/proc/no/a.txt"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(UserError, match="cannot write"):
        write_whole(path, "x")


def test_what_is_swept_is_old_and_called_so(tmp_path: Path) -> None:
    for name, age in (("tmp1", 7200), ("tmp2", 60), ("mine", 7200)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    (tmp_path / "tmp3").mkdir()
    (tmp_path / "tmp3" / "a").write_text("half")
    os.utime(tmp_path / "tmp3", (0, 0))
    sweep(tmp_path, "tmp*")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "tmp2"]
    sweep(tmp_path / "none", "tmp*")


def test_what_is_written_is_synced_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def noted(name: str, original: Any) -> Any:
        def call(*arguments: Any) -> Any:
            calls.append(name)
            return original(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(os, "replace", noted("rename", os.replace))
    write_whole(tmp_path / "a", "x")
    assert calls == ["sync", "rename", "sync"]
    sync(tmp_path)


def test_checks_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    check_writable(tmp_path / "new")
    check_folder(tmp_path / "folder")
    assert everything(tmp_path) == {"old": "old"}
    assert list((tmp_path / "folder").iterdir()) == []
    for refused in (check_writable, check_folder):
        with pytest.raises(UserError, match="cannot write"):
            refused(tmp_path / "old" / "inside")
