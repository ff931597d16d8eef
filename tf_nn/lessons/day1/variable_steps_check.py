"""How `variable_steps` is checked."""

from numbers import Real

from brain.learn import Ask, Exercise, Mistake


class Bowl:
    """The loss sum(c * (w - t) ** 2), with its lowest point at t."""

    def __init__(self, centre, curve) -> None:
        self.centre, self.curve = centre, curve

    def __call__(self, w):
        difference = w - self.centre
        return sum(self.curve[i] * difference[i] ** 2 for i in range(len(self.curve)))

    def __repr__(self) -> str:
        return f"sum({self.curve} * (w - {self.centre}) ** 2)"


def probe(answer, ask: Ask) -> None:
    """One step, three steps, then ten in a random bowl."""
    import tensorflow as tf

    bowl, start = Bowl([3.0, -1.0], [1.0, 2.0]), tf.zeros(2)
    losses, _ = ask(answer.variable_steps, bowl, start, 0.1, 1)
    ask.note("whether the losses are plain numbers", [isinstance(one, Real) for one in losses])
    ask(answer.variable_steps, bowl, start, 0.1, 3)
    centre, curve = (ask.draw.uniform(0.5, 1.5, 4).tolist() for _ in range(2))
    ask(answer.variable_steps, Bowl(centre, curve), tf.zeros(4), 0.05, 10)


exercise = Exercise(
    title="Ten steps of a variable",
    page="theory/optimizers.md",
    hints=(
        "`w = w - ...` makes a tensor of w. What does the next tape watch then?",
        "Equation (2) of theory/optimizers.md with mu = 0: `assign_sub` takes away in place. No "
        "old gradient is left over here: each tape begins anew.",
        "with a tape: loss = f of w; append the loss as a number; take rate times the gradient of "
        "the loss from the variable",
    ),
    mistakes=(
        Mistake("this climbs: a step goes against the gradient", {"assign_sub": "assign_add"}),
        Mistake(
            "w is set to the step itself: take the step away from what w was",
            {"assign_sub": "assign"},
        ),
        Mistake(
            "w is a tensor after this step, which no tape watches: change the variable",
            {
                "w.assign_sub(rate * tape.gradient(loss, w))": "w = w - rate * "
                "tape.gradient(loss, w)"
            },
        ),
        Mistake(
            "the loss is computed outside of the tape, which saw nothing",
            {"            loss = f(w)": "            pass\n        loss = f(w)"},
        ),
        Mistake("the learning rate is missing in the step", {"rate * tape": "tape"}),
        Mistake(
            "the loss is noted after the step: note the one that the gradient belongs to",
            {
                "        losses.append(float(loss))\n": "",
                "tape.gradient(loss, w))": "tape.gradient(loss, w))\n"
                "        losses.append(float(f(w)))",
            },
        ),
        Mistake(
            "the losses are tensors: note plain numbers",
            {"losses.append(float(loss))": "losses.append(loss)"},
        ),
        Mistake(
            "nothing moves: `-` makes a new tensor; the variable is changed by `assign_sub`",
            {"w.assign_sub(rate * tape.gradient(loss, w))": "w - rate * tape.gradient(loss, w)"},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8, and ten steps follow one another
    read_next="theory/optimizers.md up to (2); then tf_nn/optimizers.py",
)
