"""Open Images (V5 to V7; Kuznetsova et al., IJCV 2020): pictures with boxes of 600 classes and masks of 350 of them.

In the root or in ``annotations/``: ``<split>-annotations-object-segmentation.csv``, ``<split>-annotations-bbox.csv`` (of train
``oidv6-train-annotations-bbox.csv``) and ``class-descriptions-boxable.csv`` (V7: ``oidv7-…``). Pictures in ``<split>/``,
``<split>/data/`` or ``images/<split>/``; masks in ``<split>-masks/``, ``masks/<split>/``, or packed in ``<split>-masks-0.zip`` to
``-f.zip``.

A record is a picture with its masks, or (``{records: objects}``) a mask whose class alone tells what is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from ieiw.builders.formats.zips import ZipFiles
from ieiw.builders.options import Options
from ieiw.builders.outlines import MASK
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._csv_groups import CsvGroups, Row
from ieiw.builders.sources._openimages_objects import Boxes, check_object, class_names
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal

_MASKS = ("ImageID", "MaskPath", "LabelName", "BoxID", "BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax", "PredictedIoU")
_BOXES = ("ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside")
_LICENCE = "annotations CC BY 4.0, pictures CC BY 2.0 (Flickr)"
_IN_MASKS = "@masks/"
"""How references to masks begin, wherever those lie."""


class OpenImagesOptions(Options):
    """Options of the source. ``records``: a picture with all of its regions, or each object that its class alone tells apart."""

    records: Literal["regions", "objects"] = "regions"


class OpenImages(RootedSource):
    """Source of Open Images' masks. Splits: ``train``, ``validation``, ``test``. See :class:`OpenImagesOptions`."""

    options_model = OpenImagesOptions
    _options: OpenImagesOptions
    choices: ClassVar[Mapping[Kind, str]] = {Kind.REGIONED: "{records: regions}", Kind.OUTLINED: "{records: objects}"}

    @property
    def gives(self) -> Kind:
        """Pictures with their regions, or outlined objects."""
        return Kind.OUTLINED if self._options.records == "objects" else Kind.REGIONED

    def inputs(self) -> Sequence[str]:
        """Masks, boxes and class names."""
        split, advice = self._split, "Change `split`, or give the folder that holds it in `root`."
        return [
            self._find(_beside(f"{split}-annotations-object-segmentation.csv"), "list of masks", advice),
            self._find(
                _beside(f"oidv6-{split}-annotations-bbox.csv", f"{split}-annotations-bbox.csv"), "list of boxes", advice
            ),
            self._find(
                _beside(
                    "class-descriptions-boxable.csv",
                    "oidv7-class-descriptions-boxable.csv",
                    "oidv7-class-descriptions.csv",
                    "oidv6-class-descriptions.csv",
                ),
                "list of class names",
                "Download it from the data set's page.",
            ),
        ]

    def group_count(self) -> int:
        """Pictures with a mask; rows of the list of masks that are damaged come after them."""
        return len(self._masks) + len(self._masks.damaged)

    def group(self, index: int) -> Iterator[Record]:
        """The one record of a picture, or its objects."""
        if index >= len(self._masks):
            line, text = self._masks.damaged[index - len(self._masks)]
            why = Refusal(Reason.INVALID_RECORD, f"{self._masks.file} row {line}: another number of fields: {text!r}")
            yield self._faulty(f"@{line}", f"@{line}", why)
            return
        masks = self._masks.group(index)
        picture = masks[0]["ImageID"]
        boxes = Boxes(self._boxes.find(picture), self._names)
        yield from (
            self._objects(picture, masks, boxes)
            if self._options.records == "objects"
            else [self._regions(picture, masks, boxes)]
        )

    def read(self, reference: str) -> bytes:
        """The bytes of a picture or a mask. Among the regions of a picture, a mask that is missing is empty: its region is then
        refused, and not the picture.
        """
        if not reference.startswith(_IN_MASKS):
            return self._root.read(reference)
        try:
            return self._mask(reference.removeprefix(_IN_MASKS))
        except Refusal:
            if self._options.records == "objects":
                raise
            return b""

    def _regions(self, picture: str, masks: Sequence[Row], boxes: Boxes) -> Record:
        if not picture:
            return self._faulty("@", "@", Refusal(Reason.INVALID_RECORD, f"{len(masks)} masks without an ImageID"))
        files, regions = {"picture": f"{self._folder}/{picture}.jpg"}, []
        for number, mask in enumerate(masks):
            role = f"{MASK}-{number}"
            files[role] = f"{_IN_MASKS}{mask['MaskPath']}"
            told: dict[str, Any] = {"id": mask["BoxID"], "label": self._names.get(mask["LabelName"], ""), "mask": role}
            if mask["PredictedIoU"]:  # empty where nobody predicted it
                told["iou"] = _number(mask["PredictedIoU"])
            regions.append(told | boxes.facts(mask))
        annotation = {"regions": regions, "boxes": boxes.listed()}
        return Record(picture, picture, files, annotation, self._split, licence=_LICENCE)

    def _objects(self, picture: str, masks: Sequence[Row], boxes: Boxes) -> Iterator[Record]:
        seen = set[str]()
        for number, mask in enumerate(masks):
            name = mask["MaskPath"].removesuffix(".png")
            if not name or name in seen:
                why = f"mask {number + 1} of picture {picture} has " + (
                    f"the name {name} of another" if name else "no name"
                )
                reason = Reason.DUPLICATE_RECORD if name else Reason.INVALID_RECORD
                yield self._faulty(f"{name or picture}#{number + 1}", picture, Refusal(reason, why))
                continue
            seen.add(name)
            try:
                label, side = check_object(mask, masks, boxes, self._names)
            except Refusal as refusal:
                yield self._faulty(name, picture, refusal)
                continue
            annotation = {"phrase": f"{label} {side}".strip(), "phrase_structure": {"name": label}}
            files = {"picture": f"{self._folder}/{picture}.jpg", MASK: f"{_IN_MASKS}{mask['MaskPath']}"}
            told = annotation | ({"side": side} if side else {})
            yield Record(name, picture, files, told, self._split, licence=_LICENCE)

    def _mask(self, name: str) -> bytes:
        """A mask, from the folder or the zip file that holds it."""
        if self._mask_folder:
            return self._root.read(f"{self._mask_folder}/{name}")
        place = next((zipped for zipped in self._zip_places(name) if self._root.exists(zipped)), "")
        if not place:
            raise Refusal(Reason.PICTURE_MISSING, f"no {' or '.join(self._zip_places(name))}")
        if place not in self._zips:
            self._zips[place] = ZipFiles(self._root.open(place), self._root.full_name(place))
        return self._zips[place].read(name)

    def _zip_places(self, name: str) -> list[str]:
        """Masks are packed by the first character of their names."""
        file = f"{self._split}-masks-{name[:1]}.zip"
        return [file, f"masks/{file}", f"{self._split}-masks/{file}"]

    @cached_property
    def _zips(self) -> dict[str, ZipFiles]:
        return {}

    @cached_property
    def _mask_folder(self) -> str:
        """The folder of the masks; empty where they are packed."""
        folders = (f"{self._split}-masks", f"masks/{self._split}")
        held = (folder for folder in folders if any(name.endswith(".png") for name in self._root.names(folder)))
        if (found := next(held, None)) is not None:
            return found
        if not any(name.startswith(f"{self._split}-masks-") for name in self._root.names() + self._root.names("masks")):
            raise UsageError(
                f"root {self._root.location}: no masks in {' or '.join(folders)}, and no {self._split}-masks-0.zip. "
                "Download them from the data set's page."
            )
        return ""

    @cached_property
    def _folder(self) -> str:
        split, advice = self._split, "Give the folder that holds it in `root`."
        return self._find([f"images/{split}", f"{split}/data", split], "folder of pictures", advice)

    @cached_property
    def _masks(self) -> CsvGroups:
        return CsvGroups(self._root, self.inputs()[0], _MASKS)

    @cached_property
    def _boxes(self) -> CsvGroups:
        return CsvGroups(self._root, self.inputs()[1], _BOXES)

    @cached_property
    def _names(self) -> dict[str, str]:
        file = self.inputs()[2]
        return class_names(self._text(file), self._root.full_name(file))


def _beside(*names: str) -> list[str]:
    return [f"{folder}{name}" for name in names for folder in ("", "annotations/")]


def _number(text: str) -> float | str:
    """A number; as it stands where it is none, so that whoever reads the region says so."""
    try:
        return float(text)
    except ValueError:
        return text
