"""Where a build begins, and what is in its way: published, shallow, bare and foreign branches."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from brain.testing.clones import (
    WithProject,
    advance,
    build,
    checkout,
    clone,
    commit,
    git,
    refs,
    refuses,
)
from brain.testing.refusals import refusal
from brain.tracks import build as builds
from brain.tracks.build import Plan
from brain.tracks.content import Source
from brain.tracks.git import Repository


class TestWhereABuildBegins(WithProject):
    def test_it_extends_what_is_published(self, main: Path, tmp_path: Path) -> None:
        build(main)
        other = clone(main, tmp_path / "other")
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        git(other, "fetch", "--quiet", "origin", "main")
        build(other)
        assert git(other, "rev-parse", "CNN^") == git(main, "rev-parse", "CNN")
        assert git(other, "rev-parse", "--abbrev-ref", "CNN@{upstream}") == "origin/CNN"

    def test_the_newest_of_the_local_and_the_published_one(
        self, main: Path, tmp_path: Path
    ) -> None:
        build(main)
        other = clone(main, tmp_path / "other")
        build(other)
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        git(other, "fetch", "--quiet")
        build(other)  # the local branch was behind, and holds nothing of anyone's own
        assert git(other, "rev-parse", "CNN") == git(main, "rev-parse", "CNN")
        commit(main, {"LICENSE": "MIT, at last\n"}, day=3)
        git(other, "fetch", "--quiet", "origin", "main")
        build(other)  # now it is ahead of the published one
        commit(main, {"LICENSE": "MIT, in the end\n"}, day=4)
        git(other, "fetch", "--quiet", "origin", "main")
        before = git(other, "rev-parse", "CNN")
        build(other)
        assert git(other, "rev-parse", "CNN^") == before

    def test_main_is_the_newest_of_both_as_well(self, main: Path, tmp_path: Path) -> None:
        other = clone(main, tmp_path / "other")
        published = commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        git(other, "fetch", "--quiet")
        assert build(other)[0].build.revision == published
        own = commit(other, {"LICENSE": "another\n"}, day=3)  # they part: the local one it is
        assert build(other)[0].build.revision == own

    def test_an_older_main_takes_nothing_back(self, main: Path, tmp_path: Path) -> None:
        other = clone(main, tmp_path / "other")
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        git(other, "fetch", "--quiet", "origin", "CNN:refs/remotes/origin/CNN")
        for _ in ("its main is there", "its main is not"):
            (one,) = build(other, "cnn")
            assert one.earlier_main
            assert git(other, "rev-parse", "CNN") == git(main, "rev-parse", "CNN")
            shutil.rmtree(other)
            clone(main, other, "--depth", "1", "--no-single-branch", "--branch", "CNN")
            git(other, "update-ref", "refs/remotes/origin/main", old_commit(main, other))

    def test_a_shallow_clone_of_all_branches(self, main: Path, tmp_path: Path) -> None:
        build(main)
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        shallow = clone(main, tmp_path / "shallow", "--depth", "1", "--no-single-branch")
        commit(main, {"LICENSE": "MIT, at last\n"}, day=3)
        git(shallow, "fetch", "--quiet", "--depth", "1", "origin", "main")
        build(shallow)
        build(main)
        assert git(shallow, "rev-parse", "CNN") == git(main, "rev-parse", "CNN")

    def test_a_shallow_clone_of_main_alone(self, main: Path, tmp_path: Path) -> None:
        build(main)
        shallow = clone(main, tmp_path / "shallow", "--depth", "1")
        refuses(shallow, "this clone does not follow Scratch of origin: git remote set-branches")
        git(shallow, "remote", "set-branches", "origin", "*")  # what the sentence says
        git(shallow, "fetch", "--quiet", "origin")
        build(shallow)
        assert git(shallow, "rev-parse", "CNN") == git(main, "rev-parse", "CNN")

    def test_a_shallow_clone_in_which_no_build_is_in_sight(
        self, main: Path, tmp_path: Path
    ) -> None:
        build(main)
        git(main, "switch", "--quiet", "CNN")
        commit(main, {"mine.py": "X = 1\n"}, day=2)
        shallow = clone(main, tmp_path / "shallow", "--depth", "1", "--no-single-branch")
        refuses(shallow, "no build is in sight on origin/CNN in this shallow clone: git fetch")

    def test_a_clone_of_one_track_alone(self, main: Path, tmp_path: Path) -> None:
        build(main)
        one = clone(main, tmp_path / "one", "--single-branch", "--branch", "CNN")
        refuses(one, "there is no branch main here to build from: git remote set-branches")

    def test_a_bare_clone(self, main: Path, tmp_path: Path) -> None:
        build(main)
        bare = clone(main, tmp_path / "bare.git", "--bare")
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        git(bare, "fetch", "--quiet", "origin", "main:main")
        build(bare)
        build(main)
        assert refs(bare) == refs(main)

    def test_what_is_published_elsewhere_than_at_origin(self, main: Path, tmp_path: Path) -> None:
        """A fork of main alone, beside the project as a second remote."""
        build(main)
        fork = clone(main, tmp_path / "fork.git", "--bare", "--single-branch")
        mine = clone(fork, tmp_path / "mine")
        git(mine, "remote", "add", "upstream", str(main))
        git(mine, "fetch", "--quiet", "upstream")
        commit(mine, {"LICENSE": "MIT, later\n"}, day=2)
        build(mine)
        assert git(mine, "rev-parse", "CNN^") == git(main, "rev-parse", "CNN")
        assert git(mine, "rev-parse", "--abbrev-ref", "CNN@{upstream}") == "upstream/CNN"

    def test_two_lines_of_builds(self, main: Path, tmp_path: Path) -> None:
        """One from a main that was never published: what is published goes on, none is lost."""
        other = clone(main, tmp_path / "other")
        commit(other, {"LICENSE": "another\n"}, day=3)
        build(other)
        commit(main, {"LICENSE": "MIT, later\n"}, day=2)
        build(main)
        git(other, "fetch", "--quiet")
        git(other, "reset", "--quiet", "--hard", "origin/main")
        before = git(other, "rev-parse", "CNN")
        (one,) = build(other, "cnn")
        assert one.obstacle == "CNN has parted from what is published"
        assert git(other, "rev-parse", "CNN") == before
        assert git(other, "rev-parse", "tracks/CNN") == git(main, "rev-parse", "CNN")

    def test_a_clone_that_was_told_to_follow_main_alone(self, main: Path, tmp_path: Path) -> None:
        build(main)
        other = clone(main, tmp_path / "other")
        git(other, "remote", "set-branches", "origin", "main")
        build(other, "scratch")  # its origin's branches are known, and cannot be followed
        checkout(other, "cnn")
        assert git(other, "rev-parse", "CNN") == git(main, "rev-parse", "CNN")


class TestWhatIsInTheWay(WithProject):
    def test_a_foreign_branch_of_the_same_name(self, main: Path) -> None:
        git(main, "branch", "CNN", "main")
        refuses(main, "the branch CNN has a track's name, but was not built from main; rename it")
        git(main, "branch", "-m", "CNN", "my-CNN")  # what the sentence says
        build(main)

    def test_a_foreign_branch_at_origin(self, main: Path, tmp_path: Path) -> None:
        git(main, "branch", "CNN", "main")
        other = clone(main, tmp_path / "other")
        refuses(other, "the branch origin/CNN has a track's name")

    def test_a_branch_in_the_place_of_a_folder(self, main: Path, tmp_path: Path) -> None:
        build(main)
        git(main, "switch", "--quiet", "CNN")
        git(main, "branch", "tracks", "main")  # so that no tracks/CNN can be
        advance(main, {"LICENSE": "MIT, later\n"}, tmp_path, day=2)
        refuses(main, "git update-ref failed")

    def test_no_repository(self, tmp_path: Path) -> None:
        text = refusal(lambda: build(tmp_path))
        assert text.startswith("run this in a clone of the project; git says: fatal: not a git")

    def test_a_folder_of_an_odd_name(self, main: Path, tmp_path: Path) -> None:
        for name in ("a:b", 'say "a"', "back\\slash", os.fsdecode(b"no utf-8 \xff")):
            odd = tmp_path / name
            shutil.copytree(main, odd)
            build(odd)
            with Repository.at(odd).aside() as repository:
                assert repository.commit("refs/heads/CNN")
                assert repository.store({"a": b"nothing"})
            assert build(odd)[0].merged

    def test_git_says_whom_it_does_not_trust(
        self, main: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        assert "safe.directory" in refusal(lambda: build(main))

    def test_a_repository_without_commits(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "--quiet")
        assert "there is no branch main here" in refusal(lambda: build(tmp_path))

    def test_another_project(self, tmp_path: Path) -> None:
        folder = tmp_path / "other"
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch", "main")
        commit(folder, {"a.txt": "A\n"})
        refuses(folder, "main has no tracks.toml here: run this in a clone of the project")

    def test_a_track_of_what_main_does_not_have(self, main: Path) -> None:
        text = (main / "tracks.toml").read_text().replace('"cnn", "scratch"', '"cmn", "scratch"')
        commit(main, {"tracks.toml": text}, day=2)
        refuses(main, "tracks.toml: CNN wants cmn, which main does not have")

    def test_git_is_missing(self, main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert "git is not installed" in refusal(lambda: build(main))

    def test_two_builds_at_once(self, main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The second finds the branches made meanwhile, and leaves them."""
        plan = builds.plan

        def slowly(source: Source, name: str) -> Plan:
            made = plan(source, name)
            monkeypatch.setattr(builds, "plan", plan)
            git(main, "branch", "Scratch", "main")
            return made

        monkeypatch.setattr(builds, "plan", slowly)
        assert "git update-ref failed" in refusal(lambda: build(main))
        assert set(refs(main)) == {"refs/heads/main", "refs/heads/Scratch"}
        assert git(main, "rev-parse", "Scratch") == git(main, "rev-parse", "main")


def old_commit(main: Path, other: Path) -> str:
    """The first commit of main, fetched into a clone that has the last one alone."""
    first = git(main, "rev-list", "--max-parents=0", "main")
    git(main, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(other, "fetch", "--quiet", "--depth", "1", "origin", first)
    return first
