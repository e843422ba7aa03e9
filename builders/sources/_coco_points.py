"""Key points in COCO's form: ``images``, ``annotations``, ``categories``, whatever the data set calls its files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from ieiw.builders.boxes import Box
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.instructions.joints import LAYOUTS, joint_key
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry, decoder
from ieiw.builders.sources._json_index import Element
from ieiw.builders.sources._keypoint_cleaning import without_far_ears
from ieiw.builders.sources._persons import Person, Scene, box_around, box_if_any, joints_of, records_of, sound_box
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal


class CocoImage(ImageEntry):
    """An element of ``images``, with what conversions add."""

    page_url: str | None = ""
    category: str | None = ""


class _Annotation(msgspec.Struct):
    image_id: int
    category_id: int
    keypoints: list[float] | None = None
    bbox: list[float] | None = None
    iscrowd: int | bool | None = 0


class _Category(CategoryEntry):
    keypoints: list[str] = []


_ANNOTATION = decoder(_Annotation)


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
        return image.size

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        return [self.annotation_file()]

    def group_count(self) -> int:
        """Pictures with at least one annotation."""
        return len(self._coco.annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The persons of one picture; a person whose joints nobody labelled is a fault, but still one of the picture."""
        elements = list(self._coco.annotations.group(index))
        number = elements[0].picture
        image = self._coco.images.get(number)
        if image is None:
            scene = Scene(str(number), "", self._split)
        else:
            file, licence = self.picture_file(image), self.licence(image)
            scene = Scene(str(number), file, self._split, self.size(image), licence, self.unlisted)
        return records_of(scene, self.layout, [self._person(element) for element in elements])

    @cached_property
    def _coco(self) -> CocoFile[CocoImage, _Category]:
        coco = CocoFile(self._root, self.annotation_file(), CocoImage, _Category)
        known = LAYOUTS[self.layout]
        for category in coco.categories.values():  # of another order: every name in the file's sentences would be wrong
            named = tuple(map(joint_key, category.keypoints[: len(known)]))  # Human-Art names 21, and holds 17
            if named and named != known:
                detail = f"categories: {category.name} has the joints {', '.join(named)}; {self.layout} has {', '.join(known)}"
                raise DocumentError("wrong_schema", self._root.full_name(coco.file), detail)
        return coco

    def _person(self, element: Element) -> Person:
        try:
            entry = element.decode(_ANNOTATION)
            images, categories = self._coco.images, self._coco.categories
            if element.turn:
                raise Refusal(Reason.DUPLICATE_RECORD, f"{element.place}: id {element.id.decode()} was used before")
            if entry.image_id not in images:
                raise Refusal(Reason.UNKNOWN_PICTURE, f"{element.place}: {images.lack('image_id', entry.image_id)}")
            if entry.category_id not in categories:
                raise ValueError(categories.lack("category_id", entry.category_id))
            noun = self.noun(categories[entry.category_id].name, images[entry.image_id])
            read = bool(entry.keypoints) and not entry.iscrowd
            joints = joints_of(entry.keypoints or (), self.layout, shift=self.shift) if read else ()
            joints = without_far_ears(joints, self.layout) if joints else joints
            labelled = any(seen for *_, seen in joints)
            if labelled and not entry.bbox:
                box: Box | None = box_around(joints)
            else:
                box = sound_box(entry.bbox or ()) if labelled or entry.iscrowd else box_if_any(entry.bbox or ())
            return Person(element.record_id, noun, box, joints, bool(entry.iscrowd))
        except Refusal as refusal:
            return Person(element.record_id, fault=Fault(refusal.reason, refusal.detail))
        except ValueError as error:
            return Person(element.record_id, fault=Fault(Reason.INVALID_RECORD, f"{element.place}: {error}"))
