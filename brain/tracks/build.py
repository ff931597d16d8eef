"""Building the branches of the tracks from main, publishing them, and switching to one.

What a build holds is decided by main, its parent by the builds that are there; author and dates are
those of the commit on main. So the same main and the same branches give the same ids, on any
machine. A branch's first build has no parent: a track does not carry main's history.

A build never touches what a learner made. Where the branch holds commits of their own, or a work
tree stands on it, the build goes to `tracks/BRANCH`, to be merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from brain.errors import UserError, brief
from brain.tracks.branches import FETCH, Branch, Build, later, main_revision
from brain.tracks.content import Source, content
from brain.tracks.git import File, Repository
from brain.tracks.table import MAIN, Track, find


class Plan(NamedTuple):
    """A track, its branch as found, and the commit it should come to; `build.commit` is written."""

    name: str
    track: Track
    branch: Branch
    build: Build
    earlier_main: bool = False
    """Whether main here is behind the one that the branch was built from last."""

    @property
    def merged(self) -> bool:
        """Whether the local branch holds the build."""
        local, commit = self.branch.local, self.build.commit
        return local is not None and self.branch.repository.contains(local, commit)

    @property
    def obstacle(self) -> str:
        """Why the branch itself must not be moved, or nothing."""
        if own := self.branch.own:
            return f"{self.branch.name} holds {own} commit{'' if own == 1 else 's'} of your own"
        if self.branch.stands_in:
            return f"{self.branch.name} is checked out in {self.branch.stands_in}"
        return ""


def plan(source: Source, name: str) -> Plan:
    """Write the commit that the branch of a track should come to; no branch is moved yet.

    Where nothing changed it is the newest build there is. Raises UserError for a branch that is
    not ours, or that this clone does not follow.
    """
    repository, track = source.repository, source.tracks[name]
    branch = Branch(repository, track.branch)
    if not branch.tips and not repository.fetches(branch.ref):
        raise UserError(f"this clone does not follow {track.branch} of origin: {FETCH}")
    newest = branch.newest
    if newest and later(repository, newest, source.commit):
        return Plan(name, track, branch, newest, earlier_main=True)
    files, texts = content(source, track)
    ids = repository.store({p: t.encode(errors="surrogateescape") for p, t in texts.items()})
    tree = repository.tree(files | {path: File("100644", id_) for path, id_ in ids.items()})
    if newest and newest.tree == tree:
        return Plan(name, track, branch, newest)
    commit = written(repository, track, tree, newest, source.commit)
    return Plan(name, track, branch, Build(commit, tree, source.commit))


def written(
    repository: Repository, track: Track, tree: str, parent: Build | None, revision: str
) -> str:
    """Write the commit of a build; every byte of it follows from the arguments."""
    shown = "--format=%an <%ae> %ad%n%cn <%ce> %cd%n%s"
    about = repository.ask("log", "-1", "--encoding=UTF-8", "--date=raw", shown, revision)
    author, committer, subject = about.split("\n")
    lines = [
        f"tree {tree}",
        *([f"parent {parent.commit}"] if parent else []),
        f"author {author}",
        f"committer {committer}",
        f"\nBuild {track.branch} from main {revision[:12]}",
        f"\n{subject}",
        f"\nMain-Revision: {revision}",
        f"Tree: {tree}",
    ]
    return repository.write_commit("\n".join(lines) + "\n")


def build(repository: Repository, names: Sequence[str] | None = None) -> list[Plan]:
    """Bring the branches of these tracks, or of all, to what main holds; what was done, each.

    All of them or none. A plan with an `obstacle` that is not `merged` lies on `tracks/BRANCH`.
    """
    source = Source(repository, main_revision(repository))
    others = [name for name in source.tracks if name != MAIN]
    wanted = [find(name, source.tracks) for name in names or others]
    if MAIN in wanted:
        raise UserError(
            f"{MAIN} is what the tracks are built from; name one of: {', '.join(others)}."
        )
    plans = [plan(source, name) for name in dict.fromkeys(wanted)]
    moves: dict[str, tuple[str, str | None]] = {}
    for one in plans:
        if one.merged:
            continue
        ref = one.branch.aside if one.obstacle else one.branch.ref
        if one.obstacle:
            check_aside(one.branch)
        if one.branch.tips.get(ref) != one.build.commit:
            moves[ref] = (one.build.commit, one.branch.tips.get(ref))
    repository.move(moves, f"build from main {source.commit[:12]}")
    for one in plans:
        made = one.branch.ref in moves and one.branch.local is None
        if made and one.branch.remote in one.branch.tips:  # so that git pull knows from where
            repository.run("branch", f"--set-upstream-to=origin/{one.branch.name}", one.branch.name)
    return plans


def check_aside(branch: Branch) -> None:
    """Raise UserError where `tracks/BRANCH` is in the way of a build."""
    name, tip = branch.aside.split("/", 2)[2], branch.tips.get(branch.aside)
    if tip and tip not in {build.commit for build in branch.builds}:
        raise UserError(f"{name} holds commits that were not built: git branch -m {name} my-{name}")
    if place := branch.repository.checked_out().get(branch.aside):
        raise UserError(f"{name} is checked out in {place}: switch to another branch there first.")


def push(repository: Repository, plans: Sequence[Plan]) -> None:
    """Publish what was built at origin, all of it or none; commits of anyone's own are not sent."""
    refs = (f"{one.build.commit}:{one.branch.ref}" for one in plans)
    repository.run("push", "--quiet", "--atomic", "origin", *refs)


def checkout(repository: Repository, name: str) -> Track:
    """Switch the work tree to a track's branch, which is made where it is not there yet.

    What git ignores is not overwritten either. Raises UserError, with nothing changed, where git
    does not switch.
    """
    if repository.top is None:
        raise UserError("a bare clone has no work tree: clone it, and check the track out there.")
    source = Source(repository, main_revision(repository))
    name = find(name, source.tracks)
    track = source.tracks[name]
    branch = Branch(repository, track.branch)
    to = [track.branch]
    if name != MAIN and branch.newest is None:
        to = ["-c", track.branch, plan(source, name).build.commit]
    elif branch.local is None:
        to = ["-c", track.branch, "--track", f"origin/{track.branch}"]
    done = repository.run("switch", "--quiet", "--no-overwrite-ignore", *to, check=False)
    if done.returncode:
        said = brief(" ".join(done.stderr.decode(errors="replace").split()), 400)
        raise UserError(f"git does not switch to {track.branch}: {said}")
    return track
