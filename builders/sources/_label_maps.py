"""What data sets of label maps share: one picture, one map of class numbers, one list of class names."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._rooted import RootedSource, first_places
from ieiw.builders.vocabulary import CLASSES, LABELS, classes_document
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

CLASS_LIST = "@classes"
"""The reference under which a source hands out its class names; no file of that name is read."""
_CONVERTED = "_labelTrainIds.png"
"""What mmsegmentation's converters write beside each map."""


class LabelMaps(RootedSource):
    """Base of the sources whose records are a picture and its label map; a record for each, whether or not both files are there."""

    gives = Kind.LABELLED
    coding = "index"
    """How numbers are written, see :data:`ieiw.builders.formats.label_maps.Coding`."""
    rough: ClassVar[Mapping[str, Sequence[int]]] = {}
    """``{"rough": (from, to)}`` where the classes of these numbers are outlined roughly."""

    @abstractmethod
    def class_names(self) -> tuple[Mapping[int, str], tuple[int, ...]]:
        """Number -> name, and the numbers that say nothing."""

    @abstractmethod
    def files(self, stem: str) -> tuple[str, str]:
        """The picture and the label map of a stem, below the root."""

    @abstractmethod
    def stems(self) -> Sequence[str]:
        """The stems of the split, in the layout's order."""

    def group_count(self) -> int:
        """Pictures of the split; a list of classes that cannot be used is met here, before anything is built."""
        self._classes  # noqa: B018 - raises
        return len(self._stems)

    def group(self, index: int) -> Iterator[Record]:
        """The one record of a picture."""
        stem = self._stems[index]
        if self._seen[stem] != index:
            fault = Fault(Reason.DUPLICATE_RECORD, f"{stem} is listed before, at {self._seen[stem] + 1}")
            yield self._faulty(f"{stem}#{index + 1}", stem, fault)
            return
        picture, labels = self.files(stem)
        files = {"picture": picture, LABELS: labels, CLASSES: CLASS_LIST}
        yield Record(stem, stem, files, {"coding": self.coding, **self.rough}, self._split)

    def read(self, reference: str) -> bytes:
        """The bytes of a picture or a label map, or the class names."""
        return self._classes if reference == CLASS_LIST else self._root.read(reference)

    @cached_property
    def _stems(self) -> Sequence[str]:
        self.inputs()
        return self.stems()

    @cached_property
    def _classes(self) -> bytes:
        names, void = self.class_names()
        return classes_document(names, void)

    @cached_property
    def _seen(self) -> dict[str, int]:
        return first_places(self._stems)

    def _both_sides(self, pictures: str, labels: str) -> list[str]:
        """Stems of all pictures and all maps of two folders, so that what lacks its other half is met and named.

        Raises:
            UsageError: there is no map at all.
        """
        names = (name for name in self._root.names(labels) if not name.endswith(_CONVERTED))
        maps = {name[:-4] for name in names if name.lower().endswith(".png")}
        if not maps:
            raise UsageError(
                f"root {self._root.location}: no .png in {labels}. Change `split`, or unpack the maps there."
            )
        return sorted(maps | {name[:-4] for name in self._root.names(pictures) if name.lower().endswith(".jpg")})


def numbered_names(text: str, where: str) -> dict[int, str]:
    """Class names of a file with one ``number: name`` a line.

    Raises:
        UsageError: a line of another form, or none at all.
    """
    found: dict[int, str] = {}
    for line_number, line in enumerate(text.splitlines(), 1):
        number, separator, name = line.partition(":")
        if not line.strip():
            continue
        if not separator or not number.strip().isdecimal() or not name.strip():
            raise UsageError(
                f"{where}, line {line_number}: not `number: name`, but {line[:60]!r}. Is it the right file?"
            )
        found[int(number)] = name.strip()
    if not found:
        raise UsageError(f"{where}: names no class. Is the download complete?")
    return found
