"""Saved runs: `models/<name>/<version>/`, each whole or absent, which any engine can open.

    store = Store("models")
    reference = store.save("mlp-moons", run, net)       # "mlp-moons/0001"
    saved = store.open("mlp-moons")                     # the newest version
    net = saved.network("torch")                        # in whatever engine

A version holds `spec.json` (the model), `weights.safetensors` (parameters and running statistics),
`optimizer.safetensors` (the optimizer's memory and step count), `run.json` (the recipe, how far it
has come, metrics, versions) and `SHA256SUMS`, as `sha256sum -c` reads it.
"""

from brain.store.folder import Store
from brain.store.run import Epoch, Run
from brain.store.version import Saved

__all__ = ["Epoch", "Run", "Saved", "Store"]
