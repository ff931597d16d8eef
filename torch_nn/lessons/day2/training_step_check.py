"""How `training_step` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One weight by hand; then three steps, with momentum, of a network that was evaluated."""
    import torch
    from torch import nn

    one = nn.Linear(1, 1, bias=False)
    nn.init.constant_(one.weight, 2.0)
    x, y = torch.tensor([[1.0], [3.0]]), torch.tensor([[1.0], [2.0]])
    descent = torch.optim.SGD(one.parameters(), lr=0.05)
    for step in (1, 2):
        ask(answer.training_step, one, nn.functional.mse_loss, descent, x, y)
        ask.note(f"the weight after step {step}", one.weight)

    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3)).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.tensor(ask.draw.standard_normal(parameter.shape)))
    model.eval()
    x, y = torch.tensor(ask.draw.standard_normal((6, 4))), torch.tensor(ask.draw.integers(0, 3, 6))
    descent = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in (1, 2, 3):
        loss = ask(answer.training_step, model, nn.functional.cross_entropy, descent, x, y)
        ask.note("what kind of value it returns", type(loss).__name__)
        ask.note(f"the parameters after step {step}", [p.detach() for p in model.parameters()])
    ask.note("model.training", model.training)


exercise = Exercise(
    title="One step of training",
    page="theory/optimizers.md",
    hints=(
        "Five lines. If the first step is right and the second is not, look at what is left over.",
        "The gradient is (2) of theory/dense.md and its like, which `backward` computes; the step "
        "is (2) of theory/optimizers.md, which `optimizer.step` takes. Between two steps the "
        "gradients have to be forgotten.",
        "training mode; forget the gradients; loss = of the model's outputs and y; backward; step; "
        "return the loss as a number",
    ),
    mistakes=(
        Mistake(
            "the gradients of earlier steps are still there, and add up: forget them in each step",
            {"    optimizer.zero_grad()\n": ""},
        ),
        Mistake(
            "nothing moves: the optimizer needs `backward` before its `step`, and nothing between "
            "them that forgets the gradients",
            {"    optimizer.step()\n": ""},
        ),
        Mistake(
            "the optimizer steps before `backward`, and so by the gradients of the step before",
            {
                "    optimizer.zero_grad()\n": "",
                "    loss.backward()\n": "",
                "    optimizer.step()\n": "    optimizer.step()\n    optimizer.zero_grad()\n"
                "    loss.backward()\n",
            },
        ),
        Mistake(
            "the model is not put in training mode: it came in evaluation mode",
            {"    model.train()\n": ""},
        ),
        Mistake(
            "this is the loss after the step: return the one that the gradient belongs to",
            {"return loss.item()": "return loss_function(model(x), y).item()"},
        ),
        Mistake(
            "a tensor is returned, with the whole graph of the step behind it: return its number",
            {"return loss.item()": "return loss"},
        ),
        Mistake(
            "no graph leads to the loss, so nothing can go backward: keep `no_grad` and `detach` "
            "away from it",
            {"model(x), y)": "model(x), y).detach()"},
        ),
        Mistake(
            "the loss has its arguments in the wrong order: outputs first, then y",
            {"loss_function(model(x), y)": "loss_function(y, model(x))"},
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8; the larger network is float64
    read_next="torch_nn/engine.py, `_train_step`: the same with clipping and rules of its own",
)
