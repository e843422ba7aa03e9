"""What all files of COCO's form share: ``images`` and ``categories``, which are small, and whose an annotation is."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from triplets.documents import array_spans
from triplets.roots import Root


class CocoElement(msgspec.Struct):
    """An element with a number."""

    id: int


class ImageEntry(CocoElement):
    """An element of ``images``; sizes in pixels."""

    file_name: str
    width: int
    height: int
    license: int = 0


class CategoryEntry(CocoElement):
    """An element of ``categories``."""

    name: str


class _Head(CocoElement):
    image_id: int


_HEAD = msgspec.json.Decoder(_Head)
_Element = TypeVar("_Element", bound=CocoElement)


def elements_by_id(root: Root, file: str, key: str, kind: type[_Element]) -> dict[int, _Element]:
    """The elements of one of a file's shorter arrays; of two with one id the first counts.

    An element that is not of the kind is left out: whoever refers to it becomes a reject that names it.

    Args:
        root: of the data set.
        file: below it.
        key: of the array.
        kind: of its elements.

    Raises:
        UsageError: the file is missing.
        triplets.documents.DocumentError: no such array, or the file is cut short.
    """
    found: dict[int, _Element] = {}
    with root.open(file) as stream:
        for span in array_spans(stream, f"{root.location}/{file}", key):
            try:
                element = msgspec.json.decode(span.data, type=kind)
            except (msgspec.DecodeError, RecursionError):
                continue
            found.setdefault(element.id, element)
    return found


def whose(data: bytes) -> tuple[bytes, int]:
    """Annotation id and image id of an element; its bytes and -1 where it has not both."""
    try:
        head = _HEAD.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return data, -1
    return str(head.id).encode(), head.image_id
