"""What Pillow does not tell of a JPEG: whether its scan data is all there.

libjpeg completes a cut scan with grey where an end marker follows the cut, and says nothing that Pillow passes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""A marker within scan data: neither a stuffed 0xFF nor a restart marker. The plain first byte keeps the search fast."""
_PADDING = bytes(16)
"""Room for libjpeg's look-ahead behind the last block; four small blocks of a cut scan fit in it, no more."""
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_BASELINE = {0xC0, 0xC1}
_PROGRESSIVE = 0xC2
_FRAMES = {0xC0, 0xC1, _PROGRESSIVE}
_TAGGED = {0xDC, 0xE1, 0xE2, 0xEE}
"""Segments that Pillow must look at: number of lines, EXIF, profiles and further pictures, Adobe's colours."""


@dataclass(slots=True)
class _Seen:
    """What the walk over the markers has met."""

    frame: int = 0
    components: list[int] = field(default_factory=list)
    scans: int = 0
    single: bool = False  # the only scan holds all components
    size: tuple[int, int] = (0, 0)  # width, height
    tagged: bool = False  # a segment that may turn the picture, mean other colours, or hold more pictures
    sharp: dict[int, set[int]] = field(default_factory=dict)
    """Component -> coefficients 0..63 whose last bit has come."""


def strict(data: bytes) -> bytes:
    """JPEG bytes that Pillow refuses where scan data is missing; what follows the picture is cut off.

    For one scan of all components (nearly every baseline file) the end marker gives way to a few zero bytes: libjpeg then
    runs out of data in a cut scan, which Pillow does report. A file in several scans must hold all of them; a cut in the very
    last one with an end marker behind it goes unseen, and costs no more than the last bit of some detail.

    Raises:
        ValueError: no scan data, or a scan is missing.
    """
    seen = _Seen()
    end = _walk(data, seen)
    if seen.frame not in _FRAMES:
        return data  # lossless or arithmetic: Pillow knows whether it can read that
    if not seen.scans:
        raise ValueError("ends before its picture data")
    if seen.single:
        return data[:end].rstrip(b"\xff") + _PADDING
    needed = set(range(64)) if seen.frame == _PROGRESSIVE else {0}
    lacking = [part for part in seen.components if not _needed(part, seen, needed) <= seen.sharp.get(part, set())]
    if lacking:
        raise ValueError("ends before its last scan")
    return data[: end + 2]  # with the end marker, where there is one: without it Pillow refuses


def plain(data: bytes) -> tuple[bytes, tuple[int, int]] | None:
    """What :func:`strict` gives for an everyday file, and its width and height, without Pillow's reading of the header.

    Everyday is: baseline, one scan, three components of 8 bits, no EXIF, Adobe or multi-picture segment. None for all others,
    also for those in which something is amiss: it takes longer to say what.
    """
    seen = _Seen()
    try:
        end = _walk(data, seen)
    except ValueError:
        return None
    if seen.frame not in _BASELINE or not seen.single or len(seen.components) != 3 or seen.tagged:
        return None
    return data[:end].rstrip(b"\xff") + _PADDING, seen.size


def _needed(component: int, seen: _Seen, first: set[int]) -> set[int]:
    """Every component needs its mean; the first one, brightness, needs all of its detail."""
    return first if component == seen.components[0] else {0}


def _walk(data: bytes, seen: _Seen) -> int:
    """Visit every segment up to the end marker; where the last scan's data ends."""
    at, end = 2, len(data)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1  # stray bytes between segments, which libjpeg skips as well
            continue
        kind = data[at + 1]
        if kind == _EOI:
            break
        if kind in {0xFF, 0x00, 0x01, _SOI} or 0xD0 <= kind <= 0xD7:
            at += 1 if kind == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC} and not seen.frame:
            _frame(kind, body, seen)
        seen.tagged |= kind in _TAGGED
        at += 2 + max(2, length)
        if kind == _SOS:
            _scan(body, seen)
            found = _MARKER.search(data, at)
            at = end = found.start() if found else len(data)
            if seen.single:
                break
    return end


def _frame(kind: int, body: bytes, seen: _Seen) -> None:
    seen.frame = kind
    seen.tagged |= body[:1] != b"\x08"  # bits a sample
    seen.size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
    count = body[5] if len(body) > 5 else 0
    seen.components = list(body[6 : 6 + 3 * count : 3])


def _scan(body: bytes, seen: _Seen) -> None:
    """Note which coefficients of which components this scan completes."""
    count = body[0] if body else 0
    if len(body) < 4 + 2 * count:
        raise ValueError("damaged scan header")
    first, last, low = body[1 + 2 * count], body[2 + 2 * count], body[3 + 2 * count] & 0x0F
    parts = list(body[1 : 1 + 2 * count : 2])
    seen.scans += 1
    if seen.frame in _BASELINE:
        first, last, low = 0, 63, 0
        seen.single = count == len(seen.components)
        if seen.single:
            return  # nobody asks what it completed: all
    if low == 0:
        for part in parts:
            seen.sharp.setdefault(part, set()).update(range(first, min(last, 63) + 1))
