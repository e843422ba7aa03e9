"""Something replaced by something else: "change the running dog to a cute cat" (IEIW's second resource, paper section 3.3).

The pixels, captions and sentences were made and committed by the steps of pipelines/replacement; here they become a triplet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from pydantic import Field, field_validator

from ieiw.builders.options import Options
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.replacement.made import Replaced, ReplacementJob
from ieiw.builders.replacement.neighbours import RetrieveRules
from ieiw.builders.replacement.quality import QualityRules
from ieiw.builders.replacement.working import PaintRules
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.triplets.drawings import replacement
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.recipe import expanded
from ieiw.triplets.layout.replacement_facts import facts_of
from ieiw.triplets.records import OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal


class WriteRules(Options):
    """How the instruction is written."""

    prompt: str = ""
    """Of a language model, with {placeholders}; ours where it is empty."""
    tries: int = Field(default=3, ge=1, le=20)
    """Answers that a language model may give before the attempt is refused."""


class ReplacementOptions(Options):
    """Options of the task.

    ``gallery``, which must be given, is a folder that ``ieiw gallery regions`` made; ``roots`` says where its data sets lie now, by
    their names, where they were moved. ``region`` says what may be replaced; the other blocks are of the steps.
    """

    gallery: str = ""
    roots: dict[str, str] = Field(default_factory=dict)
    region: QualityRules = QualityRules()
    retrieve: RetrieveRules = RetrieveRules()
    paint: PaintRules = PaintRules()
    write: WriteRules = WriteRules()

    @field_validator("gallery")
    @classmethod
    def _place(cls, value: str) -> str:
        return expanded(value)


class Replacement(TaskBase[ReplacementOptions]):
    """The task; variants of a record replace other regions of its picture.

    Args:
        tools: picture size, encoder and backends of the build.
        options: see :class:`ReplacementOptions`.
    """

    name = "replacement"
    version = 1
    needs = frozenset({Kind.REGIONED, Kind.OUTLINED})
    roles = frozenset({"embed", "paint", "caption", "write"})
    drawing = replacement.Answer
    photographic = True
    options = ReplacementOptions
    cap = 10**9  # variants are told in the recipe

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        super().__init__(tools, options)

    @property
    def rules(self) -> ReplacementOptions:
        """What the recipe says."""
        return self._options

    def job(self, record: OpenRecord) -> ReplacementJob:
        """See :class:`ieiw.builders.protocols.ModelTask`."""
        return ReplacementJob(record.record.id)

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """The triplet of the variant at hand.

        Raises:
            Refusal: of the step that refused it; ``nothing_changed`` where the painter gave the region back.
        """
        found = record.artefacts[self.job(record).digest][record.variant]
        if isinstance(found, Refusal):
            raise found
        made: Replaced = found
        picture, painted, written = self._picture(record), made.painted, made.written
        x, y, width, height = painted.patch
        target = picture.copy()
        target[y : y + height, x : x + width] = made.patch
        if np.array_equal(target, picture):
            raise Refusal(Reason.NOTHING_CHANGED, "the painter gave back what was there")
        hole = from_rle(painted.hole)
        yield Triplet(
            instruction=written.instruction,
            alternatives=written.alternatives,
            source=self._source(record),
            target=self._tools.encode(target),
            answer=replacement.Answer(
                replaced=written.replaced,
                phrase=written.phrase,
                region=painted.region,
                hole=painted.hole,
                box=painted.patch,
            ),
            region_share=np.count_nonzero(hole) / hole.size,
            pair=pair_name(record.source, record.record.id, self.name, str(record.variant)),
            backend=self._tools.backend("paint").name,
            facts=msgspec.to_builtins(facts_of(painted, made.captioned, written.tries)),
        )
