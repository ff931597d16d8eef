"""The pictures that a result gives, and from where a GPU wins."""

from __future__ import annotations

from pathlib import Path

from benchmarks.plots import LOOKS, draw, gpu_wins_from, series
from benchmarks.report import lines
from benchmarks.testing.made import results, row
from brain.names import CONTENDERS


def test_every_contender_has_a_look() -> None:
    assert set(LOOKS) == set(CONTENDERS)


def test_bars_for_several_workloads_and_lines_for_several_sizes(tmp_path: Path) -> None:
    rows = [
        row(contender, [seconds * size, 1.1 * seconds * size], "mlp-wide", size, device=device)
        for size in (1, 4, 16)
        for device in ("cpu", "cuda")
        for contender, seconds in (("numpy", 1.0), ("torch-eager", 0.5))
    ]
    rows += [row(name, [1.0, 2.0, 1.5], "cnn-mnist") for name in ("numpy", "torch-eager", "tf-xla")]
    found = results(*rows)
    paths = draw(found, tmp_path, "x-")
    assert [p.name for p in paths] == ["x-step-cpu-float32.png", "x-batch-mlp-wide.png"]
    assert all(p.stat().st_size > 5000 for p in paths)
    assert [p.name for p in draw(found, tmp_path, device="cpu")] == ["step-cpu-float32.png"]


def test_one_workload_alone_has_no_picture(tmp_path: Path) -> None:
    assert draw(results(row("numpy", [1.0]), row("torch-eager", [1.0])), tmp_path) == []


def test_widths_are_a_series_of_their_own(tmp_path: Path) -> None:
    rows = [
        row(name, [width], width=width, batch_size=8)
        for width in (0.5, 1.0, 2.0)
        for name in ("numpy", "torch-eager")
    ]
    assert [p.name for p in draw(results(*rows), tmp_path)] == ["width-mlp-wide.png"]


def test_a_gpu_wins_from_where_it_stays_ahead() -> None:
    def from_where(cuda: list[float], cpu: tuple[float, ...] = (1.0, 1.0, 1.0)) -> int | None:
        rows = [
            row("torch-eager", [seconds], batch_size=size, device=device)
            for device, times in (("cpu", cpu), ("cuda", cuda))
            for size, seconds in zip((1, 4, 16), times, strict=True)
        ]
        found = [x for group in results(*rows).groups().values() for x in lines(group)]
        return gpu_wins_from(series(found, "batch"))

    assert from_where([2.0, 0.5, 0.1]) == 4
    assert from_where([0.5, 2.0, 0.1]) == 16  # ahead at 1 by chance
    assert from_where([0.5, 0.5, 0.5]) == 1
    assert from_where([2.0, 2.0, 2.0]) is None
