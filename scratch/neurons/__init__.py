"""From one neuron to a network, from one product to its derivative: small enough to read whole."""
