"""Sharpness: how much a picture would lose by being blurred once more."""

from __future__ import annotations

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image


class Sharpness(PictureScore):
    """One minus the blur effect of Crete et al. ("The blur effect: perception and estimation with a new no-reference perceptual
    blur metric", 2007), as scikit-image computes it: 0 for a picture that is all blur, near 1 for a crisp one. It compares the
    picture with itself, so that a smooth subject is not taken for a blurred one.
    """

    name = "sharpness"

    def of_picture(self, picture: Image) -> float:
        """0..1."""
        from skimage.measure import blur_effect

        return 1.0 - float(blur_effect(luminance(picture), h_size=5))  # type: ignore[no-untyped-call]
