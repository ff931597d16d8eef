"""A user's own Keras model, told layer by layer in the canonical form, for `brain compare`.

`model` asks it pass by pass, `made` makes it, `trace` follows a pass, `layers`, `recurrent` and
`activations` declare each layer, `told` is what is told of one.
"""
