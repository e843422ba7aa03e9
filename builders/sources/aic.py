"""AI Challenger 2017, human key points (Wu et al., 2017): persons with 14 joints.

Two forms circulate, and the one that lies there is read:

* the release: ``keypoint_<split>_annotations_<date>.json``, a list of pictures with ``keypoint_annotations`` and
  ``human_annotations``; visibility 1 seen, 2 hidden, 3 not labelled – not COCO's codes;
* mmpose's: ``annotations/aic_<split>.json`` in COCO's form, with COCO's codes.

Both may lie at the root, in ``annotations``, or one folder down; pictures in ``keypoint_<split>_images_<date>``, at the root or
one folder down. Neither lists everybody in view: records say so, and sentences speak of the person in the middle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import decoder
from ieiw.builders.sources._coco_points import CocoImage, CocoPoints
from ieiw.builders.sources._json_index import Element, JsonIndex, by_text
from ieiw.builders.sources._persons import Person, Scene, box_if_any, joints_of, records_of, sound_box
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal

_CODES = {1: 2, 2: 1, 3: 0}
"""The release's visibility -> COCO's."""
_LONG = {"val": "validation"}
_LICENCE = "AI Challenger (non-commercial research)"


class AIC(RootedSource):
    """Source of AI Challenger's persons, in the form that lies there. Splits: ``train``, ``validation`` (``val`` is the same)."""

    version = 3
    gives = Kind.JOINTED

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        super().__init__(name=name, root=root, split=_LONG.get(split, split), options=options)
        self._named = split

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        return [self._file]

    def group_count(self) -> int:
        """Pictures with at least one person."""
        return self._form.group_count()

    def group(self, index: int) -> Iterator[Record]:
        """The persons of one picture."""
        return self._form.group(index)

    @cached_property
    def _file(self) -> str:
        release = re.compile(rf"keypoint_{re.escape(self._split)}_annotations_\d+\.json")
        short = {"validation": "val"}.get(self._split, self._split)
        mmpose = re.compile(rf"aic_(?:{re.escape(self._split)}|{re.escape(short)})\.json")
        found = _find(self._root, release) or _find(self._root, mmpose)
        if not found:
            self._root.require(
                f"keypoint_{self._split}_annotations_<date>.json",
                "annotation file",
                f"So is annotations/aic_{short}.json. Change `split`, or give AI Challenger's folder in `root`.",
            )
        return found

    @cached_property
    def _pictures(self) -> str:
        """The picture folder."""
        found = _find(self._root, re.compile(rf"keypoint_{re.escape(self._split)}_images_\d+"))
        if not found:
            remedy = "Put it beside the annotation file."
            self._root.require(f"keypoint_{self._split}_images_<date>", "picture folder", remedy)
        return found

    @cached_property
    def _form(self) -> _Release | _Converted:
        if self._file.rpartition("/")[2].startswith("keypoint_"):
            return _Release(self._root, self._file, self._pictures, self._named)
        return _Converted(self, self._root.location, self._file, self._pictures, self._named)


def _find(root: Root, name: re.Pattern[str]) -> str:
    """The first file or folder of that name at the root or one folder down; empty where there is none."""
    top = root.names()
    for folder in ("", *(f"{each}/" for each in top if "." not in each)):
        for each in root.names(folder) if folder else top:
            if name.fullmatch(each):
                return f"{folder}{each}"
    return ""


class _Converted(CocoPoints):
    """mmpose's conversion."""

    layout = "aic"
    unlisted = True

    def __init__(self, whole: AIC, root: str, file: str, pictures: str, split: str) -> None:
        super().__init__(name=whole.name, root=root, split=split, options={})
        self._given, self._folder = file, pictures

    def annotation_file(self) -> str:
        return self._given

    def picture_file(self, image: CocoImage) -> str:
        return f"{self._folder}/{image.file_name}"

    def licence(self, image: CocoImage) -> str:
        return _LICENCE


class _Picture(msgspec.Struct):
    """An element of the release's list."""

    image_id: str
    keypoint_annotations: dict[str, list[float]]
    human_annotations: dict[str, list[float]]
    url: str = ""


_PICTURE = decoder(_Picture)


class _Release:
    """The list of pictures that the challenge published."""

    def __init__(self, root: Root, file: str, pictures: str, split: str) -> None:
        self._root, self._file, self._folder, self._split = root, file, pictures, split

    def group_count(self) -> int:
        return len(self._elements)

    def group(self, index: int) -> Iterator[Record]:
        for element in self._elements.group(index):
            yield from self._picture(element)

    @cached_property
    def _elements(self) -> JsonIndex:
        return JsonIndex(self._root, self._file, by_text("image_id"))

    def _picture(self, element: Element) -> Iterator[Record]:
        place = element.place
        try:
            entry = element.decode(_PICTURE)
        except Refusal as refusal:
            yield self._faulty(f"@{element.number}", refusal.reason, refusal.detail)
            return
        if element.turn:
            detail = f"{place}: image_id {entry.image_id} was used before"
            yield self._faulty(element.record_id, Reason.DUPLICATE_RECORD, detail)
            return
        if not entry.keypoint_annotations:
            yield self._faulty(entry.image_id, Reason.NO_KEY_POINTS, f"{place}: no person")
            return
        scene = Scene(
            entry.image_id,
            f"{self._folder}/{entry.image_id}.jpg",
            self._split,
            None,
            f"{_LICENCE}, {entry.url}".rstrip(", "),
            unlisted=True,
        )
        humans = sorted(entry.keypoint_annotations, key=lambda human: (len(human), human))  # human2 before human10
        persons = [_person(entry, human, place) for human in humans]
        yield from records_of(scene, "aic", persons)

    def _faulty(self, record_id: str, reason: Reason, detail: str) -> Record:
        group = record_id.partition("#")[0]
        return Record(record_id, group, {}, {}, self._split, fault=Fault(reason, detail))


def _person(entry: _Picture, human: str, place: str) -> Person:
    record_id = f"{entry.image_id}/{human}"
    try:
        joints = joints_of(entry.keypoint_annotations[human], "aic", shift=0.5, codes=_CODES)
        values = entry.human_annotations.get(human, ())
        if len(values) != 4:
            raise ValueError(f"human_annotations is {values or None}, not x1, y1, x2, y2")
        left, top, right, bottom = values
        corners = left, top, right - left, bottom - top
        labelled = any(seen for *_, seen in joints)
        return Person(record_id, box=sound_box(corners) if labelled else box_if_any(corners), joints=joints)
    except ValueError as error:
        return Person(record_id, fault=Fault(Reason.INVALID_RECORD, f"{place}: {human}: {error}"))
