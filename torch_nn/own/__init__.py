"""A user's own PyTorch model, told layer by layer in the canonical form, for `brain compare`.

`model` asks it pass by pass, `trace` hooks on its layers, `calls` keeps what a pass must not
change, `layers` declares each layer, `arrays` and `axes` lead what it holds and gives to the
canonical layouts.
"""
