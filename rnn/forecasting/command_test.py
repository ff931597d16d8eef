"""The command in a hurry: what it writes and draws, and each fault in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnn.forecasting import command, records, show, tables

Run = Callable[..., tuple[object, str, str]]
SALES = [10 + 0.1 * t + 3 * np.sin(t / 2) + t % 3 for t in range(90)]


def table(folder: Path, values: list[float], name: str = "sales.csv", leap: int = 1) -> Path:
    """A CSV file of these values, month by month; after 20, `leap` months at once."""
    months = np.datetime64("2010-01") + np.arange(len(values))
    months[20:] += leap - 1
    rows = [f"{month},{value}" for month, value in zip(months, values, strict=True)]
    path = folder / name
    path.write_text("\n".join(["Month,Sales", *rows]))
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command: `run(arguments)` gives its exit code, its output and its errors."""

    def called(*arguments: object, drawn: bool = False) -> tuple[object, str, str]:
        if not drawn:
            monkeypatch.setattr(show, "draw", lambda *given: None)
        words = [str(a) for a in (*arguments, "--out", tmp_path / "plots")]
        monkeypatch.setattr(sys, "argv", ["forecasting", *words])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as end:
            command.main()
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return called


def test_a_table_of_ones_own_from_end_to_end(run: Run, tmp_path: Path) -> None:
    csv, found = table(tmp_path, SALES), tmp_path / "found.json"
    options = ("--period", 12, "--difference", 12, "--unit", "units", "--horizon", 4, "--quick")
    code, out, _ = run("--csv", csv, *options, "--length", 8, "--json", found, drawn=True)
    assert code == 0, out
    for name in ("forecasts", "one-step", "errors"):
        picture = tmp_path / "plots" / f"forecasting-sales-{name}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert f"wrote {picture}" in out
    record = records.read(found)
    labels = list(tables.groups(record))
    both = [
        f"{name}, {way}"
        for name in ("linear autoregression", "forecast-gru")
        for way in ("recursive", "direct")
    ]
    assert labels == ["naive", "seasonal naive (12)", *both]
    assert str(tmp_path) not in found.read_text()
    assert "--csv sales.csv" in record.command
    assert "--json found.json" in record.command
    for row in record.rows:
        assert len(row.steps["mase"]) == 4
        assert row.whole["mase"] == pytest.approx(np.mean(row.steps["mase"]), rel=1e-4)
        assert bool(row.coverage) == ("naive" not in row.forecaster)
    for sentence in tables.verdicts(record):
        assert sentence in out
    page = tables.markdown(found)
    assert record.command in page
    assert page.count("\n| ") == len(labels) + 2  # the heading and its rule


def test_a_record_has_no_path_of_a_machine(run: Run, tmp_path: Path) -> None:
    """Neither `--json PATH` nor `--json=PATH`; and words with spaces stay words."""
    csv, found = table(tmp_path, SALES, "my sales.csv"), tmp_path / "found.json"
    options = ("--horizon", 3, "--quick", "--length", 6, "--strategy", "direct", "--unit=a/b")
    commands = []
    for given in (("--csv", csv, "--json", found), (f"--csv={csv}", f"--json={found}")):
        code, out, _ = run(*given, *options)
        assert code == 0, out
        text = found.read_text()
        assert str(tmp_path) not in text
        assert tmp_path.name not in text
        commands.append(records.read(found).command)
    assert commands[0].startswith(
        "python -m rnn.forecasting --csv 'my sales.csv' --json found.json"
    )
    assert commands[1].startswith("python -m rnn.forecasting '--csv=my sales.csv' --json=found")
    assert all(command.endswith("--unit=a/b --out plots") for command in commands)


def test_the_same_command_finds_the_same(run: Run, tmp_path: Path) -> None:
    rows = []
    for name in ("one.json", "two.json"):
        code, out, _ = run("sine", "--quick", "--strategy", "direct", "--json", tmp_path / name)
        assert code == 0, out
        rows.append([(r.label, r.steps, r.coverage) for r in records.read(tmp_path / name).rows])
    assert rows[0] == rows[1]


def test_refit_and_seeds(run: Run, tmp_path: Path) -> None:
    csv, found = table(tmp_path, SALES), tmp_path / "found.json"
    brief = ("--epochs", 1, "--horizon", 3, "--every", 8, "--paths", 5, "--length", 6)
    code, out, _ = run("--csv", csv, *brief, "--refit", "--seeds", 2, "--seed", 5, "--json", found)
    assert code == 0, out
    record = records.read(found)
    assert [row.seed for row in record.rows if row.forecaster == "forecast-gru"] == [5, 6, 5, 6]
    assert record.settings["refit"] is True
    assert record.series["origins"] == 2
    assert "all before each origin, anew" in out
    assert " ± " in out


def test_tuning_never_sees_the_test_part(run: Run, tmp_path: Path) -> None:
    one, two = [*SALES], [*SALES[:72], *(1e4 - value for value in SALES[72:])]
    rows = []
    for number, values in enumerate((one, two)):
        csv = table(tmp_path, values, f"{number}.csv")
        found = tmp_path / "found.json"
        brief = ("--horizon", 3, "--quick", "--length", 6, "--strategy", "recursive")
        code, out, _ = run("--csv", csv, "--tuning", *brief, "--json", found)
        assert code == 0, out
        assert records.read(found).series["values"] == 72
        rows.append([(r.label, r.steps) for r in records.read(found).rows])
    assert rows[0] == rows[1]


def test_dates_that_leap_are_told(run: Run, tmp_path: Path) -> None:
    csv = table(tmp_path, SALES, leap=4)
    code, out, _ = run("--csv", csv, "--quick", "--horizon", 3, "--strategy", "direct")
    assert code == 0, out
    assert "the dates leap 1 times, first from 2011-08 to 2011-12" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a series, as airline, or give a table of your own by --csv"),
        (
            ("sine", "--csv", "CSV"),
            "name a series, as airline, or give a table of your own by --csv",
        ),
        (("sin",), "unknown series 'sin'; did you mean 'sine'?"),
        (("sine", "--period", "12"), "--period and --unit go with --csv"),
        (("sine", "--model", "forecast-gur"), "unknown model 'forecast-gur'; did you mean"),
        (
            ("sine", "--model", "char-gru"),
            "for a series choose forecast-rnn, forecast-lstm or forec",
        ),
        (("sine", "--model", "lenet"), "lenet cannot take the rows of sine"),
        (("sine", "--engine", "numpi"), "unknown engine 'numpi'; did you mean 'numpy'?"),
        (("sine", "--strategy", "all"), "unknown strategy 'all'"),
        (("sine", "--transform", "ln"), "unknown transform 'ln'"),
        (("sine", "--transform", "log"), "of which there is no log"),
        (
            ("sine", "--horizon", "300"),
            "a horizon of 300 is longer than the test part of 120 values",
        ),
        (("sine", "--length", "900"), "900 values and the next 1 do not fit"),
        (("sine", "--test-fraction", "1.5"), "the fraction must be a number from 0 to 1"),
        (("--csv", "nowhere.csv"), "cannot read nowhere.csv: No such file or directory.\n"),
        (("--csv", "CSV", "--length", "80"), "80 values and the next 1 do not fit into a training"),
        (("--csv", "CSV", "--length", "80"), "or a test part of another size (test_fraction)"),
        (("--csv", "CONSTANT"), "constant: every value is 7, so that there is nothing to forecast"),
        (("--csv", "EMPTY"), "line 4: the value of 2010-03 is missing; fill it in"),
        (("--csv", "NAN"), "line 3: nan is no finite number"),
        (("--csv", "NAN"), "; wanted is a header, then in each row a date (1949-01 or 1949-01-31)"),
        (
            ("--csv", "YEARS"),
            "line 2: '1950' is no date like 1949-01 or 1949-01-31; write the year",
        ),
        (("--csv", "FOLDER"), ": Is a directory."),
        (("CSV",), "sales.csv is no series of the project; give a table of your own by --csv"),
        (("nowhere.csv",), "a table of your own by --csv nowhere.csv"),
        (("--csv", "CSV", "--period", "80"), "72 values hold no season of 80"),
    ],
)
def test_a_fault_is_one_sentence(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    files = {
        "CSV": table(tmp_path, SALES),
        "CONSTANT": table(tmp_path, [7.0] * 60, "constant.csv"),
        "NAN": table(tmp_path, [1.0, np.nan, *SALES], "nan.csv"),
    }
    files["FOLDER"] = tmp_path
    empty = tmp_path / "empty.csv"
    empty.write_text("Month,Sales\n2010-01,1\n2010-02,2\n2010-03,\n2010-04,3\n")
    files["EMPTY"] = empty
    files["YEARS"] = tmp_path / "years.csv"
    files["YEARS"].write_text("Year,Sales\n1950,1\n1951,2\n")
    code, out, err = run(*(files.get(word, word) for word in arguments), "--quick")
    assert code == 2, out + err
    assert words in err
    assert "downloaded" not in err
    assert err.startswith("brain: ")
    assert err.count("\n") == 1, err


def test_the_help_teaches(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for word in (
        "recursive",
        "MASE",
        "theory/forecasting.md",
        "--tuning",
        "--csv",
        "Nothing is learned",
    ):
        assert word in out
