"""Marked regions: what of a solution a learner writes.

    def relu(z):
        # <solution>
        return np.maximum(z, 0)
        # </solution>

A stub is the solution with each region taken out; nothing else of it changes, so that the two
cannot part. The lines between the marks may stand at any depth of indentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from brain.errors import UserError

REGION = re.compile(r"^([ \t]*)# <solution>\n(.*?)^[ \t]*# </solution>\n", re.M | re.S)
STUB = '{indent}raise NotImplementedError("your code here")\n'
LESSON = re.compile(r"(?P<track>\w+)/(?P<course>week1|lessons)/(?P<day>day\d+)/(?P<task>\w+)\.py")
"""Where a solution lies: `scratch/week1/day1/sigmoid.py`, `cnn/lessons/day1/im2col.py`."""
EARLIER = re.compile(r"\b(\w+)\.(?:week1|lessons)\.(day\d+)\b")


def marked(text: str) -> bool:
    """Whether a file's text has a region to be written by a learner."""
    return REGION.search(text) is not None


def stub(solution: str) -> str:
    """What a learner is given: each region replaced by one line that says where to write.

    Imports of other exercises lead to the learner's own: `scratch.week1.day3.relu` becomes
    `exercises.scratch.day3.relu`. Raises UserError where a mark has no partner.
    """
    empty = REGION.sub(lambda region: STUB.format(indent=region[1]), solution)
    if "<solution>" in empty or "</solution>" in empty:
        raise UserError("a mark of a solution's region has no partner.")
    return EARLIER.sub(r"exercises.\1.\2", empty)


def filled(solution: str) -> str:
    """The solution as a learner might hand it in: without the marks, its imports as a stub's."""
    return EARLIER.sub(r"exercises.\1.\2", REGION.sub(lambda region: region[2], solution))


def changed(solution: str, replace: Mapping[str, str]) -> str:
    """`filled`, with passages of the regions replaced: an answer with a known mistake.

    Raises UserError where a passage does not stand in the regions exactly once.
    """
    bodies = "".join(region[2] for region in REGION.finditer(solution))
    for old in replace:
        if bodies.count(old) != 1:
            raise UserError(f"{old!r} stands {bodies.count(old)} times in the solution, not once.")

    longest_first = sorted(replace, key=len, reverse=True)
    passages = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def mistaken(region: re.Match[str]) -> str:
        body = passages.sub(lambda passage: replace[passage[0]], region[2])
        return region[0].replace(region[2], body)

    return filled(REGION.sub(mistaken, solution))


def place(path: str) -> str | None:
    """Where the stub of a solution goes, say `exercises/scratch/day1/sigmoid.py`; or None.

    A check lies beside its solution and is told from one by its text alone (`marked`): there is an
    exercise whose name is `gradient_check`.
    """
    found = LESSON.fullmatch(path)
    if found is None:
        return None
    return f"exercises/{found['track']}/{found['day']}/{found['task']}.py"
