"""The embedded stand-in: the object itself, cut out, put where the hole is, its light fitted to the surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.models.inpaint.patch import Patch
from ieiw.models.paint.common import check_jobs
from ieiw.models.paint.membrane import membrane
from ieiw.models.protocols import ReferenceJob, ReferencePainter
from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Image, Mask

Floats = npt.NDArray[np.float32]
_STRETCH = 1.1
"""Width against height may change by this factor, to fill the hole better."""
_ENLARGED = 3.0
"""More than this, and the object would be a blur."""
_SMALLER = (0.86, 0.96)
"""Share of the size that fits, for seeds other than 0: at least so much less that no seed gives what seed 0 gives."""
_LIGHT, _MOST_LIGHT = 0.5, 14.0
"""Share of the membrane's lightness that the object takes on, and its limit, of 0..100."""
_TINT, _MOST_TINT = 0.25, 5.0
"""The same for both axes of colour: little, or a red apple on grass would turn brown."""
_REVISION = "1"  # raised whenever the same job would come out otherwise


@dataclass(frozen=True, slots=True)
class _Cut:
    """The object as it will stand in the picture.

    Attributes:
        pixels: (height, width, 3), with a little of what was around it.
        cover: (height, width), 0..1, how much of a pixel is the object's.
        x, y: of the upper left corner in the picture; may lie outside.
    """

    pixels: Image
    cover: Floats
    x: int
    y: int


class Blend(ReferencePainter):
    """What stood in the hole goes, by the stand-in inpainter; then the object, scaled to the hole, stands on its lower edge.

    Its light follows a membrane (Pérez et al., "Poisson Image Editing", 2003) within limits, so that it stays opaque and keeps its
    colour. The object can come out mirrored, a little smaller, and to the side: as the seed says. Seed 0 is plain.

    It needs an outline: a silhouette that is true everywhere is refused, since a rectangle in a picture is no object.
    """

    name = "blend"
    stand_in = True
    cost = 0.4
    side = None
    box_holes = True

    @property
    def batch(self) -> int:
        """See :class:`~ieiw.models.protocols.Backend`: as many as are worth a file of their own."""
        return 16

    def describe(self) -> dict[str, str]:
        """Revision of all that is fixed, and of the inpainter."""
        return {"revision": _REVISION, "inpainter": Patch().describe()["revision"]}

    def paint(self, jobs: Sequence[ReferenceJob], seeds: Sequence[int]) -> list[Image]:
        """See :class:`~ieiw.models.protocols.ReferencePainter`.

        Raises:
            ValueError: as there, or a silhouette is true everywhere.
        """
        check_jobs(jobs, seeds)
        if any(job.silhouette.all() for job in jobs):
            raise ValueError("a reference without an outline: blend can only paste what is cut out")
        grounds = _grounds(jobs)
        return [
            _composite(grounds[_place(job)], job.hole, _placed(job, seed))
            for job, seed in zip(jobs, seeds, strict=True)
        ]


def _grounds(jobs: Sequence[ReferenceJob]) -> dict[tuple[int, int], Image]:
    """Each picture without what must go, made once for all its references and seeds: it takes longest."""
    distinct = {_place(job): job for job in jobs}
    made = Patch().paint([job.picture for job in distinct.values()], [_gone(job) for job in distinct.values()])
    return dict(zip(distinct, made, strict=True))


def _place(job: ReferenceJob) -> tuple[int, int]:
    """The arrays themselves: jobs of one place share them."""
    return id(job.picture), id(_gone(job))


def _gone(job: ReferenceJob) -> Mask:
    return job.hole if job.gone is None else job.gone


def _placed(job: ReferenceJob, seed: int) -> _Cut:
    """The object scaled to the hole, standing on its lower edge."""
    rng = np.random.Generator(np.random.PCG64(seed))
    mirrored, size, aside = bool(rng.random() < 0.5), rng.uniform(*_SMALLER), rng.random()
    if seed == 0:
        mirrored, size, aside = False, 1.0, 0.5
    turn = slice(None, None, -1 if mirrored else 1)
    pixels, silhouette = job.reference[:, turn], np.ascontiguousarray(job.silhouette[:, turn])
    left, top, width, height = bounding_box(silhouette)
    hole_x, hole_y, hole_width, hole_height = bounding_box(job.hole)
    across, down = hole_width / width, hole_height / height
    scale = min(across, down, _ENLARGED)
    across, down = size * min(across, scale * _STRETCH), size * min(down, scale * _STRETCH)
    whole = tuple(max(1, round(side * by)) for side, by in zip(silhouette.shape[::-1], (across, down), strict=True))
    x = hole_x + (hole_width - width * across) * aside - left * across
    y = hole_y + hole_height - (top + height) * down
    sampling = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cast(Image, cv2.resize(np.ascontiguousarray(pixels), whole, interpolation=sampling))
    return _Cut(scaled, _cover(silhouette, whole), round(x), round(y))


def _cover(silhouette: Mask, size: tuple[int, ...]) -> Floats:
    """The scaled silhouette with an edge of one to two pixels, which lies within it: what is around the object stays behind."""
    sampling = cv2.INTER_AREA if size[0] < silhouette.shape[1] else cv2.INTER_LINEAR
    soft = cv2.resize(silhouette.astype(np.float32), (size[0], size[1]), interpolation=sampling)
    soft = cv2.GaussianBlur(soft, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
    return cast(Floats, np.clip((soft - 0.5) / 0.45, 0, 1).astype(np.float32))


def _composite(ground: Image, hole: Mask, cut: _Cut) -> Image:
    """The ground with the object on it; what of it lies outside the hole is cut off."""
    height, width = cut.cover.shape
    top, left = max(0, -cut.y), max(0, -cut.x)
    bottom, right = min(height, ground.shape[0] - cut.y), min(width, ground.shape[1] - cut.x)
    seen = (slice(top, bottom), slice(left, right))
    place = (slice(cut.y + top, cut.y + bottom), slice(cut.x + left, cut.x + right))
    cover, below = (cut.cover[seen] * hole[place])[..., None], ground[place].astype(np.float32)
    lit = _lit(cut.pixels[seen], cut.cover[seen], ground[place])
    painted = ground.copy()
    painted[place] = np.rint(below + (lit - below) * cover)
    return painted


def _lit(pixels: Image, cover: Floats, ground: Image) -> Floats:
    """The object in the light of its new place: (height, width, 3), 0..255."""
    lab = [cv2.cvtColor(each.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for each in (_own(pixels, cover), ground)]
    before = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    change = membrane(lab[1] - before, cover)
    limits = np.array([_MOST_LIGHT, _MOST_TINT, _MOST_TINT], np.float32)
    change = np.clip(change * np.array([_LIGHT, _TINT, _TINT], np.float32), -limits, limits)
    middle = lab[0][..., 0] / 100
    change[..., 0] *= 4 * middle * (1 - middle)  # black stays black, and white white: the object keeps its contrast
    return cast(Floats, np.clip(cv2.cvtColor(lab[0] + change, cv2.COLOR_LAB2RGB) * 255, 0, 255))


def _own(pixels: Image, cover: Floats) -> Floats:
    """Colours of the object, also at its rim, where the old ground shines through: there those next to it inside are taken."""
    core = (cover > 0.95).astype(np.float32)
    near = cv2.GaussianBlur(core, (0, 0), 2.0)
    colours = cv2.GaussianBlur(pixels * core[..., None], (0, 0), 2.0) / np.maximum(near, 1e-3)[..., None]
    return np.where((core > 0)[..., None] | (near < 1e-2)[..., None], pixels, colours).astype(np.float32)
