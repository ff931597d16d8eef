"""The slopes of f(x, y, z) = (x + y) * z, by the chain rule.

Forward, f is computed in two steps: q = x + y, then f = q * z. Backward, each step has slopes of
its own, and the slope of f along x is the product of those on the way from f back to x:

    df/dx = df/dq * dq/dx

At (-2, 5, -4) work all three out by hand first, on paper; then write them for any x, y and z.
"""


def f(x, y, z):
    """Return (x + y) * z."""
    return (x + y) * z


def chain_rule(x, y, z):
    """Return the three slopes of `f` at (x, y, z): df/dx, df/dy, df/dz."""
    # <solution>
    q = x + y
    df_dq = z  # f = q * z: the slope along one factor is the other one
    df_dz = q
    dq_dx = dq_dy = 1
    return df_dq * dq_dx, df_dq * dq_dy, df_dz
    # </solution>
