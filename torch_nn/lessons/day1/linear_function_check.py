"""How `linear_function` is checked."""

from brain.learn import Ask, Exercise, Mistake


class Context:
    """What `apply` gives to forward and backward, as far as they need it."""

    needs_input_grad = (True, True, True)
    saved_tensors: tuple[object, ...] = ()

    def save_for_backward(self, *tensors) -> None:
        self.saved_tensors = tensors

    def __repr__(self) -> str:
        return "ctx"


def probe(answer, ask: Ask) -> None:
    """The worked example of theory/dense.md, then 3 samples, 4 inputs and 5 units.

    First forward and backward by themselves, so that a wrong shape is seen; then by autograd.
    """
    import torch

    example = (
        torch.tensor([[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]], dtype=torch.float64),
        torch.tensor([[1.0, -1.0], [2.0, 0.5], [0.0, 3.0]], dtype=torch.float64),
        torch.tensor([0.5, -0.5], dtype=torch.float64),
        torch.tensor([[1.0, -1.0], [-2.0, 0.5]], dtype=torch.float64),
    )
    random = [torch.tensor(ask.draw.standard_normal(n)) for n in ((3, 4), (4, 5), 5, (3, 5))]
    for *arguments, dz in (example, random):
        context = Context()
        ask(answer.LinearFunction.forward, context, *arguments)
        ask(answer.LinearFunction.backward, context, dz)
        for one in arguments:
            one.requires_grad_()
        z = answer.LinearFunction.apply(*arguments)
        z.backward(dz)
        for name, one in zip(("dX", "dW", "db"), arguments, strict=True):
            ask.note(name, one.grad)


exercise = Exercise(
    title="A dense layer with its own backward pass",
    page="theory/dense.md",
    hints=(
        "Each gradient has the shape of what it is the gradient of. Write the shapes down: only "
        "one order of each product fits.",
        "Equations (1) to (4) of theory/dense.md: dW = X^T dZ, db = the sum of dZ over the "
        "samples, dX = dZ W^T.",
        "forward: save x and weight; return x times weight plus bias. backward: dx = dz times "
        "weight transposed; d_weight = x transposed times dz; d_bias = dz summed over the samples; "
        "return the three in the order of forward's arguments",
    ),
    mistakes=(
        Mistake("the bias is left out of the forward pass", {"x @ weight + bias": "x @ weight"}),
        Mistake(
            "dW is transposed: it has the shape of W, (D, H)",
            {"d_weight = x.T @ dz": "d_weight = dz.T @ x"},
        ),
        Mistake(
            "db is averaged over the samples: sum it, the loss has taken the mean already",
            {"dz.sum(dim=0)": "dz.mean(dim=0)"},
        ),
        Mistake(
            "dW is averaged over the samples: the loss has taken the mean already",
            {"d_weight = x.T @ dz": "d_weight = x.T @ dz / len(x)"},
        ),
        Mistake(
            "db is summed over the units: sum over the samples, axis 0",
            {"dz.sum(dim=0)": "dz.sum(dim=1)"},
        ),
        Mistake(
            "db is dZ itself: the bias takes part in every sample, so sum over them",
            {"dz.sum(dim=0)": "dz"},
        ),
        Mistake(
            "dZ is left out, so these are the slopes of the sum of Z: it is a factor of each",
            {
                "dz @ weight.T": "torch.ones_like(dz) @ weight.T",
                "x.T @ dz": "x.T @ torch.ones_like(dz)",
                "dz.sum(dim=0)": "torch.ones_like(dz).sum(dim=0)",
            },
        ),
        Mistake(
            "the gradients come in another order than the arguments of forward: x, weight, bias",
            {"return dx, d_weight, d_bias": "return d_weight, d_bias, dx"},
        ),
        Mistake(
            "W is not transposed in dX: its shape has to fit, (N, H) by (H, D)",
            {"dz @ weight.T": "dz @ weight"},
        ),
    ),
    uses=("numpy", "torch"),
    read_next="scratch/dense.py, `d_dense`: the same in NumPy. `torch.autograd.gradcheck` holds "
    "such a backward against small differences",
)
