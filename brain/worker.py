"""One process per engine: PyTorch and TensorFlow never meet, and a crash takes only one down.

    with Worker("torch") as torch:
        result = torch.call("brain.compare.runs:traced", model=model, dtype="float64")

A worker calls any function `f(engine, **arguments)` by its import path and sends back what it
returns. Where that is a generator, what it yields goes to `on_event` and what it returns is the
result.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import inspect
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from brain.errors import UserError, WorkerError
from brain.messages import receive, send
from brain.names import ENGINES, require

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Worker:
    """A process that computes with one engine. Close it, or use it in a `with` statement."""

    def __init__(
        self,
        engine: str,
        threads: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the process; UserError at once if the engine is not installed.

        `threads` is how many the process's linear algebra uses, unless the environment says so;
        what is in `environment` counts whatever the system's says.
        """
        require(engine, ENGINES)
        self.engine = engine
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "brain.worker", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**_threads(threads), **os.environ, **(environment or {}), "PYTHONPATH": path},
        )
        self._outward = cast(BinaryIO, self._process.stdin)
        self._inward = cast(BinaryIO, self._process.stdout)

    def call(
        self, function: str, on_event: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Any:
        """The result of `function` (`"module:name"`) in the worker.

        A UserError there is one here; any other failure is a WorkerError. Whatever interrupts the
        call (Ctrl-C, a failure of `on_event`) ends the process: its answer would be taken for the
        next call's.
        """
        if self._inward.closed:
            raise WorkerError(f"the {self.engine} process has been ended")
        try:
            answer = self._asked(function, on_event, arguments)
        except BaseException:
            self.close()
            raise
        if "user_error" in answer:
            raise UserError(answer["user_error"])
        if "failure" in answer:
            raise WorkerError(f"in the {self.engine} process:\n{answer['failure']}")
        return answer["result"]

    def _asked(
        self, function: str, on_event: Callable[[Any], object] | None, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            send(self._outward, {"call": function, "with": arguments})
            while True:
                answer: dict[str, Any] = receive(self._inward)
                if "event" not in answer:
                    return answer
                if on_event:
                    on_event(answer["event"])
        except (EOFError, BrokenPipeError):
            code = self._process.wait()
            raise WorkerError(
                f"the {self.engine} process ended unexpectedly (exit code {code})"
            ) from None

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._inward.close()
        with contextlib.suppress(BrokenPipeError):  # what was not yet written is not wanted
            self._outward.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _threads(count: int | None) -> dict[str, str]:
    """The environment that bounds the threads of OpenBLAS and of what was built with OpenMP."""
    return dict.fromkeys(THREADS, str(count)) if count else {}


def serve(engine: str, inward: BinaryIO, outward: BinaryIO) -> None:
    """Answer calls until the other side closes the stream."""
    while True:
        try:
            request = receive(inward)
        except EOFError:
            return
        try:
            result = answer(
                engine,
                request["call"],
                request["with"],
                on_event=lambda event: send(outward, {"event": event}),
            )
            send(outward, {"result": result})
        except UserError as error:
            send(outward, {"user_error": str(error)})
        except BrokenPipeError:  # nobody is waiting any more
            return
        except Exception:  # what cannot be sent is one, and leaves the stream as it was
            send(outward, {"failure": traceback.format_exc()})
        result = request = None
        give_back()


def give_back() -> None:
    """Let the system have the memory that was freed, for the other workers' turns.

    glibc keeps up to a whole step's; other libraries do not know the call.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def answer(
    engine: str, function: str, arguments: dict[str, Any], on_event: Callable[[Any], object]
) -> Any:
    """What `function` (`"module:name"`) returns for `engine`; what it yields goes to `on_event`."""
    module, _, name = function.partition(":")
    result = getattr(importlib.import_module(module), name)(engine, **arguments)
    if not inspect.isgenerator(result):
        return result
    while True:
        try:
            event = next(result)
        except StopIteration as end:
            return end.value
        on_event(event)


def main() -> None:
    """Serve on standard input and output; whatever else writes to them goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who then ends this one
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.argv[1], inward, outward)


if __name__ == "__main__":
    main()
