"""`brain tracks`: what it prints, and what it refuses, in small repositories made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.testing.clones import clone, commit, git, isolate, needs_git, project, refs
from brain.testing.invoked import brain, done, sentence
from brain.tracks.table import tracks_here


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project, in whose folder the command is called."""
    folder = project(tmp_path / "main")
    monkeypatch.chdir(folder)
    return folder


def listed() -> dict[str, str]:
    """The last line that `brain tracks list` has on each track: where it stands."""
    found, name = {}, ""
    for line in done("tracks", "list").splitlines():
        name = name if line.startswith("  ") else line.split()[0].rstrip(":")
        found[name] = line.strip()
    return found


def test_every_track_is_listed_even_without_a_repository() -> None:
    answer = brain("tracks", "list")
    for name, track in tracks_here().items():
        assert f"{track.title}\n  {track.teaches}\n" in answer.out
        shown = name if name == track.branch else f"{name} (branch {track.branch})"
        assert f"\n{shown}: {track.title}\n" in f"\n{answer.out}"
    assert answer.code == 0
    assert answer.err.startswith("How far each is built is not known: run this in a clone")


@needs_git
def test_list_says_how_far_each_is(main: Path) -> None:
    first = git(main, "rev-parse", "HEAD")[:12]
    before = refs(main), (main / ".git/objects").stat().st_mtime_ns
    assert listed()["scratch"] == "not built yet"
    assert (refs(main), (main / ".git/objects").stat().st_mtime_ns) == before
    assert listed()["main"] == f"at {first}"
    done("tracks", "build")
    assert listed()["scratch"] == listed()["cnn"] == f"built from {first}, up to date"
    commit(main, {"cnn/models.py": "# theory/conv2d.md (1)\n"}, day=2)
    assert listed()["scratch"] == f"built from {first}, up to date"
    assert listed()["cnn"] == f"built from {first}, 1 commit behind main"
    commit(main, {"LICENSE": "MIT, later\n"}, day=3)
    assert listed()["scratch"] == f"built from {first}, 2 commits behind main"


@needs_git
def test_list_in_a_clone(main: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done("tracks", "build")
    learner = clone(main, tmp_path / "learner")
    monkeypatch.chdir(learner)
    assert listed()["cnn"].endswith(", up to date, not here yet: git switch CNN")
    done("tracks", "checkout", "cnn")
    commit(learner, {"mine.py": "X = 1\n"}, day=2)
    assert listed()["cnn"].endswith(", up to date, with 1 commit of your own")
    git(learner, "branch", "--quiet", "Scratch", "main")
    assert "the branch Scratch has a track's name" in listed()["scratch"]
    shallow = clone(main, tmp_path / "shallow", "--depth", "1")
    monkeypatch.chdir(shallow)
    assert "this clone does not follow CNN of origin" in listed()["cnn"]
    git(main, "switch", "--quiet", "main")
    commit(main, {"LICENSE": "MIT, later\n"}, day=3)
    deep = clone(main, tmp_path / "deep", "--depth", "1", "--no-single-branch")
    monkeypatch.chdir(deep)
    assert listed()["cnn"].endswith(", behind main, not here yet: git switch CNN")


@needs_git
def test_build_says_what_it_did(main: Path, tmp_path: Path) -> None:
    first = git(main, "rev-parse", "HEAD")[:12]
    lines = done("tracks", "build").splitlines()
    assert lines[:2] == [f"{name:14} made from main {first}" for name in ("Scratch", "CNN")]
    assert lines[2].startswith("2 tracks in ")
    again = done("tracks", "build", "CNN")
    assert again.startswith(f"CNN            nothing changed since main {first}")
    second = commit(main, {"LICENSE": "MIT, later\n"}, day=2)[:12]
    git(main, "switch", "--quiet", "CNN")
    commit(main, {"mine.py": "X = 1\n"}, day=3)
    git(main, "switch", "--quiet", "main")
    git(main, "worktree", "add", "--quiet", str(tmp_path / "tree"), "Scratch")
    assert done("tracks", "build").splitlines()[:4] == [
        f"Scratch        built from main {second} on tracks/Scratch, as Scratch is checked out in "
        f"{tmp_path / 'tree'}; to take it:",
        f"               cd {tmp_path / 'tree'} && git merge tracks/Scratch",
        f"CNN            built from main {second} on tracks/CNN, as CNN holds a commit of your own"
        "; to take it:",
        "               git switch CNN && git merge tracks/CNN",
    ]


@needs_git
def test_build_publishes(main: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = clone(main, tmp_path / "bare.git", "--bare")
    work = clone(bare, tmp_path / "work")
    monkeypatch.chdir(work)
    assert "published at origin: Scratch, CNN" in done("tracks", "build", "--push")
    before = refs(bare)
    assert set(before) == {"refs/heads/main", "refs/heads/Scratch", "refs/heads/CNN"}
    git(work, "switch", "--quiet", "CNN")
    commit(work, {"mine.py": "X = 1\n"}, day=2)
    done("tracks", "build", "--push")
    assert refs(bare) == before  # what is somebody's own is not published
    git(work, "remote", "set-url", "origin", str(tmp_path / "nowhere"))
    assert "git push failed: " in sentence("tracks", "build", "--push")


@needs_git
def test_checkout_says_what_to_do_first(main: Path) -> None:
    out = done("tracks", "checkout", "Scratch")
    assert out == (
        "Switched to a new branch 'Scratch'\n\nFrom scratch. Every derivative.\n\n"
        '  pip install -e ".[sklearn]"\n  brain run nn\n  brain learn  # exercises\n'
    )
    assert "\nBe patient.\n" in done("tracks", "checkout", "cnn")
    (main / "LICENSE").write_text("mine\n")
    assert "M\tLICENSE" in done("tracks", "checkout", "scratch")
    assert git(main, "branch", "--show-current") == "Scratch"


@needs_git
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("build", "scrtch"), "unknown track 'scrtch'; did you mean 'scratch'?"),
        (("build", "main"), "main is what the tracks are built from"),
        (("checkout", "vision"), "unknown track 'vision'. Known: cnn, main, scratch."),
    ],
)
def test_what_is_unknown_is_refused(main: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in sentence("tracks", *arguments)


def test_outside_of_a_clone_and_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in (("build",), ("checkout", "scratch")):
        assert "run this in a clone of the project" in sentence("tracks", *command)
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in sentence("tracks", "build")
    assert "git is not installed" in brain("tracks", "list").err
