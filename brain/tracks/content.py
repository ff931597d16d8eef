"""What a track's branch holds: the files of main that belong to it, their links led to where
they are, and a README of its own."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from brain import regions
from brain.errors import UserError
from brain.tracks.git import File, Repository
from brain.tracks.links import led, links, target
from brain.tracks.readme import readme
from brain.tracks.table import FILE, Track, parse

MAIN_ONLY = {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"}
"""What tells of the whole: it stays on main, and links lead there."""
PAGE = re.compile(r"theory/([\w-]+)\.md")
PICTURES = (".png", ".gif", ".svg", ".jpg")


@dataclass(frozen=True)
class Source:
    """One commit of main, read through git."""

    repository: Repository
    commit: str
    files: dict[str, File] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", self.repository.files(self.commit))
        if FILE not in self.files:
            raise UserError(f"main has no {FILE} here: run this in a clone of the project.")

    @cached_property
    def texts(self) -> dict[str, str]:
        """What can cite or link: every .py, .md and .toml file."""
        wanted = [path for path in self.files if path.endswith((".py", ".md", ".toml"))]
        contents = self.repository.contents(self.files[path].id for path in wanted)
        return {p: contents[self.files[p].id].decode(errors="surrogateescape") for p in wanted}

    @cached_property
    def tracks(self) -> dict[str, Track]:
        """The tracks, as this commit has them."""
        return parse(self.texts[FILE])

    @cached_property
    def address(self) -> str:
        """Where main is published, from `pyproject.toml`."""
        try:
            project = tomllib.loads(self.texts["pyproject.toml"])["project"]
            return str(project["urls"]["Repository"]).removesuffix("/").removesuffix(".git")
        except (KeyError, tomllib.TOMLDecodeError):
            raise UserError("pyproject.toml on main names no Repository under its URLs.") from None


def content(source: Source, track: Track) -> tuple[dict[str, File], dict[str, str]]:
    """The files of a track's branch as they are on main, and the texts that differ from there."""
    if missing := {*track.folders, track.page} - {*source.files, *folders(source.files)}:
        raise UserError(f"{FILE}: {track.branch} wants {min(missing)}, which main does not have.")
    there = with_linked_pictures(chosen(source, track), source.texts)
    moved = {track.page: "README.md"}
    here = {moved.get(path, path) for path in there}
    pages = {path: source.texts[path] for path in there if path.endswith(".md")}
    pages[track.page] = readme(source.texts[track.page], track, source.tracks, source.address)
    texts = {}
    for path, text in pages.items():
        led_here = partial(leading, path=path, moved=moved, here=here, source=source)
        texts[moved.get(path, path)] = led(text, led_here)
    files = {path: source.files[path] for path in there if path not in moved}
    differing = {p: text for p, text in texts.items() if text != source.texts.get(p)}
    return files, differing | stubs(source, track)


def stubs(source: Source, track: Track) -> dict[str, str]:
    """What a learner writes into: a stub of each exercise in the track's own folder."""
    own = f"{track.page.partition('/')[0]}/"
    return {
        place: regions.stub(text)
        for path, text in source.texts.items()
        if path.startswith(own) and (place := regions.place(path)) and regions.marked(text)
    }


def chosen(source: Source, track: Track) -> set[str]:
    """The paths on main of what belongs to a track: of `theory/`, the pages that are cited."""
    kept = {
        path
        for path in source.files
        if path.partition("/")[0] in track.folders or ("/" not in path and path not in MAIN_ONLY)
    }
    pages = {p.removesuffix(".md") for p in kept if re.fullmatch(r"theory/[^/]+\.md", p)}
    outside = (source.texts[p] for p in kept if p in source.texts and not p.startswith("theory/"))
    cited = {f"theory/{name}" for text in outside for name in PAGE.findall(text)}
    for page in pages - cited - {"theory/README"}:
        kept -= {f"{page}.md", f"{page.replace('-', '_')}_test.py"}
    return kept


def with_linked_pictures(paths: set[str], texts: Mapping[str, str]) -> set[str]:
    """The paths without those pictures that no page among them shows."""
    shown = {target(p, link) for p in paths if p.endswith(".md") for link in links(texts[p])}
    return {path for path in paths if not path.endswith(PICTURES) or path in shown}


def folders(paths: Iterable[str]) -> set[str]:
    """Every folder that the paths lie in."""
    return {path[:place] for path in paths for place, sign in enumerate(path) if sign == "/"}


def leading(link: str, path: str, moved: Mapping[str, str], here: set[str], source: Source) -> str:
    """Where a link on main's page `path` leads from the branch: to the same, or to its address."""
    goal = target(path, link)
    if goal is None:
        return link
    anchor = link.partition("#")[1] + link.partition("#")[2]
    on_branch = moved.get(goal, goal)
    if on_branch in here | folders(here):
        if path not in moved and goal not in moved:
            return link
        start = posixpath.dirname(moved.get(path, path))
        return posixpath.relpath(on_branch, start or ".") + anchor
    is_file = goal in source.files
    view = "raw" if goal.endswith(PICTURES) else "blob" if is_file else "tree"
    return f"{source.address}/{view}/main/{goal}{anchor}"
