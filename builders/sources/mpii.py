"""MPII human pose (Andriluka et al., CVPR 2014): persons with 16 joints.

Two forms circulate, and the one that lies there is read:

* ``annot/<split>.json`` of HRNet, ``annotations/mpii_<split>.json`` of mmpose (``valid`` is its ``val``): a list of persons with
  ``image``, ``center``, ``scale``, ``joints``, ``joints_vis``;
* the release: ``mpii_human_pose_v1_u12_1.mat`` at the root, in ``annot`` or one folder down; splits ``train`` (pictures with
  joints) and ``test``.

Pictures in ``images`` at the root or one folder down, or beside the ``.mat``. Coordinates count pixels from 1. Neither form
lists everybody in view: its records say so, and sentences speak of the person in the middle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from ieiw.builders.boxes import Box
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import decoder
from ieiw.builders.sources._json_index import Element, JsonIndex
from ieiw.builders.sources._mpii_mat import MatPicture, read_mat
from ieiw.builders.sources._persons import Joint, Person, Scene, box_around, joints_of, records_of
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal

_MAT = "mpii_human_pose_v1_u12_1.mat"
_SIDE = 200.0
"""``scale`` is the person's height in units of so many pixels."""
_SHIFT = -0.5
_LICENCE = "MPII (non-commercial research)"


class MPII(RootedSource):
    """Source of MPII's persons, in the form that lies there.

    Splits are ``train``, ``valid``, … as in ``annot/<split>.json``; ``train`` and ``test`` of the ``.mat``.
    """

    version = 3
    gives = Kind.JOINTED

    def inputs(self) -> Sequence[str]:
        """The one annotation file."""
        return [self._file]

    def group_count(self) -> int:
        """Pictures with at least one person."""
        return len(self._release if self._is_release else self._elements)

    def group(self, index: int) -> Iterator[Record]:
        """The persons of one picture."""
        if self._is_release:
            picture = self._release[index]
        else:  # persons are numbered within their picture, since the list gives them no ids
            elements = list(self._elements.group(index))
            persons = [self._person(element, number) for number, element in enumerate(elements)]
            picture = MatPicture(_image(elements[0].data), persons)
        file = f"{self._folder}{picture.file}"
        scene = Scene(picture.file, file, self._split, None, _LICENCE, unlisted=True)
        return records_of(scene, "mpii", picture.persons)

    @cached_property
    def _file(self) -> str:
        listed = f"annot/{self._split}.json"
        mmpose = f"annotations/mpii_{'val' if self._split == 'valid' else self._split}.json"
        names = [listed, mmpose, *(f"{folder}{_MAT}" for folder in self._folders)]
        found = next((name for name in names if self._root.exists(name)), "")
        remedy = f"So is {_MAT}. Change `split`, or give MPII's folder in `root`."
        self._root.require(found or listed, "annotation file", remedy)
        return found

    @property
    def _is_release(self) -> bool:
        return self._file.endswith(".mat")

    @cached_property
    def _folders(self) -> Sequence[str]:
        """The root and the folders in it, as the release's two archives unpack beside each other."""
        return "", *(f"{name}/" for name in self._root.names() if "." not in name)

    @cached_property
    def _folder(self) -> str:
        beside = self._file.rpartition(_MAT)[0] if self._is_release else ""
        places = (f"{folder}images/" for folder in self._folders)
        return next((place for place in places if self._root.exists(place)), beside or "images/")

    @cached_property
    def _release(self) -> list[MatPicture]:
        if self._split not in {"train", "test"}:
            raise UsageError(f"source {self.name}: split {self._split!r}: {self._file} knows train and test")
        with self._root.open(self._file) as file:
            return read_mat(file.read(), self._root.full_name(self._file), train=self._split == "train")

    @cached_property
    def _elements(self) -> JsonIndex:
        return JsonIndex(self._root, self._file, _identify)

    def _person(self, element: Element, at: int) -> Person:
        image = _image(element.data)
        record_id = f"{image}/{at}" if image else f"@{element.number}"
        try:
            entry = element.decode(_ENTRY)
            joints = _joints(entry)
            return Person(record_id, box=_box(entry, joints), joints=joints)
        except Refusal as refusal:
            return Person(record_id, fault=Fault(refusal.reason, refusal.detail))
        except ValueError as error:
            return Person(record_id, fault=Fault(Reason.INVALID_RECORD, f"{element.place}: {error}"))


class _Entry(msgspec.Struct):
    image: str
    center: tuple[float, float]
    scale: float
    joints: list[tuple[float, float]] | None = None  # test.json has none
    joints_vis: list[float] | None = None


class _Head(msgspec.Struct):
    image: str


_ENTRY = decoder(_Entry)
_HEAD = msgspec.json.Decoder(_Head)


def _joints(entry: _Entry) -> tuple[Joint, ...]:
    """Joints that lie nowhere (at -1, -1 or 0, 0) are not labelled; others with ``joints_vis`` 0 are hidden."""
    if entry.joints is None and entry.joints_vis is None:
        return ()
    joints, shown = entry.joints or [], entry.joints_vis or []
    if len(joints) != len(shown):
        raise ValueError(f"{len(joints)} joints, {len(shown)} joints_vis")
    flat: list[float] = []
    for (x, y), seen in zip(joints, shown, strict=True):
        flat += [x, y, 0 if x <= 0 and y <= 0 else 2 if seen else 1]
    return joints_of(flat, "mpii", shift=_SHIFT)


def _box(entry: _Entry, joints: Sequence[Joint]) -> Box:
    """Around the joints; the square of ``scale`` where there are too few to tell the body's extent."""
    if sum(1 for *_, seen in joints if seen) >= 8:
        return box_around(joints)
    side = _SIDE * entry.scale
    if not side > 0:
        raise ValueError(f"scale is {entry.scale}")
    return entry.center[0] + _SHIFT - side / 2, entry.center[1] + _SHIFT - side / 2, side, side


def _image(data: bytes) -> str:
    try:
        return _HEAD.decode(data).image
    except (ValueError, RecursionError):
        return ""


def _identify(data: bytes) -> tuple[bytes, int]:
    """The element itself (it has no id), and a number that stands for its picture."""
    image = _image(data).encode("utf-8", "surrogatepass")
    return data, int.from_bytes(hashlib.blake2b(image, digest_size=8).digest(), "little", signed=True)
