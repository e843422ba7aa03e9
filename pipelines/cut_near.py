"""Pictures that no cut may hold, by perceptual hash: those in given folders, and the sources of other builds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from filters.apply import Near
from filters.near import least_distances
from filters.scores.phash import PerceptualHash
from pipelines.cut_index import index_parts, open_frame
from pipelines.score import fresh_note
from pipelines.state import BuildState, load_state
from triplets.pictures import PictureLimits, decode
from triplets.reasons import Refusal, UsageError
from triplets.storage import Store, open_store

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
_LIMITS = PictureLimits(min_side=1)


def nearest(hashes: npt.NDArray[np.uint64], places: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """For each hash the least distance in bits to a picture of the places. See :data:`filters.apply.Near`.

    Raises:
        UsageError: see :func:`stamp`; or a picture that cannot be read.
    """
    known = np.unique(np.concatenate([_known(place, stamp(place)) for place in places]))
    return least_distances(hashes, known)


def stamp(place: str) -> str:
    """Digest of what tells the pictures of a place: names, sizes and times of a folder's files, the index of a build.

    Raises:
        UsageError: neither a folder with pictures nor a complete build that has its hashes.
    """
    store, build = _build(place)
    if build is not None:
        parts = [part.sha256 for part in index_parts(build)]
    else:
        root = _folder(place)
        statuses = ((file, file.stat()) for file in _pictures(place))
        parts = [f"{file.relative_to(root)}\0{status.st_size}\0{status.st_mtime_ns}" for file, status in statuses]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


@lru_cache(maxsize=16)
def _known(place: str, at: str) -> npt.NDArray[np.uint64]:
    """Hashes of the pictures of a place; ``at`` is its stamp, since what was remembered must be as it is now."""
    store, build = _build(place)
    if build is not None:
        return open_frame(store, build).score("phash", "source").astype(np.uint64)
    return np.array([_hash(file) for file in _pictures(place)], np.uint64)


def _build(place: str) -> tuple[Store, BuildState | None]:
    """The store at a place, and the build there, or None where it is a plain folder.

    Raises:
        UsageError: the build is not complete, or lacks its hashes.
    """
    store = open_store(Path(place).expanduser() if "://" not in place else place)
    build = load_state(store)
    if build is not None and build.state != "complete":
        raise UsageError(f"rule file, pictures: the build {place} is not complete; finish it first: ieiw build")
    if build is not None and fresh_note(store, build, PerceptualHash.name) is None:
        raise UsageError(
            f"rule file, pictures: the build {place} has no hashes. Compute them: ieiw score {place} --with phash"
        )
    return store, build


def _folder(place: str) -> Path:
    root = Path(place).expanduser()
    if not root.is_dir():
        raise UsageError(f"rule file, pictures: no folder {place!r}; name a folder of pictures to keep out, or a build")
    return root


def _pictures(place: str) -> Iterator[Path]:
    files = sorted(file for file in _folder(place).rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise UsageError(f"rule file, pictures: {place} holds no picture ({', '.join(sorted(SUFFIXES))}) and no build")
    yield from files


def _hash(file: Path) -> int:
    """The hash of a picture file.

    Raises:
        UsageError: it cannot be read; leaving it out in silence would let its copies into the cut.
    """
    try:
        return PerceptualHash().hash_picture(decode(file.read_bytes(), _LIMITS).pixels)
    except (OSError, Refusal) as error:
        raise UsageError(f"{file}: cannot be read ({error}); mend it or take it out of the folder") from error


_: Near = nearest
