"""COCO instances (``instances_<split>.json``): outlined objects, for removal and addition; or classes with boxes, for detection.

An object counts only where it is the one of its category in the picture: "remove the person" among five is no instruction.
What one outline holds several of (two bottles a metre apart) is no single object, and its box frames what lies between them.
With ``options: {records: classes}`` a record is a class in a picture, with the boxes of all its objects.

``annotations/instances_<split>.json`` and ``<split>/<file_name>``, as cocodataset.org ships them; pictures below ``images/<split>``
are found as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar, Literal

import msgspec

from ieiw.builders.instructions.words import is_plural
from ieiw.builders.mask_components import far_apart, polygon_parts
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import (
    CategoryEntry,
    Elements,
    ImageEntry,
    elements_by_id,
    licence_of,
    whole_number,
    whose,
)
from ieiw.builders.sources._decode_errors import what_is_wrong
from ieiw.builders.sources._json_grouped import Element, GroupedElements
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason


class _Annotation(msgspec.Struct):
    id: int
    image_id: int
    category_id: int
    segmentation: list[list[float]] | dict[str, Any]
    bbox: list[float] = []
    iscrowd: int | bool | None = 0


class CocoInstancesOptions(Options):
    """Options of the source. ``records``: one for each object (for removal and addition), or one for each class of a picture."""

    records: Literal["objects", "classes"] = "objects"


_ANNOTATION = msgspec.json.Decoder(_Annotation)


class CocoInstances(RootedSource):
    """Source of COCO's instances. Splits: ``train2017``, ``val2017``, …; for its options see :class:`CocoInstancesOptions`."""

    version = 3
    options_model = CocoInstancesOptions
    _options: CocoInstancesOptions
    choices: ClassVar[Mapping[Kind, str]] = {Kind.OUTLINED: "{records: objects}", Kind.BOXED: "{records: classes}"}

    @property
    def gives(self) -> Kind:
        """Outlined objects, or the boxes of a class."""
        return Kind.BOXED if self._options.records == "classes" else Kind.OUTLINED

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        self._root.require(self._file, "annotation file", "Change `split`, or give COCO's folder in `root`.")
        return [self._file]

    def group_count(self) -> int:
        """Pictures with at least one instance."""
        return len(self._annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The instances of one picture, or its classes."""
        elements = list(self._annotations.group(index))
        if self._options.records == "classes":
            return self._classes(elements)
        crowd = Counter(_category(element.data) for element in elements)
        return (self._record(element, crowd[_category(element.data)]) for element in elements)

    @property
    def _file(self) -> str:
        return f"annotations/instances_{self._split}.json"

    @cached_property
    def _annotations(self) -> GroupedElements:
        self.inputs()
        return GroupedElements(self._root.open(self._file), self._root.full_name(self._file), whose, "annotations")

    @cached_property
    def _folder(self) -> str:
        inner = f"images/{self._split}"
        return inner if not self._root.exists(self._split) and self._root.exists(inner) else self._split

    @cached_property
    def _images(self) -> Elements[ImageEntry]:
        return elements_by_id(self._root, self._file, "images", ImageEntry)

    @cached_property
    def _categories(self) -> dict[int, str]:
        found = elements_by_id(self._root, self._file, "categories", CategoryEntry)
        return {number: category.name for number, category in found.items()}

    def _classes(self, elements: Sequence[Element]) -> Iterator[Record]:
        """A record for each class of a picture; what is wrong with one object is wrong with its class: all are to be boxed.

        An object of no class or no picture is a record of its own, with what is wrong with it.
        """
        ordered = sorted(elements, key=lambda element: _category(element.data))  # stable: official order within a class
        for number, alike in groupby(ordered, key=lambda element: _category(element.data)):
            group = list(alike)
            if number < 0 or whose(group[0].data)[1] < 0:
                for element in group:
                    yield from self._class([element])
            else:
                yield from self._class(group)

    def _class(self, elements: Sequence[Element]) -> Iterator[Record]:
        entries = []
        for element in elements:
            place = f"{self._file} annotations[{element.number}]"
            entry = self._decoded(element, place)
            if isinstance(entry, Record):
                yield entry
                return
            fault = self._fault(entry, element, place) or self._box_fault(entry, place)
            if fault is not None and fault.reason is not Reason.CROWD:
                yield self._faulty(_id(element), str(entry.image_id), fault)
                return
            entries.append((entry, fault))
        first = entries[0][0]
        crowd = next((fault for _, fault in entries if fault is not None), None)
        if crowd is not None:
            yield self._faulty(f"{first.image_id}/{first.category_id}", str(first.image_id), crowd)
            return
        name = self._categories[first.category_id]
        annotation = {"class": name, "boxes": [entry.bbox for entry, _ in entries]}
        yield self._sound(f"{first.image_id}/{first.category_id}", first.image_id, annotation)

    def _decoded(self, element: Element, place: str) -> _Annotation | Record:
        try:
            return _ANNOTATION.decode(element.data)
        except (ValueError, RecursionError) as error:
            detail = f"{place}: {what_is_wrong(element.data, error)}"
            return self._faulty(_id(element), str(whose(element.data)[1]), Fault(Reason.INVALID_RECORD, detail))

    def _record(self, element: Element, alike: int) -> Record:
        """A record; ``alike`` counts the picture's instances of the same category, itself included."""
        place = f"{self._file} annotations[{element.number}]"
        entry = self._decoded(element, place)
        if isinstance(entry, Record):
            return entry
        record_id = _id(element)
        fault = self._fault(entry, element, place)
        if fault is None and alike > 1:
            fault = Fault(
                Reason.AMBIGUOUS, f"{alike} instances of {self._categories[entry.category_id]} in the picture"
            )
        if fault is not None:
            return self._faulty(record_id, str(entry.image_id), fault)
        if isinstance(entry.segmentation, dict):
            detail = f"{place}: segmentation is run lengths, polygons are needed"
            return self._faulty(record_id, str(entry.image_id), Fault(Reason.INVALID_RECORD, detail))
        name = self._categories[entry.category_id]
        polygons = [list(zip(flat[::2], flat[1::2], strict=True)) for flat in entry.segmentation]
        annotation = {"phrase": name, "phrase_structure": {"name": name}, "Polygons": [polygons]}
        return self._sound(record_id, entry.image_id, annotation)

    def _sound(self, record_id: str, image_id: int, annotation: Mapping[str, Any]) -> Record:
        image = self._images[image_id]
        return Record(
            id=record_id,
            group=str(image_id),
            files={"picture": f"{self._folder}/{image.file_name}"},
            annotation=annotation,
            split=self._split,
            size=(image.width, image.height),
            licence=licence_of(image.license),
        )

    def _fault(self, entry: _Annotation, element: Element, place: str) -> Fault | None:
        if element.turn:
            return Fault(Reason.DUPLICATE_RECORD, f"{place}: id {entry.id} was used before")
        if entry.image_id not in self._images:
            return Fault(Reason.UNKNOWN_PICTURE, f"{place}: {self._images.lack('image_id', entry.image_id)}")
        if entry.category_id not in self._categories:
            return Fault(Reason.INVALID_RECORD, f"{place}: category_id {entry.category_id} is not in categories")
        if entry.iscrowd:
            return Fault(Reason.CROWD, f"{place}: a crowd region outlines no single object")
        if isinstance(entry.segmentation, list) and any(len(flat) % 2 for flat in entry.segmentation):
            return Fault(Reason.INVALID_RECORD, f"{place}: segmentation has an odd number of coordinates")
        if self._holds_several(entry):
            return Fault(Reason.AMBIGUOUS, f"{place}: several things in one outline")
        return None

    def _holds_several(self, entry: _Annotation) -> bool:
        """Whether the parts of an outline are things of their own; a pair of skis is one, however far apart."""
        if isinstance(entry.segmentation, dict) or len(entry.segmentation) < 2:
            return False
        return not is_plural(self._categories[entry.category_id]) and far_apart(polygon_parts(entry.segmentation))

    def _box_fault(self, entry: _Annotation, place: str) -> Fault | None:
        """What is wrong with an object's box."""
        if len(entry.bbox) != 4 or min(entry.bbox[2:]) <= 0:
            return Fault(Reason.INVALID_RECORD, f"{place}: bbox is not x, y, width, height with an area")
        (x, y, width, height), image = entry.bbox, self._images[entry.image_id]
        inside = [min(x + width, image.width) - max(x, 0), min(y + height, image.height) - max(y, 0)]
        if min(inside) <= 0 or inside[0] * inside[1] < 0.5 * width * height:
            return Fault(Reason.REGION_OUTSIDE, f"{place}: bbox {entry.bbox} lies mostly outside the picture")
        return None


def _id(element: Element) -> str:
    """The official id of an annotation; its place where it has none."""
    number = whose(element.data)[0]
    named = f"@{element.number}" if number == element.data else number.decode()
    return f"{named}#{element.turn + 1}" if element.turn else named


class _Kind(msgspec.Struct):
    category_id: int


_KIND = msgspec.json.Decoder(_Kind)


def _category(data: bytes) -> int:
    try:
        return _KIND.decode(data).category_id
    except (ValueError, RecursionError):
        number = whole_number(data, "category_id")
        return -1 if number is None else number
