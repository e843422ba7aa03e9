"""Depth estimation as InstructCV draws it: the picture turned into shades of grey, linear over a stated range of metres.

A record has a file of role ``depth``, an 8- or 16-bit grey picture in which 0 means that nothing was measured, and
``annotation["units_per_metre"]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

import cv2
import numpy as np
from pydantic import Field, model_validator

from ieiw.builders.formats.label_maps import decode_labels, fit_labels
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import pair_name
from ieiw.builders.tasks._vision import Form, VisionOptions, VisionTask
from ieiw.triplets.drawings.depth import Answer, Depth, DepthScale, draw
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.records import Mask, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_CLOSEST = 0.4
"""Metres; nearer than this a depth camera measures next to nothing, so that half of a picture cannot be."""
_DOUBT = "are {:g} units a metre, as `options.units_per_metre` says?"


class DepthOptions(VisionOptions):
    """Options of the task ``depth``."""

    nearest: float = Field(default=0.0, ge=0)
    """Metres at the near end of the scale."""
    farthest: float = Field(default=10.0, gt=0)
    """Metres at the far end; what lies beyond is shown like it."""
    near: Literal["black", "white", "either"] = "black"
    """Shade of what is near; ``either`` draws it for each triplet, and every sentence says it."""
    limit: float = Field(default=10.0, gt=0)
    """Metres from which on a sensor's value says only that nothing came back (NYUv2's Kinect): it counts as unmeasured."""
    max_missing: float = Field(default=0.4, ge=0, lt=1)
    """Pictures with a larger share of unmeasured pixels are refused. Others take the depth of the nearest measured pixel, and
    ``answer.void`` says where."""
    instructions: Form = "natural"
    """Sentences that name the shades; one fixed sentence, as InstructCV's; or the job's name. The latter two name no shade."""

    @model_validator(mode="after")
    def _is_range(self) -> DepthOptions:
        if self.nearest >= self.farthest:
            raise ValueError("`nearest` must be less than `farthest`")
        if self.near == "either" and self.instructions != "natural":
            raise ValueError("`near: either` needs `instructions: natural`: no other sentence says which shade is near")
        return self


class DepthEstimation(VisionTask[DepthOptions]):
    """InstructCV's depth estimation."""

    name = "depth"
    version = 3
    needs = frozenset({Kind.DEPTH})
    drawing = Answer
    options = DepthOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: the depth map of the picture.

        Raises:
            Refusal: ``mask_unreadable``, ``mask_size_mismatch`` (the depth map), ``region_empty`` where too little was measured,
                ``invalid_record`` where ``units_per_metre`` can hardly be right.
        """
        picture = self._picture(record)
        depth, void = record.once("depth", lambda: self._depth(record, (picture.shape[1], picture.shape[0])))
        near = self._options.near
        if near == "either":
            near = "white" if rng.random() < 0.5 else "black"
        scale = DepthScale(self._options.nearest, self._options.farthest, near)
        nearer, farther = ("darker", "lighter") if near == "black" else ("lighter", "darker")
        words = {"near": scale.near, "far": scale.far, "nearer": nearer, "farther": farther}
        words |= {"start": _metres(scale.nearest) if scale.nearest else "the camera", "end": _metres(scale.farthest)}
        sentences = self._sentences(words, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=self._source(record),
            target=self._tools.encode(draw(depth, scale)),
            answer=Answer(
                nearest=scale.nearest,
                farthest=scale.farthest,
                near=scale.near,
                void=to_rle(void),
                measured=(round(float(depth[~void].min()), 4), round(float(depth[~void].max()), 4)),
            ),
            region_share=1.0,
            pair=pair_name(record.source, record.record.id, self.name),
        )

    def _depth(self, record: OpenRecord, size: tuple[int, int]) -> tuple[Depth, Mask]:
        """Metres at output size (width, height), without gaps, and where there were gaps."""
        levels = fit_labels(decode_labels(record.data["depth"]), record.picture)
        units = record.record.annotation["units_per_metre"]
        nothing, far = levels == 0, levels >= self._options.limit * units
        missing = nothing | far
        if self._is_too_much(nothing):
            raise Refusal(Reason.REGION_EMPTY, f"nothing was measured in {nothing.mean():.0%} of the picture")
        if self._is_too_much(missing):
            detail = f"{far.mean():.0%} of the picture lies {self._options.limit:g} m away or more"
            raise Refusal(Reason.INVALID_RECORD, f"{detail}: {_DOUBT.format(units)}")
        if (middle := float(np.median(levels[~missing])) / units) < _CLOSEST:
            raise Refusal(
                Reason.INVALID_RECORD, f"half of what was measured is within {middle:.2g} m: {_DOUBT.format(units)}"
            )
        metres = levels.astype(np.float32) / np.float32(units)
        metres[missing] = 0
        metres = _without_gaps(metres)
        # The nearest pixel, never a mean: between a chair and the wall behind it there is nothing half way.
        depth = cv2.resize(metres, size, interpolation=cv2.INTER_NEAREST_EXACT)
        void = cv2.resize(missing.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT)
        return cast(Depth, depth), cast(Mask, void.astype(np.bool_))

    def _is_too_much(self, missing: Mask) -> bool:
        share = float(missing.mean())
        return share > self._options.max_missing or share == 1.0


def _metres(distance: float) -> str:
    return f"{distance:g} {'metre' if distance == 1 else 'metres'}"


def _without_gaps(depth: Depth) -> Depth:
    """Every pixel without a measurement takes that of the nearest pixel that has one."""
    gaps = (depth <= 0).astype(np.uint8)
    if not gaps.any():
        return depth
    _, nearest = cv2.distanceTransformWithLabels(gaps, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(nearest.max()) + 1, np.float32)
    table[nearest[gaps == 0]] = depth[gaps == 0]
    return cast(Depth, table[nearest])
