"""What sheets and pictures of triplets share: letters, the difference, and files that Pillow can write."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFont

from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Image

GAIN = 4
"""By how much a difference is amplified."""
_ENDINGS = {".png": 2**31 - 1, ".jpg": 65_500, ".jpeg": 65_500, ".webp": 16_383}
"""Of files that are written here -> the most pixels a side."""


def difference(source: Image, target: Image) -> Image:
    """Absolute difference of two pictures of one shape, amplified by :data:`GAIN`, cut at 255."""
    apart = np.abs(source.astype(np.int16) - target.astype(np.int16))
    return cast(Image, np.minimum(apart * GAIN, 255).astype(np.uint8))


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which matplotlib brings along: it knows most scripts of Europe, Pillow's own has no accented letters."""
    from matplotlib import get_data_path

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / name), size)


def check_ending(path: Path) -> None:
    """Make sure that a picture can be written there.

    Raises:
        UsageError: the ending is that of no format which is written here.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{path}: give a file that ends in .png, .jpg or .webp")


def save(picture: Pillow.Image, path: Path, quality: int) -> Path:
    """Write a picture in the format of the file's ending; ``quality`` is that of JPEG and WebP, 1..100.

    Returns:
        The path, absolute.

    Raises:
        UsageError: see :func:`check_ending`; or the picture is too large for the format.
    """
    check_ending(path)
    if max(picture.size) > (most := _ENDINGS[path.suffix.lower()]):
        size = " × ".join(map(str, picture.size))
        raise UsageError(f"{path}: {size} pixels, and {path.suffix} holds {most:,} a side. Write a .png, or show less")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=quality)
    return path.resolve()
