"""The NumPy engine, with every derivative written by hand, and what is built on it alone."""
