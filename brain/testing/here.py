"""A worker that is no process: for tests of a comparison, which are quicker without one."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from brain.worker import Worker


class Here(Worker):
    """Answers calls in this process, as `brain.worker.serve` does in another."""

    def __init__(self, engine: str) -> None:
        self.engine = engine

    def call(
        self, function: str, on_event: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Any:
        module, _, name = function.partition(":")
        result = getattr(importlib.import_module(module), name)(self.engine, **arguments)
        if not inspect.isgenerator(result):
            return result
        while True:
            try:
                event = next(result)
            except StopIteration as end:
                return end.value
            if on_event:
                on_event(event)

    def close(self) -> None:
        pass


def workers(*engines: str) -> Mapping[str, Worker]:
    """One for the reference and for each of `engines`, by name."""
    return {engine: Here(engine) for engine in ("numpy", *engines)}
