"""COCO-Stuff (Caesar et al., CVPR 2018): 80 things and 91 kinds of stuff, as pixel maps or as the stuff challenge's json.

Pixel maps: ``images/<split>/*.jpg`` or ``<split>/*.jpg``; ``annotations/<split>/*.png`` or ``stuffthingmaps/<split>/*.png``
(COCO id - 1, 255 void); ``labels.txt`` (``id: name``); ``images`` and ``annotations`` may lie in ``dataset``, as the repository
unpacks them. Json: ``annotations/stuff_<split>.json``, stuff alone; its class 183 ("other", the things) is void.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import msgspec

from ieiw.builders.formats.coco_masks import Segmentation
from ieiw.builders.options import Options
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry, decoder
from ieiw.builders.sources._label_maps import CLASS_LIST, LabelMaps, numbered_names
from ieiw.builders.vocabulary import CLASSES
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal

_NEVER = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91})
"""COCO ids that no picture is annotated with; nothing is known of where they are."""
_THINGS = 183
_STUFF = (92, 183)
"""COCO ids from..to of stuff, which was outlined by superpixels; a pixel map's numbers are one less."""
_GET_LABELS = "Get it from github.com/nightrome/cocostuff."


class CocoStuffOptions(Options):
    """Options of the source."""

    form: Literal["auto", "pixelmaps", "json"] = "auto"
    """Which annotation to read; ``auto`` takes the pixel maps where there are any."""


class _Annotation(msgspec.Struct):
    image_id: int
    category_id: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    segmentation: Segmentation


_ANNOTATION = decoder(_Annotation)


class CocoStuff(LabelMaps):
    """Source of COCO-Stuff's pictures, a record each; see :class:`CocoStuffOptions`."""

    version = 3
    rough: ClassVar[Mapping[str, Sequence[int]]] = {"rough": [number - 1 for number in _STUFF]}
    options_model = CocoStuffOptions
    _options: CocoStuffOptions

    def inputs(self) -> Sequence[str]:
        """``labels.txt``, or the json."""
        self._pictures  # noqa: B018 - raises where the folder is missing
        if self._json:
            return [self._json]
        return [self._find(["labels.txt", "annotations/labels.txt"], "class list labels.txt", _GET_LABELS)]

    def group_count(self) -> int:
        """Pictures of the split."""
        if not self._json:
            return super().group_count()
        self._classes  # noqa: B018 - raises where the file names none
        return len(self._coco.annotations)

    def group(self, index: int) -> Iterator[Record]:
        """The one record of a picture."""
        if not self._json:
            yield from super().group(index)
            return
        elements = list(self._coco.annotations.group(index))
        number, images, segments = elements[0].picture, self._coco.images, []
        try:
            for element in elements:  # one that is unsound spoils the record, since its class would seem absent
                entry = element.decode(_ANNOTATION)
                if entry.image_id not in images:
                    detail = f"{element.place}: {images.lack('image_id', entry.image_id)}"
                    raise Refusal(Reason.UNKNOWN_PICTURE, detail)
                segments.append([entry.category_id, entry.segmentation])
        except Refusal as refusal:
            yield self._faulty(str(number), str(number), refusal)
            return
        image = images[number]
        yield Record(
            id=str(number),
            group=str(number),
            files={"picture": f"{self._pictures}/{image.file_name}", CLASSES: CLASS_LIST},
            annotation={"segments": segments, "rough": list(_STUFF)},
            split=self._split,
            size=image.size,
            licence=image.licence,
        )

    @cached_property
    def _pictures(self) -> str:
        folders = [f"images/{self._split}", self._split, f"dataset/images/{self._split}"]
        return self._find(folders, "picture folder", "Change `split`, or give COCO's folder in `root`.")

    @cached_property
    def _maps(self) -> str:
        """Folder of the pixel maps; empty where there is none."""
        root, split = self._root, self._split
        folders = ("annotations", "stuffthingmaps", "stuffthingmaps_trainval2017", "dataset/annotations")
        return next((f"{folder}/{split}" for folder in folders if root.exists(f"{folder}/{split}")), "")

    @cached_property
    def _json(self) -> str:
        """The json to be read; empty where pixel maps are."""
        if self._options.form == "pixelmaps" or (self._options.form == "auto" and self._maps):
            if not self._maps:
                raise UsageError(
                    f"root {self._root.location}: no pixel maps in annotations/{self._split} or stuffthingmaps/{self._split}. "
                    "Unpack stuffthingmaps_trainval2017.zip there, or set options.form: json."
                )
            return ""
        places = [f"annotations/stuff_{self._split}.json", f"stuff_{self._split}.json"]
        maps = (
            "Unpack stuffthingmaps_trainval2017.zip into `stuffthingmaps`, or "
            if self._options.form == "auto"
            else "Unpack "
        )
        return self._find(places, "annotation", f"{maps}stuff_annotations_trainval2017.zip here.")

    def stems(self) -> Sequence[str]:
        """Pictures of the split, without their endings."""
        return self._both_sides(self._pictures, self._maps)

    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem."""
        return f"{self._pictures}/{stem}.jpg", f"{self._maps}/{stem}.png"

    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """Number -> name, and the numbers that say nothing."""
        if self._json:
            categories = self._coco.categories
            if not categories:
                raise UsageError(
                    f"{self._root.full_name(self._json)}: categories: names no class. Is it the stuff json?"
                )
            return {number: kind.name for number, kind in sorted(categories.items()) if number != _THINGS}, (0, _THINGS)
        file = self.inputs()[0]
        ids = numbered_names(self._text(file), self._root.full_name(file))
        return {number - 1: name for number, name in ids.items() if number and number not in _NEVER}, (255,)

    @cached_property
    def _coco(self) -> CocoFile[ImageEntry, CategoryEntry]:
        return CocoFile(self._root, self._json, ImageEntry, CategoryEntry)
