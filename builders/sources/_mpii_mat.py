"""MPII's release, ``mpii_human_pose_v1_u12_1.mat``: nested structs of MATLAB 5, read by scipy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from builders.sources._persons import Box, Joint, Person, box_around
from triplets.documents import DocumentError
from triplets.reasons import Reason
from triplets.records import Fault

_JOINTS = 16
_SIDE = 200.0
_SHIFT = -0.5


@dataclass(frozen=True, slots=True)
class MatPicture:
    """A picture's file name and its persons."""

    file: str
    persons: list[Person]


def read_mat(file: IO[bytes], name: str, *, train: bool) -> list[MatPicture]:
    """Pictures with at least one person.

    Args:
        file: the ``.mat``, at its start.
        name: of the file, for messages.
        train: the pictures with ``img_train`` 1, else those with 0; a file without ``img_train`` is all train.

    Raises:
        DocumentError: not a MATLAB 5 file, or without ``RELEASE.annolist``.
    """
    release = _release(file, name)
    pictures = _many(getattr(release, "annolist", None))
    if not pictures:
        raise DocumentError("wrong_schema", name, "has no RELEASE.annolist")
    of_train = np.atleast_1d(getattr(release, "img_train", np.ones(len(pictures))))
    if of_train.shape != (len(pictures),) or of_train.dtype.kind not in "buif":
        raise DocumentError("wrong_schema", name, f"{len(pictures)} pictures, {of_train.size} values of img_train")
    chosen = (picture for picture, mark in zip(pictures, of_train, strict=True) if bool(mark) == train)
    seen = Counter[str]()
    return [found for picture in chosen if (found := _picture(picture, seen)).persons]


def _release(file: IO[bytes], name: str) -> Any:
    from scipy.io import loadmat

    try:
        held = loadmat(file, variable_names=["RELEASE"], struct_as_record=False, squeeze_me=True)
    except NotImplementedError as error:  # scipy's word for version 7.3
        raise DocumentError("wrong_schema", name, "MATLAB 7.3; save it with -v7, as MPII ships it") from error
    except Exception as error:  # scipy raises nearly anything on damaged files
        raise DocumentError("wrong_schema", name, f"no whole MATLAB file: {error}") from error
    if "RELEASE" not in held:
        raise DocumentError("wrong_schema", name, "has no RELEASE")
    return held["RELEASE"]


def _picture(picture: Any, seen: Counter[str]) -> MatPicture:
    """A picture; ``seen`` counts the names of those before, since the persons of a second one would have the ids of the first."""
    file = str(getattr(getattr(picture, "image", None), "name", ""))
    people = [each for each in _many(getattr(picture, "annorect", None)) if hasattr(each, "_fieldnames")]
    seen[file] += bool(people)
    if seen[file] > 1:
        fault = Fault(Reason.DUPLICATE_RECORD, f"annolist: {file!r} has persons before")
        return MatPicture(file, [Person(f"{file}#{seen[file]}/{at}", fault=fault) for at in range(len(people))])
    return MatPicture(file, [_person(each, f"{file}/{at}") for at, each in enumerate(people)])


def _person(rectangle: Any, record_id: str) -> Person:
    try:
        joints = _joints(rectangle)
        return Person(record_id, box=_box(rectangle, joints), joints=joints)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        return Person(record_id, fault=Fault(Reason.INVALID_RECORD, f"{record_id}: annorect: {error}"))


def _joints(rectangle: Any) -> tuple[Joint, ...]:
    joints: list[Joint] = [(0.0, 0.0, 0)] * _JOINTS
    for point in _points(rectangle):
        number, x, y = int(point.id), float(point.x), float(point.y)
        if not 0 <= number < _JOINTS or not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"annopoints: joint {number} at {x}, {y}")
        joints[number] = (x + _SHIFT, y + _SHIFT, 2 if _seen(getattr(point, "is_visible", 1)) else 1)
    return tuple(joints)


def _points(rectangle: Any) -> Iterator[Any]:
    for points in _many(getattr(rectangle, "annopoints", None)):
        yield from _many(getattr(points, "point", None))


def _seen(value: Any) -> bool:
    """The release writes 0, 1, '0', '1', or nothing; head and neck have nothing, and are seen."""
    return str(value) not in {"0", "0.0"} if np.size(value) else True


def _box(rectangle: Any, joints: tuple[Joint, ...]) -> Box | None:
    """Around the joints where there are many; else the square of ``scale``, else the head and what hangs below it."""
    if sum(1 for *_, seen in joints if seen) >= _JOINTS // 2:
        return box_around(joints)
    centre, scale = getattr(rectangle, "objpos", None), getattr(rectangle, "scale", None)
    if centre is not None and hasattr(centre, "x") and scale is not None and np.size(scale):
        side = _SIDE * float(scale)
        return float(centre.x) - side / 2, float(centre.y) - side / 2, side, side
    corners = [getattr(rectangle, field, None) for field in ("x1", "y1", "x2", "y2")]
    if any(corner is None or not np.size(corner) for corner in corners):
        return box_around(joints) if any(seen for *_, seen in joints) else None
    left, top, right, bottom = map(float, corners)  # type: ignore[arg-type]
    head = right - left
    return left - head, top, 3 * head, 7 * (bottom - top)  # a standing body is some seven heads tall


def _many(value: Any) -> list[Any]:
    """Scipy squeezes a list of one to its element, and an empty one to an empty array."""
    if value is None:
        return []
    return list(value.ravel()) if isinstance(value, np.ndarray) else [value]
