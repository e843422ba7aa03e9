"""Pictures of contact sheets, read by byte range and made small. Apart from the sheets, since it loads OpenCV."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import cv2
import numpy as np

from ieiw.pipelines.audit.contact_sheets import Place
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import Store

_AT_ONCE = 4
_WEBP_QUALITY = 74


def thumbnails(store: Store, places: dict[str, Place], side: int) -> Iterator[tuple[str, bytes]]:
    """Digest and WebP bytes of each picture, in order, its longer side at most ``side`` pixels.

    Raises:
        UsageError: a shard is missing, or its bytes are not those that the row names.
    """
    waiting = iter(places.values())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(waiting, 16 * _AT_ONCE)):
            made = pool.map(lambda place: thumbnail(store, place, side), batch)
            yield from zip((place.sha256 for place in batch), made, strict=True)


def thumbnail(store: Store, place: Place, side: int) -> bytes:
    """One of :func:`thumbnails`."""
    try:
        data = store.read_range(place.shard, place.offset, place.size)
    except FileNotFoundError as error:
        raise UsageError(f"{store.location}/{place.shard} is missing", Step("lint", store.location)) from error
    if hashlib.sha256(data).hexdigest() != place.sha256:
        where = f"{store.location}/{place.shard}, byte {place.offset:,}"
        raise UsageError(f"{where}: not the picture that its row names", Step("lint", store.location))
    return small(data, side, f"{store.location}/{place.shard}, byte {place.offset:,}")


def small(data: bytes, side: int, where: str) -> bytes:
    """A coded picture as a small WebP, its longer side at most ``side`` pixels.

    Raises:
        UsageError: it is no picture that can be read; says ``where`` it lies.
    """
    try:
        pixels = decode(data, ANY_SIZE).pixels
    except Refusal as error:
        raise UsageError(f"{where}: {error}") from error
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    good, coded = cv2.imencode(
        ".webp", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY]
    )
    if not good:
        raise UsageError(f"{where}: OpenCV cannot write WebP here; install opencv-python-headless")
    return bytes(coded.tobytes())
