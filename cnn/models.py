"""The architectures of the vision track, from one convolution to residual networks: specs only.

Each takes the shape `(H, W, C)` of one image, the number of outputs and the loss. Convolutions
before BatchNorm carry no bias, which it would take away again.
"""

from __future__ import annotations

from brain import spec

MNIST = (28, 28, 1)
CIFAR = (32, 32, 3)

Layers = tuple[spec.Layer, ...]


def _model(
    name: str, input_shape: spec.Shape, layers: Layers, outputs: int, loss: spec.Loss | None
) -> spec.Model:
    return spec.Model(
        name=name,
        input_shape=input_shape,
        layers=(*layers, spec.Dense(outputs, init=spec.init.Glorot())),
        loss=loss or spec.SoftmaxCrossEntropy(),
    )


def conv(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """One convolution of 20 filters, pooled: Nielsen (2015), chapter 6, less a hidden layer."""
    layers = (spec.Conv2D(20, kernel=5), spec.ReLU(), spec.MaxPool2D(2), spec.Flatten())
    return _model("conv", input_shape, layers, outputs, loss)


def lenet(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """LeNet-5: LeCun, Bottou, Bengio and Haffner (1998), section II.B.

    As it is built today: every filter sees every map, the pooling has no weights, the output is
    one Dense layer. 28x28 padded as "same" takes the place of the paper's 32x32.
    """
    glorot = spec.init.Glorot()
    layers = (
        spec.Conv2D(6, kernel=5, padding="same", init=glorot),
        spec.Tanh(),
        spec.AvgPool2D(2),
        spec.Conv2D(16, kernel=5, init=glorot),
        spec.Tanh(),
        spec.AvgPool2D(2),
        spec.Flatten(),
        spec.Dense(120, init=glorot),
        spec.Tanh(),
        spec.Dense(84, init=glorot),
        spec.Tanh(),
    )
    return _model("lenet", input_shape, layers, outputs, loss)


def vgg_small(
    input_shape: spec.Shape = CIFAR, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """Two stages of two 3x3 convolutions: Simonyan and Zisserman (2015), section 2, made small.

    With BatchNorm after each (Ioffe and Szegedy 2015, section 3.2) and Dropout behind each stage.
    """
    layers = (
        *_conv_norm(32),
        *_conv_norm(32),
        spec.MaxPool2D(2),
        spec.Dropout(0.25),
        *_conv_norm(64),
        *_conv_norm(64),
        spec.MaxPool2D(2),
        spec.Dropout(0.25),
        spec.Flatten(),
        spec.Dense(128),
        spec.ReLU(),
        spec.Dropout(0.5),
    )
    return _model("vgg-small", input_shape, layers, outputs, loss)


def small_cnn(
    input_shape: spec.Shape = MNIST, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """Five 3x3 convolutions of 16 to 64 filters, then each map's mean: 36 thousand parameters.

    No hidden Dense layer: the mean over each map takes its place, which has nothing to fit (Lin,
    Chen and Yan, "Network in network", 2014, section 3.2).
    """
    layers = (
        *_conv_norm(16),
        *_conv_norm(16),
        spec.MaxPool2D(2),
        *_conv_norm(32),
        *_conv_norm(32),
        spec.MaxPool2D(2),
        *_conv_norm(64),
        spec.GlobalAvgPool2D(),
    )
    return _model("small-cnn", input_shape, layers, outputs, loss)


def resnet_8(
    input_shape: spec.Shape = CIFAR, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """A residual network of 8 layers, one block a stage; `resnet_20` says where it is from."""
    return _resnet("resnet-8", 1, input_shape, outputs, loss)


def resnet_8_wide(
    input_shape: spec.Shape = CIFAR, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """The same with twice the filters: Zagoruyko and Komodakis (2016), section 3, k = 2."""
    return _resnet("resnet-8-wide", 1, input_shape, outputs, loss, width=2)


def resnet_20(
    input_shape: spec.Shape = CIFAR, outputs: int = 10, loss: spec.Loss | None = None
) -> spec.Model:
    """The ResNet-20 for 32x32 images: He, Zhang, Ren and Sun (2016), section 4.2, n = 3.

    Where a stage begins with stride 2 the shortcut is a 1x1 convolution with BatchNorm (their
    option B); the paper's own for 32x32 pads with zeros (option A).
    """
    return _resnet("resnet-20", 3, input_shape, outputs, loss)


def _resnet(
    name: str,
    blocks: int,
    input_shape: spec.Shape,
    outputs: int,
    loss: spec.Loss | None,
    width: int = 1,
) -> spec.Model:
    """6 n + 2 layers: a stem, then three stages of n blocks; 16, 32, 64 filters by `width`."""
    layers: Layers = _conv_norm(16 * width)
    for filters in (16, 32, 64):
        for block in range(blocks):
            stride = 2 if block == 0 and filters > 16 else 1
            layers += _block(filters * width, stride)
    return _model(name, input_shape, (*layers, spec.GlobalAvgPool2D()), outputs, loss)


def _block(filters: int, stride: int) -> Layers:
    body = (
        *_conv_norm(filters, stride),
        spec.Conv2D(filters, padding=1, bias=False),
        spec.BatchNorm(),
    )
    narrower = (spec.Conv2D(filters, kernel=1, stride=stride, bias=False), spec.BatchNorm())
    return (spec.Residual(body, narrower if stride > 1 else ()), spec.ReLU())


def _conv_norm(filters: int, stride: int = 1) -> Layers:
    return (
        spec.Conv2D(filters, stride=stride, padding=1, bias=False),
        spec.BatchNorm(),
        spec.ReLU(),
    )
