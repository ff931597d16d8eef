"""How `and_gate` is checked: many weights are right, so what they do is looked at."""

from collections.abc import Sequence

from brain.learn import Answer, Ask, Exercise, Mistake

FORM = "return two things: a list of two weights, and the bias, all of them plain numbers"
TEXT = "this is text: write the numbers without quotation marks"
UNSURE = (
    "the decisions are right, but an output lies between 0.1 and 0.9: make both weights and the "
    "bias larger by the same factor"
)
HINTS = {
    "OR": "this is OR, a single 1 is enough: make the bias more negative",
    "NAND": "this is NAND, AND upside down: change the sign of both weights and of the bias",
    "NOR": "this is NOR, 1 only for two zeros: make the weights positive and the bias negative",
    "always 1": "its output is 1 for all four pairs: a negative bias has to hold the sum below 0 "
    "until both inputs are 1",
    "always 0": "its output is 0 even for two inputs of 1: the two weights must outweigh the bias",
    "first input alone": "it listens to the first input alone: give both the same weight",
    "second input alone": "it listens to the second input alone: give both the same weight",
}


def probe(answer, ask: Ask) -> None:
    """The weights."""
    ask(answer.and_gate)


def judge(answers: Sequence[Answer]) -> str | None:
    """What the neuron is, if it is no AND gate."""
    from scratch.week1.gates import gate_of, has_text, neuron_in, outputs_of, sure

    value = answers[0].value if answers else None
    neuron = neuron_in(value)
    if neuron is None:
        return TEXT if has_text(value) else FORM
    said = outputs_of(neuron)
    gate = gate_of(said)
    if gate != "AND":
        return HINTS.get(
            gate, f"this is '{gate}': AND treats both inputs alike, so weights are equal"
        )
    return None if sure(said) else UNSURE


exercise = Exercise(
    title="AND, by weights that you choose",
    page="theory/neural-network.md",
    hints=(
        "Both inputs count alike. Where must the sum be for 1 1, and where for 0 1?",
        "z = w1 x1 + w2 x2 + b, theory/neural-network.md (1), must be above 0 for (1, 1) alone. At "
        "z = 2.2 and more the sigmoid is above 0.9, at -2.2 and less below 0.1.",
        "choose the same large positive weight w for both; choose the bias halfway between -w "
        "(where one input of 1 just reaches 0) and -2 w (where both together do)",
    ),
    mistakes=(
        Mistake(HINTS["OR"], {"-15": "-5"}),
        Mistake(HINTS["always 1"], {"-15": "15"}),
        Mistake(HINTS["always 0"], {"-15": "-25"}),
        Mistake(HINTS["NAND"], {"[10, 10]": "[-10, -10]", "-15": "15"}),
        Mistake(UNSURE, {"[10, 10]": "[1, 1]", "-15": "-1.5"}),
        Mistake(HINTS["second input alone"], {"[10, 10]": "[0, 10]", "-15": "-5"}),
        Mistake(FORM, {"weights, bias": "weights"}),
        Mistake(TEXT, {"[10, 10]": "['10', '10']", "-15": "'-15'"}),
        Mistake(HINTS["NOR"], {"[10, 10]": "[-10, -10]", "-15": "5"}),
    ),
    judge=judge,
    read_next="Nielsen, chapter 1, 'Perceptrons': the same with NAND, of which every circuit "
    "can be built, http://neuralnetworksanddeeplearning.com/chap1.html#perceptrons",
)
