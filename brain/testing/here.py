"""A worker that is no process: for tests of a comparison, which are quicker without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from brain.worker import Worker, answer


class Here(Worker):
    """Answers calls in this process, as `brain.worker.serve` does in another."""

    def __init__(self, engine: str) -> None:
        self.engine = engine

    def call(
        self, function: str, on_event: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Any:
        return answer(self.engine, function, arguments, on_event or (lambda event: None))

    def close(self) -> None:
        pass


def workers(*engines: str) -> Mapping[str, Worker]:
    """One for the reference and for each of `engines`, by name."""
    return {engine: Here(engine) for engine in ("numpy", *engines)}
