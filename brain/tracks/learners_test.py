"""Learners switch to a track, commit and take updates: nothing of theirs is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.testing.clones import (
    FILES,
    WithProject,
    advance,
    build,
    checkout,
    clone,
    commit,
    git,
    refs,
    refuses,
    write,
)
from brain.testing.refusals import refusal

ENGINE = FILES["scratch/__init__.py"]


class TestALearner(WithProject):
    """Begins from a published branch, commits, and takes updates."""

    @pytest.fixture
    def learner(self, main: Path, tmp_path: Path) -> Path:
        build(main)
        folder = clone(main, tmp_path / "learner", "--branch", "Scratch")
        for key, value in {"user.name": "Lea", "user.email": "lea@example.org"}.items():
            git(folder, "config", key, value)
        return folder

    def test_pulls_what_is_new_into_their_work(self, main: Path, learner: Path) -> None:
        commit(learner, {"scratch/__init__.py": ENGINE.replace("A = 1", "A = 7")}, "mine", day=2)
        write(learner, {"notes.txt": "not committed\n"})
        changed = {"scratch/__init__.py": ENGINE.replace("B = 2", "B = 9"), "scratch/new.py": "\n"}
        commit(main, changed, day=3)
        build(main)
        git(learner, "pull", "--quiet", "--no-rebase", "--no-edit")
        text = (learner / "scratch/__init__.py").read_text()
        assert "A = 7" in text
        assert "B = 9" in text
        assert (learner / "scratch/new.py").exists()
        assert (learner / "notes.txt").read_text() == "not committed\n"

    def test_builds_beside_their_work_and_merges(self, learner: Path, tmp_path: Path) -> None:
        git(learner, "branch", "--quiet", "main", "origin/main")
        for day, (old, new) in enumerate([("B = 2", "B = 9"), ("B = 9", "B = 10")], start=3):
            mine = (learner / "scratch/__init__.py").read_text().replace("A = 1", "A = 71")
            own = commit(learner, {"scratch/__init__.py": mine}, "mine", day=day)
            before = git(learner, "show", "main:scratch/__init__.py") + "\n"
            advance(learner, {"scratch/__init__.py": before.replace(old, new)}, tmp_path, day)
            scratch, cnn = build(learner)
            assert "Scratch holds" in scratch.obstacle
            assert "of your own" in scratch.obstacle
            assert not cnn.obstacle
            assert git(learner, "rev-parse", "Scratch") == own
            git(learner, "merge", "--quiet", "--no-edit", "tracks/Scratch")
            text = (learner / "scratch/__init__.py").read_text()
            assert "A = 71" in text
            assert f"{new}\n" in text
            assert build(learner)[0].merged

    def test_counts_their_commits(self, main: Path, learner: Path) -> None:
        for day in (2, 3):
            commit(learner, {"mine.py": f"X = {day}\n"}, "mine", day=day)
        commit(main, {"LICENSE": "MIT, later\n"}, day=4)
        git(learner, "fetch", "--quiet")
        scratch, _ = build(learner)
        assert scratch.obstacle == "Scratch holds 2 commits of your own"
        assert refs(learner)["refs/heads/tracks/Scratch"] == scratch.build.commit

    def test_work_that_they_published_stays_theirs(self, main: Path, learner: Path) -> None:
        """A fork: origin's branch holds their commits too."""
        own = commit(learner, {"mine.py": "X = 1\n"}, "mine", day=2)
        git(learner, "push", "--quiet", "origin", "Scratch")
        commit(main, {"LICENSE": "MIT, later\n"}, day=3)
        git(learner, "fetch", "--quiet")
        (scratch, _) = build(learner)
        assert refs(learner)["refs/heads/Scratch"] == own
        assert scratch.obstacle
        git(learner, "merge", "--quiet", "--no-edit", "tracks/Scratch")
        assert (learner / "mine.py").exists()
        assert (learner / "LICENSE").read_text() == "MIT, later\n"

    def test_an_amended_build_is_theirs(self, main: Path, learner: Path) -> None:
        commit(main, {"brain/new.py": "X = 1\n"}, day=2)
        build(main)
        git(learner, "pull", "--quiet", "--ff-only")
        write(learner, {"LICENSE": "mine\n"})
        git(learner, "commit", "--quiet", "--all", "--amend", "--no-edit")
        own = git(learner, "rev-parse", "Scratch")
        commit(main, {"cnn/README.md": "# Vision\n\n## Wide\n"}, day=3)
        git(learner, "fetch", "--quiet")
        build(learner)
        assert refs(learner)["refs/heads/Scratch"] == own

    def test_a_build_whose_message_alone_was_amended_is_not_replaced(
        self, main: Path, learner: Path
    ) -> None:
        said = git(learner, "log", "-1", "--format=%B")
        git(learner, "commit", "--quiet", "--amend", "-m", f"Notes\n\n{said}")
        own = git(learner, "rev-parse", "Scratch")
        commit(main, {"LICENSE": "MIT, later\n"}, day=3)
        build(main)
        git(learner, "switch", "--quiet", "--detach")
        git(learner, "fetch", "--quiet")
        (scratch, _) = build(learner)
        assert scratch.obstacle == "Scratch has parted from what is published"
        assert git(learner, "rev-parse", "Scratch") == own

    def test_work_that_was_taken_back_is_still_theirs(self, main: Path, learner: Path) -> None:
        """A revert and a picked build lead to the tree of a build: not to one."""
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        commit(learner, {"mine.py": "X = 1\n"}, "mine", day=3)
        git(learner, "revert", "--no-edit", "HEAD")
        git(learner, "fetch", "--quiet")
        git(learner, "cherry-pick", "origin/Scratch")
        own = git(learner, "rev-parse", "Scratch")
        commit(main, {"LICENSE": "MIT, at last\n"}, day=4)
        build(main)
        git(learner, "fetch", "--quiet")
        (scratch, _) = build(learner)
        assert scratch.obstacle == "Scratch holds 2 commits of your own"
        assert git(learner, "rev-parse", "Scratch") == own

    def test_a_second_computer_of_theirs(self, main: Path, learner: Path, tmp_path: Path) -> None:
        commit(learner, {"mine.py": "X = 1\n"}, "mine", day=2)
        git(learner, "push", "--quiet", "origin", "Scratch")
        second = clone(main, tmp_path / "second")
        commit(second, {"LICENSE": "MIT, later\n"}, day=3)
        (scratch, _) = build(second)
        assert scratch.obstacle == "Scratch holds a commit of your own"
        assert "refs/heads/Scratch" not in refs(second)
        git(second, "switch", "--quiet", "Scratch")
        git(second, "config", "user.name", "Lea")
        git(second, "config", "user.email", "lea@example.org")
        git(second, "merge", "--quiet", "--no-edit", "tracks/Scratch")
        assert (second / "mine.py").exists()
        assert (second / "LICENSE").read_text() == "MIT, later\n"
        assert build(second)[0].merged

    def test_commits_on_the_branch_aside_are_not_lost(self, main: Path, learner: Path) -> None:
        git(learner, "switch", "--quiet", "--create", "tracks/Scratch")
        commit(learner, {"mine.py": "X = 1\n"}, "mine", day=2)
        git(learner, "switch", "--quiet", "Scratch")
        commit(main, {"LICENSE": "MIT, later\n"}, day=3)
        git(learner, "fetch", "--quiet")
        refuses(learner, "tracks/Scratch holds commits that were not built: git branch -m")


class TestCheckout(WithProject):
    def test_it_builds_what_is_not_there(self, main: Path) -> None:
        checkout(main, "scratch")
        assert git(main, "symbolic-ref", "HEAD") == "refs/heads/Scratch"
        assert not (main / "cnn").exists()
        assert "refs/heads/CNN" not in refs(main)
        checkout(main, "main")
        assert (main / "cnn").exists()
        checkout(main, "Scratch")
        assert git(main, "status", "--porcelain") == ""

    def test_it_follows_what_is_published(self, main: Path, tmp_path: Path) -> None:
        build(main)
        learner = clone(main, tmp_path / "learner")
        checkout(learner, "cnn")
        assert git(learner, "rev-parse", "HEAD") == git(main, "rev-parse", "CNN")
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        git(learner, "pull", "--quiet", "--ff-only")
        assert (learner / "LICENSE").read_text() == "MIT, later\n"

    def test_changes_are_not_overwritten(self, main: Path) -> None:
        write(main, {"README.md": "# Mine\n"})
        before = refs(main)
        text = refusal(lambda: checkout(main, "scratch"))
        assert text.startswith("git does not switch to Scratch: ")
        assert "README.md" in text
        assert refs(main) == before
        assert (main / "README.md").read_text() == "# Mine\n"

    def test_what_git_ignores_is_not_overwritten(self, main: Path, tmp_path: Path) -> None:
        build(main)
        on_track = commit(main, {"scratch/begun.py": "# a stub\n"}, day=2)
        build(main)
        git(main, "rm", "--quiet", "scratch/begun.py")
        commit(main, {".gitignore": "begun.py\n"}, day=3)
        write(main, {"scratch/begun.py": "# mine\n"})
        assert git(main, "show", f"{on_track}:scratch/begun.py") == "# a stub"
        assert "scratch/begun.py" in refusal(lambda: checkout(main, "scratch"))
        assert (main / "scratch/begun.py").read_text() == "# mine\n"

    def test_a_detached_head_and_changes_that_fit(self, main: Path) -> None:
        git(main, "checkout", "--quiet", "--detach")
        write(main, {"LICENSE": "mine\n", "notes.txt": "mine\n"})
        checkout(main, "scratch")
        assert (main / "LICENSE").read_text() == "mine\n"
        assert git(main, "symbolic-ref", "HEAD") == "refs/heads/Scratch"

    def test_where_a_build_aside_is_all_that_is_left(self, main: Path, tmp_path: Path) -> None:
        build(main)
        git(main, "switch", "--quiet", "CNN")
        advance(main, {"LICENSE": "MIT, later\n"}, tmp_path, day=2)
        build(main)
        git(main, "switch", "--quiet", "main")
        git(main, "branch", "--quiet", "-D", "CNN")
        checkout(main, "cnn")
        assert (main / "LICENSE").read_text() == "MIT, later\n"

    def test_where_it_cannot_be(self, main: Path, tmp_path: Path) -> None:
        bare = clone(main, tmp_path / "bare.git", "--bare")
        assert "there is no work tree here" in refusal(lambda: checkout(bare, "scratch"))
        git(main, "branch", "CNN", "main")
        assert "was not built from main" in refusal(lambda: checkout(main, "cnn"))
        build(main, "scratch")
        git(main, "worktree", "add", "--quiet", str(tmp_path / "tree"), "Scratch")
        text = refusal(lambda: checkout(main, "scratch"))
        assert str(tmp_path / "tree") in text
        assert git(main, "symbolic-ref", "HEAD") == "refs/heads/main"

    def test_switch_where_checkout_takes_the_branch_for_a_folder(
        self, main: Path, tmp_path: Path
    ) -> None:
        """On disks that ignore case, `scratch/` answers to `Scratch`: here it is called so."""
        build(main)
        learner = clone(main, tmp_path / "learner")
        write(learner, {"Scratch/mine.py": "X = 1\n"})
        with pytest.raises(
            AssertionError, match="could be both a local file and a tracking branch"
        ):
            git(learner, "checkout", "Scratch")
        git(learner, "switch", "--quiet", "Scratch")
        git(learner, "switch", "--quiet", "main")
        git(learner, "branch", "--quiet", "-D", "Scratch")
        checkout(learner, "scratch")
        assert git(learner, "symbolic-ref", "HEAD") == "refs/heads/Scratch"
