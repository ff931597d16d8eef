"""The first week: seven days from one neuron to a network that reads digits."""
