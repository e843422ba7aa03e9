"""Segmentation as InstructCV draws it: the class in white on black, instead of a see-through colour over the picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field

from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.instructions.vision_sentences import FIXED, NATURAL, SIMPLE, filled
from ieiw.builders.options import parse_options
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._masking import Painting, output_picture
from ieiw.builders.tasks.segment import ClassOptions, Segment
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.white_mask import Answer, draw
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.records import OpenRecord, Triplet


class SegmentMaskOptions(ClassOptions):
    """Options of the task ``segment-mask``."""

    negatives: float = Field(default=0.0, ge=0, le=1)
    """Share of triplets that ask for an absent class and give an all black picture; InstructCV has none."""
    instructions: Literal["natural", "fixed", "simple"] = "natural"
    """Sentences; one fixed sentence, as InstructCV's; or the job's name and the class."""


class SegmentMask:
    """InstructCV's segmentation, over every source of label maps.

    Args:
        tools: picture size and encoder of the build.
        options: the source's ``task_options.segment-mask`` block, see :class:`SegmentMaskOptions`.
    """

    name = "segment-mask"
    version = 2
    needs = frozenset({Kind.LABELLED})
    roles = frozenset[str]()

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        self._tools = tools
        self._options = parse_options(SegmentMaskOptions, options, f"task_options.{self.name}")
        self._choice = Segment(tools, self._options.model_dump(exclude={"instructions"}))

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: a class that :class:`~ieiw.builders.tasks.segment.Segment` would ask for, white on black.

        Raises:
            Refusal: as :meth:`ieiw.builders.tasks.segment.Segment.triplets`.
        """
        work = self._choice.draw(record, rng)
        picture = output_picture(record, self._tools.short_side)
        sentences = self._sentences(work, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=record.once_for_picture("encoded", lambda: self._tools.encode(picture)),
            target=self._tools.encode(draw(work.mask)),
            answer=Answer(
                asked=work.asked,
                present=bool(work.mask.any()),
                mask=to_rle(work.mask),
                void=to_rle(work.void),
                box=box_of(work.mask),
            ),
            region_share=float(np.count_nonzero(work.mask) / work.mask.size),
            pair=hashlib.sha256(f"{record.source}\0{record.record.id}\0{self.name}".encode()).hexdigest()[:20],
        )

    def _sentences(self, work: Painting[AskedClass], rng: np.random.Generator) -> tuple[str, ...]:
        if self._options.instructions == "simple":
            return filled(SIMPLE[self.name], {"what": work.about})
        fixed = self._options.instructions == "fixed"
        templates = FIXED[self.name] if fixed else chosen(self._tools.wordings, self.name, NATURAL[self.name], rng)
        return filled(templates, {"what": work.asked.what})
