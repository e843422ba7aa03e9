"""ADE20K: the scene parsing challenge's 150 classes, and the full release (2021_17_01) with its 847 and more.

150: ``ADEChallengeData2016/{images,annotations}/{training,validation}``, ``objectInfo150.txt``; 0 is void.
Full: ``ADE20K_2021_17_01/images/ADE/{training,validation}/<kind>/<scene>/<id>.jpg`` with ``<id>_seg.png``
(class = red // 10 * 256 + green) and ``<id>.json``; ``index_ade20k.pkl`` names the classes and tells in which pictures they occur.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import msgspec
import numpy as np

from ieiw.builders.formats.json_stream import load_json
from ieiw.builders.formats.unpickle import load_pickle
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._label_maps import LabelMaps, numbered_names
from ieiw.builders.vocabulary import LABELS
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.cache import cached

_INFO = "objectInfo150.txt"
_INDEX = "index_ade20k.pkl"
_MAX_INDEX = 2 * 2**30
_MOST_CLASSES = 26 * 256  # red // 10 * 256 + green writes no larger number


class Ade20k150(LabelMaps):
    """Source of the challenge's pictures; splits ``training`` and ``validation``."""

    def inputs(self) -> Sequence[str]:
        """The class list."""
        root = self._root
        root.require("", "root")
        inner = "ADEChallengeData2016"
        hint = f"Did you mean root: {root.location}/{inner}?" if root.exists(inner) else f"Give {inner} in `root`."
        root.require(_INFO, "class list", hint)
        splits = ", ".join(root.names("annotations")) or "none"
        root.require(f"annotations/{self._split}", "folder of label maps", f"Splits that are there: {splits}.")
        return [_INFO]

    def stems(self) -> Sequence[str]:
        """Pictures of the split, without their endings."""
        return self._both_sides(f"images/{self._split}", f"annotations/{self._split}")

    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem."""
        return f"images/{self._split}/{stem}.jpg", f"annotations/{self._split}/{stem}.png"

    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """The table's first and last columns."""
        rows = [line.split("\t") for line in self._text(_INFO).splitlines()[1:] if line.strip()]
        if not rows or any(len(row) < 2 or not row[0].strip().isdecimal() for row in rows):
            raise UsageError(f"{self._root.full_name(_INFO)}: not the challenge's table. Is the download complete?")
        return {int(row[0]): row[-1].strip() for row in rows}, (0,)


class Ade20kFullOptions(Options):
    """Options of the full release."""

    classes: str = ""
    """A file below the root with one ``number: name`` a line, the number as red // 10 * 256 + green gives it: a list of one's own.
    Without it, the classes are those whole objects that occur in both splits by ``index_ade20k.pkl`` (the rule behind ADE20K-847);
    where that is missing, all whole objects that the pictures' json files name."""
    records: Literal["classes", "regions"] = "classes"
    """Pictures with their label maps, or with the objects that these tell apart."""


class Ade20kFull(LabelMaps):
    """Source of the full release; splits ``training`` and ``validation``. See :class:`Ade20kFullOptions`."""

    options_model = Ade20kFullOptions
    _options: Ade20kFullOptions
    coding = "ade"
    choices: ClassVar[Mapping[Kind, str]] = {
        Kind.LABELLED: "{records: classes}",
        Kind.REGIONED: "{records: regions}",
    }

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        super().__init__(name=name, root=root, split=split, options=options)
        if self._options.records == "regions":
            self.gives = Kind.REGIONED

    def group(self, index: int) -> Iterator[Record]:
        """The one record of a picture."""
        for record in super().group(index):
            if self.gives is Kind.LABELLED or record.fault:
                yield record
                continue
            files = {role: file for role, file in record.files.items() if role != LABELS}
            files["regions"] = record.files[LABELS]
            yield replace(record, files=files, annotation={"regions_format": "ade20k"})

    def inputs(self) -> Sequence[str]:
        """What names the classes; nothing where only the pictures' own json files do."""
        self._folder  # noqa: B018 - raises where it is missing
        if self._options.classes:
            self._root.require(self._options.classes, "class list", "Change `options.classes`.")
            return [self._options.classes]
        return [self._index] if self._index else []

    @cached_property
    def _folder(self) -> str:
        places = ["ADE20K_2021_17_01/images/ADE", "images/ADE"]
        found = self._find([f"{place}/{self._split}" for place in places], "split", "Give ADE20K_2021_17_01 in `root`.")
        return found.removesuffix(f"/{self._split}")

    @cached_property
    def _index(self) -> str:
        place = f"{self._folder.removesuffix('images/ADE')}{_INDEX}"
        return place if self._root.exists(place) else ""

    def stems(self) -> Sequence[str]:
        """Pictures of the split, without their endings."""
        return list(self._walk(f"{self._folder}/{self._split}"))

    def _walk(self, folder: str) -> Iterator[str]:
        """Pictures and maps below a folder, without their endings; folders beside a picture of their name hold its instances."""
        names = self._root.names(folder)
        stems = {name[:-4] for name in names if name.lower().endswith(".jpg")}
        stems |= {name[:-8] for name in names if name.lower().endswith("_seg.png")}
        for name in sorted(stems | {name for name in names if "." not in name}):
            if name in stems:
                yield f"{folder.removeprefix(f'{self._folder}/')}/{name}"
            else:
                yield from self._walk(f"{folder}/{name}")

    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem."""
        return f"{self._folder}/{stem}.jpg", f"{self._folder}/{stem}_seg.png"

    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """Number -> name, and the numbers that say nothing."""
        if self._options.classes:
            file = self._options.classes
            return numbered_names(self._text(file), self._root.full_name(file)), (0,)
        if not self._index:
            return dict(sorted(self._from_pictures().items())), (0,)
        key = f"ade20k classes, version {self.version}, {self._root.fingerprint(self._index)}"
        kept = cached(key, lambda: msgspec.json.encode(self._from_index()))  # the index takes gigabytes to read
        return msgspec.json.decode(kept, type=dict[int, str], strict=False), (0,)

    def _from_pictures(self) -> dict[int, str]:
        """Number -> name of all whole objects that the split's json files name: one pass over them."""
        found: dict[int, str] = {}
        for stem in self.stems():
            for entry in self._objects(stem):
                number, name = entry.get("name_ndx"), entry.get("name")
                whole = isinstance(parts := entry.get("parts"), dict) and parts.get("part_level") == 0
                if whole and type(number) is int and 0 < number < _MOST_CLASSES and isinstance(name, str):
                    found.setdefault(number, name)
        if not found:
            raise UsageError(
                f"{self._root.full_name(self._folder)}: no json file names a class. Put {_INDEX} beside `images`."
            )
        return found

    def _objects(self, stem: str) -> list[dict[str, Any]]:
        """The objects of a picture's json; none where it is missing or damaged, as it only lends names here."""
        file = f"{self._folder}/{stem}.json"
        try:
            text = self._root.read(file).decode("utf-8", "replace")  # some files hold bytes of another encoding
            document = load_json(text.encode(), file, dict)
        except (Refusal, UsageError):
            return []
        annotation = document.get("annotation")
        objects = annotation.get("object") if isinstance(annotation, dict) else None
        return [entry for entry in objects if isinstance(entry, dict)] if isinstance(objects, list) else []

    def _from_index(self) -> dict[int, str]:
        """Number -> name of the whole objects that occur in training and in validation pictures."""
        place = self._root.full_name(self._index)
        index = load_pickle(self._root.read(self._index, _MAX_INDEX), place, dict)
        try:
            names = [str(name) for name in index["objectnames"]]
            # Counts of objects, and of those that are parts.
            whole = np.greater(index["objectPresence"], index["objectIsPart"])
            validation = np.asarray([str(file).startswith("ADE_val") for file in index["filename"]])
            in_both = whole[:, ~validation].any(axis=1) & whole[:, validation].any(axis=1)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise UsageError(
                f"{place}: not the index of the release ({error}). Set options.classes instead."
            ) from error
        first = self._first_number(names, place)
        return {int(row) + first: names[row] for row in np.flatnonzero(in_both) if names[row] != "-"}

    def _first_number(self, names: list[str], place: str) -> int:
        """The class number of the index's first row, 1 or 0, as the first picture with named objects shows.

        Raises:
            UsageError: neither fits; the index is of another release.
        """
        for stem in self._stems:
            named = ((entry.get("name_ndx"), entry.get("name")) for entry in self._objects(stem))
            seen = {number: name for number, name in named if type(number) is int}
            for first in (1, 0):
                rows = {number - first: name for number, name in seen.items()}
                if rows and all(0 <= row < len(names) and names[row] == name for row, name in rows.items()):
                    return first
            if seen:
                raise UsageError(f"{place}: its numbers are not those of {stem}.json. Are they of the same release?")
        raise UsageError(
            f"{place}: no json file of the split tells how its numbers are meant. Is the download complete?"
        )
