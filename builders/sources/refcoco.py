"""RefCOCO, RefCOCO+, RefCOCOg (Yu et al. 2016; Mao et al. 2016), RefClef and gRefCOCO (Liu et al. 2023), as `refer` ships them.

``<set>/refs(<splitBy>).p`` (a pickle; gRefCOCO: ``grefs(unc).json``) with ``<set>/instances.json``; pictures in
``images/mscoco/images/train2014``, ``images/train2014`` or ``train2014`` (RefClef: ``images/saiapr_tc-12``). A record is a ref:
a thing, or several, or none, with all the expressions that mean it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from ieiw.builders.formats.json_stream import load_json
from ieiw.builders.formats.unpickle import load_pickle
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry
from ieiw.builders.sources._ref_fields import (
    annotation_ids,
    is_of_split,
    is_sound_segmentation,
    number_in,
    sentences_of,
)
from ieiw.builders.sources._ref_things import RefThings
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_MAX_REFS = 2**31
_COCO = ("images/mscoco/images/train2014", "images/train2014", "train2014")


class RefOptions(Options):
    """Options of the sources."""

    split_by: str = ""
    """Who split the set: ``unc``, ``google``, ``umd``, ``berkeley``; by default ``unc``, RefCOCOg's ``umd``."""
    records: Literal["refs", "sentences"] = "refs"
    """A record for each ref, with all its expressions, as for training; or for each expression, as the evaluations count:
    then the task uses it as it was said, whatever speaks against it."""


class RefCoco(RootedSource):
    """Source of a set's refs; see :class:`RefOptions`. Splits: ``train``, ``val``, ``testA``, ``testB``, ``test``."""

    version = 3
    options_model = RefOptions
    _options: RefOptions
    gives = Kind.REFERRED
    folder = "refcoco"
    default_split_by = "unc"
    refs_file = "refs({}).p"
    picture_folders: tuple[str, ...] = _COCO

    def inputs(self) -> Sequence[str]:
        """The refs and the instances."""
        self._root.require("", "root")
        there = [name for name in self._root.names(self.folder) if name.startswith(self.refs_file.partition("(")[0])]
        remedy = (
            f"Give the folder that holds {self.folder}/ in `root`; refs that are there: {', '.join(there) or 'none'}."
        )
        self._root.require(self._refs_path, "refs file", remedy)
        self._root.require(self._instances_path, "annotation file", f"It comes with {self.folder}.zip.")
        self._pictures  # noqa: B018 - raises where the folder is missing
        return [self._refs_path, self._instances_path]

    def group_count(self) -> int:
        """Pictures with at least one ref of the split."""
        return len(self._groups)

    def group(self, index: int) -> Iterator[Record]:
        """The refs of one picture, in the file's order."""
        for number in self._groups[index]:
            yield from self._records(number)

    @property
    def _refs_path(self) -> str:
        return f"{self.folder}/{self.refs_file.format(self._options.split_by or self.default_split_by)}"

    @property
    def _instances_path(self) -> str:
        return f"{self.folder}/instances.json"

    @cached_property
    def _pictures(self) -> str:
        return self._find(self.picture_folders, "picture folder", "Put it there.")

    @cached_property
    def _refs(self) -> list[Any]:
        """All refs of all splits, as the file holds them.

        Raises:
            UsageError: damaged, unsafe, or no list.
        """
        self.inputs()
        place, data = self._root.full_name(self._refs_path), self._root.read(self._refs_path, _MAX_REFS)
        refs = load_json(data, place, list) if self._refs_path.endswith(".json") else load_pickle(data, place, list)
        return list(refs)

    @cached_property
    def _groups(self) -> list[list[int]]:
        """Numbers of the split's refs, picture by picture; what is no ref at all belongs to every split.

        Raises:
            UsageError: the split has none.
        """
        found: dict[int, list[int]] = {}
        for number, ref in enumerate(self._refs):
            split = ref.get("split") if isinstance(ref, dict) else self._split
            if not isinstance(split, str) or is_of_split(split, self._split):
                found.setdefault(number_in(ref, "image_id"), []).append(number)
        if not found:
            splits = sorted({str(ref.get("split")) for ref in self._refs if isinstance(ref, dict)})
            raise UsageError(
                f"{self._root.full_name(self._refs_path)}: no ref of split {self._split!r}. "
                f"Splits that are there: {', '.join(splits) or 'none'}. Change `split`."
            )
        return list(found.values())

    @cached_property
    def _coco(self) -> CocoFile[ImageEntry, CategoryEntry]:
        return CocoFile(self._root, self._instances_path, ImageEntry, CategoryEntry)

    @cached_property
    def _things(self) -> RefThings:
        return RefThings(self._coco)

    @cached_property
    def _twice(self) -> set[int]:
        """Numbers of refs whose ``ref_id`` an earlier one has."""
        seen, repeated = set[int](), set[int]()
        for number, ref in enumerate(self._refs):
            ref_id = number_in(ref, "ref_id")
            if ref_id in seen:
                repeated.add(number)
            elif ref_id >= 0:
                seen.add(ref_id)
        return repeated

    def _records(self, number: int) -> Iterator[Record]:
        """One record for a ref, or one for each of its expressions."""
        ref, place = self._refs[number], f"{self._refs_path} element {number}"
        group = str(number_in(ref, "image_id"))
        ref_id = number_in(ref, "ref_id")
        record_id = f"{ref_id}" if ref_id >= 0 else f"@{number}"
        if number in self._twice:
            fault = Fault(Reason.DUPLICATE_RECORD, f"{place}: ref_id {record_id} was used before")
            yield self._faulty(f"{record_id}#{number}", group, fault)
            return
        made = self._check(ref, place)
        if isinstance(made, Fault):
            yield self._faulty(record_id, group, made)
            return
        image, targets, sentences = made
        held = {"targets": targets, **self._things.split(image.id, annotation_ids(ref))}
        if self._options.records == "refs":
            yield self._record(record_id, group, image, held | {"expressions": [text for _, text in sentences]})
            return
        for turn, (sentence_id, text) in enumerate(sentences):
            said = held | {"expressions": [text], "as_said": True}
            yield self._record(f"{record_id}/{sentence_id}.{turn}", group, image, said)

    def _record(self, record_id: str, group: str, image: ImageEntry, annotation: Mapping[str, Any]) -> Record:
        return Record(
            id=record_id,
            group=group,
            files={"picture": f"{self._pictures}/{image.file_name}"},
            annotation=annotation,
            split=self._split,
            size=(image.width, image.height),
            licence=image.licence if self.picture_folders is _COCO else "",
        )

    def _check(self, ref: Any, place: str) -> tuple[ImageEntry, list[Any], list[tuple[str, str]]] | Fault:
        """Picture, regions and expressions (id, text) of a ref; or what is wrong with it."""
        if not isinstance(ref, dict):
            return Fault(Reason.INVALID_RECORD, f"{place}: no ref, but {type(ref).__name__}")
        number = number_in(ref, "image_id")
        if number not in self._coco.images:
            lack = self._coco.images.lack("image_id", number) if number >= 0 else "image_id is no number"
            return Fault(Reason.UNKNOWN_PICTURE, f"{place}: {lack}")
        sentences = sentences_of(ref.get("sentences"))
        if sentences is None:
            return Fault(Reason.INVALID_RECORD, f"{place}: sentences is no list of objects with `sent`")
        if not sentences:
            return Fault(Reason.EMPTY_PHRASE, f"{place}: no sentence with a word in it")
        targets = self._targets(ref, number, place)
        return targets if isinstance(targets, Fault) else (self._coco.images[number], targets, sentences)

    def _targets(self, ref: dict[str, Any], image: int, place: str) -> list[Any] | Fault:
        """The segmentations of a ref; none where it says so by -1, as gRefCOCO does."""
        ids = annotation_ids(ref)
        if not all(type(number) is int for number in ids) or ref.get("ann_id") == []:
            return Fault(Reason.INVALID_RECORD, f"{place}: ann_id is no number and no list of numbers")
        found = []
        for number in ids:
            try:
                entry = self._things.get(number)
            except ValueError as error:
                return Fault(Reason.INVALID_RECORD, f"{self._instances_path}: annotation {number}: {error}")
            if not isinstance(entry, dict) or entry.get("image_id") != image:
                detail = f"{place}: ann_id {number} is no annotation of picture {image} in {self._instances_path}"
                return Fault(Reason.INVALID_RECORD, detail)
            if not is_sound_segmentation(entry.get("segmentation")):
                return Fault(
                    Reason.INVALID_RECORD, f"{self._instances_path}: annotation {number}: no sound segmentation"
                )
            found.append(entry["segmentation"])
        return found


class RefCocoPlus(RefCoco):
    """RefCOCO+: no words of place."""

    folder = "refcoco+"


class RefCocoG(RefCoco):
    """RefCOCOg: longer expressions; ``umd`` is the split to use, since ``google`` shares pictures between its sides."""

    folder = "refcocog"
    default_split_by = "umd"


class GRefCoco(RefCoco):
    """gRefCOCO: expressions of one target, of several, and of none."""

    folder = "grefcoco"
    refs_file = "grefs({}).json"
