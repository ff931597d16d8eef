"""`brain run` and `run_all.py`: demos by name, their pictures, the menu."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from brain import names
from brain.commands.run import _menu
from brain.names import DEMOS, Entry
from brain.testing.invoked import brain, done, sentence

ROOT = Path(__file__).resolve().parent.parent.parent
CALLS: list[tuple[Path, int, bool]] = []


def demo(out: Path, seed: int, quick: bool, console: Console) -> list[Path]:
    """A demo that only says how it was called."""
    CALLS.append((out, seed, quick))
    console.print("at work")
    return [out / "picture.png"]


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two demos more in the table, which take no time."""
    monkeypatch.setitem(names.DEMOS, "one", Entry(f"{__name__}:demo", "the first"))
    monkeypatch.setitem(names.DEMOS, "two", Entry(f"{__name__}:demo", "the second"))
    CALLS.clear()


def test_a_demo_is_run_and_its_pictures_named(tmp_path: Path) -> None:
    out = done("run", "one", "--out", tmp_path, "--seed", 3, "--quick")
    assert [(tmp_path, 3, True)] == CALLS
    assert "at work" in out
    assert f"wrote {tmp_path / 'picture.png'}" in out


def test_several_are_run_one_after_another() -> None:
    done("run", "two", "one")
    assert [(Path("plots"), 0, False)] * 2 == CALLS


def test_an_unknown_name_is_told_before_anything_runs() -> None:
    assert "unknown demo 'onee'; did you mean 'one'?" in sentence("run", "one", "onee")
    assert CALLS == []


def test_the_list() -> None:
    lines = done("run", "--list").splitlines()
    assert len(lines) == len(DEMOS)
    for line, (name, entry) in zip(lines, DEMOS.items(), strict=True):
        assert name in line
        assert entry.what in line


def test_without_a_terminal_and_a_name_it_says_what_to_do() -> None:
    text = sentence("run")
    assert "name a demo" in text
    assert "brain run --list" in text


@pytest.mark.parametrize("answers", [["{number}"], ["two"], [" two "], ["9999", "", "tow", "two"]])
def test_the_menu_asks_until_it_has_a_number_or_a_name(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    number = list(DEMOS).index("two") + 1
    console = Console(force_terminal=True)
    typed = (answer.format(number=number) for answer in answers)
    monkeypatch.setattr(console, "input", lambda prompt: next(typed))
    assert _menu(console) == ["two"]


@pytest.mark.parametrize("seed", ["-1", "x"])
def test_a_seed_that_is_none_is_refused(seed: str) -> None:
    answer = brain("run", "one", "--seed", seed)
    assert answer.code == 2
    assert "--seed" in answer.err
    assert "Traceback" not in answer.err


def run_all(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    if not (ROOT / "run_all.py").exists():
        pytest.skip("run_all.py is not on this branch")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(ROOT / "run_all.py"), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_master_runner_draws_three_pictures(tmp_path: Path) -> None:
    pytest.importorskip("scratch", reason="the demo is not on this branch")
    ran = run_all("nn", "--quick", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    pictures = [tmp_path / "plots" / f"nn-{name}" for name in ("boundary.png", "boundary.gif")]
    pictures.append(tmp_path / "plots" / "nn-loss.png")
    assert sorted((tmp_path / "plots").iterdir()) == sorted(pictures)
    for picture in pictures:
        assert picture.stat().st_size > 10_000
        assert f"wrote plots/{picture.name}" in ran.stdout
    assert "test accuracy" in ran.stdout


def test_the_master_runner_without_a_name_and_a_terminal(tmp_path: Path) -> None:
    ran = run_all(folder=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("brain: name a demo")
    assert ran.stderr.count("\n") == 1
    assert "unknown demo" in run_all("nnn", folder=tmp_path).stderr
