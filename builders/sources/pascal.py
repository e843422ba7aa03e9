"""Pascal VOC 2012 and Pascal Context (59 or 459 classes), both in the VOC layout.

VOC: ``JPEGImages/*.jpg``, ``SegmentationClass/*.png`` (0 background, 255 border), ``ImageSets/Segmentation/<split>.txt``. Splits
that end in ``aug`` take ``SegmentationClassAug/*.png``: the maps with those of SBD (Hariharan et al., 2011), as they circulate.
Context: the same pictures; ``SegmentationClassContext/*.png`` or ``59_context_labels/*.png`` (0 other), or the official
``trainval/*.mat`` (459 classes, also read as 59); ``ImageSets/SegmentationContext/<split>.txt``; the official class lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from ieiw.builders.options import Options
from ieiw.builders.sources._label_maps import LabelMaps, numbered_names
from ieiw.triplets.errors import UsageError

_VOC = (
    "aeroplane bicycle bird boat bottle bus car cat chair cow dining_table dog horse motorbike person potted_plant sheep sofa "
    "train tv_monitor"
).split()
"""VOC's classes 1 to 20; the devkit has them in its code, not in a file."""
_SPELT_IN_459 = {"diningtable": "table", "bedcloth": "bedclothes", "clothes": "cloth"}
"""Names of the official list of 59 that the official list of 459 spells otherwise, as FCN's reader of them maps them."""
_GET_LISTS = "Get it from the Pascal Context site, cs.stanford.edu/~roozbeh/pascal-context."


class _Pascal(LabelMaps):
    """What both share: the folder of pictures and the list of a split."""

    sets = "Segmentation"

    @property
    def _split_file(self) -> str:
        return f"ImageSets/{self.sets}/{self._split}.txt"

    def _require(self) -> None:
        """Name what is missing, and what was perhaps meant.

        Raises:
            UsageError: no pictures, or no such split.
        """
        root = self._root
        root.require("", "root")
        if not root.exists("JPEGImages"):
            inner = ("VOCdevkit/VOC2012", "VOC2012", "VOCdevkit/VOC2010", "VOC2010")
            meant = next((folder for folder in inner if root.exists(f"{folder}/JPEGImages")), "")
            hint = f"Did you mean root: {root.location}/{meant}?" if meant else "Give VOCdevkit/VOC2012 in `root`."
            raise UsageError(f"root {root.location}: the picture folder JPEGImages is missing. {hint}")
        splits = [name[:-4] for name in root.names(f"ImageSets/{self.sets}") if name.endswith(".txt")]
        remedy = f"Splits that are there: {', '.join(splits) or 'none'}. Change `split`, or unpack the list."
        root.require(self._split_file, "list of pictures", remedy)

    def stems(self) -> Sequence[str]:
        """The first word of each line; lists of ``trainaug`` also circulate with the files' paths."""
        lines = (line.split() for line in self._text(self._split_file).splitlines())
        return [line[0].rpartition("/")[2].removesuffix(".jpg") for line in lines if line]


class PascalVoc(_Pascal):
    """Source of VOC's segmentation pictures. Background is known to be of no class; the white borders are void."""

    def inputs(self) -> Sequence[str]:
        """The list of pictures."""
        self._require()
        whence = "SegmentationClassAug.zip" if self._maps.endswith("Aug") else "VOCtrainval"
        self._root.require(self._maps, "folder of label maps", f"Unpack {whence} in `root`.")
        return [self._split_file]

    @property
    def _maps(self) -> str:
        return "SegmentationClassAug" if self._split.endswith("aug") else "SegmentationClass"

    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem."""
        return f"JPEGImages/{stem}.jpg", f"{self._maps}/{stem}.png"

    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """Number -> name, and the numbers that say nothing."""
        return {number: name.replace("_", " ") for number, name in enumerate(_VOC, 1)}, (255,)


class PascalContextOptions(Options):
    """Options of Pascal Context."""

    classes: Literal[59, 459] = 59
    """The 59 frequent classes, or all; for 459 the official ``.mat`` files are needed."""


class PascalContext(_Pascal):
    """Source of Pascal Context's pictures; what is of no class of the chosen list is void. See :class:`PascalContextOptions`."""

    options_model = PascalContextOptions
    _options: PascalContextOptions
    sets = "SegmentationContext"

    def inputs(self) -> Sequence[str]:
        """The list of pictures and the class lists."""
        self._require()
        self._maps  # noqa: B018 - raises where there are none
        return [self._split_file, *self._lists]

    @property
    def coding(self) -> str:  # type: ignore[override]
        """Of the maps that are there."""
        return "matlab:LabelMap" if self._maps == "trainval" else "index"

    @cached_property
    def _maps(self) -> str:
        folders = (
            ["trainval"]
            if self._options.classes == 459
            else ["SegmentationClassContext", "59_context_labels", "trainval"]
        )
        return self._find(folders, "folder of label maps", _GET_LISTS)

    @cached_property
    def _lists(self) -> tuple[str, ...]:
        """The class list, and for 59 classes out of ``.mat`` files the list of all 459 as well."""
        wanted = []
        if self._options.classes == 59:
            wanted.append(self._find(["59_labels.txt", "classes-59.txt"], "list of the 59 classes", _GET_LISTS))
        if self._maps == "trainval":
            wanted.append(self._find(["labels.txt", "pascal_context_459.txt"], "list of the 459 classes", _GET_LISTS))
        return tuple(wanted)

    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem."""
        ending = "mat" if self._maps == "trainval" else "png"
        return f"JPEGImages/{stem}.jpg", f"{self._maps}/{stem}.{ending}"

    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """Number -> name, and the numbers that say nothing."""
        lists = [numbered_names(self._text(file), self._root.full_name(file)) for file in self._lists]
        names = {number: name for number, name in lists[-1].items() if number}
        if len(lists) == 1:
            return names, (0,)
        numbers = {name: number for number, name in names.items()}
        frequent: dict[int, str] = {}
        for name in lists[0].values():
            number = numbers.get(name) or numbers.get(_SPELT_IN_459.get(name, ""))
            if number is not None:
                frequent[number] = name
            elif name != "background":
                raise UsageError(
                    f"{self._root.full_name(self._lists[0])}: {name!r} is not in {self._lists[1]}. Is it the right file?"
                )
        return frequent, (0, *(names.keys() - frequent.keys()))
