"""Paint: each reference with each seed, in a square around the hole; the best by the recipe's scores is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import cv2
import numpy as np

from ieiw.builders.opening import Closed
from ieiw.builders.replacement.working import LIKENESS, Window, grown, hole_of
from ieiw.models.protocols import Embedder, ReferenceJob, ReferencePainter
from ieiw.pipelines.replacement.candidates import Judges, Results, told
from ieiw.pipelines.replacement.references import References
from ieiw.pipelines.replacement.scaled import Scaled, scaled
from ieiw.pipelines.replacement.worker import Item, StepWorker
from ieiw.triplets.images import codec
from ieiw.triplets.images.masks import bounding_box, to_rle
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import Box, Candidate, Outcome, Painted, Retrieved
from ieiw.triplets.records import Attempt, Image, Mask
from ieiw.triplets.rejects import Reason, Refusal

_THUMB = 160
_THUMB_QUALITY = 85
_CONTEXT = 0.1  # of the box, beside what a candidate is compared by: as the crops of a gallery have it


@dataclass(frozen=True, slots=True)
class Canvas:
    """An attempt made ready: picture, region, what must go, hole, window, and the references that could be read."""

    key: str
    found: Retrieved
    scaled: Scaled
    gone: Mask
    hole: Mask
    window: Window
    references: list[tuple[int, Image, Mask]]


Ready = list[Canvas | Outcome]


class Painter(StepWorker[Ready]):
    """The step; see :class:`~ieiw.pipelines.replacement.worker.StepWorker`."""

    reads = Retrieved
    _kind = Painted

    @cached_property
    def _painter(self) -> ReferencePainter:
        return cast(ReferencePainter, self.components.backend("paint"))

    @cached_property
    def _embedder(self) -> Embedder:
        return cast(Embedder, self.components.backend("embed"))

    @property
    def batch(self) -> int:
        """So many attempts that their candidates fill the painter's batch: what a kill may cost."""
        return max(1, self._painter.batch // (self.rules.paint.seeds * self.rules.retrieve.references))

    def start(self, ref: UnitRef) -> None:
        """See :class:`StepWorker`."""
        self._references = References(open_gallery(self.rules.gallery), self.rules.roots)
        self._judges = Judges(self.rules.paint.scores, self._embedder)
        self._thumb = codec.encoder("jpg", _THUMB_QUALITY)

    def ready(self, items: Sequence[Item]) -> Ready:
        """Pictures, holes and references."""
        return [self._canvas(item.attempt, cast(Retrieved, item.before and item.before.value)) for item in items]

    def _canvas(self, attempt: Attempt, found: Retrieved) -> Canvas | Outcome:
        opened = self.opened(attempt)
        if isinstance(opened, Closed):
            return Outcome(attempt.key, opened.refusal, stage=opened.stage)
        try:
            both = scaled(opened[0], found, self.short_side)
            if not both.region.any():
                raise Refusal(Reason.REGION_TOO_SMALL, "no pixel of it is left at output size")
            gone = grown(both.region, self.rules.paint)
            hole = hole_of(gone, self.rules.paint, self._painter.box_holes)
            return Canvas(
                attempt.key,
                found,
                both,
                gone,
                hole,
                Window.around(hole, self.rules.paint.context),
                self._read(found),
            )
        except Refusal as refusal:
            return Outcome(attempt.key, refusal)

    def _read(self, found: Retrieved) -> list[tuple[int, Image, Mask]]:
        """The references that can be read, by their numbers.

        Raises:
            Refusal: none can.
        """
        read, last = list[tuple[int, Image, Mask]](), None
        for number, each in enumerate(found.references):
            try:
                if each.picture_sha256 in self.taken_down:
                    raise Refusal(Reason.TAKEN_DOWN, f"reference {each.id}")
                read.append((number, *self._references.read(each)))
            except Refusal as refusal:
                last = refusal
        if not read and last:
            raise last
        return read

    def make(self, ready: Ready) -> list[Outcome]:
        """All candidates of all canvases in one go, then each canvas's best."""
        side = self._painter.side
        jobs, seeds, owners = list[ReferenceJob](), list[int](), list[tuple[int, int]]()
        for at, each in enumerate(ready):
            if isinstance(each, Outcome):
                continue
            picture = each.window.cut(each.scaled.picture, side)
            hole, gone = (each.window.cut_mask(mask, side) for mask in (each.hole, each.gone))
            for number, reference, silhouette in each.references:
                for seed in range(self.rules.paint.seeds):
                    jobs.append(ReferenceJob(picture, hole, reference, silhouette, gone))
                    seeds.append(self.seed + seed)
                    owners.append((at, number))
        painted = self._painter.paint(jobs, seeds) if jobs else []
        by_canvas: dict[int, list[tuple[int, int, Image]]] = {}
        for (at, number), seed, image in zip(owners, seeds, painted, strict=True):
            by_canvas.setdefault(at, []).append((number, seed, image))
        return [each if isinstance(each, Outcome) else self._best(each, by_canvas[at]) for at, each in enumerate(ready)]

    def _best(self, canvas: Canvas, painted: Sequence[tuple[int, int, Image]]) -> Outcome:
        """The best candidate, with all that is to be known of the others."""
        feather, picture = self.rules.paint.feather, canvas.scaled.picture
        wholes = [canvas.window.put_back(picture, image, canvas.hole, feather) for _, _, image in painted]
        box = bounding_box(canvas.hole)
        crops = [_cut(each, _wider(box, picture)) for each in wholes]
        shown = {number: image for number, image, _ in canvas.references}
        results = Results(picture, canvas.hole, wholes, crops, [shown[number] for number, _, _ in painted])
        scores = self._judges.scores(results)
        candidates = tuple(Candidate(number, seed, told(scores, at)) for at, (number, seed, _) in enumerate(painted))
        best, least = self._judges.best(scores), self.rules.paint.min_likeness
        if (likeness := scores[LIKENESS][best]) < least:
            detail = f"the best of {len(painted)} has likeness {likeness:.3f}, least {least}"
            return Outcome(canvas.key, Refusal(Reason.CANDIDATES_POOR, detail))
        value = Painted(
            retrieved=canvas.found,
            patch=box,
            region=to_rle(canvas.scaled.region),
            hole=to_rle(canvas.hole),
            candidates=candidates,
            chosen=best,
        )
        patch = codec.encode_png(_cut(wholes[best], box)).data
        files = (*map(self._small, crops), *map(self._small, shown.values()))
        return Outcome(canvas.key, value, (patch, *files))

    def _small(self, image: Image) -> bytes:
        scale = _THUMB / max(image.shape[:2])
        if scale < 1:
            size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        return self._thumb(image).data


def _cut(image: Image, box: Box) -> Image:
    x, y, width, height = box
    return np.ascontiguousarray(image[y : y + height, x : x + width])


def _wider(box: Box, picture: Image) -> Box:
    """A box with a little around it, inside the picture."""
    x, y, width, height = box
    dx, dy = round(width * _CONTEXT), round(height * _CONTEXT)
    left, top = max(0, x - dx), max(0, y - dy)
    right, bottom = min(picture.shape[1], x + width + dx), min(picture.shape[0], y + height + dy)
    return left, top, right - left, bottom - top
