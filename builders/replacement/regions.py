"""The outlined regions of a picture, drawn one at a time: a picture may have a hundred of three megabytes each.

What a data set's region tells without being drawn is a :class:`Listed`, its mask on the upright picture an :class:`Outlined`. A
damaged region is a :class:`Refused` among the others; only what spoils the whole picture is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import numpy as np

from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.builders.formats.label_maps import decode_labels, fit_labels
from ieiw.builders.formats.sa1b import read_document
from ieiw.builders.instructions.phrases import noun_phrase
from ieiw.builders.outlines import Size, instance_count, mask_of_file, on_upright, outline_of
from ieiw.builders.vocabulary import CLASSES, vocabulary
from ieiw.triplets.images.codec import annotation_frame
from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Mask, OpenRecord
from ieiw.triplets.rejects import Reason, Refusal

Box = tuple[int, int, int, int]
"""x, y, width, height of true pixels."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """A region with its mask.

    Attributes:
        id: unique in its picture.
        label: what it shows, in plain words (``blue bird``); empty where nobody says.
        mask: (height, width) of the upright picture.
        box: of the mask's true pixels.
    """

    id: str
    label: str
    mask: Mask
    box: Box


@dataclass(frozen=True, slots=True)
class Refused:
    """A region that cannot be used, and why; an empty id is a record's one region, or what has none."""

    id: str
    reason: Reason
    detail: str


class Facts(msgspec.Struct, frozen=True):
    """What a data set tells of a region, as ``annotation["regions"]`` holds it.

    Attributes:
        id: unique in its picture.
        label: what it shows; may be empty.
        segmentation: COCO's, polygons or run lengths; or
        mask: the role of a file that holds it as a picture.
        box: x, y, width, height in pixels of the stored picture, as far as the data set gives one; outlines pass it but by little.
        relative_box: the same in shares of the picture's sides, where the data set does not tell pixels.
        iou: predicted overlap with the true outline, 0..1.
        stability: how little the outline depends on its threshold, 0..1.
        group: it stands for many things.
        depiction: a drawing, a print or a statue of the thing.
        inside: the picture was taken inside of the thing.
        truncated: the thing goes on beyond the picture.
    """

    id: str
    label: str = ""
    segmentation: Any = None
    mask: str = ""
    box: tuple[float, float, float, float] | None = None
    relative_box: tuple[float, float, float, float] | None = None
    iou: float | None = None
    stability: float | None = None
    group: bool = False
    depiction: bool = False
    inside: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A region that is not drawn yet. ``draw`` gives its mask on the upright picture, or raises a Refusal."""

    facts: Facts
    draw: Callable[[], Mask]

    def outlined(self) -> Outlined | Refused:
        """Draw it; a region without a pixel is refused too."""
        try:
            mask = self.draw()
        except Refusal as refusal:
            return Refused(self.facts.id, refusal.reason, refusal.detail)
        if not mask.any():
            return Refused(self.facts.id, Reason.REGION_EMPTY, "no pixel inside the picture")
        return Outlined(self.facts.id, self.facts.label, mask, bounding_box(mask))


def regions_of(record: OpenRecord) -> Iterator[Outlined | Refused]:
    """All regions of a record in the data set's order, one mask in memory at a time.

    Raises:
        Refusal: as :func:`listed_regions`.
    """
    for region in listed_regions(record):
        yield region if isinstance(region, Refused) else region.outlined()


def listed_regions(record: OpenRecord) -> Iterator[Listed | Refused]:
    """All regions of a record of ``Kind.REGIONED``, or the one of ``Kind.OUTLINED``; none of them drawn.

    Raises:
        Refusal: the record holds no regions, or its list is damaged or of a picture of another size.
    """
    annotation = record.record.annotation
    if "phrase" in annotation:
        yield _the_outlined(record)
        return
    seen: set[str] = set()
    for region in _found(record):
        name = region.id if isinstance(region, Refused) else region.facts.id
        if name in seen and isinstance(region, Listed):
            region = Refused(name, Reason.DUPLICATE_RECORD, f"id {name} was used before")
        seen.add(name)
        yield region


def _found(record: OpenRecord) -> Iterator[Listed | Refused]:
    forms = {"sa-1b": _from_sa1b, "ade20k": _from_ade20k}
    return forms.get(record.record.annotation.get("regions_format", ""), _from_annotation)(record)


def _from_ade20k(record: OpenRecord) -> Iterator[Listed | Refused]:
    """The objects that the full release's label map tells apart."""
    objects = fit_labels(decode_labels(record.data["regions"], "ade-objects"), record.picture)
    words = vocabulary(record.data[CLASSES])
    for number in np.unique(objects).tolist():
        kind, blue = divmod(number, 256)
        if kind not in words.void:
            label = words.names[kind].spoken if kind in words.names else ""
            yield Listed(Facts(f"{kind}-{blue}", label), partial(np.equal, objects, number))


def _from_annotation(record: OpenRecord) -> Iterator[Listed | Refused]:
    if "regions" not in record.record.annotation:
        raise Refusal(Reason.NO_REGION, "the record holds no outlined region")
    for number, entry in enumerate(record.record.annotation["regions"]):
        try:
            facts = msgspec.convert(entry, Facts)
        except ValueError as error:
            yield Refused(f"@{number}", Reason.INVALID_RECORD, f"region {number}: {error}")
            continue
        yield Listed(facts, _drawer(record, facts, record.record.size))


def _from_sa1b(record: OpenRecord) -> Iterator[Listed | Refused]:
    document = read_document(record.data["regions"], record.record.files["regions"])
    size = document.image.size
    annotation_frame(record.picture, size)  # raises where none of its regions can fit
    for number, entry in enumerate(document.regions()):
        if isinstance(entry, str):
            yield Refused(f"@{number}", Reason.INVALID_RECORD, f"annotation {number}: {entry}")
            continue
        facts = Facts(
            id=str(entry.id),
            segmentation=entry.segmentation,
            box=entry.bbox,
            iou=entry.predicted_iou,
            stability=entry.stability_score,
        )
        yield Listed(facts, _drawer(record, facts, size))


def _drawer(record: OpenRecord, facts: Facts, declared: Size | None) -> Callable[[], Mask]:
    def draw() -> Mask:
        if not facts.mask:
            return on_upright(record, lambda size: segmentation_mask(facts.segmentation, size), declared)
        if facts.mask not in record.data:
            raise Refusal(Reason.MASK_UNREADABLE, f"the record has no file of role {facts.mask!r}")
        return mask_of_file(record.data[facts.mask], record)

    return draw


def _the_outlined(record: OpenRecord) -> Listed | Refused:
    """The one thing of an outlined record; several are no region that something else could take the place of."""
    annotation = record.record.annotation
    try:
        name, count = annotation["phrase_structure"]["name"], instance_count(annotation)
        phrase = noun_phrase(annotation["phrase"], name=name, instances=count)
    except Refusal as refusal:
        return Refused("", refusal.reason, refusal.detail)
    if phrase.several or count != 1:
        return Refused("", Reason.AMBIGUOUS, f"{annotation['phrase']!r} is several things")
    return Listed(Facts("", phrase.kind), lambda: outline_of(record))
