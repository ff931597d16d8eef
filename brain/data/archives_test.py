"""Files come out of an archive whole and inside the folder, or one sentence says why not."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from brain.data import archives, files
from brain.data.archives import Damaged, keep, members
from brain.data.sources import SOURCES, Source
from brain.errors import UserError
from brain.randomness import generator
from brain.testing.misbehaving import Server, kept, only_cache, serving

ONE, TWO = b"one" * 1000, bytes(generator(0, "two").bytes(20_000))
WANTED = {"inside/one.bin": ONE, "inside/two.bin": TWO}
OTHERS = {"../outside.bin": b"!", "/outside.bin": b"!", "inside/readme.txt": b"read me"}
FORMS = ["set.tar", "set.tar.gz", "set.zip"]


def tar(*infos: tarfile.TarInfo, contents: dict[str, bytes] | None = None) -> bytes:
    """A tar of `infos`, then of `contents` as regular files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        for info in infos:
            opened.addfile(info, io.BytesIO(bytes(info.size)))
        for name, content in (contents or {}).items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            opened.addfile(info, io.BytesIO(content))
    return made.getvalue()


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    return made.getvalue()


def packed(form: str, contents: dict[str, bytes]) -> bytes:
    """`contents` in the form that a file of this name has."""
    if form.endswith(".zip"):
        return zipped(contents)
    return gzip.compress(tar(contents=contents)) if form.endswith(".gz") else tar(contents=contents)


def unpack(folder: Path, form: str, content: bytes) -> dict[str, bytes]:
    """What `members` finds of WANTED in an archive of this content."""
    (folder / form).write_bytes(content)
    return dict(members(folder / form, WANTED))


@pytest.mark.parametrize("form", FORMS)
def test_the_wanted_members_come_out(form: str, tmp_path: Path) -> None:
    assert unpack(tmp_path, form, packed(form, OTHERS | WANTED)) == WANTED
    assert kept(tmp_path) == [form]


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_member_is_named(form: str, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=r"it lacks inside/two.bin"):
        unpack(tmp_path, form, packed(form, {"inside/one.bin": ONE, "two.bin": TWO}))


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
        *(tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE, b"?"),
    ],
)
def test_only_regular_files_come_out_of_a_tar(kind: bytes, tmp_path: Path) -> None:
    info = tarfile.TarInfo("inside/one.bin")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(Damaged, match=r"one.bin is no regular file"):
        unpack(tmp_path, "set.tar", tar(info, contents={"inside/two.bin": TWO}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_only_regular_files_come_out_of_a_zip(kind: int, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        info = zipfile.ZipInfo("inside/one.bin")
        info.external_attr = (kind | 0o777) << 16
        opened.writestr(info, "/etc/passwd")
    with pytest.raises(Damaged, match=r"one.bin is no regular file"):
        unpack(tmp_path, "set.zip", made.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("form", ["set.tar", "set.zip"])
def test_a_wanted_member_may_come_only_once(form: str, tmp_path: Path) -> None:
    made = io.BytesIO(packed(form, WANTED))
    if form == "set.zip":
        with zipfile.ZipFile(made, "a") as opened:
            opened.writestr("inside/one.bin", b"another")
    else:
        with tarfile.open(fileobj=made, mode="a") as again:
            again.addfile(tarfile.TarInfo("inside/one.bin"))
    with pytest.raises(Damaged, match=r"it holds inside/one.bin twice"):
        unpack(tmp_path, form, made.getvalue())


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(WANTED))
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(head) + flags] |= 1
    with pytest.raises(Damaged, match=r"its inside/one.bin is encrypted"):
        unpack(tmp_path, "set.zip", bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_without_a_bound_is_refused(method: int, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="packed by a method not read here"):
        unpack(tmp_path, "set.zip", zipped(WANTED, method))


@pytest.mark.parametrize("form", FORMS)
def test_a_member_is_bounded(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_MEMBER", len(TWO) - 1)
    with pytest.raises(Damaged, match=r"its inside/two.bin claims 20,000 bytes"):
        unpack(tmp_path, form, packed(form, WANTED))


def test_what_is_passed_over_is_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST", 2**20)
    bomb = gzip.compress(tar(contents={"zeros": bytes(2**22), **WANTED}))
    assert len(bomb) < 2**16
    with pytest.raises(Damaged, match="it unpacks to more than 1,048,576 bytes"):
        unpack(tmp_path, "set.tar.gz", bomb)


def test_what_only_claims_to_be_vast_is_refused_at_once(tmp_path: Path) -> None:
    """A member of 10^30 bytes would be passed over for ever, a long name be read whole."""
    info = tarfile.TarInfo("zeros")
    info.pax_headers = {"size": "9" * 30}
    with pytest.raises(Damaged, match="it unpacks to more than"):
        unpack(tmp_path, "set.tar", tar(info, contents=WANTED))
    info = tarfile.TarInfo("zeros")
    for info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE):
        info.size = 2**27
        with pytest.raises(Damaged, match="its 'zeros' claims 134217728 bytes"):
            unpack(tmp_path, "set.tar", info.tobuf() + tar(contents=WANTED))


def test_the_number_of_members_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 20)
    contents = {f"{number}.bin": b"" for number in range(30)}
    with pytest.raises(Damaged, match="more than 20 members"):
        unpack(tmp_path, "set.tar", tar(contents=contents))


@pytest.mark.parametrize("form", FORMS)
def test_no_damage_gives_more_than_words(form: str, tmp_path: Path) -> None:
    """Cut short or overwritten, anywhere or in the head: all comes out, or Damaged is raised."""
    whole = packed(form, OTHERS | WANTED)
    for trial in range(150):
        draw = generator(0, f"damage/{form}", trial)
        content = bytearray(whole)
        place = int(draw.integers(len(whole)))
        if trial % 3 == 0:
            content = content[:place]
        elif trial % 3 == 1:
            content[place : place + 8] = draw.bytes(8)
        else:
            for place in draw.integers(min(512, len(whole)), size=3):
                content[int(place)] = int(draw.integers(256))
        with suppress(Damaged):
            assert set(unpack(tmp_path, form, bytes(content))) == set(WANTED)


def test_what_is_kept_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, checksum = tmp_path / "folder/one.bin", hashlib.sha256(ONE).hexdigest()
    with pytest.raises(Damaged, match=r"one.bin is not the published file"):
        keep(path, [TWO], checksum)

    def interrupted() -> Iterator[bytes]:
        yield ONE[:10]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(path, interrupted(), checksum)
    assert kept(tmp_path) == []
    keep(path, [ONE[:10], ONE[10:]], checksum)
    assert path.read_bytes() == ONE

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(OSError, match="No space left"):
            keep(path, [ONE], checksum)
    assert kept(tmp_path) == ["one.bin"]
    assert path.read_bytes() == ONE


# through the data set


CHECKSUMS = {
    name: hashlib.sha256(WANTED[f"inside/{name}"]).hexdigest() for name in ("one.bin", "two.bin")
}
GOOD = packed("set.tar.gz", OTHERS | WANTED)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return only_cache(tmp_path / "cache", monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of good and bad archives, as if each were another mirror."""
    bad = packed("set.tar.gz", WANTED | {"inside/one.bin": b"another"})
    with serving({"good": GOOD, "bad": bad, "set.tar.gz": GOOD}) as server:
        yield server


def publish(monkeypatch: pytest.MonkeyPatch, *mirrors: str, checksum: str | None = None) -> None:
    inside = {name: f"inside/{name}" for name in CHECKSUMS}
    source = Source("tiny", mirrors, CHECKSUMS, inside, "set.tar.gz", checksum, 2**20)
    monkeypatch.setitem(SOURCES, "tiny", source)


@pytest.mark.parametrize("way", ["good", "cuts"])
def test_an_archive_is_downloaded_unpacked_and_removed(
    way: str, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    checksum = f"md5:{hashlib.md5(GOOD).hexdigest()}"
    publish(monkeypatch, f"{server.address}{way}/", checksum=checksum)
    assert files.locate("tiny") is None
    paths = files.fetch("tiny")
    assert paths == files.locate("tiny") == (cache / "tiny/one.bin", cache / "tiny/two.bin")
    assert [path.read_bytes() for path in paths] == [ONE, TWO]
    assert sorted(os.listdir(cache / "tiny")) == ["one.bin", "two.bin"]


def test_an_archive_with_another_checksum_is_not_opened(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "good/", checksum="md5:" + "0" * 32)
    with pytest.raises(UserError, match=r"needs tiny/set.tar.gz, .* another checksum"):
        files.fetch("tiny")
    assert kept(cache) == []


def test_a_mirror_with_a_damaged_archive_is_passed_over(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, server.address + "wrong/", server.address + "good/")
    assert [path.read_bytes() for path in files.fetch("tiny")] == [ONE, TWO]
    publish(monkeypatch, server.address + "wrong/")
    (cache / "tiny/two.bin").unlink()
    with pytest.raises(UserError, match=r"wrong/ gave a damaged file \(Not a gzipped file"):
        files.fetch("tiny")
    assert kept(cache) == ["one.bin"]


@pytest.mark.parametrize("place", ["mine", "cache"])
def test_an_archive_that_is_here_is_used(
    place: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch)
    (tmp_path / place / "tiny").mkdir(parents=True)
    archive = tmp_path / place / "tiny/set.tar.gz"
    archive.write_bytes(GOOD)
    if place == "mine":
        monkeypatch.setenv("BRAIN_DATA", str(tmp_path / "mine"))
    assert files.locate("tiny") == (archive, archive)
    assert files.fetch("tiny") == (cache / "tiny/one.bin", cache / "tiny/two.bin")
    assert archive.read_bytes() == GOOD


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:-500], "ended before the end"),
        (packed("set.tar.gz", WANTED | {"inside/one.bin": b"x"}), "one.bin is not the published"),
        (packed("set.tar.gz", OTHERS), "it lacks inside/one.bin"),
        (b"", "empty file"),
    ],
)
def test_an_archive_that_is_here_and_damaged_is_named(
    content: bytes, words: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch)
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/set.tar.gz").write_bytes(content)
    with pytest.raises(UserError, match=f"cannot read {tmp_path}/tiny/set.tar.gz: .*{words}"):
        files.fetch("tiny")
    assert "one.bin" not in kept(cache) or (cache / "tiny/one.bin").read_bytes() == ONE


def test_a_cache_that_cannot_take_what_is_unpacked_is_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch)
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/set.tar.gz").write_bytes(GOOD)
    cache.write_text("a file where a folder should be")
    with pytest.raises(UserError, match=f"cannot keep tiny/set.tar.gz in the cache .{cache}"):
        files.fetch("tiny")
