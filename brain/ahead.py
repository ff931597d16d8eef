"""What comes next, made ready while what is here is worked on: one thread, a short queue.

for batch in ahead(prepared(), depth=2):
    net.train_step(batch)
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Generator, Iterator
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T], depth: int = 2) -> Generator[T, None, None]:
    """The items of an iterator in their order, up to `depth` of them made before they are taken.

    They are made in a thread of their own, which ends with the last of them, with the first that
    raises (what it raised is raised here, in the item's turn), and when this generator is closed,
    left to the garbage collector, or still open as Python ends.
    """
    room, ready = threading.Semaphore(depth), SimpleQueue[tuple[list[T], BaseException | None]]()
    over = threading.Event()

    def work() -> None:
        try:
            while room.acquire() and not over.is_set():
                ready.put(([next(items)], None))
        except StopIteration:
            ready.put(([], None))
        except BaseException as error:
            ready.put(([], error))

    def end() -> None:
        over.set()
        room.release()
        if threading.current_thread() is not thread:  # whose garbage collection it may be
            thread.join()

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    atexit.register(end)  # later, a thread that waits could no longer be told
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if not item:
                return
            room.release()
            yield item[0]
    finally:
        end()
        atexit.unregister(end)
