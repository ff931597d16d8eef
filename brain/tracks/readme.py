"""The first page of a track's branch: the track's page, with how to begin and how to update."""

from __future__ import annotations

from collections.abc import Mapping

from brain.errors import UserError
from brain.tracks.table import FILE, Track


def readme(page: str, track: Track, tracks: Mapping[str, Track], address: str) -> str:
    """The README of a branch; its links are still those of the track's page.

    The page opens with a heading and a few words, then come sections: how to begin goes before the
    first of them. Raises UserError where the page has none.
    """
    opening, first, sections = page.partition("\n## ")
    if not first:
        raise UserError(f"{FILE}: {track.page} needs a section, to put the beginning before it.")
    parts = [opening, start(track, address), first[1:] + sections, end(track, tracks, address)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def start(track: Track, address: str) -> str:
    """How to get the branch, install what it needs, and see something."""
    switch = f"In a clone that you have: `git switch {track.branch}`"
    if clash := next((name for name in track.folders if name == track.branch.lower()), None):
        switch += (
            f" (`git checkout`\nmay take it for the folder `{clash}/` on disks that ignore case)"
        )
    switch += "."
    steps = "\n".join(track.first_steps)
    asking = "".join(f"{step}\n" for step in track.interactive)
    if asking:
        asking = f"\nThese wait for what you type, so one at a time:\n\n```bash\n{asking}```\n"
    folders = "\n".join(f"- `{name}/`: {WHAT[name]}" for name in track.folders if name in WHAT)
    note = f"\n{track.note.strip()}\n" if track.note else ""
    return f"""\
## Begin

{switch}
Go on with the third line then. Without one, with Python 3.11, 3.12 or 3.13:

```bash
git clone --branch {track.branch} {address}
cd {address.rpartition("/")[2]}
python -m venv .venv && source .venv/bin/activate    # Windows: .venv\\Scripts\\activate
pip install -e {track.requirement}
{steps}
```
{asking}{note}
What is here:

{folders}
- `run_all.py`, `noxfile.py`: the demos; the tests (`pip install nox`, then `nox -s tests`)"""


def end(track: Track, tracks: Mapping[str, Track], address: str) -> str:
    """How to go on: updates, what is elsewhere, the other tracks."""
    rows = "\n".join(
        f"| [`{other.branch}`]({address}/tree/{other.branch}) | {other.title} |"
        for other in tracks.values()
        if other.branch != track.branch
    )
    folder, title, branch = next(one for one in ENGINES if one[0] not in track.folders)
    return f"""\
## Updates

Change what you like, and commit it on this branch. `git pull --no-rebase` merges what is new into
it: what you changed stays yours, and git asks only where both sides changed the same lines. In a
fork: `git pull --no-rebase {address} {track.branch}`.

## The other tracks

| branch | |
| --- | --- |
{rows}

`git switch BRANCH` leads to each. A folder of main can be had here too, for instance the engine in
{title}: `git checkout origin/main -- {folder}`, commit it, and install {title} as its
[README]({address}/blob/{branch}/README.md) says. How the whole fits together and how to contribute:
[ARCHITECTURE.md]({address}/blob/main/ARCHITECTURE.md),
[CONTRIBUTING.md]({address}/blob/main/CONTRIBUTING.md)."""


WHAT = {
    "brain": "the ground: models as declarations, data, training, comparison",
    "scratch": "the engine in NumPy",
    "torch_nn": "the engine in PyTorch",
    "tf_nn": "the engine in TensorFlow",
    "cnn": "networks for images",
    "rnn": "networks for sequences",
    "theory": "the pages, with every equation",
}
"""The folders, in a few words each."""
ENGINES = (("torch_nn", "PyTorch", "PyTorch-NN"), ("tf_nn", "TensorFlow", "TensorFlow-NN"))
