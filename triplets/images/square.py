"""A picture as the square that models see."""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.triplets.records import Image


def fill_square(picture: Image, out: Image, across: float = 0.5, down: float = 0.5, mirror: bool = False) -> None:
    """Crop a square of ``picture``, scale it to ``out`` (size, size, 3), mirror it; cut before scaling, the cheaper order.

    Args:
        picture: (height, width, 3), 0..255.
        out: written to.
        across: where the square lies along a longer width, 0 (left) to 1; 0.5 is the middle.
        down: the same along a longer height.
        mirror: left for right.
    """
    height, width = picture.shape[:2]
    if (height, width) != out.shape[:2]:
        side = min(height, width)
        left, top = int(across * (width - side + 1)), int(down * (height - side + 1))
        picture = picture[top : top + side, left : left + side]
    if picture.shape[:2] != out.shape[:2]:
        kind = cv2.INTER_AREA if picture.shape[0] > out.shape[0] else cv2.INTER_CUBIC
        picture = cv2.resize(picture, (out.shape[1], out.shape[0]), interpolation=kind)  # type: ignore[assignment]
    np.copyto(out, picture[:, ::-1] if mirror else picture)
