"""How `gradient_steps` is checked."""

from numbers import Real

from brain.learn import Ask, Exercise, Mistake


class Bowl:
    """The loss sum(c * (w - t) ** 2), with its lowest point at t."""

    def __init__(self, centre, curve) -> None:
        self.centre, self.curve = centre, curve

    def __call__(self, w):
        return (self.curve * (w - self.centre) ** 2).sum()

    def __repr__(self) -> str:
        return f"sum({self.curve.tolist()} * (w - {self.centre.tolist()}) ** 2)"


def probe(answer, ask: Ask) -> None:
    """One step, three steps, then ten in a random bowl."""
    import torch

    bowl, start = Bowl(torch.tensor([3.0, -1.0]), torch.tensor([1.0, 2.0])), torch.zeros(2)
    losses, _ = ask(answer.gradient_steps, bowl, start, 0.1, 1)
    ask.note("whether the losses are plain numbers", [isinstance(one, Real) for one in losses])
    ask(answer.gradient_steps, bowl, start, 0.1, 3)
    ask.note("start after the call", start)
    centre, curve = torch.tensor(ask.draw.uniform(0.5, 1.5, (2, 4)))
    ask(answer.gradient_steps, Bowl(centre, curve), torch.zeros(4, dtype=torch.float64), 0.05, 10)


exercise = Exercise(
    title="Ten steps downhill",
    page="theory/optimizers.md",
    hints=(
        "If the first step is right and the second is too long, something of the first is left.",
        "Equation (2) of theory/optimizers.md with mu = 0. `backward` adds to `w.grad`; set it to "
        "None before. Change w inside `with torch.no_grad():` and in place, so that it stays "
        "the tensor that requires a gradient.",
        "loss = f of w; append its number; forget w's old gradient; backward; without a graph: "
        "take rate times the gradient from w, in place",
    ),
    mistakes=(
        Mistake(
            "the old gradients add up: take the last step's gradient away before `backward`",
            {"        w.grad = None\n": ""},
        ),
        Mistake(
            "this climbs: a step goes against the gradient",
            {"w -= ": "w += "},
        ),
        Mistake(
            "w is another tensor after this step, which requires no gradient: change it in place",
            {"w -= rate * w.grad": "w = w - rate * w.grad"},
        ),
        Mistake(
            "w is made anew in each step, and the new one is no leaf: change it in place, inside "
            "`with torch.no_grad():`",
            {"with torch.no_grad():": "if True:", "w -= rate * w.grad": "w = w - rate * w.grad"},
        ),
        Mistake(
            "the step has become a part of the graph: change w inside `with torch.no_grad():`",
            {"with torch.no_grad():": "if True:"},
        ),
        Mistake(
            "the gradient is gone before the step: forget the old one before `backward`, not after",
            {
                "        w.grad = None\n": "",
                "loss.backward()": "loss.backward()\n        w.grad.zero_()",
            },
        ),
        Mistake(
            "the loss is noted after the step: note the one that the gradient belongs to",
            {
                "        losses.append(loss.item())\n": "",
                "w -= rate * w.grad": "w -= rate * w.grad\n            losses.append(f(w).item())",
            },
        ),
        Mistake(
            "the losses are tensors: note plain numbers, which `item()` gives",
            {"losses.append(loss.item())": "losses.append(loss.detach())"},
        ),
        Mistake("the learning rate is missing in the step", {"rate * w.grad": "w.grad"}),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8, and three steps follow one another
    read_next="theory/optimizers.md up to (2); then torch_nn/optimizers.py",
)
