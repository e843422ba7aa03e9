"""Detection as InstructCV draws it: the outlines of all boxes of one class, in a colour that is named.

A record's annotation holds ``class`` (the data set's name) and ``boxes`` (x, y, width, height each, in pixels of the stored
picture): all things of that class in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ieiw.builders.instructions.classes import class_name
from ieiw.builders.instructions.words import article
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import pair_name
from ieiw.builders.tasks._vision import Form, VisionOptions, VisionTask
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.boxes import Answer, PixelBox, draw, lines_mask, read_lines
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.images.codec import annotation_frame, upright_points
from ieiw.triplets.records import Image, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_FIXED_COLOUR = "blue"  # InstructCV's


class DetectOptions(VisionOptions):
    """Options of the task ``detect``."""

    line: float = Field(default=0.01, gt=0, le=0.1)
    """Width of the lines as a share of the picture's shorter side; at least two pixels are drawn."""
    min_side: int = Field(default=10, ge=6)
    """Pictures in which a box of the class is narrower or lower than this, in output pixels, are refused: all are to be drawn."""
    max_boxes: int = Field(default=12, ge=1)
    """Pictures with more things of the class are refused: nobody can tell so many outlines from each other."""
    instructions: Form = "natural"
    """Sentences; one fixed sentence, as InstructCV's; or the paper's simple indicator. The latter two have one fixed colour."""


class Detect(VisionTask[DetectOptions]):
    """InstructCV's detection."""

    name = "detect"
    version = 2
    needs = frozenset({Kind.BOXED})
    drawing = Answer
    options = DetectOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: every box of the record's class outlined.

        Raises:
            Refusal: ``invalid_record`` (a record without boxes); ``region_too_small``; ``ambiguous`` where there are too
                many outlines, or they hide each other, so that nobody could tell the boxes; ``picture_size_mismatch``.
        """
        picture = self._picture(record)
        boxes, pixels, width = record.once("boxes", lambda: self._boxes(record, picture))
        drawn = lines_mask(picture.shape, pixels, width)
        form, name = self._options.instructions, class_name(record.record.annotation["class"])
        colour = visible_on(picture, drawn, rng) if form == "natural" else _FIXED_COLOUR
        what = name.several() if len(boxes) > 1 else f"the {name.spoken}"
        box = f"{colour} boxes" if len(boxes) > 1 else f"{article(colour)} {colour} box"
        words = {"what": name.spoken if form == "simple" else what, "boxes": box}
        sentences = self._sentences(words, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=self._source(record),
            target=self._tools.encode(draw(picture, pixels, PALETTE[colour], width)),
            answer=Answer(
                asked=AskedClass(what=what, spoken=name.spoken, class_name=name.raw),
                boxes=tuple((round(x, 2), round(y, 2), round(w, 2), round(h, 2)) for x, y, w, h in boxes),
                outlines=tuple(pixels),
                colour=colour,
                rgb=PALETTE[colour],
                line=width,
            ),
            region_share=float(np.count_nonzero(drawn) / drawn.size),
            pair=pair_name(record.source, record.record.id, self.name),
        )

    def _boxes(self, record: OpenRecord, picture: Image) -> tuple[list[list[float]], list[PixelBox], int]:
        """Boxes (x, y, width, height) in output pixels within the picture, the same as whole pixels, and the lines' width."""
        if "boxes" not in record.record.annotation:
            raise Refusal(
                Reason.INVALID_RECORD, "a record without boxes; give the source `options: {records: classes}`"
            )
        count = len(record.record.annotation["boxes"])
        if count > self._options.max_boxes:
            raise Refusal(Reason.AMBIGUOUS, f"{count} boxes of the class, the most is {self._options.max_boxes}")
        height, width = picture.shape[:2]
        line = max(2, round(self._options.line * min(width, height)))
        corners = _scaled(record, (width, height))
        least = max(self._options.min_side, 2 * line)
        pixels = np.floor(corners + 0.5).astype(np.int64)
        if (pixels[:, 2:] - pixels[:, :2] < least).any():
            raise Refusal(Reason.REGION_TOO_SMALL, f"a box of the class has a side below {least} pixels")
        outlines = sorted({(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in pixels.tolist()})
        found = np.array(read_lines(lines_mask(picture.shape, outlines, line), line, least)).reshape(-1, 4)
        if len(found) != len(outlines) or any(np.abs(found - box).max(axis=1).min() > 1 for box in outlines):
            raise Refusal(Reason.AMBIGUOUS, f"the outlines of {len(outlines)} boxes hide each other")
        sides = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        return sides.tolist(), outlines, line


def _scaled(record: OpenRecord, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """x0, y0, x1, y1 of each box in pixels of an output picture (width, height), cut off at its border."""
    boxes = np.asarray(record.record.annotation["boxes"], np.float64).reshape(-1, 4)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    full = record.picture.size
    if annotation_frame(record.picture, record.record.size) == "stored":
        turned = upright_points(corners.reshape(-1, 2), record.picture).reshape(-1, 2, 2)
        corners = np.concatenate([turned.min(axis=1), turned.max(axis=1)], axis=1)
    corners = corners * np.tile(np.asarray(size, np.float64) / np.asarray(full, np.float64), 2)
    return cast(npt.NDArray[np.float64], np.clip(corners, 0, np.tile(np.asarray(size, np.float64), 2)))
