"""What a file may not do while it is checked, and what it may; and the way without forks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from brain.learn import guard, landlock
from brain.learn.checking import PASSED
from brain.learn.rooms import Rooms
from brain.testing.course import Learner, failed
from brain.tracks.table import ROOT

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
RIGHT = "\ndef double(x):\n    return x * 2\n"
FIND = f"SOLUTION = {str(ROOT / 'brain' / 'regions.py')!r}\n"
"""Any file of the project is as good as a solution."""


@pytest.fixture(scope="module")
def rooms() -> Iterator[Rooms]:
    with Rooms() as rooms:
        yield rooms


@pytest.fixture
def learner(tmp_path: Path, rooms: Rooms) -> Learner:
    return Learner(tmp_path, rooms)


class TestTheGuard:
    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ("open(SOLUTION)", "it read the solution: write your own"),
            ("import os; os.open(SOLUTION, 0)", "it read the solution"),
            ("import pathlib; pathlib.Path(SOLUTION).read_text()", "it read the solution"),
            ("import numpy as np; np.loadtxt(SOLUTION)", "it read the solution"),
            ("import numpy as np; np.fromfile(SOLUTION)", "it read the solution"),
            ("import numpy as np; np.memmap(SOLUTION, mode='r')", "it read the solution"),
            ("import runpy; runpy.run_path(SOLUTION)", "it read the solution"),
            ("open(os.path.relpath(SOLUTION))", "it read the solution"),
            ("open(__file__ + '.link')", "it read the solution"),
            ("open(__file__ + '.hard')", "it read the solution"),
            ("open(SOLUTION.encode())", "it read the solution"),
            ("open('/proc/self/root' + SOLUTION)", "it read"),
            ("open('/proc/self/environ')", "it read"),
            (
                "up = os.open(os.path.dirname(os.__file__) + '/json', 0); "
                "os.open('../json/' + '../' * 20 + SOLUTION, 0, dir_fd=up)",
                "it read",
            ),
            ("open(os.path.dirname(os.__file__) + '/..' * 20 + '/etc/passwd')", "it read"),
            ("open(__file__)", "an exercise reads no files"),
            ("open(Lie(SOLUTION))", "it opened a file"),
            ("os.open(Path(), 0)", "it read the solution"),
            ("__import__('brain.outputs')", "it imported brain.outputs"),
            ("__import__('scratch')", "it imported scratch"),
            pytest.param(
                *("import importlib; importlib.import_module('torch')", "it imported torch"),
                marks=pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed"),
            ),
            ("__import__(Lie('brain.outputs'))", "it imported brain.outputs"),
            ("import importlib; importlib.import_module('readline')", "it imported readline"),
            ("__import__('_posixsubprocess')", "it imported _posixsubprocess"),
            ("import os; os.system('true')", "it used os.system"),
            ("__import__('subprocess').run(['true'])", "it imported subprocess"),
            ("os.fork()", "it used os.fork"),
            ("os.kill(os.getppid(), 9)", "it used os.kill"),
            ("import signal; signal.pidfd_send_signal", "AttributeError"),
            ("import socket; socket.socket()", "it used socket."),
            ("import urllib.request; urllib.request.urlopen('http://127.0.0.1')", "it used"),
            ("open('written.txt', 'w')", "it wrote to 'written.txt'"),
            ("import sys; del sys.modules['posix']; import posix", "it imported posix"),
            ("import sys; del sys.modules['_signal']; import _signal", "it imported _signal"),
            ("os.memfd_create('x')", "AttributeError"),
            ("os.sched_setaffinity(os.getppid(), {0})", "AttributeError"),
            ("os.setpriority(0, os.getppid(), 19)", "AttributeError"),
            ("import pwd", "it imports pwd"),
            ("open(__file__, 'r+')", "it wrote to"),
            ("os.mkdir('made')", "it used os.mkdir"),
            ("os.remove(__file__)", "it used os.remove"),
            ("os.symlink(SOLUTION, 'made')", "it used os.symlink"),
            ("os.link(SOLUTION, 'made')", "it used os.link"),
            ("import tempfile; tempfile.mkstemp()", "it wrote to"),
            ("import ctypes; ctypes.CDLL(None)", "it used ctypes."),
            ("import resource; resource.prlimit(os.getppid(), 0, (0, 0))", "it used resource."),
            ("import sys; sys.settrace(print)", "it used sys.settrace"),
            ("import gc; gc.get_objects()", "it used gc.get_objects"),
            ("double.__code__.replace(co_code=b'')", "it used code.__new__"),
        ],
    )
    @forking
    def test_refuses_and_says_why(self, learner: Learner, body: str, says: str) -> None:
        file = learner.file("double")
        os.symlink(ROOT / "brain" / "regions.py", f"{file}.link")
        try:
            os.link(learner.tasks["double"].path, f"{file}.hard")
        except OSError:
            pytest.skip("there are no hard links here")
        before = sorted(file.parent.rglob("*"))
        head = (
            FIND
            + "import os\nclass Lie(str):\n    partition = lambda *_: ('numpy',)\n"
            + "    __eq__ = startswith = lambda *_: True\n    __hash__ = str.__hash__\n"
            + "class Path:\n    said = iter([SOLUTION, os.devnull, os.devnull])\n"
            + "    def __fspath__(self):\n        return next(self.said)\n"
        )
        text = f"{head}def double(x):\n    try:\n        {body}\n"
        text += "    except OSError:\n        pass\n    return x + 2\n"
        result = learner.check("double", text)
        failed(result, says)
        assert sorted(file.parent.rglob("*")) == before
        if "it " in says:
            assert result.line == text[: text.index(body)].count("\n") + 1

    @pytest.mark.parametrize(
        "body",
        [
            "import inspect; inspect.getsource(np.mean)",
            "import linecache; linecache.getline(SOLUTION, 1)",
            "np.log(np.array([0.0]))",
            "import random, math, itertools, collections, dataclasses, statistics",
            "import warnings; warnings.warn('careful')",
            "import traceback; traceback.print_stack()",
            "import time, datetime; datetime.datetime.now()",
            "open(os.devnull, 'w').write('x')",
            "np.random.default_rng().standard_normal(3)",
            "os.listdir()",
        ],
    )
    def test_lets_be_what_does_no_harm(self, learner: Learner, body: str) -> None:
        text = f"{FIND}import os\nimport numpy as np\ndef double(x):\n    try:\n        {body}\n"
        result = learner.check(
            "double", f"{text}    except OSError:\n        pass\n    return 2 * x\n"
        )
        assert result.status == PASSED, result


@pytest.mark.skipif(not landlock.version(), reason="this machine keeps no wall (Landlock)")
class TestFrameworks:
    """They read and write in C++, of which no hook hears; the kernel does."""

    WRITERS = (
        "torch.save(torch.ones(2), PATH)",
        "torch._C.PyTorchFileWriter(PATH)",
        "torch._C.PyTorchFileReader(SOLUTION)",
        "torch.from_file(SOLUTION, size=8, dtype=torch.uint8)",
        "torch.UntypedStorage.from_file(PATH, True, 8)",
        "sys.modules['subprocess']._fork_exec(['/bin/touch', PATH], [b'/bin/touch'], True, (), "
        "None, None, -1, -1, -1, -1, -1, -1, 0, 1, False, -1, -1, None, None, None, -1, None, 0)",
    )

    @pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
    @pytest.mark.parametrize("body", WRITERS)
    @forking
    def test_pytorch_opens_nothing(self, learner: Learner, body: str, tmp_path: Path) -> None:
        text = f"{FIND}PATH = {str(tmp_path / 'made')!r}\nimport sys\nimport torch\n"
        text += f"def double(x):\n    y = {body}\n    return x * 2\n"
        result = learner.check("double", text, uses=("numpy", "torch"))
        assert not (tmp_path / "made").exists()
        if "_fork_exec" not in body:  # the fork begins, and may not become a program
            failed(result, "")

    @pytest.mark.skipif(not find_spec("tensorflow"), reason="TensorFlow is not installed")
    @pytest.mark.parametrize(
        "body", ["tf.io.write_file(PATH, 'x')", "tf.io.read_file(SOLUTION)",
                 "tf.io.gfile.makedirs(PATH)", "tf.train.Checkpoint().write(PATH)"],
    )  # fmt: skip
    @forking
    def test_tensorflow_opens_nothing(self, learner: Learner, body: str, tmp_path: Path) -> None:
        text = f"{FIND}PATH = {str(tmp_path / 'made')!r}\nimport tensorflow as tf\n"
        text += f"def double(x):\n    {body}\n    return x * 2\n"
        result = learner.check("double", text, uses=("numpy", "tensorflow"), seconds=30)
        failed(result, "PermissionDeniedError")
        assert not list(tmp_path.glob("made*"))

    @pytest.mark.parametrize(
        ("framework", "made"), [("torch", "tensor"), ("tensorflow", "constant")]
    )
    @forking
    def test_they_compute_as_ever(self, learner: Learner, framework: str, made: str) -> None:
        if not find_spec(framework):
            pytest.skip(f"{framework} is not installed")
        text = f"from {framework} import {made}\ndef double(x):\n    return {made}(x) + {made}(x)\n"
        result = learner.check("double", text, uses=("numpy", framework), seconds=30)
        assert result.status == PASSED


def test_what_lies_beside_hidden_folders_can_be_read(tmp_path: Path) -> None:
    """Where the project is installed among other packages."""
    for name in ("brain", "numpy", "torch"):
        (tmp_path / name).mkdir()
    hidden = [str(tmp_path / "brain"), "/elsewhere/brain"]
    assert guard.around("/elsewhere", [str(tmp_path)]) == ["/elsewhere"]
    assert sorted(guard.around(str(tmp_path), hidden)) == [
        str(tmp_path / "numpy"),
        str(tmp_path / "torch"),
    ]


def test_the_environment_of_whoever_checks_is_not_told(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    text = "import os\ndef double(x):\n    return x * (3 if 'TOKEN' in os.environ else 2)\n"
    with Rooms() as rooms:
        learner.checker.rooms = rooms
        assert learner.check("double", text).status == PASSED


class TestWithoutForks:
    """The way of Windows: a process for each file."""

    @pytest.fixture
    def learner(self, tmp_path: Path) -> Iterator[Learner]:
        with Rooms(forks=False) as rooms:
            yield Learner(tmp_path, rooms)

    def test_answers_are_judged(self, learner: Learner) -> None:
        assert learner.check("double", RIGHT).status == PASSED
        text = "def double(x):\n    print('a' * 10**5)\n    return x**2\n"
        result = learner.check("double", text)
        failed(result, "this is the square")
        assert result.printed.startswith("aaa")
        assert result.much > 10**5

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ("import os; os._exit(0)", "Python itself ended with exit code 0"),
            ("open('x', 'w')", "it wrote to 'x'"),
            ("print('\u03c0\u2713'); input()", "an exercise asks nobody"),
            ("import threading, time; threading.Thread(target=time.sleep, args=[60]).start()", ""),
        ],
    )
    def test_how_a_run_ends(self, learner: Learner, body: str, says: str) -> None:
        begun = time.monotonic()
        failed(learner.check("double", f"def double(x):\n    {body}\n"), says)
        assert time.monotonic() - begun < 40

    def test_a_loop_without_end_that_prints(self, learner: Learner) -> None:
        text = "def double(x):\n    while True: print('a' * 1000)\n"
        result = learner.check("double", text, seconds=0.1)
        failed(result)
        assert len(result.printed) <= 2**14
