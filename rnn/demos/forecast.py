"""A GRU continues the airline passengers a year ahead, beside what simple rules say.

The series of Box and Jenkins (1976): it grows, and each year repeats the one before, only larger.
"""

from __future__ import annotations

from brain.alone import main
from brain.stage import Stage
from rnn.forecasting import tables
from rnn.forecasting.show import perform
from rnn.forecasting.study import SETTINGS, Plan, Settings, named_or_computed


def run(stage: Stage) -> None:
    """Backtest a GRU, recursive and direct, beside naive rules and a linear autoregression."""
    present(stage, "forecast", "airline", "sine")


def present(stage: Stage, demo: str, name: str, instead: str) -> None:
    """The study of one series as a demo: pictures named after `demo`, a table, who was better."""
    series, sentence = named_or_computed(name, instead)
    if sentence:
        stage.say(sentence)
    settings = SETTINGS.get(series.name, Settings())
    stage.say(
        f"{series.title}: prepared by {settings.preparation}; {settings.length} values are seen"
    )
    plan = Plan(settings, seeds=(stage.seed,))
    found = perform(stage, plan, series, demo, f"brain run {demo}")
    stage.console.print(tables.terminal(found, stage.console.width))
    for line in tables.sentences(found, stage.console.width):
        stage.say(line)


if __name__ == "__main__":
    main(run)
