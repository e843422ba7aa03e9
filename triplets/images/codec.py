"""The one door for pixels: bytes become upright RGB here, and nowhere else; and become bytes again.

Limits are checked before decoding, damage is refused, CMYK, 16-bit, palette and alpha are converted, and EXIF orientation is
applied in one place together with the coordinates that belong to the stored pixels.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from ieiw.triplets.images.colour_profile import in_srgb
from ieiw.triplets.records import Encoded, Image, Mask, Picture
from ieiw.triplets.rejects import Reason, Refusal

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
_BACKDROP = 255  # transparent pixels are composited on white, as viewers show them
_ORIENTATION = 0x0112
_EIGHT_BITS = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"}
_GREY = {"L", "LA", "La"}
_GREY_16 = {"I;16", "I;16L", "I;16B", "I;16N"}

# Once for all threads: warnings.catch_warnings around each call would race with those of other threads.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What the door lets in: bytes of the file, pixels in all, pixels of the shorter side."""

    max_bytes: int = 64 * 2**20
    max_pixels: int = 64_000_000
    min_side: int = 16


DEFAULT_LIMITS = PictureLimits()
ANY_SIZE = PictureLimits(min_side=1)
"""For pictures that a build wrote, or that are only compared: the smallest are welcome too."""


def decode(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Picture:
    """Decode a picture of any common format into upright RGB; ``pixels`` is read-only.

    16-bit samples are scaled to 8 bits, transparency is composited on white, CMYK is converted as Adobe writes it, and colours
    with an embedded profile are converted to sRGB. What follows the picture in the file is ignored; the name of the file is
    never looked at.

    Raises:
        Refusal: ``picture_too_large``, ``picture_too_small`` or ``picture_unreadable``; no other exception leaves.
    """
    stored, orientation = guarded(data, limits, _to_rgb)
    pixels = turned(stored, orientation)
    pixels.flags.writeable = False
    return Picture(pixels, (int(stored.shape[1]), int(stored.shape[0])), orientation)


_Array = TypeVar("_Array", bound=npt.NDArray[Any])


def guarded(data: bytes, limits: PictureLimits, read: Callable[[Pillow.Image], _Array]) -> tuple[_Array, int]:
    """Stored pixels as ``read`` takes them, and the EXIF orientation that is still to be applied; for doors in this package.

    Raises:
        Refusal: as :func:`decode`, whatever ``read`` raises.
    """
    if len(data) > limits.max_bytes:
        raise Refusal(Reason.PICTURE_TOO_LARGE, f"{len(data):,} bytes, the limit is {limits.max_bytes:,}")
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            _check_header(picture, limits)
            # Asked before Pillow's loading turns the pixels of a TIFF, and only then.
            tagged = _legal(picture.tag_v2.get(_ORIENTATION)) if isinstance(picture, TiffImageFile) else None
            pixels = read(picture)
            orientation = tagged or _exif_orientation(picture)
    except Refusal:
        raise
    except UnidentifiedImageError as error:
        kind = "an empty file" if not data else "no picture of a known format"
        raise Refusal(Reason.PICTURE_UNREADABLE, kind) from error
    except Pillow.DecompressionBombError as error:  # Pillow's own limit, met before ours can be asked
        raise Refusal(Reason.PICTURE_TOO_LARGE, str(error)[:80]) from error
    except Exception as error:  # decoders raise nearly anything on damaged files
        raise Refusal(Reason.PICTURE_UNREADABLE, f"{type(error).__name__}: {str(error)[:200]}") from error
    if tagged is None:
        return pixels, orientation
    # Pillow turns TIFF pixels itself. They are turned back, so that one rule holds for the coordinates of all formats.
    return turned(pixels, _INVERSE[orientation]), orientation


def _check_header(picture: Pillow.Image, limits: PictureLimits) -> None:
    """Refuse by what the header says, before a pixel is decoded."""
    width, height = picture.size
    if width * height > limits.max_pixels:
        raise Refusal(Reason.PICTURE_TOO_LARGE, f"{width} x {height} pixels, the limit is {limits.max_pixels:,}")
    if min(width, height) < limits.min_side:
        detail = f"{width} x {height} pixels, the shorter side needs {limits.min_side}"
        raise Refusal(Reason.PICTURE_TOO_SMALL, detail)
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        raise Refusal(Reason.PICTURE_UNREADABLE, "several frames or pages, not one picture")


def _exif_orientation(picture: Pillow.Image) -> int:
    """EXIF orientation 1..8, asked after loading: for some formats asking loads, and damage must not be met here.

    A damaged EXIF block counts as none: cameras and editors write many, and the pixels are whole.
    """
    try:
        return _legal(picture.getexif().get(_ORIENTATION))
    except Exception:  # Pillow's EXIF reader raises nearly anything on damaged blocks
        return 1


def _legal(orientation: object) -> int:
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _to_rgb(picture: Pillow.Image) -> Image:
    """Pixels as 8-bit RGB. Pillow raises on truncated data, as it does by default."""
    if picture.mode in _GREY_16:
        deep = np.asarray(picture).astype(np.uint32)
        grey = ((deep * 255 + 32767) // 65535).astype(np.uint8)  # Pillow's own conversion would clip at 255
        clear = picture.info.get("transparency")  # a PNG may name one value that is see-through
        if isinstance(clear, int):
            grey[deep == clear] = _BACKDROP
        plain = Pillow.fromarray(grey)
        plain.info = picture.info
        return in_srgb(plain)
    if picture.mode not in _EIGHT_BITS:
        raise ValueError(f"samples of kind {picture.mode}, whose range nobody tells")
    if isinstance(picture, JpegImageFile):
        return _strict_jpeg(picture)
    picture.load()  # 16-bit colours keep their high byte
    if _may_be_transparent(picture):
        opaque = picture.convert("RGBA")
        ground = Pillow.new("RGB", opaque.size, (_BACKDROP,) * 3)
        ground.paste(opaque, mask=opaque.getchannel("A"))
        ground = ground.getchannel("R") if picture.mode in _GREY else ground  # which a profile of grey values is for
        ground.info = picture.info
        picture = ground
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in {"RGB", "L", "CMYK"}:
        picture = picture.convert("RGB")
    return in_srgb(picture)


def _strict_jpeg(picture: JpegImageFile) -> Image:
    """Pixels of a JPEG as Pillow gives them, but never of one whose data is cut: libjpeg fills what is missing with grey.

    Of a file in one scan, a lost end marker and stray bytes before it cost no pixel. Of a progressive file they may stand where
    scans are missing, so it must be without fault.

    Raises:
        ValueError: damaged or cut; says what libjpeg met first.
    """
    data, progressive = cast("io.BytesIO", picture.fp).getvalue(), "progressive" in picture.info
    colours = "CMYK" if picture.mode == "CMYK" else "RGB"
    try:
        pixels = simplejpeg.decode_jpeg(data if progressive else data + b"\xff\xd9", colours, strict=True)
    except ValueError as error:
        if progressive or "extraneous bytes before marker 0xd9" not in str(error):
            raise
        pixels = simplejpeg.decode_jpeg(data, colours, strict=False)
    if "icc_profile" not in picture.info and colours == "RGB":
        return cast(Image, pixels)
    if picture.mode == "L":
        pixels = np.ascontiguousarray(pixels[..., 0])
    inverted = ~pixels if colours == "CMYK" else pixels  # as Adobe writes them
    plain = Pillow.frombytes(picture.mode if picture.mode in {"L", "CMYK"} else "RGB", picture.size, inverted.tobytes())
    plain.info = picture.info
    return in_srgb(plain)


def _may_be_transparent(picture: Pillow.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "La", "PA", "RGBa"} or "transparency" in picture.info


_INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
"""Orientation -> the one that undoes it."""


def turned(pixels: _Array, orientation: int) -> _Array:
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
    return turned(mask, picture.orientation)


def upright_points(points: npt.NDArray[np.floating[Any]], picture: Picture) -> npt.NDArray[np.float64]:
    """Points (N, 2) as x, y on the stored pixels (continuous: 0 is the left edge), turned as the picture was."""
    if picture.orientation == 1:
        return np.array(points, np.float64).reshape(-1, 2)
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
    """Which pixels an annotation's coordinates belong to, by the (width, height) it declares; ``picture.frame`` where both fit.

    Raises:
        Refusal: ``picture_size_mismatch``: neither fits, so its coordinates cannot be trusted; ``picture_turned``: both fit a
            picture that EXIF turns (upside down, mirrored, square, or no size is declared), and nobody says which.
    """
    fits = [declared in (None, picture.stored_size), declared in (None, picture.size)]
    if not any(fits):
        (width, height), (real_width, real_height) = cast(tuple[int, int], declared), picture.stored_size
        detail = f"annotated on {width} x {height}, the picture has {real_width} x {real_height}"
        raise Refusal(Reason.PICTURE_SIZE_MISMATCH, detail)
    if all(fits) and picture.orientation != 1:
        if not picture.frame:
            detail = (
                f"EXIF orientation {picture.orientation}: were its labels drawn on the stored or on the upright pixels?"
            )
            raise Refusal(Reason.PICTURE_TURNED, f"{detail} Say so in the source's `frame`")
        return cast(Literal["stored", "upright"], picture.frame)
    return "stored" if fits[0] else "upright"


def encode_jpeg(image: Image, quality: int = 95) -> Encoded:
    """JPEG at 4:4:4 without metadata; the same pixels give the same bytes.

    Raises:
        ValueError: not a picture (height, width, 3) of bytes.
    """
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return _encode(image, "jpg", settings)


def encode_png(image: Image) -> Encoded:
    """PNG, lossless, without metadata; the same pixels give the same bytes.

    Raises:
        ValueError: not a picture (height, width, 3) of bytes.
    """
    return _encode(image, "png", [cv2.IMWRITE_PNG_COMPRESSION, 3])


def _encode(image: Image, extension: str, settings: list[int]) -> Encoded:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"not an RGB picture of bytes: shape {image.shape}, {image.dtype}")
    good, data = cv2.imencode(f".{extension}", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
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
    grey = cv2.resize(np.negative(mask.view(np.uint8)), size, interpolation=cv2.INTER_AREA)  # a byte's -1 is 255
    return grey >= 128


def decode_mask(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Mask:
    """Decode a mask picture, turned upright: true where it is brighter than half of its range.

    So the grey rim and the noise of a JPEG are outside. Files of lossless formats that hold nothing but 0 and 1 count 1 as true.

    Raises:
        Refusal: ``mask_unreadable``; also where pixels are see-through, since nobody tells what that means.
    """
    return decode_plane(data, limits, _to_mask)


def decode_plane(data: bytes, limits: PictureLimits, read: Callable[[Pillow.Image], _Array]) -> _Array:
    """Decode a picture whose samples are a mask or numbers, however small, turned upright; for doors in this package.

    Args:
        data: the file's bytes.
        limits: on bytes and pixels.
        read: takes the stored samples from the opened picture.

    Raises:
        Refusal: ``mask_unreadable``, whatever ``read`` raises.
    """
    try:
        plane, orientation = guarded(data, replace(limits, min_side=1), read)
    except Refusal as refusal:
        raise Refusal(Reason.MASK_UNREADABLE, refusal.detail) from refusal
    return turned(plane, orientation)


def _to_mask(picture: Pillow.Image) -> Mask:
    picture.info.pop("icc_profile", None)  # a mask's levels are no colours
    if picture.mode in _GREY_16:
        levels, half = np.asarray(picture), 32767
    else:
        half = 127
        if picture.mode == "L" and not isinstance(picture, JpegImageFile):
            levels = np.asarray(picture)
        else:
            red, green, blue = cv2.split(_to_rgb(picture))
            levels = cv2.max(cv2.max(red, green), blue)
        if _may_be_transparent(picture) and picture.convert("RGBA").getchannel("A").getextrema()[0] != 255:
            raise ValueError("a mask with see-through pixels")
    lossless = picture.format not in {"JPEG", "MPO", "WEBP"}
    return levels > (0 if lossless and levels.max() <= 1 else half)


def fit_mask(mask: Mask, picture: Picture) -> Mask:
    """A mask of a picture, perhaps at another scale, brought to its upright pixels: by the nearest, and turned with it.

    Raises:
        Refusal: ``mask_size_mismatch`` where the sides' ratios differ by more than a pixel's worth; ``picture_turned``, see
            :func:`annotation_frame`.
    """
    height, width = mask.shape
    sizes = (picture.stored_size, picture.size)
    fits = [size for size in sizes if abs(width * size[1] - height * size[0]) <= max(*size, width, height)]
    if not fits:
        detail = f"mask {width} x {height}, picture {sizes[1][0]} x {sizes[1][1]}"
        raise Refusal(Reason.MASK_SIZE_MISMATCH, detail)
    told = (width, height) if (width, height) in fits else None if len(fits) > 1 else fits[0]
    stored = annotation_frame(picture, told) == "stored"
    size = picture.stored_size if stored else picture.size
    if (width, height) != size:
        mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT).astype(np.bool_)
    return turned(mask, picture.orientation) if stored else mask
