"""Why an element of an annotation file cannot be decoded, in words for the person who has the file."""

from __future__ import annotations

import math
import re
from typing import TypeVar

import msgspec

from ieiw.builders.formats.json_stream import parse

_Fields = TypeVar("_Fields")
_NOT_FINITE = re.compile(rb'"[+-]?(nan|inf)', re.IGNORECASE)
"""Numbers as text may say so too."""


def decoded(data: bytes, decoder: msgspec.json.Decoder[_Fields], *, finite: bool = True) -> _Fields:
    """The fields of an element; what stands in those that nobody reads is no matter, even a NaN, which JSON does not know.

    Args:
        data: the element.
        decoder: of its kind.
        finite: whether a NaN or an infinity in one of its fields is an error.

    Raises:
        ValueError: it is not of the kind; the message names the field.
    """
    try:
        fields, suspect = decoder.decode(data), bool(_NOT_FINITE.search(data))
    except (ValueError, RecursionError) as error:
        try:
            value = parse(data)
        except (ValueError, RecursionError):
            raise ValueError(_plainly(error)) from error
        fields, suspect = _converted(value, decoder), True
    if finite and suspect:
        values = msgspec.to_builtins(fields)
        odd = next((key for key in values if not is_finite(values[key])), None)
        if odd is not None:
            raise ValueError(f"`{odd}` holds a number that is not finite")
    return fields


def _converted(value: object, decoder: msgspec.json.Decoder[_Fields]) -> _Fields:
    try:
        return msgspec.convert(value, decoder.type, strict=decoder.strict)
    except (ValueError, RecursionError, OverflowError) as error:
        raise ValueError(_plainly(error)) from error


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
        if isinstance(each, list | tuple | dict):
            left.extend(each.values() if isinstance(each, dict) else each)
    return True
