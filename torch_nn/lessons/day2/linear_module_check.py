"""How `linear_module` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """A small layer by its numbers, then 3 samples, 4 inputs, 5 units, with gradients."""
    import torch

    x = torch.tensor([[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]])
    weight, bias = np.array([[1.0, -1.0], [2.0, 0.5], [0.0, 3.0]]), np.array([0.5, -0.5])
    layer = answer.LinearModule(weight, bias)
    kinds = {name: str(one.dtype) for name, one in layer.named_parameters()}
    ask.note("the dtypes of layer.named_parameters()", kinds)
    ask(layer, x)
    layer = answer.LinearModule(*(ask.draw.standard_normal(n) for n in ((4, 5), 5)))
    ask.note("dict(layer.named_parameters())", dict(layer.named_parameters()))
    z = ask(layer, torch.tensor(ask.draw.standard_normal((3, 4)), dtype=torch.float32))
    if z.requires_grad:
        (z**2).sum().backward()
    ask.note("their gradients", {name: one.grad for name, one in layer.named_parameters()})


exercise = Exercise(
    title="A dense layer as a module",
    page="theory/dense.md",
    hints=(
        "An optimizer is given `layer.parameters()`. What must an attribute be, to be among them?",
        "Equation (1) of theory/dense.md. `super().__init__()` comes first; `nn.Parameter(tensor)` "
        "makes a parameter; NumPy's float64 has to become float32.",
        "__init__: call the parent's; weight = parameter of the float32 tensor of weight; the bias "
        "likewise. forward: x times weight plus bias",
    ),
    mistakes=(
        Mistake(
            "the weight or bias is a plain tensor: no optimizer will find it; make it a parameter",
            {
                "nn.Parameter(torch.tensor(weight, dtype=torch.float32))": "torch.tensor(weight, "
                "dtype=torch.float32, requires_grad=True)",
                "nn.Parameter(torch.tensor(bias, dtype=torch.float32))": "torch.tensor(bias, "
                "dtype=torch.float32, requires_grad=True)",
            },
        ),
        Mistake("the bias is left out of `forward`", {" + self.bias": ""}),
        Mistake(
            "the parent's `__init__` was not called: a module needs it before its first parameter",
            {"super().__init__()": "pass"},
        ),
        Mistake(
            "the parameters are float64 and x is float32: no matrix product mixes these",
            {
                "torch.tensor(weight, dtype=torch.float32)": "torch.tensor(weight)",
                "torch.tensor(bias, dtype=torch.float32)": "torch.tensor(bias)",
            },
        ),
        Mistake(
            "the weight is kept as (out, in), as nn.Linear does: here it is (in, out)",
            {
                "torch.tensor(weight, dtype=torch.float32)": "torch.tensor(weight.T, "
                "dtype=torch.float32)",
                "self.weight + self.bias": "self.weight.T + self.bias",
            },
        ),
        Mistake(
            "the weight is transposed in `forward`, which only nn.Linear's (out, in) needs",
            {"x @ self.weight": "x @ self.weight.T"},
        ),
        Mistake(
            "the parameters are float64 and x is converted to it: float32 is asked for, as in all "
            "of PyTorch's own layers",
            {
                "torch.tensor(weight, dtype=torch.float32)": "torch.tensor(weight)",
                "torch.tensor(bias, dtype=torch.float32)": "torch.tensor(bias)",
                "x @ self.weight": "x.double() @ self.weight",
            },
        ),
        Mistake(
            "the bias is no parameter: it would never be trained",
            {
                "nn.Parameter(torch.tensor(bias, dtype=torch.float32))": "torch.tensor(bias, "
                "dtype=torch.float32)"
            },
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8, and sums of four products follow
    read_next="torch_nn/layers.py, `dense` and `transposed`: how nn.Linear is fed here",
)
