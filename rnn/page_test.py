"""The track's page says what its records say, and shows pictures that are there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from brain import spec
from brain.pages import NOTHING
from brain.records import Record, read_all
from brain.testing.pages import check_pictures
from brain.testing.records import made
from rnn.baselines import Counted
from rnn.models import char_gru, memory_gru
from rnn.page import OWN, PAGE, RECORDS, STEPS, page, regenerated


def record(name: str, model: spec.Model, data: str, **changes: Any) -> Record:
    usual = {"parameters": 1000, "epochs": (), "test": {"loss": 1.75, "accuracy": 0.5}}
    return made(name, model, data, **{**usual, **changes})


COUNTED = {"hamlet": Counted("hamlet", "python -m rnn.baselines hamlet", 10, {"bigram": 2.5})}


def test_the_page_is_as_its_records_make_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == regenerated(), "run: python -m rnn.page"


def test_its_records_are_whole_trainings() -> None:
    for found in read_all(RECORDS):
        assert found.recipe.rows is None  # not the quick mode
        assert found.steps > 100
        text = found.recipe.data in ("hamlet", "tinyshakespeare")
        assert (found.in_order is not None) == text


def test_its_pictures() -> None:
    check_pictures(PAGE)


def test_what_has_no_record_is_not_measured() -> None:
    lines = "\n".join(page([], {}, [])).splitlines()
    found = [line.split(" | ")[:2] for line in lines if line.startswith("| ") and NOTHING in line]
    assert sorted(found) == sorted([f"| {name}", NOTHING] for name in (*STEPS, *OWN))
    assert f"Forecasts twelve steps ahead: {NOTHING}." in lines


def test_a_text_has_counting_and_both_figures_of_each_network() -> None:
    found = [record("hamlet", char_gru(), "hamlet", in_order=1.5)]
    found += [record("char-gru-hamlet", char_gru(), "hamlet")]
    lines = "\n".join(page(found, COUNTED, [])).splitlines()
    assert "| bigram | counting |  |  | 2.5000 |  |  |  |" in lines
    assert "| hamlet | numpy | 1 | 1.7500 | 1.5000 | 1,000 | 31 | 20 |" in lines
    assert f"| char-gru-hamlet | numpy | 1 | 1.7500 | {NOTHING} | 1,000 | 31 | 20 |" in lines
    assert "Counting: `python -m rnn.baselines hamlet`." in lines
    widths = {line.count("|") for line in lines if line.startswith(("| bigram", "| hamlet"))}
    assert widths == {9}


def test_how_far_engines_are_apart_on_a_text() -> None:
    one = record("hamlet", char_gru(), "hamlet", in_order=1.5)
    text = "\n".join(page([one, replace(one, engine="torch", in_order=1.6)], COUNTED, []))
    assert "hamlet, read in order: the engines' means lie within 0.1;" in text


def test_a_task_and_a_recipe_that_is_not_the_tracks_own() -> None:
    model = memory_gru()
    found = [record("adding-mine", model, "adding", test={"loss": 0.0123, "r2": 0.9})]
    found.append(replace(found[0], recipe=replace(found[0].recipe, seed=1), test={"loss": 0.1123}))
    lines = "\n".join(page(found, {}, [])).splitlines()
    assert "- adding-mine, numpy, seeds 0, 1: 0.0123, 0.1123" in lines
    assert "| adding-mine | numpy | 2 | 0.0623 ± 0.0707 squared error | 1,000 | 31 | 20 |" in lines


def test_each_memory_task_has_the_level_of_no_memory() -> None:
    lines = "\n".join(page([], {}, [])).splitlines()
    for row in (
        "| no memory: 1/6 | computed |  | 0.1667 squared error |  |  |  |",
        "| no memory: 5 log 8 / 30 | computed |  | 0.3466 nats a step |  |  |  |",
    ):
        assert lines.count(row) == 1
        heading = lines[lines.index(row) - 2]
        assert heading.startswith("| recipe |")
        assert heading.count("|") == row.count("|")
