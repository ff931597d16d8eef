"""A user's own models held against each other: each layer, and what is done between two of them.

`leaves` is what a framework tells of a model, `work` what its worker does, `between` finds out what
a model does between two layers (of the steps in `steps`), `pairing` which layer is which in the
other model, `held` compares.
"""
