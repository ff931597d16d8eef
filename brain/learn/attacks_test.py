"""What a file may try, by accident or not: each is told so, and none passes."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from brain.learn.checking import FAILED, PASSED, UNWRITTEN
from brain.learn.rooms import Rooms
from brain.messages import send
from brain.testing.course import Learner, failed

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc are Linux's")
WRONG = "\ndef double(x):\n    return x + 2\n"
RIGHT = "\ndef double(x):\n    return x * 2\n"
DEEP = "import sys; sys.setrecursionlimit(10**9); f = lambda _: list(map(f, [1])); f(1)"


@pytest.fixture(scope="module")
def rooms() -> Iterator[Rooms]:
    with Rooms() as rooms:
        yield rooms


@pytest.fixture
def learner(tmp_path: Path, rooms: Rooms) -> Learner:
    return Learner(tmp_path, rooms)


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("text", "says", "line"),
        [
            ("def double(x)\n    return 2 * x\n", "Python cannot read line 1: expected ':'", 1),
            ("x = 1\n  y = 2\n", "Python cannot read line 2: unexpected indent", 2),
            ("x = " + "-" * 10**5 + "1\n", "Python cannot read", 0),
            ("x = '\0'\n", "Python cannot read", 0),
            ("def twice(x):\n    return 2 * x\n", "there is `twice`: was it renamed?", 0),
            ("", "`double` is not in your file: was it deleted?", 0),
            ("import torch\n" + RIGHT, "it imports torch: this exercise is written with numpy", 1),
            ("def f():\n    from sklearn import x\n", "it imports sklearn", 2),
            ("from scratch.week1.day1 import double\n", "it imports scratch", 1),
            ("from .double import double\n", "it imports from beside itself", 1),
            ("import tkinter\n", "it imports tkinter", 1),
            (b"x = '\xff'\n" + RIGHT.encode(), "is not UTF-8 (byte 5): save it as UTF-8", 0),
            (b"#" * 2**21, "is larger than a megabyte", 0),
        ],
    )
    def test_is_said(self, learner: Learner, text: str | bytes, says: str, line: int) -> None:
        result = learner.check("double", text)
        failed(result, says)
        assert result.line == line or not line

    def test_a_file_that_is_not_there(self, learner: Learner) -> None:
        learner.file("double").unlink()
        failed(learner.check("double"), "is not there: `brain learn reset double`")
        learner.file("double").mkdir()
        failed(learner.check("double"), "is no ordinary file: move it away")

    def test_a_mark_at_the_beginning_and_windows_lines_are_read(self, learner: Learner) -> None:
        windows = RIGHT.replace("\n", "\r\n").encode()
        assert learner.check("double", b"\xef\xbb\xbf" + windows).status == PASSED

    def test_what_python_warns_of_is_not_printed(
        self, learner: Learner, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert learner.check("double", "x = '\\\x1b'" + RIGHT).status == PASSED
        assert capfd.readouterr() == ("", "")


class TestHowARunEnds:
    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ("import os; os.abort()", "Python itself ended by signal 6"),
            ("import os; os._exit(0)", "Python itself ended with exit code 0"),
            ("import sys; sys.exit(0)", "double([1. 2.]) fails: SystemExit: 0"),
            ("exit()", "fails: SystemExit"),
            ("return double(x)", "fails: RecursionError"),
            (DEEP, "Python itself ended by signal 11"),
            ("raise KeyboardInterrupt", "fails: KeyboardInterrupt"),
            ("raise ValueError('\\ud800 \\x1b[31m')", "fails: ValueError:    [31m"),
            ("return x / 0 + undefined", "fails: NameError: name 'undefined'"),
            ("return", "it returns nothing: is a `return` missing?"),
            ("print(double)", "it returns nothing"),
            ("return np.ones(3)", "write `import numpy as np` at the top"),
            ("return input()", "an exercise asks nobody (`input`)"),
            ("return [2.0, 4.0]", "np.array(...) makes one of it"),
            ("return x * 2j", "it is an array of dtype complex128, not an array"),
            ("import numpy as n; return x @ n.ones((5, 7))", "(N, D) @ (D, K)"),
            ("import numpy as n; return x + n.ones(9)", "lengths must be equal, or one of them 1"),
        ],
    )
    @forking
    def test_is_said(self, learner: Learner, body: str, says: str) -> None:
        failed(learner.check("double", f"def double(x):\n    {body}\n"), says)

    def test_a_part_that_is_not_written(self, learner: Learner) -> None:
        assert learner.check("double").status == UNWRITTEN
        text = "def double(x):\n    raise NotImplementedError\n"
        assert learner.check("double", text).status == UNWRITTEN

    def test_a_wrong_part_before_one_that_is_not_written(self, learner: Learner) -> None:
        unwritten = "    if x.ndim == 2:\n        raise NotImplementedError('your code here')\n"
        result = learner.check("double", f"def double(x):\n{unwritten}    return x**2\n")
        failed(result, "this is the square")
        result = learner.check("double", f"def double(x):\n{unwritten}    return x * 2\n")
        assert result.status == UNWRITTEN

    def test_an_error_shows_what_was_expected_instead(self, learner: Learner) -> None:
        text = "def double(x):\n    return np.multiply(x, 2)\n"
        wrong = learner.check("double", text).wrong
        assert wrong is not None
        assert (wrong.asked, wrong.expected) == ("double([1. 2.])", "shape (2,)  [2. 4.]")
        assert wrong.got == "NameError: name 'np' is not defined"

    @pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(1e6)"])
    def test_a_loop_without_end(self, learner: Learner, body: str) -> None:
        begun = time.monotonic()
        result = learner.check("double", f"def double(x):\n    {body}\n", seconds=0.5)
        failed(result, "it was not done after 0.5 seconds: is there a loop without end?")
        assert time.monotonic() - begun < 15

    @forking
    def test_a_loop_without_end_that_prints(self, learner: Learner) -> None:
        text = "import os\ndef double(x):\n    while True: os.write(1, b'a' * 2**16)\n"
        begun = time.monotonic()
        result = learner.check("double", text, seconds=0.5)
        failed(result, "it was not done after 0.5 seconds")
        assert time.monotonic() - begun < 15

    @linux
    @pytest.mark.parametrize("text", [
        "import numpy as np\ndef double(x):\n    return np.ones(10**10)\n",
        "hoard = []\nwhile True:\n    hoard.append(bytearray(10**4))\n",
    ])  # fmt: skip
    def test_too_much_memory(self, learner: Learner, text: str) -> None:
        failed(learner.check("double", text), "it asked for more than 2 GB of memory")

    def test_megabytes_that_are_printed(self, learner: Learner) -> None:
        text = "def double(x):\n    for _ in range(9000): print('\\x1b[31m', 'a' * 1000)\n"
        result = learner.check("double", text)
        failed(result, "it returns nothing")
        assert len(result.printed) <= 2**14
        assert result.much > 9_000_000 or sys.platform != "linux"

    def test_megabytes_that_are_returned(self, learner: Learner) -> None:
        text = "def double(x):\n    return 'a' * 10**8\n"
        failed(learner.check("double", text), "it returns more than 16 MB")

    @forking
    def test_threads_that_are_left_behind(self, learner: Learner) -> None:
        start = "threading.Thread(target=time.sleep, args=[99]).start()"
        text = f"import threading, time\ntry:\n    {start}\nexcept RuntimeError:\n    pass\n"
        begun = time.monotonic()
        result = learner.check("double", text + RIGHT)
        assert result.status == PASSED
        assert time.monotonic() - begun < 15


class TestAnswersThatLie:
    @pytest.mark.parametrize(
        "text",
        [
            "class Liar:\n    __eq__ = lambda *_: True\n    __hash__ = None\n"
            "    shape = (2,)\ndef double(x):\n    return Liar()\n",
            "import numpy as np\nclass Liar(np.ndarray):\n    __eq__ = lambda *_: True\n"
            "    __array__ = lambda *_: 1 / 0\ndef double(x):\n    return x.view(Liar)\n",
            "def double(x):\n    yield 2 * x\n",
            "def double(x):\n    return 10**400\n",
            "def double(x):\n    return x * float('nan')\n",
            "def double(x):\n    return [x * 2, x * 2]\n",
            "def double(x):\n    return (x * 2).astype(object)\n",
            "def double(x):\n    return x * 2 + 0.01j\n",
            "def double(x):\n    return (x * 2)[None]\n",
            "def double(x):\n    return str(x * 2)\n",
            "def double(x):\n    for _ in range(400): x = [x]\n    return x\n",
            "def double(x):\n    return [10**400, 1], 1\n",
            "class Evil(int):\n    __int__ = lambda _: 1 / 0\ndef double(x):\n    return Evil(3)\n",
            "import numpy as np\nnp.array_equal = np.allclose = lambda *_, **__: True\n"
            "def double(x):\n    x *= 2\n    return x\n",
            "def double(x):\n    many = [x]\n    many.append(many)\n    return many\n",
            "def double(x):\n    x *= 2\n    return x\n",
            "import numpy as np\nnp.array_equal = np.isfinite = lambda *_, **__: True\n"
            "np.abs = np.asarray = lambda *_, **__: np.zeros(2)\n" + WRONG,
            "import builtins\nbuiltins.abs = builtins.isinstance = lambda *_: True\n" + WRONG,
            "import json\njson.dumps = lambda *_, **__: '{}'\n" + WRONG,
            "import sys\nfor name in list(sys.modules):\n    del sys.modules[name]\n" + WRONG,
            "import sys\nframe = sys._getframe()\nwhile frame.f_back:\n    frame = frame.f_back\n"
            "    if 'asking' in frame.f_locals:\n        asking = frame.f_locals['asking']\n"
            "def double(x):\n    asking.answers.clear()\n    return x * 2\n",
        ],
    )
    def test_do_not_pass(self, learner: Learner, text: str) -> None:
        failed(learner.check("double", text))

    def test_lists_and_numbers_of_other_kinds_with_the_right_numbers_do(
        self, learner: Learner
    ) -> None:
        text = "from typing import NamedTuple\nfrom enum import IntEnum\nclass T(NamedTuple):\n"
        text += "    one: int\n    other: int\nclass N(IntEnum):\n    FOUR = 4\n"
        assert (
            learner.check("pair", text + "def pair():\n    return T(N.FOUR, 6)\n").status == PASSED
        )

    def test_arrays_of_other_kinds_with_the_right_numbers_do(self, learner: Learner) -> None:
        text = "import numpy as np\nclass A(np.ndarray):\n    pass\n"
        text += "def double(x):\n    return (2 * x).astype(np.longdouble).view(A)\n"
        assert learner.check("double", text).status == PASSED

    @pytest.mark.parametrize(
        "body", ["return None", "return 4, 'six'", "return 1", "return [], {}", "return 5, 6"]
    )
    def test_a_judge_is_not_upset(self, learner: Learner, body: str) -> None:
        assert learner.check("pair", "def pair():\n    return 7, 3\n").status == PASSED
        failed(learner.check("pair", f"def pair():\n    {body}\n"))

    def test_the_known_mistakes_are_not_there_to_be_read(self, learner: Learner) -> None:
        """They hold passages of the solution."""
        text = "import sys\ndef double(x):\n    frame = sys._getframe()\n    while frame:\n"
        text += "        if 'exercise' in frame.f_globals or 'Mistake' in frame.f_globals:\n"
        text += "            return 'found'\n        frame = frame.f_back\n    return 2 * x\n"
        assert learner.check("double", text).status == PASSED

    def test_a_judge_that_is_asked_nothing(self, learner: Learner) -> None:
        """Whoever takes their answers back has none."""
        text = (
            "import sys\ndef pair():\n    frame = sys._getframe().f_back\n    class Gone(list):\n"
            "        append = lambda *_: None\n    frame.f_locals['self'].answers = Gone()\n"
        )
        failed(learner.check("pair", text), "it ended before all was asked")

    @forking
    def test_a_reply_of_ones_own_is_no_reply_of_the_solution(self, learner: Learner) -> None:
        """Two messages at once to whoever asked, one for this file and one for the solution."""
        forged = io.BytesIO()
        nothing = np.frombuffer(b'{"answers": "[]"}', np.uint8)
        send(forged, {"reply": nothing, "ended": 0, "printed": "", "much": 0})
        text = (
            f"import os\nfor end in range(3, 64):\n    try:\n"
            f"        os.write(end, 9 * {forged.getvalue()!r})\n"
            f"    except OSError:\n        pass\n"
        )
        assert learner.check("double", text + WRONG).status == FAILED
        assert learner.check("double", RIGHT).status == PASSED

    def test_an_earlier_exercise_changes_nothing_for_the_solution_of_a_later(
        self, learner: Learner
    ) -> None:
        """What passed runs beside a later exercise, and not beside its solution."""
        spoilt = "import sys\nif __name__ != 'exercise':\n    sys.modules['builtins'].SPOILT = 1\n"
        turned = "import builtins\ndef double(x):\n"
        turned += "    return 3 * x if hasattr(builtins, 'SPOILT') else 2 * x\n"
        assert learner.check("double", spoilt + turned).status == PASSED
        text = "from exercises.scratch.day1.double import double\n"
        text += "def fourfold(x):\n    return double(double(x))\n"
        failed(learner.check("fourfold", text), "2.25 times")
