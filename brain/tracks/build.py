"""Building the branches of the tracks from main, publishing them, and switching to one.

What a build holds is decided by main, its parent by the builds that are there; author and dates are
those of the commit on main. So the same main and the same branches give the same ids, on any
machine. A branch's first build has no parent: a track does not carry main's history.

A build never touches what a learner made. Where the branch holds commits of their own, or a work
tree stands on it, the build goes to `tracks/BRANCH`, to be merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from brain.errors import UserError
from brain.tracks.branches import FETCH, Branch, Build, history, later, main_revision, short
from brain.tracks.content import Source, content
from brain.tracks.git import File, Repository, words
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
        """Whether the branch holds the build already: the local one, or one with own commits."""
        branch, repository = self.branch, self.branch.repository
        tips = branch.work.values() if branch.own else filter(None, [branch.local])
        return any(repository.contains(tip, self.build.commit) for tip in tips)

    @property
    def obstacle(self) -> str:
        """Why the branch itself must not be moved, or nothing."""
        branch = self.branch
        if branch.own:
            commits = "a commit" if branch.own == 1 else f"{branch.own} commits"
            return f"{branch.name} holds {commits} of your own"
        if branch.ref in (used := branch.repository.in_use()):
            return f"{branch.name} is {' in '.join(map(str, used[branch.ref]))}"
        if branch.local and not branch.repository.contains(self.build.commit, branch.local):
            return f"{branch.name} has parted from what is published"
        return ""

    @property
    def ref(self) -> str:
        """Where the build goes."""
        return self.branch.aside if self.obstacle else self.branch.ref


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
    if newest and newest.revision == source.commit:
        return Plan(name, track, branch, newest)
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
    shown = "--format=%an <%ae> %ad%x00%cn <%ce> %cd%x00%s"
    about = repository.ask("log", "-1", "--encoding=UTF-8", "--date=raw", shown, revision)
    author, committer, subject = about.split("\0")
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
    check_tools(source)
    plans = [plan(source, name) for name in dict.fromkeys(wanted)]
    moves: dict[str, tuple[str, str | None]] = {}
    for one in plans:
        old = one.branch.tips.get(one.ref)
        if not one.merged and old != one.build.commit:
            check_aside(one.branch)
            moves[one.ref] = (one.build.commit, old)
    repository.move(moves, f"build from main {source.commit[:12]}")
    for one in plans:
        if one.branch.ref in moves and one.branch.local is None:
            follow(one.branch)
    return plans


def check_tools(source: Source) -> None:
    """Raise UserError where other code runs here than that of main, which decides what is built."""
    here = Path(__file__).parent
    running = {f"brain/tracks/{path.name}": path for path in here.glob("*.py")}
    running["brain/regions.py"] = here.parent / "regions.py"
    of_main = {path: text for path, text in source.texts.items() if path in running}
    for path, text in of_main.items():
        if running[path].read_text(encoding="utf-8") != text.replace("\r\n", "\n"):
            raise UserError(
                f"the tracks are built by main's own code, and {path} is another here: "
                "git switch main (and commit what you changed in it), then build again."
            )


def check_aside(branch: Branch) -> None:
    """Raise UserError where `tracks/BRANCH` is in the way of a build."""
    name, tip = short(branch.aside), branch.tips.get(branch.aside)
    if tip and None in history(branch.repository, [tip]):
        raise UserError(f"{name} holds commits that were not built: git branch -m {name} my-{name}")
    if use := branch.repository.in_use().get(branch.aside):
        raise UserError(f"{name} is {use[0]} in {use[1]}: switch to another branch there first.")


def follow(branch: Branch) -> None:
    """Let `git pull` know where the local branch is published, where that can be known."""
    remote = short(branch.remote or f"refs/remotes/origin/{branch.name}")
    branch.repository.run("branch", f"--set-upstream-to={remote}", branch.name, check=False)


def push(repository: Repository, plans: Sequence[Plan]) -> None:
    """Publish what was built at origin, all of it or none; commits of anyone's own are not sent.

    Raises UserError where origin does not have the commits of main that they were built from.
    """
    published = repository.commit(f"refs/remotes/origin/{MAIN}")
    if published and not repository.contains(published, main_revision(repository)):
        raise UserError("main here is ahead of origin's: git push origin main, then build again.")
    refs = (f"{one.build.commit}:{one.branch.ref}" for one in plans)
    repository.run("push", "--quiet", "--atomic", "origin", *refs)
    for one in plans:
        if not one.obstacle:
            follow(one.branch)


STUBS = "exercises/"
"""Where learners write: tracked on a track's branch, ignored on main."""


def checkout(repository: Repository, name: str) -> tuple[Track, str]:
    """Switch the work tree to a track's branch, which is made where it is not there yet.

    The track, and what git says of the switch. What git ignores is not overwritten either. Raises
    UserError, with nothing changed, where git does not switch.
    """
    if repository.top is None:
        raise UserError("there is no work tree here: check the track out in a clone that has one.")
    source = Source(repository, main_revision(repository))
    name = find(name, source.tracks)
    track = source.tracks[name]
    branch = Branch(repository, track.branch)
    if name != MAIN:
        branch.check()
    to = [track.branch]
    if branch.local is None and branch.remote:
        begin = ["--track", short(branch.remote)] if repository.fetches(branch.ref) else []
        to = ["-c", track.branch, *(begin or [branch.tips[branch.remote]])]
    elif branch.local is None:
        check_tools(source)
        to = ["-c", track.branch, plan(source, name).build.commit]
    done = repository.run("switch", "--no-overwrite-ignore", *to, check=False)
    if done.returncode:
        said = words(done.stderr)
        if STUBS in said:
            said = f"it would overwrite what you wrote in {STUBS}: move that folder away first"
        raise UserError(f"git does not switch to {track.branch}: {said}")
    return track, (done.stderr + done.stdout).decode(errors="replace").strip()
