"""The embedded stand-in: what the data set calls a thing, or else its colour."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ieiw.models.caption.common import cleaned
from ieiw.models.protocols import Captioner, CaptionJob
from ieiw.triplets.images.colour_names import clear_colour

_REVISION = "1"  # raised whenever the same job would be named otherwise


class Labels(Captioner):
    """The label in plain words; without one ``red object``, where the region has one clear colour; else nothing."""

    name = "labels"
    stand_in = True
    cost = 0.01

    def caption(self, jobs: Sequence[CaptionJob]) -> list[str]:
        """See :class:`~ieiw.models.protocols.Captioner`."""
        return [_caption(job) for job in jobs]

    def describe(self) -> dict[str, str]:
        """Revision of all that is fixed."""
        return {"revision": _REVISION}


def _caption(job: CaptionJob) -> str:
    label = cleaned(re.sub(r"[_/|]+", " ", job.label))
    if label or job.region is None:
        return label
    colour = clear_colour(job.image, job.region)
    return f"{colour} object" if colour else ""
