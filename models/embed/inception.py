"""Inception-v3 as FID has it (Heusel et al. 2017), by torch-fidelity: what GIQA embeds by."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.embed.common import OnTorch, PicturesAlone, normalised, on_device
from ieiw.models.torch_files import read_state
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.weights import Weights, digest
from ieiw.triplets.records import Image

_SIDE = 299
_POOL3 = "2048"
"""The library's name of the last layer before the classes."""


class Inception(PicturesAlone, OnTorch):
    """2,048 averages over the last layer before the classes, of length 1.

    Args:
        weights: the published file; by default the one that ``INCEPTION`` names.
        batch: how many pictures go through the model at once.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: the weights are not there.
        ValueError: ``batch`` or ``device`` is out of bounds.
    """

    name = "inception"
    stand_in = False
    cost = 0.2
    dimension = 2_048
    weights = Weights(
        backend="inception",
        role="embed",
        file="pt_inception-2015-12-05-6726825d.pth",
        site="https://github.com/mseitzer/pytorch-fid/releases",
        variable="INCEPTION",
        stand_in="descriptor",
    )

    def __init__(self, weights: str = "", *, batch: int = 32, device: str = "auto") -> None:
        super().__init__(batch, device)
        self._file = self.weights.find(weights)

    def describe(self) -> dict[str, str]:
        """Layer, and digest of the weights."""
        return {
            "embedder": self.name,
            "layer": "pool3",
            "weights_sha256": digest(self._file),
            "device": self._device,
        }

    def prepare(self, image: Image) -> npt.NDArray[np.float32]:
        """(3, 299, 299), 0..255, whole numbers: sized as TensorFlow 1 did, on which the model was trained. Safe in threads."""
        declare_operators_on_import()
        import torch
        from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

        pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1), np.float32))
        sized = interpolate_bilinear_2d_like_tensorflow1x(pixels[None], size=(_SIDE, _SIDE), align_corners=False)[0]
        prepared: npt.NDArray[np.float32] = sized.round().numpy()
        return prepared

    def images(self, prepared: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float16]:
        """See :class:`~ieiw.models.protocols.Embedder`."""
        import torch

        found = [np.empty((0, self.dimension), np.float16)]
        with torch.inference_mode():
            for start in range(0, len(prepared), self._batch):
                pixels = on_device(prepared[start : start + self._batch], self._device).to(torch.uint8)
                found.append(normalised(self._model(pixels)[0].cpu().numpy()))
        return np.concatenate(found)

    @cached_property
    def _model(self) -> Any:
        """The model with its weights.

        Raises:
            UsageError: the file holds another model, or is damaged.
        """
        declare_operators_on_import()
        import torch
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

        torch.set_num_threads(1 if self._device == "cpu" else torch.get_num_threads())
        # The class reads a file by itself, and how depends on torch: it gets what was read as tensors alone, saved once more.
        safe = io.BytesIO()
        torch.save(read_state(self._file), safe)
        safe.seek(0)
        try:
            model = FeatureExtractorInceptionV3(self.name, [_POOL3], feature_extractor_weights_path=safe)
        except RuntimeError as error:  # names and shapes are compared, one and all
            raise self.weights.refused(self._file, f"holds another model ({str(error)[:300]})") from error
        return model.to(self._device).eval()
