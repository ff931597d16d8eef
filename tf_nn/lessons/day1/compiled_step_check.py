"""How `compiled_step` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One weight by hand; then four steps of 3 samples, 4 inputs and 2 units."""
    import tensorflow as tf

    one, none = tf.Variable([[2.0]]), tf.Variable([0.0])
    step = answer.make_step(one, none, 0.05)
    for number in range(3):
        ask(step, tf.constant([[1.0], [3.0]]), tf.constant([[1.0], [2.0]]))
        ask.note(f"weight and bias after step {number}", [one, none])

    x, y, w, b = (
        tf.constant(ask.draw.standard_normal(shape), tf.float32)
        for shape in ((3, 4), (3, 2), (4, 2), 2)
    )
    weight, bias = tf.Variable(w), tf.Variable(b)
    step = answer.make_step(weight, bias, 0.1)
    for number in range(4):
        ask(step, x, y)
        ask.note(f"the weight after step {number}", weight)
        ask.note(f"the bias after step {number}", bias)


exercise = Exercise(
    title="A step as a graph",
    page="theory/optimizers.md",
    hints=(
        "The first step is right and the second is not? Then something that should have changed is "
        "a constant of the graph.",
        "Equation (5) of theory/losses.md and (2) of theory/optimizers.md, with the rate of the "
        "step. `done` is a variable: read it where the rate is computed, and count it up.",
        "with a tape: loss = mean of squares; gradients for weight and bias; now = rate divided by "
        "one plus done; take now times each gradient from its variable; count done up; return loss",
    ),
    mistakes=(
        Mistake(
            "the rate does not fall: divide by 1 + done, and count `done` up by an operation; "
            "Python code runs in the first step only",
            {"        done.assign_add(1.0)\n": ""},
        ),
        Mistake(
            "the step is counted before its rate is computed: step 0 has the whole rate",
            {
                "        done.assign_add(1.0)\n": "",
                "now = rate": "done.assign_add(1.0)\n        now = rate",
            },
        ),
        Mistake("the bias is not trained", {"        bias.assign_sub(now * d_bias)\n": ""}),
        Mistake(
            "this climbs: a step goes against the gradient",
            {"weight.assign_sub": "weight.assign_add", "bias.assign_sub": "bias.assign_add"},
        ),
        Mistake(
            "the squares are summed: the loss is their mean",
            {"tf.reduce_mean": "tf.reduce_sum"},
        ),
        Mistake(
            "the squares are summed over the units: the loss is the mean over all numbers",
            {"(x @ weight + bias - y) ** 2)": "tf.reduce_sum((x @ weight + bias - y) ** 2, 1))"},
        ),
        Mistake(
            "the loss is computed outside of the tape, which saw nothing",
            {
                "            loss = tf": "            pass\n        loss = tf",
            },
        ),
        Mistake(
            "this assignment makes `weight` a local name: change the variable, by `assign_sub`",
            {"weight.assign_sub(now * d_weight)": "weight = weight - now * d_weight"},
        ),
        Mistake(
            "this is the loss after the step: return the one that the gradient belongs to",
            {"return loss": "return tf.reduce_mean((x @ weight + bias - y) ** 2)"},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8, and four steps follow one another
    read_next="tf_nn/engine.py, `_step`: the step that is traced there",
)
