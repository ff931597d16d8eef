"""Day 1: the perceptron."""

TASKS = ("sigmoid", "neuron", "and_gate", "perceptron", "perceptron_step", "xor_by_hand")
