"""Segmentation as InstructCV draws it: the class in white on black, instead of a see-through colour over the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import Field

from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import pair_name
from ieiw.builders.tasks._vision import Form, VisionOptions, VisionTask
from ieiw.builders.tasks.segment import ClassOptions, Segment
from ieiw.triplets.drawings.white_mask import Answer, draw
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.records import OpenRecord, Triplet


class SegmentMaskOptions(ClassOptions, VisionOptions):
    """Options of the task ``segment-mask``."""

    negatives: float = Field(default=0.0, ge=0, le=1)
    """Share of triplets that ask for an absent class and give an all black picture; InstructCV has none."""
    instructions: Form = "natural"
    """Sentences; one fixed sentence, as InstructCV's; or the job's name and the class."""


class SegmentMask(VisionTask[SegmentMaskOptions]):
    """InstructCV's segmentation, over every source of label maps."""

    name = "segment-mask"
    version = 3
    needs = frozenset({Kind.LABELLED})
    drawing = Answer
    options = SegmentMaskOptions

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        super().__init__(tools, options)
        self._choice = Segment(tools, self._options.model_dump(exclude={"instructions"}))

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: a class that :class:`~ieiw.builders.tasks.segment.Segment` would ask for, white on black.

        Raises:
            Refusal: as :meth:`ieiw.builders.tasks.segment.Segment.triplets`.
        """
        work = self._choice.draw(record, rng)
        form = self._options.instructions
        words = {"what": work.about if form == "simple" else work.asked.what}
        sentences = self._sentences(words, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=self._source(record),
            target=self._tools.encode(draw(work.mask)),
            answer=Answer(
                asked=work.asked,
                present=bool(work.mask.any()),
                mask=to_rle(work.mask),
                void=to_rle(work.void),
                box=box_of(work.mask),
            ),
            region_share=float(np.count_nonzero(work.mask) / work.mask.size),
            pair=pair_name(record.source, record.record.id, self.name),
        )
