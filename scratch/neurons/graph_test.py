"""The drawing says what the numbers are, and no two boxes lie on one another."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from brain.testing.refusals import refusal
from scratch.neurons import graph
from scratch.neurons.scalar import Value, in_order
from scratch.testing.staged import repeats


def test_the_same_bits_twice(tmp_path: Path) -> None:
    said = repeats(graph.run, tmp_path, "autodiff-graph.png")
    assert said.startswith("loss 0.1208; its slope is -0.1404 for w and -0.2002 for b")


def test_every_number_has_a_box_and_every_slope_a_line() -> None:
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + 10) ** 2
    y.backward()
    (axes,) = graph.draw(y, "a title").axes
    texts = [text.get_text() for text in axes.texts]
    assert "a\nvalue 2.000\ngradient -24.000" in texts
    assert "×\nvalue -6.000\ngradient 8.000" in texts
    assert "constant\nvalue 10.000\ngradient 8.000" in texts
    assert sorted(text for text in texts if text and "\n" not in text) == ["-3", "1", "1", "2", "8"]
    assert axes.get_title() == "a title"


def test_each_box_has_a_place_of_its_own_left_of_what_it_goes_into() -> None:
    a = Value(0.5)
    b = a.exp() * a + a.tanh() * 3
    nodes = in_order((b + a.relu()) * b)
    places = graph.laid_out(nodes)
    assert len(set(places.values())) == len(nodes)
    columns: dict[float, list[float]] = {}
    for node in nodes:
        x, y = places[node]
        assert all(places[parent][0] < x for parent, _ in node.parents)
        columns.setdefault(x, []).append(y)
    for rows in columns.values():
        rows.sort()
        assert all(above - below >= 1 - 1e-9 for below, above in pairwise(rows))


def test_a_graph_too_large_to_read_is_refused() -> None:
    x = Value(1.0)
    for _ in range(graph.MOST):
        x = x + 1
    assert "more than 60 cannot be read" in refusal(lambda: graph.draw(x, "long"))
