"""GoPro (Nah et al., CVPR 2017), blurred and sharp frames, in the sequence layout or flattened.

``<split>/<sequence>/{blur,blur_gamma,sharp}/<frame>.png`` as GOPRO_Large ships it; ``<split>/{input,target}/<name>.png`` as
MPRNet and NAFNet flatten it, or ``<split>/{blur_crops,sharp_crops}`` as NAFNet cuts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._paired import Folders, PairedFolders


class GoProOptions(Options):
    """Options of the source.

    ``blur``: which of the two renderings of the sequence layout is mended: averaged as stored, or in linear light.
    """

    blur: Literal["blur", "blur_gamma"] = "blur"


class GoPro(PairedFolders):
    """Source of GoPro's frame pairs; splits ``train`` and ``test``. For its arguments see :class:`PairedFolders`."""

    title = "GoPro"
    gives = Kind.BLURRED
    advice = "`options: {blur: blur_gamma}` takes the other rendering; blur is the default. "
    options_model = GoProOptions
    licence = "GOPRO_Large (CC BY 4.0)"
    _options: GoProOptions

    def layouts(self) -> Sequence[Folders]:
        """Sequences, then the flattened forms."""
        split = self._split
        return [
            Folders(f"{split}/*/{self._options.blur}", f"{split}/*/sharp"),
            Folders(f"{split}/input", f"{split}/target"),
            Folders(f"{split}/blur_crops", f"{split}/sharp_crops"),
        ]
