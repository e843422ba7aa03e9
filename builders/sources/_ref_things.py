"""What ``instances.json`` outlines: by its number, and picture by picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ieiw.builders.formats.coco_masks import read_numbers
from ieiw.builders.formats.json_stream import parse
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry, as_whole
from ieiw.builders.sources._refs import Ref
from ieiw.triplets.rejects import Reason, Refusal


class RefThings:
    """The annotations of a set's ``instances.json``.

    Args:
        coco: the file.

    Raises:
        UsageError: the file is missing.
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """

    def __init__(self, coco: CocoFile[ImageEntry, CategoryEntry]) -> None:
        self._file, self._annotations = coco.file, coco.annotations
        self._names = {number: kind.name for number, kind in coco.categories.items()}
        self._last: tuple[int, dict[int, list[Any]]] = -1, {}  # a picture's refs come one after the other

    def outlines(self, ref: Ref, numbers: Sequence[int]) -> list[Any]:
        """The segmentations of the annotations that a ref means.

        Raises:
            Refusal: ``invalid_record``: one is damaged, or of another picture.
        """
        segmentations = []
        for number in numbers:
            entry = self._entry(number)
            if not isinstance(entry, dict) or as_whole(entry.get("image_id")) != ref.image:
                detail = f"ann_id {number} is no annotation of picture {ref.image} in {self._file}"
                raise Refusal(Reason.INVALID_RECORD, f"{ref.place}: {detail}")
            if not _is_sound(entry.get("segmentation")):
                raise Refusal(Reason.INVALID_RECORD, f"{self._file}: annotation {number}: no sound segmentation")
            segmentations.append(entry["segmentation"])
        return segmentations

    def split(self, picture: int, meant: list[int]) -> dict[str, list[list[Any]]]:
        """What is ``meant`` and the ``others`` of a picture, each as ``[class, x, y, width, height]``; without a box ``[class]``.

        Crowds are no single things and are left out of the others.
        """
        if self._last[0] != picture:
            self._last = picture, {}
            for element in self._annotations.group_of(picture):
                with suppress(ValueError):  # what is no JSON is nobody's rival
                    entry = parse(element.data)
                    number = as_whole(entry.get("id")) if isinstance(entry, dict) else None
                    if number is not None and entry.get("iscrowd") is not True and not as_whole(entry.get("iscrowd")):
                        self._last[1].setdefault(number, self._thing(entry))
        return {
            "meant": [self._thing(self._entry(number)) for number in meant],
            "others": [thing for number, thing in self._last[1].items() if number not in meant],
        }

    def _entry(self, number: int) -> Any:
        """The annotation of this number as JSON values; None where there is none."""
        element = self._annotations.find(b"%d" % number)
        try:
            return None if element is None else parse(element.data)
        except ValueError as error:
            raise Refusal(Reason.INVALID_RECORD, f"{self._file}: annotation {number}: {error}") from error

    def _thing(self, entry: dict[str, Any]) -> list[Any]:
        number, box = as_whole(entry.get("category_id")), entry.get("bbox")
        name = "" if number is None else self._names.get(number, "")
        sides = read_numbers(box, float)
        if sides is None or len(sides) != 4 or not all(map(math.isfinite, sides)):
            return [name]
        return [name, *(round(value, 1) for value in sides)]


def _is_sound(segmentation: Any) -> bool:
    """Whether a segmentation is JSON with finite numbers; what it encloses is looked at by the task.

    RefClef's are lists of run lengths, one dictionary for each part.
    """
    if isinstance(segmentation, dict):
        return True
    return isinstance(segmentation, list) and all(
        isinstance(part, dict)
        or ((numbers := read_numbers(part, float)) is not None and all(map(math.isfinite, numbers)))
        for part in segmentation
    )
