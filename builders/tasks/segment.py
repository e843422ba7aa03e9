"""Semantic segmentation: one class of the picture's label map covered with a see-through colour, or a class that is not there.

A record brings its classes (:mod:`ieiw.builders.vocabulary`) and the map: a file of role ``labels`` (with
``annotation["coding"]``, a :data:`ieiw.builders.formats.label_maps.Coding` or ``matlab:NAME``), or
``annotation["segments"]``, COCO segmentations with their numbers. ``annotation["rough"]``, (first, end): numbers that are
outlined roughly.
Numbers that are neither named nor void are things known to be of no named class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.builders.formats.label_maps import Coding, Labels, decode_labels, decode_matlab, fit_labels
from ieiw.builders.instructions.mask_sentences import fill_what
from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.options import Options
from ieiw.builders.outlines import on_upright
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._masking import MaskOptions, MaskTask, Painting
from ieiw.builders.vocabulary import CLASSES, LABELS, Vocabulary, splitters, unrelated, vocabulary
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.palette import PALETTES
from ieiw.triplets.images.codec import resize_mask
from ieiw.triplets.records import Mask, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_NOTICED = 0.001
"""Share of the picture from which on one sees that a class is there."""


class ClassOptions(Options):
    """Which classes of a label map are asked for, whatever is then drawn of them."""

    min_share: float = Field(default=0.005, ge=0, lt=1)
    """Classes that cover less of the picture are not asked for; they are present all the same."""
    min_rough_share: float = Field(default=0.05, ge=0, lt=1)
    """The same for classes that a source says are outlined roughly, such as COCO-Stuff's stuff: small ones are often wrong."""
    negatives: float = Field(default=0.2, ge=0, le=1)
    """Share of triplets that ask for a class that is not there and leave the picture as it is."""
    max_void: float = Field(default=0.1, ge=0, le=1)
    """No class is called absent where more than this share of the picture is void: it might be there."""
    vague: bool = False
    """Whether to ask for all classes, as an evaluation does: also for those that a picture alone does not define (``metal``,
    ``furniture-other``), or of which another class in the picture holds a part (``table`` beside ``dining table``)."""


class SegmentOptions(ClassOptions, MaskOptions):
    """Options of the task ``segment``."""


@dataclass(frozen=True, slots=True)
class _Map:
    """A picture's labels, upright at full size; how many pixels each number has, void pixels apart; numbers outlined roughly."""

    labels: Labels
    counts: Mapping[int, int]
    void: Mask
    rough: range

    @property
    def void_share(self) -> float:
        return float(np.count_nonzero(self.void) / self.void.size)


class Segment(MaskTask[SegmentOptions]):
    """InstructDiffusion's semantic segmentation (section 3.1), with absent classes that are absent."""

    name = "segment"
    version = 4
    needs = frozenset({Kind.LABELLED})
    options = SegmentOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: a class drawn by ``rng``, painted where it is, or nothing painted where it is not.

        Raises:
            Refusal: ``mask_unreadable``, ``mask_size_mismatch``, ``region_empty`` (nothing but void and unnamed things),
                ``region_too_small`` (no class covers enough), ``ambiguous`` (only classes of leftovers, or
                of which others hold a part).
        """
        yield self._painted(record, rng, self.draw(record, rng))

    def draw(self, record: OpenRecord, rng: np.random.Generator) -> Painting[AskedClass]:
        """The class of one attempt, drawn by ``rng``: its mask at output size, its sentences and its answer.

        Raises:
            Refusal: as :meth:`triplets`.
        """
        words = vocabulary(record.data[CLASSES])
        found: _Map = record.once("map", lambda: _labels(record, words))
        picture = self._picture(record)
        size = (picture.shape[1], picture.shape[0])
        absent = self._absent(found, words) if rng.random() < self._options.negatives else []
        if absent:
            number, mask = absent[int(rng.integers(len(absent)))], np.zeros(picture.shape[:2], np.bool_)
        else:
            number, mask = self._present(found, words, size, rng)
        name = words.names[number]
        colours = list(PALETTES[self._options.palette])
        what = name.everything(_has_siblings(number, found, words)) if self._options.vague else name.plain()
        simple = self._options.instructions == "simple"
        templates = chosen(self._tools.wordings, "segment", (), rng)
        wordings = fill_what("segment-simple", name.spoken) if simple else fill_what("segment", what, templates)
        void = resize_mask(found.void, size) if found.void_share > 0 else np.zeros_like(mask)
        return Painting(
            mask=mask,
            wordings=wordings,
            own=len(wordings),
            asked=AskedClass(what=what, spoken=name.spoken, class_name=name.raw, class_id=number),
            void=void & ~mask,
            about=name.spoken,
            colour=colours[number % len(colours)] if simple else "",
        )

    def _present(
        self, found: _Map, words: Vocabulary, size: tuple[int, int], rng: np.random.Generator
    ) -> tuple[int, Mask]:
        """A class that covers enough, and its mask at output size (width, height)."""
        named = [number for number in found.counts if number in words.names]
        if not named:
            raise Refusal(Reason.REGION_EMPTY, "no class in the picture: nothing but void or unnamed things")
        clear = named if self._options.vague else _clear(named, found, words)
        if not clear:
            detail = f"only classes of leftovers, or of which others hold a part: {words.names[named[0]].raw}"
            raise Refusal(Reason.AMBIGUOUS, detail)
        large = [number for number in clear if found.counts[number] >= self._least(number, found) * found.labels.size]
        for number in rng.permutation(np.asarray(large, np.int64)).tolist():
            mask = resize_mask(found.labels == number, size)
            if np.count_nonzero(mask) >= max(1.0, self._least(number, found) * mask.size):
                return int(number), mask
        rough = f" ({self._options.min_rough_share} where it is outlined roughly)" if found.rough else ""
        raise Refusal(Reason.REGION_TOO_SMALL, f"no class covers {self._options.min_share} of the picture{rough}")

    def _least(self, number: int, found: _Map) -> float:
        """Share of the picture that a class must cover."""
        rough = number in found.rough and not self._options.vague
        return max(self._options.min_share, self._options.min_rough_share if rough else 0.0)

    def _absent(self, found: _Map, words: Vocabulary) -> list[int]:
        """Classes without a single pixel that nothing in the picture could be taken for; none where much is void."""
        if found.void_share > self._options.max_void:
            return []
        present = frozenset(number for number in found.counts if number in words.names)
        return [number for number in unrelated(present, words) if self._options.vague or not words.names[number].vague]


def _clear(named: Sequence[int], found: _Map, words: Vocabulary) -> list[int]:
    """Classes of which people would mark just these pixels: no other class in the picture holds a part of them."""
    noticed = {number for number in named if found.counts[number] >= _NOTICED * found.labels.size}
    whole = (number for number in named if not words.names[number].vague)
    return [number for number in whole if noticed.isdisjoint(splitters(number, words))]


def _has_siblings(number: int, found: _Map, words: Vocabulary) -> bool:
    """Whether a class of leftovers (``wall-other``) has a more special kind of the same (``wall-brick``) in the picture."""
    name = words.names[number]
    here = (words.names[other] for other in found.counts if other != number and other in words.names)
    return name.rest and any(name.is_rest_of(other) for other in here)


def _labels(record: OpenRecord, words: Vocabulary) -> _Map:
    annotation = record.record.annotation
    if LABELS in record.data:
        coding = annotation.get("coding", "index")
        kind, _, variable = coding.partition(":")
        data = record.data[LABELS]
        decoded = decode_matlab(data, variable) if kind == "matlab" else decode_labels(data, cast(Coding, coding))
        labels = fit_labels(decoded, record.picture)
    else:
        segments, nothing = annotation["segments"], min(words.void)
        labels = on_upright(record, lambda size: _from_segments(size, segments, nothing))
    counts = _counts(labels)
    gone = words.void & counts.keys()
    void = np.zeros(labels.shape, np.bool_)
    for number in gone:  # one or two: np.isin takes ten times as long
        void |= labels == number
    kept = {number: count for number, count in counts.items() if number not in words.void}
    return _Map(labels, kept, void, range(*annotation.get("rough", (0, 0))))


def _counts(labels: Labels) -> dict[int, int]:
    if labels.dtype == np.int32:
        numbers, counts = np.unique(labels, return_counts=True)
        return dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    # OpenCV's histogram takes a fifth of the time of a count that first widens every byte to eight.
    small = labels.dtype == np.uint8
    counted = cv2.calcHist([labels], [0], None, [256], [0, 256]).ravel() if small else np.bincount(labels.ravel())
    return {int(number): int(counted[number]) for number in np.flatnonzero(counted)}


def _from_segments(size: tuple[int, int], segments: list[tuple[int, Any]], void: int) -> npt.NDArray[np.int32]:
    """A label map of COCO segmentations, void where there is none and where two classes claim a pixel."""
    labels: npt.NDArray[np.int32] = np.full((size[1], size[0]), void, np.int32)
    claimed = np.zeros(labels.shape, np.bool_)
    for number, segmentation in segments:
        mask = segmentation_mask(segmentation, size)
        labels[mask] = np.where(claimed[mask] & (labels[mask] != number), void, number)
        claimed |= mask
    return labels
