"""SIDD (Abdelhamed et al., CVPR 2018), noisy and clean sRGB pictures of smartphones.

``Data/<scene>/<number>_{NOISY,GT}_SRGB_<number>.PNG`` as SIDD_Medium_Srgb ships it; ``<split>/{input,gt}`` and
``<split>/{input_crops,gt_crops}`` as it is cut for training; or two MATLAB files of blocks, ``ValidationNoisyBlocksSrgb.mat``
and ``ValidationGtBlocksSrgb.mat`` (any two whose names differ by ``noisy`` and ``gt``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._mat_blocks import MatBlocks
from ieiw.builders.sources._paired import Folders, Pair, PairedFolders
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import encode_png
from ieiw.triplets.records import Fault
from ieiw.triplets.rejects import Reason, Refusal

_BLOCK = re.compile(r"(?P<file>.+\.mat)#(?P<index>\d+)", re.IGNORECASE)


class Sidd(PairedFolders):
    """Source of SIDD's pairs. For its arguments see ``PairedFolders``; it has no options.

    The official medium set has no splits: ``train`` names it. Blocks belong to every split but ``train``.
    """

    title = "SIDD"
    gives = Kind.NOISY
    licence = "SIDD (MIT)"

    def layouts(self) -> Sequence[Folders]:
        """Scenes, then the cut forms."""
        split = self._split
        whole = [Folders("Data/*", "Data/*", "NOISY", "GT")] if split == "train" else []
        return [
            *whole,
            Folders(f"{split}/*", f"{split}/*", "NOISY", "GT"),
            Folders(f"{split}/input", f"{split}/gt"),
            Folders(f"{split}/input_crops", f"{split}/gt_crops"),
            Folders(f"{split}/noisy", f"{split}/gt"),
        ]

    def inputs(self) -> Sequence[str]:
        """The two MATLAB files where blocks are read, else none.

        Raises:
            UsageError: no layout is there.
        """
        return list(self._mats) if self._mats else super().inputs()

    def read(self, reference: str) -> bytes:
        """The bytes of a picture; of a block, its pixels as PNG."""
        found = _BLOCK.fullmatch(reference)
        if not found:
            return super().read(reference)
        index = int(found["index"])
        try:
            blocks = self._open(found["file"])
            if index >= len(blocks):
                raise Refusal(Reason.PICTURE_MISSING, f"the file has {len(blocks)} blocks")
            return encode_png(blocks.block(index)).data
        except UsageError as error:  # damaged since it was planned, or beyond its header
            raise Refusal(Reason.PICTURE_UNREADABLE, str(error)) from error

    @cached_property
    def _mats(self) -> tuple[str, str] | None:
        """The noisy and the clean file, or None where there are no blocks for the split."""
        if self._split == "train":
            return None
        names = [name for name in self._root.names() if name.lower().endswith(".mat")]
        lower = {name.lower(): name for name in names}
        pairs = [(name, lower.get(name.lower().replace("noisy", "gt"))) for name in names if "noisy" in name.lower()]
        if len(pairs) > 1:
            raise UsageError(
                f"root {self._root.location}: several files of noisy blocks: {', '.join(name for name, _ in pairs)}. "
                "Keep one pair in `root`."
            )
        for noisy, clean in pairs:
            if clean is None:
                raise UsageError(f"root {self._root.location}: {noisy} has no partner; its clean blocks are missing")
            return noisy, clean
        return None

    @cached_property
    def _blocks(self) -> dict[str, MatBlocks]:
        return {}

    def _open(self, name: str) -> MatBlocks:
        if name not in self._blocks:
            self._blocks[name] = MatBlocks(self._root.open(name), self._root.full_name(name))
        return self._blocks[name]

    def pairs(self) -> list[Pair]:
        """Of files, or of blocks."""
        if self._mats is None:
            return super().pairs()
        noisy, clean = self._mats
        first, second = self._open(noisy), self._open(clean)
        longer = first if len(first) >= len(second) else second
        pairs = []
        for index in range(len(longer)):
            missing = noisy if index >= len(first) else clean if index >= len(second) else ""
            detail = f"{missing} has no block {longer.place(index)}"
            fault = Fault(Reason.PICTURE_MISSING, detail) if missing else None
            pairs.append(Pair(f"block-{longer.place(index)}", f"{noisy}#{index}", f"{clean}#{index}", fault))
        return pairs
