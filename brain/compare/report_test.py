"""What a comparison found is told whole: to a program as strict JSON, to a reader in 80 columns."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from brain.compare.findings import Finding, Noise, Verdict
from brain.compare.report import UNDECIDED, Report, Training, differences, summary
from brain.compare.tables import Name, training_table, verdict_table

FINE = Finding(1e-16, 1e-14, "dense1", 2e-16, 1.0, "[0, 3]")
BAD = Finding(3e-2, 1e-14, "dense2.weight")
BROKEN = Finding(math.inf, 1e-14, "dense2")
ONE_PASS = {"outputs": 4e-7, "predictions": 5e-7, "loss": 6e-8, "gradients": 7e-7}
NAMES = ("outputs", "predictions", "loss", "gradients", "step 1", "step 10", "step 100")


def verdict(
    engine: str,
    first: str = "",
    model: str = "mlp",
    dtype: str = "float64",
    **other: Finding,
) -> Verdict:
    found = {name: other.get(name.replace(" ", "_"), FINE) for name in NAMES}
    return Verdict(model, engine, dtype, found, first)


def training(**findings: Finding) -> Training:
    engines = ["numpy", *findings]
    return Training(
        data="fashion_mnist",
        model="softmax-regression",
        dtype="float32",
        scores=dict.fromkeys(engines, 0.9876),
        seconds=dict.fromkeys(engines, 123.4),
        metric="accuracy",
        findings={engine: {"loss": f, "score": FINE} for engine, f in findings.items()},
    )


def report(*verdicts: Verdict, trainings: tuple[Training, ...] = ()) -> Report:
    models = dict.fromkeys(v.model for v in verdicts)
    distances, one_pass = {"1": 3e-8, "10": 9e-8, "100": 3e-7}, dict(ONE_PASS)
    noise = [Noise(model, distances, one_pass=one_pass) for model in models]
    versions = {"numpy": {"numpy": "2.4"}}
    return Report(list(verdicts), noise, list(trainings), versions, {"steps": 100})


def strict(given: Report) -> Any:
    """The report as a strict reader of JSON gets it."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    text = json.dumps(given.to_json(), allow_nan=False)
    return json.loads(text, parse_constant=refuse)


def test_the_json_has_its_schema() -> None:
    read = strict(report(verdict("torch"), trainings=(training(torch=FINE),)))
    assert read["schema"] == 1
    assert (read["answer"], read["equal"]) == ("equal", True)
    assert read["reached"] == {"float64": {"equal": ["mlp"], "undecided": [], "differs": []}}
    assert read["beyond"] == {}
    assert read["settings"] == {"steps": 100}
    assert read["versions"] == {"numpy": {"numpy": "2.4"}}
    assert set(read["system"]) == {"python", "machine"}
    (model,) = read["models"]
    assert model["model"] == "mlp"
    assert model["engine"] == "torch"
    assert model["dtype"] == "float64"
    assert model["equal"] is True
    assert model["first"] == ""
    assert model["rounding_alone"] == {**ONE_PASS, "1": 3e-8, "10": 9e-8, "100": 3e-7}
    assert {*model["quantities"], *(f"step {n}" for n in model["parameters_after"])} == set(NAMES)
    assert model["answer"] == "equal"
    (learned,) = read["trainings"]
    assert learned["equal"] is True
    assert learned["scores"] == {"numpy": 0.9876, "torch": 0.9876}
    assert learned["metric"] == "accuracy"
    for finding in (*model["quantities"].values(), *learned["findings"]["torch"].values()):
        assert finding == {
            **{"error": 1e-16, "budget": 1e-14, "worst": "dense1"},
            **{"most": 2e-16, "ulps": 1.0, "place": "[0, 3]"},
        }


def test_errors_that_are_not_finite_are_null() -> None:
    read = strict(report(verdict("torch", loss=BROKEN, step_1=Finding(math.nan, 1.0))))
    (model,) = read["models"]
    assert model["equal"] is read["equal"] is False
    loss = model["quantities"]["loss"]
    assert (loss["error"], loss["budget"], loss["worst"]) == (None, 1e-14, "dense2")
    assert loss["most"] is loss["ulps"] is None
    assert model["parameters_after"]["1"]["error"] is None


def test_one_difference_anywhere_is_a_difference() -> None:
    fine = verdict("torch")
    assert report(fine, trainings=(training(torch=FINE),)).answer == "equal"
    assert report(fine, verdict("tensorflow", loss=BAD)).answer == "differs"
    assert report(fine, trainings=(training(torch=BAD),)).answer == "differs"


def rendered(table: Table) -> str:
    file = io.StringIO()
    Console(file=file, width=80).print(table)
    shown = file.getvalue()
    assert "…" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 80
    return shown


ENGINES = ("torch", "tensorflow", "scratch.engine:NumpyNetwork", "somewhere.else.far:MyNetwork")


def test_the_table_shows_every_engine_in_80_columns() -> None:
    verdicts = [verdict(engine, model=m) for m in ("mlp", "mlp-residual") for engine in ENGINES]
    given = report(*verdicts)
    shown = rendered(verdict_table(given.verdicts, given.noise))
    for word in ("mlp", "mlp-residual", "float64 torch", "tensorflow", "rounding alone", "equal"):
        assert word in shown
    assert "1e-16" in shown
    (alone, *_) = (line for line in shown.splitlines() if "rounding alone" in line)
    # of outputs and predictions, which share a column, the larger
    assert alone.split()[2:] == ["5e-07", "6e-08", "7e-07", "3e-08", "9e-08", "3e-07"]
    assert "differs" not in shown


@pytest.mark.parametrize("width", [80, 120])
def test_an_import_path_is_broken_behind_its_dots_and_its_colon(width: int) -> None:
    engine = "scratch.testing.faulty:NoSecondWay"
    given = report(verdict(engine))
    file = io.StringIO()
    Console(file=file, width=width).print(verdict_table(given.verdicts, given.noise))
    words = file.getvalue().partition("rounding alone")[0].split()
    path = [word for word in words if word.endswith((".", ":")) or "Way" in word]
    assert "".join(path) == engine
    assert len(path) == {80: 2, 120: 1}[width]


def test_a_name_takes_the_fewest_lines_and_breaks_in_a_part_only_if_it_must() -> None:
    name = Name("scratch.testing.faulty:NoSecondWay", "  float64 ")
    assert list(name.lines(44)) == ["  float64 scratch.testing.faulty:NoSecondWay"]
    assert list(name.lines(43)) == ["  float64", "    scratch.testing.faulty:NoSecondWay"]
    assert list(name.lines(24)) == ["  float64", "    scratch.testing.", "    faulty:NoSecondWay"]
    narrow = ["    scratch.", "    testing.", "    faulty:", "    NoSecond", "    Way"]
    assert list(name.lines(12)) == ["  float64", *narrow]
    for width in range(1, 60):
        assert "".join("".join(name.lines(width)).split()) == "float64" + name.name
    assert list(Name("memory-bilstm").lines(10)) == ["memory-", "bilstm"]


def test_the_table_has_room_for_a_last_step() -> None:
    found = {**verdict("tensorflow").quantities, "step 100000": BAD}
    last = Verdict("softmax-regression", "tensorflow", "float32", found)
    noise = [Noise("softmax-regression", {"1": 3e-8, "100000": 1e-3})]
    shown = rendered(verdict_table([last], noise))
    assert "100000" in shown
    assert "3e-02" in shown
    assert "1e-03" in shown
    assert "differs" in shown


def test_the_table_shows_how_much_of_the_budget_is_used() -> None:
    def used(finding: Finding) -> str:
        given = report(verdict("torch", loss=finding))
        return rendered(verdict_table(given.verdicts, given.noise))

    assert "50%" in used(Finding(1.0, 2.0))
    assert "200%" in used(Finding(2.0, 1.0))
    assert "1%" in used(Finding(0.0, 1.0))  # that of the others
    assert "3e+12x" in used(BAD)
    assert "inf" in used(BROKEN)


def test_predictions_are_shown_with_the_outputs() -> None:
    given = report(verdict("torch", predictions=BAD))
    assert "3e-02" in rendered(verdict_table(given.verdicts, given.noise))


def test_differences_say_where_and_what() -> None:
    lines = differences(
        [verdict("torch"), verdict("tensorflow", "dense2, backward", gradients=BAD, loss=BROKEN)]
    )
    assert lines == [
        "mlp, float64, tensorflow: they part first at dense2, backward; "
        "loss inf (budget 1.0e-14, dense2); gradients 3.0e-02 (budget 1.0e-14, dense2.weight)"
    ]
    (line,) = differences([verdict("torch", step_1=Finding(5.0, 0.5))])
    assert line == "mlp, float64, torch: step 1 5.0e+00 (budget 5.0e-01)"
    large = Finding(3.1e-2, 1e-14, "dense1.weight", 0.021, 9.4e13, "[3, 7]")
    (line,) = differences(
        [verdict("torch", gradients=large, loss=replace(large, worst="", place=""))]
    )
    assert line == (
        "mlp, float64, torch: loss 3.1e-02 (budget 1.0e-14, 0.021, 9.4e+13 ULP); gradients 3.1e-02 "
        "(budget 1.0e-14, dense1.weight at [3, 7]: 0.021, 9.4e+13 ULP)"
    )
    assert differences([verdict("torch", step_1=Finding(0.7, 0.5))]) == []  # over, but undecided


def test_the_table_of_trainings_judges_each_engine_by_its_own() -> None:
    given = training(torch=FINE, **{"scratch.engine:NumpyNetwork": BAD})
    lines = rendered(training_table([given])).splitlines()
    (mine,) = [line for line in lines if " torch " in line]
    (reference,) = [line for line in lines if " numpy " in line]
    (faulty,) = [line for line in lines if "3e-02" in line]
    assert mine.rstrip().endswith("equal")
    assert faulty.rstrip().endswith("differs")
    assert "reference" in reference
    for line in (mine, reference, faulty):
        assert "98.76%" in line
        assert "123.4" in line


def test_a_score_that_is_no_share_is_a_number() -> None:
    given = training(torch=FINE)
    given.metric = "r2"
    assert "0.9876" in rendered(training_table([given]))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_table_of_trainings_shows_every_engine(engine: str) -> None:
    shown = rendered(training_table([training(**{engine: FINE})]))
    assert engine in "".join(shown.split()) or len(engine) > 20


def test_what_float64_does_not_reach_is_told() -> None:
    wide = verdict("torch", model="wild", step_100=Finding(2e-7, 1e-3))
    lines = summary([verdict("torch"), verdict("tensorflow"), wide])
    assert lines == [
        "float64 within 1e-12 in one pass and 1e-08 after up to 100 steps: 1 of 2 models",
        "not reached: wild (torch step 100 2e-07)",
        "float64 within its budgets: 2 of 2 models",
    ]
    assert summary([]) == []


def test_an_engine_is_named_once_in_what_is_not_reached() -> None:
    wide = [
        verdict(engine, outputs=Finding(3e-12, 1e-11), gradients=Finding(1e-11, 1e-10))
        for engine in ("torch", "tensorflow")
    ]
    told = "torch outputs 3e-12, gradients 1e-11; tensorflow outputs 3e-12, gradients 1e-11"
    assert summary(wide)[1] == f"not reached: mlp ({told})"


def test_no_bound_is_set_for_more_than_100_steps() -> None:
    found = {"step 100": Finding(1e-9, 1e-6), "step 5000": Finding(1e-7, 1e-6)}
    assert "1 of 1" in summary([Verdict("mlp", "torch", "float64", found)])[0]


def test_other_batches_and_more_runs_are_told_below_the_table() -> None:
    noise = [Noise("mlp", {"1": 3e-8}, samples=58, runs=3), Noise("deep", {"1": 3e-8}, 3, 14, 7)]
    verdicts = [verdict("torch", model=floor.model) for floor in noise]
    shown = " ".join(rendered(verdict_table(verdicts, noise)).split())
    assert "steps of 3 samples, from 14, in place of 13: deep" in shown
    assert "of more runs where an engine went further: deep (7)" in shown


CHAOS = verdict("torch", model="deep", dtype="float32", step_100=Finding(2e-2, 0.12))


def test_undecided_is_neither_equal_nor_a_difference() -> None:
    assert report(verdict("torch"), CHAOS).answer == "undecided"
    assert strict(report(CHAOS))["answer"] == "undecided"
    assert strict(report(CHAOS))["equal"] is False
    assert report(CHAOS, verdict("torch", outputs=BAD)).answer == "differs"
    assert report(CHAOS, trainings=(training(torch=BAD),)).answer == "differs"


def test_undecided_is_told_with_its_reason() -> None:
    fine = verdict("torch", dtype="float32")
    lines = summary([fine, CHAOS, verdict("tensorflow", model="deep", dtype="float32")])
    assert lines == [
        "float32 within its budgets: 1 of 2 models; "
        "not decided: deep (step 100: rounding alone reaches 3e-02)",
        UNDECIDED,
    ]
    assert strict(report(fine, CHAOS))["reached"] == {
        "float32": {"equal": ["mlp"], "undecided": ["deep"], "differs": []}
    }


def test_a_model_that_one_engine_does_not_reach_is_not_reached() -> None:
    given = [CHAOS, verdict("tensorflow", model="deep", dtype="float32", loss=BAD)]
    assert summary(given) == ["float32 within its budgets: 0 of 1 models; not equal: deep"]
