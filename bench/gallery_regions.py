"""Made-up regions of pictures for a gallery: vectors in clusters, and what a gallery of regions knows beside them.

Boxes are of objects in pictures of 1500 x 1000; outlines are run lengths of blobs with wavy rims, as long as SA-1B's (some 800
bytes). A name follows three directions of the vector, so that near neighbours often share it, as they do in real galleries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bench.pictures import blob
from ieiw.models.embed.descriptor import Descriptor
from ieiw.pipelines.gallery.regions.table import region_table
from ieiw.pipelines.gallery.sources import Filling
from ieiw.triplets.images.masks import Rle, bounding_box, polygons_mask, to_rle
from ieiw.triplets.layout.embeddings import Vectors
from ieiw.triplets.layout.gallery import gallery_store
from ieiw.triplets.layout.regions import RegionRecipe, RegionSet, write_set
from ieiw.triplets.layout.replacement import Box, Retrieved

SIZE = (1500, 1000)
_DISTINCT = 10_000
"""So many outlines are drawn, more than a row group holds; regions take turns."""
_PER_PICTURE = 50
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class Outline:
    """A region's box in its picture, and its run lengths in the box."""

    box: Box
    rle: Rle


def outlines(count: int = _DISTINCT) -> list[Outline]:
    """Drawn blobs, stretched to various aspects."""
    dice, found = random.Random(0), list[Outline]()
    while len(found) < count:
        corners, stretch = blob(SIZE, dice), dice.uniform(0.6, 1.6)
        mask = polygons_mask([[[(x, y * stretch) for x, y in corners]]], SIZE)
        x, y, width, height = bounding_box(mask)
        if width and height:
            found.append(
                Outline((x, y, width, height), to_rle(np.ascontiguousarray(mask[y : y + height, x : x + width])))
            )
    return found


def labels(vectors: Vectors) -> list[str]:
    """A name each, of 512: by three directions, eight steps in each."""
    steps = np.digitize(vectors[:, :3].astype(np.float32) * np.sqrt(vectors.shape[1]), np.linspace(-1.5, 1.5, 7))
    return [f"thing {a}{b}{c}" for a, b, c in steps.tolist()]


def filling(vectors: Vectors) -> Filling:
    """The regions, in the order of their vectors."""
    drawn = outlines()

    def tables() -> Iterator[pa.Table]:
        for start in range(0, len(vectors), _AT_ONCE):
            some = vectors[start : start + _AT_ONCE]
            rows = [_row(start + at, drawn[(start + at) % len(drawn)], label) for at, label in enumerate(labels(some))]
            yield region_table(rows, some).drop_columns(["crop"])

    model = Descriptor()
    settings = model.describe() | {"dimension": str(model.dimension)}
    return Filling(settings, True, vectors.shape[1], f"bench {len(vectors)}", tables)


def _row(number: int, outline: Outline, label: str) -> dict[str, object]:
    picture, (x, y, width, height) = number // _PER_PICTURE, outline.box
    return {
        "id": f"regions/sa_{picture}/{number}",
        "source": "regions",
        "picture": f"sa_{picture // 11_000:06}.tar/sa_{picture}.jpg",
        "picture_sha256": f"{picture * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4,
        "label": label,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "outline": outline.rle.counts,
        "share": width * height / (SIZE[0] * SIZE[1]),
        "sharpness": 20.0,
        "crop": b"",
    }


def write_region_set(location: str) -> None:
    """The note that says that a gallery is one of regions. Their pictures are not there."""
    recipe = RegionRecipe.model_validate({"sources": [{"name": "regions", "dataset": "sa-1b", "root": "/nowhere"}]})
    found = RegionSet(
        recipe=recipe, embedder="descriptor", options={}, units={"regions": 1}, fingerprints={"regions": ""}
    )
    write_set(gallery_store(location), found)


def queries(vectors: Vectors) -> Sequence[Retrieved]:
    """A region to be replaced for each vector."""
    drawn = outlines(500)
    return [
        Retrieved(
            picture_sha256="0" * 64,
            region=str(at),
            label=label,
            alike=0,
            place="",
            box=drawn[at % len(drawn)].box,
            outline=drawn[at % len(drawn)].rle,
            references=(),
        )
        for at, label in enumerate(labels(vectors))
    ]
