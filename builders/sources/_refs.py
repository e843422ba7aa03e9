"""The refs of RefCOCO and its relatives: ``refs(….p)`` is a pickle, gRefCOCO's ``grefs(….json)`` is JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ieiw.builders.formats.coco_masks import read_numbers
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import load_json
from ieiw.builders.formats.unpickle import load_pickle
from ieiw.builders.sources._coco import as_whole
from ieiw.triplets.rejects import Reason, Refusal

_MAX_REFS = 2**31


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref, sound or not.

    Attributes:
        value: what the file holds.
        number: its place in the file, from 0.
        place: file and number, for messages.
        is_repeated: whether an earlier one has its ``ref_id``.
    """

    value: Any
    number: int
    place: str
    is_repeated: bool

    @property
    def image(self) -> int:
        """Number of its picture; -1 where it has none."""
        return _number(self.value, "image_id")

    @property
    def record_id(self) -> str:
        """Unique in the file."""
        ref_id = _number(self.value, "ref_id")
        official = f"{ref_id}" if ref_id >= 0 else f"@{self.number}"
        return f"{official}#{self.number}" if self.is_repeated else official

    def is_of(self, split: str) -> bool:
        """Whether it is of a split: RefClef's ``testAC`` is of ``testA``, and all are of ``test``, as in `refer`.

        What is no ref at all is of every split.
        """
        own = self.value.get("split") if isinstance(self.value, dict) else split
        if not isinstance(own, str) or own == split:
            return True
        if split in {"testA", "testB", "testC"}:
            return own.startswith("test") and split[-1] in own
        return split == "test" and own.startswith("test")

    def check(self) -> None:
        """Make sure that it is one, and the first of its id.

        Raises:
            Refusal: ``duplicate_record``, ``invalid_record``.
        """
        if self.is_repeated:
            raise Refusal(Reason.DUPLICATE_RECORD, f"{self.place}: ref_id {self.value['ref_id']} was used before")
        if not isinstance(self.value, dict):
            raise Refusal(Reason.INVALID_RECORD, f"{self.place}: no ref, but {type(self.value).__name__}")

    def sentences(self) -> list[tuple[str, str]]:
        """Id and text of each expression that has a word.

        Raises:
            Refusal: ``invalid_record``, ``empty_phrase``.
        """
        value = self.value.get("sentences")
        if not isinstance(value, list) or not all(
            isinstance(one, dict) and isinstance(one.get("sent"), str) for one in value
        ):
            raise Refusal(Reason.INVALID_RECORD, f"{self.place}: sentences is no list of objects with `sent`")
        texts = [(str(one.get("sent_id", "")), one["sent"]) for one in value if one["sent"].strip()]
        if not texts:
            raise Refusal(Reason.EMPTY_PHRASE, f"{self.place}: no sentence with a word in it")
        return texts

    def annotations(self) -> list[int]:
        """Numbers of the annotations that it means; none where it says -1, as gRefCOCO does.

        Raises:
            Refusal: ``invalid_record``.
        """
        value = self.value.get("ann_id")
        numbers = read_numbers(value if isinstance(value, list) else [value], int)
        if not numbers:
            raise Refusal(Reason.INVALID_RECORD, f"{self.place}: ann_id is no number and no list of numbers")
        return [] if numbers == [-1] else numbers


def read_refs(root: Root, file: str) -> list[Ref]:
    """All refs of all splits, in the file's order.

    Raises:
        UsageError: damaged, unsafe, or no list.
    """
    data, place = root.read(file, _MAX_REFS), root.full_name(file)
    refs, seen = [], set[int]()
    for number, value in enumerate((load_json if file.endswith(".json") else load_pickle)(data, place, list)):
        ref_id = _number(value, "ref_id")
        refs.append(Ref(value, number, f"{file} element {number}", ref_id in seen))
        seen |= {ref_id} - {-1}
    return refs


def _number(value: Any, key: str) -> int:
    """A field that should be a number of 0 or more; -1 where it is not."""
    number = as_whole(value.get(key)) if isinstance(value, dict) else None
    return -1 if number is None or number < 0 else number
