"""Pictures that no cut may hold: those in given folders, by perceptual hash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from filters.apply import Near
from filters.near import least_distances
from filters.scores.phash import PerceptualHash
from triplets.pictures import PictureLimits, decode
from triplets.reasons import Refusal, UsageError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
_LIMITS = PictureLimits(min_side=1)


def nearest(hashes: npt.NDArray[np.uint64], folders: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """For each hash the least distance in bits to a picture below the folders. See :data:`filters.apply.Near`.

    Raises:
        UsageError: a folder that is none or holds no pictures, or a picture that cannot be read.
    """
    known = np.array(sorted({_hash(file) for folder in folders for file in _pictures(folder)}), np.uint64)
    return least_distances(hashes, known)


def _pictures(folder: str) -> Iterator[Path]:
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise UsageError(f"rule file, pictures: no folder {folder!r}; name the folder of the pictures to keep out")
    files = sorted(file for file in root.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise UsageError(f"rule file, pictures: {folder} holds no picture ({', '.join(sorted(SUFFIXES))})")
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
