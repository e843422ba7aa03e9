"""COCO instances (``instances_<split>.json``): outlined objects, for removal and addition.

An object counts only where it is the one of its category in the picture: "remove the person" among five is no instruction.

``annotations/instances_<split>.json`` and ``<split>/<file_name>``, as cocodataset.org ships them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from builders.sources._grouped import Element, GroupedElements
from triplets.documents import array_spans
from triplets.reasons import Reason, UsageError
from triplets.records import Fault, Record
from triplets.roots import Root


class _Annotation(msgspec.Struct):
    id: int
    image_id: int
    category_id: int
    segmentation: list[list[float]] | dict[str, Any]
    iscrowd: int = 0


class _Image(msgspec.Struct):
    id: int
    file_name: str
    width: int
    height: int
    license: int = 0


class _Category(msgspec.Struct):
    id: int
    name: str


_ANNOTATION = msgspec.json.Decoder(_Annotation)


class CocoInstances:
    """Source of COCO's instances.

    Args:
        name: of the source in the recipe.
        root: the folder that holds ``annotations`` and the picture folders.
        split: ``train2017``, ``val2017``, …
        options: none are known.

    Raises:
        UsageError: an option is given.
    """

    version = 1

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        if options:
            raise UsageError(f"source {name}: options.{next(iter(options))}: COCO instances have no options; remove it")
        self.name = name
        self._root = Root(root)
        self._split = split
        self._file = f"annotations/instances_{split}.json"

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        self._root.require(self._file, "annotation file", "Change `split`, or give COCO's folder in `root`.")
        return [self._file]

    def group_count(self) -> int:
        """Pictures with at least one instance."""
        return len(self._annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The instances of one picture."""
        elements = list(self._annotations.group(index))
        crowd = Counter(_category(element.data) for element in elements)
        return (self._record(element, crowd[_category(element.data)]) for element in elements)

    def read(self, reference: str) -> bytes:
        """The bytes of a picture."""
        return self._root.read(reference)

    @cached_property
    def _annotations(self) -> GroupedElements:
        self.inputs()
        return GroupedElements(self._root.open(self._file), f"{self._root.location}/{self._file}", _who, "annotations")

    @cached_property
    def _images(self) -> dict[int, _Image]:
        return {image.id: image for image in reversed(self._small("images", _Image))}

    @cached_property
    def _categories(self) -> dict[int, str]:
        return {category.id: category.name for category in reversed(self._small("categories", _Category))}

    def _small(self, key: str, kind: type[Any]) -> list[Any]:
        """The sound elements of one of the shorter arrays."""
        found = []
        with self._root.open(self._file) as file:
            for span in array_spans(file, f"{self._root.location}/{self._file}", key):
                try:
                    found.append(msgspec.json.decode(span.data, type=kind))
                except msgspec.DecodeError:
                    continue  # whoever refers to it becomes a reject that names it
        return found

    def _record(self, element: Element, alike: int) -> Record:
        """A record; ``alike`` counts the picture's instances of the same category, itself included."""
        place = f"{self._file} annotations[{element.number}]"
        try:
            entry = _ANNOTATION.decode(element.data)
        except msgspec.DecodeError as error:
            return self._faulty(f"@{element.number}", -1, Fault(Reason.INVALID_RECORD, f"{place}: {error}"))
        record_id = f"{entry.id}#{element.turn + 1}" if element.turn else str(entry.id)
        fault = self._fault(entry, element, place)
        if fault is None and alike > 1:
            fault = Fault(
                Reason.AMBIGUOUS, f"{alike} instances of {self._categories[entry.category_id]} in the picture"
            )
        if fault is not None or isinstance(entry.segmentation, dict):
            return self._faulty(record_id, entry.image_id, fault or Fault(Reason.INVALID_RECORD, place))
        image, name = self._images[entry.image_id], self._categories[entry.category_id]
        polygons = [list(zip(flat[::2], flat[1::2], strict=True)) for flat in entry.segmentation]
        return Record(
            id=record_id,
            group=str(entry.image_id),
            files={"picture": f"{self._split}/{image.file_name}"},
            annotation={"phrase": name, "phrase_structure": {"name": name}, "Polygons": [polygons]},
            split=self._split,
            size=(image.width, image.height),
            licence=f"COCO licence {image.license}",
        )

    def _fault(self, entry: _Annotation, element: Element, place: str) -> Fault | None:
        if element.turn:
            return Fault(Reason.DUPLICATE_RECORD, f"{place}: id {entry.id} was used before")
        if entry.image_id not in self._images:
            return Fault(Reason.UNKNOWN_PICTURE, f"{place}: image_id {entry.image_id} is not in images")
        if entry.category_id not in self._categories:
            return Fault(Reason.INVALID_RECORD, f"{place}: category_id {entry.category_id} is not in categories")
        if entry.iscrowd or isinstance(entry.segmentation, dict):
            return Fault(Reason.CROWD, f"{place}: a crowd region outlines no single object")
        if any(len(flat) % 2 for flat in entry.segmentation):
            return Fault(Reason.INVALID_RECORD, f"{place}: segmentation has an odd number of coordinates")
        return None

    def _faulty(self, record_id: str, image: int, fault: Fault) -> Record:
        return Record(record_id, str(image), {}, {}, self._split, fault=fault)


class _Head(msgspec.Struct):
    id: int
    image_id: int


class _Kind(msgspec.Struct):
    category_id: int


_HEAD = msgspec.json.Decoder(_Head)
_KIND = msgspec.json.Decoder(_Kind)


def _category(data: bytes) -> int:
    try:
        return _KIND.decode(data).category_id
    except (msgspec.DecodeError, RecursionError):
        return -1


def _who(data: bytes) -> tuple[bytes, int]:
    """Annotation id and image id of an element, or its bytes and -1."""
    try:
        head = _HEAD.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return data, -1
    return str(head.id).encode(), head.image_id
