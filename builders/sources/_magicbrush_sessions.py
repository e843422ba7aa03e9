"""The three forms in which MagicBrush circulates, read as sessions: folders, Parquet rows, and InstructDiffusion's list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from builders.sources._parquet_rows import ParquetRows
from triplets.documents import load_json
from triplets.reasons import Reason
from triplets.records import Fault
from triplets.roots import Root

_MAX_DOCUMENT = 2**30
_NUMBER = re.compile(r"(\d+)[-_.]")
_JUMP = "a turn does not begin with the output of the one before"
_PICTURES = ("source_img", "mask_img", "target_img")


@dataclass(frozen=True, slots=True)
class Turn:
    """One edit.

    Attributes:
        name: within the session; its number, from 1, where it has no fault.
        number: as the data set counts, from 1.
        instruction: as published.
        picture: reference of the picture before.
        target: of the one after.
        mask: of the picture with the edited region rubbed out; empty where there is none.
        fault: why it is no edit.
    """

    name: str
    number: int
    instruction: str = ""
    picture: str = ""
    target: str = ""
    mask: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """The edits of one picture, in order.

    Attributes:
        image: COCO's number of the picture.
        place: where it stands, for messages.
        turns: faulty ones included.
        fault: why it is no session; it has no turns then.
        broken: why its turns make no whole; empty where they do.
    """

    image: str
    place: str
    turns: Sequence[Turn] = ()
    fault: Fault | None = None
    broken: str = ""


class Sessions(Protocol):
    """All sessions of a split."""

    def __len__(self) -> int:
        """Number of sessions."""
        ...

    def session(self, index: int) -> Session:
        """One of them; any order of calls works."""
        ...


class _Entry(msgspec.Struct):
    input: str
    output: str
    instruction: str
    mask: str = ""


class FolderSessions:
    """``edit_sessions.json`` beside ``images/<image>/<file>``, as the archives hold them.

    Args:
        root: of the data set.
        file: the list, below the root.
    """

    def __init__(self, root: Root, file: str) -> None:
        self._file = file
        self._folder = file.rpartition("/")[0]
        document = load_json(root.read(file, _MAX_DOCUMENT), f"{root.location}/{file}", dict)
        self._sessions: list[tuple[str, Any]] = list(document.items())

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self._sessions)

    def session(self, index: int) -> Session:
        """One of them."""
        image, held = self._sessions[index]
        place = f"{self._file} {image}"
        try:
            entries = msgspec.convert(held, list[_Entry])
        except msgspec.ValidationError as error:
            return Session(image, place, fault=Fault(Reason.INVALID_RECORD, f"{place}: {error}"))
        if not entries:
            return Session(image, place, fault=Fault(Reason.INVALID_RECORD, f"{place}: no turns"))
        start = f"{self._folder}/images/{image}/".removeprefix("/")
        turns = [
            Turn(
                f"{n}",
                n,
                entry.instruction,
                start + entry.input,
                start + entry.output,
                entry.mask and start + entry.mask,
            )
            for n, entry in enumerate(entries, 1)
        ]
        return Session(image, place, turns, broken=_jump(turns))


class RowSessions:
    """``osunlp/MagicBrush``: a row for each turn, with ``img_id``, ``turn_index`` (from 1), ``instruction`` and three pictures.

    Args:
        rows: of the split.
    """

    def __init__(self, rows: ParquetRows) -> None:
        self._rows = rows
        columns = {"img_id": pa.string(), "turn_index": pa.int64(), "instruction": pa.string()}
        self._table = rows.table(columns, _PICTURES)
        groups: dict[str | None, list[int]] = {}
        for row, image in enumerate(self._table["img_id"].to_pylist()):
            groups.setdefault(image or None, []).append(row)
        self._groups = list(groups.items())

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self._groups)

    def session(self, index: int) -> Session:
        """One of them."""
        image, rows = self._groups[index]
        if image is None:
            what = "rows without `img_id`" if len(rows) > 1 else "a row without `img_id`"
            place = self._rows.place(rows[0])
            return Session(f"@{place}", place, fault=Fault(Reason.INVALID_RECORD, f"{place}: {what}"))
        place = f"{self._rows.place(rows[0])} {image}"
        numbers = self._table["turn_index"].take(rows).to_pylist()
        found: dict[int, Turn] = {}
        faulty: list[Turn] = []
        for row, number in sorted(zip(rows, numbers, strict=True), key=lambda pair: (pair[1] or 0, pair[0])):
            turn = self._turn(row, number, again=number in found)
            if turn.fault is None:
                found[turn.number] = turn
            else:
                faulty.append(turn)
        broken = self._broken(list(found.values()), rows)
        return Session(image, place, [*found.values(), *faulty], broken=broken)

    def _turn(self, row: int, number: int | None, *, again: bool) -> Turn:
        place = self._rows.place(row)
        if number is None or number < 1:
            return Turn(f"@{place}", 0, fault=Fault(Reason.INVALID_RECORD, f"{place}: `turn_index` is {number}"))
        if again:
            detail = f"{place}: turn {number} was there before"
            return Turn(f"{number}#{place}", number, fault=Fault(Reason.DUPLICATE_RECORD, detail))
        source, mask, target = (self._rows.reference(row, column) for column in _PICTURES)
        return Turn(f"{number}", number, self._table["instruction"][row].as_py() or "", source, target, mask)

    def _broken(self, turns: Sequence[Turn], rows: Sequence[int]) -> str:
        """Turns are followed by their numbers; and by the pictures' names, where these name one picture of the session twice."""
        numbers = [turn.number for turn in turns]
        if numbers != list(range(1, len(numbers) + 1)):
            return f"it has the turns {numbers} only"
        row_of = dict(zip(self._table["turn_index"].take(rows).to_pylist(), rows, strict=True))
        named = [
            [self._table[f"{column}.path"][row_of[n]].as_py() for column in ("source_img", "target_img")]
            for n in numbers
        ]
        known = {name for pair in named for name in pair if name}
        for (_, before), (after, _) in pairwise(named):
            if after in known and before in known and before != after:
                return _JUMP
        return ""


class ListedSessions:
    """InstructDiffusion's ``magic_train.json``: a list of ``{input, edited, instruction}``, files below the root; no masks.

    Turns belong together where one begins with the result of another, or where their files carry the same number.

    Args:
        root: of the data set.
        file: the list, below the root.
    """

    def __init__(self, root: Root, file: str) -> None:
        self._file = file
        self._entries = list(load_json(root.read(file, _MAX_DOCUMENT), f"{root.location}/{file}", list))
        image_of: dict[str, str] = {}
        groups: dict[str, list[int]] = {}
        for number, entry in enumerate(self._entries):
            image = f"@{number}"
            if _is_listed(entry):
                image = image_of.get(entry["input"]) or _image(entry["input"])
                image_of.setdefault(entry["edited"], image)
            groups.setdefault(image, []).append(number)
        self._groups = list(groups.items())

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self._groups)

    def session(self, index: int) -> Session:
        """One of them."""
        image, numbers = self._groups[index]
        place = f"{self._file} element {numbers[0]}"
        if image.startswith("@"):
            detail = f"{place}: `input`, `edited` and `instruction` must be text"
            return Session(image, place, fault=Fault(Reason.INVALID_RECORD, detail))
        entries = [self._entries[number] for number in numbers]
        turns = [
            Turn(f"{n}", n, each["instruction"], each["input"], each["edited"]) for n, each in enumerate(entries, 1)
        ]
        return Session(image, place, turns, broken=_jump(turns))


def _jump(turns: Sequence[Turn]) -> str:
    return _JUMP if any(before.target != after.picture for before, after in pairwise(turns)) else ""


def _is_listed(entry: object) -> bool:
    keys = ("input", "edited", "instruction")
    return isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in keys) and bool(entry["input"])


def _image(path: str) -> str:
    """COCO's number where the file's name begins with it, else its path, marked so that it is no fault's."""
    found = _NUMBER.match(path.rpartition("/")[2])
    return found[1] if found else f"./{path}"
