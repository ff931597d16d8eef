"""How `weighted_class_loss` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The example of theory/losses.md with weights; random logits; logits that would overflow."""
    import tensorflow as tf

    logits = tf.constant([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    ask(answer.weighted_class_loss, logits, tf.constant([0, 2]), tf.constant([1.0, 1.0]))
    ask(answer.weighted_class_loss, logits, tf.constant([0, 2]), tf.constant([2.0, 1.0]))
    logits = tf.constant(ask.draw.normal(0, 2, (5, 4)), tf.float32)
    labels = tf.constant(ask.draw.integers(0, 4, 5))
    weights = tf.constant(ask.draw.uniform(0.5, 3, 5), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = ask(answer.weighted_class_loss, logits, labels, weights)
    gradient = tape.gradient(loss, logits) if tf.is_tensor(loss) else None
    ask.note("the gradient of the logits", gradient)
    ask(answer.weighted_class_loss, 100 * logits, labels, weights)


exercise = Exercise(
    title="Logits and sample weights",
    page="theory/losses.md",
    hints=(
        "Does your function know that these are logits? And by what does it divide?",
        "Equation (1) of theory/losses.md for each sample, then the sum of weight times loss over "
        "the sum of the weights. `tf.nn.sparse_softmax_cross_entropy_with_logits` gives the loss "
        "of each sample.",
        "losses = the cross-entropy of each sample, from logits; return the sum of weights times "
        "losses, divided by the sum of the weights",
    ),
    mistakes=(
        Mistake(
            "the sum is divided by the number of samples, as in Keras: divide by the weights' sum",
            {
                "tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "tf.reduce_mean("
                "weights * losses)"
            },
        ),
        Mistake(
            "the logits are taken for probabilities: Keras has to be told `from_logits=True`",
            {
                "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)": "("
                "tf.keras.losses.sparse_categorical_crossentropy(labels, logits))"
            },
        ),
        Mistake(
            "softmax is done twice: the function does it itself, so give it the logits",
            {"logits=logits": "logits=tf.nn.softmax(logits)"},
        ),
        Mistake(
            "the probabilities round to 0 and their logarithm is cut off: compute from the logits",
            {
                "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)": "("
                "tf.keras.losses.sparse_categorical_crossentropy("
                "labels, tf.nn.softmax(logits)))"
            },
        ),
        Mistake(
            "a plain number is no tensor, and no gradient leads back from it: return the tensor",
            {
                "tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "float("
                "tf.reduce_sum(weights * losses) / tf.reduce_sum(weights))"
            },
        ),
        Mistake(
            "the weights are not used",
            {"tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "tf.reduce_mean(losses)"},
        ),
        Mistake(
            "the weighted losses are summed: divide by the sum of the weights",
            {
                "tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "tf.reduce_sum("
                "weights * losses)"
            },
        ),
        Mistake(
            "each sample's loss is returned: take their weighted mean",
            {"tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "weights * losses"},
        ),
        Mistake(
            "the logits are weighed, which makes other probabilities: weigh the losses",
            {
                "logits=logits": "logits=logits * weights[:, None]",
                "tf.reduce_sum(weights * losses) / tf.reduce_sum(weights)": "tf.reduce_mean("
                "losses)",
            },
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/rosetta.md, 'Losses': PyTorch's class weights divide as this does",
)
