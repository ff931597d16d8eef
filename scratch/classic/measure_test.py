"""What the measuring command prints, and how it ends where it cannot measure."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from brain.data.bundled import has_scikit_learn
from brain.testing.refusals import refusal
from scratch.classic import measure


@pytest.mark.skipif(not has_scikit_learn(), reason="scikit-learn brings the data")
def test_the_table_has_a_row_for_everything_that_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, ...]] = []

    def runner(*arguments: str) -> tuple[float, int]:
        asked.append(arguments)
        return 0.25, 7

    monkeypatch.setattr(measure, "runner", runner)
    monkeypatch.setattr(measure, "SIZES", ((50, 20, 3),))
    monkeypatch.setattr(measure, "NETWORKS", {n: {"epochs": 1} for n in measure.NETWORKS})
    monkeypatch.setattr(sys, "argv", ["measure", "--seeds", "1"])
    with pytest.raises(SystemExit) as end:
        measure.main()
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.count("|") == 4 for line in lines)
    words = ["what", "---", "iris", "digits", "kNN, 50 samples of 3 columns", "`run_all.py --all"]
    for word, line in zip([*words, "`run_all.py --list"], lines, strict=True):
        assert line.startswith(f"| {word}")
    assert re.search(r"[\d.]+ ms; scikit-learn [\d.]+ ms: [\d.]+ times", lines[4])
    assert "0 s, 7 pictures" in lines[5]
    assert asked == [("--all", "--quick")] + 5 * [("--list",)]


def test_the_runner_is_timed_and_its_pictures_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "RUNNER", tmp_path / "run_all.py")
    text = refusal(lambda: measure.runner("--all"))
    assert text == "run_all.py is not here: measure in a clone of the project."
    measure.RUNNER.write_text(
        "import pathlib, sys, time\n"
        "time.sleep(0.2)\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--out') + 1])\n"
        "(out / 'models').mkdir()\n"
        "for name in ('a.png', 'b.gif', 'c.json', 'models/d.png'):\n"
        "    (out / name).touch()\n"
        "sys.exit('first\\nbrain: no data.' if '--all' in sys.argv else 0)\n"
    )
    seconds, pictures = measure.runner("--list")
    assert 0.2 < seconds < 20
    assert pictures == 3
    assert refusal(lambda: measure.runner("--all")) == "run_all.py --all failed: no data."


def test_without_scikit_learn_it_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setattr(sys, "argv", ["measure"])
    with pytest.raises(SystemExit) as end:
        measure.main()
    assert end.value.code == 2
    assert "comes with scikit-learn, which is not installed" in capsys.readouterr().err


def test_at_least_one_seed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["measure", "--seeds", "0"])
    with pytest.raises(SystemExit) as end:
        measure.main()
    assert end.value.code == 2
    assert "--seeds" in capsys.readouterr().err
