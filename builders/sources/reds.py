"""REDS (Nah et al., NTIRE 2019), blurred and sharp frames.

``<split>/<split>_{blur,blur_jpeg,sharp}/<sequence>/<frame>`` as its archives unpack (with or without the outer folder), or
``<split>/{blur,sharp}``, with sequence folders or flattened as ``<sequence>_<frame>.png``. The compressed blur is JPEG, its sharp
frames are PNG: names match without their endings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._paired import Folders, PairedFolders


class RedsOptions(Options):
    """Options of the source. ``blur``: which blurred frames of the official layout are mended, plain or compressed."""

    blur: Literal["blur", "blur_jpeg"] = "blur"


class Reds(PairedFolders):
    """Source of REDS' frame pairs; splits ``train`` and ``val``. For its arguments see :class:`PairedFolders`."""

    title = "REDS"
    gives = Kind.BLURRED
    advice = "`options: {blur: blur_jpeg}` takes the other rendering; blur is the default. "
    options_model = RedsOptions
    licence = "REDS (CC BY 4.0)"
    _options: RedsOptions

    def layouts(self) -> Sequence[Folders]:
        """The official layout, without its outer folder, and the common ones."""
        split, blur = self._split, self._options.blur
        return [
            Folders(f"{split}/{split}_{blur}", f"{split}/{split}_sharp"),
            Folders(f"{split}_{blur}", f"{split}_sharp"),
            Folders(f"{split}/blur", f"{split}/sharp"),
            Folders(f"{split}/input", f"{split}/target"),
        ]
