"""Watch mode: the task on the screen, checked again at every save; single keys for the rest.

The file is read twice a second and compared as text. That works wherever files can be read, on
network folders too, where notices of changes do not come.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from brain.errors import UserError
from brain.learn import show
from brain.learn.checking import PASSED
from brain.learn.courses import Task
from brain.learn.folder import UnreadableError
from brain.learn.session import Session

KEYS = "n next · h hint · l list · c check all · r reset · s solution · q quit"
EVERY = 0.5
"""Seconds between two looks at the file."""
SETTLES = 0.05
"""Seconds in which a file that changed shall change no more: an editor may be writing it yet."""


class Watch:
    """The state of the screen: one task, and what its file held when it was last checked."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self.session, self.say = session, say
        self.task: Task = session.following() or session.tasks[-1]
        self.seen: dict[str, str] = {}
        self.asked = ""
        """The key that waits to be pressed again: reset and solution ask first."""

    def begin(self) -> None:
        """Show the task."""
        if self.session.following() is None:
            self.say("  everything passed.")
        for line in show.task(self.task, self.session.folder):
            self.say(line)
        self.say(f"  every save is checked; {KEYS}")
        self.seen = {task.place: self.text(task) for task in self.session.tasks}

    def text(self, task: Task) -> str:
        """What a file holds now; where it cannot be read, why."""
        try:
            return self.session.folder.text(task)
        except UnreadableError as error:
            return str(error)

    def look(self) -> None:
        """Check the file that changed, of this task or another, once it is written to its end."""
        changed = [task for task in (self.task, *self.session.tasks)
                   if self.text(task) != self.seen[task.place]]  # fmt: skip
        if changed:
            self.task = changed[0]
            self.settle()
            try:
                self.check()
            except UserError as error:
                self.say(f"  {error}")

    def settle(self) -> None:
        """Wait until the file is as it was a moment ago."""
        now = self.text(self.task)
        for _ in range(20):
            time.sleep(SETTLES)
            before, now = now, self.text(self.task)
            if now == before:
                break
        self.seen[self.task.place] = now

    def check(self) -> None:
        """Check the task; after a pass, say what follows."""
        self.say(f"  checking {self.task.name} ...")
        (result,) = self.session.check([self.task])
        for line in show.result(result, self.session.folder):
            self.say(line)
        if result.status == PASSED:
            following = self.session.following(self.task)
            for line in show.after(self.task, following):
                self.say(line.replace("(brain learn next)", "(press n)"))
        self.say(f"  {KEYS}")

    def press(self, key: str) -> bool:
        """Do what a key asks for; whether to go on."""
        again, self.asked = self.asked == key, ""
        if key in ("q", "c-c", "c-d"):
            return False
        if key in ("r", "s") and not again:
            self.asked = key
            what = (
                "write the stub anew (yours is kept aside)" if key == "r" else "show the solution"
            )
            self.say(f"  {key} again to {what}.")
        elif action := self.actions().get(key):
            try:
                action()
            except UserError as error:
                self.say(f"  {error}")
        return True

    def actions(self) -> dict[str, Callable[[], None]]:
        """What the keys do."""
        return {"n": self.next, "h": self.hint, "l": self.list, "c": self.all,
                "r": self.reset, "s": self.solution}  # fmt: skip

    def next(self) -> None:
        """Go to the next task that has not passed."""
        following = self.session.following(self.task)
        if following is None:
            self.say("  everything passed.")
            return
        self.task = following
        self.begin()

    def hint(self) -> None:
        """Show the next hint."""
        for line in show.hint(self.task, self.session.folder.hint(self.task)):
            self.say(line)

    def list(self) -> None:
        """Show all tasks."""
        for line in show.listing(self.session.tasks, self.session.folder):
            self.say(line)

    def all(self) -> None:
        """Check every task that has been begun."""
        for result in self.session.check(self.session.tasks):
            if result.status != "unwritten":
                for line in show.result(result, self.session.folder):
                    self.say(line)
        self.say(f"  {KEYS}")

    def reset(self) -> None:
        """Write the stub anew."""
        backup = self.session.folder.reset(self.task)
        self.say(
            f"  the stub is there again{f'; yours is {show.shown(backup)}' if backup else ''}."
        )
        self.settle()

    def solution(self) -> None:
        """Show the solution."""
        from brain.regions import filled

        self.say(filled(self.task.solution))


async def watching(watch: Watch) -> None:
    """Look at the file and listen to the keys until `q`."""
    from prompt_toolkit.input import create_input

    keys: asyncio.Queue[str] = asyncio.Queue()
    device = create_input()

    def pressed() -> None:
        for press in device.read_keys():
            key = press.key
            keys.put_nowait(str(getattr(key, "value", key)))

    with device.raw_mode(), device.attach(pressed):
        watch.begin()
        going = True
        while going:
            try:
                going = watch.press(await asyncio.wait_for(keys.get(), EVERY))
            except TimeoutError:
                watch.look()
