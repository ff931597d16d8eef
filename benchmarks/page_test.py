"""The page of results: what stands there is what the committed files say."""

from __future__ import annotations

from pathlib import Path

from benchmarks.page import BEGIN, END, NOTHING, PAGE, committed, page
from benchmarks.testing.made import results, row
from brain.pages import rewritten


def test_the_page_is_as_its_results_make_it() -> None:
    found = committed()
    measured = "\n".join(page(found, pictures=False))
    text = PAGE.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("![")]
    made = rewritten(text, BEGIN, END, measured, PAGE).splitlines()
    assert [x for x in made if x] == [x for x in kept if x], "run: python -m benchmarks.page"
    for line in (line for line in text.splitlines() if line.startswith("![")):
        assert (PAGE.parent / line.partition("(")[2].rstrip(")")).is_file()


def test_without_results_nothing_is_guessed() -> None:
    lines = list(page({}))
    assert [line for line in lines if line.startswith("## ")] == [
        "## On a CPU\n",
        "## On a GPU\n",
    ]
    assert sum(line.startswith(NOTHING) for line in lines) == 2


def test_a_page_names_every_workload_and_says_what_was_not_measured() -> None:
    rows = [row("numpy", [0.02] * 3), row("torch-eager", [0.01] * 3)]
    rows += [row("numpy", [1.0] * 3, "cnn-mnist", agrees=False)]
    text = "\n".join(page({Path("two-cores.json"): results(*rows)}, pictures=False))
    assert "### two-cores" in text
    assert "| mlp-wide | 20.0 ms (2.00) | 10.0 ms |" in text
    assert "| cnn-mnist | ~~1.00 s~~ disagrees | not measured |" in text
    assert "| lstm-wide" not in text
    assert f"{NOTHING}: mlp-tiny, mlp-small, cnn-cifar, " in text
    assert "lstm-wide.\n" in text
    assert "| mlp-wide | 50% | 100% |" in text
    assert "| mlp-wide | 1 / 3 | 1 / 3 |" in text
