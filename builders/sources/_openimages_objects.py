"""Open Images' classes in plain words, a picture's boxes, and which of its masks a class alone tells apart."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ieiw.builders.boxes import Box
from ieiw.builders.sources._coco_neighbours import Neighbour, side_among
from ieiw.builders.sources._csv_groups import Row
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Reason, Refusal

_FLAGS = {"IsTruncated": "truncated", "IsGroupOf": "group", "IsDepiction": "depiction", "IsInside": "inside"}
_NEAR = 0.01
"""A mask's box and the box it was drawn in are the same where no side differs by more than this share of the picture."""
_SQUARE = 1000.0
"""Boxes are compared on a square, since nobody tells the picture's sides."""
_KINDS = {"person": frozenset({"man", "woman", "boy", "girl"})}
"""Class -> others that are called so as well: the picture's box has the closest class alone."""
_WORN = frozenset({"clothing", "footwear", "headgear", "fashion accessory", "sports uniform", "human body"})


def class_names(text: str, where: str) -> dict[str, str]:
    """Machine id (``/m/0bt9lr``) -> class in plain words (``dog``), with or without a line of headings.

    Raises:
        UsageError: a line of another form, or none at all.
    """
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    found: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        if row[0] == "LabelName":
            continue
        if len(row) != 2 or not row[0].startswith("/") or not row[1].strip():
            raise UsageError(
                f"{where}, line {number}: not `/m/…,name`, but {','.join(row)[:60]!r}. Is it the right file?"
            )
        found[row[0]] = plain_words(row[1])
    if not found:
        raise UsageError(f"{where}: names no class. Is the download complete?")
    return found


def plain_words(name: str) -> str:
    """A class as one says it: in small letters, ``and`` for ``&``, and without what stands in brackets."""
    return " ".join(re.sub(r"\([^)]*\)", " ", name).replace("&", " and ").lower().split())


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row of the list of boxes: the class's words, edges in shares of the picture, flags; None where it cannot be read."""

    label: str
    name: str
    edges: tuple[float, ...] | None
    flags: Mapping[str, bool]


class Boxes:
    """The boxes of one picture.

    Args:
        rows: of the list of boxes.
        names: machine id -> class.
    """

    def __init__(self, rows: Sequence[Row], names: Mapping[str, str]) -> None:
        self._all = [
            _Drawn(
                row["LabelName"],
                names.get(row["LabelName"], ""),
                _edges(row, ("XMin", "XMax", "YMin", "YMax")),
                {ours: row[theirs] == "1" for theirs, ours in _FLAGS.items()},  # -1 is unknown
            )
            for row in rows
        ]

    def facts(self, mask: Row) -> dict[str, Any]:
        """What is told of a mask: its box in shares of the picture, and the flags of the box it was drawn in."""
        edges = _mask_edges(mask)
        told: dict[str, Any] = {name: True for name, is_so in self._flags(mask).items() if is_so}
        return told if edges is None else told | {"relative_box": list(_box(edges, 1.0))}

    def listed(self) -> list[dict[str, Any]]:
        """All of them: most things have no mask, and still bear a name."""
        return [
            {"label": box.name, "group": box.flags["group"]}
            | ({} if box.edges is None else {"relative_box": list(_box(box.edges, 1.0))})
            for box in self._all
        ]

    def _flags(self, mask: Row) -> Mapping[str, bool]:
        own = self._own(mask)
        return own.flags if own else {}

    def _own(self, mask: Row) -> _Drawn | None:
        """The box that a mask was drawn in: of its class, and nearest."""
        edges = _mask_edges(mask)
        if edges is None:
            return None
        alike = ((_distance(edges, box.edges), box) for box in self._all if box.label == mask["LabelName"])
        distance, box = min(alike, key=lambda found: found[0], default=(math.inf, None))
        return box if distance <= _NEAR else None

    def alike(self, mask: Row, name: str) -> list[Neighbour | None]:
        """The picture's other boxes that may be called by the name of a mask's class; None for one that is unsound or a group."""
        own, called = self._own(mask), {name} | _KINDS.get(name, frozenset())
        others = [box for box in self._all if box is not own and (box.label == mask["LabelName"] or box.name in called)]
        return [_neighbour(box.name, None if box.flags["group"] else box.edges) for box in others]


def check_object(mask: Row, masks: Sequence[Row], boxes: Boxes, names: Mapping[str, str]) -> tuple[str, str]:
    """What a mask's object is called, and where it is if that must be said (see :func:`side_among`).

    Args:
        mask: the object's row.
        masks: all rows of its picture.
        boxes: of its picture.
        names: machine id -> class.

    Raises:
        Refusal: nothing that can be said means this object alone.
    """
    name, facts = names.get(mask["LabelName"], ""), boxes.facts(mask)
    if not name:
        raise Refusal(Reason.EMPTY_PHRASE, f"the list of class names lacks {mask['LabelName']!r}")
    if facts.get("group"):
        raise Refusal(Reason.CROWD, f"the box stands for several of {name}")
    if facts.get("depiction") or facts.get("inside"):
        raise Refusal(
            Reason.REGION_NO_THING, f"a drawing of {name}" if facts.get("depiction") else f"{name} from inside"
        )
    if name in _WORN or name.startswith("human "):
        raise Refusal(Reason.PHRASE_UNUSABLE, f"{name!r} is part of a person, or worn")
    alike = boxes.alike(mask, name)
    if not alike:  # the lists disagree where the masks show more
        others = [other for other in masks if other is not mask and other["LabelName"] == mask["LabelName"]]
        alike = [_neighbour(name, _mask_edges(other)) for other in others]
    return name, side_among(_neighbour(name, _mask_edges(mask)), alike, (_SQUARE, _SQUARE), name)


def _neighbour(name: str, edges: tuple[float, ...] | None) -> Neighbour | None:
    return None if edges is None else Neighbour(name, _box(edges, _SQUARE), None)


def _box(edges: tuple[float, ...], scale: float) -> Box:
    x0, x1, y0, y1 = (scale * edge for edge in edges)
    return x0, y0, x1 - x0, y1 - y0


def _mask_edges(mask: Row) -> tuple[float, ...] | None:
    return _edges(mask, ("BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax"))


def _edges(row: Row, names: tuple[str, ...]) -> tuple[float, ...] | None:
    """Left, right, top and bottom, 0..1; None where they are no such numbers."""
    try:
        x0, x1, y0, y1 = (float(row[name]) for name in names)
    except ValueError:
        return None
    return (x0, x1, y0, y1) if -0.01 <= x0 < x1 <= 1.01 and -0.01 <= y0 < y1 <= 1.01 else None


def _distance(one: tuple[float, ...], other: tuple[float, ...] | None) -> float:
    return math.inf if other is None else max(abs(a - b) for a, b in zip(one, other, strict=True))
