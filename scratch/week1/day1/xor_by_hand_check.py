"""How `xor_by_hand` is checked: many weights are right, so what they do is looked at."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake

FORM = "return three neurons, each a pair of a list of two weights and a bias, all plain numbers"
TEXT = "this is text: write the numbers without quotation marks"
UNSURE = (
    "the decisions are right, but an output lies between 0.1 and 0.9: make weights and bias "
    "of each neuron larger by the same factor"
)
TOO_SOFT = (
    "your gates are right, but the first two are so unsure that the third one errs: make weights "
    "and bias of each neuron larger by the same factor"
)


def together(first: str, second: str, third: str, all_three: str) -> str:
    """What is said where the three do not make XOR."""
    three = f"'{first}', '{second}' and then '{third}'"
    return f"your neurons are {three}; together they make '{all_three}', not XOR"


def probe(answer, ask: Ask) -> None:
    """The weights."""
    ask(answer.xor_by_hand)


def judge(answers: Sequence[Answer]) -> str | None:
    """What the three neurons are, if together they are not XOR."""
    from scratch.week1.gates import gate_of, has_text, neuron_in, outputs_of, sure

    value = answers[0].value if answers else None
    neurons = [neuron_in(one) for one in value] if isinstance(value, tuple | list) else []
    known = [neuron for neuron in neurons if neuron is not None]
    if len(known) != 3 or len(neurons) != 3:
        return TEXT if has_text(value) else FORM
    hidden = np.stack([outputs_of(neuron) for neuron in known[:2]], axis=1)
    said = outputs_of(known[2], hidden)
    if gate_of(said) != "XOR":
        if gate_of(outputs_of(known[2], np.where(hidden > 0.5, 1.0, 0.0))) == "XOR":
            return TOO_SOFT
        return together(*(gate_of(outputs_of(neuron)) for neuron in known), gate_of(said))
    return None if sure(said) else UNSURE


exercise = Exercise(
    title="XOR, by three neurons",
    page="theory/neural-network.md",
    hints=(
        "Say it in words: one or the other, but not both. That is two gates, joined by a third.",
        "XOR = OR and NAND; why one neuron cannot do it and two layers can: "
        "theory/neural-network.md, 'Why XOR needs a hidden layer'; its chain of layers is (3).",
        "first: OR, equal positive weights w and a bias of -w / 2; second: NAND, AND's weights and "
        "bias with the other sign; third: your AND gate, whose inputs are the outputs of those two",
    ),
    mistakes=(
        Mistake(together("OR", "AND", "AND", "AND"), {"([-10, -10], 15)": "([10, 10], -15)"}),
        Mistake(together("OR", "NAND", "OR", "always 1"), {"[10, 10], -15": "[10, 10], -5"}),
        Mistake(together("OR", "NAND", "NAND", "XNOR"), {"([10, 10], -15)": "([-10, -10], 15)"}),
        Mistake(together("AND", "NAND", "AND", "always 0"), {"-5)": "-15)"}),
        Mistake(UNSURE, {"([10, 10], -15)": "([1, 1], -1.5)"}),
        Mistake(FORM, {"return first, second, third": "return first, second"}),
        Mistake(TEXT, {"([10, 10], -15)": "(['10', '10'], '-15')"}),
        Mistake(
            TOO_SOFT,
            {
                "([10, 10], -5)": "([2, 2], -1)",
                "([-10, -10], 15)": "([-2, -2], 3)",
                "([10, 10], -15)": "([2, 2], -3)",
            },
        ),
    ),
    judge=judge,
    read_next="theory/neural-network.md, 'Why XOR needs a hidden layer': the proof, and how often "
    "such a network finds these weights by itself",
)
