"""SA-1B (Kirillov et al., "Segment Anything", 2023): pictures, each with a json of some hundred outlines that nobody named.

``sa_<number>.jpg`` beside ``sa_<number>.json``: in the root, in folders (``sa_000000/``), or in the tars as they are handed out
(``sa_000000.tar``), which are read where they lie. Their json is read by the unit that needs it, so that a plan stays small.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, groupby
from typing import Any, Literal

import numpy as np

from ieiw.builders.formats.tars import NO_FILE, PLAIN, TWICE, UNSAFE, Index, Tars, index_layout
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_RUN = 64
"""A group holds the pictures of about so many files that follow each other: a tar is then opened once for all of them."""
_LISTED = 8
"""So many folders' names are kept at once."""
_LICENCE = "SA-1B Dataset Research License"
_ENDINGS = (".jpg", ".json")
_FAULTS = {
    NO_FILE: Fault(Reason.PICTURE_UNREADABLE, "a link or a device in its tar, not a plain file"),
    UNSAFE: Fault(Reason.UNSAFE_PATH, "its name in the tar leaves the folder"),
    TWICE: Fault(Reason.DUPLICATE_RECORD, "its tar holds two files of one name"),
}


class Sa1bOptions(Options):
    """Options of the source. ``form``: where the pictures are read, ``tars`` or ``files``; ``any`` takes what there is."""

    form: Literal["any", "tars", "files"] = "any"


class Sa1b(RootedSource):
    """Source of SA-1B's pictures with their regions; see :class:`Sa1bOptions`. It has no splits: ``split`` only names records."""

    options_model = Sa1bOptions
    _options: Sa1bOptions
    gives = Kind.REGIONED

    def inputs(self) -> Sequence[str]:
        """None: the names of the files are all that is planned by.

        Raises:
            UsageError: there is no such file; or tars as well as files, which may be the same pictures twice.
        """
        self._places  # noqa: B018 - looks for them
        return []

    def group_count(self) -> int:
        """Runs of pictures that follow each other in a tar or folder.

        Raises:
            UsageError: also where a tar is damaged.
        """
        return self._ends[-1]

    def group(self, index: int) -> Iterator[Record]:
        """The pictures of one run; one that lacks its json, and a json that lacks its picture, are records with a fault."""
        at = bisect_right(self._ends, index)
        place, number = self._places[at], index - (self._ends[at - 1] if at else 0)
        for stem, members in groupby(self._run(place, number), key=lambda member: member[0].rpartition(".")[0]):
            yield self._record(place, stem, dict(members))

    def read(self, reference: str) -> bytes:
        """The bytes of a picture or a json."""
        tar, mark, member = reference.partition(".tar/")
        return self._tars.read(f"{tar}.tar", member) if mark else self._root.read(reference)

    def _record(self, place: str, stem: str, members: dict[str, int]) -> Record:
        name = stem.rpartition("/")[2]
        picture = next((each for each in members if not each.endswith(".json")), "")
        regions = f"{stem}.json" if f"{stem}.json" in members else ""
        fault = next((_FAULTS[kind] for kind in members.values() if kind in _FAULTS), None)
        if fault is None and not picture:
            fault = Fault(Reason.PICTURE_MISSING, f"{place}/{regions} has no picture beside it".lstrip("/"))
        elif fault is None and not regions:
            fault = Fault(Reason.INVALID_RECORD, f"{place}/{picture} has no json beside it".lstrip("/"))
        if fault is not None:
            return self._faulty(name, name, fault)
        files = {role: f"{place}/{each}".lstrip("/") for role, each in (("picture", picture), ("regions", regions))}
        return Record(name, name, files, {"regions_format": "sa-1b"}, self._split, licence=_LICENCE)

    def _run(self, place: str, number: int) -> Iterator[tuple[str, int]]:
        """Names and kinds of a run's files: those between two bounds, moved so that no picture is parted from its json."""
        index = self._members(place)
        first, end = (_bound(index["name"], at * _RUN) for at in (number, number + 1))
        for entry in index[first:end]:
            name = entry["name"].decode("utf-8", "surrogateescape")
            if name.endswith(_ENDINGS):
                yield name, int(entry["kind"])

    @cached_property
    def _tars(self) -> Tars:
        return Tars(self._root)

    @cached_property
    def _places(self) -> list[str]:
        """Tars, or folders (the root is the empty one) that hold pictures or jsons."""
        self._root.require("", "root")
        names = self._root.names()
        tars = [name for name in names if name.endswith(".tar")]
        folders = [name for name in ["", *names] if "." not in name and len(self._listed(name))]
        form = self._options.form
        if form == "any" and tars and folders:
            raise UsageError(
                f"root {self._root.location}: {tars[0]} as well as loose files, perhaps the same pictures twice. "
                "Say which in the source's `options`: {form: tars} or {form: files}."
            )
        found = folders if form == "files" or (form == "any" and not tars) else tars
        if not found:
            what = {"any": "sa_*.tar or sa_*.json", "tars": "sa_*.tar", "files": "sa_*.json"}[form]
            raise UsageError(f"root {self._root.location}: no {what}. Give the folder that holds them in `root`.")
        return found

    @cached_property
    def _ends(self) -> list[int]:
        """Where the groups of each place end."""
        ends = list(accumulate(-(-len(self._members(place)) // _RUN) for place in self._places))
        if not ends[-1]:
            raise UsageError(f"root {self._root.location}: no picture in {self._places[0]}. Is the download complete?")
        return ends

    def _members(self, place: str) -> Index:
        """The files of a place, sorted by name."""
        return self._tars.index(place) if place.endswith(".tar") else self._listed(place)

    @cached_property
    def _listed(self) -> Callable[[str], Index]:
        """A folder's pictures and jsons, as a tar's members; those of a few folders are kept."""

        def listed(folder: str) -> Index:
            names = [os.fsencode(name) for name in self._root.names(folder) if name.endswith(_ENDINGS)]
            return np.array([(name, 0, 0, PLAIN) for name in sorted(names)], index_layout(names))

        return lru_cache(_LISTED)(listed)


def _bound(names: Any, at: int) -> int:
    """Where the first picture from a place on begins."""
    while 0 < at < len(names) and _stem(names[at]) == _stem(names[at - 1]):
        at += 1
    return min(at, len(names))


def _stem(name: bytes) -> bytes:
    return name.rpartition(b".")[0]
