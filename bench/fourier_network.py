"""A network of LaMa's kinds of layers with random weights, to measure and check its adapter without the published file."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class _Spectral(nn.Module):
    """A 1 x 1 convolution in the frequency domain: every pixel sees the whole picture (Chi et al., "FFC", 2020)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(2 * width, 2 * width, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(N, width, H, W) -> the same shape."""
        height, width = features.shape[2], features.shape[3]
        spectrum = torch.fft.rfft2(features, norm="ortho")
        mixed = torch.relu(self.mix(torch.cat([spectrum.real, spectrum.imag], dim=1)))
        real, imaginary = mixed.chunk(2, dim=1)
        seen: Tensor = torch.fft.irfft2(torch.complex(real, imaginary), s=[height, width], norm="ortho")
        return seen


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.near = nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect")
        self.far = _Spectral(width)

    def forward(self, features: Tensor) -> Tensor:
        return features + 0.1 * torch.relu(self.near(features) + self.far(features))


class FourierNetwork(nn.Module):
    """Down by eight, Fourier convolutions, up by eight; fills the hole only, as the published TorchScript does.

    Args:
        width: channels at the coarsest scale.
        blocks: of Fourier convolution.
    """

    def __init__(self, width: int = 512, blocks: int = 12) -> None:
        super().__init__()
        steps = [width // 8, width // 4, width // 2, width]
        down: list[nn.Module] = [nn.Conv2d(4, steps[0], 7, padding=3, padding_mode="reflect")]
        up: list[nn.Module] = []
        for fine, coarse in zip(steps, steps[1:], strict=False):
            down += [nn.ReLU(), nn.Conv2d(fine, coarse, 3, stride=2, padding=1)]
            up = [nn.ConvTranspose2d(coarse, fine, 3, stride=2, padding=1, output_padding=1), nn.ReLU(), *up]
        tail = nn.Conv2d(steps[0], 3, 7, padding=3)
        self.layers = nn.Sequential(*down, *[_Block(width) for _ in range(blocks)], *up, tail)
        for layer in self.modules():  # PyTorch's own start would paint grey all over, and grey agrees with grey
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(layer.weight)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Picture (N, 3, H, W) in 0..1 and mask (N, 1, H, W) of 0 and 1 -> picture; sides divide by eight."""
        hole = mask.to(image.dtype)
        painted = torch.sigmoid(self.layers(torch.cat([image * (1 - hole), hole], dim=1)))
        return image * (1 - hole) + painted * hole
