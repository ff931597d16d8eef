"""Where the branch of a track stands: the builds on it, whatever else it holds, and main.

A build is a commit that says of itself which commit of main it was built from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
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
    def remote(self) -> str:
        return f"refs/remotes/origin/{self.name}"

    @property
    def aside(self) -> str:
        """Where a build goes that must not move the branch itself."""
        return f"refs/heads/tracks/{self.name}"

    @cached_property
    def tips(self) -> dict[str, str]:
        """The commits that the three refs name, where they are there."""
        named = {ref: self.repository.commit(ref) for ref in (self.remote, self.ref, self.aside)}
        return {ref: commit for ref, commit in named.items() if commit}

    @property
    def local(self) -> str | None:
        return self.tips.get(self.ref)

    @cached_property
    def builds(self) -> list[Build]:
        """The builds that can be reached from here, none before one that follows it.

        Raises UserError for a branch of this name that was never built.
        """
        for ref, tip in self.tips.items():
            if next(built(self.repository, [tip]), None) is None:
                raise UserError(foreign(self.repository, ref.split("/", 2)[2], ref == self.remote))
        return list(built(self.repository, self.tips.values()))

    @property
    def newest(self) -> Build | None:
        return self.builds[0] if self.builds else None

    @cached_property
    def standing(self) -> Build | None:
        """The newest build that the local branch holds, or, where there is none, origin's."""
        tip = self.local or self.tips.get(self.remote)
        return next(built(self.repository, [tip]), None) if tip else None

    @cached_property
    def own(self) -> int:
        """How many commits the local branch holds that are no builds."""
        if self.local is None or self.local in {build.commit for build in self.builds}:
            return 0
        return self.repository.count(self.local, *(f"^{build.commit}" for build in self.builds))

    @cached_property
    def stands_in(self) -> Path | None:
        """The work tree that stands on the branch."""
        return self.repository.checked_out().get(self.ref)


def built(repository: Repository, tips: Iterable[str]) -> Iterator[Build]:
    """The commits under `tips` that say what they were built from and hold just that."""
    wanted = ("rev-list", "--stdin", "--topo-order", "--format=%x1e%H %T%n%B")
    listed = "".join(f"{tip}\n" for tip in tips).encode()
    for entry in repository.ask(*wanted, put=listed).split("\x1e")[1:]:
        ids, _, message = entry.partition("\n")
        commit, tree = ids.split()
        said = SAYS.search(message)
        if said and said[2] == tree:  # not one that was amended, or picked onto other work
            yield Build(commit, tree, said[1])


def foreign(repository: Repository, name: str, at_origin: bool) -> str:
    """The sentence for a branch that has a track's name and no build in it."""
    if repository.is_shallow:
        return f"no build is in sight on {name} in this shallow clone: git fetch --unshallow origin"
    mend = "rename it there" if at_origin else f"rename it: git branch -m {name} my-{name}"
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
