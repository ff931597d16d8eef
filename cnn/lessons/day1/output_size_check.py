"""How `output_size` is checked."""

from numbers import Integral

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Sides that can be counted on paper, then any."""
    ask(answer.output_size, 5, 3)
    ask(answer.output_size, 7, 3, 2)
    number = ask(answer.output_size, 8, 3, 2)
    ask.note("whether it is an integer", isinstance(number, Integral))
    ask(answer.output_size, 28, 5, 1, 2)
    ask(answer.output_size, 10, 4, 3, 1)
    ask(answer.output_size, 9, 2, 4)
    for _ in range(10):
        kernel, stride, padding = (int(n) for n in ask.draw.integers(1, 5, 3))
        ask(answer.output_size, int(ask.draw.integers(8, 40)), kernel, stride, padding)


exercise = Exercise(
    title="How many windows",
    page="theory/conv2d.md",
    hints=(
        "The first window stands at 0. How far can it be pushed to the right until it hits the "
        "end, and how many steps of the stride is that?",
        "P = floor((size + 2 padding - kernel) / stride) + 1: theory/conv2d.md (9), without "
        "dilation.",
        "room = the padded side less the kernel; return (room divided by stride, rounded down) "
        "plus 1",
    ),
    mistakes=(
        Mistake(
            "the first window is not counted: so many steps of the stride lead to so many "
            "windows and one",
            {"stride + 1": "stride"},
        ),
        Mistake(
            "the padding is not used, and the first window is not counted: padding makes the side "
            "longer at both ends, and there is one window more than there are steps",
            {"size + 2 * padding": "size", "stride + 1": "stride"},
        ),
        Mistake(
            "the padding is counted once: it lies at both ends of the side",
            {"2 * padding": "padding"},
        ),
        Mistake(
            "a quotient that does not come out even is not rounded down: divide whole numbers, "
            "since there are no parts of a window",
            {"//": "/"},
        ),
        Mistake(
            "the number is right, but a float such as 3.0: return an integer",
            {"(padded - kernel) // stride": "(padded - kernel) / stride // 1"},
        ),
        Mistake(
            "the quotient is rounded up: a window that only begins on the "
            "image does not count, so round down",
            {"(padded - kernel) // stride": "-((kernel - padded) // stride)"},
        ),
        Mistake(
            "the 1 is added before the division: count the steps of the stride first, then add "
            "the first window",
            {"(padded - kernel) // stride + 1": "(padded - kernel + 1) // stride"},
        ),
        Mistake(
            "the stride is not used: it divides the room that a window has to move in",
            {" // stride": ""},
        ),
        Mistake(
            "this is how often the stride fits into the side: a window needs `kernel` cells of "
            "it, so the room that it moves in is less",
            {"(padded - kernel)": "padded"},
        ),
        Mistake(
            "the padding is not used: it makes the side longer, at both ends",
            {"size + 2 * padding": "size"},
        ),
        Mistake(
            "the quotient is rounded to the nearest number: half a window does not count, so "
            "round down",
            {"(padded - kernel) // stride": "round((padded - kernel) / stride)"},
        ),
        Mistake(
            "the last place where a window fits is not counted: it may end exactly where the "
            "image does",
            {"(padded - kernel) // stride + 1": "-((kernel - padded) // stride)"},
        ),
        Mistake(
            "windows that hang over the end are counted: all of a window must lie on cells",
            {"(padded - kernel) // stride + 1": "-(-padded // stride)"},
        ),
    ),
    read_next=(
        "theory/conv2d.md, 'How many windows': padding that is found so that a size comes out"
    ),
)
