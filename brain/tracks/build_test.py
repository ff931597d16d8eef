"""Branches are built from main beside the work tree, and the same everywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from brain.testing.clones import (
    WithProject,
    advance,
    build,
    clone,
    commit,
    git,
    project,
    refs,
    refuses,
    write,
)
from brain.testing.refusals import refusal
from brain.tracks.build import push
from brain.tracks.git import Repository


class TestBuilding(WithProject):
    def test_every_track_gets_its_branch(self, main: Path) -> None:
        revision = git(main, "rev-parse", "main")
        build(main)
        assert set(refs(main)) == {f"refs/heads/{name}" for name in ("main", "Scratch", "CNN")}
        assert git(main, "rev-list", "--count", "Scratch") == "1"
        message = git(main, "log", "-1", "--format=%B", "Scratch").splitlines()
        assert message[0] == f"Build Scratch from main {revision[:12]}"
        assert "Begin" in message
        assert f"Main-Revision: {revision}" in message

    def test_author_and_dates_are_those_of_main(self, main: Path) -> None:
        build(main)
        shown = "--format=%an %ae %ai %cn %ce %ci"
        assert git(main, "log", "-1", shown, "CNN") == git(main, "log", "-1", shown, "main")
        assert git(main, "log", "-1", "--format=%an", "CNN") == "Ada Ä"

    def test_nothing_changed_means_no_commit(self, main: Path) -> None:
        build(main)
        before = refs(main)
        build(main)
        assert refs(main) == before
        commit(main, {"ARCHITECTURE.md": "# Other rooms\n"}, day=2)  # on no track's branch
        build(main)
        assert {name for name, at in refs(main).items() if before[name] != at} == {
            "refs/heads/main"
        }

    def test_a_branch_advances_by_what_changed_on_it(self, main: Path) -> None:
        build(main)
        before = refs(main)
        commit(main, {"cnn/models.py": "# theory/conv2d.md (2)\n\nDEEP = True\n"}, day=2)
        build(main)
        after = refs(main)
        assert after["refs/heads/Scratch"] == before["refs/heads/Scratch"]
        assert git(main, "rev-parse", "CNN^") == before["refs/heads/CNN"]
        assert git(main, "diff", "--name-only", "CNN^", "CNN") == "cnn/models.py"

    def test_one_can_be_built_alone(self, main: Path) -> None:
        build(main, "cnn", "CNN")
        assert set(refs(main)) == {"refs/heads/main", "refs/heads/CNN"}
        refuses(main, "main is what the tracks are built from; name one of: scratch, cnn", "main")
        refuses(main, "did you mean 'scratch'?", "scrtch")

    def test_the_same_everywhere(self, main: Path, tmp_path: Path) -> None:
        """Another user, another configuration, another history of fetching: the same ids."""
        other = clone(main, tmp_path / "other")
        build(main)
        for key, value in {
            "user.name": "Somebody Else",
            "user.email": "else@example.org",
            "core.autocrlf": "true",
            "commit.gpgSign": "true",
            "i18n.commitEncoding": "ISO-8859-1",
            "i18n.logOutputEncoding": "ISO-8859-1",
            "log.showSignature": "true",
            "core.abbrev": "20",
            "core.splitIndex": "true",
            "core.quotePath": "true",
        }.items():
            git(other, "config", key, value)
        build(other)
        for name in ("Scratch", "CNN"):
            assert git(other, "rev-parse", name) == git(main, "rev-parse", name)
        commit(main, {"LICENSE": "MIT, later\n"}, "Später", day=2)
        git(other, "fetch", "--quiet")
        build(main)
        build(other)
        for name in ("Scratch", "CNN"):
            assert git(other, "rev-parse", name) == git(main, "rev-parse", name)

    def test_a_commit_that_says_nothing(self, main: Path) -> None:
        write(main, {"LICENSE": "MIT, later\n"})
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        git(main, *who, "commit", "--quiet", "-a", "--allow-empty-message", "-m", "")
        build(main)
        assert git(main, "show", "CNN:LICENSE") == "MIT, later"

    def test_files_of_any_name(self, main: Path) -> None:
        names = {"brain/ä ö.txt": "1\n", 'brain/"quoted".txt': "2\n", "brain/back\\slash": "3\n"}
        commit(main, names, day=2)
        build(main)
        for name, text in names.items():
            assert git(main, "show", f"CNN:{name}") == text.strip()

    def test_ids_of_another_length(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
        folder = project(tmp_path / "sha256")
        for _ in range(2):
            build(folder)
            assert len(git(folder, "rev-parse", "CNN")) == 64
        assert git(folder, "rev-list", "--count", "CNN") == "1"

    def test_it_is_mains_own_code_that_builds(
        self, main: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        readme = Path(__file__).with_name("readme.py").read_text(encoding="utf-8")
        commit(main, {"brain/tracks/readme.py": readme}, day=2)
        build(main)
        commit(main, {"brain/tracks/readme.py": readme + "# changed\n"}, day=3)
        refuses(main, "the tracks are built by main's own code, and brain/tracks/readme.py is")

    def test_nobody_needs_an_identity(self, main: Path) -> None:
        git(main, "config", "user.useConfigOnly", "true")
        build(main)
        assert "refs/heads/CNN" in refs(main)


class TestTheWorkTree(WithProject):
    def test_it_is_not_touched(self, main: Path) -> None:
        write(main, {"LICENSE": "staged\n", "notes.txt": "mine\n"})
        git(main, "add", "LICENSE")
        write(main, {"LICENSE": "changed again\n", "brain/new.py": "X = 1\n"})
        (main / "cnn/models.py").unlink()
        before = git(main, "status", "--porcelain=v2"), (main / ".git/index").read_bytes()
        build(main)
        assert (git(main, "status", "--porcelain=v2"), (main / ".git/index").read_bytes()) == before
        assert (main / "LICENSE").read_text() == "changed again\n"
        assert git(main, "show", "CNN:LICENSE") == "MIT"  # what is not committed is not built
        assert git(main, "symbolic-ref", "HEAD") == "refs/heads/main"

    def test_a_detached_head(self, main: Path) -> None:
        first = git(main, "rev-parse", "HEAD")
        second = commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        git(main, "checkout", "--quiet", "--detach", first)
        (one, *_) = build(main)
        assert one.build.revision == second  # main, wherever the head is
        assert git(main, "rev-parse", "HEAD") == first

    def test_from_a_folder_below(self, main: Path) -> None:
        build(main / "theory")
        assert "refs/heads/CNN" in refs(main)

    def test_a_branch_that_is_checked_out_is_not_moved(self, main: Path, tmp_path: Path) -> None:
        build(main)
        before = git(main, "rev-parse", "CNN")
        tree = tmp_path / "tree"
        git(main, "worktree", "add", "--quiet", str(tree), "CNN")
        git(main, "switch", "--quiet", "Scratch")
        advance(main, {"LICENSE": "MIT, later\n"}, tmp_path, day=2)
        scratch, cnn = build(main)
        assert f"Scratch is checked out in {main}" in scratch.obstacle
        assert f"CNN is checked out in {tree}" in cnn.obstacle
        assert git(main, "rev-parse", "CNN") == before
        assert git(main, "status", "--porcelain") == git(tree, "status", "--porcelain") == ""
        git(tree, "merge", "--quiet", "--ff-only", "tracks/CNN")
        assert (tree / "LICENSE").read_text() == "MIT, later\n"
        scratch, cnn = build(main)
        assert cnn.merged
        assert not scratch.merged

    def test_a_build_that_is_checked_out_aside_is_not_moved(
        self, main: Path, tmp_path: Path
    ) -> None:
        build(main)
        git(main, "switch", "--quiet", "CNN")
        advance(main, {"LICENSE": "MIT, later\n"}, tmp_path, day=2)
        build(main)
        git(main, "worktree", "add", "--quiet", str(tmp_path / "tree"), "tracks/CNN")
        advance(main, {"LICENSE": "MIT, at last\n"}, tmp_path, day=3)
        refuses(main, f"tracks/CNN is checked out in {tmp_path / 'tree'}")

    def test_a_branch_that_is_being_rebased_is_not_moved(self, main: Path, tmp_path: Path) -> None:
        build(main)
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        tree = tmp_path / "tree"
        git(main, "worktree", "add", "--quiet", str(tree), "CNN")
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        edit = {"GIT_SEQUENCE_EDITOR": "sed -i 's/^pick/edit/'"}
        git(tree, *who, "rebase", "--quiet", "--interactive", "HEAD^", **edit)
        before = git(main, "rev-parse", "CNN")
        commit(main, {"LICENSE": "MIT, at last\n"}, day=3)
        (one,) = build(main, "cnn")
        assert one.obstacle == f"CNN is being rebased in {tree}"
        assert git(main, "rev-parse", "CNN") == before
        git(tree, *who, "rebase", "--continue")
        shutil.rmtree(tree)  # a work tree that is gone needs nothing
        build(main)
        assert git(main, "rev-parse", "CNN^") == before


class TestPublishing(WithProject):
    def test_all_branches_go_to_origin(self, main: Path, tmp_path: Path) -> None:
        bare = clone(main, tmp_path / "bare.git", "--bare")
        work = clone(bare, tmp_path / "work")
        push(Repository.at(work), build(work))
        assert set(refs(bare)) == {f"refs/heads/{name}" for name in ("main", "Scratch", "CNN")}

    def test_git_pull_knows_from_where_afterwards(self, main: Path, tmp_path: Path) -> None:
        bare = clone(main, tmp_path / "bare.git", "--bare")
        work = clone(bare, tmp_path / "work")
        push(Repository.at(work), build(work))
        assert git(work, "rev-parse", "--abbrev-ref", "CNN@{upstream}") == "origin/CNN"

    def test_main_goes_first(self, main: Path, tmp_path: Path) -> None:
        bare = clone(main, tmp_path / "bare.git", "--bare")
        work = clone(bare, tmp_path / "work")
        commit(work, {"LICENSE": "MIT, later\n"}, day=2)
        plans = build(work)
        before = refs(bare)
        assert "git push origin main" in refusal(lambda: push(Repository.at(work), plans))
        assert refs(bare) == before
        git(work, "push", "--quiet", "origin", "main")
        push(Repository.at(work), build(work))

    def test_all_or_none(self, main: Path, tmp_path: Path) -> None:
        bare = clone(main, tmp_path / "bare.git", "--bare")
        work = clone(bare, tmp_path / "work")
        plans = build(work)
        git(bare, "branch", "CNN", "main")  # somebody else was there first
        assert "git push failed" in refusal(lambda: push(Repository.at(work), plans))
        assert set(refs(bare)) == {"refs/heads/main", "refs/heads/CNN"}
