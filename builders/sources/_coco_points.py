"""Key points in COCO's form: ``images``, ``annotations``, ``categories``, whatever the data set calls its files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.instructions.joints import LAYOUTS, joint_key
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import CategoryEntry, CocoElement, Elements, elements_by_id, whose
from ieiw.builders.sources._decode_errors import what_is_wrong
from ieiw.builders.sources._json_grouped import Element, GroupedElements
from ieiw.builders.sources._keypoint_cleaning import without_far_ears
from ieiw.builders.sources._persons import Person, Scene, box_if_any, joints_of, records_of, sound_box
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason


class CocoImage(CocoElement):
    """An element of ``images``."""

    file_name: str
    width: int
    height: int
    license: Any = None
    page_url: str | None = ""
    category: str | None = ""


class _Annotation(msgspec.Struct):
    id: int
    image_id: int
    category_id: int
    keypoints: list[float]
    bbox: list[float]
    iscrowd: int | bool | None = 0


class _Category(CategoryEntry):
    keypoints: list[str] = []


_ANNOTATION = msgspec.json.Decoder(_Annotation)


class CocoPoints(RootedSource):
    """Base of the sources whose files have COCO's form; a data set says where its files lie and what its joints are."""

    version = 3
    gives = Kind.JOINTED
    layout: str
    """Name of its joints in :data:`~ieiw.builders.instructions.joints.LAYOUTS`."""
    unlisted = False
    """Whether others may be in view whom the file leaves out."""
    shift = 0.5
    """Added to coordinates: the files count pixels from 0, ours are continuous."""

    @abstractmethod
    def annotation_file(self) -> str:
        """The annotation file of the split, below the root.

        Raises:
            UsageError: it is missing.
        """

    @abstractmethod
    def picture_file(self, image: CocoImage) -> str:
        """Where a picture lies below the root."""

    def noun(self, category: str, image: CocoImage) -> str:
        """What an instance of a category is called in sentences."""
        return category

    def licence(self, image: CocoImage) -> str:
        """Licence or page of a picture, as far as the file tells."""
        return ""

    def size(self, image: CocoImage) -> tuple[int, int] | None:
        """Width and height on which a picture was annotated; None where the file cannot be relied on."""
        return image.width, image.height

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        return [self.annotation_file()]

    def group_count(self) -> int:
        """Pictures with at least one annotation."""
        return len(self._annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The persons of one picture; a person whose joints nobody labelled is a fault, but still one of the picture."""
        elements = list(self._annotations.group(index))
        number = whose(elements[0].data)[1]
        image = self._images.get(number)
        if image is None:
            scene = Scene(str(number), "", self._split)
        else:
            file, licence = self.picture_file(image), self.licence(image)
            scene = Scene(str(number), file, self._split, self.size(image), licence, self.unlisted)
        return records_of(scene, self.layout, [self._person(element) for element in elements])

    @cached_property
    def _file(self) -> str:
        return self.annotation_file()

    @cached_property
    def _where(self) -> str:
        return self._root.full_name(self._file)

    @cached_property
    def _annotations(self) -> GroupedElements:
        self._check_joints()
        return GroupedElements(self._root.open(self._file), self._where, whose, "annotations")

    @cached_property
    def _images(self) -> Elements[CocoImage]:
        return elements_by_id(self._root, self._file, "images", CocoImage)

    @cached_property
    def _categories(self) -> Elements[_Category]:
        return elements_by_id(self._root, self._file, "categories", _Category)

    def _check_joints(self) -> None:
        """A file whose joints have another order is refused as a whole: every name in its sentences would be wrong.

        Human-Art names 21 joints, of which ``keypoints`` holds COCO's 17.
        """
        known = LAYOUTS[self.layout]
        for category in self._categories.values():
            named = tuple(joint_key(name) for name in category.keypoints)[: len(known)]
            if named and named != known:
                detail = f"categories: {category.name} has the joints {', '.join(named)}; {self.layout} has {', '.join(known)}"
                raise DocumentError("wrong_schema", self._where, detail)

    def _person(self, element: Element) -> Person:
        place = f"{self._file} annotations[{element.number}]"
        number, _ = whose(element.data)
        named = f"@{element.number}" if number == element.data else number.decode()
        record_id = f"{named}#{element.turn + 1}" if element.turn else named
        try:
            return self._sound(record_id, _ANNOTATION.decode(element.data), element)
        except _Faulty as faulty:
            return Person(record_id, fault=Fault(faulty.reason, f"{place}: {faulty}"))
        except (ValueError, RecursionError) as error:
            return Person(
                record_id, fault=Fault(Reason.INVALID_RECORD, f"{place}: {what_is_wrong(element.data, error)}")
            )

    def _sound(self, record_id: str, entry: _Annotation, element: Element) -> Person:
        if element.turn:
            raise _Faulty(Reason.DUPLICATE_RECORD, f"id {entry.id} was used before")
        if entry.image_id not in self._images:
            raise _Faulty(Reason.UNKNOWN_PICTURE, self._images.lack("image_id", entry.image_id))
        if entry.category_id not in self._categories:
            raise ValueError(self._categories.lack("category_id", entry.category_id))
        noun = self.noun(self._categories[entry.category_id].name, self._images[entry.image_id])
        read = bool(entry.keypoints) and not entry.iscrowd
        joints = joints_of(entry.keypoints, self.layout, shift=self.shift) if read else ()
        joints = without_far_ears(joints, self.layout) if joints else joints
        unlabelled = not entry.iscrowd and not any(seen for *_, seen in joints)
        box = box_if_any(entry.bbox) if unlabelled else sound_box(entry.bbox)
        return Person(record_id, noun, box, joints, bool(entry.iscrowd))


class _Faulty(ValueError):
    """An annotation that is sound by itself, but cannot be used."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
