"""What deblurring, denoising and watermark removal share: a damaged picture, the clean one, and where to cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np

from ieiw.builders.instructions.restoration import Wording, sentences
from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.options import Options
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.builders.tasks._published import check_changed, two_pictures
from ieiw.triplets.drawings import restoration
from ieiw.triplets.images.codec import decode_mask, fit_mask, resize_mask, resize_short
from ieiw.triplets.images.crop import crop_box
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.records import Encoded, Mask, OpenRecord, Triplet

View = Literal["native", "scaled"]


class RestorationOptions(Options):
    """Options of a restoration task.

    Attributes:
        view: ``native`` cuts a square of the recipe's ``short_side`` at full resolution, each variant elsewhere; ``scaled`` takes
            the whole picture, its shorter side scaled down to ``short_side``. Scaling down removes much of a blur and of
            noise. Default: ``native`` for deblurring and denoising, ``scaled`` for watermarks.
        instructions: ``natural`` sentences, or the job's name (``simple``).
    """

    view: View | None = None
    instructions: Wording = "natural"


class Restoration(TaskBase[RestorationOptions]):
    """Base of the tasks. A record has the pictures ``picture`` (damaged) and ``target`` (clean), and perhaps ``mask`` (where)."""

    version = 3
    drawing = restoration.Answer
    photographic = True
    options = RestorationOptions
    default_view: ClassVar[View] = "native"

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet; the instruction is drawn by ``rng``, the crop follows from the record and its variant.

        Raises:
            Refusal: ``picture_size_mismatch``, ``nothing_changed``, ``mask_unreadable``, ``mask_size_mismatch``.
        """
        words = sentences(self.name, self._options.instructions)
        if self._options.instructions == "natural":
            words = chosen(self._tools.wordings, self.name, words, rng)
        size, side, view = record.picture.size, self._tools.short_side, self._options.view or self.default_view
        if view == "scaled":
            box = (0, 0, *size)
            source, target = record.once("scaled pair", lambda: self._pictures(record, box, side))
        else:
            box = crop_box(size, side, record.variant, f"{record.source}\0{record.record.id}")
            source, target = self._pictures(record, box)
        mask = self._mask(record, box, (source.width, source.height))
        yield Triplet(
            instruction=words[int(rng.integers(len(words)))],
            alternatives=words,
            source=source,
            target=target,
            answer=restoration.Answer(
                view=view,
                crop=box,
                region=None if mask is None else to_rle(mask),
                box=() if mask is None else box_of(mask),
            ),
            region_share=1.0 if mask is None else float(np.count_nonzero(mask) / mask.size),
            pair=pair_name(record.source, record.record.id),
        )

    def _pictures(self, record: OpenRecord, box: tuple[int, int, int, int], side: int = 0) -> tuple[Encoded, Encoded]:
        """What is shown of both, scaled down to a shorter side where one is given."""
        x, y, width, height = box
        cut = [picture[y : y + height, x : x + width] for picture in two_pictures(record)]
        if side:
            cut = [resize_short(picture, side) for picture in cut]
        check_changed(*cut)
        return self._tools.encode(cut[0]), self._tools.encode(cut[1])

    def _mask(self, record: OpenRecord, box: tuple[int, int, int, int], size: tuple[int, int]) -> Mask | None:
        """Where the damage is, at output size; None where the data set does not say."""
        if "mask" not in record.data:
            return None
        whole = record.once("mask", lambda: fit_mask(decode_mask(record.data["mask"]), record.picture))
        x, y, width, height = box
        return resize_mask(whole[y : y + height, x : x + width], size)
