"""Exercises in PyTorch: tensors and gradients, then layers and training."""
