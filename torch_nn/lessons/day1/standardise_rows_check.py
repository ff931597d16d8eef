"""How `standardise_rows` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two rows of three numbers, then random ones, large and small."""
    import torch

    ask(answer.standardise_rows, torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 6.0]]))
    x = torch.tensor(ask.draw.normal(20, 30, (3, 4)), dtype=torch.float32)
    result = ask(answer.standardise_rows, x)
    ask.note("the dtype of the result", str(getattr(result, "dtype", None)))
    ask.note("x after the call", x)
    ask(answer.standardise_rows, torch.tensor(ask.draw.normal(0, 0.01, (3, 4))).float())


exercise = Exercise(
    title="Rows at mean 0 and standard deviation 1",
    page="theory/layernorm.md",
    hints=(
        "Means of shape (N,) do not stand beside rows of shape (N, D): which axis has to stay?",
        "Equation (1) of theory/layernorm.md, without its epsilon. `keepdim=True` keeps an axis of "
        "length 1. PyTorch's `std` divides by D - 1 unless told otherwise: look at `correction`.",
        "mean = of each row, as (N, 1); standard deviation = of each row, divided by D, as (N, 1); "
        "return x less the mean, divided by the standard deviation",
    ),
    mistakes=(
        Mistake(
            "the variance is divided by D - 1, which is the default of PyTorch's std: divide by D",
            {"correction=0, ": ""},
        ),
        Mistake(
            "these are the means and standard deviations of the columns: take them along each row",
            {
                "torch.mean(x, dim=1, keepdim=True)": "torch.mean(x, dim=0, keepdim=True)",
                "torch.std(x, dim=1": "torch.std(x, dim=0",
            },
        ),
        Mistake(
            "one mean and one standard deviation for the whole tensor: each row has its own",
            {
                "torch.mean(x, dim=1, keepdim=True)": "x.mean()",
                "torch.std(x, dim=1, correction=0, keepdim=True)": "x.std(correction=0)",
            },
        ),
        Mistake(
            "the mean lost its axis: (N,) is laid along the columns; keep the axis, as (N, 1)",
            {
                "torch.mean(x, dim=1, keepdim=True)": "x.mean(dim=1)",
                "torch.std(x, dim=1, correction=0, keepdim=True)": "x.std(dim=1, correction=0)",
            },
        ),
        Mistake(
            "this is divided by the variance: the standard deviation is its root",
            {"torch.std(": "torch.var("},
        ),
        Mistake(
            "x itself was changed: make a new tensor, which in-place operations do not",
            {
                "return (x - mean) / std": "return x.sub_(mean).div_(std)",
            },
        ),
        Mistake(
            "an epsilon is added under the root: here nothing is, and small rows show it",
            {"(x - mean) / std": "(x - mean) / torch.sqrt(std**2 + 1e-5)"},
        ),
        Mistake(
            "float64 is returned for float32: keep the dtype of x",
            {"(x - mean) / std": "((x - mean) / std).double()"},
        ),
        Mistake("the rows still have their means: take the mean away first", {"(x - mean)": "x"}),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8, and a handful of operations follow one another
    read_next="theory/layernorm.md: this is its equation (1); theory/rosetta.md, 'a norm by hand'",
)
