"""The menu: every demo with what it teaches; picked by arrow keys, by number, by name."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from brain.commands import menu
from brain.names import DEMOS
from brain.testing.refusals import refusal

NAMES = list(DEMOS)
DOWN, ENTER, CTRL_C = "\x1b[B", "\r", "\x03"


class Terminal(io.StringIO):
    """Standard input of a user who is there."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr("sys.stdin", Terminal())
    return Console(force_terminal=True, file=io.StringIO(), width=80)


def typed(keys: str) -> str:
    """What the menu with arrow keys answers to these keys."""
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        return menu._picked()


@pytest.mark.parametrize(
    ("keys", "number"),
    [(ENTER, 1), (DOWN + ENTER, 2), (2 * DOWN + ENTER, 3), ("4" + ENTER, 4), ("1" + ENTER, 1)],
)
def test_arrow_keys_and_numbers(keys: str, number: int) -> None:
    assert typed(keys) == NAMES[number - 1]


@pytest.mark.parametrize("number", range(10, len(NAMES) + 1))
def test_numbers_of_two_digits(number: int) -> None:
    assert typed(str(number)) == NAMES[number - 1]
    assert "10 and above start at once" in menu.QUESTION


def test_ctrl_c_leaves_the_menu() -> None:
    with pytest.raises(KeyboardInterrupt):
        typed(DOWN + CTRL_C)


@pytest.mark.parametrize(
    "answers", [["{number}"], ["{name}"], [" {name} "], ["9999", "", "{name}"]]
)
def test_a_plain_terminal_asks_until_it_has_a_number_or_a_name(
    terminal: Console, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    replies = iter([answer.format(number=2, name=NAMES[1]) for answer in answers])
    monkeypatch.setattr(terminal, "input", lambda prompt: next(replies))
    assert menu.choose(terminal) == NAMES[1]


def test_an_input_that_ends_is_a_sentence(
    terminal: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert refusal(lambda: menu.choose(terminal)) == "no demo was chosen."


def test_without_somebody_to_ask_it_says_what_to_do(terminal: Console) -> None:
    text = refusal(lambda: menu.choose(Console(file=io.StringIO())))
    assert text == "name a demo, or --all; `brain run --list` shows them."


def test_every_demo_fits_one_line() -> None:
    for name, demo in DEMOS.items():
        line = menu.line(name, demo)
        assert len(line) <= 74  # 80 columns, less the number and a mark
        assert line.split()[0] == name
        assert demo.what in line
        assert line.endswith(f" {demo.seconds} s")
        assert demo.seconds > 0


def test_the_listing_has_every_demo_under_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    menu.listing(Console(width=80))
    lines = capsys.readouterr().out.splitlines()
    groups = list(dict.fromkeys(demo.group for demo in DEMOS.values()))
    assert [line for line in lines if not line.startswith(" ")] == groups
    listed = [line.split() for line in lines if line.startswith(" ")]
    assert [row[:2] for row in listed] == [[f"{n}.", name] for n, name in enumerate(NAMES, 1)]
