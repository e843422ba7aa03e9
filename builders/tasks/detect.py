"""Detection as InstructCV draws it: the outlines of all boxes of one class, in a colour that is named.

A record's annotation holds ``class`` (the data set's name) and ``boxes`` (x, y, width, height each, in pixels of the stored
picture): all things of that class in the picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ieiw.builders.instructions.classes import ClassName, class_name
from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.instructions.vision_sentences import FIXED, NATURAL, SIMPLE, filled
from ieiw.builders.options import Options, parse_options
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._masking import output_picture
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.boxes import Answer, PixelBox, draw, lines_mask, read_lines
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.images.codec import annotation_frame, upright_points
from ieiw.triplets.records import Image, Mask, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_FIXED_COLOUR = "blue"  # InstructCV's


class DetectOptions(Options):
    """Options of the task ``detect``."""

    line: float = Field(default=0.01, gt=0, le=0.1)
    """Width of the lines as a share of the picture's shorter side; at least two pixels are drawn."""
    min_side: int = Field(default=10, ge=6)
    """Pictures in which a box of the class is narrower or lower than this, in output pixels, are refused: all are to be drawn."""
    max_boxes: int = Field(default=12, ge=1)
    """Pictures with more things of the class are refused: nobody can tell so many outlines from each other."""
    instructions: Literal["natural", "fixed", "simple"] = "natural"
    """Sentences; one fixed sentence, as InstructCV's; or the paper's simple indicator. The latter two have one fixed colour."""


class Detect:
    """InstructCV's detection.

    Args:
        tools: picture size and encoder of the build.
        options: the source's ``task_options.detect`` block, see :class:`DetectOptions`.
    """

    name = "detect"
    version = 1
    needs = frozenset({Kind.BOXED})
    roles = frozenset[str]()

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        self._tools = tools
        self._options = parse_options(DetectOptions, options, f"task_options.{self.name}")

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: every box of the record's class outlined.

        Raises:
            Refusal: ``invalid_record`` (a record without boxes); ``region_too_small``; ``ambiguous`` where there are too
                many outlines, or they hide each other, so that nobody could tell the boxes; ``picture_size_mismatch``.
        """
        picture = output_picture(record, self._tools.short_side)
        boxes, pixels, width = record.once("boxes", lambda: self._boxes(record, picture))
        drawn = lines_mask(picture.shape, pixels, width)
        colour = self._colour(picture, drawn, rng)
        name = class_name(record.record.annotation["class"])
        sentences = self._sentences(name, colour, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=record.once_for_picture("encoded", lambda: self._tools.encode(picture)),
            target=self._tools.encode(draw(picture, pixels, PALETTE[colour], width)),
            answer=Answer(
                asked=AskedClass(what=name.everything(), spoken=name.spoken, class_name=name.raw),
                boxes=tuple((round(x, 2), round(y, 2), round(w, 2), round(h, 2)) for x, y, w, h in boxes),
                outlines=tuple(pixels),
                colour=colour,
                rgb=PALETTE[colour],
                line=width,
            ),
            region_share=float(np.count_nonzero(drawn) / drawn.size),
            pair=hashlib.sha256(f"{record.source}\0{record.record.id}\0{self.name}".encode()).hexdigest()[:20],
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
        if not _legible(outlines, lines_mask(picture.shape, outlines, line), line, least):
            raise Refusal(Reason.AMBIGUOUS, f"the outlines of {len(outlines)} boxes hide each other")
        sides = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        return sides.tolist(), outlines, line

    def _colour(self, picture: Image, drawn: Mask, rng: np.random.Generator) -> str:
        return visible_on(picture, drawn, rng) if self._options.instructions == "natural" else _FIXED_COLOUR

    def _sentences(self, name: ClassName, colour: str, rng: np.random.Generator) -> tuple[str, ...]:
        if self._options.instructions == "simple":
            return filled(SIMPLE[self.name], {"what": name.spoken})
        if self._options.instructions == "fixed":
            return filled(FIXED[self.name], {"what": name.everything()})
        templates = chosen(self._tools.wordings, self.name, NATURAL[self.name], rng)
        return filled(templates, {"what": name.everything(), "color": colour})


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


def _legible(boxes: list[PixelBox], drawn: Mask, line: int, least: int) -> bool:
    """Whether each box can be told from the outlines alone, to a pixel."""
    found = read_lines(drawn, line, least)
    if len(found) != len(boxes):
        return False
    return all(any(max(abs(a - b) for a, b in zip(box, other, strict=True)) <= 1 for other in found) for box in boxes)
