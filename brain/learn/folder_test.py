"""A learner's folder: nothing of theirs is lost, and what passed is remembered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from brain.learn.checking import FAILED, PASSED, Checker
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.regions import filled, stub
from brain.testing.course import Learner
from brain.testing.refusals import refusal

RIGHT = "def double(x):\n    return x * 2\n"


@pytest.fixture(scope="module")
def rooms() -> Iterator[Rooms]:
    with Rooms() as rooms:
        yield rooms


@pytest.fixture
def learner(tmp_path: Path, rooms: Rooms) -> Learner:
    return Learner(tmp_path, rooms)


class TestStubs:
    def test_are_written_once(self, learner: Learner) -> None:
        task = learner.tasks["double"]
        assert learner.file("double").read_text() == stub(task.solution)
        learner.file("double").unlink()
        learner.write("average", "mine")
        again = Folder(learner.folder.path)
        assert again.start(learner.tasks.values()) == []
        assert not learner.file("double").exists()

    def test_never_take_the_place_of_what_is_there(self, tmp_path: Path, learner: Learner) -> None:
        other = Folder(tmp_path / "other")
        task = learner.tasks["double"]
        other.file(task).parent.mkdir(parents=True)
        other.file(task).write_text("mine")
        assert other.start([task]) == []
        assert other.file(task).read_text() == "mine"

    def test_that_cannot_be_written_are_refused(self, tmp_path: Path, learner: Learner) -> None:
        (tmp_path / "file").write_text("")
        text = refusal(lambda: Folder(tmp_path / "file").start(learner.tasks.values()))
        assert text.startswith(f"cannot write {tmp_path / 'file'}")


class TestReset:
    @pytest.mark.parametrize("content", [b"mine\n", b"\xff\xfe\0", b"", b"\r\n"])
    def test_keeps_what_was_written(self, learner: Learner, content: bytes) -> None:
        task = learner.tasks["double"]
        learner.write("double", content)
        backup = learner.folder.reset(task)
        assert backup is not None
        assert backup.read_bytes() == content
        assert backup.is_relative_to(learner.folder.path / ".backups")
        assert learner.file("double").read_text() == stub(task.solution)

    def test_many_times_in_one_second(self, learner: Learner) -> None:
        kept = set()
        for number in range(5):
            learner.write("double", f"version {number}")
            kept.add(learner.folder.reset(learner.tasks["double"]))
        assert {path.read_text() for path in kept if path} == {f"version {n}" for n in range(5)}

    def test_what_was_checked_is_kept_whatever_overwrites_it(self, learner: Learner) -> None:
        """`git switch` does: what is ignored on main is tracked on a track's branch."""
        texts = ["def double(x):\n    return 3\n", RIGHT, "x = 1 +\n"]
        for text in [*texts, texts[-1]]:
            learner.check("double", text)
        copies = sorted((learner.folder.path / ".backups/scratch/day1").iterdir())
        assert sorted(path.read_text() for path in copies) == sorted(texts)
        learner.write("double", stub(learner.tasks["double"].solution))
        last = learner.folder.copies(learner.tasks["double"])[0]
        assert last.read_text() == texts[-1]
        assert str(last) in learner.check("double").says

    def test_the_newest_hundred_copies_are_kept(
        self, learner: Learner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("brain.learn.folder.MOST_KEPT", 3)
        task = learner.tasks["double"]
        for number in (1, 2, 3, 1, 4):
            learner.folder.keep(task, f"x = {number}".encode())
        found = [copy.read_text() for copy in learner.folder.copies(task)]
        assert found == ["x = 4", "x = 1", "x = 3"]

    def test_a_result_is_told_where_nothing_can_be_kept(self, learner: Learner) -> None:
        (learner.folder.path / ".backups").write_text("in the way")
        result = learner.check("double", RIGHT)
        assert result.status == PASSED
        assert "cannot write" in result.says

    def test_a_stub_with_windows_lines_is_a_stub(self, learner: Learner) -> None:
        task = learner.tasks["double"]
        learner.write("double", stub(task.solution).replace("\n", "\r\n"))
        assert learner.check("double").says == "not written yet"
        assert learner.folder.reset(task) is None

    def test_of_a_stub_keeps_nothing(self, learner: Learner) -> None:
        assert learner.folder.reset(learner.tasks["double"]) is None
        assert not (learner.folder.path / ".backups").exists()

    def test_of_a_file_that_is_gone(self, learner: Learner) -> None:
        learner.file("double").unlink()
        assert learner.folder.reset(learner.tasks["double"]) is None
        assert learner.file("double").exists()

    def test_of_a_folder_is_refused(self, learner: Learner) -> None:
        learner.file("double").unlink()
        learner.file("double").mkdir()
        text = refusal(lambda: learner.folder.reset(learner.tasks["double"]))
        assert "is no ordinary file" in text

    def test_of_a_link_is_refused(self, learner: Learner, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").write_text("mine")
        learner.file("double").unlink()
        os.symlink(tmp_path / "elsewhere", learner.file("double"))
        assert refusal(lambda: learner.folder.reset(learner.tasks["double"])).endswith(
            "is a link: remove it first."
        )
        assert (tmp_path / "elsewhere").read_text() == "mine"

    def test_where_no_backup_can_be_written_changes_nothing(self, learner: Learner) -> None:
        learner.write("double", "mine")
        (learner.folder.path / ".backups").write_text("in the way")
        assert "cannot write" in refusal(lambda: learner.folder.reset(learner.tasks["double"]))
        assert learner.file("double").read_text() == "mine"


class TestWhatPassed:
    def test_is_not_run_again(self, learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
        assert learner.check("double", RIGHT).status == PASSED
        monkeypatch.setattr(Rooms, "run", lambda *_: pytest.fail("it was run again"))
        assert learner.check("double").remembered
        anew = Checker(Folder(learner.folder.path), learner.checker.rooms, learner.checker.here)
        assert anew.check(learner.tasks["double"]).remembered

    def test_is_run_again_if_it_changed(self, learner: Learner) -> None:
        learner.check("double", RIGHT)
        assert learner.check("double", RIGHT + "\n# done").remembered is False
        assert learner.check("double", RIGHT + "\nx = 1 +").status == FAILED
        assert not learner.folder.passed(learner.tasks["double"])

    @pytest.mark.parametrize("name", ["double.py", "double_check.py"])
    def test_is_run_again_if_its_check_or_solution_changed(
        self, learner: Learner, name: str
    ) -> None:
        learner.check("double", RIGHT)
        path = learner.tasks["double"].path.with_name(name)
        path.write_text(path.read_text() + "\n# another\n")
        assert not learner.folder.passed(replace(learner.tasks["double"]))

    def test_is_not_run_again_if_an_earlier_exercise_changed(self, learner: Learner) -> None:
        """That one is checked for itself; a later one was right with a right one."""
        learner.solve("double", "fourfold")
        assert learner.check("double").status == learner.check("fourfold").status == PASSED
        assert learner.check("double", "def double(x):\n    return 0\n").status == FAILED
        assert learner.check("fourfold").remembered

    def test_is_not_forgotten_by_a_second_process(self, learner: Learner) -> None:
        other = Folder(learner.folder.path)
        learner.check("double", RIGHT)
        other.hint(learner.tasks["average"])
        assert Folder(learner.folder.path).passed(learner.tasks["double"])

    def test_three_hints_then_the_last_again(self, learner: Learner) -> None:
        task = learner.tasks["double"]
        assert [learner.folder.hint(task) for _ in range(5)] == [0, 1, 2, 2, 2]
        assert Folder(learner.folder.path).hint(task) == 2

    @pytest.mark.parametrize(
        "content",
        [b"{", b"\xff", b"[]", b"null", b'{"passed": []}', b'{"hints": {"a": "1"}}', b"[" * 10**5,
         b'{"hints": {"a": -5}}', b'{"written": [[]]}', b'{"passed": {"a": 1}}'],
    )  # fmt: skip
    def test_a_damaged_file_is_refused(self, learner: Learner, content: bytes) -> None:
        (learner.folder.path / ".progress.json").write_bytes(content)
        text = refusal(lambda: Folder(learner.folder.path))
        assert "is damaged: delete it" in text
        (learner.folder.path / ".progress.json").unlink()
        learner.write("double", "mine")
        Folder(learner.folder.path).start(learner.tasks.values())
        assert learner.file("double").read_text() == "mine"

    def test_a_strangers_folder_is_neither_believed_nor_written(self, learner: Learner) -> None:
        learner.check("double", RIGHT)
        before = json.loads((learner.folder.path / ".progress.json").read_text())
        learner.folder.hint(learner.tasks["double"])
        stranger = Folder(learner.folder.path, remembers=False)
        assert not stranger.passed(learner.tasks["double"])
        stranger.remember(learner.tasks["average"], "", True)
        after = json.loads((learner.folder.path / ".progress.json").read_text())
        assert after == before | {"hints": {"scratch/day1/double.py": 1}}


class TestNeighbours:
    TEXT = "from exercises.scratch.day1.double import double\n\n\n"

    def test_the_solution_stands_in_for_what_is_not_finished(self, learner: Learner) -> None:
        learner.write("double", "def double(x):\n    return 0\n")
        learner.solve("fourfold")
        result = learner.check("fourfold")
        assert (result.status, result.stand_ins) == (PASSED, ("double",))

    def test_ones_own_is_used_where_it_passed(self, learner: Learner) -> None:
        learner.check("double", RIGHT + "\n\nMINE = 7\n")
        text = "from exercises.scratch.day1.double import MINE, double\n\n\n"
        text += "def fourfold(x):\n    return double(double(x))\n"
        result = learner.check("fourfold", text)
        assert (result.status, result.stand_ins) == (PASSED, ())

    def test_an_earlier_one_may_be_used_of_ones_own_accord(self, learner: Learner) -> None:
        own = "from exercises.scratch.day1.double import double\n\n\ndef average(x):\n"
        own += "    return double(x**2).mean(axis=1) / 2\n"
        result = learner.check("average", own)
        assert (result.status, result.stand_ins) == (PASSED, ("double",))
        learner.check("double", RIGHT)
        own = own.replace(".double import double", " import double as d\ndouble = d.double")
        result = learner.check("average", own)
        assert (result.status, result.stand_ins) == (PASSED, ())

    def test_what_comes_later_or_is_itself_cannot_be_imported(self, learner: Learner) -> None:
        text = "from exercises.scratch.day2.fourfold import fourfold\n"
        result = learner.check("fourfold", text)
        assert "does without 'exercises.scratch.day2" in result.says
        assert result.status == learner.check("double", text).status == FAILED

    def test_a_link_out_of_a_strangers_folder_is_not_followed(
        self, learner: Learner, tmp_path: Path
    ) -> None:
        (tmp_path / "another").write_text(filled(learner.tasks["double"].solution))
        learner.file("double").unlink()
        os.symlink(tmp_path / "another", learner.file("double"))
        stranger = Folder(learner.folder.path, remembers=False)
        assert "is a link" in refusal(lambda: stranger.text(learner.tasks["double"]))
        assert learner.folder.text(learner.tasks["double"])
