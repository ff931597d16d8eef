"""The table of the learning tracks: `tracks.toml`, read and checked."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from brain.errors import UserError, unknown

FILE = "tracks.toml"
MAIN = "main"
ROOT = Path(__file__).resolve().parent.parent.parent

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Line = Annotated[str, StringConstraints(pattern=r"^\S[^\n]*$")]


class Track(BaseModel):
    """One learning track, and what the branch holds that it is published on.

    `folders` are all the top-level folders of the branch; of `theory` it gets the pages that the
    others cite. `page` becomes the branch's README. `extras` are what pip installs for it;
    `first_steps` are commands, each with a remark after `#`; so are those that wait for what one
    types, `interactive`. `note` is said below them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    branch: Word
    title: Line
    teaches: Line
    page: Line
    folders: tuple[Word, ...]
    extras: tuple[Word, ...]
    first_steps: tuple[Line, ...]
    interactive: tuple[Line, ...] = ()
    note: str = ""

    @property
    def requirement(self) -> str:
        """What `pip install -e` is given in a clone of the branch."""
        return f'".[{",".join(self.extras)}]"' if self.extras else "."


def parse(text: str) -> dict[str, Track]:
    """The tracks by name, in the file's order. Raises UserError that names the wrong place."""
    try:
        tracks = TypeAdapter(dict[Word, Track]).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{FILE}: {error}") from None
    except ValidationError as error:
        (first, *_) = error.errors()
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{FILE}: {place}: {first['msg']}") from None
    # a disk that ignores case keeps one file for two branches that differ in case alone
    counted = Counter(track.branch.lower() for track in tracks.values())
    if twice := [name for name, count in counted.items() if count > 1]:
        raise UserError(f"{FILE}: two tracks have the branch {twice[0]!r}.")
    if MAIN not in tracks or tracks[MAIN].branch != MAIN:
        raise UserError(f"{FILE}: there is no [{MAIN}] with the branch {MAIN!r}.")
    return tracks


def tracks_here() -> dict[str, Track]:
    """The tracks, from the file that came with this package."""
    file = ROOT / FILE
    if not file.exists():
        raise UserError(f"{FILE} is not here: run this in a clone of the project.")
    return parse(file.read_text(encoding="utf-8"))


def find(name: str, tracks: dict[str, Track]) -> str:
    """The key of a track, given that or its branch, in any case."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    for key, track in tracks.items():
        if plain and plain in (re.sub(r"[^a-z0-9]", "", s.lower()) for s in (key, track.branch)):
            return key
    raise unknown("track", name, tracks)


def no_folder(name: str) -> UserError:
    """The error for a folder of the project that is not here: which branches have it."""
    try:
        branches = [track.branch for track in tracks_here().values() if name in track.folders]
    except UserError:
        branches = [MAIN]
    return UserError(
        f"the folder {name}/ is not on this branch, but on {' and '.join(sorted(branches)[:2])}: "
        f"git switch {min(branches)} (or, if it was deleted: git restore {name})"
    )
