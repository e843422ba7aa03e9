"""The pixels of regions that a gallery refers to, read where their data sets lie, or in the gallery where it keeps them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping

import numpy as np

from ieiw.builders import catalogue
from ieiw.builders.protocols import Source
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.gallery import Gallery
from ieiw.triplets.layout.regions import check_roots, region_set
from ieiw.triplets.layout.replacement import Reference
from ieiw.triplets.records import Image, Mask
from ieiw.triplets.rejects import Reason, Refusal

_KEPT = 8
_AROUND = 0.05
"""A painter is shown at least so much beside a region, as a share of its sides."""


class References:
    """Reads regions.

    Args:
        gallery: of regions.
        roots: data set's name in the gallery -> where it lies now, where it was moved.

    Raises:
        UsageError: it is none, or ``roots`` names a data set that it does not hold.
    """

    def __init__(self, gallery: Gallery, roots: Mapping[str, str]) -> None:
        found = region_set(gallery)
        check_roots(found, roots)
        self._gallery, self._recipe = gallery, found.recipe
        self._roots, self._sources = roots, dict[str, Source]()
        self._pictures: OrderedDict[str, Image] = OrderedDict()

    def read(self, each: Reference) -> tuple[Image, Mask]:
        """The pixels of a region's box with a little around it, and its silhouette in them.

        Raises:
            Refusal: its picture cannot be read any more, or is another one, or shows nothing else.
        """
        crop, left, top = self._kept(each) if self._recipe.crops else self._cut(each)
        _, _, width, height = each.box
        silhouette = np.zeros(crop.shape[:2], np.bool_)
        silhouette[top : top + height, left : left + width] = from_rle(each.outline)
        if silhouette.all():
            raise Refusal(Reason.REGION_TOO_LARGE, f"reference {each.id}: it fills its picture")
        return crop, silhouette

    def _cut(self, each: Reference) -> tuple[Image, int, int]:
        """The box with a little around it, out of its picture; and where the box begins in that."""
        picture = self._picture(each)
        x, y, width, height = each.box
        across, down = max(1, round(_AROUND * width)), max(1, round(_AROUND * height))
        left, top = max(0, x - across), max(0, y - down)
        crop = picture[top : y + height + down, left : x + width + across]
        return np.ascontiguousarray(crop), x - left, y - top

    def _kept(self, each: Reference) -> tuple[Image, int, int]:
        """The same as the gallery keeps it (``crop_of`` of builders/replacement/quality.py)."""
        row = self._gallery.rows_of([each.id])
        if row[0] < 0:
            raise Refusal(Reason.PICTURE_MISSING, f"reference {each.id}: the gallery holds it no more")
        (known,) = self._gallery.take(row.tolist(), ["crop"])
        x, y, width, height = each.box
        margin = self._recipe.margin
        return decode(known["crop"]).pixels, min(x, round(margin * width)), min(y, round(margin * height))

    def _picture(self, each: Reference) -> Image:
        key = each.picture_sha256
        if key not in self._pictures:
            while len(self._pictures) >= _KEPT:
                self._pictures.popitem(last=False)
            try:
                data = self._source(each.source).read(each.picture)
                if hashlib.sha256(data).hexdigest() != each.picture_sha256:
                    raise Refusal(Reason.PICTURE_MISSING, "another picture lies there now")
                self._pictures[key] = decode(data).pixels
            except Refusal as refusal:
                detail = f"reference {each.source}/{each.picture}: {refusal.detail}"
                raise Refusal(refusal.reason, detail) from refusal
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
