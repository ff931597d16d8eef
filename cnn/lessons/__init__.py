"""Two days of exercises: a convolution by loops and by columns, its gradient, pooling, norms."""
