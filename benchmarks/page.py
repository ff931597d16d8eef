"""Write the tables and pictures of benchmarks/README.md from the committed results.

    python -m benchmarks.page

Every JSON file of `brain bench` in `benchmarks/results/` is taken, the one that holds most first;
what no file holds is "not measured". Only what stands between the markers is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.asked import BUSY
from benchmarks.figures import geometric_mean, of_rounds, written
from benchmarks.plots import draw
from benchmarks.report import BASES, Line, base_of, compile_time, lines
from benchmarks.results import FORMAT, Results, Row, load
from brain.names import CONTENDERS, WORKLOADS
from brain.outputs import write_whole
from brain.pages import rewritten

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
PAGE = FOLDER / "README.md"
BEGIN, END = "<!-- measured: python -m benchmarks.page -->", "<!-- end of what was measured -->"
NOTHING = "not measured"
DEVICES = {"cpu": "On a CPU", "cuda": "On a GPU"}
PHASES = {
    "step": "One training step",
    "forward": "One forward pass",
    "place": "Placing a batch where the engine computes",
    "epoch": "One epoch on real data, batches drawn and placed",
}


def main() -> None:
    found = committed()
    text, measured = PAGE.read_text(encoding="utf-8"), "\n".join(page(found))
    write_whole(PAGE, rewritten(text, BEGIN, END, measured, PAGE))
    print(f"wrote {PAGE}")


def committed() -> dict[Path, Results]:
    """The results by file, the one that holds most first."""
    found = {path: load(path) for path in sorted(RESULTS.glob("*.json")) if _is_result(path)}
    return dict(sorted(found.items(), key=lambda one: -len(one[1].rows)))


def _is_result(path: Path) -> bool:
    """Other measurements lie there too."""
    return FORMAT in path.read_text(encoding="utf-8")[-400:]


def page(found: dict[Path, Results], pictures: bool = True) -> Iterator[str]:
    """The part between the markers, line by line; draws the pictures beside the results."""
    for device, heading in DEVICES.items():
        own = {p: r for p, r in found.items() if any(x.device == device for x in r.rows)}
        yield f"## {heading}\n"
        if not own:
            yield f"{NOTHING}: there is no result in `benchmarks/results/`.\n"
        for path, results in own.items():
            yield from _one(path, results, device, pictures)
        measured = {row.workload for one in own.values() for row in one.rows}
        if own and (others := [name for name in WORKLOADS if name not in measured]):
            yield f"{NOTHING}: {', '.join(others)}.\n"


def _one(path: Path, results: Results, device: str, pictures: bool) -> Iterator[str]:
    machine = results.machine
    gpu = machine["gpu"]
    shown = f"{gpu['name']}, driver {gpu['driver']}; " if device == "cuda" and gpu else ""
    shown += f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads each"
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    revision = f"`{machine['revision'][:12]}`{', with changes' if machine.get('changed') else ''}"
    yield f"### {path.stem}\n"
    yield f"{shown}; {packages}, BLAS {machine['blas']}; revision {revision}.\n"
    yield f"`{results.command}`, begun {results.begun}; [raw samples](results/{path.name}).\n"
    rows = [row for row in results.rows if row.device == device]
    yield from _circumstances(results, rows, device)
    for precision in dict.fromkeys(row.precision for row in rows):
        own = [row for row in rows if row.precision == precision and row.width == 1]
        yield from _tables(own, results, f", {precision}" if device != "cpu" else "")
    for picture in draw(results, path.parent, f"{path.stem}-", device) if pictures else ():
        yield f"![{picture.stem}](results/{picture.name})\n"


def _circumstances(results: Results, rows: Sequence[Row], device: str) -> Iterator[str]:
    """The machine's load before, the peak, and how each workload's images lay."""
    if (load := results.settings.get("load")) is not None:
        busy = ": it was busy, trust this less" if load > BUSY * results.machine["cores"] else ""
        yield f"The machine's load before: {load:.1f}{busy}.\n"
    for place, peak in results.peaks.items():
        if place.startswith(device):
            yield f"Matrix products' peak, {place}: {peak / 1e9:,.0f} GFLOP/s.\n"
    layouts: dict[str, list[str]] = {}
    for row in rows:
        if row.contender == "torch-eager" and "layout" in row.notes:
            layouts.setdefault(str(row.notes["layout"]), []).append(row.workload)
    if layouts:
        told = (f"{layout} in {', '.join(names)}" for layout, names in layouts.items())
        yield f"Layout of images in torch-eager: {'; '.join(told)}.\n"


def _tables(rows: Sequence[Row], results: Results, precision: str) -> Iterator[str]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_named(row, rows), []).append(row)
    columns = [name for name in CONTENDERS if any(row.contender == name for row in rows)]
    for phase, heading in PHASES.items():
        found = {
            (name, x.row.contender): x
            for name, group in groups.items()
            for x in lines(group)
            if x.phase == phase
        }
        if not found:
            continue
        base = next((name for name in BASES if name in columns), columns[0])
        yield f"{heading}{precision}; in brackets the ratio to {base}, round by round:\n"
        cells = {
            name: [_cell(found.get((name, c)), group, c) for c in columns]
            for name, group in groups.items()
            if phase != "epoch" or any(key[0] == name for key in found)
        }
        yield from _table(["workload", *columns], cells)
        yield from _means(list(found.values()), columns, base)
    yield from _others(groups, results, columns)


def _named(row: Row, rows: Sequence[Row]) -> str:
    """The workload; with the batch size where there are several."""
    sizes = {other.batch_size for other in rows if other.workload == row.workload}
    return f"{row.workload}, batch {row.batch_size}" if len(sizes) > 1 else row.workload


def _cell(line: Line | None, rows: Sequence[Row], contender: str) -> str:
    if line is None:
        return NOTHING
    time = written(line.time.median)
    if not line.row.agrees:
        return f"~~{time}~~ disagrees"
    noisy = " *" if _noisy(line) else ""
    base = base_of(rows)
    if line.against is None or (base and base.contender == contender):
        return f"{time}{noisy}"
    return f"{time} ({line.against.median:.2f}){noisy}"


def _noisy(line: Line) -> bool:
    return line.time.noisy and (line.against is None or line.against.noisy)


def _means(found: Sequence[Line], columns: Sequence[str], base: str) -> Iterator[str]:
    means = []
    for column in columns:
        own = [x.against.median for x in found if x.row.contender == column and x.against]
        if column != base and len(own) > 1:
            means.append(f"{column} {geometric_mean(own):.2f} ({len(own)})")
    if means:
        yield f"Geometric means of the ratios, and over how many workloads: {', '.join(means)}.\n"
    if any(map(_noisy, found)):
        yield "\\* noisy: the quartiles of the rounds are more than 15 % of the median apart.\n"


def _others(
    groups: dict[str, list[Row]], results: Results, columns: Sequence[str]
) -> Iterator[str]:
    """Share of the peak, memory, cold start and compile time."""
    by = {(name, row.contender): row for name, rows in groups.items() for row in rows}
    for heading, cell in (
        (
            "Share of the matrix products' peak, in a training step",
            lambda row: _share(row, results),
        ),
        ("Growth of the process, MiB: after three steps, and at most", _memory),
        ("From a process's start to its first step, and what of it is compiling", _start),
    ):
        cells = {
            name: [cell(by[name, c]) if (name, c) in by else "" for c in columns] for name in groups
        }
        if any(any(row) for row in cells.values()):
            yield f"{heading}:\n"
            filled = {name: [part or NOTHING for part in row] for name, row in cells.items()}
            yield from _table(["workload", *columns], filled)


def _share(row: Row, results: Results) -> str:
    peak = results.peaks.get(f"{row.device} {row.precision}")
    kept = row.phases.get("step")
    if not (peak and kept and any(kept.seconds) and row.agrees):
        return ""
    return f"{row.flops['step'] / of_rounds(kept.seconds).median / peak:.0%}"


def _memory(row: Row) -> str:
    return " / ".join(f"{(row.memory[k] or 0) / 2**20:.0f}" for k in ("now", "most") if row.memory)


def _start(row: Row) -> str:
    if not row.starts:
        return ""
    whole = sorted(start["whole"] for start in row.starts)[len(row.starts) // 2]
    compiled = compile_time(row)
    return f"{written(whole)}, {written(compiled)}" if compiled else written(whole)


def _table(headings: Sequence[str], cells: dict[str, list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'---:|' * (len(headings) - 1)}"
    for name, row in cells.items():
        yield f"| {' | '.join([name, *row])} |"
    yield ""


if __name__ == "__main__":
    main()
