"""MagicBrush's sessions, whatever form they come in; and the two forms with a list: the archives', and InstructDiffusion's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import msgspec

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import read_json
from ieiw.triplets.records import Fault
from ieiw.triplets.rejects import Reason

_NUMBER = re.compile(r"(\d+)[-_.]")
_KEYS = ("input", "edited", "instruction")
JUMP = "a turn does not begin with the output of the one before"


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
    """All sessions of a split, by what is planned together."""

    def __len__(self) -> int:
        """Number of groups of sessions."""
        ...

    def group(self, index: int) -> Iterable[Session]:
        """The sessions of a group; any order of calls works."""
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
        document = read_json(root, file, dict)
        self._sessions: list[tuple[str, Any]] = list(document.items())

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self._sessions)

    def group(self, index: int) -> Iterable[Session]:
        """One of them."""
        return [self._session(index)]

    def _session(self, index: int) -> Session:
        image, value = self._sessions[index]
        place = f"{self._file} {image}"
        try:
            entries = msgspec.convert(value, list[_Entry])
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


class ListedSessions:
    """InstructDiffusion's ``magic_train.json``: a list of ``{input, edited, instruction}``, files below the root; no masks.

    Turns belong together where one begins with the result of another, or where their files carry the same number.

    Args:
        root: of the data set.
        file: the list, below the root.
    """

    def __init__(self, root: Root, file: str) -> None:
        self._file = file
        self._entries = list(read_json(root, file, list))
        image_of: dict[str, str] = {}
        groups: dict[str, list[int]] = {}
        for number, entry in enumerate(self._entries):
            image = f"@{number}"
            if isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in _KEYS) and entry["input"]:
                # COCO's number, else the path, marked as no fault's.
                found = _NUMBER.match(entry["input"].rpartition("/")[2])
                image = image_of.get(entry["input"]) or (found[1] if found else f"./{entry['input']}")
                image_of.setdefault(entry["edited"], image)
            groups.setdefault(image, []).append(number)
        self._groups = list(groups.items())

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self._groups)

    def group(self, index: int) -> Iterable[Session]:
        """One of them."""
        return [self._session(index)]

    def _session(self, index: int) -> Session:
        image, numbers = self._groups[index]
        place = f"{self._file} element {numbers[0]}"
        if image.startswith("@"):
            detail = f"{place}: `input`, `edited` and `instruction` must be text"
            return Session(image, place, fault=Fault(Reason.INVALID_RECORD, detail))
        entries = [self._entries[number] for number in numbers]
        turns = [
            Turn(f"{n}", n, entry["instruction"], entry["input"], entry["edited"]) for n, entry in enumerate(entries, 1)
        ]
        return Session(image, place, turns, broken=_jump(turns))


def _jump(turns: Sequence[Turn]) -> str:
    return JUMP if any(before.target != after.picture for before, after in pairwise(turns)) else ""
