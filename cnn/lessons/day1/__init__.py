"""Day 1: the convolution, by loops and as one matrix product."""

TASKS = (
    "output_size",
    "zero_padding",
    "filter_image",
    "convolution_loops",
    "im2col",
    "convolution_columns",
)
