"""The one door for pixels: bytes become upright RGB here, and nowhere else; and become bytes again.

Limits are checked before decoding, damage is refused, CMYK, 16-bit, palette and alpha are converted, and EXIF orientation is
applied in one place together with the coordinates that belong to the stored pixels.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from triplets.reasons import Reason, Refusal
from triplets.records import Encoded, Image, Mask, Picture

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
_BACKDROP = 255  # transparent pixels are composited on white, as viewers show them
_ORIENTATION = 0x0112
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ZeroDivisionError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
)
"""What Pillow's decoders are known to raise on damaged files, ``struct.error`` (a ValueError) included."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What the door lets in: bytes of the file, pixels in all, pixels of the shorter side."""

    max_bytes: int = 64 * 2**20
    max_pixels: int = 100_000_000
    min_side: int = 16


DEFAULT_LIMITS = PictureLimits()


def decode(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Picture:
    """Decode a picture of any common format into upright RGB.

    16-bit samples are scaled to 8 bits, transparency is composited on white, CMYK is converted as Adobe writes it. What follows
    the picture in the file is ignored; the name of the file is never looked at.

    Raises:
        Refusal: ``picture_too_large``, ``picture_too_small`` or ``picture_unreadable``; no other exception leaves.
    """
    if len(data) > limits.max_bytes:
        raise Refusal(Reason.PICTURE_TOO_LARGE, f"{len(data):,} bytes, the limit is {limits.max_bytes:,}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _decode(data, limits)
        except UnidentifiedImageError as error:
            kind = "an empty file" if not data else "no picture of a known format"
            raise Refusal(Reason.PICTURE_UNREADABLE, kind) from error
        except Pillow.DecompressionBombError as error:  # Pillow's own limit, met before ours can be asked
            raise Refusal(Reason.PICTURE_TOO_LARGE, str(error)[:80]) from error
        except (*_DAMAGE, MemoryError) as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, f"{type(error).__name__}: {str(error)[:200]}") from error


def _decode(data: bytes, limits: PictureLimits) -> Picture:
    with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > limits.max_pixels:
            detail = f"{width} x {height} pixels, the limit is {limits.max_pixels:,}"
            raise Refusal(Reason.PICTURE_TOO_LARGE, detail)
        if min(width, height) < limits.min_side:
            raise Refusal(
                Reason.PICTURE_TOO_SMALL, f"{width} x {height} pixels, the shorter side needs {limits.min_side}"
            )
        if picture.format == "GIF" and getattr(picture, "n_frames", 1) > 1:
            raise Refusal(Reason.PICTURE_UNREADABLE, "an animation, not a picture")
        orientation = picture.getexif().get(_ORIENTATION, 1)
        orientation = orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
        pixels = _to_rgb(picture, data)
    return Picture(_turn(pixels, orientation), (width, height), orientation)


def _to_rgb(picture: Pillow.Image, data: bytes) -> Image:
    """Stored pixels as 8-bit RGB. Pillow raises on truncated data unless told otherwise, and it is not told otherwise."""
    if picture.format in {"PNG", "TIFF"} and _is_deep(picture):
        return _deep_to_rgb(data)
    picture.load()
    if picture.mode in {"RGBA", "LA", "PA", "RGBa"} or "transparency" in picture.info:
        opaque = picture.convert("RGBA")
        ground = Pillow.new("RGBA", opaque.size, (_BACKDROP,) * 4)
        return np.asarray(Pillow.alpha_composite(ground, opaque).convert("RGB"))
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _is_deep(picture: Pillow.Image) -> bool:
    """Whether samples have more than 8 bits: Pillow would clip grey ones and halve coloured ones."""
    if picture.mode.startswith(("I", "F")):
        return True
    tiles: Any = getattr(picture, "tile", ())  # how Pillow will unpack the samples, such as "RGB;16B"
    return any("16" in str(tile[3]) for tile in tiles if len(tile) > 3)


def _deep_to_rgb(data: bytes) -> Image:
    """Decode 16-bit samples and scale 0..65535 to 0..255."""
    array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if array is None:
        raise OSError("damaged 16-bit picture")
    if array.dtype == np.uint16:
        array = ((array.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise OSError(f"samples of type {array.dtype}")
    if array.ndim == 2:
        return np.ascontiguousarray(np.repeat(array[..., None], 3, axis=2))
    if array.shape[2] == 4:
        alpha = array[..., 3:].astype(np.float32) / 255
        array = (array[..., :3] * alpha + _BACKDROP * (1 - alpha) + 0.5).astype(np.uint8)
    return np.ascontiguousarray(array[..., ::-1])


_Array = TypeVar("_Array", bound=npt.NDArray[Any])


def _turn(pixels: _Array, orientation: int) -> _Array:
    """Apply an EXIF orientation (1..8) to stored pixels (height, width, …)."""
    turned: Any = pixels
    if orientation in {5, 6, 7, 8}:
        turned = np.swapaxes(turned, 0, 1)
    if orientation in {2, 3, 6, 7}:
        turned = turned[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        turned = turned[::-1]
    return cast(_Array, np.ascontiguousarray(turned))


def upright_mask(mask: Mask, picture: Picture) -> Mask:
    """A mask drawn on the stored pixels, turned as the picture was."""
    return _turn(mask, picture.orientation)


def upright_points(points: npt.NDArray[np.floating[Any]], picture: Picture) -> npt.NDArray[np.float64]:
    """Points (N, 2) as x, y on the stored pixels (continuous: 0 is the left edge), turned as the picture was."""
    x, y = np.asarray(points, np.float64).reshape(-1, 2).T
    width, height = picture.stored_size
    if picture.orientation in {5, 6, 7, 8}:
        x, y, width, height = y, x, height, width
    if picture.orientation in {2, 3, 6, 7}:
        x = width - x
    if picture.orientation in {3, 4, 7, 8}:
        y = height - y
    return np.stack([x, y], axis=1)


def annotation_frame(picture: Picture, declared: tuple[int, int] | None) -> Literal["stored", "upright"]:
    """Which pixels an annotation's coordinates belong to, by the (width, height) it declares; stored if it declares none.

    Raises:
        Refusal: ``picture_size_mismatch``: it is neither, so its coordinates cannot be trusted.
    """
    if declared is None or declared == picture.stored_size:
        return "stored"
    if declared == picture.size:
        return "upright"
    (width, height), (real_width, real_height) = declared, picture.stored_size
    detail = f"annotated on {width} x {height}, the picture has {real_width} x {real_height}"
    raise Refusal(Reason.PICTURE_SIZE_MISMATCH, detail)


def encode_jpeg(image: Image, quality: int = 95) -> Encoded:
    """JPEG at 4:4:4 without metadata; the same pixels give the same bytes."""
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return _encode(image, "jpg", settings)


def encode_png(image: Image) -> Encoded:
    """PNG, lossless, without metadata."""
    return _encode(image, "png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def _encode(image: Image, extension: str, settings: list[int]) -> Encoded:
    good, data = cv2.imencode(f".{extension}", image[..., ::-1], settings)
    if not good:
        raise ValueError(f"cannot encode an array of shape {image.shape} as {extension}")
    return Encoded(data.tobytes(), extension, int(image.shape[1]), int(image.shape[0]))


def encoder(extension: Literal["jpg", "png"], quality: int = 95) -> Callable[[Image], Encoded]:
    """The encoder of a recipe's image settings."""
    return encode_png if extension == "png" else partial(encode_jpeg, quality=quality)


def short_side_size(size: tuple[int, int], short_side: int) -> tuple[int, int]:
    """(width, height) scaled down so that the shorter one is ``short_side``; unchanged where it is no longer than that."""
    shorter = min(size)
    if shorter <= short_side:
        return size
    scale = short_side / shorter
    return max(short_side, round(size[0] * scale)), max(short_side, round(size[1] * scale))


def resize_short(image: Image, short_side: int) -> Image:
    """Scale down (area mean) so that the shorter side has ``short_side`` pixels; never up."""
    size = short_side_size((image.shape[1], image.shape[0]), short_side)
    if size == (image.shape[1], image.shape[0]):
        return image
    return cast(Image, cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def resize_mask(mask: Mask, size: tuple[int, int]) -> Mask:
    """Scale a mask to (width, height): true where at least half of the new pixel was."""
    if size == (mask.shape[1], mask.shape[0]):
        return mask
    grey = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    return grey >= 128


def decode_mask(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Mask:
    """Decode a mask picture: true above 127, so that the grey rim of a JPEG is outside. Files of 0 and 1 count 1 as true.

    Raises:
        Refusal: ``mask_unreadable``.
    """
    try:
        grey = decode(data, limits).pixels.max(axis=2)
    except Refusal as refusal:
        raise Refusal(Reason.MASK_UNREADABLE, refusal.detail) from refusal
    return cast(Mask, grey > (127 if grey.max() > 1 else 0))


def fit_mask(mask: Mask, size: tuple[int, int]) -> Mask:
    """A mask of the same shape at another scale, brought to (width, height) by its nearest pixels.

    Raises:
        Refusal: ``mask_size_mismatch`` where the sides' ratios differ by more than a pixel's worth.
    """
    height, width = mask.shape
    if (width, height) == size:
        return mask
    if abs(width * size[1] - height * size[0]) > max(*size, width, height):
        raise Refusal(Reason.MASK_SIZE_MISMATCH, f"mask {width} x {height}, picture {size[0]} x {size[1]}")
    return cast(Mask, cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_))
