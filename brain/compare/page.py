"""A comparison as one HTML page: tables and plots in a single file that needs no network."""

from __future__ import annotations

import html
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np

from brain.compare.findings import Finding, Noise, Verdict
from brain.compare.report import Report, summary
from brain.compare.tolerances import STEPS_FACTOR
from brain.outputs import write_whole
from brain.plots import BLUE, ENGINE_LINES, GREY, STYLE, figure

HEADINGS = ("", "error", "budget", "used", "largest difference", "ULP", "at")
CSS = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff }
h2 { margin-top: 3rem; border-bottom: 1px solid #ccc }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0 }
th, td { padding: .15rem .8rem .15rem 0; text-align: right; font-weight: normal }
th { color: #555; border-bottom: 1px solid #ccc }
td:first-child, th:first-child { text-align: left }
.equal { color: #00694c } .undecided { color: #8a5a00 }
.differs { color: #b00020; font-weight: 600 }
summary { cursor: pointer; color: #0060a0 } svg { max-width: 100%; height: auto }
nav a { margin-right: 1rem }
"""


def write_page(report: Report, path: str | os.PathLike[str]) -> None:
    """Write the page of a comparison; UserError where it cannot be written."""
    models = list(dict.fromkeys(verdict.model for verdict in report.verdicts))
    floors = {floor.model: floor for floor in report.noise}
    sections = [
        _model(name, [v for v in report.verdicts if v.model == name], floors[name])
        for name in models
    ]
    links = " ".join(f'<a href="#{html.escape(name)}">{html.escape(name)}</a>' for name in models)
    told = "".join(f"<p>{html.escape(line)}</p>" for line in summary(report.verdicts))
    body = (
        f"<h1>The engines against numpy: <span class={report.answer}>{report.answer}</span></h1>"
        f"{told}<nav>{links}</nav>{EXPLAINED}{''.join(sections)}<p>{about(report.versions)}</p>"
    )
    write_whole(path, whole(f"brain compare: {report.answer}", body))


def whole(title: str, body: str) -> str:
    """The page around a body; the title is made safe, the body is HTML already."""
    head = f"<meta charset=utf-8><title>{html.escape(title)}</title><style>{CSS}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>\n"


def about(versions: Mapping[str, Mapping[str, str]]) -> str:
    """What computed, in one line."""
    return html.escape(
        "; ".join(
            f"{engine}: {', '.join(f'{k} {v}' for k, v in each.items())}"
            for engine, each in versions.items()
        )
    )


ERROR = """An <em>error</em> is the norm of the difference over the norm of {whose} array (of what
its sums add up, where they cancel). A <em>budget</em> is what rounding explains: of one pass,
derived from the dtype and the lengths of the sums"""
ULP = """<em>ULP</em> counts units in the last place of the array's largest number."""
EXPLAINED = f"""<p>{ERROR.format(whose="numpy's")}; of many steps, four times as far as numpy's own
float32 comes from its float64 in the same run. {ULP}</p>"""


def _model(name: str, verdicts: Sequence[Verdict], floor: Noise) -> str:
    shown = html.escape(name)
    parts = [
        f"<h2 id={shown}>{shown}</h2>",
        svg(by_layer, verdicts),
        svg(_growth, verdicts, floor),
    ]
    parts += [_verdict(verdict) for verdict in verdicts]
    rows = [[name, f"{v:.1e}"] for name, v in floor.one_pass.items()]
    rows += [[f"after {k} steps", f"{v:.1e}"] for k, v in floor.distances.items()]
    note = (
        "numpy in float32 against numpy in float64; after steps the largest distance of "
        f"{floor.runs} runs"
    )
    parts.append(f"<p>Rounding alone ({note}):</p>{table(('', 'distance'), rows)}")
    return "".join(parts)


def _verdict(verdict: Verdict) -> str:
    answer = verdict.answer
    title = html.escape(f"{verdict.dtype} {verdict.engine}: ")
    parts = [f"<h3>{title}<span class={answer}>{answer}</span></h3>"]
    if verdict.first:
        why = f" Cause: {html.escape(verdict.cause)}." if verdict.cause else ""
        parts.append(f"<p>They part first at <b>{html.escape(verdict.first)}</b>.{why}</p>")
    parts.append(findings(verdict.quantities))
    if verdict.map:
        parts.append(svg(where, verdict))
    for name, found in verdict.layers.items():
        parts.append(f"<details><summary>{name}, one by one</summary>{findings(found)}</details>")
    return "".join(parts)


def findings(found: Mapping[str, Finding]) -> str:
    rows = []
    for name, f in found.items():
        numbers = [
            f"{f.error:.1e}",
            f"{f.budget:.1e}",
            f"{f.share:.0%}" if f.share < 1e4 else "over",
        ]
        more = ["" if math.isnan(f.most) else f"{f.most:.1e}"]
        at = f.worst if f.worst != name and f.place else ""
        more += ["" if math.isnan(f.ulps) else f"{f.ulps:.3g}", f"{at}{f.place}"]
        rows.append([name, *numbers, *more, f.answer])
    return table(HEADINGS, rows)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in headings)
    lines = []
    for *cells, last in rows:
        if len(cells) < len(headings):
            cells, last = [*cells, last], ""
        marked = f" class={last}" if last else ""
        lines.append(f"<tr{marked}>{''.join(f'<td>{html.escape(c)}</td>' for c in cells)}</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


# The plots, as SVG inside the page


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def svg(draw: Any, *arguments: Any) -> str:
    with mpl.rc_context({"svg.hashsalt": "brain", "svg.fonttype": "none"}):
        fig = draw(*arguments)
        text = io.StringIO()
        fig.savefig(text, format="svg", metadata={"Date": None})
    found = text.getvalue()
    return found[found.index("<svg") :]


def by_layer(verdicts: Sequence[Verdict]) -> Any:
    """The error of each output on the way there, of each gradient on the way back."""
    titles = {
        "forward": "outputs, layer by layer",
        "backward": "gradients, layer by layer\n(the way back goes from right to left)",
    }
    ways = [way for way in titles if any(verdict.layers.get(way) for verdict in verdicts)]
    fig, axes = figure(9, 4.0, ncols=len(ways), sharey=True, squeeze=False)
    for ax, way in zip(axes[0], ways, strict=True):
        names: list[str] = []
        for verdict in verdicts:
            names = list(verdict.layers[way])
            found = verdict.layers[way].values()
            style = {**_line(verdict.engine), "marker": "." if verdict.dtype == "float64" else "x"}
            label = f"{verdict.dtype} {verdict.engine}"
            ax.plot(_visible(f.error for f in found), label=label, **style)
            budgets = _visible(f.budget for f in found)
            ax.plot(budgets, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), label="budget")
            lost = [i for i, f in enumerate(found) if not math.isfinite(f.error)]
            if lost:
                ax.plot(lost, [1.0] * len(lost), "^", color=LOST, label="infinite: another shape")
        every = max(1, len(names) // 12)
        ax.set_xticks(
            range(0, len(names), every), names[::every], rotation=60, ha="right", fontsize=7
        )
        ax.set(title=titles[way], yscale="log")
    axes[0, 0].set_ylabel("relative error")
    drawn = [pair for ax in axes[0] for pair in zip(*ax.get_legend_handles_labels(), strict=True)]
    shown = {label: handle for handle, label in drawn}
    fig.legend(shown.values(), shown, loc="outside lower center", ncols=3, fontsize=8)
    return fig


LOST = "#D55E00"
"""The colour of what has no place on a logarithmic axis."""


def _growth(verdicts: Sequence[Verdict], floor: Noise) -> Any:
    """How the parameters part with the steps, beside what rounding alone does."""
    fig, ax = figure(9, 3.2)
    steps = [int(step) for step in floor.distances]
    for verdict in verdicts:
        errors = _visible(verdict.quantities[f"step {step}"].error for step in steps)
        style = {**_line(verdict.engine), "marker": "." if verdict.dtype == "float64" else "x"}
        ax.plot(steps, errors, label=f"{verdict.dtype} {verdict.engine}", **style)
    noise = _visible(floor.distances.values())
    ax.plot(steps, noise, color=GREY, label="numpy, float32 against float64")
    bound = [STEPS_FACTOR * distance for distance in noise]
    ax.plot(steps, bound, color=GREY, linestyle=(0, (1, 2)), label="budget in float32")
    ax.set(title="parameters after training steps", xlabel="step", ylabel="largest relative error")
    ax.set(xscale="log", yscale="log")
    ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1))
    return fig


def where(verdict: Verdict) -> Any:
    """Where in its array the first difference lies."""
    fig, ax = figure(6, 2.6)
    values = np.array(verdict.map)
    image = ax.imshow(values, cmap="cividis", aspect="auto", interpolation="nearest")
    ax.grid(visible=False)
    ax.set(
        title=f"{verdict.first}: where they differ", xlabel="all other axes", ylabel="first axis"
    )
    fig.colorbar(image, ax=ax, label="largest difference")
    return fig


def _line(engine: str) -> dict[str, Any]:
    return {"color": BLUE, "linewidth": 1.4, **ENGINE_LINES.get(engine, {})}


def _visible(errors: Iterable[float]) -> list[float]:
    """For a logarithmic axis: nothing at all is drawn where the smallest numbers are."""
    return [max(error, 1e-17) if math.isfinite(error) else math.nan for error in errors]
