"""Networks of deel-torchlip's tutorials, for every script that compares with them."""

import torch
from deel import torchlip


def convolutional() -> torchlip.Sequential:
    """Two convolutions and two linear layers for images of 28 x 28: our `lipschitz-cnn`."""
    return torchlip.Sequential(
        torchlip.SpectralConv2d(1, 16, (3, 3), padding="same"),
        torchlip.GroupSort2(),
        torchlip.ScaledL2NormPool2d((2, 2)),
        torchlip.SpectralConv2d(16, 32, (3, 3), padding="same"),
        torchlip.GroupSort2(),
        torchlip.ScaledL2NormPool2d((2, 2)),
        torch.nn.Flatten(),
        torchlip.SpectralLinear(1568, 64),
        torchlip.GroupSort2(),
        torchlip.FrobeniusLinear(64, 10),
    )


def multilayer() -> torchlip.Sequential:
    """Three linear layers for images of 28 x 28, one of which sorts all its units together."""
    return torchlip.Sequential(
        torch.nn.Flatten(),
        torchlip.SpectralLinear(784, 64),
        torchlip.FullSort(),
        torchlip.SpectralLinear(64, 32),
        torchlip.GroupSort2(),
        torchlip.SpectralLinear(32, 10),
    )
