"""Why an element of an annotation file cannot be decoded, in words for the person who has the file."""

from __future__ import annotations

import math

from ieiw.builders.formats.json_stream import parse


def what_is_wrong(data: bytes, error: Exception) -> str:
    """The reason; names the field that holds a NaN or an infinity, which Python writes into JSON, but JSON does not know.

    Args:
        data: the element.
        error: what decoding it raised.
    """
    try:
        entry = parse(data)
    except (ValueError, RecursionError):
        return _plainly(error)
    fields = entry if isinstance(entry, dict) else {}
    odd = next((key for key in fields if not is_finite(fields[key])), None)
    return f"`{odd}` holds a number that is not finite" if odd is not None else _plainly(error)


def _plainly(error: Exception) -> str:
    """Msgspec says ``$.keypoints[3]``; the dollar means nothing to our readers."""
    return str(error).replace("`$.", "`")


def is_finite(value: object) -> bool:
    """Whether no number in it is a NaN or an infinity; walks without recursion, since values can be nested deeply."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, float) and not math.isfinite(each):
            return False
        if isinstance(each, list | dict):
            left.extend(each.values() if isinstance(each, dict) else each)
    return True
