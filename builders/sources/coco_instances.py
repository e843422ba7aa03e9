"""COCO instances (``instances_<split>.json``): outlined objects, for removal and addition; or classes with boxes, for detection.

An object counts only where it is the one of its category in the picture, or one of two that left and right tell apart: "remove the
person" among five is no instruction. Its record knows what somebody may hold, which goes along where they are removed.
What one outline holds several of (two bottles a metre apart) is no single object, and its box frames what lies between them.
With ``options: {records: classes}`` a record is a class in a picture, with the boxes of all its objects.

``annotations/instances_<split>.json`` and ``<split>/<file_name>``, as cocodataset.org ships them; pictures below ``images/<split>``
are found as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar, Literal, cast

import msgspec

from ieiw.builders.boxes import Box
from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.builders.instructions.words import is_plural
from ieiw.builders.mask_components import far_apart, mask_parts, polygon_parts
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry, decoder, picture_folder, whole_number
from ieiw.builders.sources._coco_neighbours import Neighbour, held_by, side_among
from ieiw.builders.sources._json_index import Element
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal


class _Annotation(msgspec.Struct):
    id: int
    image_id: int
    category_id: int
    segmentation: list[list[float]] | dict[str, Any] | None = None  # boxes need none
    bbox: list[float] = []
    iscrowd: int | bool | None = 0


class CocoInstancesOptions(Options):
    """Options of the source. ``records``: one for each object (for removal and addition), or one for each class of a picture."""

    records: Literal["objects", "classes"] = "objects"


_ANNOTATION = decoder(_Annotation)


class CocoInstances(RootedSource):
    """Source of COCO's instances. Splits: ``train2017``, ``val2017``, …; for its options see :class:`CocoInstancesOptions`."""

    version = 4
    options_model = CocoInstancesOptions
    _options: CocoInstancesOptions
    choices: ClassVar[Mapping[Kind, str]] = {Kind.OUTLINED: "{records: objects}", Kind.BOXED: "{records: classes}"}

    @property
    def gives(self) -> Kind:
        """Outlined objects, or the boxes of a class."""
        return Kind.BOXED if self._options.records == "classes" else Kind.OUTLINED

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        file = f"annotations/instances_{self._split}.json"
        self._root.require(file, "annotation file", "Change `split`, or give COCO's folder in `root`.")
        return [file]

    def group_count(self) -> int:
        """Pictures with at least one instance."""
        return len(self._coco.annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The instances of one picture, or its classes."""
        elements = list(self._coco.annotations.group(index))
        if self._options.records == "classes":
            return self._classes(elements)
        return self._objects(elements)

    @cached_property
    def _coco(self) -> CocoFile[ImageEntry, CategoryEntry]:
        return CocoFile(self._root, self.inputs()[0], ImageEntry, CategoryEntry)

    @cached_property
    def _folder(self) -> str:
        return picture_folder(self._root, self._split)

    def _objects(self, elements: Sequence[Element]) -> Iterator[Record]:
        """A record for each object, which knows the picture's others."""
        kinds, entries = [_category(element) for element in elements], [self._entry(element) for element in elements]
        found = [self._neighbour(element, entry) for element, entry in zip(elements, entries, strict=True)]
        counts = Counter(kinds)
        for at, (element, kind, entry) in enumerate(zip(elements, kinds, entries, strict=True)):
            alike = []
            if counts[kind] > 1:
                alike = [each for number, each in enumerate(found) if number != at and kinds[number] == kind]
            try:
                if isinstance(entry, Refusal):
                    raise entry
                yield self._object(element, entry, found[at], alike, found)
            except Refusal as refusal:
                yield self._faulty(element.record_id, str(element.picture), refusal)

    def _entry(self, element: Element) -> _Annotation | Refusal:
        try:
            return self._sound(element)
        except Refusal as refusal:
            return refusal

    def _neighbour(self, element: Element, entry: _Annotation | Refusal) -> Neighbour | None:
        """An object as others see it; None where something is wrong with it."""
        with suppress(Refusal):
            if not isinstance(entry, Refusal):
                box = cast(Box, tuple(self._box(element, entry)))
                return Neighbour(self._coco.categories[entry.category_id].name, box, entry.segmentation)
        return None

    def _object(
        self,
        element: Element,
        entry: _Annotation,
        own: Neighbour | None,
        alike: Sequence[Neighbour | None],
        objects: Sequence[Neighbour | None],
    ) -> Record:
        """A record of one object among others of its category and all objects; raises Refusal where it makes none."""
        name, image = self._coco.categories[entry.category_id].name, self._coco.images[entry.image_id]
        side = side_among(own, alike, (image.width, image.height), name)
        if not entry.segmentation:
            raise Refusal(Reason.INVALID_RECORD, f"{element.place}: no segmentation, only a box")
        if isinstance(entry.segmentation, dict) and not is_plural(name):
            mask = segmentation_mask(entry.segmentation, (image.width, image.height))
            if far_apart(mask_parts(mask)):
                raise Refusal(Reason.AMBIGUOUS, f"{element.place}: several things in one outline")
        annotation: dict[str, Any] = {"phrase": f"{name} {side}".strip(), "phrase_structure": {"name": name}}
        if isinstance(entry.segmentation, dict):
            annotation["targets"] = [entry.segmentation]
        else:
            annotation["Polygons"] = [[list(zip(flat[::2], flat[1::2], strict=True)) for flat in entry.segmentation]]
        held = [thing.segmentation for thing in held_by(own, objects)] if own else []
        annotation |= ({"side": side} if side else {}) | ({"held": held} if held else {})
        return self._record(element.record_id, element.picture, annotation)

    def _classes(self, elements: Sequence[Element]) -> Iterator[Record]:
        """A record for each class of a picture; an object of no class or no picture is a record of its own."""
        ordered = sorted(elements, key=_category)  # stable: official order within a class
        for category, alike in groupby(ordered, key=_category):
            group = list(alike)
            if category < 0 or group[0].picture < 0:
                yield from (self._class(category, [element]) for element in group)
            else:
                yield self._class(category, group)

    def _class(self, category: int, elements: Sequence[Element]) -> Record:
        """All objects of a class; what is wrong with one is wrong with its class, since all are to be boxed."""
        record_id, crowd = f"{elements[0].picture}/{category}", None
        boxes = []
        for element in elements:
            try:
                boxes.append(self._box(element, self._sound(element)))
            except Refusal as refusal:
                if refusal.reason is not Reason.CROWD:
                    return self._faulty(element.record_id, str(element.picture), refusal)
                crowd = crowd or refusal
        if crowd is not None:
            return self._faulty(record_id, str(elements[0].picture), crowd)
        annotation = {"class": self._coco.categories[category].name, "boxes": boxes}
        return self._record(record_id, elements[0].picture, annotation)

    def _record(self, record_id: str, picture: int, annotation: Mapping[str, Any]) -> Record:
        image = self._coco.images[picture]
        return Record(
            id=record_id,
            group=str(picture),
            files={"picture": f"{self._folder}/{image.file_name}"},
            annotation=annotation,
            split=self._split,
            size=(image.width, image.height),
            licence=image.licence,
        )

    def _sound(self, element: Element) -> _Annotation:
        """An annotation of one thing in a known picture, of a known category; raises Refusal where it is none."""
        entry, place = element.decode(_ANNOTATION), element.place
        if element.turn:
            raise Refusal(Reason.DUPLICATE_RECORD, f"{place}: id {entry.id} was used before")
        if entry.image_id not in self._coco.images:
            raise Refusal(Reason.UNKNOWN_PICTURE, f"{place}: {self._coco.images.lack('image_id', entry.image_id)}")
        if entry.category_id not in self._coco.categories:
            raise Refusal(Reason.INVALID_RECORD, f"{place}: category_id {entry.category_id} is not in categories")
        if entry.iscrowd:
            raise Refusal(Reason.CROWD, f"{place}: a crowd region outlines no single object")
        if isinstance(entry.segmentation, list):
            if any(len(flat) % 2 for flat in entry.segmentation):
                raise Refusal(Reason.INVALID_RECORD, f"{place}: segmentation has an odd number of coordinates")
            is_pair = is_plural(self._coco.categories[entry.category_id].name)  # skis are one, however far apart
            if len(entry.segmentation) > 1 and not is_pair and far_apart(polygon_parts(entry.segmentation)):
                raise Refusal(Reason.AMBIGUOUS, f"{place}: several things in one outline")
        return entry

    def _box(self, element: Element, entry: _Annotation) -> list[float]:
        """The box of an object; raises Refusal where something is wrong with it."""
        place = element.place
        if len(entry.bbox) != 4 or min(entry.bbox[2:]) <= 0:
            raise Refusal(Reason.INVALID_RECORD, f"{place}: bbox is not x, y, width, height with an area")
        (x, y, width, height), image = entry.bbox, self._coco.images[entry.image_id]
        inside = [min(x + width, image.width) - max(x, 0), min(y + height, image.height) - max(y, 0)]
        if min(inside) <= 0 or inside[0] * inside[1] < 0.5 * width * height:
            raise Refusal(Reason.REGION_OUTSIDE, f"{place}: bbox {entry.bbox} lies mostly outside the picture")
        return entry.bbox


class _Kind(msgspec.Struct):
    category_id: int


_KIND = decoder(_Kind)


def _category(element: Element) -> int:
    """The number of an element's category; -1 where it has none."""
    try:
        return _KIND.decode(element.data).category_id
    except (ValueError, RecursionError):
        number = whole_number(element.data, "category_id")
        return -1 if number is None else number
