"""CLWD (Liu et al., WACV 2021), coloured watermarks on VOC pictures.

``<split>/{Watermarked_image,Watermark_free_image}/<number>.jpg`` and ``<split>/Mask/<number>.png``, as WDNet's authors ship it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._paired import Folders, Pair, PairedFolders
from ieiw.triplets.records import Record


class Clwd(PairedFolders):
    """Source of CLWD's pairs; splits ``train`` and ``test``. For its arguments see ``PairedFolders``.

    The mask, where there is one, tells where the mark was; the role is ``mask``.
    """

    title = "CLWD"
    gives = Kind.WATERMARKED
    licence = "CLWD (pictures: PASCAL VOC 2012)"

    def layouts(self) -> Sequence[Folders]:
        """The official layout."""
        return [Folders(f"{self._split}/Watermarked_image", f"{self._split}/Watermark_free_image")]

    def record(self, pair: Pair) -> Record:
        """A pair with its mask."""
        record, mask = super().record(pair), self._masks.get(pair.name)
        return record if mask is None or pair.fault else replace(record, files={**record.files, "mask": mask})

    @cached_property
    def _masks(self) -> dict[str, str]:
        return dict(self.named(f"{self._split}/Mask"))
