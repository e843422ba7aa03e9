"""Holes with a known background, for ranking inpainters: shapes of annotated objects, moved to where no object is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ieiw.builders.sources.phrasecut import PhraseCut
from ieiw.synthetic import make_scenes
from ieiw.triplets.images.codec import decode, resize_mask, resize_short
from ieiw.triplets.images.masks import dilate, polygons_mask
from ieiw.triplets.records import Image, Mask

SIDE = 256
_VARIABLE = "IEIW_REAL_DATA"
_BUNDLED = ("astronaut", "brick", "camera", "chelsea", "coffee", "grass", "gravel", "rocket")
_SHARES = (0.01, 0.25)  # of the picture that a hole covers
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Case:
    """A picture of 256 x 256, a hole in it, and what the hole should show."""

    group: str
    picture: Image
    hole: Mask
    truth: Image


@dataclass(frozen=True, slots=True)
class _Annotated:
    picture: Image
    regions: tuple[Mask, ...]

    @property
    def free(self) -> Mask:
        """Where no annotated object is."""
        free: Mask = ~np.logical_or.reduce(self.regions)
        return free


def cases(count: int, seed: int = 0) -> list[Case]:
    """``count`` holes in annotated photographs (where IEIW_REAL_DATA is set) and ``count`` in scikit-image's.

    The second group is the same on every machine.
    """
    from skimage import data

    annotated = list(_photographs())
    shapes = [region for each in annotated for region in each.regions]
    rng = np.random.default_rng(seed)
    found = list(islice(_moved("photographs", annotated, shapes, rng), count)) if annotated else []
    rng = np.random.default_rng(seed)
    loaded = [np.asarray(getattr(data, name)()) for name in _BUNDLED]
    coloured = [each if each.ndim == 3 else np.stack([each] * 3, axis=2) for each in loaded]
    pictures = [resize_short(each, SIDE) for each in coloured]
    plain = [_Annotated(picture, (np.zeros(picture.shape[:2], bool),)) for picture in pictures]
    blobs = []
    for _ in range(40):  # shapes of no annotated object: round, stretched and turned
        canvas = np.zeros((SIDE, SIDE), np.uint8)
        for _ in range(int(rng.integers(1, 5))):
            centre = tuple(int(value) for value in rng.integers(96, 160, 2))
            axes = tuple(int(value) for value in rng.integers(10, 50, 2))
            cv2.ellipse(canvas, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        blobs.append(canvas > 0)
    return found + list(islice(_moved("scikit-image", plain, blobs, rng), count))


def scene_cases(folder: Path, count: int, seed: int = 0) -> list[Case]:
    """Objects of ``count`` generated scenes, one each, and the scenes drawn without them. Writes the scenes into ``folder``."""
    make_scenes(folder, count, seed)
    rng = np.random.default_rng(seed)
    source = PhraseCut(name="scenes", root=str(folder / "VGPhraseCut_v0"), split="train", options={})
    found = []
    for index in range(source.group_count()):
        records = [record for record in source.group(index) if record.fault is None]
        for number in rng.permutation(len(records)):
            record = records[number]
            stored = decode(source.read(record.files["picture"]))
            without = folder / "truth" / "removed" / f"{record.id}.png"
            truth = resize_short(decode(without.read_bytes()).pixels, SIDE)
            picture = resize_short(stored.pixels, SIDE)
            mask = polygons_mask(record.annotation["Polygons"], stored.stored_size)
            hole = dilate(resize_mask(mask, (picture.shape[1], picture.shape[0])), 4.0, 3.0)
            case = _cropped("scenes", picture, hole, truth) if hole.any() else None
            if case is not None:
                found.append(case)
                break
    return found


def expected_lama() -> tuple[Image, Mask, Image] | None:
    """A picture, a hole and what the published LaMa made of it; None where IEIW_REAL_DATA is not set."""
    root = os.environ.get(_VARIABLE)
    if not root:
        return None
    folder = Path(root) / "lama" / "with_expected"
    picture, mask, painted = (
        decode((folder / f"{name}_1.png").read_bytes()).pixels for name in ("image", "mask", "out")
    )
    return picture, mask[..., 0] > 127, painted


def _photographs() -> Iterator[_Annotated]:
    root = os.environ.get(_VARIABLE)
    if not root:
        return
    for split in ("train", "val"):
        source = PhraseCut(
            name="phrasecut", root=str(Path(root) / "phrasecut_derived" / "VGPhraseCut_v0"), split=split, options={}
        )
        for index in range(source.group_count()):
            records = [record for record in source.group(index) if record.fault is None]
            if records:
                stored = decode(source.read(records[0].files["picture"]))
                picture = resize_short(stored.pixels, SIDE)
                size = (picture.shape[1], picture.shape[0])
                masks = [polygons_mask(record.annotation["Polygons"], stored.stored_size) for record in records]
                yield _Annotated(picture, tuple(resize_mask(mask, size) for mask in masks))


def _moved(
    group: str, pictures: Sequence[_Annotated], shapes: Sequence[Mask], rng: np.random.Generator
) -> Iterator[Case]:
    """Pictures in turn, each with a shape drawn at random, mirrored or not, put where no object is."""
    for turn in range(100_000):
        each = pictures[turn % len(pictures)]
        shape = shapes[int(rng.integers(len(shapes)))]
        case = _placed(group, each, dilate(shape, 4.0, 3.0), rng)
        if case is not None:
            yield case


def _placed(group: str, each: _Annotated, shape: Mask, rng: np.random.Generator) -> Case | None:
    height, width = each.picture.shape[:2]
    shape = shape[:, ::-1] if rng.integers(2) else shape
    for _ in range(_TRIES):
        shift = np.array([[1, 0, rng.integers(-width, width)], [0, 1, rng.integers(-height, height)]], np.float32)
        hole = cv2.warpAffine(shape.astype(np.uint8), shift, (width, height), flags=cv2.INTER_NEAREST) > 0
        if hole.sum() < 0.8 * shape.sum() or (hole & ~each.free).sum() > 0.02 * hole.sum():
            continue
        return _cropped(group, each.picture, hole, each.picture)
    return None


def _cropped(group: str, picture: Image, hole: Mask, truth: Image) -> Case | None:
    """The part of 256 x 256 around the hole; None where the hole is too small or too large for it."""
    height, width = hole.shape
    y, x = (int(values.mean()) for values in np.nonzero(hole))
    top, left = (int(np.clip(at - SIDE // 2, 0, side - SIDE)) for at, side in ((y, height), (x, width)))
    part = (slice(top, top + SIDE), slice(left, left + SIDE))
    if not _SHARES[0] <= hole[part].mean() <= _SHARES[1]:
        return None
    return Case(group, picture[part].copy(), hole[part].copy(), truth[part].copy())
