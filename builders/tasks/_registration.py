"""Brings two pictures of one scene that differ in size onto one grid of pixels, or refuses."""

from __future__ import annotations

import math
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Reason, Refusal

_WORKING_SIDE = 640
"""Longer side at which points are matched."""
_LEAST_MATCHES = 16
_LEAST_SHARE = 0.3
"""Of the matches that agree on one transform: an edit may replace half of a picture, hardly more."""
_MOST_TURN = 15.0
_MOST_STRETCH = 1.15
"""One direction against the other: uploads are squeezed a little at times."""
_LEAST_COMMON = 0.5
"""Share of either picture that both must show."""
_LEAST_LIKENESS = 0.5
"""Correlation of the two brought together, blurred; edits of colour and single things keep it high."""

_Matrix = npt.NDArray[np.float64]


def register(source: Image, target: Image) -> tuple[Image, Image]:
    """The common part of both, at the scale of the coarser one.

    An affine transform close to a similarity is estimated from SIFT points by RANSAC and refined by ECC (Evangelidis & Psarakis,
    2008). The finer picture is resampled into the coarser one's grid, then both are cut to what both show.

    Returns:
        Two pictures of one size.

    Raises:
        Refusal: ``picture_size_mismatch``: they cannot be brought together reliably.
    """
    small, other = _grey(source), _grey(target)
    matrix = _refined(small, other, _matched(small, other))
    here, there = _shrinking(source, *small.shape[::-1]), _shrinking(target, *other.shape[::-1])
    full = np.asarray(np.linalg.inv(there) @ _lifted(matrix) @ here, np.float64)[:2]  # between the full pictures
    if _scale(full) > 1:
        moved_target, moved_source = _cut_to_common(target, source, _inverse(full))
    else:
        moved_source, moved_target = _cut_to_common(source, target, full)
    likeness = _likeness(moved_source, moved_target)
    if likeness < _LEAST_LIKENESS:
        raise _refusal(f"their correlation once aligned is {likeness:.2f}")
    return moved_source, moved_target


def _refusal(detail: str) -> Refusal:
    return Refusal(Reason.PICTURE_SIZE_MISMATCH, f"picture and target differ in size and cannot be aligned: {detail}")


def _grey(image: Image) -> npt.NDArray[np.uint8]:
    scale = min(1.0, _WORKING_SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cast(npt.NDArray[np.uint8], cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))


def _matched(source: npt.NDArray[np.uint8], target: npt.NDArray[np.uint8]) -> _Matrix:
    """A first estimate, source to target, both small."""
    sift: Any = cv2.SIFT_create(2000)  # type: ignore[attr-defined]  # missing from OpenCV's stubs
    (points, words), (others, other_words) = (sift.detectAndCompute(grey, None) for grey in (source, target))
    if words is None or other_words is None or len(others) < 2:
        raise _refusal("too little detail")
    twos = cv2.BFMatcher(cv2.NORM_L2).knnMatch(words, other_words, k=2)
    good = [two[0] for two in twos if len(two) == 2 and two[0].distance < 0.75 * two[1].distance]
    if len(good) < _LEAST_MATCHES:
        raise _refusal(f"{len(good)} points match, {_LEAST_MATCHES} are needed")
    here = np.array([points[match.queryIdx].pt for match in good], np.float32)
    there = np.array([others[match.trainIdx].pt for match in good], np.float32)
    matrix, agree = cv2.estimateAffine2D(here, there, method=cv2.RANSAC, ransacReprojThreshold=2.0)
    if matrix is None or agree.sum() < max(_LEAST_MATCHES, _LEAST_SHARE * len(good)):
        raise _refusal("the points that match agree on no one transform")
    found = np.asarray(matrix, np.float64)
    _check_shape(found)
    return found


def _check_shape(matrix: _Matrix) -> None:
    """Refuse what no scaling or cutting of a picture does: large turns, mirrors, strong stretching or shear."""
    turn = abs(math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])))
    if turn > _MOST_TURN:
        raise _refusal(f"one is turned by {turn:.0f} degrees")
    longest, shortest = np.linalg.svd(matrix[:, :2], compute_uv=False)
    if np.linalg.det(matrix[:, :2]) <= 0 or longest > _MOST_STRETCH * shortest:
        raise _refusal(f"one is mirrored, or stretched by {longest / max(shortest, 1e-9):.2f}")


def _refined(source: npt.NDArray[np.uint8], target: npt.NDArray[np.uint8], first: _Matrix) -> _Matrix:
    """The estimate to a fraction of a pixel; the first one where ECC does not converge, as it may over large edits."""
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-6)
    start = _inverse(first).astype(np.float32)  # ECC wants target to source
    everywhere = np.full(source.shape, 255, np.uint8)
    try:
        _, found = cv2.findTransformECC(target, source, start, cv2.MOTION_AFFINE, stop, everywhere, 5)
    except cv2.error:
        return first
    refined = _inverse(np.asarray(found, np.float64))
    corners = np.array([[0, 0, 1], [source.shape[1], source.shape[0], 1]], np.float64)
    moved = float(np.abs(corners @ (refined - first).T).max())
    return refined if moved < 4 else first


def _shrinking(image: Image, width: int, height: int) -> _Matrix:
    """Scaling to a smaller size. Coordinates count pixel centres, hence the halves."""
    x, y = width / image.shape[1], height / image.shape[0]
    return np.array([[x, 0, 0.5 * x - 0.5], [0, y, 0.5 * y - 0.5], [0, 0, 1]])


def _lifted(matrix: _Matrix) -> _Matrix:
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def _inverse(matrix: _Matrix) -> _Matrix:
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def _scale(matrix: _Matrix) -> float:
    return math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))


def _cut_to_common(finer: Image, coarser: Image, matrix: _Matrix) -> tuple[Image, Image]:
    """``finer`` in the grid of ``coarser``, both cut to what both show; ``matrix`` maps finer to coarser, scale at most 1."""
    size = coarser.shape[1], coarser.shape[0]
    scale = _scale(matrix)
    small = max(1, round(finer.shape[1] * scale)), max(1, round(finer.shape[0] * scale))
    shrunk = cv2.resize(finer, small, interpolation=cv2.INTER_AREA)
    rest = (_lifted(matrix) @ np.linalg.inv(_shrinking(finer, *small)))[:2]
    moved = cv2.warpAffine(shrunk, rest, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    left, top, right, bottom = _common(rest, small, size)
    share = max(0, right - left) * max(0, bottom - top) / max(size[0] * size[1], small[0] * small[1])
    if share < _LEAST_COMMON:
        raise _refusal(f"they share {share:.0%} of what they show")
    cut = np.s_[top:bottom, left:right]
    return cast(Image, moved[cut]), coarser[cut]


def _common(matrix: _Matrix, inner: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The upright rectangle (left, top, right, bottom) inside both a moved picture and a grid."""
    width, height = inner
    corners = np.array([[0, 0, 1], [width - 1, 0, 1], [width - 1, height - 1, 1], [0, height - 1, 1]], np.float64)
    x, y = (corners @ matrix.T).T
    slack = 0.02  # of a pixel: rounding, not a border
    left, right = max(x[0], x[3], 0) - slack, min(x[1], x[2], size[0] - 1) + slack
    top, bottom = max(y[0], y[1], 0) - slack, min(y[2], y[3], size[1] - 1) + slack
    return max(0, math.ceil(left)), max(0, math.ceil(top)), math.floor(right) + 1, math.floor(bottom) + 1


def _likeness(first: Image, second: Image) -> float:
    """Correlation of two pictures of one size, grey and blurred, 0 where one of them is flat."""
    greys = [cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 2).ravel() for image in (first, second)]
    if min(float(grey.std()) for grey in greys) < 1:
        return 0.0
    return float(np.corrcoef(greys[0], greys[1])[0, 1])
