"""How `training_loop` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Five samples in order, in batches of two; then seven, in batches of three and of seven."""
    import torch
    from torch import nn

    line = nn.Linear(1, 1).double()
    nn.init.constant_(line.weight, 1.0)
    nn.init.constant_(line.bias, 0.0)
    x, y = (
        torch.arange(5.0).reshape(5, 1).double(),
        torch.tensor([[1.0], [3], [5], [7], [12]]).double(),
    )
    descent = torch.optim.SGD(line.parameters(), lr=0.05)
    ask(answer.training_loop, line, nn.functional.mse_loss, descent, x, y, 2, [torch.arange(5)])
    ask.note("the weight and the bias then", [line.weight.item(), line.bias.item()])

    model = nn.Linear(4, 3).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.tensor(ask.draw.standard_normal(parameter.shape)))
    x, y = torch.tensor(ask.draw.standard_normal((7, 4))), torch.tensor(ask.draw.integers(0, 3, 7))
    descent = torch.optim.SGD(model.parameters(), lr=0.2)
    orders = [torch.tensor(ask.draw.permutation(7)) for _ in range(3)]
    ask(answer.training_loop, model, nn.functional.cross_entropy, descent, x, y, 3, orders)
    ask.note("the parameters then", [p.detach() for p in model.parameters()])
    ask(answer.training_loop, model, nn.functional.cross_entropy, descent, x, y, 7, orders[:1])


exercise = Exercise(
    title="Epochs and batches",
    page="theory/optimizers.md",
    hints=(
        "A batch's samples and targets are picked by the same indices. What is left at the end of "
        "an epoch is a batch too.",
        "Each batch takes a step, (2) of theory/optimizers.md. The loss of an epoch is the sum of "
        "batch loss times batch length, divided by N: (1) of theory/losses.md over all samples.",
        "total = 0; for each start from 0 to N by batch_size: rows = that part of the order; loss "
        "= training_step on these rows of x and y; total grows by loss times the number of rows; "
        "append total / N",
    ),
    mistakes=(
        Mistake(
            "the last, shorter batch is left out: every sample is seen in an epoch",
            {
                "len(order), batch_size": "len(order) - batch_size + 1, batch_size",
            },
        ),
        Mistake(
            "where the batches come out even, one more is taken that is empty: end before N",
            {"range(0, len(order), batch_size)": "range(0, len(order) + 1, batch_size)"},
        ),
        Mistake(
            "x is put in order but y is not: pick both by the same indices",
            {"y[rows]": "y[start : start + batch_size]"},
        ),
        Mistake(
            "the order is not used: the rows of a batch are picked by the epoch's indices",
            {
                "x[rows]": "x[start : start + batch_size]",
                "y[rows]": "y[start : start + batch_size]",
            },
        ),
        Mistake(
            "this is the mean of the batches' losses: the short batch counts too much; weigh each "
            "by its number of samples",
            {
                "total += loss * len(rows)": "total += loss / -(-len(order) // batch_size)",
                "total / len(order)": "total",
            },
        ),
        Mistake(
            "the losses of an epoch are summed: divide by the number of samples",
            {"total / len(order)": "total"},
        ),
        Mistake(
            "this is the loss of the last batch alone: the epoch's is the mean over all samples",
            {"total / len(order)": "loss"},
        ),
        Mistake(
            "the batches' losses are added up unweighted: multiply each by its number of samples, "
            "and divide by N in the end",
            {"loss * len(rows)": "loss"},
        ),
        Mistake(
            "x and y are put in order again each epoch, on top of the last one's: leave them as "
            "they are, and pick rows",
            {
                "total = 0.0": "x, y = x[order], y[order]\n        total = 0.0",
                "x[rows]": "x[start : start + batch_size]",
                "y[rows]": "y[start : start + batch_size]",
            },
        ),
        Mistake(
            "every batch counts as if it were full: weigh by the rows that it has",
            {"loss * len(rows)": "loss * batch_size"},
        ),
        Mistake(
            "the whole data set was one batch: take a step for each batch_size samples",
            {"range(0, len(order), batch_size)": "[0]", "start + batch_size": "len(order)"},
        ),
    ),
    uses=("numpy", "torch"),
    read_next="brain/training.py: the project's own loop, which serves all three engines",
)
