"""What the comparison of two own models found: for the terminal, for a program, as a page."""

from __future__ import annotations

import html
import math
import os
import platform
from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from brain import __version__
from brain.compare import page
from brain.compare.findings import Finding
from brain.compare.own.held import Held
from brain.compare.report import SCHEMA, strict
from brain.compare.tables import STYLES
from brain.outputs import write_whole

CAPTION = (
    "relative errors; red: more than rounding explains. Arrays have the names and layouts of "
    "theory/README.md: images (N, H, W, C), weights (in, out)"
)
ONLY_STATISTICS = (
    "outputs and gradients are equal: the models answer alike, and part as they are trained "
    "(--evaluation-only compares the answers alone)"
)


def table(held: Held) -> Table:
    """A row for each pair of layers: the errors of its output and its gradients."""
    found = Table(
        title=f"{held.theirs} against {held.mine}, layer by layer ({held.verdict.dtype})",
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for heading in (held.mine, held.theirs, "kind"):
        found.add_column(heading, overflow="fold")
    for heading in ("output", "in training", "gradients"):
        found.add_column(heading.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in held.rows:
        cells = (_cell(f) for f in (row.evaluation, row.training, row.gradient))
        found.add_row(row.mine, row.theirs, row.label, *cells)
    found.add_section()
    layers = held.verdict.layers
    last = [layers.get(way, {}).get("the output") for way in ("forward", "in training")]
    found.add_row(
        "the output", "", "", *(_cell(f) for f in (*last, layers["backward"].get("input")))
    )
    if statistics := held.verdict.quantities.get("running statistics"):
        found.add_row("running statistics", "", "", "", _cell(statistics), "")
    found.caption = CAPTION
    return found


def lines(held: Held) -> list[tuple[str, str]]:
    """What is said below the table: a line and its style."""
    verdict = held.verdict
    said = [(line, "dim") for line in held.notes]
    said += [(line, "yellow") for line in held.unpaired]
    said += [(f"not copied: {line}", "yellow") for line in held.uncopied]
    if held.loss:
        losses = ", ".join(f"{title} {value:.9g}" for title, value in held.loss.items())
        said.append((f"loss: {losses}", ""))
    if verdict.first:
        said.append((f"they part first at: {verdict.first}", "bold red"))
        said.append((f"cause: {verdict.cause}", "bold red"))
        if verdict.first.endswith("its running statistics"):
            said.append((ONLY_STATISTICS, ""))
    for name, finding in verdict.quantities.items():
        if finding.answer == "differs":
            said.append((f"{name}: {told(finding)}", "red"))
    return said


def told(finding: Finding) -> str:
    """A finding in words: error, budget, and the largest difference with its place and ULP."""
    text = f"error {finding.error:.1e}, budget {finding.budget:.1e}"
    if not math.isnan(finding.most):
        ulps = f", {finding.ulps:.3g} ULP" if math.isfinite(finding.ulps) else ""
        text += f"; {finding.worst}{finding.place}: {finding.most:.1e}{ulps}"
    return text


def to_json(held: Held, settings: dict[str, Any], versions: dict[str, Any]) -> dict[str, Any]:
    """Everything found, for a program; numbers that are not finite are None."""
    verdict = held.verdict
    found = {
        "schema": SCHEMA,
        "brain": __version__,
        "answer": verdict.answer,
        "equal": verdict.equal,
        "settings": settings,
        "versions": versions,
        "system": {"python": platform.python_version(), "machine": platform.machine()},
        **{k: v for k, v in asdict(held).items() if k != "verdict"},
        **{k: v for k, v in asdict(verdict).items() if k not in ("model", "engine")},
    }
    return {key: strict(value) for key, value in found.items()}


def write_page(
    held: Held, settings: dict[str, Any], versions: dict[str, Any], path: str | os.PathLike[str]
) -> None:
    """One HTML file that needs no network; UserError where it cannot be written."""
    verdict = held.verdict
    title = html.escape(f"{held.theirs} against {held.mine}")
    parts = [
        f"<h1>{title}: <span class={verdict.answer}>{verdict.answer}</span></h1>",
        f"<p>{html.escape(verdict.model)}, {verdict.dtype}</p>",
        *(f"<p class={style}>{html.escape(line)}</p>" for line, style in _spoken(held)),
        f"<p>{page.ERROR.format(whose=f'{held.mine}&rsquo;s')}. {page.ULP} Arrays have the names "
        "and layouts of theory/README.md: images (N, H, W, C), weights (in, out).</p>",
        page.svg(page.by_layer, [verdict]),
        _rows(held),
        page.findings(verdict.quantities),
    ]
    if verdict.map:
        parts.append(page.svg(page.where, verdict))
    for name, found in verdict.layers.items():
        if found:
            each = page.findings(found)
            parts.append(f"<details><summary>{name}, one by one</summary>{each}</details>")
    told = "; ".join(f"{name}: {value}" for name, value in settings.items() if value is not None)
    parts.append(f"<p>{html.escape(told)}</p><p>{page.about(versions)}</p>")
    write_whole(path, page.whole(f"brain compare: {verdict.answer}", "".join(parts)))


def _spoken(held: Held) -> list[tuple[str, str]]:
    """The lines that no table of the page has, with their class."""
    classes = {"bold red": "differs", "yellow": "undecided"}
    return [(line, classes.get(style, "plain")) for line, style in lines(held) if style != "red"]


def _rows(held: Held) -> str:
    """The table of the layers; only what differs is red."""
    headings = (held.mine, held.theirs, "kind", "output", "in training", "gradients")
    head = "".join(f"<th>{html.escape(text)}</th>" for text in headings)
    body = []
    for row in held.rows:
        cells = "".join(
            f"<td>{html.escape(text)}</td>" for text in (row.mine, row.theirs, row.label)
        )
        for finding in (row.evaluation, row.training, row.gradient):
            shown = f"{finding.error:.0e}" if finding else "-"
            cells += f"<td class={finding.answer if finding else 'plain'}>{shown}</td>"
        body.append(f"<tr>{cells}</tr>")
    return f"<table><tr>{head}</tr>{''.join(body)}</table>"


def _cell(finding: Finding | None) -> Text:
    if finding is None:
        return Text("-", "dim")
    return Text(f"{finding.error:.0e}", "" if finding.within else STYLES[finding.answer])
