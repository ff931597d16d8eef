"""A study carried out on a stage: trained before the reader's eyes, drawn, recorded."""

from __future__ import annotations

from brain.data import Series
from brain.stage import Stage
from rnn.forecasting import figures, records, study
from rnn.forecasting.networks import unwatched
from rnn.forecasting.records import Record
from rnn.forecasting.study import Plan, Trial

QUICK = 600
"""The values at the end of a series that are enough to see that it works."""


def perform(
    stage: Stage, plan: Plan, series: Series, name: str, command: str, watched: bool = True
) -> Record:
    """Run `plan` on `series` and draw it, pictures named after `name`; the record.

    On a stage that is `quick` the plan is too, and only the end of the series is taken. Without
    `watched` no training is shown, where there are very many.
    """
    if stage.quick:
        plan, series = plan.quick(), study.last_part(series, QUICK)
    if not watched:
        with stage.console.status("backtest") as status:
            trials = list(study.study(plan, series, unwatched, status.update))
    else:
        trials = list(study.study(plan, series, stage.watch))
    found = records.record(command, series, plan, trials)
    draw(stage, series, name, trials, found)
    return found


def draw(stage: Stage, series: Series, name: str, trials: list[Trial], found: Record) -> None:
    """Three figures: forecasts with intervals, one step ahead, and the errors of all."""
    first = found.settings["seeds"][0]
    rules = [trial for trial in trials if trial.seed is None]
    drawn = [trial for trial in trials if trial.seed == first]
    stage.picture(f"{name}-forecasts", figures.fans(series, drawn))
    stage.picture(f"{name}-one-step", figures.one_step(series, [*rules, *drawn]))
    stage.picture(f"{name}-errors", figures.by_horizon(found))
