"""Caption: what a model sees in the region and in the whole picture, before and after; the data set's own names go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from ieiw.builders.opening import Closed
from ieiw.models.protocols import Captioner, CaptionJob
from ieiw.pipelines.replacement.scaled import scaled
from ieiw.pipelines.replacement.worker import Item, StepWorker
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.colour_names import clear_colour
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.replacement import Box, Captioned, Outcome, Painted, Seen
from ieiw.triplets.records import Attempt, Image, Mask


@dataclass(frozen=True, slots=True)
class View:
    """A picture, the thing in it that is to be named, and what its data set calls that."""

    picture: Image
    region: Mask
    label: str


@dataclass(frozen=True, slots=True)
class Views:
    """Before and after."""

    key: str
    source: View
    target: View


Ready = list[Views | Outcome]


class CaptionWorker(StepWorker[Ready]):
    """The step; see :class:`~ieiw.pipelines.replacement.worker.StepWorker`."""

    reads = Painted
    reads_files = True
    _kind = Captioned

    @cached_property
    def _captioner(self) -> Captioner:
        return cast(Captioner, self.components.backend("caption"))

    @property
    def batch(self) -> int:
        """Attempts whose four views fill the captioner's batch."""
        return max(16, self._captioner.batch // 4)

    def ready(self, items: Sequence[Item]) -> Ready:
        """Pictures before and after."""
        return [self._views(item.attempt, item.before) for item in items]

    def _views(self, attempt: Attempt, before: Outcome | None) -> Views | Outcome:
        if before is None:
            raise RuntimeError("captions are of what was painted")
        opened = self.opened(attempt)
        if isinstance(opened, Closed):
            return Outcome(attempt.key, opened.refusal, stage=opened.stage)
        painted = cast(Painted, before.value)
        both = scaled(opened[0], painted.retrieved, self.short_side)
        target = after(both.picture, painted, decode(before.files[0]).pixels)
        reference = painted.retrieved.references[painted.candidates[painted.chosen].reference]
        changed = _changed(both.picture, target, painted.patch)
        return Views(
            attempt.key,
            View(both.picture, both.region, painted.retrieved.label),
            View(target, changed if changed.any() else from_rle(painted.hole), reference.label),
        )

    def make(self, ready: Ready) -> list[Outcome]:
        """Four captions an attempt: region and whole, before and after."""
        views = [each for each in ready if not isinstance(each, Outcome)]
        jobs = [
            job
            for both in views
            for each in (both.source, both.target)
            for job in (CaptionJob(each.picture, each.region, each.label), CaptionJob(each.picture))
        ]
        said = self._captioner.caption(jobs) if jobs else []
        answers = (
            Outcome(
                both.key,
                Captioned(_seen(both.source, *said[4 * at : 4 * at + 2]), _seen(both.target, *said[4 * at + 2 :][:2])),
            )
            for at, both in enumerate(views)
        )
        return [each if isinstance(each, Outcome) else next(answers) for each in ready]


def after(picture: Image, painted: Painted, patch: Image) -> Image:
    """The picture with the patch in it."""
    x, y, width, height = painted.patch
    target = picture.copy()
    target[y : y + height, x : x + width] = patch
    return target


def _changed(picture: Image, target: Image, patch: Box) -> Mask:
    """(height, width): where the two differ, which is in the patch at most."""
    x, y, width, height = patch
    place = (slice(y, y + height), slice(x, x + width))
    changed = np.zeros(picture.shape[:2], np.bool_)
    changed[place] = np.any(target[place] != picture[place], axis=2)
    return changed


def _seen(view: View, caption: str, whole: str) -> Seen:
    return Seen(caption, whole, clear_colour(view.picture, view.region))
