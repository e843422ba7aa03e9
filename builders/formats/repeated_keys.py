"""Objects of JSON with the same key twice: parsers keep the last value and lose the first in silence."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_MEMBER = re.compile(rb'\s*[{,]\s*"(?:[^"\\]|\\.)*+"\s*:\s*', re.DOTALL)
"""From the end of one value to the start of the next."""


def repeated_key(data: bytes) -> str | None:
    """The first key that the outermost object has before; objects within it are not looked at.

    Args:
        data: sound JSON, without byte order mark; NaN and infinities are taken.

    Returns:
        The key; None where there is none, or where the outermost value is no object.
    """
    if data.lstrip()[:1] != b"{":
        return None
    try:
        is_whole = _is_whole(data, list(msgspec.json.decode(data, type=dict[str, msgspec.Raw]).values()))
    except (msgspec.DecodeError, RecursionError):
        is_whole = False  # NaN, which only Python's own parser takes: look closer
    seen = set[str]()
    for key in () if is_whole else _keys(data):
        if key in seen:
            return key
        seen.add(key)
    return None


def _is_whole(data: bytes, values: list[msgspec.Raw]) -> bool:
    """Whether these values follow each other in the data, so that none is lost; as fast as they are parsed."""
    at, view = 0, memoryview(data)
    for value in values:
        member = _MEMBER.match(data, at)
        text = memoryview(value)
        if member is None or view[member.end() : member.end() + len(text)] != text:
            return False
        at = member.end() + len(text)
    return not values or data[at:].strip() == b"}"


def _keys(data: bytes) -> list[str]:
    """The keys of the outermost object, each as often as it stands there."""
    found: list[str] = []

    def take(members: list[tuple[str, Any]]) -> None:
        found[:] = [key for key, _ in members]  # the outermost object ends last

    json.loads(data, object_pairs_hook=take)
    return found
