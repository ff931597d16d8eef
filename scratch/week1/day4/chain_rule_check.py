"""How `chain_rule` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The point of the page, then others."""
    ask(answer.chain_rule, -2.0, 5.0, -4.0)
    ask(answer.chain_rule, 3.0, 0.5, 2.0)
    for _ in range(3):
        ask(answer.chain_rule, *(float(number) for number in ask.draw.normal(0, 2, 3)))


exercise = Exercise(
    title="The chain rule",
    page="theory/autodiff.md",
    hints=(
        "Give the sum a name, q. What is the slope of q * z along q, and what along z?",
        "A sum passes a slope on as it is, (1) of theory/autodiff.md; for a product the slope "
        "along one factor is the other factor, (2). Slopes on the way are multiplied.",
        "q is x plus y; df/dq is z and df/dz is q; df/dx and df/dy are each df/dq times one",
    ),
    mistakes=(
        Mistake(
            "df/dx and df/dy are only dq/dx and dq/dy: multiply by df/dq, the rest of the way",
            {"return df_dq * dq_dx, df_dq * dq_dy, df_dz": "return dq_dx, dq_dy, df_dz"},
        ),
        Mistake(
            "the factors are exchanged: along q the slope is z, along z it is q",
            {"df_dq = z": "df_dq = x + y", "df_dz = q": "df_dz = z"},
        ),
        Mistake(
            "df/dz is the other factor alone, x + y: yours is multiplied by z once more",
            {"df_dz = q": "df_dz = (x + y) * z"},
        ),
        Mistake(
            "along z the slope is the other factor, x + y: it does not become 1",
            {"df_dz = q": "df_dz = 1"},
        ),
        Mistake(
            "these are the slopes of x * y * z: f has a sum, which passes a slope on as it is",
            {"return df_dq * dq_dx, df_dq * dq_dy, df_dz": "return y * z, x * z, x * y"},
        ),
        Mistake(
            "x and y are multiplied in as well: the slope along x is the same wherever x stands",
            {"dq_dx = dq_dy = 1": "dq_dx, dq_dy = x, y"},
        ),
        Mistake(
            "slopes on the way are added: they are multiplied",
            {"return df_dq * dq_dx, df_dq * dq_dy, df_dz": "return df_dq + 1, df_dq + 1, df_dz"},
        ),
        Mistake(
            "df/dz is the whole other factor, x + y: yours is x alone",
            {"df_dz = q": "df_dz = x"},
        ),
        Mistake(
            "df/dz comes last: the order is df/dx, df/dy, df/dz",
            {"return df_dq * dq_dx, df_dq * dq_dy, df_dz": "return df_dz, df_dq, df_dq"},
        ),
        Mistake(
            "these are the slopes at (-2, 5, -4) alone: work them out from x, y and z",
            {"return df_dq * dq_dx, df_dq * dq_dy, df_dz": "return -4.0, -4.0, 3.0"},
        ),
    ),
    read_next="Karpathy's micrograd video, the first 45 minutes: such graphs, walked back",
)
