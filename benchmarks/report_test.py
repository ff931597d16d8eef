"""The tables: ratios to the base, what disagrees struck out, and how a run stands to an earlier."""

from __future__ import annotations

from rich.console import Console

from benchmarks import report
from benchmarks.results import Results, Row
from benchmarks.testing.made import results, row


def text(found: Results, earlier: Results | None = None) -> str:
    console = Console(width=80, record=True, file=None, quiet=False, force_terminal=True)
    with console.capture() as caught:
        for rows in found.groups().values():
            console.print(report.table(rows, found, earlier))
    return caught.get()


def test_a_table_has_ratios_rates_and_shares() -> None:
    shown = text(results(row("numpy", [0.02] * 3), row("torch-eager", [0.04] * 3)))
    assert "mlp-wide, batch 128, cpu, float32; ratios to torch-eager" in shown
    line = next(line for line in shown.splitlines() if " numpy" in line)
    # 128 samples and 10^9 operations in 0.02 s, by a peak of 10^11 a second
    assert line.split()[:9] == [
        "numpy",
        "20.0",
        "ms",
        "20.0-20.0",
        "0.50",
        "6,400",
        "50",
        "50%",
        "1",
    ]
    assert "…" not in shown


def test_who_disagrees_is_struck_out_and_enters_no_ratio() -> None:
    found = results(row("numpy", [1.0] * 3, agrees=False), row("torch-eager", [1.0] * 3))
    line = next(line for line in text(found).splitlines() if "numpy" in line)
    assert "\x1b[9m" in line
    own = [x for x in report.lines(found.rows) if x.row.contender == "numpy"]
    assert own[0].against is None
    said = report.remarks(found.rows)
    assert said[0].startswith("numpy does not count, for it disagrees: off by 2.0e-01 in the")


def test_the_base_must_agree_itself() -> None:
    found = results(row("numpy", [1.0] * 3), row("torch-eager", [1.0] * 3, agrees=False))
    base = report.base_of(found.rows)
    assert base
    assert base.contender == "numpy"


def test_an_earlier_result_is_told_in_brackets_where_quartiles_overlap() -> None:
    before = results(row("numpy", [1.0, 1.0, 1.0]), row("torch-eager", [1.0, 2.0, 3.0]))
    now = results(row("numpy", [2.0, 2.0, 2.0]), row("torch-eager", [1.0, 2.0, 2.5]))
    shown = text(now, before).splitlines()
    assert "2.00" in next(line for line in shown if " numpy" in line).split()[-1]
    assert "(1.00)" in next(line for line in shown if line.startswith(" torch-eager"))


def test_what_is_missing_or_noisy_is_said() -> None:
    absent = Row("mlp-wide", 128, 1.0, "cpu", "float32", "tf-xla", absent="it is not installed.")
    rows = [row("numpy", [1.0, 2.0, 3.0]), row("torch-eager", [1.0, 1.0, 1.0]), absent]
    said = report.remarks(rows)
    assert "tf-xla: not measured: it is not installed." in said
    assert said[-1] == "noisy, quartiles more than 15% apart: numpy (step)"


def test_compiling_is_what_the_first_calls_take_longer() -> None:
    one = row("tf-xla", [1.0] * 3)
    one.phases["forward"] = row("", [0.5] * 3).phases["step"]
    assert report.compile_time(one) is None
    start = {"whole": 9.0, "import": 1.0, "build": 1.0, "forward": 2.5, "step": 4.0}
    one.starts = [start]
    assert report.compile_time(one) == 2.0 + 3.0
    assert report.starts([one]) is not None
    assert report.starts([row("numpy", [1.0])]) is None


def test_the_summary_is_over_several_workloads() -> None:
    rows = [row("numpy", [2.0]), row("torch-eager", [1.0])]
    rows += [row("numpy", [1.0], "cnn-mnist"), row("torch-eager", [2.0], "cnn-mnist")]
    said = report.summary(results(*rows))
    assert said
    assert "geometric mean 1.00 over 2 workloads, most 2.00 (mlp-wide" in said
    assert report.summary(results(*rows[:2])) is None
