"""How `regression_loss` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Three samples whose outputs are nearly right, then random ones, as a row and as a column."""
    import torch

    outputs = torch.tensor([[1.0], [2.0], [4.0]])
    ask(answer.regression_loss, outputs, torch.tensor([1.0, 2.0, 3.0]))
    ask(answer.regression_loss, outputs, torch.tensor([[1.0], [2.0], [3.0]]))
    outputs, targets = (torch.tensor(ask.draw.standard_normal(n)) for n in ((5, 1), 5))
    ask(answer.regression_loss, outputs, targets)
    outputs.requires_grad_()
    loss = ask(answer.regression_loss, outputs, targets)
    loss.backward()
    ask.note("the gradient of the outputs", outputs.grad)


exercise = Exercise(
    title="A column against a row",
    page="theory/losses.md",
    hints=(
        "Print the shape of outputs - targets. How many differences should there be?",
        "Equation (5) of theory/losses.md. (N, 1) less (N,) is broadcast to (N, N), in silence: "
        "bring both to one shape first. `reshape(-1, 1)` makes a column of either.",
        "targets = a column of the targets; return the mean of the squares of outputs - targets",
    ),
    mistakes=(
        Mistake(
            "(N, 1) less (N,) is broadcast to (N, N): every output is held against every target. "
            "Bring both to one shape",
            {"targets.reshape(-1, 1)": "targets"},
        ),
        Mistake(
            "the outputs became one row, the targets' column did not: (N,) less (N, 1) is (N, N)",
            {"outputs - targets.reshape(-1, 1)": "outputs.squeeze(1) - targets"},
        ),
        Mistake("the squares are summed: take their mean", {"torch.mean": "torch.sum"}),
        Mistake(
            "this is the mean of the absolute differences: square them",
            {"differences**2": "differences.abs()"},
        ),
        Mistake(
            "this is the root of the loss: the mean of the squares is asked for",
            {"torch.mean(differences**2)": "torch.mean(differences**2).sqrt()"},
        ),
        Mistake(
            "the mean is taken first and then squared: errors of different signs cancel",
            {"torch.mean(differences**2)": "torch.mean(differences) ** 2"},
        ),
        Mistake(
            "the loss is detached, and no gradient can come back: return it with its graph",
            {"torch.mean(differences**2)": "torch.mean(differences**2).detach()"},
        ),
        Mistake(
            "a plain number has left the graph, and no gradient can come back: return the tensor",
            {"torch.mean(differences**2)": "torch.mean(differences**2).item()"},
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/rosetta.md, the row '(N, 1) against (N,)': Keras and TensorFlow do the same",
)
