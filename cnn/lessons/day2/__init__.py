"""Day 2: a convolution's gradients, pooling and its gradient, batch normalisation."""

TASKS = (
    "convolution_weight_gradient",
    "convolution_input_gradient",
    "max_pool",
    "max_pool_gradient",
    "global_average_pool",
    "batchnorm_forward",
)
