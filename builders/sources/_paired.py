"""Data sets of picture pairs in folders, a damaged picture and a clean one: matched by name, never by order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import ClassVar

from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason, Refusal

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
"""Files that are pictures by their name; whatever else lies in a folder (checksums, a file manager's notes) is none."""

Named = tuple[str, str]
"""A picture's name, by which it is matched, and its path below the root."""


@dataclass(frozen=True, slots=True)
class Folders:
    """One layout in which a data set circulates.

    Attributes:
        damaged: folder of the pictures to mend. ``*`` stands for any one folder (a sequence, a scene).
        clean: folder of the results, in the same form.
        damaged_mark: word that tells the damaged pictures where both lie in one folder; empty elsewhere.
        clean_mark: word that tells the clean ones.
    """

    damaged: str
    clean: str
    damaged_mark: str = ""
    clean_mark: str = ""

    @property
    def sides(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Folder and mark of the damaged pictures, then of the clean ones."""
        return (self.damaged, self.damaged_mark), (self.clean, self.clean_mark)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of one name, or one that has no partner.

    Attributes:
        name: unique in the source.
        damaged: path below the root, or empty.
        clean: path below the root, or empty.
        fault: why the two make no pair.
    """

    name: str
    damaged: str
    clean: str
    fault: Fault | None = None


class PairedFolders(RootedSource):
    """Base of the sources. A subclass says in ``layouts`` where pairs may lie; the first with both sides is read."""

    licence: ClassVar[str] = ""
    title: ClassVar[str]
    advice: ClassVar[str] = ""
    """What else may help where no layout is found: a sentence, and a space."""

    @abstractmethod
    def layouts(self) -> Sequence[Folders]:
        """Where pairs may lie, the official layout first."""

    def inputs(self) -> Sequence[str]:
        """None: the names of the pictures are the annotation. A layout that is not there is an error, though."""
        self._layout  # noqa: B018 - looks for it
        return []

    def group_count(self) -> int:
        """Pairs, and pictures without a partner."""
        return len(self._pairs)

    def group(self, index: int) -> Iterator[Record]:
        """The one record of a pair."""
        yield self.record(self._pairs[index])

    def record(self, pair: Pair) -> Record:
        """A pair as a record: ``picture`` is the damaged one, ``target`` the clean one."""
        files = {} if pair.fault else {"picture": pair.damaged, "target": pair.clean}
        return Record(pair.name, pair.name, files, {}, self._split, licence=self.licence, fault=pair.fault)

    def pairs(self) -> list[Pair]:
        """All pairs of the split, and pictures without a partner."""
        layout = self._layout
        damaged = _marked(self.named(layout.damaged), layout.damaged_mark)
        return pair_up(damaged, _marked(self.named(layout.clean), layout.clean_mark), layout)

    @cached_property
    def _pairs(self) -> list[Pair]:
        return self.pairs()

    @cached_property
    def _layout(self) -> Folders:
        """The first layout of which both sides are there."""
        self._root.require("", "root")
        half = ""
        with suppress(Refusal):  # a split that leaves the root names no layout
            for layout in self.layouts():
                damaged, clean = (self._holds(folder, mark) for folder, mark in layout.sides)
                if damaged and clean:
                    return layout
                if damaged or clean:
                    half = half or f"; {_describe_side(layout.sides[damaged])} is missing"
        expected = " or ".join(" + ".join(map(_describe_side, layout.sides)) for layout in self.layouts())
        raise UsageError(
            f"root {self._root.location}: {self.title} is not there for split {self._split!r}: expected {expected}{half}. "
            f"{self.advice}Change `split`, or give the folder that holds these in `root`."
        )

    def _holds(self, folder: str, mark: str) -> bool:
        """Whether the folder is there; where names bear a mark, whether any does, since ``train/*`` fits other layouts too."""
        if mark:
            return any(True for _ in _marked(self.named(folder), mark))
        return any(self._root.exists(path) for path in self._folders(folder))

    def _folders(self, folder: str) -> Iterator[str]:
        """The folders that a pattern stands for."""
        head, star, tail = folder.partition("*")
        if not star:
            yield folder
            return
        for name in self._root.names(head.rstrip("/")):
            if not is_picture(name):
                yield f"{head}{name}{tail}"

    def named(self, folder: str) -> Iterator[Named]:
        """The pictures of one side; with ``*`` in the pattern, names begin with what it stands for.

        A folder without a pattern may hold folders in its turn (sequences), one level deep.
        """
        head, star, _ = folder.partition("*")
        for path in self._folders(folder):
            prefix = f"{path[len(head) :].split('/')[0]}/" if star else ""
            for name in self._root.names(path):
                if is_picture(name):
                    yield f"{prefix}{_stem(name)}", f"{path}/{name}"
                elif not star:
                    inner = (inner for inner in self._root.names(f"{path}/{name}") if is_picture(inner))
                    yield from ((f"{name}/{_stem(file)}", f"{path}/{name}/{file}") for file in inner)


def _describe_side(side: tuple[str, str]) -> str:
    folder, mark = side
    return f"{folder}/*_{mark}_*" if mark else folder


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name."""
    return PurePosixPath(name).suffix.lower() in _PICTURES


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _marked(files: Iterable[Named], mark: str) -> Iterator[Named]:
    """The files whose own name holds the mark, under their names without it."""
    for name, path in files:
        folder, slash, own = name.rpartition("/")
        words = own.split("_")
        if not mark:
            yield name, path
        elif mark in words:
            words.remove(mark)
            yield f"{folder}{slash}{'_'.join(words)}", path


def pair_up(damaged: Iterable[Named], clean: Iterable[Named], places: Folders) -> list[Pair]:
    """Match by name; pictures without a partner and names used twice become faults. Sorted by name.

    Args:
        damaged: pictures to mend.
        clean: results.
        places: where they lie, for messages.
    """
    (left, left_more), (right, right_more) = _by_name(damaged), _by_name(clean)
    pairs = []
    for name in sorted(left.keys() | right.keys()):
        first, second = left.get(name, ""), right.get(name, "")
        fault = None
        if not first or not second:
            where = places.clean if first else places.damaged
            detail = f"{first or second} has no partner of the name {PurePosixPath(name).name} in {where}"
            fault = Fault(Reason.PICTURE_MISSING, detail)
        pairs.append(Pair(name, first, second, fault))
    for turn, (name, path) in enumerate(sorted(left_more) + sorted(right_more), 2):
        fault = Fault(Reason.DUPLICATE_RECORD, f"{path}: another file has the name {PurePosixPath(name).name}")
        pairs.append(Pair(f"{name}#{turn}", path, "", fault))
    return pairs


def _by_name(files: Iterable[Named]) -> tuple[dict[str, str], list[Named]]:
    """Name -> path, and the files whose name was taken."""
    first: dict[str, str] = {}
    more = []
    for name, path in files:
        if first.setdefault(name, path) != path:
            more.append((name, path))
    return first, more
