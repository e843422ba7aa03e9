"""One thing of a picture replaced by another, in a hole around it."""

from __future__ import annotations

from ieiw.triplets import records
from ieiw.triplets.images.masks import Rle


class Answer(records.Answer, tag="replacement", frozen=True, kw_only=True):
    """What stood there, and what stands there now.

    Attributes:
        replaced: words for what was replaced.
        phrase: words for what took its place.
        region: of what was replaced, in the source.
        hole: where pixels may differ; it holds the region.
        box: x, y, width, height of the hole, in pixels.
    """

    replaced: str
    phrase: str
    region: Rle
    hole: Rle
    box: tuple[int, ...]
