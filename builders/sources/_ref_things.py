"""What ``instances.json`` outlines: by its number, and picture by picture."""

from __future__ import annotations

import math
from array import array
from typing import Any

import msgspec
import numpy as np

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.sources._coco import CategoryEntry, CocoElement, elements_by_id, whole_number
from ieiw.builders.sources._json_by_id import ElementsById


class _Head(CocoElement):
    image_id: int


_HEAD = msgspec.json.Decoder(_Head)


class RefThings:
    """The annotations of a set's ``instances.json``; 36 bytes each are kept.

    Args:
        root: of the data set.
        path: of the file below it.

    Raises:
        UsageError: the file is missing.
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """

    def __init__(self, root: Root, path: str) -> None:
        self._pictures, self._numbers = array("q"), array("q")
        self._elements = ElementsById(root.open(path), root.full_name(path), "annotations", self._noted)
        owners = np.array(self._pictures, np.int64)
        order = np.argsort(owners, kind="stable")
        self._owners, self._ordered = owners[order], np.array(self._numbers, np.int64)[order]
        del self._pictures, self._numbers
        found = elements_by_id(root, path, "categories", CategoryEntry)
        self._names = {number: kind.name for number, kind in found.items()}
        self._last: tuple[int, dict[int, list[Any]]] = -1, {}  # a picture's refs come one after the other

    def get(self, number: int) -> Any:
        """The annotation of this number as JSON values; None where there is none.

        Raises:
            ValueError: it is not JSON.
        """
        return self._elements.get(number)

    def split(self, picture: int, meant: list[int]) -> dict[str, list[list[Any]]]:
        """What is ``meant`` and the ``others`` of a picture, each as ``[class, x, y, width, height]``; without a box ``[class]``.

        Crowds are no single things and are left out of the others.
        """
        if self._last[0] != picture:
            self._last = picture, self._single_things(picture)
        return {
            "meant": [self._thing(self.get(number)) for number in meant],
            "others": [thing for number, thing in self._last[1].items() if number not in meant],
        }

    def _single_things(self, picture: int) -> dict[int, list[Any]]:
        first, last = np.searchsorted(self._owners, (picture, picture + 1))
        entries = {int(number): self._sound(int(number)) for number in self._ordered[first:last]}
        return {
            number: self._thing(entry)
            for number, entry in entries.items()
            if isinstance(entry, dict) and not entry.get("iscrowd")
        }

    def _noted(self, data: bytes) -> int | None:
        """The number of an annotation; its picture is noted on the way."""
        try:
            head = _HEAD.decode(data)
            own, picture = head.id, head.image_id
        except (ValueError, RecursionError):
            found, shown = whole_number(data, "id"), whole_number(data, "image_id")
            if found is None or shown is None:
                return None
            own, picture = found, shown
        if max(abs(own), abs(picture)) < 2**63:
            self._pictures.append(picture)
            self._numbers.append(own)
        return own

    def _sound(self, number: int) -> Any:
        """An annotation beside the one that is meant; what is no JSON is nobody's rival."""
        try:
            return self.get(number)
        except ValueError:
            return None

    def _thing(self, entry: dict[str, Any]) -> list[Any]:
        number, box = entry.get("category_id"), entry.get("bbox")
        name = self._names.get(number, "") if type(number) is int else ""
        if not isinstance(box, list) or len(box) != 4:
            return [name]
        if not all(type(value) in (int, float) and math.isfinite(value) for value in box):
            return [name]
        return [name, *(round(value, 1) for value in box)]
