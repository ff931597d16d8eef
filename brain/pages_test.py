"""What pages say of trainings: means and spreads, what is missing, commands and machines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brain import spec
from brain.names import RECIPES
from brain.pages import (
    NOTHING,
    agreement,
    apart,
    commands,
    groups,
    machines,
    page_of,
    rewritten,
    score,
    spread,
    table,
)
from brain.records import Record
from brain.testing.records import MODEL, made
from brain.testing.refusals import refusal

RECORD = made()


def seeded(seed: int, accuracy: float, **changes: object) -> Record:
    recipe = replace(RECORD.recipe, seed=seed)
    made = replace(
        RECORD,
        recipe=recipe,
        command=f"brain train small --seed {seed}",
        test={"loss": 1.0, "accuracy": accuracy},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def named(record: Record, name: str) -> Record:
    return replace(record, name=name, recipe=replace(record.recipe, name=name))


def test_small_scores_keep_two_digits() -> None:
    assert spread([0.5, 0.7]) == "0.6000 ± 0.1414"
    assert spread([0.000131, 0.000065]) == "0.000098 ± 0.000047"
    assert spread([0.0]) == "0.0000"
    assert spread([99.124], "%") == "99.12"


def test_a_table_has_mean_and_spread_over_the_seeds() -> None:
    records = [seeded(0, 0.99), seeded(1, 0.991), seeded(2, 0.992)]
    records += [seeded(0, 0.98, engine="torch", device="cuda", seconds=4.0)]
    rows = table(records).splitlines()
    assert rows[2:] == [
        "| small | numpy | 3 | 99.10 ± 0.10 % | 25 | 15.5 | 10 |",
        "| small | torch, cuda | 1 | 98.00 % | 25 | 15.5 | 2 |",
    ]
    assert {row.count("|") for row in rows} == {8}


def test_what_has_no_record_is_not_measured_and_what_nobody_asked_for_comes_last() -> None:
    rows = table([named(RECORD, "other"), RECORD], ["absent", "small"]).splitlines()
    assert [row.split(" | ")[:2] for row in rows[2:]] == [
        ["| absent", NOTHING], ["| small", "numpy"], ["| other", "numpy"]
    ]  # fmt: skip
    assert {row.count("|") for row in rows} == {8}


def test_a_run_of_another_name_is_its_recipes() -> None:
    renamed = replace(RECORD, name="small-again")
    assert [len(same) for same in groups([RECORD, renamed])] == [2]
    unnamed = replace(RECORD, recipe=replace(RECORD.recipe, name=""), name="m-moons")
    assert "| m-moons | numpy | 1 |" in table([unnamed])


def test_cpu_seconds_are_not_told_of_what_was_stopped_and_resumed() -> None:
    cells = [row.split(" | ")[-2] for row in table([replace(RECORD, resumed=True)]).splitlines()]
    assert cells[0] == "CPU seconds an epoch"
    assert cells[2] == NOTHING
    rows = table([seeded(0, 0.9, resumed=True), seeded(1, 0.9, cpu_seconds=4.0)]).splitlines()
    assert rows[2].endswith("| 2 | 10 |")


def test_recipes_engines_and_devices_are_in_order() -> None:
    first, second = list(RECIPES)[:2]
    one, other = named(RECORD, first), named(RECORD, second)
    gpu = replace(one, engine="torch", device="cuda", gpu="A GPU")
    found = [other, gpu, replace(one, engine="tensorflow"), replace(one, engine="torch"), one]
    assert [(same[0].recipe_name, same[0].engine, same[0].device) for same in groups(found)] == [
        (first, "numpy", "cpu"),
        (first, "torch", "cpu"),
        (first, "torch", "cuda"),
        (first, "tensorflow", "cpu"),
        (second, "numpy", "cpu"),
    ]
    assert f"| {first} | torch, A GPU | 1 |" in table(found)


def test_what_a_training_is_judged_by() -> None:
    def judged(model: spec.Model) -> tuple[float, str]:
        return score(replace(RECORD, recipe=replace(RECORD.recipe, model=model)))

    assert judged(MODEL) == (99.0, "%")
    steps = (spec.Embedding(4, 3), spec.GRU(2, return_sequences=True), spec.Dense(4))
    assert judged(spec.Model("t", (9,), steps, spec.SoftmaxCrossEntropy())) == (1.0, "nats a step")
    number = spec.Model("n", (2,), (spec.Dense(1),), spec.MeanSquaredError())
    assert judged(number) == (1.0, "squared error")


def test_how_far_engines_are_apart() -> None:
    numpy = [seeded(0, 0.99), seeded(1, 0.992)]
    torch = [replace(record, engine="torch") for record in (seeded(0, 0.98), seeded(1, 0.98))]
    assert list(agreement(numpy)) == []  # one engine alone
    (line,) = agreement([*numpy, *torch])
    assert line.startswith("- small: the engines' means lie within 1.1, ")
    assert line.endswith("deviate by up to 0.14.\n")
    assert apart([[1.0], [1.5]]).endswith(f"within 0.5; how far seeds lie apart is {NOTHING}")


def test_commands_that_differ_by_their_seed_are_one_line() -> None:
    found = [seeded(seed, 0.9) for seed in (2, 0, 1)]
    found.append(
        seeded(0, 0.9, engine="torch", command="brain train small --seed 0 --engine torch")
    )
    assert commands(found).splitlines() == [
        "```bash",
        "brain train small --seed S   # S = 0, 1, 2",
        "brain train small --seed 0 --engine torch",
        "```",
    ]


def test_where_and_when() -> None:
    later = seeded(1, 0.9, begun="2026-12-01T00:00:00+00:00", load=3.0, threads=1)
    later = replace(later, device="cuda", gpu="A GPU", versions={"python": "3.13", "torch": "2"})
    told = machines([RECORD, later])
    assert told.startswith(
        "a processor, 2 cores, 2 threads; a processor, 2 cores, 1 thread, A GPU; "
        "python 3.12 and 3.13, torch 2; 2026-11-22 to 2026-12-01. "
    )
    assert "0.1 to 3.0 processes" in told


def test_only_what_is_between_the_markers_is_replaced() -> None:
    begin, end, page = "<!-- b -->", "<!-- e -->", Path("README.md")
    text = f"before\n{begin}\nold\n{end}\nafter\n"
    made = rewritten(text, begin, end, "new\n", page)
    assert made == f"before\n{begin}\n\nnew\n\n{end}\nafter\n"
    assert rewritten(made, begin, end, "new", page) == made
    for broken in ("nothing", f"{end}{begin}", begin):
        message = refusal(lambda broken=broken: rewritten(broken, begin, end, "new", page))  # type: ignore[misc]
        assert message == "README.md lacks the markers between which the results stand."


@pytest.mark.parametrize("own", [True, False])
def test_the_page_of_a_track_is_the_first_of_its_branch(tmp_path: Path, own: bool) -> None:
    (tmp_path / "cnn").mkdir()
    page = tmp_path / ("cnn" if own else "") / "README.md"
    page.touch()
    assert page_of(tmp_path / "cnn") == page
