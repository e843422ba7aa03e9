"""Pictures that no cut may hold, by perceptual hash: of folders, of data sets, and the sources of other builds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ieiw.filters.near import least_distances
from ieiw.filters.rules.base import PictureSet
from ieiw.filters.scores.phash import PerceptualHash
from ieiw.pipelines.index.frame import open_frame
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.pipelines.recipe import holdout
from ieiw.pipelines.recipe.picture_hashes import hashes_of, picture_hash
from ieiw.pipelines.recipe.root_search import place_of
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.layout.recipe import HoldOut
from ieiw.triplets.layout.shards import canonical_json
from ieiw.triplets.storage.store import open_store

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
Place = str | PictureSet


def nearest(hashes: npt.NDArray[np.uint64], places: Sequence[Place]) -> npt.NDArray[np.uint8]:
    """For each hash the least distance in bits to a picture of the places. See :data:`ieiw.filters.frame.Nearest`.

    Raises:
        UsageError: as :func:`stamp`; or a picture that cannot be read.
    """
    known = np.unique(np.concatenate([_hashes(place) for place in places]))
    return least_distances(hashes, known)


def stamp(place: Place) -> str:
    """Digest of what tells the pictures of a place: names, sizes and times of a folder's files, the index of a build, annotations.

    Raises:
        UsageError: neither a folder with pictures, nor a complete build that has its hashes, nor a data set's layout.
    """
    if isinstance(place, PictureSet):
        parts = [canonical_json(holdout.digest_of(_entry(place)))]
    elif (build := _build(place)) is not None:
        parts = list(build.digests())
    else:
        stats = ((file, file.stat()) for file in _pictures(place))
        parts = [f"{file}\0{status.st_size}\0{status.st_mtime_ns}" for file, status in stats]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _hashes(place: Place) -> npt.NDArray[np.uint64]:
    if isinstance(place, PictureSet):
        entry = _entry(place)
        return np.fromiter(hashes_of(entry, holdout.source_of(entry)), np.uint64)
    build = _build(place)
    if build is not None:
        return open_frame(build).score("phash", "source").astype(np.uint64)
    return np.fromiter((picture_hash(str(file), file.read_bytes) for file in _pictures(place)), np.uint64)


def _entry(place: PictureSet) -> HoldOut:
    """The set as ``hold_out`` of a recipe names it."""
    entry = HoldOut.model_validate(place.model_dump())
    return entry.model_copy(update={"root": place_of(entry.dataset, entry)})


def _build(place: str) -> Index | None:
    """The build at a place, or None where it is a plain folder.

    Raises:
        UsageError: the build is not complete, or lacks its hashes.
    """
    store = open_store(Path(place).expanduser() if "://" not in place else place)
    if load_state(store) is None:
        return None
    try:
        build = open_build(store)
    except UsageError as error:
        raise UsageError(f"rule file, pictures: {error}", error.step) from error
    if fresh_note(store, build.state, PerceptualHash.name) is None:
        problem = f"rule file, pictures: the build {place} has no hashes; compute them"
        raise UsageError(problem, Step("score", place, {"scores": PerceptualHash.name}))
    return build


def _pictures(place: str) -> Iterator[Path]:
    root = Path(place).expanduser()
    if not root.is_dir():
        raise UsageError(f"rule file, pictures: no folder {place!r}; name a folder of pictures to keep out, or a build")
    files = sorted(file for file in root.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise UsageError(f"rule file, pictures: {place} holds no picture ({', '.join(sorted(SUFFIXES))}) and no build")
    yield from files
