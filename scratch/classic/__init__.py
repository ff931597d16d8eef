"""The classic algorithms: each one page of mathematics and one file, in NumPy alone."""
