"""Every forecaster that a figure is of is in it, and named where it is."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

from brain import data
from rnn.forecasting import figures, records
from rnn.forecasting.networks import Training
from rnn.forecasting.study import Plan, Settings, Trial, study

SERIES = data.series("sine", n=200, noise=0.1)
PLAN = Plan(Settings(length=8, horizon=4, every=6, training=Training(1)), paths=5)


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    """A small study of a wave."""
    return list(study(PLAN, SERIES))


def written(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_the_lines_of_errors_are_named_at_their_ends(trials: list[Trial]) -> None:
    figure = figures.by_horizon(records.record("a command", SERIES, PLAN, trials))
    left, *panels = figure.axes
    assert set(written(left)) == {trial.label for trial in trials}
    places = sorted(text.get_position()[1] for text in left.texts)
    low, high = left.get_ylim()
    assert np.diff(places).min() > 0.05 * (high - low)  # none on another
    assert low < places[0] < places[-1] < high
    assert [panel.get_title() for panel in panels] == [t.label for t in trials if t.test.bands]
    for panel in panels:  # two shares, and beside each what it should be
        assert [line.get_linestyle() for line in panel.lines] == ["-", "-", "--", "--"]
        assert written(panel) == ["80", "95"]


def test_without_intervals_the_errors_stand_alone(trials: list[Trial]) -> None:
    naive = [trial for trial in trials if not trial.test.bands]
    figure = figures.by_horizon(records.record("a command", SERIES, PLAN, naive))
    (axes,) = figure.axes
    assert set(written(axes)) == {trial.label for trial in naive}


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_one_step_ahead_everybody_has_a_panel(trials: list[Trial], count: int) -> None:
    chosen = trials[:count]
    figure = figures.one_step(SERIES, chosen)
    panels = [axes for axes in figure.axes if axes.get_title()]
    for axes, trial in zip(panels, chosen, strict=True):
        truth, said = trial.test.truth[:, 0], trial.test.forecast[:, 0]
        error = f"mean error {np.mean(np.abs(truth - said)):.3g}"
        assert axes.get_title().startswith(trial.label)
        assert error in axes.get_title()
        np.testing.assert_array_equal(axes.lines[1].get_ydata(), said)
    below = [axes.get_xlabel() for axes in panels]
    assert below.count("time t") == (1 if count <= 2 else 2)


def test_a_forecast_begins_where_what_is_known_ends(trials: list[Trial]) -> None:
    figure = figures.fans(SERIES, trials[-2:])
    known, truth, said = figure.axes[0].lines
    end = np.asarray(known.get_xydata())[-1]
    for line in (truth, said):
        points = np.asarray(line.get_xydata())
        np.testing.assert_array_equal(points[0], end)
        assert len(points) == PLAN.settings.horizon + 1
