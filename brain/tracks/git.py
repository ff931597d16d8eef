"""git, as a subprocess: what a repository holds, and writing to it beside the work tree.

Nothing here reads or writes a work tree or its index. What is written is objects, which do nothing
until a branch names them, and then the branches, all of them or none.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from brain.errors import UserError, brief

PLAIN = ("-c", "log.showSignature=false", "-c", "core.splitIndex=false")
"""Settings of a user's that would change what git answers or writes here."""


def words(said: bytes) -> str:
    """What git said on standard error, in one line."""
    return brief(" ".join(said.decode(errors="replace").split()), 400)


class File(NamedTuple):
    """A file in a tree: its mode, as `100644` for an ordinary one, and the id of what it holds."""

    mode: str
    id: str


@dataclass(frozen=True)
class Repository:
    """A clone, bare or with a work tree; `folder` is where git is run, `top` its work tree."""

    folder: Path
    top: Path | None
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """The repository that `folder` lies in.

        Raises UserError where there is none, and where git is missing.
        """
        here = cls(folder, None)
        said = here.run("rev-parse", "--show-toplevel", check=False)
        if said.returncode == 0:
            return cls(folder, Path(os.fsdecode(said.stdout).rstrip("\n")))
        if here.run("rev-parse", "--git-dir", check=False).returncode == 0:
            return here
        raise UserError(f"run this in a clone of the project; git says: {words(said.stderr)}")

    def run(
        self,
        *arguments: str,
        put: bytes = b"",
        check: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git. Raises UserError with what git says where it fails, unless `check` is off."""
        own = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
        environment = {**os.environ, **own, **self.environment, **(settings or {})}
        try:
            done = subprocess.run(
                ["git", *PLAIN, *arguments],
                cwd=self.folder,
                env=environment,
                input=put,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise UserError(
                "git is not installed, or not on the PATH: get it from https://git-scm.com."
            ) from None
        if check and done.returncode:
            raise UserError(f"git {arguments[0]} failed: {words(done.stderr)}")
        return done

    def ask(self, *arguments: str, put: bytes = b"") -> str:
        """What git answers, without the last line's end."""
        return self.run(*arguments, put=put).stdout.decode(errors="surrogateescape").rstrip("\n")

    def commit(self, name: str) -> str | None:
        """The id of the commit that a ref names, or None."""
        wanted = f"{name}^{{commit}}"
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted, check=False)
        return done.stdout.decode().strip() or None

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the beginning of the history was left out."""
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    def date(self, commit: str) -> int:
        """When a commit was made, in seconds."""
        return int(self.ask("log", "-1", "--format=%ct", commit))

    def contains(self, commit: str, other: str) -> bool:
        """Whether `other` is `commit` or one of its ancestors."""
        return self.run("merge-base", "--is-ancestor", other, commit, check=False).returncode == 0

    def count(self, *wanted: str) -> int:
        """How many commits `git rev-list` finds."""
        return int(self.ask("rev-list", "--count", *wanted, "--"))

    def refs(self, *patterns: str) -> dict[str, str]:
        """The refs that fit the patterns, and the commits that they name."""
        listed = self.ask("for-each-ref", "--format=%(refname) %(objectname)", *patterns)
        pairs = (line.split() for line in listed.splitlines())
        return {ref: commit for ref, commit in pairs}  # noqa: C416 (a pair, for the types)

    def in_use(self) -> dict[str, tuple[str, Path]]:
        """The branches that work trees need to stay where they are: how, and where."""
        found, place = {}, self.folder
        for line in self.ask("worktree", "list", "--porcelain").splitlines():
            word, _, rest = line.partition(" ")
            if word == "worktree":
                place = Path(rest)
            elif word == "branch" and place.exists():
                found[rest] = ("checked out", place)
        common = Path(self.folder, self.ask("rev-parse", "--git-common-dir"))
        for own in (common, *common.glob("worktrees/*")):
            linked = own / "gitdir"
            place = Path(linked.read_text().strip()).parent if linked.exists() else common.parent
            for kind in ("rebase-merge", "rebase-apply"):
                if (named := own / kind / "head-name").exists():
                    found[named.read_text().strip()] = ("being rebased", place)
            if (named := own / "BISECT_START").exists():
                found[f"refs/heads/{named.read_text().strip()}"] = ("being bisected", place)
        return found

    def fetches(self, ref: str) -> bool:
        """Whether `git fetch` would bring `ref` of origin; a clone of one branch leaves others."""
        done = self.run("config", "--get-all", "remote.origin.fetch", check=False)
        sources = [line.lstrip("+").partition(":")[0] for line in done.stdout.decode().split()]
        starts = (source.partition("*")[0] for source in sources if "*" in source)
        return not sources or ref in sources or any(ref.startswith(start) for start in starts)

    def files(self, commit: str) -> dict[str, File]:
        """Every file of a commit's tree, by its path."""
        found = {}
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit).stdout
        for line in listed.decode(errors="surrogateescape").split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, _, identity = about.split()
            found[path] = File(mode, identity)
        return found

    def contents(self, ids: Iterable[str]) -> dict[str, bytes]:
        """What blobs hold, by their ids."""
        wanted = sorted(set(ids))
        given = self.run("cat-file", "--batch", put="".join(f"{i}\n" for i in wanted).encode())
        found, rest = {}, memoryview(given.stdout)
        for identity in wanted:
            end = bytes(rest[:200]).index(b"\n")
            about = bytes(rest[:end]).split()
            if len(about) < 3:  # a partial clone that cannot fetch
                raise UserError(
                    f"git does not have the file {identity}: git fsck says what is missing"
                )
            size = int(about[2])
            found[identity] = bytes(rest[end + 1 : end + 1 + size])
            rest = rest[end + 2 + size :]
        return found

    def store(self, contents: Mapping[str, bytes]) -> dict[str, str]:
        """Write blobs, by any name; their ids by the same names."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, str(n)) for n in range(len(contents))]
            for path, content in zip(paths, contents.values(), strict=True):
                path.write_bytes(content)
            listed = "".join(f"{path}\n" for path in paths).encode()
            ids = self.ask("hash-object", "-w", "--no-filters", "--stdin-paths", put=listed).split()
        return dict(zip(contents, ids, strict=True))

    def tree(self, files: Mapping[str, File]) -> str:
        """Write a tree that holds these files, through an index of its own; its id."""
        lines = "".join(f"{file.mode} {file.id}\t{path}\0" for path, file in files.items())
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            put = lines.encode(errors="surrogateescape")
            self.run("update-index", "-z", "--index-info", put=put, settings=index)
            return self.run("write-tree", settings=index).stdout.decode().strip()

    def write_commit(self, text: str) -> str:
        """Write a commit, given as git stores it; its id follows from the text alone."""
        return self.ask("hash-object", "-t", "commit", "-w", "--stdin", put=text.encode())

    def move(self, refs: Mapping[str, tuple[str, str | None]], reason: str) -> None:
        """Let each ref name its new commit, if it still names its old one: all of them, or none."""
        lines = (
            f"update {ref} {new} {old}\n" if old else f"create {ref} {new}\n"
            for ref, (new, old) in refs.items()
        )
        self.run("update-ref", "-m", reason, "--stdin", put="".join(lines).encode())

    @contextlib.contextmanager
    def aside(self) -> Iterator[Repository]:
        """The same repository; the objects that are written to it are gone afterwards."""
        objects = Path(self.folder, self.ask("rev-parse", "--git-path", "objects")).resolve()
        with tempfile.TemporaryDirectory() as folder:
            quoted = str(objects).replace("\\", "\\\\").replace('"', '\\"')
            others = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")
            settings = {
                "GIT_OBJECT_DIRECTORY": folder,
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(
                    [f'"{quoted}"', *([others] if others else [])]
                ),
            }
            yield Repository(self.folder, self.top, {**self.environment, **settings})
