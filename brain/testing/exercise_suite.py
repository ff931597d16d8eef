"""Every exercise of a track: its stub fails, its solution passes, each known mistake is told."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import ClassVar

import pytest

from brain.errors import UserError
from brain.learn.checking import Checker
from brain.learn.courses import Task, of_track
from brain.learn.folder import Folder
from brain.learn.lint import faults
from brain.learn.rooms import Rooms


class ExerciseSuite:
    """The exercises of `track`, of which there are `least` at least."""

    track: ClassVar[str]
    least: ClassVar[int]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test for each."""
        if "task" in metafunc.fixturenames:
            tasks = of_track(self.track)
            metafunc.parametrize("task", tasks, ids=[f"day{t.day}-{t.name}" for t in tasks])

    @pytest.fixture(scope="class")
    @classmethod
    def checker(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
        """One whose processes import a framework once."""
        with Rooms() as rooms:
            yield Checker(Folder(tmp_path_factory.mktemp("exercises"), remembers=False), rooms)

    def test_it_is_fit(self, task: Task, checker: Checker) -> None:
        try:
            found = faults(task, checker)
        except UserError as error:
            if find_spec("sklearn") is None and "scikit-learn" in str(error):
                pytest.skip(str(error))
            raise
        assert found == []

    def test_there_are_enough(self) -> None:
        assert len(of_track(self.track)) >= self.least
