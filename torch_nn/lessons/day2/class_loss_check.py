"""How `class_loss` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The example of theory/losses.md; large logits; random ones, and sequences, one with T = K."""
    import torch

    logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    ask(answer.class_loss, logits, torch.tensor([0, 2]))
    ask(answer.probabilities, logits)
    large = torch.tensor([[999.0, 1000.0, 1001.0], [0.0, 0.0, -800.0]])
    ask(answer.class_loss, large, torch.tensor([0, 2]))
    ask(answer.probabilities, large)
    for shape in ((5, 4), (2, 4, 4), (3, 5, 4)):
        logits = torch.tensor(ask.draw.normal(0, 2, shape))
        labels = torch.tensor(ask.draw.integers(0, 4, shape[:-1]))
        logits.requires_grad_()
        loss = ask(answer.class_loss, logits, labels)
        if getattr(loss, "requires_grad", False):
            loss.backward()
        ask.note("the gradient of the logits", logits.grad)
        ask(answer.probabilities, logits)


exercise = Exercise(
    title="Logits, probabilities and the axis of the classes",
    page="theory/losses.md",
    hints=(
        "`functional.cross_entropy` does a softmax itself. And what is on axis 1 of (N, T, K)?",
        "Equation (1) of theory/losses.md, with logits for z; softmax is (19) of "
        "theory/activations.md. Rows of K logits are what `cross_entropy` reads without doubt: "
        "(N, T, K) is N T rows.",
        "class_loss: logits as rows of K, labels as one row; return the cross-entropy of the two. "
        "probabilities: softmax along the last axis",
    ),
    mistakes=(
        Mistake(
            "softmax is done twice: `cross_entropy` takes the logits as they are",
            {"logits.reshape(-1, classes)": "logits.softmax(-1).reshape(-1, classes)"},
        ),
        Mistake(
            "it was given the logarithm of sigmoids: `cross_entropy` takes the logits as they are",
            {"logits.reshape(-1, classes)": "functional.logsigmoid(logits).reshape(-1, classes)"},
        ),
        Mistake(
            "`cross_entropy` takes axis 1 for the classes, and in (N, T, K) that is time: make "
            "rows of K logits first",
            {
                "logits.reshape(-1, classes)": "logits",
                "labels.reshape(-1)": "labels",
            },
        ),
        Mistake(
            "the losses are summed: take the mean over all labels, the default of `cross_entropy`",
            {"labels.reshape(-1))": 'labels.reshape(-1), reduction="sum")'},
        ),
        Mistake(
            "the probabilities add up to 1 along axis 0: the classes are on the last axis",
            {"dim=-1": "dim=0"},
        ),
        Mistake(
            "the probabilities add up to 1 along axis 1: in (N, T, K) the classes are on the last",
            {"dim=-1": "dim=1"},
        ),
        Mistake(
            "(N, T, K) was cut into rows of the wrong axis: `reshape` moves no axis, it only cuts",
            {"logits.reshape(-1, classes)": "logits.transpose(0, -1).reshape(-1, classes)"},
        ),
        Mistake(
            "this is minus the probability of the right class: its logarithm is missing",
            {
                "functional.cross_entropy(logits.reshape(-1, classes)": "functional.nll_loss("
                "logits.softmax(-1).reshape(-1, classes)"
            },
        ),
        Mistake(
            "the exponentials are divided by the sum of them all: each row has its own sum",
            {"torch.softmax(logits, dim=-1)": "logits.exp() / logits.exp().sum()"},
        ),
        Mistake(
            "large logits overflow: `torch.softmax` subtracts the largest of a row first",
            {"torch.softmax(logits, dim=-1)": "logits.exp() / logits.exp().sum(-1, keepdim=True)"},
        ),
        Mistake(
            "a probability rounds to 0 and its logarithm is infinite: compute from the logits",
            {
                "functional.cross_entropy(logits.reshape(-1, classes)": "functional.nll_loss("
                "logits.softmax(-1).log().reshape(-1, classes)"
            },
        ),
        Mistake(
            "the loss has left the graph, by `item` or `detach`, and no gradient can come back: "
            "return the tensor as it is",
            {"labels.reshape(-1))": "labels.reshape(-1)).item()"},
        ),
        Mistake(
            "these are sigmoids, a yes or no for each class by itself: of K classes one is right",
            {"torch.softmax(logits, dim=-1)": "torch.sigmoid(logits)"},
        ),
        Mistake(
            "softmax that is told no axis takes the first of three: name the last",
            {"torch.softmax(logits, dim=-1)": "functional.softmax(logits)"},
        ),
        Mistake(
            "these are logarithms of probabilities: softmax itself is asked for",
            {"torch.softmax": "torch.log_softmax"},
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/rosetta.md, 'Losses': Keras takes probabilities unless it is told otherwise",
)
