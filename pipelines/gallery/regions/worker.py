"""Embeds the regions of a unit's pictures: each picture is decoded once, its good regions are cropped, the model gets batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np

from ieiw.builders import catalogue
from ieiw.builders.opening import Closed, Opener
from ieiw.builders.options import parse_options
from ieiw.builders.replacement.quality import Good, QualityRules, crop_of, good_regions
from ieiw.models.roles import EMBED
from ieiw.pipelines.gallery.regions.table import to_bytes, vectors_file
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images import codec
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.layout.gallery import gallery_store
from ieiw.triplets.layout.plan import UnitRef, read_attempts
from ieiw.triplets.layout.regions import read_set
from ieiw.triplets.records import Image, OpenRecord
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import open_store

_BATCHES_AHEAD = 2
_CROP_QUALITY = 90


class RegionEmbedder:
    """Embeds units of one gallery; made once a process.

    Args:
        location: the gallery's folder of work.
        gallery: the gallery.
    """

    def __init__(self, location: str, gallery: str) -> None:
        found = read_set(gallery_store(gallery))
        if found is None:
            raise UsageError(f"{gallery}: no regions.json; build the gallery again")
        self._store, self._recipe = open_store(location), found.recipe
        self._rules = parse_options(QualityRules, found.recipe.rules, "rules")
        self._embedder = EMBED.make(found.embedder, found.options)
        self._encode = codec.encoder("jpg", _CROP_QUALITY)
        self._threads = ThreadPoolExecutor(1 if self._embedder.device == "cpu" else 4)

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Embed and commit one unit."""
        refused: Counter[str] = Counter()
        fresh = self._prepared(ref, refused)
        size, rows, found = self._embedder.batch, list[dict[str, Any]](), []
        waiting: list[tuple[dict[str, Any], Future[Any]]] = []
        while waiting := [*waiting, *islice(fresh, (1 + _BATCHES_AHEAD) * size - len(waiting))]:
            batch, waiting = waiting[:size], waiting[size:]
            found.append(self._embedder.images([each.result() for _, each in batch]))
            rows += [row for row, _ in batch]
        vectors = np.concatenate(found) if found else None
        self._store.create(vectors_file(ref), to_bytes(rows, self._embedder.dimension, refused, vectors))
        return {"embedded": len(rows), "refused": refused.total()}

    def _prepared(self, ref: UnitRef, refused: Counter[str]) -> Iterator[tuple[dict[str, Any], Future[Any]]]:
        """The unit's good regions as rows, each with its crop on the way to the model; the others are counted."""
        settings = self._recipe.source(ref.source)
        source = catalogue.source(
            settings.data_set, name=ref.source, root=settings.root, split=settings.split, options=settings.options
        )
        opener = Opener(source, settings.frame)
        for attempt in read_attempts(self._store, ref):
            opened = opener.open(attempt.record, ref.source)
            if isinstance(opened, Closed):
                refused[opened.refusal.reason.value] += 1
                continue
            record, sha256 = opened
            for region in self._regions(record, refused):
                crop, _ = crop_of(record.picture.pixels, region, self._recipe.margin)
                yield self._row(record, sha256, region, crop), self._threads.submit(self._embedder.prepare, crop)

    def _regions(self, record: OpenRecord, refused: Counter[str]) -> Iterator[Good]:
        try:
            for region in good_regions(record, self._rules):
                if isinstance(region, Good):
                    yield region
                else:
                    refused[region.reason.value] += 1
        except Refusal as refusal:  # of the whole list
            refused[refusal.reason.value] += 1

    def _row(self, record: OpenRecord, sha256: str, region: Good, crop: Image) -> dict[str, Any]:
        x, y, width, height = region.box
        outline = to_rle(np.ascontiguousarray(region.mask[y : y + height, x : x + width]))
        return {
            "id": f"{record.source}/{record.record.id}/{region.id}",
            "source": record.source,
            "picture": record.record.files["picture"],
            "picture_sha256": sha256,
            "label": region.label,
            "x": x,
            "y": y,
            "width": width,
            "height": height,
            "outline": outline.counts,
            "share": region.share,
            "sharpness": region.sharpness,
            "crop": self._encode(crop).data if self._recipe.crops else b"",
        }
