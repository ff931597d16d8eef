"""`brain bench` as it is typed: what it shows and writes, and every refusal in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import asked, suite
from benchmarks.asked import BATCHES, contenders
from benchmarks.results import load
from benchmarks.testing.made import MACHINE, results, row
from brain.names import CONTENDERS
from brain.testing.invoked import brain, done, sentence
from brain.testing.present import needs

TINY = ("mlp-tiny", "--engines", "numpy", "--quick", "--threads", "1")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("numpy", CONTENDERS)
    monkeypatch.setattr(suite, "PAUSE", 0.0)
    monkeypatch.setattr(asked, "QUICK_TURN", 0.01)


def test_a_run_shows_a_table_and_writes_its_samples(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    out = done("bench", *TINY, "--json", path)
    assert "mlp-tiny, batch 4, cpu, float32; ratios to numpy" in out
    assert out.rstrip().endswith(f"wrote {path}")
    again = done("bench", *TINY, "--json", tmp_path / "b.json", "--against", path)
    assert "/ before" in again


def test_scaling_measures_several_sizes(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    options = ("--phases", "step", "--scaling", "batch,width", "--plots", tmp_path / "plots")
    out = done("bench", *TINY, *options, "--json", path)
    sizes = [(r.batch_size, r.width) for r in load(path).rows]
    assert sizes == [(4, 1), *((size, 1) for size in BATCHES[::2]), (4, 0.5), (4, 2)]
    assert "wrote" in out
    names = {p.name for p in (tmp_path / "plots").iterdir()}
    assert names == {"batch-mlp-tiny.png", "width-mlp-tiny.png"}


def test_an_engines_name_stands_for_all_in_its_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "_require", lambda name: None)
    assert contenders("torch") == ["torch-eager", "torch-compiled", "torch_nn"]
    assert contenders("tf-xla, numpy,tf-xla") == ["tf-xla", "numpy"]
    assert contenders("numpy,tensorflow") == ["numpy", "tf-graph", "tf-xla", "tf_nn"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mlp-tyni",), "did you mean 'mlp-tiny'?"),
        (("--engines", "torch-eagre"), "did you mean 'torch-eager'?"),
        (("--engines", ","), "--engines names none"),
        (("--phases", "setp"), "did you mean 'step'?"),
        (("--device", "tpu"), "unknown device 'tpu'"),
        (("--precision", "bf16", *TINY), "bf16 is timed on cuda alone"),
        (("--scaling", "depth"), "unknown scaling 'depth'"),
        (("--scaling", "batch", "--batch-size", "3"), "leave out --batch-size"),
        (("--check", "--scaling", "batch"), "leave out --scaling"),
        (("--against", "no/such.json", *TINY), "cannot read no/such.json"),
        (("--json", "/proc/no/b.json", *TINY), "cannot write /proc/no/b.json"),
        (("--plots", "/proc/no", *TINY), "cannot write /proc/no"),
        ((*TINY, "--batch-size", "10000000000"), "GiB of cpu memory are free"),
        ((*TINY, "--device", "mps"), "there is no mps here"),
    ],
)
def test_bench_refuses(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    given = arguments if "--json" in arguments else (*arguments, "--json", tmp_path / "b.json")
    assert words in sentence("bench", *given)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 7}, "has schema 7, and only 1 is known: measure anew."),
        ({}, "was measured on another machine: cpu A Processor there"),
    ],
)
def test_another_machine_or_schema_is_no_baseline(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "before.json"
    results(row("numpy", [1.0])).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    said = sentence("bench", *TINY, "--against", path, "--json", tmp_path / "b.json")
    assert words in said


def test_ctrl_c_says_where_what_was_measured_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "b.json"
    turn = suite._Group._turn

    def interrupted(self: Any, phase: str, *rest: Any) -> None:
        if phase == "step":
            raise KeyboardInterrupt
        turn(self, phase, *rest)

    monkeypatch.setattr(suite._Group, "_turn", interrupted)
    said = sentence("bench", *TINY, "--json", path)
    assert said.startswith(f"stopped by Ctrl-C; what was measured of 1 workloads is in {path}")
    assert "none of them whole" in said
    assert load(path).rows[0].phases["forward"].seconds


@pytest.mark.parametrize(("ratio", "code"), [(1.6, 1), (0.9, 0)])
def test_check_ends_with_1_beyond_a_bound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ratio: float, code: int
) -> None:
    rows = [row("numpy", [ratio] * 3), row("torch-eager", [1.0] * 3)]

    def measured(asked: Any, results: Any, *rest: Any) -> None:
        results.rows += rows

    monkeypatch.setattr(asked, "_measured", measured)
    monkeypatch.setattr(asked, "_require", lambda name: None)
    answer = brain("bench", "mlp-wide", "--check", "--json", tmp_path / "b.json")
    assert answer.code == code, answer
    assert ("IS BROKEN" in answer.out) == bool(code)
    assert MACHINE["cpu"] not in answer.out
