"""How `evaluation_mode` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """A dropout layer alone, then a network with dropout and batch normalisation, in both modes."""
    import torch
    from torch import nn

    torch.manual_seed(int(ask.draw.integers(2**31)))
    ask(answer.predict, nn.Dropout(0.5), torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]))
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Dropout(0.5), nn.Linear(5, 3))
    x = torch.tensor(ask.draw.normal(2, 3, (6, 4)), dtype=torch.float32)
    for training in (True, False):
        model.train(training)
        outputs = ask(answer.predict, model, x)
        ask.note("outputs.requires_grad", getattr(outputs, "requires_grad", None))
        ask.note("the running mean of the batch normalisation then", model[1].running_mean)
        ask.note(f"model.training, where it came as {training}", model.training)
        ask.note("the same of its layers", [layer.training for layer in model])


exercise = Exercise(
    title="Evaluation mode",
    page="theory/dropout.md",
    hints=(
        "Ask twice for the same x: do you get the same? And what mode is the model in afterwards?",
        "Dropout at prediction is Y = X, beside (1) of theory/dropout.md; batch normalisation is "
        "(9) of theory/batchnorm.md. `model.eval()` says so to every layer, `torch.no_grad()` "
        "keeps no graph, `model.training` tells the mode.",
        "before = the mode; evaluation mode; without a graph: outputs; back to the mode before; "
        "return the outputs",
    ),
    mistakes=(
        Mistake(
            "the model is put in training mode: dropout drops, and batch statistics count",
            {"model.eval()": "model.train()"},
        ),
        Mistake(
            "a graph is kept, for a way back that nobody takes: compute under `torch.no_grad()`",
            {"with torch.no_grad():": "if True:"},
        ),
        Mistake(
            "the model is left in evaluation mode: who trains on would train without dropout",
            {"    model.train(before)\n": ""},
        ),
        Mistake(
            "the model is left in training mode though it came in evaluation mode: keep what was",
            {"model.train(before)": "model.train()"},
        ),
        Mistake(
            "the model is put back, its layers are not: `model.train(...)` switches all of them",
            {"model.train(before)": "model.training = before"},
        ),
        Mistake(
            "`no_grad` stops the graph, not dropout: put the model in evaluation mode too",
            {"    model.eval()\n": ""},
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="theory/batchnorm.md, 'Prediction'; then torch_nn/norms.py",
)
