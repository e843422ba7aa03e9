"""An AutoencoderKL whose weights are set, not learned: latents are the picture in another colour basis, and come back exactly.

For small models from scratch, where no published autoencoder is at hand: it costs no training, and nothing of a picture is lost.
Every class and file is diffusers' own. How a network of group norms and SiLU becomes the identity:

* residual blocks whose last convolution is zero pass on what they get;
* silu(x) - silu(-x) = x exactly, so each value travels as the pair (x, -x);
* two constant channels, K and -K, are so large that they alone set the variance of the group norm, which then divides by K.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL

_WIDTH = 16
_LARGE = 1000.0
_LATENTS = 4
# Brightness, blue-yellow, red-cyan: an orthogonal basis, each row scaled so that pictures spread by about one. The fourth channel
# repeats brightness: the decoder averages the two, which halves the noise where eyes see it best.
_BASIS = torch.tensor(
    [
        [0.577350, 0.577350, 0.577350],
        [-0.408248, -0.408248, 0.816497],
        [0.707107, -0.707107, 0.0],
        [0.577350, 0.577350, 0.577350],
    ],
    dtype=torch.float64,
)
_SCALES = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64)


def exact_autoencoder(size: int) -> Any:
    """An AutoencoderKL of four latent channels at the picture's own size; decode(encode(x).mode()) is x to about 1e-4.

    Args:
        size: of the pictures in pixels, noted in the configuration.
    """
    vae: Any = AutoencoderKL(
        block_out_channels=(_WIDTH,),
        down_block_types=("DownEncoderBlock2D",),
        up_block_types=("UpDecoderBlock2D",),
        latent_channels=_LATENTS,
        layers_per_block=1,
        norm_num_groups=1,
        sample_size=size,
        scaling_factor=1.0,
        mid_block_add_attention=False,
        force_upcast=False,
    )
    to_latents = _BASIS * _SCALES[:, None]
    from_latents = torch.linalg.pinv(to_latents)
    with torch.no_grad():
        for part in vae.parameters():
            part.zero_()
        _pass_through(vae.encoder, 3)
        _pass_through(vae.decoder, _LATENTS)
        _identity(vae.quant_conv, to_latents)
        vae.quant_conv.bias[_LATENTS:] = -30.0  # log variance: no noise
        _identity(vae.post_quant_conv, torch.eye(_LATENTS))
        _at_middle(vae.encoder.conv_out)[: 2 * _LATENTS, : 2 * _LATENTS] = _unpaired(2 * _LATENTS, 3)
        _at_middle(vae.decoder.conv_out)[:, :8] = from_latents.float() @ _unpaired(_LATENTS, _LATENTS)
    return vae.eval().requires_grad_(False)


def _pass_through(coder: Any, channels: int) -> None:
    """Carry ``channels`` values as pairs through an encoder or a decoder up to its last convolution."""
    middle = _at_middle(coder.conv_in)
    for channel in range(channels):
        middle[2 * channel, channel], middle[2 * channel + 1, channel] = 1.0, -1.0
    coder.conv_in.bias[-2], coder.conv_in.bias[-1] = _LARGE, -_LARGE
    # Of the width's channels two hold K: the variance is 2 K² / width.
    coder.conv_norm_out.weight[:] = _LARGE * (2 / _WIDTH) ** 0.5


def _unpaired(rows: int, channels: int) -> torch.Tensor:
    """(rows, 8): each of the first ``channels`` values from its pair."""
    weights = torch.zeros(rows, 8)
    for channel in range(channels):
        weights[channel, 2 * channel], weights[channel, 2 * channel + 1] = 1.0, -1.0
    return weights


def _identity(convolution: Any, matrix: torch.Tensor) -> None:
    weight = convolution.weight[:, :, 0, 0]
    weight[: matrix.shape[0], : matrix.shape[1]] = matrix.float()


def _at_middle(convolution: Any) -> Any:
    """The weights that act on the pixel itself, as a view."""
    return convolution.weight[:, :, 1, 1]
