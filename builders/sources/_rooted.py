"""What all sources share: a root, a split, and options; files below the root are read by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.options import Options, parse_options
from ieiw.builders.record_kinds import Kind
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Refusal

_MAX_TEXT = 16 * 2**20


class RootedSource(ABC):
    """Base of the sources, see :class:`ieiw.builders.protocols.Source`; making one reads nothing.

    Args:
        name: of the source in the recipe.
        root: folder or URL of the official layout.
        split: as the data set calls it.
        options: the recipe's ``options`` block, checked by ``options_model``.

    Raises:
        UsageError: an unknown option or a wrong value.
    """

    version = 1
    options_model: ClassVar[type[Options]] = Options
    choices: ClassVar[Mapping[Kind, str]] = {}
    _options: Options

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        self.name = name
        self._options = parse_options(self.options_model, options, f"source {name}: options")
        self._root = Root(root)
        self._split = split

    @property
    @abstractmethod
    def gives(self) -> Kind:
        """What its records hold; most sources say it by a class attribute."""

    @abstractmethod
    def inputs(self) -> Sequence[str]:
        """Annotation files below the root that decide which records there are.

        Raises:
            UsageError: one is missing; the message names it and the remedy.
        """

    @abstractmethod
    def group_count(self) -> int:
        """How many picture groups the split has."""

    @abstractmethod
    def group(self, index: int) -> Iterator[Record]:
        """All records of one group, in official order."""

    def read(self, reference: str) -> bytes:
        """The bytes of a file that a record names."""
        return self._root.read(reference)

    def picture_aliases(self, record: Record) -> Iterable[str]:
        """Further names of a record's picture, such as ``coco:139``; none, unless a source knows some."""
        return ()

    def _faulty(self, record_id: str, group: str, why: Fault | Refusal) -> Record:
        """A record that cannot be used."""
        return Record(record_id, group, {}, {}, self._split, fault=Fault(why.reason, why.detail))

    def _text(self, file: str) -> str:
        """A small text file.

        Raises:
            UsageError: it cannot be read, or is no text.
        """
        try:
            return self._root.read(file, _MAX_TEXT).decode("utf-8-sig")
        except (Refusal, UnicodeDecodeError) as error:
            raise UsageError(f"{self._root.full_name(file)}: {error}. Is the download complete?") from error

    def _find(self, places: Sequence[str], what: str, remedy: str) -> str:
        """The first of several places of a file or folder that is there.

        Raises:
            UsageError: none is; the message names all of them and the remedy.
        """
        self._root.require("", "root")
        for place in places:
            if self._root.exists(place):
                return place
        tried = " or ".join(places)
        raise UsageError(f"root {self._root.location}: the {what} is missing (looked for {tried}). {remedy}")


def first_places(names: Sequence[str]) -> dict[str, int]:
    """Name -> where it stands first, from 0."""
    return {name: index for index, name in reversed(list(enumerate(names)))}
