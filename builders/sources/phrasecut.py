"""PhraseCut (Wu et al., CVPR 2020) in its official layout ``VGPhraseCut_v0``.

``image_data_split.json`` (or ``image_data_split3000.json``), ``refer_<split>.json``, ``skip.json``, ``images/<image_id>.jpg``.
Every record is one phrase with the polygons of all its instances, in pixels of the stored picture; ``namesakes`` are the names that
other phrases give to one of the very same outlines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

import msgspec

from ieiw.builders.formats.json_stream import DocumentError, parse, read_json
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import as_whole, decoder
from ieiw.builders.sources._json_index import Element, JsonIndex
from ieiw.builders.sources._rooted import RootedSource
from ieiw.builders.sources._visual_genome import Picture, read_pictures
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal

_PICTURE_LISTS = ("image_data_split.json", "image_data_split3000.json")


class PhraseCut(RootedSource):
    """Source of PhraseCut's phrases. Splits: ``train``, ``val``, ``test``, ``miniv``: the middle of ``refer_<split>.json``."""

    version = 2
    gives = Kind.OUTLINED

    def inputs(self) -> Sequence[str]:
        """The annotation files that decide which records there are."""
        found = [self._picture_list, self._refer]
        return [*found, "skip.json"] if self._root.exists("skip.json") else found

    def group_count(self) -> int:
        """Pictures with at least one phrase."""
        return len(self._elements)

    def group(self, index: int) -> Iterator[Record]:
        """The phrases of one picture, in official order."""
        return _with_namesakes([self._record(element) for element in self._elements.group(index)])

    @property
    def _refer(self) -> str:
        return f"refer_{self._split}.json"

    @cached_property
    def _picture_list(self) -> str:
        self._require_layout()
        return next(name for name in _PICTURE_LISTS if self._root.exists(name))

    def _require_layout(self) -> None:
        """Name what is missing, and what was perhaps meant."""
        root = self._root
        root.require("", "root")
        if not any(root.exists(name) for name in _PICTURE_LISTS):
            inner = next((name for name in root.names() if root.exists(f"{name}/{_PICTURE_LISTS[0]}")), "")
            hint = (
                f"Did you mean root: {root.location}/{inner}?" if inner else "Give the folder VGPhraseCut_v0 in `root`."
            )
            raise UsageError(f"root {root.location}: the picture list {_PICTURE_LISTS[0]} is missing. {hint}")
        if not root.exists(self._refer):
            splits = [name[6:-5] for name in root.names() if name.startswith("refer_") and "refer_input" not in name]
            known = ", ".join(split for split in splits) or "none"
            raise UsageError(
                f"root {root.location}: the annotation file {self._refer} is missing. Splits that are there: {known}. "
                f"Change `split`, or download the file."
            )
        root.require("images", "picture folder")

    def picture_aliases(self, record: Record) -> Sequence[str]:
        """The name of a record's picture in COCO, where the picture list tells it: half of Visual Genome is COCO's."""
        return self._pictures[record.group].aliases if record.group in self._pictures else ()

    @cached_property
    def _pictures(self) -> dict[str, Picture]:
        return read_pictures(self._root, self._picture_list)

    @cached_property
    def _skipped(self) -> dict[str, str]:
        """Task id -> reason, from the publisher's list of phrases not to use."""
        if not self._root.exists("skip.json"):
            return {}
        entries = read_json(self._root, "skip.json", list)
        skipped: dict[str, str] = {}
        for number, entry in enumerate(entries):
            found = {"task_id": entry} if isinstance(entry, str) else entry
            if not isinstance(found, dict) or "task_id" not in found:
                detail = f"element {number} is neither a task id nor an object with one"
                raise DocumentError("wrong_schema", self._root.full_name("skip.json"), detail)
            skipped[str(found["task_id"])] = str(found.get("reason", ""))
        return skipped

    @cached_property
    def _elements(self) -> JsonIndex:
        self._require_layout()
        return JsonIndex(self._root, self._refer, _identify)

    def _record(self, element: Element) -> Record:
        """A record from its bytes; what is wrong with it becomes its fault."""
        try:
            entry = element.decode(_ENTRY)
            place = element.place
            if not entry.task_id:
                raise Refusal(Reason.INVALID_RECORD, f"{place}: task_id is empty")
            if not isinstance(entry.phrase_structure.get("name", ""), str):
                raise Refusal(Reason.INVALID_RECORD, f"{place}: phrase_structure.name is not a string")
            if element.turn:
                raise Refusal(Reason.DUPLICATE_RECORD, f"{place}: task_id {entry.task_id} was used before")
            if str(entry.image_id) not in self._pictures:
                lack = f"image_id {entry.image_id} is not in {self._picture_list}"
                raise Refusal(Reason.UNKNOWN_PICTURE, f"{place}: {lack}")
            if entry.task_id in self._skipped:
                why = self._skipped[entry.task_id] or f"{place}: skip.json names it, without a reason"
                raise Refusal(Reason.SKIPPED_BY_PUBLISHER, why)
            if not entry.phrase.strip():
                raise Refusal(Reason.EMPTY_PHRASE, f"{place}: phrase is empty")
        except Refusal as refusal:
            return self._faulty(element.record_id, str(element.picture), refusal)
        picture = self._pictures[str(entry.image_id)]
        return Record(
            id=element.record_id,
            group=str(entry.image_id),
            files={"picture": f"images/{entry.image_id}.jpg"},
            annotation={
                "phrase": entry.phrase,
                "phrase_structure": {"name": "", **entry.phrase_structure},
                "Polygons": entry.Polygons,
                "ann_ids": entry.ann_ids,
            },
            split=self._split,
            size=picture.size,
            licence=picture.licence,
        )


class _Entry(msgspec.Struct):
    """An element of ``refer_<split>.json``, as far as it is used; msgspec checks the types, and that numbers are finite."""

    task_id: str
    image_id: int
    phrase: str
    phrase_structure: dict[str, Any]
    Polygons: list[list[list[tuple[float, float]]]]  # [instance][polygon][(x, y)]
    ann_ids: Any = ()


_ENTRY = decoder(_Entry)


class _Head(msgspec.Struct):
    """What the index needs of an element; the rest of it is skipped, not built."""

    task_id: str
    image_id: int


_HEAD = decoder(_Head)


def _identify(data: bytes) -> tuple[bytes, int]:
    """Task id and image id of an element; the bytes themselves and -1 where it has no task id, -2 where it has no image id."""
    try:
        head = _HEAD.decode(data)
        return head.task_id.encode("utf-8", "surrogatepass"), head.image_id
    except (ValueError, RecursionError):  # strict JSON does not take it; Python's own parser may
        with suppress(ValueError, RecursionError):
            entry = parse(data)
            task, image = (entry.get("task_id"), entry.get("image_id")) if isinstance(entry, dict) else (None, None)
            if isinstance(task, str) and task:
                number = as_whole(image)
                return task.encode("utf-8", "surrogatepass"), -2 if number is None or number < 0 else number
    return data, -1


def _with_namesakes(records: list[Record]) -> Iterator[Record]:
    """The records of one picture, each with the names that others give to the very outlines that it has."""
    owners: dict[bytes, set[int]] = {}
    outlines = [
        {msgspec.json.encode(outline) for outline in record.annotation.get("Polygons", ())} for record in records
    ]
    for number, mine in enumerate(outlines):
        for outline in mine:
            owners.setdefault(outline, set()).add(number)
    for number, (record, mine) in enumerate(zip(records, outlines, strict=True)):
        others = sorted(set().union(*(owners[outline] for outline in mine)) - {number})
        names = [records[other].annotation["phrase_structure"]["name"] for other in others]
        yield replace(record, annotation={**record.annotation, "namesakes": names}) if names else record
