"""`brain run`: demos by name, their pictures, the menu; what it refuses."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from brain import names, window
from brain.commands import run
from brain.errors import UserError
from brain.names import DEMOS, Demo
from brain.stage import Stage
from brain.testing.invoked import brain, done, sentence

ROOT = Path(__file__).resolve().parent.parent.parent
CALLS: list[tuple[Path, int, bool]] = []
REAL = dict(DEMOS)
NEEDS_DATA = [name for name, entry in REAL.items() if entry.needs == "sklearn"]


def demo(stage: Stage) -> None:
    """A demo that only says how it was called."""
    CALLS.append((stage.out, stage.seed, stage.quick))
    stage.say("at work")
    stage.paths.append(stage.out / "picture.png")


def stopped(stage: Stage) -> None:
    """A demo that is stopped when it has made one picture."""
    demo(stage)
    raise KeyboardInterrupt


def refused(stage: Stage) -> None:
    """A demo that cannot be run."""
    raise UserError("the data are not there.")


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Demos more in the table, which take no time."""
    monkeypatch.setitem(names.DEMOS, "one", Demo(f"{__name__}:demo", "the first"))
    monkeypatch.setitem(names.DEMOS, "two", Demo(f"{__name__}:demo", "the second"))
    monkeypatch.setitem(names.DEMOS, "needy", Demo(f"{__name__}:demo", "no such", "sklearnn"))
    monkeypatch.setitem(names.DEMOS, "refused", Demo(f"{__name__}:refused", "fails"))
    monkeypatch.setitem(names.DEMOS, "stopped", Demo(f"{__name__}:stopped", "Ctrl-C"))
    CALLS.clear()


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table without the real demos, and the one that is stopped."""
    for name in list(DEMOS):
        if name not in ("one", "two", "needy", "refused"):
            monkeypatch.delitem(names.DEMOS, name)


def test_a_demo_is_run_and_its_pictures_named(tmp_path: Path) -> None:
    out = done("run", "one", "--out", tmp_path, "--seed", 3, "--quick")
    assert [(tmp_path, 3, True)] == CALLS
    assert "at work" in out
    assert f"wrote {tmp_path / 'picture.png'}" in out


def test_several_are_run_one_after_another() -> None:
    done("run", "two", "one")
    assert [(Path("plots"), 0, False)] * 2 == CALLS
    done("run", list(DEMOS).index("one") + 1)  # its number in the list
    assert [(Path("plots"), 0, False)] * 3 == CALLS


def test_an_unknown_name_is_told_before_anything_runs() -> None:
    assert "unknown demo 'onee'; did you mean 'one'?" in sentence("run", "one", "onee")
    assert CALLS == []


def test_an_absent_package_and_a_bad_folder_are_told_before_anything_runs(tmp_path: Path) -> None:
    assert sentence("run", "one", "needy").startswith("sklearnn is not installed; install it")
    (tmp_path / "file").write_text("")
    assert sentence("run", "one", "--out", tmp_path / "file").startswith("cannot write")
    assert CALLS == []


@pytest.mark.usefixtures("only")
def test_all_goes_on_without_what_cannot_be_run_and_says_so(tmp_path: Path) -> None:
    answer = brain("run", "--all", "--out", tmp_path)
    assert answer.code == 2
    assert answer.err == ("brain: 2 of 4 demos could not be run, as said above: needy, refused.\n")
    assert "needy: sklearnn is not installed; install it with: pip install" in answer.out
    assert "refused: the data are not there." in answer.out
    assert len(CALLS) == 2


def test_asked_for_by_name_the_first_that_fails_ends_it() -> None:
    assert sentence("run", "one", "refused", "two") == "the data are not there."
    assert len(CALLS) == 1


def test_ctrl_c_ends_it_and_names_what_was_made(tmp_path: Path) -> None:
    answer = brain("run", "stopped", "two", "--out", tmp_path)
    assert (answer.code, answer.err) == (2, "brain: stopped by Ctrl-C.\n")
    assert answer.out.endswith(f"wrote {tmp_path / 'picture.png'}\n")
    assert len(CALLS) == 1


@pytest.mark.usefixtures("only")
def test_ctrl_c_ends_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(names.DEMOS, "one", Demo(f"{__name__}:stopped", "Ctrl-C"))
    answer = brain("run", "--all", "--out", tmp_path)
    assert (answer.code, answer.err) == (2, "brain: stopped by Ctrl-C.\n")
    assert len(CALLS) == 1


SLOW = '''"""Draws a picture, then trains for ever."""
import itertools, time
from brain import plots
from brain.stage import Stage, Tick


def ticks():
    for step in itertools.count(1):
        time.sleep(0.01)
        yield Tick(step, 40, 1 / step)


def run(stage: Stage) -> None:
    stage.picture("slow-first", plots.figure(1, 1)[0])
    for _ in stage.watch(ticks(), "slowly"):
        pass
'''
PLANTED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # not so in a background job
from brain.names import DEMOS, Demo
DEMOS["slow"] = Demo("planted.slow:run", "has no end")
from brain.__main__ import main
main(["run", "slow", "--no-show"])
"""


def test_as_a_process_ctrl_c_keeps_what_was_made(tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").write_text("")
    (tmp_path / "planted" / "slow.py").write_text(SLOW)
    process = subprocess.Popen(
        [sys.executable, "-c", PLANTED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    at_work = "slowly: step 10 of 40, loss 0.1000\n"
    assert any(line == at_work for line in process.stdout), process.communicate()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "brain: stopped by Ctrl-C.\n")
    assert out.endswith("wrote plots/slow-first.png\n")
    assert (tmp_path / "plots" / "slow-first.png").read_bytes().startswith(b"\x89PNG")


def test_the_list() -> None:
    out = done("run", "--list")
    for name, entry in DEMOS.items():
        assert name in out
        assert entry.what in out


def test_the_largest_seed() -> None:
    done("run", "one", "--seed", 2**63 - 1)
    assert CALLS[0][1] == 2**63 - 1


def test_all_and_a_name_are_refused_together() -> None:
    assert sentence("run", "one", "--all").startswith("give names, or --all")
    assert CALLS == []


def test_without_a_terminal_and_a_name_it_says_what_to_do() -> None:
    text = sentence("run")
    assert "name a demo" in text
    assert "brain run --list" in text


@pytest.mark.parametrize("seed", ["-1", "x", str(2**63), "99999999999999999999999"])
def test_a_seed_that_is_none_is_refused(seed: str) -> None:
    answer = brain("run", "one", "--seed", seed)
    assert answer.code == 2
    assert "--seed" in answer.err
    assert "Traceback" not in answer.err


def test_a_window_is_asked_for_unless_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(sys.modules[__name__], "demo", lambda stage: asked.append(stage.show))
    done("run", "one")  # though standard output is no terminal
    done("run", "one", "--no-show")
    assert asked == [True, False]


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("no_show", [False, True])
def test_a_window_is_waited_for_at_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, no_show: bool
) -> None:
    """Elsewhere nobody may be there to close it: in a script, a pipe, a test."""
    held: list[Console] = []
    monkeypatch.setattr(window, "hold", held.append)
    run._hold(Console(file=io.StringIO(), force_terminal=terminal), no_show)
    assert len(held) == (terminal and not no_show)


@pytest.mark.parametrize("name", NEEDS_DATA)
def test_without_scikit_learn_what_needs_its_data_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(REAL[name].where.partition(".")[0], reason="it is not on this branch")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    text = sentence("run", name, "--out", tmp_path / "plots")
    assert text.startswith("scikit-learn is not installed; install it with: pip install")
    assert list(tmp_path.iterdir()) == []
