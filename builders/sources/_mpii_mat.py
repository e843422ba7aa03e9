"""MPII's release, ``mpii_human_pose_v1_u12_1.mat``: nested structs of MATLAB 5."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ieiw.builders.boxes import Box
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.matlab import read_matlab
from ieiw.builders.sources._persons import Joint, Person, box_around
from ieiw.triplets.records import Fault
from ieiw.triplets.rejects import Reason

_JOINTS = 16
_SIDE = 200.0
_SHIFT = -0.5


@dataclass(frozen=True, slots=True)
class MatPicture:
    """A picture's file name and its persons."""

    file: str
    persons: list[Person]


def read_mat(data: bytes, name: str, *, train: bool) -> list[MatPicture]:
    """Pictures with at least one person.

    Args:
        data: the bytes of the ``.mat``.
        name: of the file, for messages.
        train: the pictures with ``img_train`` 1, else those with 0; a file without ``img_train`` is all train.

    Raises:
        DocumentError: not a MATLAB 5 file, or without ``RELEASE.annolist``.
    """
    release = read_matlab(data, name, ["RELEASE"]).get("RELEASE")
    pictures = _many(_field(release, "annolist"))
    if not pictures:
        raise DocumentError("wrong_schema", name, "has no RELEASE.annolist")
    of_train = _many(_field(release, "img_train", [1] * len(pictures)))
    if len(of_train) != len(pictures) or not all(isinstance(mark, int | float) for mark in of_train):
        raise DocumentError("wrong_schema", name, f"{len(pictures)} pictures, {len(of_train)} values of img_train")
    chosen = (picture for picture, mark in zip(pictures, of_train, strict=True) if bool(mark) == train)
    seen = Counter[str]()
    return [found for picture in chosen if (found := _picture(picture, seen)).persons]


def _picture(picture: Any, seen: Counter[str]) -> MatPicture:
    """A picture; ``seen`` counts the names of those before, since the persons of a second one would have the ids of the first."""
    file = str(_field(_field(picture, "image"), "name", ""))
    people = [each for each in _many(_field(picture, "annorect")) if isinstance(each, dict)]
    seen[file] += bool(people)
    if seen[file] > 1:
        fault = Fault(Reason.DUPLICATE_RECORD, f"annolist: {file!r} has persons before")
        return MatPicture(file, [Person(f"{file}#{seen[file]}/{at}", fault=fault) for at in range(len(people))])
    return MatPicture(file, [_person(each, f"{file}/{at}") for at, each in enumerate(people)])


def _person(rectangle: Any, record_id: str) -> Person:
    try:
        joints = _joints(rectangle)
        return Person(record_id, box=_box(rectangle, joints), joints=joints)
    except (TypeError, ValueError, OverflowError) as error:
        return Person(record_id, fault=Fault(Reason.INVALID_RECORD, f"{record_id}: annorect: {error}"))


def _joints(rectangle: Any) -> tuple[Joint, ...]:
    joints: list[Joint] = [(0.0, 0.0, 0)] * _JOINTS
    for point in (
        point for points in _many(_field(rectangle, "annopoints")) for point in _many(_field(points, "point"))
    ):
        number, x, y = int(_field(point, "id")), float(_field(point, "x")), float(_field(point, "y"))
        if not 0 <= number < _JOINTS or not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"annopoints: joint {number} at {x}, {y}")
        # The release writes 0, 1, '0', '1', or nothing; head and neck have nothing, and are seen.
        is_hidden = str(_field(point, "is_visible", 1)) in {"0", "0.0"}
        joints[number] = (x + _SHIFT, y + _SHIFT, 1 if is_hidden else 2)
    return tuple(joints)


def _box(rectangle: Any, joints: tuple[Joint, ...]) -> Box | None:
    """Around the joints where there are many; else the square of ``scale``, else the head and what hangs below it."""
    if sum(1 for *_, seen in joints if seen) >= _JOINTS // 2:
        return box_around(joints)
    centre, scale = _field(rectangle, "objpos"), _field(rectangle, "scale")
    if _holds(_field(centre, "x")) and _holds(scale):
        side = _SIDE * float(scale)
        return float(_field(centre, "x")) - side / 2, float(_field(centre, "y")) - side / 2, side, side
    corners = [_field(rectangle, field) for field in ("x1", "y1", "x2", "y2")]
    if not all(map(_holds, corners)):
        return box_around(joints) if any(seen for *_, seen in joints) else None
    left, top, right, bottom = map(float, corners)
    head = right - left
    return left - head, top, 3 * head, 7 * (bottom - top)  # a standing body is some seven heads tall


def _field(value: Any, name: str, missing: Any = None) -> Any:
    """A field of a struct; ``missing`` where it has none, or is none."""
    return value.get(name, missing) if isinstance(value, dict) else missing


def _holds(value: Any) -> bool:
    """MATLAB writes a number that is not there as an empty array."""
    return value is not None and value != []


def _many(value: Any) -> list[Any]:
    """A list of one is read as its element."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
