"""The pixels of regions that a gallery refers to, read where their data sets lie."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np

from ieiw.builders import catalogue
from ieiw.builders.protocols import Source
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.gallery import Gallery
from ieiw.triplets.layout.regions import RegionSet, read_set
from ieiw.triplets.layout.replacement import Reference
from ieiw.triplets.records import Image, Mask
from ieiw.triplets.rejects import Reason, Refusal

_KEPT = 8
_AROUND = 0.05
"""A painter is shown at least so much beside a region, as a share of its sides."""


def region_set(gallery: Gallery) -> RegionSet:
    """What a gallery of regions was made of.

    Raises:
        UsageError: it is no gallery of regions.
    """
    found = read_set(gallery.store)
    if found is None:
        raise UsageError(f"{gallery.store.location}: no gallery of regions; make one by `ieiw gallery regions`")
    return found


class References:
    """Reads regions.

    Args:
        gallery: of regions.
        roots: data set's name in the gallery -> where it lies now, where it was moved.

    Raises:
        UsageError: it is none, or ``roots`` names a data set that it does not hold.
    """

    def __init__(self, gallery: Gallery, roots: Mapping[str, str]) -> None:
        self._recipe = region_set(gallery).recipe
        known = [each.name for each in self._recipe.sources]
        if unknown := sorted(set(roots) - set(known)):
            raise UsageError(f"roots: the gallery holds no data set {unknown[0]!r}. Known: {', '.join(known)}")
        self._roots, self._sources = roots, dict[str, Source]()
        self._pictures: OrderedDict[tuple[str, str], Image] = OrderedDict()

    def read(self, each: Reference) -> tuple[Image, Mask]:
        """The pixels of a region's box with a little around it, and its silhouette in them.

        Raises:
            Refusal: its picture cannot be read any more, or has another size.
        """
        picture = self._picture(each.source, each.picture)
        x, y, width, height = each.box
        crop = picture[y : y + height, x : x + width]
        if crop.shape[:2] != (height, width):
            raise Refusal(
                Reason.PICTURE_SIZE_MISMATCH, f"reference {each.id}: the picture is not what the gallery knew"
            )
        return np.ascontiguousarray(crop), from_rle(each.outline)

    def _picture(self, source: str, reference: str) -> Image:
        key = (source, reference)
        if key not in self._pictures:
            while len(self._pictures) >= _KEPT:
                self._pictures.popitem(last=False)
            try:
                self._pictures[key] = decode(self._source(source).read(reference)).pixels
            except Refusal as refusal:
                raise Refusal(refusal.reason, f"reference {source}/{reference}: {refusal.detail}") from refusal
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def _source(self, name: str) -> Source:
        if name not in self._sources:
            settings = self._recipe.source(name)
            root = self._roots.get(name, settings.root)
            self._sources[name] = catalogue.source(
                settings.data_set, name=name, root=root, split=settings.split, options=settings.options
            )
        return self._sources[name]
