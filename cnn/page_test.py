"""The track's page says what its records say, and shows pictures that are there."""

from __future__ import annotations

from dataclasses import replace

from brain import spec
from brain.pages import NOTHING
from brain.records import read_all
from brain.testing.pages import check_pictures
from brain.testing.records import made
from cnn.models import lenet
from cnn.page import OWN, PAGE, RECORDS, STEPS, page, regenerated

TEST = {"loss": 0.03, "accuracy": 0.991}
RECORD = made("lenet-mnist", lenet(), "mnist", epochs=(), test=TEST)


def test_the_page_is_as_its_records_make_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == regenerated(), "run: python -m cnn.page"


def test_its_records_are_whole_trainings_of_this_track() -> None:
    for record in read_all(RECORDS):
        assert record.recipe_name in {*OWN, *STEPS}
        assert record.recipe.rows is None  # not the quick mode
        assert record.steps > 100


def test_its_pictures() -> None:
    check_pictures(PAGE)


def test_what_has_no_record_is_not_measured() -> None:
    lines = "\n".join(page([])).splitlines()
    assert [line.split(" | ")[:2] for line in lines if NOTHING in line] == [
        [f"| {name}", NOTHING] for name in (*STEPS, *OWN)
    ]


def test_how_the_rate_fell_is_said_as_the_records_have_it() -> None:
    one = made(STEPS[0], lenet(), "mnist", epochs=(), test=TEST)
    recipe = replace(one.recipe, optimizer=spec.Adam(spec.Cosine(0.003, 10)))
    falling = replace(one, recipe=recipe)
    words = "Adam each at a learning rate that falls from 0.003 to 0 along a cosine, alike in all"
    assert words in "\n".join(page([falling]))
    for others in ([one], [falling, replace(one, engine="torch")]):
        assert "five epochs of Adam each, alike in all" in "\n".join(page(others))


def test_a_later_record_takes_its_place() -> None:
    command = RECORD.command.replace("numpy", "torch")
    torch = replace(RECORD, engine="torch", command=command, test={"loss": 0.03, "accuracy": 0.99})
    text = "\n".join(page([RECORD, torch]))
    assert "| lenet-mnist | numpy | 1 | 99.10 % | 61,706 | 31 | 20 |" in text
    assert "| lenet-mnist | torch | 1 | 99.00 % | 61,706 | 31 | 20 |" in text
    assert f"| lenet-mnist | {NOTHING}" not in text
    assert "- lenet-mnist: the engines' means lie within 0.1;" in text
    assert RECORD.command in text
