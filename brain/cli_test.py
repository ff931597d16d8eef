"""The `brain` command as a whole: it answers at once, imports no framework, ends as it should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brain import __version__
from brain.testing.invoked import Answer, brain, done, sentence
from brain.testing.saved import Interrupter

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ["run", "train", "compare", "bench", "models", "data", "tracks"]
COMMANDS += ["evaluate", "predict", "generate", "look", "recipes", "runs"]
FRAMEWORKS = {"torch", "tensorflow", "keras", "jax", "sklearn", "cupy"}
HEAVY = FRAMEWORKS | {"matplotlib", "numpy", "safetensors", "pooch", "requests"}


def python(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def loaded_by(code: str) -> set[str]:
    """The packages that are in memory after `code`, which may end the process."""
    ran = python(
        "-c",
        "import atexit, sys\n"
        "atexit.register(lambda: sys.stderr.write("
        "'LOADED ' + ' '.join({m.partition('.')[0] for m in sys.modules})))\n" + code,
    )
    assert "Traceback" not in ran.stderr
    return set(ran.stderr.rpartition("LOADED ")[2].split())


HELPS = [["--help"], ["train", "--help"], ["compare", "-h"], ["models"], ["tracks", "list"], []]
HELPS += [["run", "--list"], ["run", "--help"]]


@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(f"from brain.cli import main\nmain({arguments})")
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_the_package_itself_imports_nothing_heavy() -> None:
    assert not loaded_by("import brain") & (HEAVY | {"typer", "rich"})


def test_the_ground_imports_no_framework() -> None:
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "brain").rglob("*.py")
        if not path.name.endswith("_test.py") and "pytest" not in path.read_text(encoding="utf-8")
    )
    assert "brain.commands.compare" in modules
    loaded = loaded_by(f"import importlib\nfor m in {modules}: importlib.import_module(m)")
    assert not loaded & FRAMEWORKS


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", ["", *COMMANDS, "data list", "data get", "tracks list"])
def test_every_command_has_a_help(command: str, option: str) -> None:
    answer = brain(*command.split(), option)
    assert answer.code == 0
    assert "Usage: " in answer.out
    assert answer.err == ""
    assert "…" not in answer.out


def test_help_names_every_command() -> None:
    out = done("--help")
    for command in COMMANDS:
        assert f" {command} " in out


def test_the_version() -> None:
    assert done("--version") == f"inside-ai-brain {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [["trian"], ["train", "--no-such"], ["train", "--epochs", "many"], ["compare", "--steps", "0"]],
)
def test_a_command_line_that_is_none_ends_with_2(arguments: list[str]) -> None:
    answer = brain(*arguments)
    assert answer.code == 2
    assert answer.err
    assert "Traceback" not in answer.err


def test_what_no_command_foresaw_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error", "disk.img")

    monkeypatch.setattr("brain.store.Store.open", failing)
    assert sentence("evaluate", "x") == "disk.img: Input/output error."


def test_as_a_process_a_users_error_is_one_line_and_exit_code_2() -> None:
    ran = python("-m", "brain.cli", "train", "--engine", "nunpy", "--data", "xor")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("brain: unknown engine 'nunpy'; did you mean 'numpy'?")
    assert ran.stderr.count("\n") == 1


def test_as_a_process_a_difference_is_exit_code_1(tmp_path: Path) -> None:
    pytest.importorskip("scratch")
    command = ("-m", "brain.cli", "compare", "softmax-regression", "--steps", "1", "--engines")
    ran = python(*command, "numpy,scratch.testing.faulty:WrongLoss", folder=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == ""
    assert ran.stdout.rstrip().endswith("the engines differ")


def test_a_reader_who_leaves_gets_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "brain.cli", "models"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)


@pytest.mark.parametrize("module", ["brain/cli.py", "typer/main.py", "typer/core.py"])
def test_ctrl_c_at_any_line_is_a_sentence(module: str) -> None:
    """In the command line itself; what the commands do then stands in their own tests."""
    interrupted = 0
    for at in range(1, 100_000, 97 if module.startswith("typer") else 1):
        interrupter = Interrupter(at, (module,))
        answers: list[Answer] = []
        passed = interrupter.run(lambda answers=answers: answers.append(brain("models")))  # type: ignore[misc]
        if interrupter.lines < at:
            break
        assert not passed, f"line {at} let KeyboardInterrupt out"
        assert answers[0] == Answer(2, answers[0].out, "brain: stopped by Ctrl-C.\n")
        interrupted += 1
    assert interrupted > 3


def test_ctrl_c_while_it_is_still_loading_is_a_sentence() -> None:
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # not so in a background job
        "class Interrupts:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'brain.commands':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "from brain.__main__ import main\n"
        "main()\n"
    )
    ran = python("-c", code)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "brain: stopped by Ctrl-C.\n")
