"""What removal and addition share: one region, one hole, one inpainted picture, two directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ieiw.builders.instructions.expression_checks import doubt_about_name
from ieiw.builders.instructions.phrases import NounPhrase, noun_phrase
from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.instructions.templates import TEMPLATES, fill
from ieiw.builders.outlines import drawn, instance_count, outline_of
from ieiw.builders.protocols import PaintJob, Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.region_rules import RegionRules, check_region, hole_of, region_rules
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.builders.tasks._held import with_held
from ieiw.triplets.drawings import erasure
from ieiw.triplets.images.codec import resize_mask
from ieiw.triplets.images.masks import box_of, polygon_area, to_rle
from ieiw.triplets.records import Encoded, Image, Mask, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal


@dataclass(frozen=True, slots=True)
class Region:
    """What is to go: the picture at output size, the region in it, the hole around it, and what it is called."""

    picture: Image
    mask: Mask
    hole: Mask
    phrase: NounPhrase
    instances: int


class Erasure(TaskBase[RegionRules]):
    """Base of the two tasks. A record's annotation holds ``phrase``, ``phrase_structure`` and ``Polygons`` as PhraseCut's do, or
    ``targets`` (COCO segmentations) or a file of role ``mask`` instead of those; where the data set knows, ``held``: segmentations
    of what goes along where it touches the region, and ``namesakes``: what other phrases call the same outline.

    Args:
        tools: picture size, encoder and backends of the build.
        rules: the source's ``region`` block.
    """

    version = 3
    needs = frozenset({Kind.OUTLINED})
    roles = frozenset({"inpaint"})
    drawing = erasure.Answer
    photographic = True

    def __init__(self, tools: Tools, rules: Mapping[str, Any]) -> None:
        self._tools = tools
        self._options = region_rules(dict(rules))
        self.cap = self._options.pairs_per_picture

    def job(self, record: OpenRecord) -> PaintJob:
        """The picture at output size and the hole to paint.

        Raises:
            Refusal: phrase, picture or region make no good pair.
        """
        region = self._region(record)
        self._check_sayable(region.phrase)
        return record.once("job", lambda: PaintJob(region.picture, region.hole))

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: the erased pair in this task's direction, with one of ten instructions drawn by ``rng``.

        Raises:
            Refusal: as ``job``; ``nothing_changed`` where the inpainter gave the region back.
        """
        region = self._region(record)
        self._check_sayable(region.phrase)
        templates = chosen(self._tools.wordings, self.name, TEMPLATES[self.name], rng)
        sentences = fill(self.name, region.phrase, templates)
        full, empty = record.once("erased", lambda: self._erased(record, region))
        answer = record.once(
            "answer",
            lambda: erasure.Answer(
                phrase=region.phrase.raw,
                region=to_rle(region.mask),
                hole=to_rle(region.hole),
                box=box_of(region.mask),
                instances=region.instances,
            ),
        )
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=empty if self.mirrors else full,
            target=full if self.mirrors else empty,
            answer=answer,
            region_share=np.count_nonzero(region.mask) / region.mask.size,
            pair=pair_name(record.source, record.record.id),
            backend=self._tools.backend("inpaint").name,
        )

    def _check_sayable(self, phrase: NounPhrase) -> None:
        """Refuse a phrase that says nothing in this task's direction."""

    def _region(self, record: OpenRecord) -> Region:
        return record.once("region", lambda: self._make_region(record))

    def _make_region(self, record: OpenRecord) -> Region:
        annotation = record.record.annotation
        count = instance_count(annotation)
        raw, name = annotation["phrase"], annotation["phrase_structure"]["name"]
        phrase = noun_phrase(raw, name=name, instances=count, keep_parts=self._options.keep_parts)
        if doubt := doubt_about_name(raw, name, annotation.get("namesakes", ())):
            raise Refusal(doubt.reason, f"{raw!r}: {doubt.detail}")
        outline = outline_of(record, self._drawn)
        picture = self._picture(record)
        mask = resize_mask(outline, (picture.shape[1], picture.shape[0]))
        check_region(mask, self._options)
        return Region(picture, mask, hole_of(mask, self._options), phrase, count)

    def _drawn(self, annotation: Mapping[str, Any], size: tuple[int, int]) -> Mask:
        """The outline, and what goes along with it, on a picture of this size."""
        outline = drawn(annotation, size)
        if "Polygons" in annotation:  # run lengths enclose what they enclose, and lie in their picture
            _check_inside(annotation["Polygons"], outline, self._options.min_inside)
        elif not outline.any():  # nor does anything go along with it
            raise Refusal(Reason.REGION_EMPTY, "the outline encloses no pixel")
        return with_held(outline, annotation.get("held", ()), size)

    def _erased(self, record: OpenRecord, region: Region) -> tuple[Encoded, Encoded]:
        """The picture with and without the region, as a shard holds them."""
        painted: Image = record.artefacts[self.job(record).digest]
        empty = erasure.draw(region.picture, painted, region.hole)
        if np.array_equal(empty, region.picture):
            raise Refusal(Reason.NOTHING_CHANGED, "the inpainter gave back what was there")
        return self._source(record), self._tools.encode(empty)


def _check_inside(instances: Any, drawn: Mask, least: float) -> None:
    """Refuse polygons that enclose nothing, or lie mostly outside the picture."""
    outlines = [polygon for polygons in instances for polygon in polygons]
    whole = sum(map(polygon_area, outlines))
    if whole <= 0:
        raise Refusal(Reason.REGION_EMPTY, "no polygon encloses an area")
    inside = int(np.count_nonzero(drawn))
    if inside == 0:
        raise Refusal(Reason.REGION_OUTSIDE, "no pixel inside the picture")
    height, width = drawn.shape  # a corner must lie outside: overlapping polygons also cover less than their areas' sum
    beyond = (not (-1 <= x <= width + 1 and -1 <= y <= height + 1) for polygon in outlines for x, y in polygon)
    if inside < least * whole and any(beyond):
        raise Refusal(Reason.REGION_OUTSIDE, f"{inside} of {whole:.0f} pixels lie inside the picture")
