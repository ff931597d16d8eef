"""Small git repositories with tracks in them, for tests: a project, its clones, their commits."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from brain.testing.refusals import refusal
from brain.tracks import build as builds
from brain.tracks.build import Plan
from brain.tracks.git import Repository

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

TRACKS = """
[main]
branch = "main"
title = "Everything"
teaches = "All of it."
page = "README.md"
folders = ["brain", "cnn", "scratch", "theory"]
extras = []
first_steps = []

[scratch]
branch = "Scratch"
title = "From scratch"
teaches = "Every derivative."
page = "scratch/README.md"
folders = ["brain", "scratch", "theory"]
extras = ["sklearn"]
first_steps = ["brain run nn"]
interactive = ["brain learn  # exercises"]

[cnn]
branch = "CNN"
title = "Vision"
teaches = "How networks see."
page = "cnn/README.md"
folders = ["brain", "cnn", "scratch", "theory"]
extras = []
first_steps = []
note = "Be patient."
"""
FILES = {
    "README.md": "# All\n\n![spirals](theory/figures/spirals.png)\n",
    "ARCHITECTURE.md": "# The rooms\n",
    "LICENSE": "MIT\n",
    "pyproject.toml": '[project.urls]\nRepository = "https://example.org/a/brain"\n',
    "tracks.toml": TRACKS,
    "brain/__init__.py": "",
    "scratch/__init__.py": '"""The engine."""\n\n# theory/dense.md (1)\n\n\nA = 1\n\n\nB = 2\n',
    "scratch/README.md": "# From scratch\n\nOne.\n\n## Order\n\n[engine](__init__.py#L5), "
    "[dense](../theory/dense.md), [vision](../cnn/README.md#deep), [cnn](../cnn)\n",
    "cnn/models.py": "# theory/conv2d.md (2)\n",
    "cnn/filters.png": "picture",
    "cnn/README.md": "# Vision\n\n## Deep\n\n![curve](../theory/figures/curve.png)\n",
    "theory/README.md": "# Theory\n\n1. [dense](dense.md)\n2. [conv2d](conv2d.md#how)\n",
    "theory/equations.py": "",
    "theory/dense.md": "# Dense\n\n![filters](../cnn/filters.png)\n\n"
    "[cnn](../cnn/models.py) `[a](b)`\n\n```\n[c](../cnn)\n```\n",
    "theory/dense_test.py": "",
    "theory/conv2d.md": "# Conv2D\n\n## How\n\n[all](../README.md), [how](#how)\n",
    "theory/conv2d_test.py": "",
    "theory/figures/spirals.png": "picture",
    "theory/figures/curve.png": "picture",
}


def git(folder: Path, *arguments: str, **settings: str) -> str:
    """What git says; a failure is an AssertionError that shows why."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {arguments}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Keep the user's own configuration out, with any identity in it."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith("GIT_") and "CONFIG" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(home.parent))  # nor a clone around it


def write(folder: Path, files: Mapping[str, str] | Mapping[str, bytes]) -> None:
    """Write files, with their folders."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(folder: Path, files: Mapping[str, str], message: str = "a change", day: int = 1) -> str:
    """Write files and commit everything, on a day of 2026; the commit's id."""
    write(folder, files)
    git(folder, "add", "--all")
    when = f"2026-01-{day:02} 12:00:00 +0100"
    who = ("-c", "user.name=Ada Ä", "-c", "user.email=ada@example.org")
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    git(folder, *who, "commit", "--quiet", "--allow-empty", "-m", message, **dates)
    return git(folder, "rev-parse", "HEAD")


def project(folder: Path) -> Path:
    """A repository whose main has tracks, on its first day."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, FILES, "Begin")
    return folder


def clone(origin: Path, folder: Path, *options: str) -> Path:
    """A clone, by the way that the network would take (so that it can be shallow)."""
    git(origin, "clone", "--quiet", *options, origin.as_uri(), str(folder))
    return folder


def refs(folder: Path) -> dict[str, str]:
    """Every ref of a repository, and what it names."""
    lines = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split() for line in lines)


def build(folder: Path, *names: str) -> list[Plan]:
    return builds.build(Repository.at(folder), names)


def checkout(folder: Path, name: str) -> None:
    builds.checkout(Repository.at(folder), name)


def refuses(folder: Path, words: str, *names: str) -> None:
    """Building is refused in a sentence that has these words, and nothing is changed."""
    before, settings = refs(folder), git(folder, "config", "--list", "--local")
    assert words in refusal(lambda: build(folder, *names))
    assert refs(folder) == before
    assert git(folder, "config", "--list", "--local") == settings


def advance(folder: Path, files: Mapping[str, str], aside: Path, day: int) -> str:
    """Commit to main from a work tree of its own, wherever the clone itself stands."""
    tree = aside / f"main-{day}"
    git(folder, "worktree", "add", "--quiet", str(tree), "main")
    made = commit(tree, files, day=day)
    git(folder, "worktree", "remove", str(tree))
    return made


@needs_git
class WithProject:
    """Tests in a project of their own, `main`, away from the user's git; they subclass this."""

    @pytest.fixture(autouse=True)
    def _alone(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        isolate(monkeypatch, tmp_path)

    @pytest.fixture
    def main(self, tmp_path: Path) -> Path:
        return project(tmp_path / "main")
