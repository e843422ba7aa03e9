"""The outline of a record's thing as a mask on its upright picture, in whatever form the data set gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy.typing as npt

from ieiw.builders.formats.coco_masks import union
from ieiw.builders.formats.label_maps import decode_matlab
from ieiw.triplets.images.codec import annotation_frame, decode_mask, fit_mask, turned
from ieiw.triplets.images.masks import polygons_mask
from ieiw.triplets.records import Mask, OpenRecord
from ieiw.triplets.rejects import Reason, Refusal

Size = tuple[int, int]
"""Width and height."""
MASK = "mask"
"""The role of a file that holds the outline, where no numbers do."""
_Array = TypeVar("_Array", bound=npt.NDArray[Any])


def on_upright(record: OpenRecord, draw: Callable[[Size], _Array], declared: Size | None = None) -> _Array:
    """What ``draw`` makes on the pixels that the annotation belongs to, turned as the picture was.

    Args:
        record: whose picture it is.
        draw: (width, height) -> an array (height, width, …).
        declared: the size that the annotation says it was drawn on; None takes the record's.

    Raises:
        Refusal: see :func:`~ieiw.triplets.images.codec.annotation_frame`; ``picture_turned`` where sides are told on the stored
            pixels; whatever ``draw`` raises.
    """
    picture = record.picture
    if annotation_frame(picture, declared or record.record.size) == "upright":
        return draw(picture.size)
    drawn = draw(picture.stored_size)
    _check_sides(record)
    return turned(drawn, picture.orientation)


def _check_sides(record: OpenRecord) -> None:
    """Refuse a picture that is turned after its source has told left from right on the stored pixels."""
    if record.picture.orientation != 1 and record.record.annotation.get("side"):
        raise Refusal(Reason.PICTURE_TURNED, "its objects are told apart by their sides on the stored pixels")


def mask_of_file(data: bytes, record: OpenRecord) -> Mask:
    """The mask that a file holds, brought to the upright picture; ReferIt's are MATLAB matrices, 0 inside.

    Raises:
        Refusal: ``mask_unreadable``, or as :func:`~ieiw.triplets.images.codec.fit_mask`.
    """
    if not data:
        raise Refusal(Reason.MASK_UNREADABLE, "its file is missing or empty")
    matlab = record.record.annotation.get("mask_coding") == "referit"
    mask = decode_matlab(data, "segimg_t") == 0 if matlab else decode_mask(data)
    return fit_mask(mask, record.picture)


def outline_of(record: OpenRecord, draw: Callable[[Mapping[str, Any], Size], Mask] | None = None) -> Mask:
    """The outline of an outlined or referred record: a file of role ``mask``, ``Polygons`` as PhraseCut's, or ``targets``.

    Args:
        record: opened.
        draw: draws the two latter in another way than :func:`drawn`.

    Raises:
        Refusal: the outline is damaged or of another picture's size.
    """
    if MASK in record.data:
        _check_sides(record)
        return mask_of_file(record.data[MASK], record)
    return on_upright(record, lambda size: (draw or drawn)(record.record.annotation, size))


def drawn(annotation: Mapping[str, Any], size: Size) -> Mask:
    """``Polygons`` or ``targets`` on a picture of this size."""
    polygons = annotation.get("Polygons")
    return union(annotation["targets"], size) if polygons is None else polygons_mask(polygons, size)


def instance_count(annotation: Mapping[str, Any]) -> int:
    """How many things the outline of an outlined or referred record encloses; a file holds one."""
    for key in ("Polygons", "targets"):
        if key in annotation:
            return len(annotation[key])
    return 1
