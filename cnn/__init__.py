"""The vision track: architectures for images, from one convolution to ResNet-20, as specs."""
