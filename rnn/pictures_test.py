"""Figures show what they are given: gates unit by unit, gradients as shares of the last step's."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.testing.refusals import refusal
from rnn.pictures import GATES, Left, gate_heatmaps, gradients_left
from rnn.reading import read


@pytest.mark.parametrize(("layer", "gates"), [(spec.LSTM(5), "ifgo"), (spec.GRU(5), "rzn")])
def test_a_panel_for_each_gate_and_one_for_a_unit(layer: spec.Layer, gates: str) -> None:
    model = spec.Model("m", (6, 3), (layer, spec.Dense(1)), spec.MeanSquaredError())
    reading = read(build(model), example(model).x)
    fig = gate_heatmaps(reading, 6, unit=3, title="Gates", sample=2)
    *panels, alone = [axes for axes in fig.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels] == [GATES[name] for name in gates]
    for axes, name in zip(panels, gates, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), reading.gates[name][2].T)
    *lines, memory = alone.lines
    for line, name in zip(lines, gates, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), reading.gates[name][2, :, 3])
    np.testing.assert_array_equal(memory.get_ydata(), reading.memory[2, :, 3])
    said = refusal(lambda: gate_heatmaps(reading, 6, unit=5, title="Gates"))
    assert said.endswith("has the cells 0 to 4, and no cell 5.")


def test_gradients_are_shares_of_the_last_steps() -> None:
    norms = np.array([0.1, 1.0, 4.0])
    left = Left(norms, bound=np.array([8.0, 8.0, 8.0]), kept=np.array([0.25, 0.5, 1.0]))
    fig = gradients_left({"before": {"RNN": left}, "after": {"RNN": left}}, "Gradients")
    assert [axes.get_title() for axes in fig.axes] == ["before", "after"]
    for axes in fig.axes:
        measured, bound, kept = (np.asarray(line.get_ydata()) for line in axes.lines)
        np.testing.assert_allclose(measured, norms / 4)
        np.testing.assert_allclose(bound, 2)
        np.testing.assert_allclose(kept, [0.25, 0.5, 1])  # what is kept is a share already
        assert axes.lines[0].get_xdata().tolist() == [2, 1, 0]  # type: ignore[union-attr]
    assert len(fig.legends) == 1
    other = gradients_left({"one": {"RNN": left}, "two": {"GRU": left}}, "Gradients")
    assert not other.legends
    assert all(axes.get_legend() for axes in other.axes)
