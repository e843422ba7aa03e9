"""The door for label maps: pictures whose pixels are class numbers. Nothing is converted, scaled or smoothed on the way."""

from __future__ import annotations

import io
import math
from functools import partial
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from ieiw.triplets.images.codec import DEFAULT_LIMITS, PictureLimits, annotation_frame, decode_plane, turned
from ieiw.triplets.records import Picture
from ieiw.triplets.rejects import Reason, Refusal

Labels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.int32]
"""Class numbers (height, width)."""
Coding = Literal["index", "ade", "ade-objects", "panoptic"]
"""``index``: the sample is the number, in grey, palette (the palette's own colours are not looked at), one bit or 16 bits.
``ade``: the full ADE20K release's ``_seg.png``, red // 10 * 256 + green; ``ade-objects``: 256 times that, + blue, by which it tells
the objects of a class apart. ``panoptic``: COCO's, red + 256 green + 65536 blue."""

_INDEX_TYPES = {"1": np.uint8, "L": np.uint8, "P": np.uint8, "I;16": np.uint16, "I;16L": np.uint16, "I;16B": np.uint16}


def decode_labels(data: bytes, coding: Coding = "index", limits: PictureLimits = DEFAULT_LIMITS) -> Labels:
    """Decode a label map, turned upright as its EXIF says: uint8 or uint16 as stored, int32 where three bytes make the number.

    Raises:
        Refusal: ``mask_unreadable``: damaged, too large, a format that loses (JPEG), colours where numbers are expected, or
            the other way round.
    """
    return decode_plane(data, limits, partial(_numbers, coding=coding))


def _numbers(picture: Pillow.Image, coding: Coding) -> npt.NDArray[np.int32]:
    if picture.format in {"JPEG", "MPO", "WEBP", "GIF"}:
        raise ValueError(f"a label map as {picture.format}, which changes the numbers")
    if coding == "index":
        return _indices(picture)
    if picture.mode not in {"RGB", "RGBA"}:
        raise ValueError(f"samples of kind {picture.mode}; numbers coded in colours need RGB")
    colours = np.asarray(picture.convert("RGB") if picture.mode == "RGBA" else picture).astype(np.int32)
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    if coding == "panoptic":
        return red + 256 * green + 65536 * blue
    classes: npt.NDArray[np.int32] = red // 10 * 256 + green
    return classes if coding == "ade" else 256 * classes + blue


def _indices(picture: Pillow.Image) -> npt.NDArray[np.int32]:
    kind = _INDEX_TYPES.get(picture.mode)
    if kind is not None:
        return cast("npt.NDArray[np.int32]", np.asarray(picture).astype(kind))
    if picture.mode == "I":
        return np.asarray(picture).astype(np.int32)
    if picture.mode in {"RGB", "RGBA"}:
        colours = np.asarray(picture)
        if (colours[..., 0] == colours[..., 1]).all() and (colours[..., 0] == colours[..., 2]).all():
            return cast(npt.NDArray[np.int32], np.ascontiguousarray(colours[..., 0]))  # grey, saved as colours
    raise ValueError(f"samples of kind {picture.mode}; class numbers need a grey or palette picture")


def fit_labels(labels: Labels, picture: Picture) -> Labels:
    """A label map brought to the picture's upright pixels: turned with it, and never scaled.

    Raises:
        Refusal: ``mask_size_mismatch``: it has neither the size of the stored nor of the upright pixels; ``picture_turned``, see
            :func:`~ieiw.triplets.images.codec.annotation_frame`.
    """
    height, width = labels.shape
    if (width, height) not in (picture.stored_size, picture.size):
        detail = f"labels {width} x {height}, picture {picture.stored_size[0]} x {picture.stored_size[1]}"
        raise Refusal(Reason.MASK_SIZE_MISMATCH, detail)
    stored = annotation_frame(picture, (width, height)) == "stored"
    return turned(labels, picture.orientation) if stored else labels


def decode_matlab(data: bytes, variable: str, limits: PictureLimits = DEFAULT_LIMITS) -> Labels:
    """A matrix of whole numbers from a MATLAB file of version 4 to 7.2.

    Args:
        data: the file's bytes.
        variable: name of the matrix.
        limits: on bytes and pixels.

    Raises:
        Refusal: ``mask_unreadable``: damaged, of another version (7.3 is HDF5), without the variable, or no such matrix.
    """
    import scipy.io

    if len(data) > limits.max_bytes:
        raise Refusal(Reason.MASK_UNREADABLE, f"{len(data):,} bytes, the limit is {limits.max_bytes:,}")
    try:
        shapes = {name: shape for name, shape, _kind in scipy.io.whosmat(io.BytesIO(data))}
        if variable in shapes and math.prod(shapes[variable]) <= limits.max_pixels:
            matrix = scipy.io.loadmat(io.BytesIO(data), variable_names=[variable])[variable]
        else:
            raise Refusal(Reason.MASK_UNREADABLE, f"no matrix {variable!r} of a sound size; it holds {sorted(shapes)}")
    except Refusal:
        raise
    except NotImplementedError as error:
        raise Refusal(Reason.MASK_UNREADABLE, "a MATLAB file of version 7.3; save it with -v7") from error
    except Exception as error:  # damaged files make the reader raise nearly anything
        raise Refusal(Reason.MASK_UNREADABLE, f"{type(error).__name__}: {str(error)[:200]}") from error
    return _whole_numbers(matrix, variable)


def _whole_numbers(matrix: npt.NDArray[np.float64], variable: str) -> Labels:
    sound = matrix.ndim == 2 and matrix.size > 0 and matrix.dtype.kind in "biuf"
    if sound and matrix.dtype.kind == "f":
        sound = bool(np.isfinite(matrix).all() and (matrix == np.round(matrix)).all())
    if not sound or matrix.min() < -(2**31) or matrix.max() >= 2**31:
        raise Refusal(Reason.MASK_UNREADABLE, f"{variable!r} is no matrix of whole numbers")
    small = {np.dtype(np.uint8), np.dtype(np.uint16)}
    return np.ascontiguousarray(matrix if matrix.dtype in small else matrix.astype(np.int32))  # type: ignore[return-value]
