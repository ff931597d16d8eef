"""Exercises in TensorFlow and Keras: tapes and variables, then layers and training."""
