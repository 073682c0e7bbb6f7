"""Networks of one's own, for biasvar sweep --plugin mynets.py model=module model.factory=NAME: see own_networks.md."""

from torch import nn


def make_net(input_shape, outputs, width=16, dropout=0.0, batch_norm=False):
    """Return a network for vectors or small images, with one hidden layer."""
    norm = [nn.BatchNorm1d(width)] if batch_norm else []
    hidden = [nn.LazyLinear(width), *norm, nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(width, outputs))


def all_cnn(input_shape, outputs, width=96, dropout=0.5, batch_norm=True):
    """Return an all-convolutional network (Springenberg et al. 2015); at width 96 it has about 1.67 million weights."""

    def convolution(channels, filters, stride=1):
        norm = [nn.BatchNorm2d(filters)] if batch_norm else []
        return [nn.Conv2d(channels, filters, 3, stride, padding=1), *norm, nn.ReLU()]

    return nn.Sequential(
        nn.Dropout(0.4 * dropout),
        *convolution(input_shape[0], width),
        *convolution(width, width),
        *convolution(width, width, stride=2),
        nn.Dropout(dropout),
        *convolution(width, 2 * width),
        *convolution(2 * width, 2 * width),
        *convolution(2 * width, 2 * width, stride=2),
        nn.Dropout(dropout),
        *convolution(2 * width, 2 * width),
        *convolution(2 * width, 2 * width),
        nn.Conv2d(2 * width, outputs, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
