"""How `custom_dense` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The worked example of theory/dense.md, then 3 samples, 4 inputs and 5 units."""
    import tensorflow as tf

    example = (
        tf.constant([[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]]),
        tf.constant([[1.0, -1.0], [2.0, 0.5], [0.0, 3.0]]),
        tf.constant([0.5, -0.5]),
        tf.constant([[1.0, -1.0], [-2.0, 0.5]]),
    )
    random = [
        tf.constant(ask.draw.standard_normal(shape), tf.float32)
        for shape in ((3, 4), (4, 5), 5, (3, 5))
    ]
    for *arguments, dz in (example, random):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            z = ask(answer.custom_dense, *arguments)
        gradients = tape.gradient(z, arguments, output_gradients=dz)
        for name, gradient in zip(("dX", "dW", "db"), gradients, strict=True):
            ask.note(name, gradient)


exercise = Exercise(
    title="A dense layer with its own backward pass",
    page="theory/dense.md",
    hints=(
        "Each gradient has the shape of what it is the gradient of. Write the shapes down: only "
        "one order of each product fits.",
        "Equations (1) to (4) of theory/dense.md: dW = X^T dZ, db = the sum of dZ over the "
        "samples, dX = dZ W^T.",
        "define backward of dz: dx = dz times weight transposed; d_weight = x transposed times dz; "
        "d_bias = dz summed over the samples; return the three in the order of the arguments. "
        "Return x times weight plus bias, and backward",
    ),
    mistakes=(
        Mistake("the bias is left out of the forward pass", {"x @ weight + bias": "x @ weight"}),
        Mistake(
            "dW is transposed: it has the shape of W, (D, H)",
            {"tf.transpose(x) @ dz": "tf.transpose(dz) @ x"},
        ),
        Mistake(
            "db is averaged over the samples: sum it, the loss has taken the mean already",
            {"tf.reduce_sum(dz, axis=0)": "tf.reduce_mean(dz, axis=0)"},
        ),
        Mistake(
            "dW is averaged over the samples: the loss has taken the mean already",
            {"tf.transpose(x) @ dz": "tf.transpose(x) @ dz / len(x)"},
        ),
        Mistake(
            "db is summed over the units: sum over the samples, axis 0",
            {"tf.reduce_sum(dz, axis=0)": "tf.reduce_sum(dz, axis=1)"},
        ),
        Mistake(
            "db is one sum over everything: each unit has its own, so name the axis",
            {"tf.reduce_sum(dz, axis=0)": "tf.reduce_sum(dz)"},
        ),
        Mistake(
            "db is dZ itself: the bias takes part in every sample, so sum over them",
            {"tf.reduce_sum(dz, axis=0)": "dz"},
        ),
        Mistake(
            "dZ is left out, so these are the slopes of the sum of Z: it is a factor of each",
            {
                "dz @ tf.transpose(weight)": "tf.ones_like(dz) @ tf.transpose(weight)",
                "tf.transpose(x) @ dz": "tf.transpose(x) @ tf.ones_like(dz)",
                "tf.reduce_sum(dz, axis=0)": "tf.reduce_sum(tf.ones_like(dz), axis=0)",
            },
        ),
        Mistake(
            "the gradients come in another order than the arguments: x, weight, bias",
            {"return dx, d_weight, d_bias": "return d_weight, d_bias, dx"},
        ),
        Mistake(
            "W is not transposed in dX: its shape has to fit, (N, H) by (H, D)",
            {"dz @ tf.transpose(weight)": "dz @ weight"},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8, and sums of few products follow
    read_next="scratch/dense.py, `d_dense`: the same in NumPy; tf_nn/images.py, which has a "
    "gradient of its own",
)
