"""How `second_derivative` is checked."""

from brain.learn import Ask, Exercise, Mistake


class Formula:
    """A function that is written in a label as its formula."""

    def __init__(self, text, function) -> None:
        self.text, self.function = text, function

    def __call__(self, x):
        return self.function(x)

    def __repr__(self) -> str:
        return self.text


def probe(answer, ask: Ask) -> None:
    """A cube at readable places, tanh at random ones, and a linear function."""
    import tensorflow as tf

    x = tf.constant([1.0, 2.0, -1.0])
    ask(answer.second_derivative, Formula("x ** 3", lambda x: x**3), x)
    random = tf.constant(ask.draw.normal(0, 1, (2, 4)), tf.float32)
    ask(answer.second_derivative, Formula("tanh(2 x)", lambda x: tf.tanh(2 * x)), random)
    ask(answer.second_derivative, Formula("3 x + 1", lambda x: 3 * x + 1), x)


exercise = Exercise(
    title="Curvature by two tapes",
    page="theory/autodiff.md",
    hints=(
        "The outer tape has to see how the slope came about: where must `inner.gradient` stand?",
        "The slopes of theory/autodiff.md, (1) to (7), are made of the same operations as the "
        "results, so (9) can go through them too. `inner.gradient` stands inside the outer tape; "
        'the slope of a linear f is unconnected: `unconnected_gradients="zero"`.',
        "with an outer tape that watches x: with an inner tape that watches x: y = f of x; slope = "
        "inner's gradient. Behind both: curvature = outer's gradient of slope, 0 where unconnected",
    ),
    mistakes=(
        Mistake(
            "the outer tape has no way back: it has to watch x, and the slope be taken inside it",
            {"        slope = inner": "    slope = inner"},
        ),
        Mistake(
            "the second derivative of a linear function is None for the tape: return zeros there",
            {', unconnected_gradients="zero"': ""},
        ),
        Mistake(
            "this is the slope twice: the second derivative is the gradient of the slope, not of y",
            {"outer.gradient(slope": "outer.gradient(y"},
        ),
        Mistake(
            "this is the slope squared: differentiate the slope once more",
            {'outer.gradient(slope, x, unconnected_gradients="zero")': "slope**2"},
        ),
        Mistake(
            "the inner tape does not watch x: a tensor that is no variable has to be watched",
            {"            inner.watch(x)\n": ""},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/autodiff.md, 'Why backwards'",
)
