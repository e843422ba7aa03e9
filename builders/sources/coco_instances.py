"""COCO instances (``instances_<split>.json``): outlined objects, for removal and addition; or classes with boxes, for detection.

An object counts only where it is the one of its category in the picture, or one of two that left and right tell apart: "remove the
person" among five is no instruction. Its record knows what somebody may hold, which goes along where they are removed.
What one outline holds several of (two bottles a metre apart) is no single object, and its box frames what lies between them.
With ``options: {records: classes}`` a record is a class in a picture, with the boxes of all its objects; with
``{records: regions}`` a picture, with the outlines of all its objects.

``annotations/instances_<split>.json`` and ``<split>/<file_name>``, as cocodataset.org ships them; pictures below ``images/<split>``
are found as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar, Literal, TypeVar, cast

import msgspec

from ieiw.builders.boxes import Box
from ieiw.builders.formats.coco_masks import Segmentation, polygons_of, segmentation_mask
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
    image_id: int
    category_id: int
    segmentation: Segmentation | None = None  # boxes need none
    iscrowd: int | bool | None = 0


class _Boxed(_Annotation):
    bbox: list[float] = []


class CocoInstancesOptions(Options):
    """Options of the source. ``records``: one for each object (for removal and addition), for each class of a picture, or for each
    picture with the regions of all its objects (for replacement and its gallery).
    """

    records: Literal["objects", "classes", "regions"] = "objects"


_ANNOTATION, _BOXED = decoder(_Annotation), decoder(_Boxed)
_Entry = TypeVar("_Entry", bound=_Annotation)


class CocoInstances(RootedSource):
    """Source of COCO's instances. Splits: ``train2017``, ``val2017``, …; for its options see :class:`CocoInstancesOptions`."""

    version = 4
    options_model = CocoInstancesOptions
    _options: CocoInstancesOptions
    choices: ClassVar[Mapping[Kind, str]] = {
        Kind.OUTLINED: "{records: objects}",
        Kind.BOXED: "{records: classes}",
        Kind.REGIONED: "{records: regions}",
    }

    @property
    def gives(self) -> Kind:
        """Outlined objects, the boxes of a class, or the regions of a picture."""
        return {"objects": Kind.OUTLINED, "classes": Kind.BOXED, "regions": Kind.REGIONED}[self._options.records]

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        file = f"annotations/instances_{self._split}.json"
        self._root.require(file, "annotation file", "Change `split`, or give COCO's folder in `root`.")
        return [file]

    def group_count(self) -> int:
        """Pictures with at least one instance."""
        return len(self._coco.annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The instances of one picture, its classes, or the picture with its regions."""
        elements = list(self._coco.annotations.group(index))
        if self._options.records == "classes":
            return self._classes(elements)
        if self._options.records == "regions":
            return self._regions(elements)
        return self._objects(elements)

    @cached_property
    def _coco(self) -> CocoFile[ImageEntry, CategoryEntry]:
        return CocoFile(self._root, self.inputs()[0], ImageEntry, CategoryEntry)

    @cached_property
    def _folder(self) -> str:
        return picture_folder(self._root, self._split)

    def _objects(self, elements: Sequence[Element]) -> Iterator[Record]:
        """A record for each object, which knows the picture's others."""
        kinds, read = [_category(element) for element in elements], [self._read(element) for element in elements]
        found, counts = [neighbour for _, neighbour in read], Counter(kinds)
        for at, (element, kind, (entry, own)) in enumerate(zip(elements, kinds, read, strict=True)):
            alike = []
            if counts[kind] > 1:
                alike = [each for number, each in enumerate(found) if number != at and kinds[number] == kind]
            try:
                if isinstance(entry, Refusal):
                    raise entry
                yield self._object(element, entry, own, alike, found)
            except Refusal as refusal:
                yield self._faulty(element.record_id, str(element.picture), refusal)

    def _read(self, element: Element) -> tuple[_Annotation | Refusal, Neighbour | None]:
        """An object, or what is wrong with it, and the object as others see it: None where its box is unsound too."""
        with suppress(Refusal):
            boxed, box = self._boxed(element)
            name = self._coco.categories[boxed.category_id].name
            return boxed, Neighbour(name, cast(Box, tuple(box)), boxed.segmentation)
        try:
            return self._sound(element, _ANNOTATION), None
        except Refusal as refusal:
            return refusal, None

    def _object(
        self,
        element: Element,
        entry: _Annotation,
        own: Neighbour | None,
        alike: Sequence[Neighbour | None],
        objects: Sequence[Neighbour | None],
    ) -> Record:
        """A record of one object among others of its category and all objects; raises Refusal where it makes none."""
        name, size = self._coco.categories[entry.category_id].name, self._coco.images[entry.image_id].size
        side = side_among(own, alike, size or (math.inf, math.inf), name)
        if not entry.segmentation:
            raise Refusal(Reason.INVALID_RECORD, f"{element.place}: no segmentation, only a box")
        polygons = polygons_of(entry.segmentation)
        if (
            polygons is None
            and not is_plural(name)
            and far_apart(mask_parts(segmentation_mask(entry.segmentation, size)))
        ):
            raise Refusal(Reason.AMBIGUOUS, f"{element.place}: several things in one outline")
        annotation: dict[str, Any] = {"phrase": f"{name} {side}".strip(), "phrase_structure": {"name": name}}
        if polygons is None:
            annotation["targets"] = [entry.segmentation]
        else:
            annotation["Polygons"] = [[list(zip(flat[::2], flat[1::2], strict=True)) for flat in polygons]]
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
                boxes.append(self._boxed(element)[1])
            except Refusal as refusal:
                if refusal.reason is not Reason.CROWD:
                    return self._faulty(element.record_id, str(element.picture), refusal)
                crowd = crowd or refusal
        if crowd is not None:
            return self._faulty(record_id, str(elements[0].picture), crowd)
        annotation = {"class": self._coco.categories[category].name, "boxes": boxes}
        return self._record(record_id, elements[0].picture, annotation)

    def _regions(self, elements: Sequence[Element]) -> Iterator[Record]:
        """A record of the picture with all its objects; an object of no known picture is a record of its own."""
        picture = elements[0].picture
        if picture in self._coco.images:
            yield self._record(str(picture), picture, {"regions": [self._region(element) for element in elements]})
            return
        for element in elements:
            lack = self._coco.images.lack("image_id", picture)
            refusal = Refusal(Reason.UNKNOWN_PICTURE, f"{element.place}: {lack}")
            yield self._faulty(element.record_id, str(picture), refusal)

    def _region(self, element: Element) -> dict[str, Any]:
        """An object as one of its picture's regions; a damaged one has no outline, for which it is refused when it is drawn."""
        try:
            entry = element.decode(_BOXED)
        except Refusal:
            return {"id": element.record_id}
        label = self._coco.categories[entry.category_id].name if entry.category_id in self._coco.categories else ""
        region = {"id": element.record_id, "label": label, "segmentation": entry.segmentation}
        return region | {"group": bool(entry.iscrowd)} | ({"box": entry.bbox} if entry.bbox else {})

    def _record(self, record_id: str, picture: int, annotation: Mapping[str, Any]) -> Record:
        image = self._coco.images[picture]
        return Record(
            id=record_id,
            group=str(picture),
            files={"picture": f"{self._folder}/{image.file_name}"},
            annotation=annotation,
            split=self._split,
            size=image.size,
            licence=image.licence,
        )

    def _sound(self, element: Element, kind: msgspec.json.Decoder[_Entry]) -> _Entry:
        """An annotation of one thing in a known picture, of a known category; raises Refusal where it is none."""
        entry, place = element.decode(kind), element.place
        if element.turn:
            raise Refusal(Reason.DUPLICATE_RECORD, f"{place}: id {element.id.decode()} was used before")
        if entry.image_id not in self._coco.images:
            raise Refusal(Reason.UNKNOWN_PICTURE, f"{place}: {self._coco.images.lack('image_id', entry.image_id)}")
        if entry.category_id not in self._coco.categories:
            raise Refusal(
                Reason.INVALID_RECORD, f"{place}: {self._coco.categories.lack('category_id', entry.category_id)}"
            )
        if entry.iscrowd:
            raise Refusal(Reason.CROWD, f"{place}: a crowd region outlines no single object")
        if polygons := polygons_of(entry.segmentation):
            if any(len(flat) % 2 for flat in polygons):
                raise Refusal(Reason.INVALID_RECORD, f"{place}: segmentation has an odd number of coordinates")
            is_pair = is_plural(self._coco.categories[entry.category_id].name)  # skis are one, however far apart
            if len(polygons) > 1 and not is_pair and far_apart(polygon_parts(polygons)):
                raise Refusal(Reason.AMBIGUOUS, f"{place}: several things in one outline")
        return entry

    def _boxed(self, element: Element) -> tuple[_Boxed, list[float]]:
        """An object and its box; raises Refusal where something is wrong with either."""
        entry, place = self._sound(element, _BOXED), element.place
        if len(entry.bbox) != 4 or min(entry.bbox[2:]) <= 0:
            raise Refusal(Reason.INVALID_RECORD, f"{place}: bbox is not x, y, width, height with an area")
        (x, y, width, height), size = entry.bbox, self._coco.images[entry.image_id].size or (math.inf, math.inf)
        inside = [min(x + width, size[0]) - max(x, 0), min(y + height, size[1]) - max(y, 0)]
        if min(inside) <= 0 or inside[0] * inside[1] < 0.5 * width * height:
            raise Refusal(Reason.REGION_OUTSIDE, f"{place}: bbox {entry.bbox} lies mostly outside the picture")
        return entry, entry.bbox


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
