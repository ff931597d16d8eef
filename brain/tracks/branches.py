"""Where the branch of a track stands: the builds on it, whatever else it holds, and main.

A build is a commit that says of itself which commit of main it was built from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from brain.errors import UserError
from brain.tracks.git import Repository
from brain.tracks.table import MAIN

SAYS = re.compile(r"^Main-Revision: ([0-9a-f]{40,64})\nTree: ([0-9a-f]{40,64})$", re.MULTILINE)
FETCH = "git remote set-branches origin '*' && git fetch origin"


class Build(NamedTuple):
    """A commit that was built, its tree, and the commit of main that it was built from."""

    commit: str
    tree: str
    revision: str


@dataclass(frozen=True)
class Branch:
    """Where the branch of one track stands, as it was found."""

    repository: Repository
    name: str

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.name}"

    @property
    def aside(self) -> str:
        """Where a build goes that must not move the branch itself."""
        return f"refs/heads/tracks/{self.name}"

    @cached_property
    def tips(self) -> dict[str, str]:
        """The refs of this branch, with what they name: origin's and other remotes' first."""
        wanted = (self.ref, self.aside, f"refs/remotes/*/{self.name}")
        found = self.repository.refs(*wanted)
        order = sorted(found, key=lambda ref: ("/heads/" in ref, "/origin/" not in ref, ref))
        return {ref: found[ref] for ref in order if ref.endswith(f"/{self.name}")}

    @property
    def local(self) -> str | None:
        return self.tips.get(self.ref)

    @property
    def remote(self) -> str | None:
        """The ref of the published branch, as it was last fetched: origin's where there is one."""
        return next((ref for ref in self.tips if ref.startswith("refs/remotes/")), None)

    @property
    def work(self) -> dict[str, str]:
        """The tips on which somebody's own commits may stand."""
        return {ref: tip for ref, tip in self.tips.items() if ref in (self.ref, self.remote)}

    def check(self) -> None:
        """Raise UserError where a branch has this name that was never built."""
        for ref, build in self.builds.items():
            if build is None:
                raise UserError(foreign(self.repository, ref))

    @cached_property
    def builds(self) -> dict[str, Build | None]:
        """The newest build that each of the refs holds."""
        return {ref: first_build(self.repository, tip) for ref, tip in self.tips.items()}

    @property
    def newest(self) -> Build | None:
        """The build that the next one follows; where two lines of them part, the published one.

        Raises UserError for a branch of this name that was never built.
        """
        self.check()
        found: Build | None = None
        for build in filter(None, self.builds.values()):
            if found is None or self.repository.contains(build.commit, found.commit):
                found = build
        return found

    @property
    def standing(self) -> Build | None:
        """The newest build that the local branch holds, or, where there is none, the published."""
        return self.builds.get(self.ref if self.local else self.remote or "")

    @cached_property
    def own(self) -> int:
        """How many commits the branch holds, here or published, that are no builds."""
        if not self.work:
            return 0
        return sum(build is None for build in history(self.repository, self.work.values()))


def history(repository: Repository, tips: Iterable[str]) -> Iterator[Build | None]:
    """The commits under `tips`, none before one that follows it: a build, or None for another.

    A build says what it was built from, and holds the tree that it says. Merges are left out.
    """
    wanted = ("rev-list", "--stdin", "--topo-order", "--no-merges", "--format=%x1e%H %T%n%B")
    listed = "".join(f"{tip}\n" for tip in tips).encode()
    for entry in repository.ask(*wanted, put=listed).split("\x1e")[1:]:
        ids, _, message = entry.partition("\n")
        commit, tree = ids.split()
        said = SAYS.search(message)
        yield Build(commit, tree, said[1]) if said and said[2] == tree else None


def first_build(repository: Repository, tip: str) -> Build | None:
    """The newest build that a commit is, or follows."""
    return next((build for build in history(repository, [tip]) if build), None)


def short(ref: str) -> str:
    """A ref as it is typed: `Scratch`, `origin/Scratch`."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")


def foreign(repository: Repository, ref: str) -> str:
    """The sentence for a branch that has a track's name and no build in it."""
    name = short(ref)
    if repository.is_shallow:
        return f"no build is in sight on {name} in this shallow clone: git fetch --unshallow"
    local = ref.startswith("refs/heads/")
    mend = f"rename it: git branch -m {name} my-{name}" if local else "rename it there"
    return f"the branch {name} has a track's name, but was not built from main; {mend}"


def main_revision(repository: Repository) -> str:
    """The newest commit of main: of origin's where that is ahead of the local one."""
    local = repository.commit(f"refs/heads/{MAIN}")
    published = repository.commit(f"refs/remotes/origin/{MAIN}")
    if local is None and published is None:
        raise UserError(f"there is no branch {MAIN} here to build from: {FETCH}")
    if local is None or (published and follows(repository, published, local)):
        return str(published)
    return local


def follows(repository: Repository, one: str, other: str) -> bool:
    """Whether a commit comes after another, or is it; by date where a shallow clone hides it."""
    if repository.contains(one, other):
        return True
    if repository.contains(other, one) or not repository.is_shallow:
        return False
    return repository.date(one) > repository.date(other)


def later(repository: Repository, build: Build, revision: str) -> bool:
    """Whether a build was made from a commit that comes after `revision` of main."""
    if repository.commit(build.revision):
        return build.revision != revision and follows(repository, build.revision, revision)
    return repository.date(build.commit) > repository.date(revision)
