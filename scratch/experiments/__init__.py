"""Experiments: small questions put to the engine; each is `run(stage)` and ends in pictures."""
