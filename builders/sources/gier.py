"""GIER (Shi et al., ECCV 2020): edits that people asked for on request sites, with the words of several annotators.

``GIER.json`` (a list; it holds literal NaN) and ``images/<file>``. Many results were scaled or cut: where picture and result
differ in size they are aligned by registration, unless the words ask for just that (crop, rotate, flip): those are rejected.
InstructDiffusion's ``GIER_new.json`` (``{input, output, prompts}``, files in ``warped/`` or ``images/``) tells no operators: of its
pairs those of one size are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

from ieiw.builders.formats.json_stream import read_json
from ieiw.builders.instructions.published import tidy
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._rooted import RootedSource, first_places
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_FILES = ("GIER.json", "GIER_new.json")
_FRAMING = frozenset({"crop", "rotate", "flip", "deform_obj", "resize", "zoom"})
"""Operators that change the frame: aligning the pair would undo what the words ask for."""
_LICENCE = "GIER (research use; pictures from Reddit and Zhopped)"


class GierOptions(Options):
    """Options of the source.

    ``words``: summaries by the experts (``expert``), or also those of the crowd (``all``): more words for a pair, but among them
    the requests as they were posted, and opposites (one asks to darken what another has brightened).
    """

    words: Literal["expert", "all"] = "expert"


class Gier(RootedSource):
    """Source of GIER's pairs. ``split`` only names the records: the release has one list."""

    options_model = GierOptions
    _options: GierOptions
    gives = Kind.EDITED

    def inputs(self) -> Sequence[str]:
        """The one list."""
        self._root.require(self._file, "list of pairs", "Give the folder that holds GIER.json and images in `root`.")
        return [self._file]

    def group_count(self) -> int:
        """Source pictures; one picture may have several results."""
        return len(self._groups)

    def group(self, index: int) -> Iterator[Record]:
        """The results of one source picture."""
        return (self._record(number) for number in self._groups[index])

    @cached_property
    def _entries(self) -> list[Any]:
        path = self.inputs()[0]
        return list(read_json(self._root, path, list))

    @cached_property
    def _groups(self) -> list[list[int]]:
        groups: dict[str, list[int]] = {}
        for number, entry in enumerate(self._entries):
            groups.setdefault(_group(entry), []).append(number)
        return list(groups.values())

    @cached_property
    def _first(self) -> dict[str, int]:
        return first_places([_id(entry) for entry in self._entries])

    def _record(self, number: int) -> Record:
        entry, place = self._entries[number], f"{self._file} element {number}"
        record_id = _id(entry)
        if not record_id:
            fault = Fault(Reason.INVALID_RECORD, f"{place}: `input` and `output` must be file names")
            return self._faulty(f"@{number}", "@", fault)
        if self._first[record_id] != number:
            fault = Fault(Reason.DUPLICATE_RECORD, f"{place}: {record_id} was named before")
            return self._faulty(f"{record_id}#{number}", _group(entry), fault)
        keys = ["expert_summary", "amateur_summary"][: 1 if self._options.words == "expert" else 2]
        values = [entry.get(key) for key in (["prompts"] if "prompts" in entry else keys)]
        words = tidy([text for value in values for text in (value if isinstance(value, list) else [value])])
        if not words:
            return self._faulty(record_id, _group(entry), Fault(Reason.EMPTY_PHRASE, f"{place}: no usable summary"))
        operators = entry.get("operator")
        named = sorted(map(str, operators)) if isinstance(operators, dict) else []
        return Record(
            id=record_id,
            group=_group(entry),
            files={"picture": self._picture(entry["input"]), "target": self._picture(entry["output"])},
            annotation={
                "instructions": list(words),
                "register": "prompts" not in entry and not _FRAMING.intersection(named),
                "published": {"operators": named},
            },
            split=self._split,
            licence=_LICENCE,
        )

    @cached_property
    def _file(self) -> str:
        return next((file for file in _FILES if self._root.exists(file)), _FILES[0])

    @cached_property
    def _warped(self) -> frozenset[str]:
        """Pictures that the authors of the second list aligned, which lie in a folder of their own."""
        return frozenset(self._root.names("warped") if self._file == _FILES[1] else ())

    def _picture(self, name: str) -> str:
        return f"{'warped' if name in self._warped else 'images'}/{name}"


def _id(entry: object) -> str:
    """The result's name without its ending tells a pair from all others; empty where the entry names no two files."""
    if not isinstance(entry, dict):
        return ""
    names = entry.get("input"), entry.get("output")
    if not all(isinstance(name, str) and name for name in names):
        return ""
    return f"{names[0]}>{names[1]}"


def _group(entry: object) -> str:
    return str(entry["input"]) if isinstance(entry, dict) and _id(entry) else "@"
